"""Conditions read back as English, with the figures of a school where they are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from categorisation.schema.conditions import (
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
)
from categorisation.schema.document import Framework

from .states import MET, NOT_KNOWN, Seen
from .wording import GROUPS, amount, by_key, indicator_unit, listed, lower_first, upper_first

TESTS: Final = {
    "below": "below",
    "at_most": "at or below",
    "above": "above",
    "at_least": "at or above",
    "significantly_below": "significantly below",
    "significantly_above": "significantly above",
}
TRENDS: Final = {
    "rising": "rose",
    "falling": "fell",
    "flat_or_falling": "stayed level or fell",
    "flat_or_rising": "stayed level or rose",
    "fell_once": "fell at least once",
    "fell_each_year": "fell from each year to the next",
}
BANDS: Final = {
    "CONCERN": "in a category of concern (special measures or significant improvement)",
    "BELOW": "less than good",
    "MIXED": "good in some areas and in need of attention in others",
    "AT_LEAST_GOOD": "good or better",
}


StateOf = Callable[[Condition], int]
"""The state of a condition for the school at hand."""


def statement(
    document: Framework, condition: Condition, seen: Sequence[Seen] = (), state_of: StateOf | None = None
) -> str:
    """The condition as a sentence without its full stop.

    ``seen`` lends it the figures of a school; with ``state_of``, alternatives that had no part in the answer are
    left out.
    """
    if isinstance(condition, Group):
        return _group(document, condition, seen, state_of)
    if isinstance(condition, IndicatorCondition):
        return _indicator(document, condition, seen)
    if isinstance(condition, MeasureCondition):
        return _measure(document, condition, seen)
    if isinstance(condition, InspectionCondition):
        return _inspection(document, condition)
    if isinstance(condition, CircumstanceCondition):
        found: str = by_key(document.circumstances, condition.circumstance).if_so
        return found
    if isinstance(condition, AreaCondition):
        area = by_key(document.areas, condition.area)
        return f"{area.title} is at {document.words.level} {condition.at_least} or above in the grid"
    if isinstance(condition, AspectCondition):
        aspect = by_key(document.aspects, condition.aspect)
        return f"{aspect.title} is graded {condition.at_least} ({lower_first(aspect.grades[condition.at_least - 1])}) or worse"
    return _fact(document, condition)


def _group(document: Framework, group: Group, seen: Sequence[Seen], state_of: StateOf | None) -> str:
    chosen = group.of
    if group.kind == "any" and state_of is not None and state_of(group) in (MET, NOT_KNOWN):
        chosen = tuple(inner for inner in group.of if state_of(inner) == state_of(group))
    parts = [statement(document, inner, seen, state_of) for inner in chosen]
    if len(parts) == 1:
        return parts[0]
    if group.kind == "at_least":
        return f"At least {group.number} of these hold: " + "; ".join(lower_first(part) for part in parts)
    inside = [
        f"({lower_first(part)})" if isinstance(inner, Group) and "; " in part else lower_first(part)
        for inner, part in zip(chosen, parts, strict=True)
    ]
    return upper_first(f"; {'and' if group.kind == 'all' else 'or'} ".join(inside))


def _indicator(document: Framework, condition: IndicatorCondition, seen: Sequence[Seen]) -> str:
    title = by_key(document.indicators, condition.indicator).title
    if condition.gap_to:
        subject = f"The gap between {GROUPS[condition.gap_to]} and {GROUPS[condition.group]} in {lower_first(title)}"
    else:
        of = f" of {GROUPS[condition.group]}" if condition.group != "all" else ""
        subject = f"{title}{of}"
    if condition.test in TRENDS:
        return f"{subject} {TRENDS[condition.test]}{span(document, condition.years)}"
    assert condition.than is not None
    unit = indicator_unit(document, condition.indicator)
    against = reference(document, condition.than, condition.test, unit, _one_reference(condition, seen))
    return f"{subject} was {against}{span(document, condition.years)}"


def _one_reference(condition: IndicatorCondition, seen: Sequence[Seen]) -> Decimal | None:
    found = {one.reference for one in seen if one.name == condition.indicator and one.reference is not None}
    return found.pop() if len(found) == 1 else None


def reference(document: Framework, than: Reference, test: str, unit: str, known: Decimal | None) -> str:
    """“below the 65% floor”, “more than 2 percentage points above the national figure”."""
    word = TESTS[test]
    shift = than.plus or than.minus
    if than.value is not None:
        target = amount(than.value, unit)
    elif than.parameter is not None:
        target = amount(by_key(document.parameters, than.parameter).in_force, unit)
    elif than.threshold is not None:
        title = by_key(document.thresholds, than.threshold).title
        target = (
            f"the {amount(known, unit)} {lower_first(title)}"
            if known is not None
            else f"the {lower_first(title)}"
        )
    else:
        target = "the national figure" if than.comparator == "national" else "the figure for similar schools"
    if shift is None:
        return f"{word} {target}"
    parameter = by_key(document.parameters, shift)
    size = amount(parameter.in_force, parameter.unit)
    if (than.plus and test == "above") or (than.minus and test == "below"):
        return f"more than {size} {word} {target}"
    return f"{word} {target} {'plus' if than.plus else 'less'} {size}"


def span(document: Framework, years: Years) -> str:
    """“ in each of the last 2 published years”."""

    def count(number: int | str | None) -> int:
        if isinstance(number, str):
            return int(by_key(document.parameters, number).in_force)
        return number or 1

    if years.each_of_last is not None and count(years.each_of_last) > 1:
        return f" in each of the last {count(years.each_of_last)} published years"
    if years.any_of_last is not None and count(years.any_of_last) > 1:
        return f" in at least one of the last {count(years.any_of_last)} published years"
    if years.over_last is not None:
        return f" over the last {count(years.over_last)} published years"
    return " in the latest published year"


def _measure(document: Framework, condition: MeasureCondition, seen: Sequence[Seen]) -> str:
    measure = by_key(document.measures, condition.measure)
    found = _met(document, condition, seen)
    names = [_titled(document, one) for one in {(one.name, one.group): one for one in found}.values()]
    verb = "were" if max(len(names), condition.strands if not names else 0) > 1 else "was"
    if names:
        subject = listed([names[0], *(lower_first(name) for name in names[1:])])
        if condition.gap_to:
            subject = f"the gap in {subject}"
    else:
        number = (
            "one subject or key stage"
            if condition.strands == 1
            else f"{condition.strands} subjects or key stages"
        )
        subject = f"in {lower_first(measure.title)}, {_whose(condition)}at least {number}"
    return upper_first(
        f"{subject} {listed([_strand(document, test, found, verb) for test in condition.tests])}"
    )


def _whose(condition: MeasureCondition) -> str:
    if condition.groups == ("all",):
        return ""
    groups = listed([GROUPS[group] for group in condition.groups], "or")
    if condition.gap_to:
        return f"the gap between {GROUPS[condition.gap_to]} and {groups} in "
    return f"for {groups}, "


def _met(document: Framework, condition: MeasureCondition, seen: Sequence[Seen]) -> list[Seen]:
    """The strands of a school that meet the condition, if it is met: each named once by its indicator."""
    measure = by_key(document.measures, condition.measure)
    names = {source.indicator for strand in measure.strands for source in strand.sources}
    tests = {test.test for test in condition.tests}
    found = [one for one in seen if one.name in names and one.test in tests and one.state == MET and one.year]
    groups = {f"{group} to {condition.gap_to}" if condition.gap_to else group for group in condition.groups}
    found = [one for one in found if one.group in groups]
    kept = {
        one.name
        for one in found
        if all((one.name, test) in {(o.name, o.test) for o in found} for test in tests)
    }
    found = [one for one in found if one.name in kept]
    return found if len({(one.name, one.group) for one in found}) >= condition.strands else []


def _titled(document: Framework, one: Seen) -> str:
    title: str = by_key(document.indicators, one.name).title
    first, _, second = one.group.partition(" to ")
    if second:
        return f"{lower_first(title)} between {GROUPS[second]} and {GROUPS[first]}"
    return title if one.group == "all" else f"{title} of {GROUPS[one.group]}"


def _strand(document: Framework, test: StrandTest, found: list[Seen], verb: str) -> str:
    if test.test in TRENDS:
        return f"{TRENDS[test.test]}{span(document, test.years)}"
    held = [one for one in found if one.test == test.test and one.reference is not None]
    values = {(one.reference, indicator_unit(document, one.name)) for one in held}
    known = amount(*values.pop()) if len(values) == 1 else None
    if test.test == "below_floor":
        return f"{verb} below the {known + ' ' if known else ''}floor{span(document, test.years)}"
    word = TESTS[test.test]
    if test.than == "centre":
        return f"{verb} {word} {known or 'the middle of its scale'}{span(document, test.years)}"
    assert isinstance(test.than, Reference)
    return f"{verb} {reference(document, test.than, test.test, 'number', None)}{span(document, test.years)}"


def _inspection(document: Framework, condition: InspectionCondition) -> str:
    latest = "The latest graded inspection found the school"
    if condition.test == "band":
        return f"{latest} {listed([BANDS[band] for band in condition.bands], 'or')}"
    if condition.test == "satisfactory":
        return f"{latest} satisfactory, under a framework from before September 2012"
    if condition.test == "requires_improvement":
        return f"{latest} to require improvement"
    if condition.test == "grade":
        text = f"The overall grade of the latest graded inspection was {condition.grade}"
        if condition.features is None:
            return text
        several = amount(by_key(document.parameters, condition.features).in_force, "number")
        kind = "outstanding" if condition.feature_grade == 1 else "good"
        return f"{text}, with fewer than {several} {kind} features"
    if condition.test == "aspect":
        names = [
            lower_first(aspect.title)
            for aspect in document.inspections.aspects
            if aspect.key in condition.aspects
        ]
        return f"The latest graded inspection judged {listed(names, 'or') or 'at least one aspect'} less than good"
    if condition.test == "consecutive":
        return f"The last {condition.number} graded inspections each found the school to require improvement"
    if condition.test == "not_yet":
        return "The school has not yet had a graded inspection"
    return "The latest monitoring visit found inadequate progress"


def _fact(document: Framework, condition: FactCondition) -> str:
    title = by_key(document.facts, condition.fact).title
    if condition.test == "is_true":
        return str(title)
    assert condition.years is not None
    years = amount(by_key(document.parameters, condition.years).in_force, "years")
    return f"{title} less than {years} ago"
