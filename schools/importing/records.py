"""What the handlers make of rows: plain records, and the problems met on the way. No database here."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from schools.choices import ValueStatus


class Problem(NamedTuple):
    """One cell or row left out. `row` is the row a spreadsheet shows; `message` says what was expected."""

    row: int
    column: str
    value: str
    message: str

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "value": self.value, "message": self.message}


class Value(NamedTuple):
    """One value of one indicator. `blank`: the publisher wrote nothing, which never replaces what is known."""

    indicator: str
    group: str
    value: Decimal | None
    status: ValueStatus
    low: Decimal | None = None
    high: Decimal | None = None
    cohort: int | None = None
    blank: bool = False


@dataclass(slots=True)
class SchoolValues:
    """A row of values of one school."""

    row: int
    urn: int
    authority: str  # three-digit code, empty when the file has none
    values: list[Value]


@dataclass(slots=True)
class ComparatorValues:
    """A row that is no school: England (`comparator` says which part) or a whole authority."""

    row: int
    comparator: str
    authority: str
    values: list[Value]
    preference: int = 0  # of several rows for the same thing the lowest wins


@dataclass(slots=True)
class SchoolFacts:
    """A row of the register. `facts` holds only what the file has columns for."""

    row: int
    urn: int
    authority: str
    authority_name: str
    facts: dict[str, Any]
    trust: tuple[str, str] | None = None  # group UID (may be empty) and name; None: the file does not say
    head: tuple[str, bool] | None = None  # name, and whether acting
    links: list["LinkFacts"] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    values_year: int | None = None


class LinkFacts(NamedTuple):
    row: int
    predecessor: int
    successor: int
    kind: str
    established_on: dt.date | None


class GroupFacts(NamedTuple):
    """A school's membership of a group."""

    row: int
    urn: int
    authority: str
    trust: tuple[str, str] | None  # number and name; none: a group that is no trust


@dataclass(slots=True)
class InspectionFacts:
    row: int
    urn: int  # of the school inspected
    listed_urn: int  # of the school the row is about: the one inspected, or what it has become
    framework: str
    kind: str
    number: str
    started_on: dt.date
    ended_on: dt.date | None
    published_on: dt.date | None
    overall_grade: str
    category: str
    safeguarding_effective: bool | None
    ungraded_outcome: str
    grades: Mapping[str, str]


Record = SchoolValues | ComparatorValues | SchoolFacts | LinkFacts | InspectionFacts
