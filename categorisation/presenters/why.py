"""Why a school has the level it has, as one reader may know it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.urls import reverse

from accounts.choices import Permission, Reach
from accounts.models import User
from categorisation.engine import AreaResult, Evidence, Outcome, RuleResult
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import FrameworkVersion
from categorisation.rules.entitlement import entitlement_texts, listed, lower_first
from categorisation.schema import Framework
from categorisation.schema.support import CitedText, Level
from categorisation.school_facts import AUTHORITY_AUDIENCES, SCHOOL_AUDIENCES, facts_for
from schools.models import School
from schools.querysets import permissions_over

SUPPORT_SHOWN = 5  # kinds of support a school reads at once; the rest is there to open

# What the engine says of a value that is not there
_NO_VALUE = {
    "suppressed": "suppressed by the publisher",
    "not_applicable": "does not apply",
    "not_produced": "not produced nationally",
    "not_imported": "not imported yet",
    "unknown": "not known",
}
_GROUP_WORDS = {
    "disadvantaged": "disadvantaged pupils",
    "not_disadvantaged": "other pupils",
    "eal": "pupils with English as an additional language",
    "girls": "girls",
    "boys": "boys",
}


class _Doing(NamedTuple):
    permission: Permission | None  # None: nobody can do it here yet
    do: str
    page: str
    of_school: bool
    wait: str


_PROFILE = _Doing(
    Permission.VALIDATE_PROFILE,
    "Validate the school’s self-evaluation",
    "categorisation:profile",
    True,
    "It comes with the school’s self-evaluation, once validated.",
)
_DEEDS = {
    "circumstance": _Doing(
        Permission.RECORD_CIRCUMSTANCE,
        "Answer it on the circumstances page",
        "schools:circumstance-list",
        True,
        "The school’s adviser records the answer.",
    ),
    "indicator": _Doing(
        Permission.IMPORT_DATA,
        "Import the published figures",
        "schools:import-new",
        False,
        "It comes when the authority imports the published figures.",
    ),
    "inspection": _Doing(
        Permission.RECORD_INSPECTION,
        "Record the inspection",
        "schools:inspection-list",
        True,
        "It comes when the authority imports or records Ofsted’s judgement.",
    ),
    "fact": _Doing(
        Permission.EDIT_SCHOOL,
        "Record the headteacher",
        "schools:people",
        True,
        "The authority records it with the school’s people.",
    ),
    "aspect": _PROFILE,
    "area": _PROFILE,
    "confirmed": _Doing(None, "", "", True, "An officer of the authority confirms it."),
}


@dataclass(frozen=True)
class RuleView:
    """One rule on the page: a line in English, opened for its evidence."""

    sentence: str
    state: str
    label: str  # "level of support 3"; empty for a rule that only informs
    automatic: bool
    paragraph: str
    inferred: bool
    evidence: tuple[str, ...]
    what_would_change: str
    note: str

    @property
    def has_detail(self) -> bool:
        return bool(self.evidence or self.what_would_change or self.note)


@dataclass(frozen=True)
class RuleGroup:
    heading: str
    rules: tuple[RuleView, ...]
    folded: bool  # what changed nothing is there to open, not in the way


@dataclass(frozen=True)
class Deed:
    """What would make a fact known: words, and for those who may do it, where."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Open:
    """A fact that would narrow the range, and what would settle it."""

    sentence: str
    title: str
    could_lead_to: int
    deed: Deed


@dataclass(frozen=True)
class Why:
    """Everything the page shows. `for_school` readers get support first and no authority-only cause."""

    school: School
    version: FrameworkVersion
    document: Framework
    outcome: Outcome
    for_school: bool
    reader: User

    @cached_property
    def may(self) -> frozenset[Permission]:
        """What the reader may do about the school. Two queries at most, for pages that offer something to do."""
        return permissions_over(self.reader, self.school, self.outcome.facts.on)

    @property
    def level(self) -> Level | None:
        """The level on what is recorded."""
        return next((level for level in self.document.levels if level.rank == self.outcome.on_record), None)

    @property
    def is_range(self) -> bool:
        return self.outcome.low < self.outcome.high

    @property
    def word(self) -> str:
        return self.document.words.level

    @cached_property
    def lead(self) -> str:
        return self.outcome.lead

    @cached_property
    def entitlement(self) -> list[str]:
        """The time the level brings, a line each."""
        return entitlement_texts(self.level, self.document.words) if self.level else []

    @cached_property
    def summary(self) -> tuple[str, ...]:
        """The suggestion in two sentences: for the school support first and the label second."""
        if self.level is None:
            return ("Nothing recorded places the school yet.",)
        time, name = listed([lower_first(text) for text in self.entitlement]), self.level.name
        if self.for_school:
            return (
                f"Your school would get {time}, with other support.",
                f"That is {self.word} {self.level.rank} ({name}), on what is recorded. "
                "It is a suggestion: people decide.",
            )
        lead = f"{self.word[:1].upper()}{self.word[1:]} {self.lead}"
        return (
            f"{name} ({self.word} {self.level.rank}) is suggested: {time}.",
            *((lead,) if self.is_range else ()),
        )

    @property
    def support(self) -> tuple[CitedText, ...]:
        return tuple(self.level.support[:SUPPORT_SHOWN]) if self.level else ()

    @property
    def more_support(self) -> tuple[CitedText, ...]:
        return tuple(self.level.support[SUPPORT_SHOWN:]) if self.level else ()

    @cached_property
    def narrowing(self) -> tuple[Open, ...]:
        return tuple(
            Open(item.sentence, item.title, item.could_lead_to, self._deed(item.fact, item.status))
            for item in self.outcome.narrowing
        )

    @cached_property
    def areas(self) -> tuple[AreaResult, ...]:
        return self.outcome.areas

    @cached_property
    def groups(self) -> tuple[RuleGroup, ...]:
        return rule_groups(self.outcome)

    @cached_property
    def flags(self) -> tuple[RuleGroup, ...]:
        """Signs that inform and decide nothing: those seen, and those not known."""
        flags = self.outcome.flags
        return _groups(
            self.word,
            ("Seen", [flag for flag in flags if flag.state == "met"], False),
            ("Early signs not known yet", [flag for flag in flags if flag.state == "not_known"], True),
        )

    def _deed(self, fact: str, status: str) -> Deed:
        """Who could make the fact known; a link for the reader who may."""
        if status == "suppressed":
            return Deed("The publisher withholds this figure, so nobody can record it.")
        kind, _, _ = fact.partition(".")
        doing = _DEEDS[kind]
        if doing.permission in self.may:
            return Deed(doing.do, reverse(doing.page, args=[self.school.urn] if doing.of_school else []))
        return Deed(doing.wait)


