"""What must hold for every school: one more concern never lowers the suggestion, an unknown that is filled only
narrows the range, the order of rules does not matter, and the same facts give the same answer."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from categorisation.engine import (
    Circumstance,
    Fact,
    Grade,
    Point,
    SchoolFacts,
    Status,
    compile_framework,
    filter_trace,
)

from .worked_cases import NATIONAL, base_school, cases, compiled, framework

WHICH = ["leeds", "leicester"]
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_UNKNOWN = [Status.SUPPRESSED, Status.NOT_IMPORTED, Status.UNKNOWN]


@st.composite
def schools(draw, which: str) -> SchoolFacts:
    """The facts of a worked case with answers, grades and figures changed or made unknown."""
    facts = draw(st.sampled_from([case.facts for case in cases(which)]))
    document = framework(which)
    circumstances = {
        item.key: Circumstance(answer)
        for item in document.circumstances
        if (answer := draw(st.sampled_from([None, False, False, False, True]))) is not None
    }
    profile = {
        item.key: Grade(validated=grade)
        for item in (*document.areas, *document.aspects)
        if (grade := draw(st.sampled_from([None, 1, 2, 2, 3, 4]))) is not None
    }
    series = dict(facts.series)
    for key in draw(st.lists(st.sampled_from(sorted(series)), max_size=4, unique=True)) if series else []:
        series[key] = tuple((year, draw(_changed(point))) for year, point in series[key])
    return dataclasses.replace(facts, circumstances=circumstances, profile=profile, series=series)


def _changed(point: Point):
    unknown = st.sampled_from(_UNKNOWN).map(lambda status: Point(None, status))
    if point.value is None:
        return st.just(point)
    moved = st.integers(-300, 300).map(
        lambda n: dataclasses.replace(point, value=point.value + Decimal(n) / 10)
    )
    return st.one_of(st.just(point), moved, unknown)


@pytest.mark.parametrize("which", WHICH)
def test_one_more_reported_circumstance_never_lowers_the_suggestion(which: str):
    keys = [item.key for item in framework(which).circumstances]

    @SETTINGS
    @given(schools(which), st.sampled_from(keys))
    def holds(facts: SchoolFacts, key: str):
        worse = dataclasses.replace(facts, circumstances={**facts.circumstances, key: Circumstance(True)})
        _no_lower(which, facts, worse, key in facts.circumstances)

    holds()


@pytest.mark.parametrize("which", WHICH)
def test_a_worse_grade_never_lowers_the_suggestion(which: str):
    keys = [item.key for item in (*framework(which).areas, *framework(which).aspects)]

    @SETTINGS
    @given(schools(which), st.sampled_from(keys), st.integers(1, 3))
    def holds(facts: SchoolFacts, key: str, grade: int):
        before = dataclasses.replace(facts, profile={**facts.profile, key: Grade(validated=grade)})
        after = dataclasses.replace(facts, profile={**facts.profile, key: Grade(validated=grade + 1)})
        _no_lower(which, before, after, known=True)

    holds()


@pytest.mark.parametrize("which", WHICH)
def test_a_lower_latest_result_never_lowers_the_suggestion(which: str):
    attainment = ("exp", "l4", "prog", "cva", "a8", "p8", "em4", "va")

    @SETTINGS
    @given(schools(which), st.data())
    def holds(facts: SchoolFacts, data: st.DataObject):
        keys = [
            k
            for k, rows in facts.series.items()
            if k[1] == "all" and rows and any(a in k[0] for a in attainment)
        ]
        keys = [k for k in keys if facts.series[k][0][1].value is not None]
        if not keys:
            return
        key = data.draw(st.sampled_from(sorted(keys)))
        year, point = facts.series[key][0]
        drop = Decimal(data.draw(st.integers(1, 400))) / 10
        high = None if point.ci_high is None else point.ci_high - drop
        lower = dataclasses.replace(point, value=point.value - drop, ci_high=high)
        worse = dataclasses.replace(
            facts, series={**facts.series, key: ((year, lower), *facts.series[key][1:])}
        )
        _no_lower(which, facts, worse, known=True)

    holds()


@pytest.mark.parametrize("which", WHICH)
def test_a_confirmation_by_an_officer_never_lowers_the_suggestion(which: str):
    keys = [rule.key for rule in framework(which).rules if rule.role == "describes"]
    if not keys:
        assert which == "leicester"
        return

    @SETTINGS
    @given(schools(which), st.sampled_from(keys))
    def holds(facts: SchoolFacts, key: str):
        worse = dataclasses.replace(facts, facts={**facts.facts, f"confirmed.{key}": Fact(True)})
        _no_lower(which, facts, worse, known=True)

    holds()


def _no_lower(which: str, before: SchoolFacts, after: SchoolFacts, known: bool) -> None:
    one, other = compiled(which).evaluate(before), compiled(which).evaluate(after)
    assert (other.on_record or 0) >= (one.on_record or 0)
    assert other.low >= one.low
    assert (other.locked_floor or 0) >= (one.locked_floor or 0)
    if known:
        assert other.high >= one.high


@pytest.mark.parametrize("which", WHICH)
def test_filling_an_unknown_only_narrows_the_range(which: str):
    document = framework(which)

    @SETTINGS
    @given(schools(which), st.data())
    def holds(facts: SchoolFacts, data: st.DataObject):
        outcome = compiled(which).evaluate(facts)
        filled = _filled(document, facts, data)
        narrower = compiled(which).evaluate(filled)
        assert outcome.low <= narrower.low <= narrower.high <= outcome.high

    holds()


def _filled(document, facts: SchoolFacts, data: st.DataObject) -> SchoolFacts:
    """The same facts with one thing that was not known answered."""
    silent = [item.key for item in document.circumstances if item.key not in facts.circumstances]
    ungraded = [item.key for item in (*document.areas, *document.aspects) if item.key not in facts.profile]
    missing = [
        (key, number)
        for key, rows in facts.series.items()
        for number, (_, point) in enumerate(rows)
        if point.status in _UNKNOWN
    ]
    kind = data.draw(
        st.sampled_from(
            [n for n, found in zip("cps", (silent, ungraded, missing), strict=False) if found] or ["-"]
        )
    )
    if kind == "c":
        answer = Circumstance(data.draw(st.booleans()))
        return dataclasses.replace(
            facts, circumstances={**facts.circumstances, data.draw(st.sampled_from(silent)): answer}
        )
    if kind == "p":
        grade = Grade(validated=data.draw(st.integers(1, 4)))
        return dataclasses.replace(
            facts, profile={**facts.profile, data.draw(st.sampled_from(ungraded)): grade}
        )
    if kind == "s":
        key, number = data.draw(st.sampled_from(missing))
        value = Decimal(data.draw(st.integers(-100, 1000))) / 10
        rows = list(facts.series[key])
        rows[number] = (
            rows[number][0],
            Point(value, ci_low=value - 1, ci_high=value + 1, national=Decimal(50)),
        )
        return dataclasses.replace(facts, series={**facts.series, key: tuple(rows)})
    return facts


@pytest.mark.parametrize("which", WHICH)
def test_the_order_of_rules_does_not_matter(which: str):
    document = framework(which)

    @settings(max_examples=15, deadline=None)
    @given(schools(which), st.integers(0, 10_000))
    def holds(facts: SchoolFacts, seed: int):
        rules = list(document.rules)
        random.Random(seed).shuffle(rules)
        shuffled = compile_framework(document.model_copy(update={"rules": tuple(rules)}), NATIONAL)
        one, other = compiled(which).evaluate(facts), shuffled.evaluate(facts)
        for name in ("on_record", "low", "high", "locked_floor", "base"):
            assert getattr(one, name) == getattr(other, name)
        assert {r.key: r.state for r in one.rules} == {r.key: r.state for r in other.rules}

    holds()


@pytest.mark.parametrize("which", WHICH)
def test_the_same_facts_give_the_same_bytes(which: str):
    again = compile_framework(framework(which), NATIONAL)

    @settings(max_examples=20, deadline=None)
    @given(schools(which))
    def holds(facts: SchoolFacts):
        one, other = compiled(which).evaluate(facts), again.evaluate(facts)
        assert one.to_json() == other.to_json()
        assert one.to_dict() == other.to_dict()

    holds()


@pytest.mark.parametrize("which", WHICH)
def test_a_restricted_answer_shows_as_no_cause(which: str):
    """Readers of the shared page see the same page whatever the restricted answers are."""
    restricted = [item.key for item in framework(which).circumstances if item.audience == "authority"]
    assert restricted

    @SETTINGS
    @given(schools(which), st.sampled_from(restricted), st.sampled_from([None, True, False]))
    def holds(facts: SchoolFacts, key: str, answer: bool | None):
        others = {k: v for k, v in facts.circumstances.items() if k != key}
        if answer is not None:
            others[key] = Circumstance(answer)
        changed = dataclasses.replace(facts, circumstances=others)
        one, other = compiled(which).evaluate(facts), compiled(which).evaluate(changed)
        seen, seen_too = filter_trace(one, {"shared"}), filter_trace(other, {"shared"})
        assert seen.to_dict() == seen_too.to_dict()
        assert key not in seen.to_json()
        assert key not in seen.facts.circumstances

    holds()


def test_one_restricted_answer_of_a_shared_circumstance_looks_like_no_answer():
    facts = base_school("leeds")
    kept = {k: v for k, v in facts.circumstances.items() if k != "basic_need"}
    secret = dataclasses.replace(
        facts, circumstances={**kept, "basic_need": Circumstance(True, audience="authority")}
    )
    silent = dataclasses.replace(facts, circumstances=kept)
    engine = compiled("leeds")
    assert engine.evaluate(secret).on_record == 2
    assert filter_trace(engine.evaluate(secret), {"shared"}).on_record == 1
    assert (
        filter_trace(engine.evaluate(secret), {"shared"}).to_dict()
        == filter_trace(engine.evaluate(silent), {"shared"}).to_dict()
    )


def test_those_in_the_authority_see_everything():
    for which in WHICH:
        for case in cases(which):
            outcome = compiled(which).evaluate(case.facts)
            assert filter_trace(outcome, {"shared", "authority"}).to_json() == outcome.to_json()
