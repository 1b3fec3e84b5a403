"""Two people saving at once lose nothing and make nothing twice."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from schools import actions
from schools.choices import Audience, OfficerRole
from schools.models import CircumstanceReturn, HalfTerm
from tests import factories as make

D = dt.date
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls at the same moment, each in a connection of its own; their answers or refusals."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        except ValidationError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_officers_assigned_at_once_to_one_school_leave_one_serving(school, adviser, manager, authority):
    new = [make.UserFactory(grants=[(Role.ADVISER, authority)]) for _ in range(2)]

    results = at_once(
        *(
            lambda officer=officer: actions.assign_officer(
                school=school,
                officer=officer,
                role=OfficerRole.ADVISER,
                start_on=D(2026, 12, 1),
                by=manager,
                at=timezone.now(),
            )
            for officer in new
        )
    )

    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert school.officers.filter(end_on__isnull=True).count() == 1
    assert school.officers.get(user=adviser).end_on == D(2026, 11, 30)


def test_the_same_button_pressed_twice_at_once_records_once(school, adviser):
    def record():
        return actions.record_circumstance(
            school=school,
            kind="finance_concern",
            audience=Audience.AUTHORITY,
            source="Schools finance team",
            start_on=D(2026, 9, 1),
            by=adviser,
            at=timezone.now(),
        )

    first, second = at_once(record, record)

    assert first == second
    assert ChangeLogEntry.objects.count() == 1


def test_two_returns_at_once_are_one(school, adviser):
    def clear():
        return actions.return_nothing_to_report(
            school=school, on=D(2026, 11, 21), by=adviser, at=timezone.now()
        )

    first, second = at_once(clear, clear)

    assert first == second
    assert CircumstanceReturn.objects.count() == len(first)


def test_two_calendars_saved_at_once_leave_one_of_them_whole(authority, policy_admin):
    calendars = [
        {1: (D(2026, 9, day), D(2026, 10, 23)), 2: (D(2026, 11, day), D(2026, 12, 18))} for day in (1, 2)
    ]

    at_once(
        *(
            lambda dates=dates: actions.set_half_terms(
                authority=authority, year=2026, dates=dates, by=policy_admin, at=timezone.now()
            )
            for dates in calendars
        )
    )

    assert {row.number: (row.start_on, row.end_on) for row in HalfTerm.objects.all()} in calendars
    assert ChangeLogEntry.objects.count() == 2
