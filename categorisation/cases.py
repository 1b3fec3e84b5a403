"""Worked cases of a framework: schools made up for the purpose, and the answer its policy gives for each.

A file of cases is YAML. ``base`` is a whole school; each case says in ``change`` how its school differs, and in
``expect`` what has to come out. The answers are written from the policy, so that a framework that no longer gives them
has changed its meaning. Pure: no database, no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from categorisation.engine import (
    Circumstance,
    CompiledFramework,
    Fact,
    Grade,
    Inspection,
    Outcome,
    Point,
    SchoolFacts,
    Series,
    Status,
    academic_year,
    series,
)
from categorisation.engine.states import NAMES
from categorisation.schema import Framework

FOLDER: Final = Path(__file__).parent / "frameworks" / "cases"
SOURCE: Final = "Worked case"

_OVERLAID: Final = ("series", "circumstances", "profile", "facts")
_CHANGES: Final = {"on", "attributes", "inspections", "confirmed", *_OVERLAID}
_EXPECTED: Final = {
    "on_record", "low", "high", "base", "locked", "lead", "areas",
    "met", "flags", "not_met", "not_known", "set_aside", "misses",
}  # fmt: skip


class CaseError(ValueError):
    """A file of cases that cannot be read; the message says which case and why."""


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case: a school and the answer the policy gives.

    ``expect`` names only what the case is about: ``on_record``, ``low``, ``high``, ``base`` and ``locked`` (levels, or
    None), ``lead`` (the sentence), ``areas`` (levels by area), ``met`` (rules that are met, with their floors),
    ``flags`` (flags that are met), ``not_met``, ``not_known`` and ``set_aside`` (rules and flags), ``misses`` (all
    rules that name a criterion missed).
    """

    name: str
    requirements: tuple[str, ...]
    facts: SchoolFacts
    expect: Mapping[str, Any]


def cases_of(document: Framework) -> tuple[Case, ...]:
    """The worked cases that come with the framework of this slug; none where none do."""
    text = _text(document.identity.slug)
    return parse_cases(text, document) if text else ()


@cache
def _text(slug: str) -> str:
    path = FOLDER / f"{slug}.yaml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def parse_cases(text: str, document: Framework) -> tuple[Case, ...]:
    """The cases in this YAML text, about schools of which everything is returned that the document asks.

    Raises ``CaseError`` where a case says what no case can say.
    """
    data = YAML(typ="safe", pure=True).load(text)
    return tuple(_case(document, data["base"], item) for item in data["cases"])


def failures(case: Case, framework: CompiledFramework) -> list[str]:
    """Everything in which the framework answers otherwise than the case expects, in sentences; empty if nothing."""
    return list(_failures(case.expect, framework.evaluate(case.facts)))


