"""Accounts nobody uses: warned a month ahead, closed, logged, and never the last administrator's."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts import actions
from accounts.choices import Role
from accounts.models import ChangeLogEntry, User
from accounts.periodic import close_idle as schedule
from accounts.rules import months_before
from jobs.actions import enqueue
from jobs.models import Job
from tests import factories as make

START = dt.datetime(2025, 10, 15, 9, tzinfo=dt.UTC)


def seen(user, at):
    User.objects.filter(pk=user.pk).update(created_at=START, last_login=at)
    user.refresh_from_db()
    return user


@pytest.fixture
def night(run_jobs):
    """night(at) is the night's work of a day."""

    def night(at):
        with time_machine.travel(at, tick=False):
            enqueue(kind="accounts.close_idle", key="close_idle", now=at)
            return [job.result for job in run_jobs() if job.kind == "accounts.close_idle"][-1]

    return night


@pytest.mark.parametrize(
    ("at", "months", "then"),
    [
        ("2026-11-21", 13, "2025-10-21"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2028-03-31", 1, "2028-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", -1, "2027-01-31"),
        ("2027-01-31", -1, "2027-02-28"),
    ],
)
def test_months_are_those_of_the_calendar(at, months, then):
    assert months_before(dt.datetime.fromisoformat(at), months) == dt.datetime.fromisoformat(then)


@pytest.mark.django_db
class TestClosing:
    def test_somebody_is_warned_after_twelve_months_and_closed_after_thirteen(self, night, adviser):
        seen(adviser, START)
        assert night(START.replace(year=2026)) == {"idle": 0, "closed": 0}
        assert night(dt.datetime(2026, 10, 16, 4, tzinfo=dt.UTC)) == {"idle": 1, "closed": 0}
        assert [(m.to, m.subject) for m in mail.outbox] == [
            ([adviser.email], "Your account closes soon unless you sign in")
        ]
        assert "before 16 November 2026" in mail.outbox[0].body
        assert night(dt.datetime(2026, 11, 16, 3, 59, tzinfo=dt.UTC))["closed"] == 0
        assert night(dt.datetime(2026, 11, 16, 4, tzinfo=dt.UTC)) == {"idle": 1, "closed": 1}
        adviser.refresh_from_db()
        assert not adviser.is_active
        entry = ChangeLogEntry.objects.get(action="accounts.close_idle")
        assert (entry.by, entry.authority_id) == (None, adviser.grants.get().authority_id)
        assert len(mail.outbox) == 1
        assert night(dt.datetime(2026, 11, 17, 4, tzinfo=dt.UTC)) == {"idle": 0, "closed": 0}

    def test_signing_in_keeps_the_account(self, night, adviser):
        seen(adviser, START)
        night(dt.datetime(2026, 10, 16, tzinfo=dt.UTC))
        seen(adviser, dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
        assert night(dt.datetime(2026, 11, 20, tzinfo=dt.UTC)) == {"idle": 0, "closed": 0}

    def test_somebody_idle_for_years_has_a_month_too(self, night, adviser):
        seen(adviser, dt.datetime(2025, 10, 16, tzinfo=dt.UTC))
        assert night(dt.datetime(2030, 1, 1, tzinfo=dt.UTC)) == {"idle": 1, "closed": 0}
        assert night(dt.datetime(2030, 1, 31, tzinfo=dt.UTC))["closed"] == 0
        assert night(dt.datetime(2030, 2, 1, tzinfo=dt.UTC))["closed"] == 1

    def test_reactivated_they_have_as_long_again(self, night, adviser, policy_admin):
        seen(adviser, START)
        seen(policy_admin, dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
        night(dt.datetime(2026, 10, 16, tzinfo=dt.UTC))
        night(dt.datetime(2026, 11, 17, tzinfo=dt.UTC))
        actions.reactivate(user=adviser, by=policy_admin, at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
        assert night(dt.datetime(2026, 12, 2, tzinfo=dt.UTC)) == {"idle": 0, "closed": 0}
        seen(policy_admin, dt.datetime(2027, 12, 1, tzinfo=dt.UTC))
        assert night(dt.datetime(2027, 12, 2, tzinfo=dt.UTC)) == {"idle": 1, "closed": 0}
        assert len(mail.outbox) == 2

    def test_the_last_policy_administrator_stays_and_one_of_two_goes(self, night, policy_admin, authority):
        seen(policy_admin, START)
        other = seen(make.UserFactory(grants=[(Role.POLICY_ADMIN, authority)]), START + dt.timedelta(days=1))
        night(dt.datetime(2026, 10, 20, tzinfo=dt.UTC))
        assert night(dt.datetime(2026, 11, 21, tzinfo=dt.UTC)) == {"idle": 2, "closed": 1}
        assert list(User.objects.filter(is_active=True)) == [other]

    def test_somebody_who_never_accepted_and_somebody_new_are_left(self, night, adviser, manager):
        adviser.set_unusable_password()
        adviser.save()
        seen(adviser, None)
        User.objects.filter(pk=manager.pk).update(
            created_at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC), last_login=None
        )
        assert night(dt.datetime(2026, 11, 20, tzinfo=dt.UTC)) == {"idle": 0, "closed": 0}

    def test_somebody_without_any_role_is_closed_too(self, night, stranger):
        seen(stranger, None)
        night(dt.datetime(2026, 10, 20, tzinfo=dt.UTC))
        assert night(dt.datetime(2026, 11, 21, tzinfo=dt.UTC))["closed"] == 1
        assert ChangeLogEntry.objects.get().authority is None

    def test_finding_the_idle_costs_two_queries_however_many(self, count_queries, adviser, manager):
        now = dt.datetime(2026, 12, 20, tzinfo=dt.UTC)
        seen(adviser, START)
        one = count_queries(lambda: actions.idle_accounts(months=12, now=now))
        for user in (manager, *make.UserFactory.create_batch(9)):
            seen(user, START)
        assert one == count_queries(lambda: actions.idle_accounts(months=12, now=now)) == 2

    def test_the_night_asks_for_it_unless_never_is_set(self, settings):
        settings.IDLE_MONTHS = 0
        schedule(timezone.now())
        assert not Job.objects.exists()
        settings.IDLE_MONTHS = 13
        schedule(timezone.now())
        assert Job.objects.get().kind == "accounts.close_idle"
