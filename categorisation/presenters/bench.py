"""The test bench: one school's facts under the policy as published and as drafted, the differences first."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ObjectDoesNotExist

from accounts.models import Authority, User
from categorisation.benching import Cause, Comparer, Difference, direction, ranks
from categorisation.benching.asked import Asked, asked
from categorisation.engine import CompiledFramework, Outcome, SchoolFacts
from categorisation.engine.wording import listed, upper_first
from categorisation.facts_file import write_facts
from categorisation.forms.bench.facts import AGES
from categorisation.models import FrameworkCase
from categorisation.presenters.cases import own_case, shipped_case
from categorisation.presenters.lists import suggestible
from categorisation.presenters.trials import Trial
from categorisation.presenters.why import RuleGroup, rule_groups
from categorisation.school_facts import AUTHORITY_AUDIENCES, facts_in_batches
from schools.models import School
from schools.querysets import SchoolQuerySet

FOUND = 20  # schools of a search


@dataclass(frozen=True)
class Side:
    """The answer of one document."""

    heading: str
    outcome: Outcome
    lead: str
    level: str
    groups: tuple[RuleGroup, ...]


@dataclass(frozen=True)
class Tried:
    """What came of the facts. `verdict`: in a sentence what the draft changes, empty without a draft to try."""

    sides: tuple[Side, ...]
    verdict: str
    causes: tuple[Cause, ...]
    differences: tuple[Difference, ...]

    @property
    def latest(self) -> Outcome:
        return self.sides[-1].outcome


@dataclass(frozen=True)
class Starting:
    """Facts to begin with, and what they are in words. `school`: of whom they are, for the read log."""

    facts: SchoolFacts
    title: str
    school: School | None = None
    case: FrameworkCase | None = None


def searched(user: User, authority: Authority, text: str, *, on: dt.date) -> list[School]:
    """Open schools of the authority that the person may see as it does, by part of the name or the URN. One query."""
    schools = _open_to(user, authority, on)
    for word in text.replace("\x00", "").split()[:5]:
        schools = schools.filter(urn=int(word)) if _is_urn(word) else schools.filter(name__icontains=word)
    return list(schools.order_by("name", "urn")[:FOUND])


def starting(user: User, trial: Trial, asked_for: dict[str, str], *, on: dt.date) -> Starting | None:
    """The facts an address asks for: `school` by URN, `case` or `shipped` by its number, or `blank` by phase.

    None where it asks for none. Raises ObjectDoesNotExist where there is none such that the person may see.
    """
    if "school" in asked_for:
        return _school(user, trial, asked_for["school"], on)
    if "case" in asked_for:
        case = FrameworkCase.objects.get(
            authority=trial.authority, slug=trial.version.slug, public_id=asked_for["case"]
        )
        return Starting(own_case(case).facts, f"The case “{case.name}”", case=case)
    if "shipped" in asked_for:
        number = asked_for["shipped"]
        shipped = shipped_case(trial, int(number)) if number.isascii() and number.isdigit() else None
        if shipped is None:
            raise ObjectDoesNotExist
        return Starting(shipped.facts, f"The case “{shipped.name}”")
    if "blank" in asked_for:
        phase = asked_for["blank"]
        if phase not in AGES:
            raise ObjectDoesNotExist
        low, high = AGES[phase]
        return Starting(
            SchoolFacts(on=on, attributes={"phase": phase, "low_age": low, "high_age": high}),
            f"A made-up {phase.replace('_', '-')} school of which nothing is known",
        )
    return None


def tried(trial: Trial, facts: SchoolFacts) -> Tried:
    """The answers of the documents to the same facts. Runs no query."""
    headings = (f"As published, version {trial.version.number}", "As drafted")
    sides = tuple(
        _side(heading, framework.evaluate(facts))
        for heading, framework in zip(headings, trial.frameworks, strict=False)
    )
    return compared(sides, "the draft")


def compared(sides: Sequence[Side], changed: str) -> Tried:
    """Answers to the same facts side by side; `changed` names the second document in a sentence."""
    if len(sides) == 1:
        return Tried(tuple(sides), "", (), ())
    old, new = (side.outcome for side in sides)
    comparer = Comparer(old.compiled, new.compiled)
    return Tried(
        tuple(sides), _verdict(old, new, changed), comparer.causes(old, new), comparer.differences(old, new)
    )


def sides_of(
    school: School, frameworks: Sequence[CompiledFramework], headings: Sequence[str], *, on: dt.date
) -> tuple[Side, ...]:
    """What each document answers for a school as the authority may know it, from its facts on a day."""
    schools = School.objects.filter(pk=school.pk)
    ((_, facts),) = facts_in_batches(schools, on=on, frameworks=frameworks)
    return tuple(
        _side(heading, framework.evaluate(facts, AUTHORITY_AUDIENCES))
        for heading, framework in zip(headings, frameworks, strict=True)
    )


def asked_of(trial: Trial, facts: SchoolFacts) -> Asked:
    return asked(trial.frameworks, facts)


def as_text(facts: SchoolFacts) -> str:
    """The facts as they travel in a page, on one line."""
    return json.dumps(json.loads(write_facts(facts)), ensure_ascii=False)


def _school(user: User, trial: Trial, urn: str, on: dt.date) -> Starting:
    """The facts held today. What only the register may know is left out: nobody meets it at the bench."""
    school = _open_to(user, trial.authority, on).get(urn=int(urn) if _is_urn(urn) else None)
    ((_, facts),) = facts_in_batches(School.objects.filter(pk=school.pk), on=on, frameworks=trial.frameworks)
    known = {key: one for key, one in facts.circumstances.items() if one.audience in AUTHORITY_AUDIENCES}
    return Starting(replace(facts, circumstances=known), f"The facts held of {school.name} today", school)


def _open_to(user: User, authority: Authority, on: dt.date) -> SchoolQuerySet:
    schools: SchoolQuerySet = suggestible(user, on=on).filter(authority=authority).open()
    return schools


def _is_urn(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def _side(heading: str, outcome: Outcome) -> Side:
    document = outcome.compiled.document
    level = next((level.name for level in document.levels if level.rank == outcome.on_record), "")
    start = f"{upper_first(document.words.level)} " if outcome.on_record else ""
    return Side(heading, outcome, f"{start}{outcome.lead}", level, rule_groups(outcome))


def _verdict(old: Outcome, new: Outcome, changed: str) -> str:
    word = new.compiled.document.words.level
    before, after = ranks(old), ranks(new)
    moves = direction(before, after)
    if not moves:
        same = "gives the same answer"
        return upper_first(
            f"{changed} {same}."
            if old.locked_floor == new.locked_floor
            else f"{changed} {same}, with another minimum for moderation."
        )
    if before.on_record != after.on_record:
        was, now = (
            f"{word} {rank}" if rank else f"no {word}" for rank in (before.on_record, after.on_record)
        )
        return upper_first(f"{changed} moves it from {was} to {now}.")
    ways = [
        f"{name} it could be is {getattr(after, field)} instead of {getattr(before, field)}"
        for name, field in (("the lowest", "low"), ("the highest", "high"))
        if getattr(after, field) != getattr(before, field)
    ]
    return upper_first(f"{changed} leaves it where it is on what is recorded, but {listed(ways)}.")
