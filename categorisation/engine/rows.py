"""Tests over the rows of one series: single years, trends, floors.

What a test makes of a school's rows is its *mark*: small and the same for many schools, so that the state and the text
of a whole block are worked out once for each combination of marks and remembered. Figures stand in a mark as text:
65 and 65.0 are equal, and what is remembered of the one must not be written of the other.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from categorisation.schema.conditions import TREND_TESTS, IndicatorCondition, Reference, StrandTest, Years

from .readers import Measured, Reader, Row, seen_of
from .references import Judge, constant, judge, judge_against
from .run import Run, Workshop
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE, Seen
from .written import decimal_json, seen_json

Mark = Any

Names = Callable[[Any], str]
"""Gives a constant a name that a formula can use."""

SIGNS = {"below": "<", "at_most": "<=", "above": ">", "at_least": ">="}


class RowTest(ABC):
    """A test of the newest rows of a series."""

    name: str
    span: int

    @abstractmethod
    def marker(self) -> Callable[[list[Row], Run], Hashable]:
        """The hot path: what the rows come to. There is at least one row."""

    def formula(self, names: Names) -> str | None:
        """The mark as an expression, for rows that all have figures of today's source; None where there is no short one.

        Row n is given as its year ``yn``, its value ``vn`` and its point ``pn``, n from 0 for the newest.
        """
        return None

    @abstractmethod
    def state(self, mark: Mark) -> int:
        """The state that a mark stands for."""

    @abstractmethod
    def years_json(self, mark: Mark) -> list[str]:
        """What each row came to, as JSON."""

    @abstractmethod
    def seen(self, rows: list[Row], run: Run) -> list[Seen]:
        """Each row that counts, as the test saw it."""


def window(shop: Workshop, years: Years) -> int:
    """How many years a condition looks at."""
    return shop.count(years.each_of_last or years.any_of_last or years.over_last)


def combine(states: list[int], years: Years) -> int:
    """One state from those of several years: any of them, or each: refuted by one, else set aside, else not known."""
    if years.any_of_last is not None:
        return MET if MET in states else NOT_KNOWN if NOT_KNOWN in states else max(states)
    if NOT_MET in states:
        return NOT_MET
    return SET_ASIDE if SET_ASIDE in states else min(states)


class Yearly(RowTest):
    """Each year against a reference. The mark is the state of each year, with the reference where it goes by year."""

    def __init__(self, reader: Reader, name: str, years: Years, span: int, judges: dict[Measured, Judge],
                 than: Reference | None, shift: Decimal | None) -> None:  # fmt: skip
        self.reader, self.name, self.years, self.span = reader, name, years, span
        self.judges, self.than, self.shift = judges, than, shift
        self.by_year = than is not None and than.threshold is not None

    def formula(self, names: Names) -> str | None:
        sign = SIGNS.get(self.name)
        if sign is None or self.by_year:
            return None
        states = [self._one_year(names, sign, row) for row in range(self.span)]
        return states[0] if self.span == 1 else f"({', '.join(states)})"

    def _one_year(self, names: Names, sign: str, row: int) -> str:
        if self.than is None:
            return f"{MET} if v{row} {sign} {names(self.reader.today.centre)} else {NOT_MET}"
        if self.than.comparator is None:
            return f"{MET} if v{row} {sign} {names(self.shift)} else {NOT_MET}"
        against = f"r + {names(self.shift)}" if self.shift else "r"
        return (
            f"{NOT_KNOWN} if (r := p{row}.{self.than.comparator}) is None "
            f"else {MET} if v{row} {sign} {against} else {NOT_MET}"
        )

    def marker(self) -> Callable[[list[Row], Run], Hashable]:
        span, by_year, judges = self.span, self.by_year, self.judges

        def latest(rows: list[Row], run: Run) -> Hashable:
            year, point, source = rows[0]
            return judges[source](year, point)[0]

        def general(rows: list[Row], run: Run) -> Hashable:
            found = [judges[source](year, point) for year, point, source in rows[:span]]
            if by_year:
                return tuple([(state, decimal_json(against)) for state, against in found])
            return tuple([state for state, _ in found])

        return latest if span == 1 and not by_year else general

    def state(self, mark: Mark) -> int:
        if not isinstance(mark, tuple):
            return int(mark)
        states = [one[0] if self.by_year else one for one in mark]
        return combine(states + [NOT_KNOWN] * (self.span - len(states)), self.years)

    def years_json(self, mark: Mark) -> list[str]:
        if not isinstance(mark, tuple):
            return [str(mark)]
        return [f"[{one[0]},{one[1]}]" if self.by_year else str(one) for one in mark]

    def seen(self, rows: list[Row], run: Run) -> list[Seen]:
        found = []
        for year, point, source in rows[: self.span]:
            state, against = self.judges[source](year, point)
            found.append(seen_of(source.indicator, self.reader.group, year, point, self.name, against, state))
        return found


class Trend(RowTest):
    """A trend within one source: figures on two scales cannot be compared, so older ones do not count.

    The mark is the state, with the number of rows where some are lacking.
    """

    def __init__(self, reader: Reader, name: str, span: int, by: Decimal | None) -> None:
        self.reader, self.name, self.span, self.by = reader, name, span, by

    def _picked(self, rows: list[Row]) -> list[Row]:
        source = rows[0][2]
        return [row for row in rows[: self.span] if row[2] is source]

    def marker(self) -> Callable[[list[Row], Run], Hashable]:
        span, by, judged = self.span, self.by, TRENDS[self.name]

        def mark(rows: list[Row], run: Run) -> Hashable:
            source = rows[0][2]
            values = [point.value for _, point, at in rows[:span] if at is source]
            size, there = source.flat if by is None else by, len(values)
            if there == span:
                return judged(values, size)
            return judged(values + [None] * (span - there), size), there

        return mark

    def formula(self, names: Names) -> str | None:
        by = names(self.reader.today.flat if self.by is None else self.by)
        last, first = "v0", f"v{self.span - 1}"
        steps = [f"v{row + 1} - v{row} > {by}" for row in range(self.span - 1)]
        met = {
            "rising": f"{last} - {first} > {by}",
            "falling": f"{last} - {first} < -{by}",
            "flat_or_falling": f"{last} - {first} <= {by}",
            "flat_or_rising": f"{last} - {first} >= -{by}",
            "fell_once": " or ".join(steps),
            "fell_each_year": " and ".join(steps),
        }[self.name]
        return f"{MET} if {met} else {NOT_MET}"

    def state(self, mark: Mark) -> int:
        return int(mark[0] if isinstance(mark, tuple) else mark)

    def years_json(self, mark: Mark) -> list[str]:
        state, years = mark if isinstance(mark, tuple) else (mark, self.span)
        return [str(state)] * years

    def seen(self, rows: list[Row], run: Run) -> list[Seen]:
        state = self.state(self.marker()(rows, run))
        size = rows[0][2].flat if self.by is None else self.by
        return [
            seen_of(source.indicator, self.reader.group, year, point, self.name, size, state)
            for year, point, source in self._picked(rows)
        ]


class Floor(RowTest):
    """Below the floor of each year, by the source that counts. The mark is a year's state and all it rests on."""

    name = "below_floor"

    def __init__(self, reader: Reader, years: Years, span: int) -> None:
        self.reader, self.years, self.span = reader, years, span

    def marker(self) -> Callable[[list[Row], Run], Hashable]:
        span, group = self.span, self.reader.group

        def mark(rows: list[Row], run: Run) -> Hashable:
            found = []
            for year, point, source in rows[:span]:
                if source.by_floor_alone and point.value is not None:
                    found.append(_by_floor_alone(source.floors, year, point.value))
                    continue
                state, seen = source.below_floor(run.series, year, point, group)
                own = (seen[0].state, decimal_json(seen[0].reference)) if seen else ()
                found.append((state, *own, *map(seen_json, seen[1:])))
            return tuple(found)

        return mark

    def formula(self, names: Names) -> str | None:
        source = self.reader.today
        if not source.by_floor_alone:
            return None
        judged, floors = names(_by_floor_alone), names(source.floors)
        return f"({''.join(f'{judged}({floors}, y{row}, v{row}), ' for row in range(self.span))})"

    def state(self, mark: Mark) -> int:
        states = [one[0] for one in mark]
        return combine(states + [NOT_KNOWN] * (self.span - len(states)), self.years)

    def years_json(self, mark: Mark) -> list[str]:
        return [_floor_json(*one) for one in mark]

    def seen(self, rows: list[Row], run: Run) -> list[Seen]:
        return [
            seen
            for year, point, source in rows[: self.span]
            for seen in source.below_floor(run.series, year, point, self.reader.group)[1]
        ]