def _failures(expect: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    document = outcome.compiled.document
    for name, words, actual in (
        ("on_record", "On what is recorded the {level} is {actual}, expected {wanted}.", outcome.on_record),
        ("low", "The {level} could be as low as {actual}, expected {wanted}.", outcome.low),
        ("high", "The {level} could be as high as {actual}, expected {wanted}.", outcome.high),
        ("base", "Before rules raise it the {level} is {actual}, expected {wanted}.", outcome.base),
        ("locked", "The minimum for moderation is {actual}, expected {wanted}.", outcome.locked_floor),
    ):
        if name in expect and expect[name] != actual:
            yield words.format(level=document.words.level, actual=_none(actual), wanted=_none(expect[name]))
    if "lead" in expect and expect["lead"] != outcome.lead:
        yield f"The answer reads “{outcome.lead}”, expected “{expect['lead']}”."
    yield from _rule_failures(expect, outcome)
    yield from _area_failures(expect.get("areas", {}), outcome)


def _area_failures(expect: Mapping[str, int | None], outcome: Outcome) -> Iterator[str]:
    document = outcome.compiled.document
    areas = {view.key: view.on_record for view in outcome.compiled.area_views(outcome.run)} if expect else {}
    titles = {area.key: area.title for area in document.areas}
    for key, level in expect.items():
        if key not in areas:
            yield f"There is no area “{key}”, expected at {_none(level)}."
        elif areas[key] != level:
            yield f"The area “{titles[key]}” is at {_none(areas[key])}, expected {_none(level)}."


def _rule_failures(expect: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    rules = {item.compiled.rule.key: item.compiled.rule for item in outcome.trace}
    states = {item.compiled.rule.key: NAMES[item.state] for item in outcome.trace}
    floors = expect.get("met", {}) | dict.fromkeys(expect.get("flags", ()))
    wanted = [(key, "met") for key in floors]
    wanted += [
        (key, state) for state in ("not_met", "not_known", "set_aside") for key in expect.get(state, ())
    ]
    for key, state in wanted:
        if key not in rules:
            yield f"There is no rule “{key}”, expected {_words(state)}."
        elif states[key] != state:
            yield f"The rule “{rules[key].title}” is {_words(states[key])}, expected {_words(state)}."
        elif state == "met" and rules[key].floor != floors[key]:
            yield f"The rule “{rules[key].title}” leads to {_none(rules[key].floor)}, expected {_none(floors[key])}."
    if "misses" in expect:
        missed = {key for key, rule in rules.items() if rule.criterion_of and states[key] == "met"}
        for key in sorted(missed ^ set(expect["misses"])):
            title = rules[key].title if key in rules else key
            yield f"“{title}” is {'' if key in missed else 'not '}named as a criterion missed."


def _none(level: int | None) -> str:
    return "none" if level is None else str(level)


def _words(state: str) -> str:
    return state.replace("_", " ")


def _case(document: Framework, base: Mapping[str, Any], item: Mapping[str, Any]) -> Case:
    name, change, expect = item["name"], item.get("change", {}), item["expect"]
    for given, allowed in ((change, _CHANGES), (expect, _EXPECTED)):
        for key in given:
            if key not in allowed:
                raise CaseError(f"{name}: “{key}” is none of {', '.join(sorted(allowed))}")
    try:
        facts = _facts(document, base, change)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise CaseError(f"{name}: {error}") from error
    return Case(name, tuple(item["requirements"]), facts, expect)


def _facts(document: Framework, base: Mapping[str, Any], change: Mapping[str, Any]) -> SchoolFacts:
    merged = {**base, **{key: value for key, value in change.items() if key not in _OVERLAID}}
    inspections = merged["inspections"]
    facts = {} if change.get("facts") == "unknown" else {**base.get("facts", {}), **change.get("facts", {})}
    facts |= {f"confirmed.{key}": True for key in change.get("confirmed", ())}
    return SchoolFacts(
        on=merged["on"],
        attributes=merged["attributes"],
        facts={key: Fact(value) for key, value in facts.items()},
        series=_series(base["series"], change.get("series", {}), before=academic_year(merged["on"])),
        inspections=None if inspections is None else tuple(Inspection(**item) for item in inspections),
        circumstances=_circumstances(document, change.get("circumstances", {}), merged["on"]),
        profile=_profile(document, base["profile"], change.get("profile", {})),
    )


def _series(base: Mapping[str, Any], change: Any, *, before: int) -> dict[tuple[str, str], Series]:
    """Series of the years whose results were out on the day of the case."""
    if change == "unknown":
        return {}
    found = {}
    for name in {**base, **change}:
        indicator, _, group = name.partition("/")
        years = {**base.get(name, {}), **change.get(name, {})}
        found[indicator, group or "all"] = series(
            {year: _point(value) for year, value in years.items() if year < before}
        )
    return found


def _point(value: Any) -> Point:
    """``[value, comparator, cohort]``, a mapping of fields, or a status. The comparator is both national and similar."""
    if isinstance(value, str):
        return Point(None, Status(value))
    if isinstance(value, dict):
        fields: dict[str, Any] = {name: Decimal(str(number)) for name, number in value.items()}
        return Point(**fields, source=SOURCE)
    number, comparator, *cohort = value
    against = Decimal(str(comparator))
    return Point(
        Decimal(str(number)),
        national=against,
        similar=against,
        cohort=cohort[0] if cohort else 30,
        source=SOURCE,
    )


def _circumstances(document: Framework, change: Any, on: Any) -> dict[str, Circumstance]:
    """Nothing to report, except what the case changes: true, *unknown*, or *stale* (a return that lapses that day)."""
    if change == "unknown":
        return {}
    found = {item.key: Circumstance(False, source=SOURCE) for item in document.circumstances}
    for key, answer in change.items():
        if answer == "unknown":
            found.pop(key, None)
        elif answer == "stale":
            found[key] = Circumstance(False, stale_on=on, source=SOURCE)
        else:
            found[key] = Circumstance(answer, source=SOURCE)
    return found


def _profile(document: Framework, base: int, change: Any) -> dict[str, Grade]:
    """One validated grade for every row, except what the case changes: a grade, none, *own* or *moderated*."""
    if change == "unknown":
        return {}
    rows = [area.key for area in document.areas] + [aspect.key for aspect in document.aspects]
    found = {key: Grade(validated=base, source=SOURCE) for key in rows}
    for key, grade in change.items():
        if grade is None:
            found.pop(key, None)
        elif grade == "own":
            found[key] = Grade(school=1, source=SOURCE)
        elif grade == "moderated":
            found[key] = Grade(school=1, validated=3, moderated=2, source=SOURCE)
        else:
            found[key] = Grade(validated=grade, source=SOURCE)
    return found
