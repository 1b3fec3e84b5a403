"""Files of worked cases: what a case may say, and the sentences where a framework answers otherwise."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from categorisation.cases import CaseError, cases_of, failures, parse_cases
from categorisation.engine import Point, Status, compile_framework
from categorisation.schema import Framework

from .worked_cases import NATIONAL, cases, compiled, framework

BASE = """
base:
  on: 2026-11-21
  attributes: {phase: primary, low_age: 4, high_age: 11}
  inspections: []
  circumstances: false
  profile: 2
  facts: {headteacher_acting: false}
  series:
    ks2_rwm_exp: {2024: [70, 61], 2025: [71.5, 62, 12], 2026: [80, 62]}
cases:
"""


def _one(change: str, expect: str = "{on_record: 1}"):
    text = f"{BASE}  - {{name: One, requirements: [K-040], change: {change}, expect: {expect}}}\n"
    return parse_cases(text, framework("leeds"))[0]


def test_the_school_of_a_case_answers_everything_the_framework_asks():
    facts = _one("{}").facts
    document = framework("leeds")
    assert facts.on == date(2026, 11, 21)
    assert {key: answer.present for key, answer in facts.circumstances.items()} == {
        item.key: False for item in document.circumstances
    }
    assert {grade.in_force for grade in facts.profile.values()} == {2}
    assert set(facts.profile) == set(document.self_evaluation.rows)
    assert facts.facts["headteacher_acting"].value is False


def test_results_count_once_they_are_out():
    points = dict(_one("{}").facts.series["ks2_rwm_exp", "all"])
    assert list(points) == [2025, 2024]
    assert (points[2025].value, points[2025].national, points[2025].similar) == (Decimal("71.5"), 62, 62)
    assert (points[2025].cohort, points[2024].cohort) == (12, 30)


def test_a_point_is_a_pair_a_mapping_or_a_status():
    facts = _one(
        "{series: {ks2_prog_read/girls: {2024: suppressed, 2025: {value: -1.5, ci_high: -0.5}}}}"
    ).facts
    assert facts.series["ks2_prog_read", "girls"] == (
        (2025, Point(Decimal("-1.5"), ci_high=Decimal("-0.5"), source="Worked case")),
        (2024, Point(None, Status.SUPPRESSED)),
    )


def test_a_case_changes_only_what_it_says():
    facts = _one(
        "{circumstances: {basic_need: true, at_risk_of_ri: unknown, finance_concern: stale}, confirmed: [places_short], "
        "profile: {smsc: null, teaching: own, overall: moderated, leadership: 4}, facts: {headteacher_acting: true}}"
    ).facts
    assert facts.circumstances["basic_need"].present
    assert "at_risk_of_ri" not in facts.circumstances
    assert not facts.circumstances["finance_concern"].known_on(facts.on)
    assert facts.facts["confirmed.places_short"].value is True
    assert facts.facts["headteacher_acting"].value is True
    assert "smsc" not in facts.profile
    assert [facts.profile[key].in_force for key in ("teaching", "overall", "leadership")] == [None, 2, 4]


def test_all_of_a_kind_may_be_unknown():
    facts = _one("{circumstances: unknown, profile: unknown, series: unknown, facts: unknown}").facts
    assert (facts.circumstances, facts.profile, facts.series, facts.facts) == ({}, {}, {}, {})


@pytest.mark.parametrize(
    ("change", "expect", "words"),
    [
        ("{colour: red}", "{}", "One: “colour” is none of attributes, circumstances, "),
        ("{}", "{flag: [a6_roll]}", "One: “flag” is none of areas, base, flags, "),
        ("{series: {roll: {2025: lost}}}", "{}", "One: 'lost' is not a valid Status"),
        ("{series: {roll: {2025: [many, 0]}}}", "{}", "One: "),
        ("{inspections: [{started: 2025-01-01}]}", "{}", "One: .*unexpected keyword argument 'started'"),
    ],
)
def test_a_case_that_says_what_no_case_can_say_is_refused(change: str, expect: str, words: str):
    with pytest.raises(CaseError, match=words):
        _one(change, expect)


def test_a_framework_without_a_file_has_no_cases():
    document = framework("leeds")
    other = document.model_copy(
        update={"identity": document.identity.model_copy(update={"slug": "elsewhere-2026"})}
    )
    assert cases_of(other) == ()
    assert len(cases_of(document)) == len(cases("leeds"))


def _failures(which: str, name: str, **expect: Any) -> list[str]:
    case = next(case for case in cases(which) if case.name == name)
    return failures(dataclasses.replace(case, expect=expect), compiled(which))


GOOD, LIGHT = (
    "a secure good school is category 1",
    "a school at level 1 in every area has light touch",
)


def test_each_number_that_differs_has_its_sentence():
    assert _failures("leeds", GOOD, on_record=2, low=3, high=4, base=None, locked=5) == [
        "On what is recorded the category is 1, expected 2.",
        "The category could be as low as 1, expected 3.",
        "The category could be as high as 1, expected 4.",
        "Before rules raise it the category is 1, expected none.",
        "The minimum for moderation is none, expected 5.",
    ]
    assert _failures("leicester", LIGHT, on_record=2) == [
        "On what is recorded the level of support is 1, expected 2."
    ]


def test_the_sentence_of_the_answer_is_compared():
    assert _failures("leeds", GOOD, lead="2.") == [
        f"The answer reads “{compiled('leeds').evaluate(cases('leeds')[0].facts).lead}”, expected “2.”."
    ]


def test_each_rule_that_differs_has_its_sentence():
    assert _failures(
        "leeds",
        GOOD,
        met={"ofsted_good": 2, "places_short": 2, "gone": 1},
        flags=["a6_roll"],
        not_met=["ofsted_good", "places_short"],
        not_known=["at_risk_of_ri"],
        set_aside=["not_yet_inspected"],
    ) == [
        "The rule “Judged good or outstanding” leads to 1, expected 2.",
        "The rule “Basic need” is not met, expected met.",
        "There is no rule “gone”, expected met.",
        "The rule “Falling roll that hurts finance or teaching” is not met, expected met.",
        "The rule “Judged good or outstanding” is met, expected not met.",
        "The rule “At risk of requires improvement at the next inspection” is not met, expected not known.",
        "The rule “No good judgement yet” is not met, expected set aside.",
    ]


def test_each_criterion_that_is_missed_or_not_has_its_sentence():
    name = "weak work on moving on misses the criterion"
    assert _failures("leeds", name, misses=["smsc_not_embedded", "gone"]) == [
        "“gone” is not named as a criterion missed.",
        "“Spiritual, moral, social and cultural development embedded” is not named as a criterion missed.",
        "“Works with others on moving on” is named as a criterion missed.",
    ]


def test_each_area_that_differs_has_its_sentence():
    assert _failures("leicester", LIGHT, areas={"standards": 2, "cva": None, "gone": 1, "attendance": 1}) == [
        "The area “Standards” is at 1, expected 2.",
        "The area “Contextual value added” is at 1, expected none.",
        "There is no area “gone”, expected at 1.",
    ]


def test_the_cases_of_a_framework_run_on_a_draft_of_it():
    """A draft may lack what a case speaks of: the case then fails in words."""
    document = framework("leeds")
    draft = _draft(document)
    found = {case.name: failures(case, compile_framework(draft, NATIONAL)) for case in cases_of(draft)}
    assert found["a secure good school is category 1"] == []
    assert found["pressure on places makes a good school vulnerable"] == [
        "On what is recorded the category is 1, expected 2.",
        "The category could be as low as 1, expected 2.",
        "The category could be as high as 1, expected 2.",
        "There is no rule “places_short”, expected met.",
    ]


def _draft(document: Framework) -> Framework:
    return document.model_copy(
        update={"rules": tuple(rule for rule in document.rules if rule.key != "places_short")}
    )
