"""Conditions on one indicator: of a learner group, or the gap between two."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import islice

from categorisation.schema.conditions import TREND_TESTS, IndicatorCondition, Years

from .facts import Point, Series, Status
from .run import Evaluate, Run, Workshop
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE, Seen
from .values import Judge, judge, trend

_PASSED_OVER = (Status.NOT_PRODUCED, Status.NOT_APPLICABLE)


def compile_indicator(shop: Workshop, condition: IndicatorCondition) -> Evaluate:
    """How to evaluate an indicator condition over its window of years."""
    read = _reader(shop, condition)
    span = window(shop, condition.years)
    group = group_name(condition)
    if condition.test in TREND_TESTS:
        by = shop.number(condition.by) if condition.by else shop.flat(condition.indicator)
        return _trend(condition, read, span, group, by)
    assert condition.than is not None
    return _yearly(condition, read, span, group, judge(shop, condition.test, condition.than))


def group_name(condition: IndicatorCondition) -> str:
    """The learner group, or “a to b” for a gap."""
    return f"{condition.group} to {condition.gap_to}" if condition.gap_to else condition.group


def window(shop: Workshop, years: Years) -> int:
    """How many years a condition looks at."""
    return shop.count(years.each_of_last or years.any_of_last or years.over_last)


def combine(states: list[int], years: Years) -> int:
    """One state from those of several years: each of them, or any."""
    if years.any_of_last is not None:
        return MET if MET in states else NOT_KNOWN if NOT_KNOWN in states else max(states)
    return min_known(states)


def min_known(states: list[int]) -> int:
    """Every year: refuted by one, else not known, else set aside, else met."""
    if NOT_MET in states:
        return NOT_MET
    return SET_ASIDE if SET_ASIDE in states else min(states)


class _Read:
    """Reads a series, or derives one for a gap, leaving out years that were not produced or are out of date."""

    __slots__ = ("gap", "key", "slot", "small")

    def __init__(self, key: tuple[str, str], gap: tuple[str, str] | None, small: int, slot: int) -> None:
        self.key, self.gap, self.small, self.slot = key, gap, small, slot

    def __call__(self, run: Run) -> tuple[Series, int]:
        """The years that count, newest first, and the state if there are none."""
        found = run.memo[self.slot]
        if found is None:
            found = run.memo[self.slot] = self._read(run)
        return found

    def _read(self, run: Run) -> tuple[Series, int]:
        rows = run.series.get(self.key)
        if rows and self.gap:
            rows = gaps(rows, run.series.get(self.gap, ()), self.small)
        elif rows and self.key[1] != "all":
            rows = tuple((year, _large_enough(point, self.small)) for year, point in rows)
        if not rows:
            return (), NOT_KNOWN
        if rows[0][0] < run.oldest:
            return (), NOT_KNOWN
        for _, point in rows:
            if point.value is None and point.status in _PASSED_OVER:
                rows = tuple(row for row in rows if row[1].status not in _PASSED_OVER)
                return rows, SET_ASIDE
        return rows, NOT_KNOWN


_TOO_FEW = Point(None, Status.NOT_APPLICABLE, source="too few pupils to judge")


def _large_enough(point: Point, small: int) -> Point:
    return _TOO_FEW if point.cohort is not None and point.cohort < small else point


def gaps(rows: Series, others: Series, small: int) -> Series:
    """The other group's values less this group's, year by year; national gaps likewise."""
    by_year = dict(others)
    return tuple((year, _gap(point, by_year.get(year), small)) for year, point in rows)


def _gap(point: Point, other: Point | None, small: int) -> Point:
    if other is None:
        return Point(None, Status.NOT_IMPORTED)
    for one in (_large_enough(point, small), _large_enough(other, small)):
        if one.value is None:
            return Point(None, one.status, source=one.source)
    assert point.value is not None
    assert other.value is not None
    return Point(
        other.value - point.value,
        national=_less(other.national, point.national),
        similar=_less(other.similar, point.similar),
        source=point.source,
    )


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _reader(shop: Workshop, condition: IndicatorCondition) -> _Read:
    key = (condition.indicator, condition.group)
    gap = (condition.indicator, condition.gap_to) if condition.gap_to else None
    if ("read", key, gap) not in shop.shared:
        shop.shared["read", key, gap] = _Read(key, gap, shop.count("small_cohort"), shop.slot())
    reader: _Read = shop.shared["read", key, gap]
    return reader


def _yearly(condition: IndicatorCondition, read: _Read, span: int, group: str, judged: Judge) -> Evaluate:
    name, test, years = condition.indicator, condition.test, condition.years

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        rows, if_none = read(run)
        if not rows:
            return if_none, (nothing(name, group, test, if_none),)
        states: list[int] = []
        seen: list[Seen] = []
        for year, point in islice(rows, span):
            state, against = judged(year, point)
            states.append(state)
            seen.append(
                Seen(
                    "indicator",
                    name,
                    group,
                    year,
                    point.value,
                    point.status,
                    point.source,
                    test,
                    against,
                    state,
                )
            )
        if len(states) < span:
            states.append(NOT_KNOWN)
            seen.append(nothing(name, group, test, NOT_KNOWN))
        return (states[0] if span == 1 else combine(states, years)), tuple(seen)

    return evaluate


def _trend(condition: IndicatorCondition, read: _Read, span: int, group: str, by: Decimal) -> Evaluate:
    name, test = condition.indicator, condition.test

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        rows, if_none = read(run)
        if not rows:
            return if_none, (nothing(name, group, test, if_none),)
        picked = rows[:span]
        values = [point.value for _, point in picked]
        values += [None] * (span - len(values))
        state = trend(test, values, by)
        return state, trend_seen(name, group, test, by, state, picked, span)

    return evaluate


def trend_seen(
    name: str, group: str, test: str, by: Decimal, state: int, rows: Series, span: int
) -> tuple[Seen, ...]:
    """The years of a trend, each with the state of the whole, and one more where years are lacking."""
    seen = [
        Seen("indicator", name, group, year, point.value, point.status, point.source, test, by, state)
        for year, point in rows
    ]
    if len(rows) < span:
        seen.append(nothing(name, group, test, NOT_KNOWN))
    return tuple(seen)


@cache
def nothing(name: str, group: str, test: str, state: int) -> Seen:
    """The evidence where there is no row: not imported, or not produced in any year."""
    status = Status.NOT_PRODUCED if state == SET_ASIDE else Status.NOT_IMPORTED
    return Seen("indicator", name, group, None, None, status, "", test, None, state)


class SameYear:
    """An indicator of the same learner group, tested in the year that another test is looking at."""

    __slots__ = ("judged", "key", "test")

    def __init__(self, shop: Workshop, condition: IndicatorCondition, group: str) -> None:
        assert condition.than is not None
        self.key = (condition.indicator, group)
        self.test = condition.test
        self.judged = judge(shop, condition.test, condition.than)

    def __call__(self, run: Run, year: int) -> tuple[int, Seen]:
        point = next((point for at, point in run.series.get(self.key, ()) if at == year), None)
        state, against = self.judged(year, point)
        if point is None:
            return state, Seen(
                "indicator", *self.key, year, None, Status.NOT_IMPORTED, "", self.test, None, state
            )
        value, status, source = point.value, point.status, point.source
        return state, Seen("indicator", *self.key, year, value, status, source, self.test, against, state)
