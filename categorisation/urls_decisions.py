"""Recommending, moderating and deciding the level of one school; disagreeing with it."""

from django.urls import path

from categorisation.views import decisions, disagreements

_ONE = "schools/<int:urn>/level/recommendations/<str:public_id>/"
_DECISION = "schools/<int:urn>/level/decisions/<str:public_id>/"

urlpatterns = [
    path("schools/<int:urn>/level/recommend/", decisions.recommend, name="recommend"),
    path(_ONE, decisions.recommendation, name="recommendation"),
    path(f"{_ONE}moderate/", decisions.recommendation_moderate, name="recommendation-moderate"),
    path(f"{_ONE}send-back/", decisions.recommendation_send_back, name="recommendation-send-back"),
    path(f"{_ONE}reopen/", decisions.recommendation_reopen, name="recommendation-reopen"),
    path(f"{_ONE}withdraw/", decisions.recommendation_withdraw, name="recommendation-withdraw"),
    path(f"{_ONE}decide/", decisions.recommendation_decide, name="recommendation-decide"),
    path(f"{_DECISION}statement/", disagreements.statement_release, name="statement-release"),
    path(f"{_DECISION}disagree/", disagreements.disagree, name="disagree"),
    path(
        "schools/<int:urn>/level/disagreements/<str:public_id>/",
        disagreements.disagreement_answer,
        name="disagreement-answer",
    ),
]
