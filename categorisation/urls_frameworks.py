"""Frameworks: reading, choosing, drafting, trying and publishing them."""

from django.urls import path

from categorisation.views import consultations, frameworks

urlpatterns = [
    path("framework/", frameworks.framework, name="framework"),
    path("framework/comment/", consultations.framework_comment, name="framework-comment"),
    path("framework/versions/", consultations.framework_versions, name="framework-versions"),
    path(
        "framework/consultations/<str:public_id>/",
        consultations.consultation_detail,
        name="consultation-detail",
    ),
    path(
        "settings/<str:code>/framework/consultations/",
        consultations.consultation_list,
        name="consultation-list",
    ),
    path(
        "settings/<str:code>/framework/draft/<str:public_id>/consult/",
        consultations.consultation_open,
        name="consultation-open",
    ),
    path(
        "settings/<str:code>/framework/consultations/<str:public_id>/outcome/",
        consultations.consultation_outcome,
        name="consultation-outcome",
    ),
    path(
        "settings/<str:code>/framework/comments/<str:public_id>/reply/",
        consultations.comment_reply,
        name="comment-reply",
    ),
    path("settings/<str:code>/framework/", frameworks.framework_choose, name="framework-choose"),
]
