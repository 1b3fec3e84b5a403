"""What the engine is told about one school on one day. Nothing here reads a clock or a database.

Academic years are given by the year they start in: 2017 means 1 August 2017 to 31 July 2018.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Why a value is there or is not. Only *published* has a value; the others never count as zero or as fine."""

    PUBLISHED = "published"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    NOT_PRODUCED = "not_produced"
    NOT_IMPORTED = "not_imported"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Point:
    """One indicator of one learner group in one academic year."""

    value: Decimal | None
    status: Status = Status.PUBLISHED
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None
    national: Decimal | None = None
    similar: Decimal | None = None
    cohort: int | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if (self.status is Status.PUBLISHED) != (self.value is not None):
            raise ValueError("a published point has a value, and no other point has one")


Series = tuple[tuple[int, Point], ...]
"""Points with their academic years, newest first, each year once."""

SeriesKey = tuple[str, str]
"""Indicator key and learner group."""


def series(points: Mapping[int, Point]) -> Series:
    """The points as the engine wants them: newest first."""
    return tuple(sorted(points.items(), reverse=True))


@dataclass(frozen=True, slots=True)
class Circumstance:
    """An answer about something no file holds. ``present`` False comes only from a return that said so."""

    present: bool
    since: date | None = None
    stale_on: date | None = None
    audience: str = "shared"
    source: str = ""

    def known_on(self, day: date) -> bool:
        """A *nothing to report* lapses on its date; something reported stands until it is ended."""
        return self.present or self.stale_on is None or day < self.stale_on


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection of this school itself, as Ofsted stated it. Grades are never renumbered.

    ``kind``: graded, ungraded, monitoring or section_48. ``category``: none, NTI_SW_RSI or special_measures.
    ``judgements``: name of the judgement to “1”…“4”, or to exceptional, strong, expected, needs_attention, urgent.
    ``progress``: what a monitoring visit found, such as “inadequate” or “not_effective”.
    """

    framework: str
    started_on: date
    kind: str = "graded"
    published_on: date | None = None
    overall: str | None = None
    category: str = "none"
    safeguarding: bool | None = None
    judgements: Mapping[str, str] = field(default_factory=dict)
    progress: str | None = None
    source: str = ""

    @property
    def known_from(self) -> date:
        """The day its outcome could be known."""
        return self.published_on or self.started_on


@dataclass(frozen=True, slots=True)
class Grade:
    """One row of the self-evaluation profile. The school's own grade alone decides nothing."""

    school: int | None = None
    validated: int | None = None
    moderated: int | None = None
    source: str = ""

    @property
    def in_force(self) -> int | None:
        """The moderated grade, else the validated one."""
        return self.validated if self.moderated is None else self.moderated


@dataclass(frozen=True, slots=True)
class Fact:
    """Any other fact: ``confirmed.<rule key>``, or one of the framework's own, such as a start date."""

    value: Any
    source: str = ""
    status: Status = Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """Everything recorded about one school on the day ``on``.

    ``attributes``: phase, low_age and high_age decide which key stages apply. ``inspections`` is None where Ofsted's
    record has not been brought in, and empty where the school has not yet been inspected.
    """

    on: date
    attributes: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    series: Mapping[SeriesKey, Series] = field(default_factory=dict)
    inspections: tuple[Inspection, ...] | None = None
    circumstances: Mapping[str, Circumstance] = field(default_factory=dict)
    profile: Mapping[str, Grade] = field(default_factory=dict)


def academic_year(day: date) -> int:
    """The academic year a day falls in: 1 August starts a new one."""
    return day.year if day.month >= 8 else day.year - 1
