"""Outcomes read as English: rules with the school's figures, evidence, what is missing and what would change."""

from __future__ import annotations

import dataclasses

import pytest

from categorisation.engine import Circumstance, SchoolFacts, statement
from categorisation.schema import conditions_of

from .worked_cases import base_school, cases, compiled, framework


def _outcome(which: str, name: str):
    case = next(case for case in cases(which) if case.name == name)
    return compiled(which).evaluate(case.facts)


def _rule(outcome, key: str):
    return next(rule for rule in (*outcome.rules, *outcome.flags) if rule.key == key)


@pytest.mark.requirement("K-098", "L-064")
def test_a_rule_that_is_met_reads_with_the_figures_of_the_school():
    outcome = _outcome(
        "leeds", "under the floor standard of 2016 to 2018 in attainment and in reading progress"
    )
    rule = _rule(outcome, "consistently_below_floor")
    assert rule.sentence == (
        "The latest graded inspection found the school to require improvement; and reading, writing and maths "
        "combined was below the 65% floor in each of the last 2 published years."
    )
    assert rule.paragraph == "B1 cat 4"
    assert "64.9% in 2017-18, floor 65%" in [one.comparison for one in rule.evidence]
    assert rule.what_would_change == "Without it, the category would be 3 on what is recorded."


def test_the_subjects_below_the_floor_are_named():
    rule = _rule(
        _outcome(
            "leicester", "two subjects below the floor but rising, with good progress, are at least enhanced"
        ),
        "below_floor",
    )
    assert (
        rule.sentence
        == "Key Stage 2 reading and Key Stage 2 maths were below the 65% floor in the latest published year."
    )


def test_only_the_alternative_that_holds_is_told():
    outcome = _outcome("leeds", "a concern about governance makes a good school vulnerable")
    assert _rule(outcome, "governance_or_finance").sentence == "There is a major concern about governance."


def test_what_is_not_known_says_what_is_needed():
    outcome = _outcome("leicester", "safeguarding not returned leaves high open and locks nothing")
    rule = _rule(outcome, "safeguarding")
    assert rule.sentence == "Not known yet: safeguarding or safer recruitment rules are not kept."
    assert rule.what_would_change == (
        "If it turns out so, the level of support is at least 4. Needed: safeguarding compliance."
    )
    first = outcome.narrowing[0]
    assert (first.fact, first.could_lead_to) == ("circumstance.safeguarding_non_compliance", 4)


def test_a_description_says_that_it_waits_for_an_officer():
    rule = _rule(
        _outcome("leeds", "attendance around national raises nothing by itself"), "absence_around_national"
    )
    assert rule.sentence.startswith(
        "A description, which counts only once an officer confirms it: absence was"
    )
    rule = _rule(
        _outcome("leeds", "the same confirmed for a good school not at risk raises nothing"),
        "progress_below_median",
    )
    assert rule.sentence.startswith(
        "Confirmed by an officer, but the school is neither graded nor at risk of it:"
    )


def test_a_rule_set_aside_says_why():
    uninspected = _outcome(
        "leeds", "a school not yet inspected misses the first criterion, and is neither good nor bad"
    )
    assert _rule(uninspected, "requires_improvement").sentence.startswith(
        "Set aside, because the school has not yet been inspected:"
    )
    without_progress = _outcome("leeds", "progress not produced nationally is set aside")
    assert _rule(without_progress, "progress_not_above_national").sentence.startswith("Set aside, because")


def test_leads():
    assert _outcome("leeds", "a secure good school is category 1").lead == (
        "1 on what is recorded; nothing that is still missing could raise it."
    )
    assert _outcome("leicester", "nothing recorded suggests nothing").lead.startswith(
        "No level of support can be suggested on what is recorded; it could be 1 to 4. First to find out:"
    )


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_every_condition_reads_back_without_a_school(which: str):
    document = framework(which)
    for place, condition in conditions_of(document):
        text = statement(document, condition)
        assert text.lstrip("(")[0].isupper(), place
        assert not set("_{}[]") & set(text), (place, text)
        assert "  " not in text, place


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_every_outcome_has_a_sentence_for_everything(which: str):
    for case in cases(which):
        outcome = compiled(which).evaluate(case.facts)
        for rule in (*outcome.rules, *outcome.flags):
            assert rule.sentence.endswith("."), rule
            assert all(one.title and one.comparison for one in rule.evidence), rule
        for item in outcome.narrowing:
            assert outcome.low < item.could_lead_to <= outcome.high or outcome.on_record is None


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_narrowing_names_at_most_three_facts_and_the_highest_first(which: str):
    silent = SchoolFacts(on=base_school(which).on)
    found = compiled(which).evaluate(silent).narrowing
    assert len(found) == 3
    assert [item.could_lead_to for item in found] == sorted(
        (item.could_lead_to for item in found), reverse=True
    )


def test_the_source_of_a_return_is_evidence():
    facts = base_school("leicester")
    answer = Circumstance(True, source="Return of 2 October 2026, safeguarding service")
    changed = dataclasses.replace(
        facts, circumstances={**facts.circumstances, "safeguarding_non_compliance": answer}
    )
    rule = _rule(compiled("leicester").evaluate(changed), "safeguarding")
    assert [one.source for one in rule.evidence] == ["Return of 2 October 2026, safeguarding service"]