def _by_floor_alone(floors: Mapping[int, Decimal] | None, year: int, value: Decimal) -> tuple[int | str, ...]:
    """What a year comes to where nothing but the figure and the floor is asked, as `_floor_json` wants it."""
    if floors is None:
        return (SET_ASIDE,)
    floor = floors.get(year)
    if floor is None:
        return SET_ASIDE, SET_ASIDE, "null"
    state = MET if value < floor else NOT_MET
    return state, state, f'"{floor!s}"'


def _floor_json(state: int, own: int | None = None, floor: str = "", *beside: str) -> str:
    """``[state]`` without a floor that year, else ``[state, of the figure alone, floor, what was asked beside it]``."""
    if own is None:
        return f"[{state}]"
    return f"[{state},{own},{floor},[{','.join(beside)}]]"


def _ends(met: Callable[[Decimal, Decimal], bool]) -> Callable[[Sequence[Decimal | None], Decimal], int]:
    """A trend from the first year of the window to the last. Values run newest first; None is not known."""

    def judged(values: Sequence[Decimal | None], by: Decimal) -> int:
        last, first = values[0], values[-1]
        if last is None or first is None:
            return NOT_KNOWN
        return MET if met(last - first, by) else NOT_MET

    return judged


def _steps(*, each: bool) -> Callable[[Sequence[Decimal | None], Decimal], int]:
    """Falls from one year to the next: at every step, or at one at least."""

    def judged(values: Sequence[Decimal | None], by: Decimal) -> int:
        met = unknown = refuted = 0
        for later, earlier in itertools.pairwise(values):
            if later is None or earlier is None:
                unknown += 1
            elif earlier - later > by:
                met += 1
            else:
                refuted += 1
        if each:
            return NOT_MET if refuted else NOT_KNOWN if unknown else MET
        return MET if met else NOT_KNOWN if unknown else NOT_MET

    return judged


