"""The cast at the roof: `suggested` schools have their suggestion worked out, `page(user, name, …)` gets a page's text."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from categorisation.actions import refresh_suggestions
from reports import rendering
from schools.choices import ConcernCategory
from schools.models import ComparatorValue, School
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def page(client):
    """page(user, "workspace:school", urn, query="?…") signs in, expects 200 and returns the text."""

    def text(user, name, *arguments, query="", status=200):
        client.force_login(user)
        response = client.get(reverse(name, args=arguments) + query)
        assert response.status_code == status
        return (response.getvalue() if response.streaming else response.content).decode()

    return text


@pytest.fixture
def suggested(leeds, school, other_school):
    """`school` is suggested 5, `other_school` 1."""
    make.InspectionFactory(school=school, overall_grade="4", category=ConcernCategory.SPECIAL_MEASURES)
    make.InspectionFactory(school=other_school, overall_grade="2")
    refresh_suggestions(School.objects.select_related("authority"), on=TODAY, now=NOW)


@pytest.fixture
def quick_pdf(monkeypatch):
    """The PDF has its own tests; elsewhere it is its HTML in bytes."""
    monkeypatch.setattr(rendering, "to_pdf", lambda html, colour: html.encode())


def england(indicator, year, value):
    """England's figure, in place of a published one."""
    ComparatorValue.objects.filter(indicator=indicator, year=year).delete()
    if value is not None:
        make.ComparatorValueFactory(indicator=indicator, year=year, value=Decimal(value))
