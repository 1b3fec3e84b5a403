"""A trace as it is stored says all that the outcome knew, and reads back."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from decimal import Decimal

import pytest

from categorisation.engine import (
    TRACE_FORMAT,
    CompiledFramework,
    Fact,
    SchoolFacts,
    Status,
    compile_framework,
    facts_of,
    rule_states,
)
from categorisation.engine.facts import Point
from categorisation.engine.written import plain

from .worked_cases import NATIONAL, cases, compiled, framework

CASES = [(which, case) for which in ("leeds", "leicester") for case in cases(which)]


def _told(engine: CompiledFramework, facts: SchoolFacts) -> list:
    """Each rule of the outcome with its facts, and none of the references that the document gives."""
    return [
        [item.compiled.rule.key, item.state, [_fact(one) for one in item.seen]]
        for item in engine.evaluate(facts).trace
    ]


def _fact(one) -> tuple:
    value = one.value if one.value is None or isinstance(one.value, str) else plain(one.value)
    return (one.kind, one.name, one.group, one.year, value, one.status, one.source, one.test, one.state)


def _read(text: str) -> list:
    trace = json.loads(text)
    return [
        [key, state, [_fact(one) for number in numbers for one in facts_of(trace, number)]]
        for key, state, numbers in trace["rules"]
    ]


def _moved(facts: SchoolFacts) -> list[SchoolFacts]:
    """The same with years lacking, with figures suppressed, and confirmed by an officer, in years of every kind."""
    series = facts.series
    fewer = {key: rows[:1] for key, rows in series.items()}
    hidden = {
        key: tuple((year, Point(None, Status.SUPPRESSED) if year % 2 else point) for year, point in rows)
        for key, rows in series.items()
    }
    confirmed = {f"confirmed.{rule.key}": Fact(True, "Officer") for rule in framework("leeds").rules}
    return [
        facts,
        dataclasses.replace(facts, series=fewer, facts={**facts.facts, **confirmed}),
        dataclasses.replace(facts, series=hidden, inspections=None),
    ]


@pytest.mark.parametrize(("which", "case"), CASES, ids=[f"{which}: {case.name}" for which, case in CASES])
@pytest.mark.requirement("K-103")
def test_what_is_written_reads_back_as_what_was_known(which, case):
    for facts in _moved(case.facts):
        assert _read(compiled(which).evaluate(facts).to_json()) == _told(compiled(which), facts)


def test_a_threshold_that_held_in_one_year_stays_with_the_figure():
    case = next(case for case in cases("leeds") if case.facts.on < date(2019, 1, 1))
    trace = json.loads(compiled("leeds").evaluate(case.facts).to_json())
    floors = [
        one.reference
        for number in range(len(trace["tests"]))
        for one in facts_of(trace, number)
        if one.test == "below_floor" and one.value is not None
    ]
    assert "65" in floors


def test_a_trace_says_first_how_it_is_written_and_tells_how_each_rule_came_out():
    outcome = compiled("leeds").evaluate(cases("leeds")[0].facts)
    text = outcome.to_json()
    assert text.startswith(f'{{"format":{TRACE_FORMAT},')
    assert rule_states(json.loads(text)) == {item.compiled.rule.key: item.state for item in outcome.trace}


@pytest.mark.parametrize("trace", [{}, {"format": 0, "rules": []}])
def test_a_trace_of_a_format_that_was_never_written_is_refused(trace):
    with pytest.raises(ValueError, match="no trace is written in format"):
        rule_states(trace)


def _with_another_nought(value):
    return None if value is None else Decimal(f"{value}.0" if "." not in str(value) else f"{value}0")


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_figures_that_are_equal_are_each_written_as_they_were_given(which):
    """What is remembered of 65 must not be written of 65.0: a decision replayed has to give the same bytes."""
    engine = compile_framework(framework(which), NATIONAL)
    for case in cases(which):
        longer = {
            key: tuple(
                (
                    year,
                    dataclasses.replace(
                        point,
                        value=_with_another_nought(point.value),
                        national=_with_another_nought(point.national),
                    ),
                )
                for year, point in rows
            )
            for key, rows in case.facts.series.items()
        }
        for facts in (case.facts, dataclasses.replace(case.facts, series=longer)):
            fresh = (
                compile_framework(framework(which), NATIONAL) if facts is not case.facts else compiled(which)
            )
            assert engine.evaluate(facts).to_json() == fresh.evaluate(facts).to_json()
