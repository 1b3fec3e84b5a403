"""No rule, cell or base of a shipped document can be weakened anywhere without a worked case noticing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from categorisation.cases import failures
from categorisation.engine import CompiledFramework, Fact, compile_framework
from categorisation.engine import framework as engine_framework
from categorisation.schema import Area, Framework, Rule, load_data, to_data

from .worked_cases import NATIONAL, cases, framework

# A fact that is untrue of every school of the cases, so that a condition on it is never met.
NEVER = {"kind": "fact", "fact": "never", "test": "is_true"}

Data = dict[str, Any]


def _without(data: Data, *names: str) -> Data:
    return {key: value for key, value in data.items() if key not in names}


def _weaker(condition: Data, place: str) -> Iterator[tuple[str, Data]]:
    """The condition with each of its parts in turn made harder to meet."""
    yield f"{place} never met", NEVER
    parts, one_of = condition.get("of", ()), condition["kind"] == "any"
    for number, inner in enumerate(parts):
        before, after = parts[:number], parts[number + 1 :]
        if one_of:
            yield f"{place}.{number + 1} left out", condition | {"of": [*before, NEVER, *after]}
        for what, changed in _weaker(inner, f"{place}.{number + 1}"):
            if changed is not NEVER:
                yield what, condition | {"of": [*before, changed, *after]}
    for name in ("bands", "groups", "aspects"):
        values = condition.get(name, ())
        for value in values if len(values) > 1 else ():
            yield f"{place} without {value}", condition | {name: [v for v in values if v != value]}
    if condition["kind"] == "measure":
        yield f"{place} of one strand more", condition | {"strands": condition.get("strands", 1) + 1}
    if "otherwise" in condition:
        yield f"{place} with nothing otherwise", _without(condition, "otherwise")
    if condition["kind"] in ("area", "aspect") and condition["at_least"] < 4:
        yield f"{place} a grade worse", condition | {"at_least": condition["at_least"] + 1}


def _changed_rules(rule: Data) -> Iterator[tuple[str, Data | None]]:
    yield "deleted", None
    if rule.get("floor", 0) > 1:
        yield "lowered", rule | {"floor": rule["floor"] - 1}
    for name in ("locked", "criterion_of", "only_if"):
        if name in rule:
            yield f"without {name}", _without(rule, name)
    if rule["role"] == "gate":
        yield "no gate", _without(rule, "locked") | {"role": "raises"}
    # A rule that describes is met when an officer confirms it: what it asks is shown and decides nothing.
    name = "only_if" if rule["role"] == "describes" else "when"
    for what, condition in _weaker(rule[name], name) if name in rule else ():
        yield what, rule | {name: condition}


def _changed_areas(area: Data) -> Iterator[tuple[str, Data]]:
    if "profile_if_set_aside" in area:
        yield "without profile_if_set_aside", _without(area, "profile_if_set_aside")
    for cell in area["cells"]:
        for what, condition in _weaker(cell["when"], "when") if "when" in cell else ():
            cells = [other | {"when": condition} if other is cell else other for other in area["cells"]]
            yield f"at {cell['level']} {what}", area | {"cells": cells}


def _weaker_documents(document: Framework) -> Iterator[tuple[str, str, Framework]]:
    """The document with one thing in it weakened, for each thing there is: its key, how, and the document."""
    for rule in document.rules:
        for what, changed in _changed_rules(to_data(rule)):
            new = () if changed is None else (Rule.model_validate(changed),)
            rules = (one for old in document.rules for one in (new if old is rule else (old,)))
            yield rule.key, what, document.model_copy(update={"rules": tuple(rules)})
    for area in document.areas:
        for what, data in _changed_areas(to_data(area)):
            other = Area.model_validate(data)
            areas = tuple(other if old is area else old for old in document.areas)
            yield area.key, what, document.model_copy(update={"areas": areas})
    for key in document.base.areas:
        left = document.base.model_copy(
            update={"areas": tuple(area for area in document.base.areas if area != key)}
        )
        yield key, "no longer in the base", document.model_copy(update={"base": left})


def _with_never(which: str) -> Framework:
    data = to_data(framework(which))
    never = {"key": "never", "title": "Never so", "type": "yes_no"}
    return load_data(data | {"facts": [*data.get("facts", ()), never]})


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_whatever_is_weakened_a_worked_case_notices(which: str, monkeypatch):
    document = _with_never(which)
    given = [
        dataclasses.replace(
            case, facts=dataclasses.replace(case.facts, facts={**case.facts.facts, "never": Fact(False)})
        )
        for case in cases(which)
    ]

    def noticed(engine: CompiledFramework, key: str) -> bool:
        """Whether a case fails. Those that speak of the key come first, since they are the likeliest."""
        return any(failures(case, engine) for case in sorted(given, key=lambda c: key not in str(c.expect)))

    assert not noticed(compile_framework(document, NATIONAL), "")
    # The references of the shipped document are checked once, and a weaker one has no others.
    monkeypatch.setattr(engine_framework, "check_references", lambda document: [])
    weakened, unnoticed = set(), []
    for key, what, weaker in _weaker_documents(document):
        weakened.add(key)
        if not noticed(compile_framework(weaker, NATIONAL), key):
            unnoticed.append(f"{key} {what}")
    assert unnoticed == []
    by_facts = {area.key for area in document.areas if area.assessed_by == "facts"}
    assert weakened == {rule.key for rule in document.rules} | by_facts | set(document.base.areas)
