"""The sentences of an outcome: the lead, each rule, each piece of evidence, what is not known, what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from categorisation.schema.document import Framework, Rule

from .facts import Status
from .statements import TESTS, TRENDS, StateOf, statement
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE, Seen
from .wording import (
    GROUPS,
    academic_year_name,
    amount,
    by_key,
    indicator_unit,
    listed,
    long_date,
    lower_first,
    upper_first,
)

if TYPE_CHECKING:
    from .outcome import Narrowing

_MISSING: Final = {
    "indicator": "not yet imported",
    "inspection": "not yet imported",
    "circumstance": "not yet returned",
    "aspect": "not yet validated",
    "area": "not yet known",
    "fact": "not yet recorded",
}

_STATUS: Final = {
    Status.SUPPRESSED: "suppressed by the publisher",
    Status.NOT_APPLICABLE: "not applicable",
    Status.NOT_PRODUCED: "not produced nationally",
}


def lead(
    document: Framework, on_record: int | None, low: int, high: int, narrowing: Sequence[Narrowing]
) -> str:
    """“2 on what is recorded; could be 4 if safeguarding compliance, not yet returned, turns out not met.”"""
    first = narrowing[0] if narrowing else None
    if on_record is None:
        level = document.words.level
        if low == high:
            return f"No {level} can be suggested on what is recorded."
        text = f"No {level} can be suggested on what is recorded; it could be {low} to {high}"
        return f"{text}. First to find out: {lower_first(first.title)}." if first else f"{text}."
    if on_record == high:
        return f"{on_record} on what is recorded; nothing that is still missing could raise it."
    if first is None:
        return f"{on_record} on what is recorded; could be up to {high}."
    return f"{on_record} on what is recorded; could be {first.could_lead_to} if {first.sentence}."


def rule_sentence(
    document: Framework, rule: Rule, state: int, seen: Sequence[Seen], state_of: StateOf
) -> str:
    """What the rule asks and what came of it, as one sentence."""
    text = statement(document, rule.when, seen, state_of)
    if rule.role == "describes" and state == NOT_MET:
        confirmed = any(one.kind == "confirmed" for one in seen)
        if confirmed:
            return f"Confirmed by an officer, but the school is neither graded nor at risk of it: {lower_first(text)}."
        return f"A description, which counts only once an officer confirms it: {lower_first(text)}."
    if state == MET:
        prefix = "Confirmed by an officer: " if rule.role == "describes" else ""
        return f"{prefix}{lower_first(text) if prefix else upper_first(text)}."
    if state == NOT_KNOWN:
        return f"Not known yet: {lower_first(text)}."
    if state == SET_ASIDE:
        return f"Set aside, {_why_set_aside(seen)}: {lower_first(text)}."
    return f"Not so: {lower_first(text)}."


def _why_set_aside(seen: Sequence[Seen]) -> str:
    if any(one.kind == "inspection" and one.state == SET_ASIDE for one in seen):
        return "because the school has not yet been inspected"
    statuses = {one.status for one in seen if one.state == SET_ASIDE}
    if Status.NOT_PRODUCED in statuses:
        return "because the measure was not produced nationally"
    if any(one.state == SET_ASIDE and one.value is not None for one in seen):
        return "because there was no threshold in that year"
    return "because it does not apply to this school"


def what_would_change(
    document: Framework, rule: Rule, state: int, seen: Sequence[Seen], without: int | None
) -> str:
    """What would make the rule count, or stop counting."""
    level = document.words.level
    if rule.floor is None:
        return ""
    if state == MET:
        left = (
            "nothing recorded would place the school"
            if without is None
            else f"the {level} would be {without}"
        )
        return f"Without it, {left} on what is recorded."
    if state == NOT_KNOWN:
        open_ = dict.fromkeys(fact_title(document, one) for one in seen if one.state == NOT_KNOWN)
        return f"If it turns out so, the {level} is at least {rule.floor}. Needed: {listed(map(lower_first, open_))}."
    if state == SET_ASIDE:
        return "It counts again when there is something to measure it by."
    if rule.role == "describes":
        return f"Confirmed by an officer, it would raise the {level} to at least {rule.floor}."
    return f"If it came to be so, the {level} would be at least {rule.floor}."


def fact_title(document: Framework, seen: Seen) -> str:
    """What a fact is called."""
    kind, name = seen.kind, seen.name
    if kind == "indicator":
        title: str = by_key(document.indicators, name).title
        first, _, second = seen.group.partition(" to ")
        if second:
            return f"{title}: gap between {GROUPS[second]} and {GROUPS[first]}"
        return f"{title}: {GROUPS[first]}" if GROUPS.get(first) else title
    if kind == "inspection":
        return "Latest graded inspection"
    if kind == "confirmed":
        return "Confirmed by an officer"
    rows = {
        "circumstance": document.circumstances,
        "area": document.areas,
        "aspect": (*document.aspects, *document.areas),
        "fact": document.facts,
    }[kind]
    named: str = by_key(rows, name).title
    return named


def comparison(document: Framework, seen: Seen) -> str:
    """What was found, held against what: “57% in 2017-18, floor 65%”."""
    when = f" in {academic_year_name(seen.year)}" if seen.year is not None else ""
    if seen.value is None:
        return _missing(seen) + when
    if seen.kind == "indicator":
        return _figures(document, seen, when)
    if seen.kind == "inspection":
        return f"{_band(str(seen.value))}{when}"
    if seen.kind in ("aspect", "area"):
        return f"{'grade' if seen.kind == 'aspect' else document.words.level} {seen.value}"
    return _shown(seen.value)


def _figures(document: Framework, seen: Seen, when: str) -> str:
    unit = indicator_unit(document, seen.name)
    if " to " in seen.group and unit == "percent":
        unit = "percentage_points"
    text = f"{amount(seen.value, unit)}{when}"
    if seen.reference is None:
        return text
    if seen.test == "below_floor":
        return f"{text}, floor {amount(seen.reference, unit)}"
    if seen.test in TRENDS:
        return f"{text}, {amount(seen.reference, unit)} or less counts as no change"
    return f"{text}, {'' if seen.state == MET else 'not '}{TESTS[seen.test]} {amount(seen.reference, unit)}"


def _band(value: str) -> str:
    return {
        "CONCERN": "category of concern",
        "BELOW": "less than good",
        "SATISFACTORY": "satisfactory",
        "MIXED": "good with areas that need attention",
        "AT_LEAST_GOOD": "good or better",
        "not_yet_inspected": "not yet inspected",
    }.get(value, value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return long_date(value) if isinstance(value, date) else str(value)


def _missing(seen: Seen) -> str:
    for status, words in _STATUS.items():
        if seen.status == status:
            return words
    return _MISSING.get(seen.kind, "not known")


def narrowing(document: Framework, seen: Seen) -> str:
    """“safeguarding compliance, not yet returned, turns out not met”."""
    return (
        f"{lower_first(fact_title(document, seen))}, {_missing(seen)}, turns out {_adverse(document, seen)}"
    )


def _adverse(document: Framework, seen: Seen) -> str:
    if seen.kind == "circumstance":
        words: str = by_key(document.circumstances, seen.name).turns_out
        return words
    if seen.kind == "aspect":
        return f"grade {seen.reference} or worse" if seen.reference else "a concern"
    if seen.kind == "indicator":
        if seen.test in ("below_floor", "below", "at_most", "significantly_below"):
            return "below the floor" if seen.test == "below_floor" else "low"
        if seen.test in TRENDS:
            return {"fell_once": "to have fallen", "rising": "to have risen"}.get(
                seen.test, "not to have improved"
            )
        return "high"
    return "to be less than good" if seen.kind == "inspection" else "so"


__all__ = ["comparison", "fact_title", "lead", "long_date", "narrowing", "rule_sentence", "what_would_change"]
