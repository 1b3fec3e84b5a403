"""Frameworks: reading, choosing, drafting, trying and publishing them."""

from django.urls import include, path

from categorisation.views import consultations, draft_clauses, draft_publishing, drafts, frameworks

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
    path("settings/<str:code>/framework/", include("categorisation.urls_trying")),
    path("settings/<str:code>/framework/draft/", drafts.draft_list, name="draft-list"),
    path("settings/<str:code>/framework/draft/start/<int:version>/", drafts.draft_start, name="draft-start"),
    path(
        "settings/<str:code>/framework/versions/<int:version>.yaml",
        drafts.draft_version_download,
        name="draft-version-download",
    ),
    path("settings/<str:code>/framework/draft/<str:public_id>/", drafts.draft_detail, name="draft-detail"),
    path(
        "settings/<str:code>/framework/draft/<str:public_id>/",
        include(
            [
                path("sections/<str:section>/", drafts.draft_section, name="draft-section"),
                path("change/<str:place>/", draft_clauses.draft_edit, name="draft-edit"),
                path("add/<str:place>/", draft_clauses.draft_add, name="draft-add"),
                path("remove/<str:place>/", draft_clauses.draft_remove, name="draft-remove"),
                path("read-back/<str:place>/", draft_clauses.draft_preview, name="draft-preview"),
                path("move/", draft_clauses.draft_move, name="draft-move"),
                path("draft.yaml", drafts.draft_download, name="draft-download"),
                path("upload/", drafts.draft_upload, name="draft-upload"),
                path("abandon/", drafts.draft_abandon, name="draft-abandon"),
                path("publish/", draft_publishing.draft_publish, name="draft-publish"),
            ]
        ),
    ),
]
