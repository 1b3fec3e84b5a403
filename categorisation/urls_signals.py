"""Early warnings, confirmations of rules and ratings by services."""

from django.urls import path

from categorisation.views import confirmations, ratings, remits, warnings

urlpatterns = [
    path("early-warnings/", warnings.warning_list, name="warning-list"),
    path("schools/<int:urn>/early-warnings/<str:public_id>/", warnings.warning_detail, name="warning-detail"),
    path(
        "schools/<int:urn>/level/confirm/<slug:rule>/",
        confirmations.confirmation_record,
        name="confirmation-record",
    ),
    path(
        "schools/<int:urn>/level/confirm/<slug:rule>/withdraw/",
        confirmations.confirmation_withdraw,
        name="confirmation-withdraw",
    ),
    path("schools/<int:urn>/services/", ratings.rating_list, name="rating-list"),
    path("ratings/", ratings.rating_index, name="rating-index"),
    path("ratings/<str:code>/<slug:key>/", ratings.rating_record, name="rating-record"),
    path("people/<str:public_id>/asked/", remits.remit_list, name="remit-list"),
    path("people/<str:public_id>/asked/<int:pk>/end/", remits.remit_end, name="remit-end"),
]
