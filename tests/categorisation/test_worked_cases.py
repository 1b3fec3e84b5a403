"""Every worked case comes out as the policy says, and together they speak of every rule."""

from __future__ import annotations

import pytest

from categorisation.cases import Case, failures

from .worked_cases import cases, compiled, framework

WHICH = ["leeds", "leicester"]


def _parameters():
    return [
        pytest.param(
            which, case, id=f"{which}: {case.name}", marks=pytest.mark.requirement(*case.requirements)
        )
        for which in WHICH
        for case in cases(which)
    ]


@pytest.mark.parametrize(("which", "case"), _parameters())
def test_case_comes_out_as_the_policy_says(which: str, case: Case):
    assert failures(case, compiled(which)) == []


@pytest.mark.parametrize("which", WHICH)
def test_there_are_at_least_seventy_cases_with_a_name_each(which: str):
    names = [case.name for case in cases(which)]
    assert len(names) == len(set(names)) >= 70


@pytest.mark.parametrize("which", WHICH)
def test_every_row_that_a_rule_or_a_cell_answers_has_a_case(which: str):
    document = framework(which)
    letter = {"leeds": "K", "leicester": "L"}[which]
    ruled = {
        row
        for item in (*document.rules, *(cell for area in document.areas for cell in area.cells if cell.when))
        for row in item.requirements
        if row.startswith(letter)
    }
    assert ruled - {row for case in cases(which) for row in case.requirements} == set()


@pytest.mark.parametrize("which", WHICH)
def test_a_case_speaks_only_of_what_the_framework_has(which: str):
    document = framework(which)
    indicators = {item.key for item in document.indicators}
    circumstances = {item.key for item in document.circumstances}
    rows = set(document.self_evaluation.rows)
    facts = {item.key for item in document.facts} | {f"confirmed.{rule.key}" for rule in document.rules}
    for case in cases(which):
        assert {indicator for indicator, _ in case.facts.series} <= indicators, case.name
        assert set(case.facts.circumstances) <= circumstances, case.name
        assert set(case.facts.profile) <= rows, case.name
        assert set(case.facts.facts) <= facts, case.name
