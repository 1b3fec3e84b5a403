import datetime as dt
import itertools

import pytest

from jobs import rules

MONDAY = dt.datetime(2026, 11, 16, 12, 0, tzinfo=dt.UTC)
THREE = dt.time(3, 0)


@pytest.mark.parametrize(
    ("attempts", "delay"),
    [
        (1, dt.timedelta(seconds=15)),
        (2, dt.timedelta(minutes=1)),
        (3, dt.timedelta(minutes=4)),
        (4, dt.timedelta(minutes=16)),
        (5, dt.timedelta(minutes=30)),
        (9, dt.timedelta(minutes=30)),
    ],
)
def test_each_failed_attempt_waits_longer_up_to_half_an_hour(attempts, delay):
    assert rules.retry_delay(attempts) == delay


@pytest.mark.parametrize(
    "due",
    [
        rules.every_minutes(5),
        rules.every_days(1, THREE),
        rules.weekly(0, THREE),
        rules.monthly(1, THREE),
    ],
)
def test_what_never_ran_is_due(due):
    assert due(MONDAY, None)


def test_every_minutes_is_due_once_a_slot_however_late_the_tick():
    due = rules.every_minutes(5)
    assert not due(MONDAY.replace(minute=4, second=59), MONDAY)
    assert due(MONDAY.replace(minute=5), MONDAY)
    assert due(MONDAY.replace(minute=10), MONDAY.replace(minute=5, second=59))


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        ("2026-11-16T03:00+00:00", "2026-11-15T03:00:10+00:00", True),
        ("2026-11-16T02:59+00:00", "2026-11-15T03:00:10+00:00", False),
        ("2026-11-16T23:59+00:00", "2026-11-16T03:00:10+00:00", False),
        # British Summer Time: three o'clock in London is two in UTC
        ("2026-07-16T01:59+00:00", "2026-07-15T02:00:10+00:00", False),
        ("2026-07-16T02:00+00:00", "2026-07-15T02:00:10+00:00", True),
        # The clocks go back on 25 October 2026: the days before and after are 25 hours apart
        ("2026-10-25T02:30+00:00", "2026-10-24T02:00:10+00:00", False),
        ("2026-10-25T03:00+00:00", "2026-10-24T02:00:10+00:00", True),
        # and forward on 29 March 2026
        ("2026-03-29T02:00+00:00", "2026-03-28T03:00:10+00:00", True),
    ],
)
def test_every_day_is_due_at_the_local_time_through_changes_of_the_clocks(now, last, expected):
    due = rules.every_days(1, THREE)
    assert due(dt.datetime.fromisoformat(now), dt.datetime.fromisoformat(last)) is expected


def test_a_time_that_the_change_of_clocks_repeats_is_due_once():
    due = rules.every_days(1, dt.time(1, 30))
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert due(first, first - dt.timedelta(days=1))
    assert not due(first + dt.timedelta(hours=1), first)


def test_every_third_day_leaves_two_out():
    due = rules.every_days(3, THREE)
    days = [MONDAY + dt.timedelta(days=n) for n in range(9)]
    last, ran = days[0] - dt.timedelta(days=1), []
    for day in days:
        if due(day, last):
            ran.append(day)
            last = day
    assert [(b - a).days for a, b in itertools.pairwise(ran)] == [3] * (len(ran) - 1)
    assert len(ran) == 3


@pytest.mark.parametrize(("day", "expected"), [(15, False), (16, True), (17, True), (22, True)])
def test_weekly_is_due_from_its_day_until_it_ran(day, expected):
    last_week = dt.datetime(2026, 11, 9, 3, 1, tzinfo=dt.UTC)
    assert rules.weekly(0, THREE)(MONDAY.replace(day=day), last_week) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-12-19T12:00+00:00", False), ("2026-12-20T12:00+00:00", True), ("2027-01-05T12:00+00:00", True)],
)
def test_monthly_is_due_from_its_day_until_it_ran_over_the_turn_of_the_year(now, expected):
    last_month = dt.datetime(2026, 11, 20, 3, 1, tzinfo=dt.UTC)
    assert rules.monthly(20, THREE)(dt.datetime.fromisoformat(now), last_month) is expected


@pytest.mark.parametrize("day", [0, 29])
def test_a_day_that_some_months_lack_is_refused(day):
    with pytest.raises(ValueError, match=f"day {day}: choose 1 to 28"):
        rules.monthly(day, THREE)
