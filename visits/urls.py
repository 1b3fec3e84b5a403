"""A school's visits and their notes. A visit's own identifier is random."""

from django.urls import path

from visits.views import notes, visits

app_name = "visits"
urlpatterns = [
    path("schools/<int:urn>/visits/", visits.visit_list, name="visit-list"),
    path("schools/<int:urn>/visits/record/", visits.visit_record, name="visit-record"),
    path("schools/<int:urn>/visits/<str:public_id>/", visits.visit_detail, name="visit-detail"),
    path("schools/<int:urn>/visits/<str:public_id>/change/", visits.visit_change, name="visit-change"),
    path("schools/<int:urn>/visits/<str:public_id>/cancel/", visits.visit_cancel, name="visit-cancel"),
    path("schools/<int:urn>/visits/<str:public_id>/note/", notes.note_edit, name="note-edit"),
    path(
        "schools/<int:urn>/visits/<str:public_id>/note/sections/<slug:key>/",
        notes.section_save,
        name="section-save",
    ),
    path("schools/<int:urn>/visits/<str:public_id>/note/preview/", notes.note_preview, name="note-preview"),
    path(
        "schools/<int:urn>/visits/<str:public_id>/note/finalise/", notes.note_finalise, name="note-finalise"
    ),
    path("schools/<int:urn>/visits/<str:public_id>/note/reopen/", notes.note_reopen, name="note-reopen"),
    path("schools/<int:urn>/visits/<str:public_id>/note/release/", notes.note_release, name="note-release"),
]
