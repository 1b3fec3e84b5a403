"""Every worked case comes out as the policy says, and no rule can be weakened without a case noticing."""

from __future__ import annotations

import pytest

from categorisation.cases import Case, failures
from categorisation.engine import compile_framework
from categorisation.schema import Framework, Rule

from .worked_cases import NATIONAL, cases, compiled, framework


def _parameters():
    return [
        pytest.param(
            which, case, id=f"{which}: {case.name}", marks=pytest.mark.requirement(*case.requirements)
        )
        for which in ("leeds", "leicester")
        for case in cases(which)
    ]


@pytest.mark.parametrize(("which", "case"), _parameters())
def test_case_comes_out_as_the_policy_says(which: str, case: Case):
    assert failures(case, compiled(which)) == []


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_there_are_at_least_thirty_cases_with_a_name_each(which: str):
    names = [case.name for case in cases(which)]
    assert len(names) == len(set(names)) >= 30


# Wherever these are met something else stands at their floor too (a wide gap misses category 1; one subject below
# the floor already places standards, and so the base, at 3): they give the reason or the minimum, not the level.
_SHARED_FLOORS = {"gaps_wide_but_narrowing", "mixed_report_card", "below_floor"}


def _weaker(rule: Rule) -> list[Rule | None]:
    """The rule gone, with its floor one lower, and with its lock taken off."""
    found: list[Rule | None] = [None]
    if rule.floor and rule.floor > 1:
        found.append(rule.model_copy(update={"floor": rule.floor - 1}))
    if rule.locked:
        found.append(rule.model_copy(update={"locked": False}))
    return found


def _mutants():
    return [
        pytest.param(
            which, rule.key, number, id=f"{which}: {rule.key} {('deleted', 'lowered', 'unlocked')[number]}"
        )
        for which in ("leeds", "leicester")
        for rule in framework(which).rules
        if rule.floor
        for number in range(len(_weaker(rule)))
    ]


@pytest.mark.parametrize(("which", "key", "number"), _mutants())
def test_weakening_any_decisive_rule_fails_a_case(which: str, key: str, number: int):
    document = framework(which)
    rule = next(rule for rule in document.rules if rule.key == key)
    changed = _with(document, key, _weaker(rule)[number])
    engine = compile_framework(changed, NATIONAL)
    failing = [case.name for case in cases(which) if _level_faults(case, engine, key)]
    assert failing, f"no case notices that {key} was weakened"


def _with(document: Framework, key: str, changed: Rule | None) -> Framework:
    rules = tuple(changed if rule.key == key else rule for rule in document.rules)
    return document.model_copy(update={"rules": tuple(rule for rule in rules if rule is not None)})


def _level_faults(case: Case, engine, key: str) -> list[str]:
    """Faults in the answer itself; the list of rules counts only for rules that share their floor."""
    kept = {"on_record", "low", "high", "base", "locked", *(["met"] if key in _SHARED_FLOORS else [])}
    only = Case(case.name, case.requirements, case.facts, {k: v for k, v in case.expect.items() if k in kept})
    return failures(only, engine)
