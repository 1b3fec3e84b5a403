"""Annual rounds, boards, termly reviews and identification rounds."""

from django.urls import path

from categorisation.views import identification, rounds, sittings

urlpatterns = [
    path("levels/", rounds.round_list, name="round-list"),
    path("levels/<str:code>/new-round/", rounds.round_open, name="round-open"),
    path("levels/rounds/<str:public_id>/", rounds.round_detail, name="round-detail"),
    path("levels/rounds/<str:public_id>/board/", rounds.round_board, name="round-board"),
    path("levels/rounds/<str:public_id>/moderate/", sittings.round_moderate, name="round-moderate"),
    path("levels/rounds/<str:public_id>/overrides/", rounds.round_overrides, name="round-overrides"),
    path("levels/rounds/<str:public_id>/publish/", rounds.round_publish, name="round-publish"),
    path("levels/rounds/<str:public_id>/confirm/", rounds.round_confirm, name="round-confirm"),
    path("levels/rounds/<str:public_id>/close/", rounds.round_close, name="round-close"),
    path("levels/<str:code>/reviews/<int:year>/<int:term>/", sittings.term_review, name="term-review"),
    path(
        "levels/<str:code>/identification/<int:year>/<int:month>/",
        identification.identification_open,
        name="identification-open",
    ),
    path(
        "levels/identification/<str:public_id>/",
        identification.identification_detail,
        name="identification-detail",
    ),
    path(
        "levels/identification/<str:public_id>/close/",
        identification.identification_close,
        name="identification-close",
    ),
]
