"""Checks across a whole document: every name that is used is also given, once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from .conditions import (
    AreaCondition,
    AspectCondition,
    CircumstanceCondition,
    Condition,
    FactCondition,
    Group,
    IndicatorCondition,
    InspectionCondition,
    MeasureCondition,
    Reference,
    StrandTest,
    Years,
    walk,
)
from .document import Framework
from .support import Tracking

# Every document has these, since the engine reads them outside any one rule.
NEEDED_PARAMETERS = ("small_cohort", "stale_after_years")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with a document: the place, as a path people can follow, and what to do about it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def check_references(document: Framework) -> list[Fault]:
    """All faults of a document that is well formed part by part, in the order of their places."""
    faults = [*_duplicates(document), *_ranks(document), *_needed(document), *_profile(document)]
    for place, condition in conditions_of(document):
        faults += _condition_faults(document, place, condition)
    faults += _measure_faults(document)
    faults += _parameter_uses(document)
    return sorted(set(faults))


def conditions_of(document: Framework) -> Iterator[tuple[str, Condition]]:
    """Every outermost condition of the document with its place."""
    for rule in document.rules:
        yield f"rules.{rule.key}.when", rule.when
        if rule.only_if is not None:
            yield f"rules.{rule.key}.only_if", rule.only_if
    for area in document.areas:
        for cell in area.cells:
            if cell.when is not None:
                yield f"areas.{area.key}.cells.{cell.level}.when", cell.when


def _duplicates(document: Framework) -> Iterator[Fault]:
    for name in (
        "levels",
        "areas",
        "aspects",
        "rules",
        "parameters",
        "indicators",
        "facts",
        "measures",
        "thresholds",
        "circumstances",
        "qualitative_indicators",
        "cycle",
        "review_groups",
        "plan_kinds",
        "register_grounds",
        "report_audiences",
    ):
        for key, times in Counter(item.key for item in getattr(document, name)).items():
            if times > 1:
                yield Fault(f"{name}.{key}", f"the key is used {times} times; each key may be used once")
    lists: list[tuple[str, Iterable[str]]] = [
        (f"levels.{level.key}.entitlement", (line.key for line in level.entitlement))
        for level in document.levels
    ]
    profile = document.self_evaluation
    lists += [
        ("self_evaluation.qualities", (item.key for item in profile.qualities)),
        ("self_evaluation.evidence_sources", (item.key for item in profile.evidence_sources)),
        ("self_evaluation.rows", profile.rows),
    ]
    for place, keys in lists:
        for key, times in Counter(keys).items():
            if times > 1:
                yield Fault(f"{place}.{key}", f"the key is used {times} times")


def _ranks(document: Framework) -> Iterator[Fault]:
    ranks = [level.rank for level in document.levels]
    if ranks != list(range(1, len(ranks) + 1)):
        yield Fault("levels", f"ranks must run 1, 2, 3 … in order; they are {', '.join(map(str, ranks))}")
    known = set(ranks)
    for rule in document.rules:
        for name, rank in (("floor", rule.floor), ("criterion_of", rule.criterion_of)):
            if rank is not None and rank not in known:
                yield Fault(f"rules.{rule.key}.{name}", f"there is no level of rank {rank}")
    for area in document.areas:
        levels = [cell.level for cell in area.cells]
        if sorted(levels) != sorted(known):
            yield Fault(f"areas.{area.key}.cells", "there must be one cell for each level")
        if area.assessed_by == "profile" and any(cell.when for cell in area.cells):
            yield Fault(f"areas.{area.key}", "an area assessed by profile has no conditions in its cells")
        if area.assessed_by == "facts" and not any(cell.when for cell in area.cells):
            yield Fault(
                f"areas.{area.key}", "an area assessed by facts needs a condition in at least one cell"
            )
    for group in document.review_groups:
        yield from _unknown_ranks(f"review_groups.{group.key}.levels", group.levels, known)
    for plan in document.plan_kinds:
        yield from _unknown_ranks(f"plan_kinds.{plan.key}.levels", plan.levels, known)
    for level in document.levels:
        lines = {line.key for line in level.entitlement}
        for line in level.entitlement:
            if line.exclusive_with is not None and line.exclusive_with not in lines - {line.key}:
                yield Fault(
                    f"levels.{level.key}.entitlement.{line.key}.exclusive_with",
                    f"there is no other line “{line.exclusive_with}” at this level",
                )


def _unknown_ranks(place: str, ranks: Iterable[int], known: set[int]) -> Iterator[Fault]:
    for rank in ranks:
        if rank not in known:
            yield Fault(place, f"there is no level of rank {rank}")


def _needed(document: Framework) -> Iterator[Fault]:
    known = {p.key for p in document.parameters}
    for key in NEEDED_PARAMETERS:
        if key not in known:
            yield Fault("parameters", f"the parameter “{key}” is missing; the engine reads it for every rule")
    parameter = document.inspections.report_card_below
    choices = next((p.choices for p in document.parameters if p.key == parameter), None)
    if choices is None:
        yield Fault("inspections.report_card_below", f"there is no parameter “{parameter}”")
    elif set(choices) != {"leadership_and_governance", "any_area"}:
        yield Fault(f"parameters.{parameter}.choices", "they must be leadership_and_governance and any_area")
    areas = {area.key for area in document.areas}
    if document.base.kind == "highest_area" and not document.base.areas:
        yield Fault("base.areas", "name the areas whose highest level is the base")
    if document.base.kind == "best_fit" and not areas:
        yield Fault("base", "the base is the level that fits the areas best, and there is no area")
    for key in document.base.areas:
        if key not in areas:
            yield Fault("base.areas", f"there is no area “{key}”")
    if document.base.kind == "gates" and not any(rule.role == "gate" for rule in document.rules):
        yield Fault("base", "the base is the highest gate, and no rule is a gate")


def _profile(document: Framework) -> Iterator[Fault]:
    """Every row of the profile is an area or an aspect, and whatever people grade is a row."""
    areas = {area.key for area in document.areas}
    aspects = {aspect.key for aspect in document.aspects}
    for key in sorted(areas & aspects):
        yield Fault(f"aspects.{key}", "an area has the same key, and a grade could be meant for either")
    rows = document.self_evaluation.rows
    for key in rows:
        if key not in areas | aspects:
            yield Fault("self_evaluation.rows", f"there is no area or aspect “{key}”")
    graded = aspects | {
        area.key for area in document.areas if area.assessed_by == "profile" or area.profile_if_set_aside
    }
    for key in sorted(graded - set(rows)):
        yield Fault("self_evaluation.rows", f"“{key}” is graded in the profile and needs a row")


def _condition_faults(document: Framework, place: str, outer: Condition) -> Iterator[Fault]:
    lists = {
        IndicatorCondition: ("indicator", "indicators"),
        MeasureCondition: ("measure", "measures"),
        CircumstanceCondition: ("circumstance", "circumstances"),
        AreaCondition: ("area", "areas"),
        AspectCondition: ("aspect", "aspects"),
        FactCondition: ("fact", "facts"),
    }
    for condition in walk(outer):
        if isinstance(condition, Group):
            continue
        if isinstance(condition, InspectionCondition):
            known = {aspect.key for aspect in document.inspections.aspects}
            for key in condition.aspects:
                if key not in known:
                    yield Fault(place, f"there is no inspected aspect “{key}”")
            continue
        field, listed_in = lists[type(condition)]
        key = getattr(condition, field)
        if key not in {item.key for item in getattr(document, listed_in)}:
            yield Fault(place, f"there is no {field} “{key}” in this document’s {listed_in}")
        if isinstance(condition, AreaCondition) and place.startswith("areas."):
            yield Fault(
                place, "a cell of the grid may not ask about an area: the grid would depend on itself"
            )
        if isinstance(condition, MeasureCondition):
            yield from _floor_faults(document, place, condition)


def _floor_faults(document: Framework, place: str, condition: MeasureCondition) -> Iterator[Fault]:
    measure = next((m for m in document.measures if m.key == condition.measure), None)
    if measure is None:
        return
    sources = [source for strand in measure.strands for source in strand.sources]
    for test in condition.tests:
        if test.test == "below_floor" and not any(source.floor for source in sources):
            yield Fault(place, f"no strand of the measure “{measure.key}” has a floor")
        if test.than == "centre" and not all(source.centre is not None for source in sources):
            yield Fault(place, f"every source of the measure “{measure.key}” needs a centre")


def _measure_faults(document: Framework) -> Iterator[Fault]:
    indicators = {item.key for item in document.indicators}
    for measure in document.measures:
        for key, times in Counter(strand.key for strand in measure.strands).items():
            if times > 1:
                yield Fault(f"measures.{measure.key}.{key}", f"the key is used {times} times")
        for strand in measure.strands:
            for source in strand.sources:
                place = f"measures.{measure.key}.{strand.key}.{source.indicator}"
                names = [source.indicator, *(condition.indicator for condition in source.and_any)]
                for name in names:
                    if name not in indicators:
                        yield Fault(place, f"there is no indicator “{name}” in this document’s indicators")
                if source.to_year is not None and source.to_year < source.from_year:
                    yield Fault(place, "to_year is before from_year")
                if any(condition.years != Years() for condition in source.and_any):
                    yield Fault(
                        place, "a condition beside a floor is asked of the same year; leave “years” out"
                    )
    for threshold in document.thresholds:
        spans = sorted((v.from_year, v.to_year or 9999) for v in threshold.values)
        for (_, end), (start, _) in itertools.pairwise(spans):
            if start <= end:
                yield Fault(f"thresholds.{threshold.key}", f"two values hold in {start}")


def _parameter_uses(document: Framework) -> Iterator[Fault]:
    """Every parameter and threshold named anywhere, found by type so that no new place is forgotten."""
    numbers = {p.key: p.in_force for p in document.parameters if p.type != "choice"}
    thresholds = {t.key for t in document.thresholds}
    for place, part in _parts(document, ""):
        used: list[str | None] = []
        if isinstance(part, Reference):
            used += [part.parameter, part.plus, part.minus]
            if part.threshold is not None and part.threshold not in thresholds:
                yield Fault(place, f"there is no threshold “{part.threshold}” in this document’s thresholds")
        elif isinstance(part, Years):
            windows = [x for x in (part.each_of_last, part.any_of_last, part.over_last) if isinstance(x, str)]
            used += windows
            least = 1 if part.over_last is None else 2
            for name in windows:
                if name in numbers and numbers[name] not in range(least, 11):
                    yield Fault(
                        f"parameters.{name}", f"a window of years holds between {least} and 10 of them"
                    )
        else:
            used += (
                [getattr(part, "by", None), getattr(part, "features", None)] if _is_condition(part) else []
            )
            used += [part.years] if isinstance(part, FactCondition) else []
            used += [part.inspection_due, part.inspection_due_if_below] if isinstance(part, Tracking) else []
            floor = getattr(part, "floor", None)
            if isinstance(floor, str) and floor not in thresholds:
                yield Fault(place, f"there is no threshold “{floor}” in this document’s thresholds")
            flat = getattr(part, "flat", None)
            used += [flat] if isinstance(flat, str) else []
        for key in used:
            if key is not None and key not in numbers:
                yield Fault(place, f"there is no numeric parameter “{key}” in this document’s parameters")


def _is_condition(part: BaseModel) -> bool:
    return isinstance(part, IndicatorCondition | InspectionCondition | StrandTest)


def _parts(part: BaseModel, place: str) -> Iterator[tuple[str, BaseModel]]:
    yield place or "document", part
    for name in type(part).model_fields:
        value = getattr(part, name)
        items = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for number, item in items:
            if isinstance(item, BaseModel):
                label = getattr(item, "key", None) or number
                inner = name if label is None else f"{name}.{label}"
                yield from _parts(item, f"{place}.{inner}" if place else inner)
