"""Conditions on a measure: several strands (a subject at the end of a key stage), each with ordered sources.

The newest year of a strand decides whether it can be measured now: if no source was produced in that year, the
strand is set aside and what the framework names instead is used. Older years not produced are passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from categorisation.schema.conditions import TREND_TESTS, MeasureCondition, StrandTest
from categorisation.schema.document import Source, Strand

from .facts import Point, Status
from .indicators import SameYear, combine, gaps, nothing, trend_seen, window
from .run import Evaluate, Place, Run, Workshop
from .states import NOT_KNOWN, NOT_MET, SET_ASIDE, Seen, all_of, at_least
from .thresholds import LAST_YEAR
from .values import Getter, Judge, judge, judge_against, trend

# Floor standards and end of key stage measures are not applied to these schools.
NOT_MEASURED_PHASES = frozenset({"special", "alternative", "nursery"})

Row = tuple[int, Point, "_Source"]
"""Academic year, point and the source it comes from."""

StrandCheck = Callable[[Run], tuple[int, tuple[Seen, ...]]]


class _Source:
    """A compiled source: where its points are and when a strand is below the floor by it."""

    __slots__ = ("and_any", "below", "centre", "covers", "flat", "indicator", "significant")

    def __init__(self, shop: Workshop, source: Source, group: str) -> None:
        self.indicator = source.indicator
        self.covers = source.covers
        self.centre = source.centre
        self.flat = shop.flat(source.indicator)
        self.and_any = tuple(SameYear(shop, condition, group) for condition in source.and_any)
        centre = source.centre if source.centre is not None else Decimal(0)
        self.significant: Judge | None = (
            judge_against("significantly_below", lambda year, point: centre, NOT_KNOWN)
            if source.floor_is_significant
            else None
        )
        self.below: Judge | None = None
        if source.floor is not None:
            table = shop.threshold(source.floor)
            self.below = judge_against("below", lambda year, point: table.get(year), SET_ASIDE)

    def below_floor(self, run: Run, year: int, point: Point, group: str) -> tuple[int, tuple[Seen, ...]]:
        """Whether the strand was below the floor that year, and by what."""
        if self.below is None:
            return SET_ASIDE, ()
        state, floor = self.below(year, point)
        seen = Seen(
            "indicator", self.indicator, group, year, point.value, point.status, point.source, "below_floor",
            floor, state,
        )  # fmt: skip
        if self.significant is not None:
            state = all_of((state, self.significant(year, point)[0]))
        if not self.and_any or state in (NOT_MET, SET_ASIDE):
            return state, (seen,)
        beside = [condition(run, year) for condition in self.and_any]
        state = all_of((state, at_least(1, (other for other, _ in beside))))
        return state, (seen, *(evidence for _, evidence in beside))


class StrandReader:
    """The years of one strand for one learner group, newest first."""

    __slots__ = ("at_age", "ends", "gap_to", "group", "keys", "slot", "small", "sources", "starts")

    def __init__(self, shop: Workshop, strand: Strand, group: str, gap_to: str | None) -> None:
        self.at_age = strand.at_age
        self.group = f"{group} to {gap_to}" if gap_to else group
        self.gap_to = gap_to
        self.sources = tuple(_Source(shop, source, group) for source in strand.sources)
        self.keys = tuple((source.indicator, group) for source in self.sources)
        self.starts = min(source.from_year for source in strand.sources)
        self.ends = max(source.to_year or LAST_YEAR for source in strand.sources)
        self.small = shop.count("small_cohort") if group != "all" else 0
        self.slot = shop.slot()

    def __call__(self, run: Run) -> tuple[tuple[Row, ...], int]:
        """The rows that count, and the state if there are none."""
        found = run.memo[self.slot]
        if found is None:
            found = run.memo[self.slot] = self._read(run)
        return found

    def _read(self, run: Run) -> tuple[tuple[Row, ...], int]:
        rows: dict[int, Row] = {}
        years: set[int] = set()
        for key, source in zip(self.keys, self.sources, strict=True):
            points = run.series.get(key, ())
            if points and self.gap_to:
                points = gaps(points, run.series.get((source.indicator, self.gap_to), ()), self.small)
            for year, point in points:
                years.add(year)
                if year not in rows and source.covers(year) and self._produced(point):
                    rows[year] = (year, point, source)
        newest = max(years, default=0)
        if newest < run.oldest:
            return (), NOT_KNOWN
        if newest not in rows:
            return (), SET_ASIDE
        return tuple(rows[year] for year in sorted(rows, reverse=True)), NOT_KNOWN

    def _produced(self, point: Point) -> bool:
        if point.cohort is not None and point.cohort < self.small:
            return False
        return point.value is not None or point.status not in (Status.NOT_PRODUCED, Status.NOT_APPLICABLE)

    def applies(self, place: Place) -> bool:
        """Whether the strand is measured in that year, and pupils of such a school reach the end of its key stage
        there. Unknown ages leave it open."""
        year, phase, low, high = place
        if phase in NOT_MEASURED_PHASES or not self.starts <= year - 1 <= self.ends:
            return False
        return low is None or high is None or low < self.at_age <= high


def compile_measure(shop: Workshop, condition: MeasureCondition, otherwise: Evaluate | None) -> Evaluate:
    """How many strands meet all the tests; ``otherwise`` where the measure is set aside."""
    measure = shop.measures[condition.measure]
    readers = [
        _reader(shop, condition, strand, group) for strand in measure.strands for group in condition.groups
    ]
    checks = [(reader, _strand_check(shop, condition, reader)) for reader in readers]
    wanted = condition.strands
    # Which strands apply depends on year, phase and ages alone: a few hundred combinations in all of England.
    by_place: dict[Place, list[StrandCheck]] = {}

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        applying = by_place.get(run.place)
        if applying is None:
            applying = by_place[run.place] = [check for reader, check in checks if reader.applies(run.place)]
        states: list[int] = []
        seen: list[Seen] = []
        for check in applying:
            state, evidence = check(run)
            states.append(state)
            if state != SET_ASIDE:
                seen += evidence
        state = at_least(wanted, states)
        if state == SET_ASIDE and otherwise is not None:
            return otherwise(run)
        return state, tuple(seen)

    return evaluate


def _reader(shop: Workshop, condition: MeasureCondition, strand: Strand, group: str) -> StrandReader:
    key = ("strand", condition.measure, strand.key, group, condition.gap_to)
    if key not in shop.shared:
        shop.shared[key] = StrandReader(shop, strand, group, condition.gap_to)
    reader: StrandReader = shop.shared[key]
    return reader


def _strand_check(shop: Workshop, condition: MeasureCondition, reader: StrandReader) -> StrandCheck:
    tests = [_strand_test(shop, condition.measure, test, reader) for test in condition.tests]
    if len(tests) == 1:
        return tests[0]

    def every(run: Run) -> tuple[int, tuple[Seen, ...]]:
        results = [test(run) for test in tests]
        return all_of(state for state, _ in results), tuple(seen for _, found in results for seen in found)

    return every


def _strand_test(shop: Workshop, measure: str, test: StrandTest, reader: StrandReader) -> StrandCheck:
    key = ("strand test", measure, reader.slot, test)
    if key not in shop.shared:
        if test.test == "below_floor":
            check = _floor(test, reader, window(shop, test.years))
        elif test.test in TREND_TESTS:
            by = shop.number(test.by) if test.by else None
            check = _trend(test, reader, window(shop, test.years), by)
        else:
            check = _yearly(shop, test, reader, window(shop, test.years))
        shop.shared[key] = _remembered(shop.slot(), check)
    found: StrandCheck = shop.shared[key]
    return found


def _remembered(slot: int, check: StrandCheck) -> StrandCheck:
    """Asked once a school, however many rules ask."""

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        found = run.memo[slot]
        if found is None:
            found = run.memo[slot] = check(run)
        return found

    return evaluate


def _floor(test: StrandTest, reader: StrandReader, span: int) -> StrandCheck:
    group, years, first = reader.group, test.years, reader.keys[-1][0]

    def check(run: Run) -> tuple[int, tuple[Seen, ...]]:
        rows, if_none = reader(run)
        if not rows:
            return if_none, (nothing(first, group, "below_floor", if_none),)
        states: list[int] = []
        seen: list[Seen] = []
        for year, point, source in rows[:span]:
            state, evidence = source.below_floor(run, year, point, group)
            states.append(state)
            seen += evidence
        if len(states) < span:
            states.append(NOT_KNOWN)
            seen.append(nothing(first, group, "below_floor", NOT_KNOWN))
        return combine(states, years), tuple(seen)

    return check


def _yearly(shop: Workshop, test: StrandTest, reader: StrandReader, span: int) -> StrandCheck:
    group, years, first, name = reader.group, test.years, reader.keys[-1][0], test.test
    judges: dict[_Source, Judge] = {source: _judge(shop, test, source) for source in reader.sources}

    def check(run: Run) -> tuple[int, tuple[Seen, ...]]:
        rows, if_none = reader(run)
        if not rows:
            return if_none, (nothing(first, group, name, if_none),)
        states: list[int] = []
        seen: list[Seen] = []
        for year, point, source in rows[:span]:
            state, against = judges[source](year, point)
            states.append(state)
            seen.append(
                Seen(
                    "indicator",
                    source.indicator,
                    group,
                    year,
                    point.value,
                    point.status,
                    point.source,
                    name,
                    against,
                    state,
                )
            )
        if len(states) < span:
            states.append(NOT_KNOWN)
            seen.append(nothing(first, group, name, NOT_KNOWN))
        return combine(states, years), tuple(seen)

    return check


def _judge(shop: Workshop, test: StrandTest, source: _Source) -> Judge:
    if test.than == "centre":
        centre = source.centre
        getter: Getter = lambda year, point: centre  # noqa: E731 - a one-line getter like its neighbours
        return judge_against(test.test, getter, SET_ASIDE)
    assert test.than is not None
    return judge(shop, test.test, test.than)


def _trend(test: StrandTest, reader: StrandReader, span: int, by: Decimal | None) -> StrandCheck:
    """A trend within one source: figures on two scales cannot be compared, so older ones do not count."""
    group, name, first = reader.group, test.test, reader.keys[-1][0]

    def check(run: Run) -> tuple[int, tuple[Seen, ...]]:
        rows, if_none = reader(run)
        if not rows:
            return if_none, (nothing(first, group, name, if_none),)
        source = rows[0][2]
        picked = tuple((year, point) for year, point, at in rows[:span] if at is source)
        values = [point.value for _, point in picked]
        values += [None] * (span - len(values))
        size = source.flat if by is None else by
        state = trend(name, values, size)
        return state, trend_seen(source.indicator, group, name, size, state, picked, span)

    return check
