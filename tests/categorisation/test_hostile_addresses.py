"""Addresses and forms that no page of ours makes are answered as what is not there, by both databases."""

import pytest
from django.urls import reverse
from django.utils import timezone

from categorisation import actions
from categorisation.models import IdentificationRound
from tests import factories as make

NULL = "\x00"


def test_a_null_in_an_identifier_is_not_found(client, leeds, authority, policy_admin):
    client.force_login(policy_admin)
    page = reverse("categorisation:bench", args=[authority.code])
    for name in ("school", "case", "shipped"):
        assert client.get(page, {name: NULL}).status_code == 404


def test_a_null_in_a_row_of_a_sitting_moderates_nothing(client, leeds, authority, school, manager):
    annual = make.RoundFactory(authority=authority)
    made = make.RecommendationFactory(round=annual, school=school)
    client.force_login(manager)
    page = reverse("categorisation:round-moderate", args=[annual.public_id])
    text = client.post(page, {"row": [NULL, made.public_id]}).content.decode()
    assert "Choose for at least one school" in text
    assert "Agree with 2" in text


@pytest.mark.parametrize(("year", "month"), [(0, 10), (9999, 0), (32768, 10), (10**20, 13), (2026, 13)])
def test_an_identification_of_no_year_or_month_is_not_begun(
    client, frameworks, authority, manager, year, month
):
    actions.choose_framework(
        authority=authority, slug="leicester-2007", start_on=make.LONG_AGO, by=None, now=timezone.now()
    )
    client.force_login(manager)
    page = reverse("categorisation:identification-open", args=[authority.code, year, month])
    assert client.post(page, follow=True).status_code == (200 if year == 2026 else 404)
    assert not IdentificationRound.objects.exists()
