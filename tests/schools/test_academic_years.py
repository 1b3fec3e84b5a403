"""Academic years run from 1 August to 31 July."""

import datetime as dt

import pytest

from schools.rules.academic_years import academic_year, bounds, label, parse


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2018, 7, 31), 2017),
        (dt.date(2018, 8, 1), 2018),
        (dt.date(2018, 8, 31), 2018),
        (dt.date(2019, 1, 1), 2018),
    ],
)
@pytest.mark.requirement("K-250", "L-273")
def test_an_academic_year_begins_on_1_august_and_not_in_september(day, year):
    assert academic_year(day) == year


@pytest.mark.parametrize(("year", "text"), [(2017, "2017-18"), (1999, "1999-00"), (2008, "2008-09")])
def test_a_year_is_written_with_both_its_years(year, text):
    assert label(year) == text
    assert parse(text) == year


def test_bounds_are_the_first_and_the_last_day():
    assert bounds(2025) == (dt.date(2025, 8, 1), dt.date(2026, 7, 31))
    assert academic_year(bounds(2025)[0]) == academic_year(bounds(2025)[1]) == 2025


@pytest.mark.parametrize(
    "text", ["2017-18", "2017/18", "201718", "2017-2018", "2017/2018", " 2017–18 ", "2017_18", "2017 18"]
)
def test_every_way_the_sector_writes_a_year_is_read(text):
    assert parse(text) == 2017


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2017", "is not an academic year. Write it as 2017-18"),
        ("", "is not an academic year"),
        ("17-18", "is not an academic year"),
        ("2017-19", "the second year must follow the first, as in 2017-18"),
        ("2017-2019", "the second year must follow the first"),
        ("2017-17", "the second year must follow the first"),
        ("1907-08", "out of range"),
        ("2099-00", "out of range"),
    ],
)
def test_anything_else_is_refused_in_words(text, says):
    with pytest.raises(ValueError, match=says):
        parse(text)


def test_a_century_turns():
    assert parse("1999-00") == 1999
    assert parse("1999-2000") == 1999
