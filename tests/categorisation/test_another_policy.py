"""An authority that has changed its policy, or of whose school too little is known: nothing is compared or taken as fine."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from categorisation import actions
from categorisation.choices import RoundStatus
from categorisation.models import FrameworkVersion, Suggestion
from categorisation.presenters import reviews
from categorisation.presenters.identification import identification_page
from categorisation.presenters.rounds import unconfirmed
from schools.models import School
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def refresh():
    actions.refresh_suggestions(School.objects.select_related("authority"), on=TODAY, now=NOW)


@pytest.fixture
def identification(frameworks, authority, school):
    """Of an authority that works to the Leicester policy."""
    actions.choose_framework(
        authority=authority, slug="leicester-2007", start_on=make.LONG_AGO, by=None, now=NOW
    )
    refresh()
    return make.IdentificationRoundFactory(authority=authority, year=2026, month=10)


def signs(identification, manager):
    (row,) = identification_page(manager, identification, on=TODAY).rows
    return row.level, row.signals


@pytest.mark.requirement("L-101", "L-102")
def test_a_level_of_another_policy_is_no_sign_and_borrows_no_name(identification, manager, school):
    Suggestion.objects.update(on_record=2, high=2)
    leeds = FrameworkVersion.objects.get(slug="leeds-2013")
    make.DecisionFactory(school=school, rank=4, version=leeds)
    assert signs(identification, manager) == ("4, by another policy", ())
    Suggestion.objects.update(on_record=4, high=4)
    assert signs(identification, manager)[1] == ("4 suggested, among those with most support",)


@pytest.mark.requirement("L-101", "L-102")
def test_a_school_without_a_level_or_a_suggestion_is_not_said_to_rise_nor_to_be_fine(identification, manager):
    Suggestion.objects.update(on_record=2, high=2)
    assert signs(identification, manager) == ("No level of support yet", ())
    Suggestion.objects.update(on_record=None)
    assert signs(identification, manager)[1] == ("Nothing recorded suggests a level of support yet",)


@pytest.mark.requirement("L-058")
def test_a_level_of_another_policy_borrows_no_name_in_the_terms_review(leeds, authority, school, manager):
    held = make.DecisionFactory(school=school, rank=4)
    term = reviews.term_on(authority, TODAY)
    for slug, level in (("leeds-2013", "4 Causing concern"), ("leicester-2007", "4, by another policy")):
        held.version = FrameworkVersion.objects.get(slug=slug)
        held.save()
        (row,) = reviews.review_page(manager, authority, term, on=TODAY).rows
        assert row.level == level


@pytest.mark.requirement("L-099")
def test_only_what_is_still_suggested_is_ticked_to_be_confirmed(client, leeds, authority, school):
    director = make.UserFactory(grants=[(Role.HEAD_OF_SERVICE, authority)])
    annual = make.RoundFactory(authority=authority, status=RoundStatus.PROVISIONAL)
    made = make.RecommendationFactory(round=annual, school=school, moderated_rank=2, status="decided")
    make.DecisionFactory(school=school, recommendation=made, round=annual, start_on=dt.date(2026, 9, 1))
    refresh()
    ours, other = (FrameworkVersion.objects.get(slug=slug) for slug in ("leeds-2013", "leicester-2007"))
    client.force_login(director)
    page = reverse("categorisation:round-confirm", args=[annual.public_id])
    for rank, version, ticked, named in (
        (2, ours, True, None),
        (3, ours, False, 3),
        (None, ours, False, None),
        (2, other, False, None),
    ):
        Suggestion.objects.update(on_record=rank, version=version)
        (row,) = unconfirmed(director, annual)
        assert (row.is_suggested_still, row.suggested_now) == (ticked, named)
        assert (" checked" in client.get(page).content.decode()) is ticked
