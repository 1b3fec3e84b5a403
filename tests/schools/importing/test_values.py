import datetime as dt
from decimal import Decimal

import pytest

from schools.choices import ValueStatus as S
from schools.importing import values, years
from schools.importing.values import BadCell


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("65%", "65"), ("66.50%", "66.5"), ("49.5", "49.5"), ("£45,421", "45421"), ("-1.2", "-1.2"), ("−1.2", "-1.2"),
        ("0", "0"), ("0.0068965", "0.0069"), ("1,234,567", "1234567"), (" 12 ", "12"), (".5", "0.5"), ("+3", "3"),
        ("-£5", "-5"),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly_however_it_is_written(text, value):
    reading = values.number(text)
    assert (reading.value, reading.status) == (Decimal(value), S.PUBLISHED)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("SUPP", S.SUPPRESSED), ("SUPPMAT", S.SUPPRESSED), ("SP", S.SUPPRESSED), ("c", S.SUPPRESSED),
        ("NE", S.NO_ENTRIES), ("NA", S.NOT_APPLICABLE), ("z", S.NOT_APPLICABLE), ("NP", S.NOT_PUBLISHED),
        ("x", S.NOT_PUBLISHED), ("LOWCOV", S.LOW_COVERAGE), ("NEW", S.NEW_SCHOOL), ("supp", S.SUPPRESSED),
    ],
)  # fmt: skip
def test_each_code_keeps_its_own_meaning(code, status):
    reading = values.number(code)
    assert (reading.value, reading.status, reading.blank) == (None, status, False)


@pytest.mark.parametrize("text", ["", " ", "  "])
def test_an_empty_cell_is_not_published_and_known_to_be_blank(text):
    reading = values.number(text)
    assert (reading.value, reading.status, reading.blank) == (None, S.NOT_PUBLISHED, True)


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "12..5", "%", "-", "1e9", "£", "12 %%", "٣", "9" * 30, "nan", "1-2"]
)
def test_nonsense_is_no_number(text):
    with pytest.raises(BadCell):
        values.number(text)


def test_a_number_outside_its_bounds_is_refused_in_words():
    with pytest.raises(BadCell, match="at most 100"):
        values.number("104.17%", Decimal(0), Decimal(100))
    with pytest.raises(BadCell, match="at least 0"):
        values.number("-1", Decimal(0), Decimal(100))


def test_a_count_is_whole_or_absent():
    assert [values.whole(text) for text in ("30", "1,204", "SUPP", "", "12.0")] == [30, 1204, None, None, 12]
    for text in ("12.5", "-1", "many"):
        with pytest.raises(BadCell):
            values.whole(text)


@pytest.mark.parametrize(
    "text", ["31-08-2026", "31/08/2026", "2026-08-31", "2026-08-31 00:00:00", "2026-08-31T09:00"]
)
def test_a_date_is_read_in_every_layout_of_the_files(text):
    assert values.date(text) == dt.date(2026, 8, 31)


def test_a_date_may_be_absent_and_nonsense_is_none():
    assert [values.date(text) for text in ("", " ", "NULL")] == [None, None, None]
    for text in ("31-02-2026", "08-31-2026", "tomorrow", "2026", "1/2/26"):
        with pytest.raises(BadCell):
            values.date(text)


def test_a_urn_is_a_number_of_up_to_seven_digits():
    assert values.urn(" 100001 ") == 100001
    assert values.urn("100001.0") == 100001
    for text in ("", "0", "12345678", "URN", "10000l", "-5", "¹²³", "9" * 500):
        with pytest.raises(BadCell):
            values.urn(text)


@pytest.mark.parametrize(
    ("text", "answer"), [("Yes", True), ("Met", True), ("No", False), ("Not met", False), ("9", None)]
)
def test_yes_and_no_are_read_and_nothing_else(text, answer):
    assert values.yes_no(text) is answer


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2017-2018_383_ks2final.csv", 2017), ("ks2_2018-19.csv", 2018), ("absence201718.csv", 2017),
        ("x/2016-17/census.csv", None), ("links_edubasealldata20230421.csv", None), ("2022-03_gias.csv", None),
        ("results.csv", None), ("2017_2018.csv", 2017), ("1999-00.csv", 1999), ("2017-2018_201718.csv", 2017),
    ],
)  # fmt: skip
def test_the_year_is_read_from_the_files_name_only(name, year):
    assert years.in_name(name) == year


def test_a_name_with_two_years_is_refused():
    with pytest.raises(years.BadYear, match="2016-17 and 2017-18"):
        years.in_name("2016-17_and_2017-18.csv")