def rule_groups(outcome: Outcome) -> tuple[RuleGroup, ...]:
    """What decides stands open; what is met below that, not known or not so is there to open."""
    rules, rank = outcome.rules, outcome.on_record
    met = [rule for rule in rules if rule.state == "met"]
    decided = [rule for rule in met if rule.floor == rank]
    return _groups(
        outcome.compiled.document.words.level,
        (f"Why it is {rank}", decided, False),
        ("Also met, without raising it further", [rule for rule in met if rule not in decided], True),
        ("Not known yet", [rule for rule in rules if rule.state == "not_known"], True),
        ("Looked at, and not so", [rule for rule in rules if rule.state == "not_met"], True),
        ("Set aside", [rule for rule in rules if rule.state == "set_aside"], True),
    )


def _groups(word: str, *found: tuple[str, Sequence[RuleResult], bool]) -> tuple[RuleGroup, ...]:
    return tuple(
        RuleGroup(heading, tuple(_rule(rule, word) for rule in rules), folded)
        for heading, rules, folded in found
        if rules
    )


def _rule(rule: RuleResult, word: str) -> RuleView:
    return RuleView(
        sentence=rule.sentence,
        state=rule.state,
        label=f"{word} {rule.floor}" if rule.floor else "",
        automatic=rule.locked and rule.state == "met",
        paragraph=rule.paragraph,
        inferred=rule.inferred,
        evidence=tuple(_evidence_text(item) for item in rule.evidence),
        what_would_change=rule.what_would_change,
        note=rule.note or "",
    )


def _evidence_text(item: Evidence) -> str:
    """ "Progress in reading: −1.2 in 2024-25, at or below 0. Source: KS2 results"."""
    who = f" ({_GROUP_WORDS.get(item.group, item.group)})" if item.group and item.group != "all" else ""
    said = item.comparison or item.value or _NO_VALUE.get(item.status, item.status)
    source = f". Source: {item.source}" if item.source else ""
    return f"{item.title}{who}: {said}{source}"


def why(user: User, school: School, *, on: dt.date) -> Why | None:
    """The suggestion for one school as this reader may know it. None where it is not theirs to see, where the school
    is closed, or where the authority has no framework. A constant number of queries, however many values there are."""
    return whys(user, [school], on=on).get(school.pk)


def whys(user: User, schools: Collection[School], *, on: dt.date) -> dict[int, Why]:
    """The suggestions for several schools, by primary key; fetch `authority` with select_related.

    A dozen queries for each authority and pair of eyes, whatever the number of schools.
    """
    readers = _readers(user, schools, on)
    found: dict[int, Why] = {}
    for authority_id, for_school in sorted(
        {(school.authority_id, readers[school.pk]) for school in schools if school.pk in readers}
    ):
        batch = [s for s in schools if s.authority_id == authority_id and readers.get(s.pk) is for_school]
        version = version_for(batch[0].authority, on)
        if version is None:
            continue
        framework = compiled(version)
        facts = facts_for(batch, on=on, framework=framework, as_school=for_school)
        audiences = SCHOOL_AUDIENCES if for_school else AUTHORITY_AUDIENCES
        for school in batch:
            outcome = framework.evaluate(facts[school.urn], audiences)
            found[school.pk] = Why(school, version, framework.document, outcome, for_school, user)
    return found


def _readers(user: User, schools: Collection[School], on: dt.date) -> dict[int, bool]:
    """The open schools whose suggestion the person may see, and whether only with the school's own eyes."""
    ids = [school.pk for school in schools if school.is_open]
    seen = School.objects.filter(pk__in=ids).with_permission(user, Permission.VIEW_SUGGESTION, on)
    as_authority = set(
        School.objects.filter(pk__in=ids)
        .with_permission(user, Permission.VIEW_SUGGESTION, on, reaches=(Reach.SCOPE, Reach.ASSIGNED))
        .values_list("pk", flat=True)
    )
    return {pk: pk not in as_authority for pk in seen.values_list("pk", flat=True)}
