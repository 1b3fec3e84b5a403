"""What is known of a circumstance on a day: recorded, ruled out by a return, or not known."""

import datetime as dt
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from schools.choices import Audience
from schools.rules.circumstances import Recorded, Returned, catalogue, kind, known

D = dt.date
KIND = "finance_concern"
TODAY = D(2026, 11, 21)
SINCE = D(2026, 9, 1)


def recorded(start=SINCE, end=None, kind=KIND, audience=Audience.AUTHORITY):
    return Recorded(kind, start, end, audience, "", "Schools finance team")


def returned(on, days=120, kind=KIND):
    return Returned(kind, on, on + dt.timedelta(days=days))


def test_silence_is_neither_yes_nor_no():
    found = known(TODAY, [], [])

    assert set(found) == set(catalogue())
    assert all(answer.holds is None for answer in found.values())


def test_what_is_recorded_and_not_ended_is_so():
    answer = known(TODAY, [recorded()], [])[KIND]

    assert answer.holds is True
    assert answer.since == SINCE


@pytest.mark.parametrize(("end", "holds"), [(TODAY, True), (TODAY - dt.timedelta(days=1), None)])
def test_it_is_so_on_its_last_day_and_not_known_the_day_after(end, holds):
    assert known(TODAY, [recorded(end=end)], [])[KIND].holds is holds


def test_what_begins_later_is_not_so_yet():
    assert known(TODAY, [recorded(start=TODAY + dt.timedelta(days=1))], [])[KIND].holds is None


@pytest.mark.parametrize(("days_ago", "holds"), [(0, False), (119, False), (120, None)])
def test_a_return_makes_no_known_until_the_day_it_goes_stale(days_ago, holds):
    answer = known(TODAY, [], [returned(TODAY - dt.timedelta(days=days_ago))])[KIND]

    assert answer.holds is holds
    assert answer.stale_on is not None


def test_a_return_made_later_says_nothing_of_today():
    assert known(TODAY, [], [returned(TODAY + dt.timedelta(days=1))])[KIND].holds is None


def test_what_is_recorded_goes_before_a_return():
    assert known(TODAY, [recorded()], [returned(TODAY)])[KIND].holds is True


def test_a_return_from_before_it_ended_says_nothing_of_the_time_after():
    ended = recorded(end=D(2026, 11, 10))

    assert known(TODAY, [ended], [returned(D(2026, 9, 1))])[KIND].holds is None
    assert known(TODAY, [ended], [returned(D(2026, 11, 11))])[KIND].holds is False


def test_the_latest_return_counts():
    answer = known(TODAY, [], [returned(TODAY), returned(D(2026, 1, 1))])[KIND]

    assert answer.since == TODAY


def test_the_audience_is_that_of_the_record_and_of_the_catalogue_without_one():
    assert known(TODAY, [recorded(audience=Audience.SCHOOL)], [])[KIND].audience == Audience.SCHOOL
    assert known(TODAY, [], [])[KIND].audience == Audience.AUTHORITY


def test_a_kind_the_catalogue_no_longer_has_is_kept():
    assert known(TODAY, [recorded(kind="older_kind")], [])["older_kind"].holds is True


def test_an_unknown_kind_is_refused_in_words():
    assert kind(KIND).title == "Concern about finance"
    with pytest.raises(ValueError, match="“nonsense” is not a kind of circumstance"):
        kind("nonsense")


def test_the_catalogue_asks_questions_and_says_who_may_know():
    for entry in catalogue().values():
        assert entry.question.endswith("?")
        assert entry.audience in (Audience.SCHOOL, Audience.AUTHORITY)
        assert entry.stale_after_days > 0


@pytest.mark.requirement("L-013", "L-037")
def test_the_catalogue_has_every_circumstance_the_frameworks_name():
    folder = Path(__file__).parents[2] / "categorisation" / "frameworks"
    named = {
        circumstance["key"]
        for path in folder.glob("*.yaml")
        for circumstance in YAML(typ="safe").load(path.read_text()).get("circumstances", [])
    }

    assert named <= set(catalogue()), f"missing: {sorted(named - set(catalogue()))}"
