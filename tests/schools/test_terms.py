"""Half-terms: which one a day falls in, what lies between, whose dates a school keeps."""

import datetime as dt

import pytest

from schools.rules.terms import (
    Gap,
    HalfTermDates,
    Term,
    faults,
    gaps,
    moved_a_year,
    position,
    resolve,
    term_of,
)

D = dt.date
AUTHORITY = (
    HalfTermDates(2025, 1, D(2025, 9, 1), D(2025, 10, 24)),
    HalfTermDates(2025, 2, D(2025, 11, 3), D(2025, 12, 19)),
    HalfTermDates(2025, 3, D(2026, 1, 5), D(2026, 2, 13)),
)


@pytest.mark.requirement("L-274", "K-252")
def test_six_half_terms_make_three_terms():
    assert [term_of(number) for number in range(1, 7)] == [
        Term.AUTUMN,
        Term.AUTUMN,
        Term.SPRING,
        Term.SPRING,
        Term.SUMMER,
        Term.SUMMER,
    ]


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (D(2025, 8, 31), None),
        (D(2025, 9, 1), 1),
        (D(2025, 10, 24), 1),
        (D(2025, 10, 25), None),
        (D(2025, 11, 2), None),
        (D(2025, 11, 3), 2),
    ],
)
def test_a_day_falls_in_a_half_term_from_its_first_day_to_its_last(day, number):
    found = position(day, AUTHORITY).half_term

    assert (found.number if found else None) == number


def test_a_day_between_two_half_terms_falls_in_a_named_holiday():
    found = position(D(2025, 10, 27), AUTHORITY)

    assert found.gap == Gap(D(2025, 10, 25), D(2025, 11, 2), "Autumn half term")
    assert found.next == AUTHORITY[1]


def test_before_the_first_and_after_the_last_nothing_is_known():
    before, after = position(D(2025, 8, 20), AUTHORITY), position(D(2026, 2, 14), AUTHORITY)

    assert (before.half_term, before.gap, before.next) == (None, None, AUTHORITY[0])
    assert (after.half_term, after.gap, after.next) == (None, None, None)


def test_gaps_are_named_only_where_half_terms_follow_one_another():
    rows = (
        AUTHORITY[0],
        AUTHORITY[2],
        HalfTermDates(2025, 6, D(2026, 6, 1), D(2026, 7, 21)),
        HalfTermDates(2026, 1, D(2026, 9, 1), D(2026, 10, 23)),
    )

    assert [gap.name for gap in gaps(rows)] == [
        "Between known half-terms",
        "Between known half-terms",
        "Summer holiday",
    ]


def test_half_terms_that_touch_leave_no_gap():
    rows = (AUTHORITY[0], HalfTermDates(2025, 2, D(2025, 10, 25), D(2025, 12, 19)))

    assert gaps(rows) == ()


def test_a_school_keeps_its_own_dates_before_its_authoritys_half_term_by_half_term():
    own = [HalfTermDates(2025, 2, D(2025, 10, 29), D(2025, 12, 17))]

    kept = resolve(own, AUTHORITY)

    assert [(row.number, row.start_on, row.is_own) for row in kept] == [
        (1, D(2025, 9, 1), False),
        (2, D(2025, 10, 29), True),
        (3, D(2026, 1, 5), False),
    ]


def test_a_half_term_is_named_as_people_say_it():
    assert AUTHORITY[0].name == "first half of the autumn term 2025-26"
    assert AUTHORITY[2].term == Term.SPRING
    assert (
        HalfTermDates(2025, 6, D(2026, 6, 1), D(2026, 7, 21)).name == "second half of the summer term 2025-26"
    )


def test_last_years_dates_move_to_the_same_day_of_the_week():
    moved = moved_a_year(AUTHORITY)

    assert [row.year for row in moved] == [2026, 2026, 2026]
    assert moved[0].start_on == D(2026, 8, 31)
    assert all(
        new.start_on.weekday() == old.start_on.weekday() and new.end_on.weekday() == old.end_on.weekday()
        for new, old in zip(moved, AUTHORITY, strict=True)
    )


def test_dates_in_order_within_the_year_have_no_fault():
    assert faults(2025, {1: (D(2025, 8, 1), D(2025, 10, 24)), 6: (D(2026, 6, 1), D(2026, 7, 31))}) == ()


def test_an_overlap_is_explained_at_the_later_half_term():
    (fault,) = faults(2025, {1: (D(2025, 9, 1), D(2025, 11, 3)), 2: (D(2025, 11, 3), D(2025, 12, 19))})

    assert (fault.number, fault.field) == (2, "start_on")
    assert fault.message == (
        "Half-term 2 starts on 3 November 2025, but half-term 1 ends on 3 November 2025. "
        "Each half-term starts after the one before it has ended."
    )


def test_half_terms_in_the_wrong_order_are_explained_even_with_one_missing_between():
    (fault,) = faults(2025, {1: (D(2025, 9, 1), D(2025, 12, 19)), 3: (D(2025, 11, 3), D(2025, 12, 20))})

    assert fault.number == 3
    assert "half-term 1 ends on 19 December 2025" in fault.message


def test_a_half_term_that_ends_before_it_starts_is_refused():
    (fault,) = faults(2025, {1: (D(2025, 10, 24), D(2025, 9, 1))})

    assert (fault.number, fault.field) == (1, "end_on")
    assert "before it starts" in fault.message


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ((D(2025, 7, 31), D(2025, 10, 24)), "start_on"),
        ((D(2026, 6, 1), D(2026, 8, 1)), "end_on"),
    ],
)
def test_a_day_outside_the_academic_year_is_refused(dates, field):
    (fault,) = faults(2025, {1: dates})

    assert fault.field == field
    assert "outside the academic year 2025-26 (1 August 2025 to 31 July 2026)" in fault.message