TRENDS = {
    "rising": _ends(lambda change, by: change > by),
    "falling": _ends(lambda change, by: change < -by),
    "flat_or_falling": _ends(lambda change, by: change <= by),
    "flat_or_rising": _ends(lambda change, by: change >= -by),
    "fell_once": _steps(each=False),
    "fell_each_year": _steps(each=True),
}


def indicator_test(shop: Workshop, reader: Reader, condition: IndicatorCondition) -> RowTest:
    """The test of an indicator condition."""
    span = window(shop, condition.years)
    if condition.test in TREND_TESTS:
        by = shop.number(condition.by) if condition.by else None
        return Trend(reader, condition.test, span, by)
    assert condition.than is not None
    return _against(shop, reader, condition.test, condition.than, condition.years)


def strand_test(shop: Workshop, reader: Reader, test: StrandTest) -> RowTest:
    """One of the tests of each strand of a measure."""
    span = window(shop, test.years)
    if test.test == "below_floor":
        return Floor(reader, test.years, span)
    if test.test in TREND_TESTS:
        return Trend(reader, test.test, span, shop.number(test.by) if test.by else None)
    if isinstance(test.than, Reference):
        return _against(shop, reader, test.test, test.than, test.years)
    judges = {source: _centre(test.test, source) for source in reader.sources}
    return Yearly(reader, test.test, test.years, span, judges, None, None)


def _against(shop: Workshop, reader: Reader, name: str, than: Reference, years: Years) -> Yearly:
    judges = dict.fromkeys(reader.sources, judge(shop, name, than))
    return Yearly(reader, name, years, window(shop, years), judges, than, constant(shop, than))


def _centre(name: str, source: Measured) -> Judge:
    return judge_against(name, lambda year, point: source.centre, SET_ASIDE)
