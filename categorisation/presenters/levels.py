"""The level a school has, as people decided it: in a sentence, in lists, beside what is suggested."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from categorisation.frameworks_in_force import compiled
from categorisation.models import Decision, FrameworkVersion
from categorisation.presenters.lists import suggestible
from categorisation.presenters.why import SUPPORT_SHOWN, Why, whys
from categorisation.querysets import known_to_staff
from categorisation.rules.entitlement import entitlement_texts, listed, lower_first
from categorisation.schema import Framework
from categorisation.schema.support import CitedText, Level
from schools.models import School
from schools.querysets import SchoolQuerySet
from schools.rules.dates import in_words

# Names of levels by rank, for each version of a framework by primary key
NamesByVersion = Mapping[int, Mapping[int, str]]


@dataclass(frozen=True)
class LevelHeld:
    """A decided level as one reader may know it: in force on `on`, or to come."""

    decision: Decision
    document: Framework
    for_school: bool
    on: dt.date

    @cached_property
    def level(self) -> Level:
        return next(level for level in self.document.levels if level.rank == self.decision.rank)

    @property
    def word(self) -> str:
        return self.document.words.level

    @property
    def label(self) -> str:
        """ "Enhanced (level of support 3)"."""
        return f"{self.level.name} ({self.word} {self.level.rank})"

    @cached_property
    def entitlement(self) -> list[str]:
        return entitlement_texts(self.level, self.document.words)

    @property
    def support(self) -> tuple[CitedText, ...]:
        return tuple(self.level.support[:SUPPORT_SHOWN])

    @property
    def more_support(self) -> tuple[CitedText, ...]:
        return tuple(self.level.support[SUPPORT_SHOWN:])

    @property
    def is_provisional(self) -> bool:
        return self.decision.confirmed_at is None and not self.decision.source

    @property
    def since(self) -> str:
        """ "since 4 September 2026", or "from" a day to come."""
        return f"{'from' if self.decision.start_on > self.on else 'since'} {in_words(self.decision.start_on)}"

    @property
    def sentence(self) -> str:
        time = "; ".join(lower_first(text) for text in self.entitlement)
        return f"{self.label} {self.since}: {time}."

    @property
    def summary(self) -> tuple[str, ...]:
        """For the school support first and the label second."""
        waits = ("It is provisional until it is confirmed in the autumn.",) if self.is_provisional else ()
        if not self.for_school:
            return (self.sentence, *waits)
        time = listed([lower_first(text) for text in self.entitlement])
        gets = "will get" if self.decision.start_on > self.on else "gets"
        return (
            f"Your school {gets} {time}, with other support.",
            f"That is {self.word} {self.level.rank} ({self.level.name}), {self.since}.",
            *waits,
        )


@dataclass(frozen=True)
class Support:
    """What support a school has: the level decided, else what is suggested."""

    school: School
    held: LevelHeld | None
    why: Why | None

    @property
    def summary(self) -> tuple[str, ...]:
        if self.held is None:
            return self.why.summary if self.why else ()
        if (
            self.held.for_school
            or self.why is None
            or self.why.outcome.on_record in (None, self.held.level.rank)
        ):
            return self.held.summary
        return (*self.held.summary, f"On what is recorded now, {self.why.outcome.on_record} is suggested.")


def supports(user: User, schools: Collection[School], *, on: dt.date) -> dict[int, Support]:
    """What support each school has, where this reader may know, by primary key; fetch `authority` with select_related.

    As many queries for one school as for many.
    """
    held, suggested = level_in_force(user, schools, on), whys(user, schools, on=on)
    return {
        school.pk: Support(school, held.get(school.pk), suggested.get(school.pk))
        for school in schools
        if school.pk in held or school.pk in suggested
    }


def level_in_force(user: User, schools: Iterable[School], on: dt.date) -> dict[int, LevelHeld]:
    """The published level each open school has on a day, where this reader may know, by the school's primary key.

    Two queries, and one for each version of a framework they come from.
    """
    decisions = Decision.objects.visible_to(user, on).in_force(on, published=True)
    return {one.decision.school_id: one for one in _held(user, decisions, schools, on)}


def levels_to_come(user: User, school: School, on: dt.date) -> list[LevelHeld]:
    """Published levels of the school that start after a day, the next first. Two queries, and one for each version."""
    decisions = Decision.objects.visible_to(user, on).filter(start_on__gt=on, published_at__isnull=False)
    return sorted(_held(user, decisions, [school], on), key=lambda one: one.decision.start_on)


def _held(
    user: User, decisions: QuerySet[Decision], schools: Iterable[School], on: dt.date
) -> list[LevelHeld]:
    ids = [school.pk for school in schools if school.is_open]
    found = list(decisions.filter(school__in=ids).select_related("school", "version", "recommendation"))
    if not found:
        return []
    staff = set(known_to_staff(user, on).filter(pk__in=ids).values_list("pk", flat=True))
    documents = {
        one.version: compiled(one.version).document for one in {row.version: row for row in found}.values()
    }
    return [LevelHeld(row, documents[row.version], row.school_id not in staff, on) for row in found]


# In lists: whoever may not see a school's level as the authority does finds none there


def with_levels(user: User, schools: SchoolQuerySet, *, on: dt.date) -> SchoolQuerySet:
    """The schools with `level_rank`, `level_version` (primary key) and `level_since`: null where there is none to see."""
    row = _in_force(on).filter(school=OuterRef("pk"), school__in=suggestible(user, on=on))
    return schools.annotate(
        level_rank=Subquery(row.values("rank")[:1]),
        level_version=Subquery(row.values("version")[:1]),
        level_since=Subquery(row.values("start_on")[:1]),
    )


def at_decided_level(user: User, schools: SchoolQuerySet, rank: int | None, *, on: dt.date) -> SchoolQuerySet:
    """Those that have a level, or with None those without one, of the schools whose level may be seen."""
    allowed = schools.filter(pk__in=suggestible(user, on=on).values("pk"))
    row = _in_force(on).filter(school=OuterRef("pk"))
    marked = allowed.annotate(has_level=Subquery(row.values("rank")[:1]))
    return marked.filter(has_level__isnull=True) if rank is None else marked.filter(has_level=rank)


def decided_names() -> NamesByVersion:
    """What the levels are called in every version that a decision came from. One query."""
    versions = FrameworkVersion.objects.filter(pk__in=Decision.objects.values("version"))
    return {
        pk: {level["rank"]: level["name"] for level in levels}
        for pk, levels in versions.values_list("pk", "document__levels")
    }


def decided_text(school: Any, names: NamesByVersion) -> str:
    """What `with_levels` found of a school: "Enhanced (3)"; empty where there is none to see."""
    if school.level_rank is None:
        return ""
    return f"{names[school.level_version][school.level_rank]} ({school.level_rank})"


def _in_force(on: dt.date) -> QuerySet[Decision]:
    return Decision.objects.filter(start_on__lte=on, published_at__isnull=False).order_by("-start_on")
