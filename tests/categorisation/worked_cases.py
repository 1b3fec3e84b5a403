"""Worked cases written as data: how a case changes the file's base school, and what it expects."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

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
    Status,
    Threshold,
    Thresholds,
    academic_year,
    compile_framework,
    series,
)
from categorisation.engine.states import NAMES
from categorisation.schema import Framework, load_yaml

HERE = Path(__file__).parent
FRAMEWORKS = HERE.parent.parent / "categorisation" / "frameworks"
SLUGS = {"leeds": "leeds-2013", "leicester": "leicester-2007"}

# Statutory facts 4.1, by the academic year in which pupils sat the tests.
NATIONAL = Thresholds(
    Threshold(key, Decimal(value), from_year, to_year)
    for key, value, from_year, to_year in (
        ("floor_ks2_english", "65", 2004, 2008),
        ("floor_ks2_maths", "65", 2004, 2008),
        ("floor_ks3_english", "50", 2004, 2007),
        ("floor_ks3_maths", "50", 2004, 2007),
        ("floor_ks3_science", "50", 2004, 2007),
        ("floor_ks2_attainment", "60", 2010, 2012),
        ("floor_ks2_attainment", "65", 2013, 2017),
        ("floor_ks2_progress_reading", "-5", 2015, 2017),
        ("floor_ks2_progress_writing", "-7", 2015, 2017),
        ("floor_ks2_progress_maths", "-5", 2015, 2017),
        ("floor_ks4_attainment", "25", 2004, 2005),
        ("floor_ks4_attainment", "30", 2006, 2009),
        ("floor_ks4_attainment", "35", 2010, 2010),
        ("floor_ks4_attainment", "40", 2011, 2014),
        ("floor_ks4_progress", "-0.5", 2015, 2017),
    )
)


@dataclass(frozen=True)
class Case:
    """One worked case: a school and the answer the policy gives."""

    name: str
    requirements: tuple[str, ...]
    facts: SchoolFacts
    expect: dict[str, Any]


@functools.cache
def framework(which: str) -> Framework:
    """A shipped document."""
    return load_yaml((FRAMEWORKS / f"{SLUGS[which]}.yaml").read_bytes())


@functools.cache
def compiled(which: str) -> CompiledFramework:
    """A shipped document, compiled with the national thresholds."""
    return compile_framework(framework(which), NATIONAL)


@functools.cache
def cases(which: str) -> tuple[Case, ...]:
    """Every worked case of a framework."""
    data = YAML(typ="safe", pure=True).load((HERE / "cases" / f"{which}.yaml").read_text())
    return tuple(
        Case(
            c["name"], tuple(c["requirements"]), _facts(which, data["base"], c.get("change", {})), c["expect"]
        )
        for c in data["cases"]
    )


def base_school(which: str) -> SchoolFacts:
    """The school the cases start from."""
    return cases(which)[0].facts


def faults(case: Case, outcome: Outcome) -> list[str]:
    """Everything in which the outcome differs from what the case expects."""
    found: list[str] = []
    expect = case.expect
    states = {item.compiled.rule.key: NAMES[item.state] for item in outcome.trace}
    floors = {item.compiled.rule.key: item.compiled.rule.floor for item in outcome.trace}
    for name, actual in (
        ("on_record", outcome.on_record),
        ("low", outcome.low),
        ("high", outcome.high),
        ("base", outcome.base),
        ("locked", outcome.locked_floor),
        ("lead", outcome.lead if "lead" in expect else None),
    ):
        if name in expect and expect[name] != actual:
            found.append(f"{name} is {actual}, expected {expect[name]}")
    for key, floor in expect.get("met", {}).items():
        if (states.get(key), floors.get(key)) != ("met", floor):
            found.append(
                f"{key} is {states.get(key)} with floor {floors.get(key)}, expected met with floor {floor}"
            )
    for state, names in (
        ("not_met", ("not_met", "flags_not_met")),
        ("not_known", ("not_known",)),
        ("set_aside", ("set_aside",)),
        ("met", ("flags_met",)),
    ):
        for key in [key for name in names for key in expect.get(name, ())]:
            if states.get(key) != state:
                found.append(f"{key} is {states.get(key)}, expected {state}")
    areas = {view.key: view.on_record for view in outcome.compiled.area_views(outcome.run)}
    for key, level in expect.get("areas", {}).items():
        if areas[key] != level:
            found.append(f"area {key} is {areas[key]}, expected {level}")
    return found


def _facts(which: str, base: dict[str, Any], change: dict[str, Any]) -> SchoolFacts:
    document = framework(which)
    merged = {
        **base,
        **{k: v for k, v in change.items() if k not in ("series", "circumstances", "profile", "facts")},
    }
    inspections = merged["inspections"]
    facts = {} if change.get("facts") == "unknown" else {**base.get("facts", {}), **change.get("facts", {})}
    facts |= {f"confirmed.{key}": True for key in change.get("confirmed", ())}
    return SchoolFacts(
        on=merged["on"],
        attributes=merged["attributes"],
        facts={key: Fact(value) for key, value in facts.items()},
        series=_series(base["series"], change.get("series", {}), before=academic_year(merged["on"])),
        inspections=None if inspections is None else tuple(Inspection(**item) for item in inspections),
        circumstances=_circumstances(document, change.get("circumstances", {})),
        profile=_profile(document, base["profile"], change.get("profile", {})),
    )


def _series(base: dict[str, Any], change: Any, *, before: int) -> dict[tuple[str, str], Any]:
    """Series of the years whose results were out on the day of the case."""
    if change == "unknown":
        return {}
    found = {}
    for name in {**base, **change}:
        indicator, _, group = name.partition("/")
        points = {
            year: _point(value) for year, value in {**base.get(name, {}), **change.get(name, {})}.items()
        }
        found[indicator, group or "all"] = series({y: point for y, point in points.items() if y < before})
    return found


def _point(value: Any) -> Point:
    """``[value, national, cohort]``, a mapping of fields, or a status."""
    if isinstance(value, str):
        return Point(None, Status(value))
    if isinstance(value, dict):
        return Point(**{name: Decimal(str(number)) for name, number in value.items()})
    number, national, *cohort = value
    against = Decimal(str(national))
    return Point(
        Decimal(str(number)),
        national=against,
        similar=against,
        cohort=cohort[0] if cohort else 30,
        source="made",
    )


def _circumstances(document: Framework, change: Any) -> dict[str, Circumstance]:
    if change == "unknown":
        return {}
    found = {
        item.key: Circumstance(False, source="Return of 3 November 2026") for item in document.circumstances
    }
    for key, answer in change.items():
        if answer == "unknown":
            del found[key]
        elif answer == "stale":
            found[key] = Circumstance(False, stale_on=date(2026, 11, 21))
        else:
            found[key] = Circumstance(answer, source="Return of 3 November 2026")
    return found


def _profile(document: Framework, base: int, change: Any) -> dict[str, Grade]:
    if change == "unknown":
        return {}
    found = {item.key: Grade(validated=base) for item in (*document.aspects, *document.areas)}
    for key, grade in change.items():
        if grade is None:
            del found[key]
        elif grade == "own":
            found[key] = Grade(school=1)
        elif grade == "moderated":
            found[key] = Grade(school=1, validated=3, moderated=2)
        else:
            found[key] = Grade(validated=grade)
    return found
