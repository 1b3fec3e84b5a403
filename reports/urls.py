"""A school's documents. A document's own identifier is random; its number runs per school and audience."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("schools/<int:urn>/documents/", views.document_list, name="document-list"),
    path("schools/<int:urn>/documents/<str:public_id>/", views.document_detail, name="document-detail"),
    path(
        "schools/<int:urn>/documents/<str:public_id>/download/",
        views.document_download,
        name="document-download",
    ),
    path(
        "schools/<int:urn>/documents/<str:public_id>/withdraw/",
        views.document_withdraw,
        name="document-withdraw",
    ),
]
