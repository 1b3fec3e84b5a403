"""Two definitions of a working day, against the test vectors and the published bank holidays."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from schools.rules.terms import HalfTermDates
from schools.rules.working_days import (
    Holidays,
    Override,
    SchoolCalendar,
    corresponding_date,
    nth_working_day_after,
    why_not_working,
    window_after,
)

D = dt.date
ENGLAND = Holidays.england(2007, 2028)

# Leeds, 2025-26
LEEDS = [
    HalfTermDates(2025, number, start, end)
    for number, (start, end) in enumerate(
        [
            (D(2025, 9, 1), D(2025, 10, 24)),
            (D(2025, 11, 3), D(2025, 12, 19)),
            (D(2026, 1, 5), D(2026, 2, 13)),
            (D(2026, 2, 23), D(2026, 4, 2)),
            (D(2026, 4, 20), D(2026, 5, 22)),
            (D(2026, 6, 1), D(2026, 7, 21)),
        ],
        start=1,
    )
]


@pytest.mark.requirement("L-214", "X-48")
@pytest.mark.parametrize(
    ("given", "last"),
    [
        (D(2007, 9, 3), D(2007, 9, 24)),
        (D(2013, 12, 2), D(2013, 12, 23)),
        (D(2026, 5, 1), D(2026, 5, 26)),
        (D(2026, 7, 20), D(2026, 8, 10)),
        (D(2026, 8, 31), D(2026, 9, 21)),
        (D(2026, 9, 21), D(2026, 10, 12)),
        (D(2026, 12, 4), D(2026, 12, 29)),
        (D(2026, 12, 11), D(2027, 1, 6)),
        (D(2026, 12, 12), D(2027, 1, 6)),
        (D(2027, 3, 15), D(2027, 4, 7)),
    ],
)
def test_fifteen_working_days_end_where_the_law_says(given, last):
    clock = nth_working_day_after(given, 15, ENGLAND)

    assert clock.last_day == last
    assert [day.number for day in clock.days if day.number] == list(range(1, 16))


def test_a_clock_lists_every_day_it_counted_and_why_it_skipped_one():
    clock = nth_working_day_after(D(2026, 5, 1), 15, ENGLAND)

    assert clock.days[0].day == D(2026, 5, 2)
    assert [day.day for day in clock.days] == [D(2026, 5, 1) + dt.timedelta(days=n) for n in range(1, 26)]
    skipped = {day.day: day.reason for day in clock.skipped}
    assert skipped[D(2026, 5, 2)] == "Saturday"
    assert skipped[D(2026, 5, 3)] == "Sunday"
    assert skipped[D(2026, 5, 4)] == "May Day"
    assert skipped[D(2026, 5, 25)] == "Spring Bank Holiday"
    assert len(skipped) + 15 == len(clock.days)


@pytest.mark.parametrize(
    ("day", "running"),
    [
        (D(2026, 9, 20), False),
        (D(2026, 9, 21), True),
        (D(2026, 10, 12), True),
        (D(2026, 10, 13), False),
    ],
)
def test_a_period_runs_from_the_day_of_the_notice_to_the_end_of_its_last_day(day, running):
    assert nth_working_day_after(D(2026, 9, 21), 15, ENGLAND).is_running(day) is running


@pytest.mark.parametrize("n", [0, -1])
def test_a_period_of_no_days_is_refused(n):
    with pytest.raises(ValueError, match="at least one working day"):
        nth_working_day_after(D(2026, 9, 21), n, ENGLAND)


def test_a_year_whose_holidays_are_not_known_is_not_guessed():
    with pytest.raises(ValueError, match="known from 2026 to 2026, not for 2027"):
        nth_working_day_after(D(2026, 12, 11), 15, Holidays.england(2026, 2026))


@pytest.mark.parametrize(
    "day",
    [
        D(2026, 1, 1),
        D(2026, 4, 3),
        D(2026, 4, 6),
        D(2026, 5, 4),
        D(2026, 5, 25),
        D(2026, 8, 31),
        D(2026, 12, 25),
        D(2026, 12, 28),
        D(2027, 1, 1),
        D(2027, 3, 26),
        D(2027, 3, 29),
        D(2027, 5, 3),
        D(2027, 5, 31),
        D(2027, 8, 30),
        D(2027, 12, 27),
        D(2027, 12, 28),
        D(2028, 1, 3),
        D(2028, 4, 14),
        D(2028, 4, 17),
        D(2028, 5, 1),
        D(2028, 5, 29),
        D(2028, 8, 28),
        D(2028, 12, 25),
        D(2028, 12, 26),
        # One-off days, and one that was moved
        D(2011, 4, 29),
        D(2012, 6, 5),
        D(2020, 5, 8),
        D(2022, 6, 3),
        D(2022, 9, 19),
        D(2023, 5, 8),
    ],
)
def test_bank_holidays_in_england_are_no_working_days(day):
    assert why_not_working(day, ENGLAND)


@pytest.mark.parametrize(
    "day", [D(2020, 5, 4), D(2022, 5, 30), D(2026, 3, 17), D(2026, 1, 2), D(2026, 11, 30)]
)
def test_moved_days_and_holidays_of_the_other_nations_are_working_days_in_england(day):
    assert why_not_working(day, ENGLAND) == ""


def test_a_day_recorded_by_hand_goes_before_the_calendar_both_ways():
    overrides = {
        D(2026, 6, 15): Override(False, "Bank holiday for the jubilee"),
        D(2026, 8, 31): Override(True, "Moved to 1 September"),
    }
    corrected = Holidays.england(2026, 2026, overrides)

    assert corrected.why_not_working(D(2026, 6, 15)) == "Bank holiday for the jubilee"
    assert corrected.why_not_working(D(2026, 8, 31)) == ""
    assert nth_working_day_after(D(2026, 6, 12), 1, corrected).last_day == D(2026, 6, 16)


def test_school_holidays_count_as_working_days_by_the_first_definition_only():
    calendar = SchoolCalendar.from_terms(LEEDS)

    by_notices = nth_working_day_after(D(2025, 12, 15), 10, ENGLAND)
    by_inspections = nth_working_day_after(D(2025, 12, 15), 10, ENGLAND, calendar)

    assert by_notices.last_day == D(2025, 12, 31)
    assert by_inspections.last_day == D(2026, 1, 12)
    reasons = {day.day: day.reason for day in by_inspections.skipped}
    assert reasons[D(2025, 12, 22)] == "Christmas holiday"
    assert reasons[D(2025, 12, 25)] == "Christmas Day"


def test_a_half_term_of_one_week_is_not_longer_than_a_week_unless_an_authority_says_so():
    usual = SchoolCalendar.from_terms(LEEDS)
    strict = SchoolCalendar.from_terms(LEEDS, longest_week=4)

    assert usual.why_not_working(D(2025, 10, 27)) == ""
    assert strict.why_not_working(D(2025, 10, 27)) == "Autumn half term"
    assert nth_working_day_after(D(2025, 10, 24), 1, ENGLAND, usual).last_day == D(2025, 10, 27)
    assert nth_working_day_after(D(2025, 10, 24), 1, ENGLAND, strict).last_day == D(2025, 11, 3)


def test_a_half_term_longer_than_a_week_is_a_holiday():
    # Leicester's, with two days more
    leicester = [
        HalfTermDates(2025, 1, D(2025, 8, 26), D(2025, 10, 17)),
        HalfTermDates(2025, 2, D(2025, 10, 29), D(2025, 12, 19)),
    ]

    assert SchoolCalendar.from_terms(leicester).why_not_working(D(2025, 10, 27)) == "Autumn half term"


@pytest.mark.parametrize("day", [D(2025, 8, 29), D(2026, 7, 22)])
def test_days_outside_the_terms_entered_are_not_counted_but_said(day):
    with pytest.raises(ValueError, match="Term dates are entered from 1 September 2025 to 21 July 2026"):
        SchoolCalendar.from_terms(LEEDS).why_not_working(day)


def test_without_any_terms_there_is_no_second_definition():
    with pytest.raises(ValueError, match="No term dates are entered"):
        SchoolCalendar.from_terms([])


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (D(2026, 10, 12), 2, D(2026, 12, 12)),
        (D(2026, 12, 31), 2, D(2027, 2, 28)),
        (D(2027, 12, 31), 2, D(2028, 2, 29)),
        (D(2027, 6, 30), 2, D(2027, 8, 30)),
        (D(2026, 11, 30), 1, D(2026, 12, 30)),
        (D(2026, 8, 31), 1, D(2026, 9, 30)),
    ],
)
def test_the_corresponding_date_is_clamped_to_the_end_of_a_shorter_month(day, months, later):
    assert corresponding_date(day, months) == later


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (D(2026, 10, 12), False),
        (D(2026, 10, 13), True),
        (D(2026, 12, 12), True),
        (D(2026, 12, 13), False),
    ],
)
def test_powers_may_be_used_from_the_day_after_the_period_for_two_months(day, is_open):
    assert window_after(D(2026, 10, 12)).is_open(day) is is_open


@pytest.mark.real_data
def test_our_bank_holidays_are_those_gov_uk_publishes():
    folder = os.environ.get("REAL_DATA_DIR")
    if not folder:
        pytest.skip("REAL_DATA_DIR names no folder")
    published = json.loads((Path(folder) / "bank-holidays_2019-2027.json").read_text())
    days = {D.fromisoformat(event["date"]) for event in published["england-and-wales"]["events"]}
    first, last = min(days).year, max(days).year
    ours = Holidays.england(first, last)

    assert {day for day in ours.names if day.weekday() < 5} == {day for day in days if day.weekday() < 5}
