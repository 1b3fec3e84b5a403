"""Whatever the bytes: a refusal in words or an import, never an error nobody expected."""

import contextlib
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schools.importing import plans, reading, running, values
from schools.importing.reading import Unreadable
from schools.importing.storing import Scope
from schools.importing.values import BadCell
from tests.schools.importing import made, made_kinds

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
FILES = {
    "edubase_20230705.csv": made.gias(),
    "2017-2018_ks2.csv": made.ks2(),
    "2017-2018_ks4.csv": made.ks4(),
    "2018-2019_census.csv": made.census(),
    "2018-2019_abs.csv": made.absence(),
    "links_20230421.csv": made.links([100001, 100002, "x", "Successor", "01-03-2021"]),
    "ofsted.csv": made.ofsted(),
    "report_cards.csv": made.report_cards(),
    "2023-2024_ks5.csv": made_kinds.ks5(),
    "2018-2019_provisional.csv": made_kinds.ks4_provisional(),
    "2024-2025_ks4_destinations.csv": made_kinds.ks4_destinations(),
    "2019-2020_pupil_premium.csv": made_kinds.pupil_premium(),
    "2019-2020_workforce.csv": made_kinds.workforce(),
    "balances.csv": made_kinds.finance(),
    "groups_20220331.csv": made_kinds.groups(),
}
few = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def survives(name, content):
    """Read, compare with nothing recorded; every problem and refusal is a sentence."""
    source = reading.from_bytes(name, content)
    try:
        sources = reading.expand(source)
    except Unreadable:
        sources = [source]
    found = plans.prepare(sources, 2017)
    tallies = running.preview(found, Scope({"901": None}, True, NOW))
    for plan, tally in zip(found, tallies, strict=True):
        assert not plan.refusal or plan.refusal.endswith(".")
        assert all(problem.row >= 1 and problem.message for problem in tally.problems)
    return found


@few
@given(
    content=st.binary(max_size=4000), name=st.sampled_from(["a.csv", "a.xlsx", "a.zip", "2017-18.ods", "a"])
)
def test_any_bytes(content, name):
    survives(name, content)


@few
@given(
    start=st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xef\xbb\xbf", b"URN,"]),
    rest=st.binary(max_size=2000),
)
def test_any_bytes_after_a_known_beginning(start, rest):
    survives("a.zip", start + rest)
    survives("a.xlsx", start + rest)


@few
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_a_file_cut_off_anywhere(name, data):
    content = FILES[name]
    survives(name, content[: data.draw(st.integers(0, len(content)))])


@few
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_a_file_with_bytes_changed(name, data):
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    survives(name, bytes(content))


@few
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_a_file_with_any_text_in_its_cells(name, data):
    header = FILES[name].decode("cp1252", "replace").splitlines()[0].lstrip("\ufeffï»¿").split(",")
    cell = st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        st.sampled_from(
            [
                "SUPP",
                "NA",
                "1",
                "0",
                "-1",
                "100%",
                "901",
                "100001",
                "31-12-2020",
                "£",
                "Open",
                "2",
                "NULL",
                "9" * 40,
            ]
        ),
    )
    rows = data.draw(st.lists(st.lists(cell, max_size=len(header) + 3), min_size=1, max_size=4))
    survives(name, made.file([h.strip('"') for h in header], *rows))


@few
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_a_file_with_its_columns_shuffled_renamed_or_missing(name, data):
    header = [
        h.strip('"')
        for h in FILES[name].decode("cp1252", "replace").splitlines()[0].lstrip("ï»¿\ufeff").split(",")
    ]
    kept = data.draw(st.lists(st.sampled_from(header), max_size=len(header) + 4))
    survives(name, made.file(kept, ["1"] * len(kept)))


@given(text=st.text(max_size=30))
def test_any_text_is_a_number_a_code_or_refused(text):
    for read in (values.number, values.whole, values.date, values.urn, values.yes_no):
        with contextlib.suppress(BadCell):
            read(text)


@given(number=st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False))
def test_a_number_written_is_the_number_read(number):
    assert values.number(f"{number:,}").value == number
    assert values.number(f"£{number}".replace("£-", "-£")).value == number
