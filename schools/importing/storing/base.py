"""What every store shares: whose schools an import may touch, what files of it said before, and how rows go through."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schools.importing.plans import Plan
from schools.importing.reading import Row
from schools.importing.records import Problem
from schools.importing.tally import Tally
from schools.models import School
from schools.rules.standing import Standing

PENDING = 0  # stands for the key of a school that this import will create


@dataclass(slots=True)
class Scope:
    """The authorities an import may touch, by code, and their schools by URN.

    `may_change_shared`: figures for England belong to every authority on the installation; only the command line, or
    the one authority there is, changes those that are recorded.
    """

    authorities: dict[str, int | None]
    may_change_shared: bool
    now: dt.datetime
    schools: dict[int, int] = field(default_factory=dict)

    def load(self) -> "Scope":
        """Read the schools in scope: one query."""
        ids = [pk for pk in self.authorities.values() if pk is not None]
        self.schools = dict(School.objects.filter(authority_id__in=ids).values_list("urn", "pk").iterator())
        return self


@dataclass(slots=True)
class Claims:
    """What earlier files of the same import said: the first to say something is believed.

    Values are claimed only where files overlap, so that memory does not grow with a single large file.
    """

    # By year: URN, indicator, group -> of what standing it was said, and whether it was nothing
    values: dict[int, dict[tuple[int, str, str], tuple[Standing, bool]]] = field(default_factory=dict)
    comparators: set[tuple[str, str, int, str, str]] = field(default_factory=set)
    schools: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)  # URNs whose trust was told
    links: set[tuple[int, int]] = field(default_factory=set)
    inspections: set[tuple[int, str, dt.date]] = field(default_factory=set)
    academies: dict[int, dt.date] = field(default_factory=dict)  # new ones by URN: the day they opened
    register_days: dict[int, dt.date] = field(default_factory=dict)  # URN: the day its register facts are of


class Store(ABC):
    """Takes the rows of one plan, a few hundred at a time. `take` and `finish` write only when `write` is true.

    A write takes place in the caller's transaction; what is compared is read in it too.
    """

    def __init__(self, plan: Plan, scope: Scope, claims: Claims) -> None:
        self.plan = plan
        self.scope = scope
        self.claims = claims
        self.tally = Tally(handler=plan.handler)

    @abstractmethod
    def take(self, rows: Sequence[Row], *, write: bool) -> None:
        """The next rows, in order."""

    @abstractmethod
    def skip(self, rows: Sequence[Row]) -> None:
        """Rows written before a job was killed: only remember what they said."""

    def finish(self, *, write: bool) -> None:  # noqa: B027  # most stores have nothing left to do
        """After the last row."""

    # --- helpers of the stores

    def unknown(self, row: int, column: str, urn: int, authority: str) -> None:
        """A row of a school we do not hold: one of ours that is missing, another authority's, or nobody can say whose."""
        if authority in self.scope.authorities:
            self.tally.unknown += 1
            self.tally.refused += 1
            self.tally.problem(
                Problem(
                    row,
                    column,
                    str(urn),
                    "this school is not in the register; import the register of schools (GIAS) that has it, then this file again",
                )
            )
        elif authority:
            self.tally.elsewhere += 1
        else:
            self.tally.unplaced += 1

    def refuse(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self.tally.refused += 1
            self.tally.problem(problem)


def drained(problems: list[Problem]) -> list[Problem]:
    """The problems met since the last call."""
    met = list(problems)
    problems.clear()
    return met


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of `after` that are not so in `before`."""
    return {name: value for name, value in after.items() if before.get(name) != value}
