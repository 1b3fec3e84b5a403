"""One evaluation in progress, and the node every condition is compiled to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from categorisation.schema.checking import conditions_of
from categorisation.schema.conditions import Condition, walk
from categorisation.schema.document import Framework

from .facts import SchoolFacts, academic_year
from .states import Result
from .thresholds import FIRST_YEAR, LAST_YEAR, Thresholds

Place = tuple[int, str | None, int | None, int | None]
"""Academic year, phase, lowest and highest age: what decides which key stages are measured at a school."""


class Run:
    """One school's facts while they are evaluated. ``memo`` keeps what several rules ask for."""

    __slots__ = ("facts", "memo", "oldest", "place", "series", "without", "year")

    def __init__(self, facts: SchoolFacts, slots: int, stale_after: int, without: frozenset[str]) -> None:
        self.facts = facts
        self.series = facts.series
        self.year = academic_year(facts.on)
        self.oldest = self.year - stale_after
        attributes = facts.attributes
        self.place: Place = (
            self.year,
            attributes.get("phase"),
            attributes.get("low_age"),
            attributes.get("high_age"),
        )
        self.memo: list[Any] = [None] * slots
        self.without = without


Evaluate = Callable[[Run], Result]


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled condition: how to evaluate it, and which circumstances it asks about."""

    evaluate: Evaluate
    circumstances: frozenset[str]
    only_circumstances: bool = False


def _times_asked(document: Framework) -> Counter[Condition]:
    """How often each condition occurs: one that occurs twice is remembered during a run."""
    return Counter(inner for _, outer in conditions_of(document) for inner in walk(outer))


class Workshop:
    """What compiling needs at hand: the document by key, resolved thresholds, and slots for shared results."""

    def __init__(self, document: Framework, thresholds: Thresholds) -> None:
        self.document = document
        self._national = thresholds
        self._parameters = {item.key: item.in_force for item in document.parameters}
        self._own = {item.key: item for item in document.thresholds}
        self.indicators = {item.key: item for item in document.indicators}
        self.measures = {item.key: item for item in document.measures}
        self.slots = 0
        self.asked = _times_asked(document)
        self.shared: dict[Any, Any] = {}

    def slot(self) -> int:
        """A new place in the memo of a run."""
        self.slots += 1
        return self.slots - 1

    def number(self, key: str) -> Decimal:
        """A numeric parameter in force."""
        value = self._parameters[key]
        assert isinstance(value, Decimal), key
        return value

    def choice(self, key: str) -> str:
        """A parameter that is one of several choices."""
        return str(self._parameters[key])

    def count(self, number: int | str | None) -> int:
        """A number of years given as such or by a parameter; none means one."""
        if number is None:
            return 1
        return number if isinstance(number, int) else int(self.number(number))

    def threshold(self, key: str) -> dict[int, Decimal]:
        """A threshold by year: the national one where there is one, else the authority's own."""
        own = self._own[key]
        table = {
            year: value.value
            for value in own.values
            for year in range(max(value.from_year, FIRST_YEAR), (value.to_year or LAST_YEAR) + 1)
        }
        return table | self._national.by_year(key)

    def flat(self, indicator: str) -> Decimal:
        """How small a change of this indicator is no change."""
        key = self.indicators[indicator].flat
        return self.number(key) if key else Decimal(0)
