"""The years of an indicator, or of a strand of a measure, that count for one school: newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from categorisation.schema.conditions import IndicatorCondition
from categorisation.schema.document import Source, Strand

from .facts import Point, Series, SeriesKey, Status
from .references import Getter, Judge, judge, judge_against
from .run import Workshop
from .states import NOT_KNOWN, NOT_MET, SET_ASIDE, Seen, all_of, at_least
from .thresholds import FIRST_YEAR, LAST_YEAR

_PASSED_OVER = (Status.NOT_PRODUCED, Status.NOT_APPLICABLE)


class Gap(NamedTuple):
    """The other group's value less this group's, in the shape of a point: made thousands of times a second."""

    value: Decimal | None
    status: Status
    source: str
    national: Decimal | None = None
    similar: Decimal | None = None
    ci_low: None = None
    ci_high: None = None
    cohort: None = None


AnyPoint = Point | Gap
Row = tuple[int, AnyPoint, "Measured"]
"""Academic year, point and what it was measured by."""

Rows = list[Row] | Series
"""The rows that tests looked at; a series, where they are its newest years and all measured by today's source."""


class Shared(NamedTuple):
    """What the rows of a year share from school to school, and their JSON around the value. Known again by identity:
    schools read together hold the same two objects, which costs a fraction of comparing what they say."""

    national: Decimal | None
    source: str
    before: str
    after: str


class Measured:
    """What a row was measured by: its indicator, and when a strand is below the floor by it."""

    __slots__ = (
        "and_any",
        "below",
        "by_floor_alone",
        "centre",
        "flat",
        "floors",
        "indicator",
        "key",
        "opening",
        "shared",
        "significant",
        "years",
    )

    def __init__(self, shop: Workshop, indicator: str, group: str, source: Source | None = None) -> None:
        self.indicator = indicator
        self.key: SeriesKey = (indicator, group)
        self.opening = f',["{indicator}",'
        self.shared: dict[int, Shared] = {}  # by year, of the school last written
        self.flat = shop.flat(indicator)
        self.centre = source.centre if source is not None else None
        covered = None if source is None else filter(source.covers, range(FIRST_YEAR, LAST_YEAR + 1))
        self.years = None if covered is None else frozenset(covered)
        self.and_any: tuple[SameYear, ...] = ()
        self.floors: dict[int, Decimal] | None = None
        self.below: Judge | None = None
        self.significant: Judge | None = None
        self.by_floor_alone = True  # nothing is asked but the figure and the floor of its year
        if source is None or source.floor is None:
            return
        self.floors = table = shop.threshold(source.floor)
        self.below = judge_against("below", lambda year, point: table.get(year), SET_ASIDE)
        self.and_any = tuple(SameYear(shop, condition, group) for condition in source.and_any)
        if source.floor_is_significant:
            centre = source.centre if source.centre is not None else Decimal(0)
            middle: Getter = lambda year, point: centre  # noqa: E731 - a one-line getter like its neighbours
            self.significant = judge_against("significantly_below", middle, NOT_KNOWN)
        self.by_floor_alone = not self.and_any and self.significant is None

    def below_floor(
        self, series: Mapping[SeriesKey, Series], year: int, point: AnyPoint, group: str
    ) -> tuple[int, tuple[Seen, ...]]:
        """Whether the strand was below the floor that year, and by what."""
        if self.below is None:
            return SET_ASIDE, ()
        state, floor = self.below(year, point)
        seen = seen_of(self.indicator, group, year, point, "below_floor", floor, state)
        if self.significant is not None:
            state = all_of((state, self.significant(year, point)[0]))
        if not self.and_any or state in (NOT_MET, SET_ASIDE):
            return state, (seen,)
        beside = [condition(series, year) for condition in self.and_any]
        state = all_of((state, at_least(1, (other.state for other in beside))))
        return state, (seen, *beside)


class SameYear:
    """An indicator of the same learner group, tested in the year that another test is looking at."""

    __slots__ = ("judged", "key", "test")

    def __init__(self, shop: Workshop, condition: IndicatorCondition, group: str) -> None:
        assert condition.than is not None
        self.key: SeriesKey = (condition.indicator, group)
        self.test = condition.test
        self.judged = judge(shop, condition.test, condition.than)

    def __call__(self, series: Mapping[SeriesKey, Series], year: int) -> Seen:
        point = next((point for at, point in series.get(self.key, ()) if at == year), None)
        if point is None:
            return Seen(
                "indicator", *self.key, year, None, Status.NOT_IMPORTED, "", self.test, None, NOT_KNOWN
            )
        state, against = self.judged(year, point)
        return seen_of(*self.key, year, point, self.test, against, state)


def seen_of(
    indicator: str, group: str, year: int, point: AnyPoint, test: str, against: Any, state: int
) -> Seen:
    """A point as a test saw it."""
    return Seen(
        "indicator", indicator, group, year, point.value, point.status, point.source, test, against, state
    )


class Reader:
    """Where the rows of one series are: the sources in order, the learner group, and the group of a gap.

    A year that was not produced, or with too few pupils to judge, is passed over. In a strand the newest year decides
    whether it can be measured now: if no source was produced in it, the strand is set aside.
    """

    __slots__ = ("group", "is_strand", "most", "oldest", "other", "small", "sources")

    def __init__(
        self, sources: tuple[Measured, ...], group: str, gap_to: str | None, small: int, oldest: int, is_strand: bool
    ) -> None:  # fmt: skip
        self.sources = sources
        self.group = f"{group} to {gap_to}" if gap_to else group
        self.other = gap_to
        self.small = small
        self.oldest = oldest
        self.is_strand = is_strand
        self.most = 1  # the widest window of the tests

    @property
    def today(self) -> Measured:
        """The newest source."""
        return self.sources[-1]

    def __call__(self, series: Mapping[SeriesKey, Series]) -> tuple[list[Row], int]:
        """The rows that count, no more than the tests look at, and the state if there are none."""
        source = points = None
        for candidate in self.sources:
            found = series.get(candidate.key)
            if found:
                if points is not None:
                    return self._of_several(series)
                source, points = candidate, found
        if source is None or points is None or points[0][0] < self.oldest:
            return [], NOT_KNOWN
        small, years, most = self.small, source.years, self.most
        rows: list[Row] = []
        for year, point in points if self.other is None else self._gaps(source, points, series):
            if (
                (point.value is not None or point.status not in _PASSED_OVER)
                and (years is None or year in years)
                and not (small and point.cohort is not None and point.cohort < small)
            ):
                rows.append((year, point, source))
                most -= 1
                if not most:
                    break
        if not rows or (self.is_strand and rows[0][0] != points[0][0]):
            return [], SET_ASIDE
        return rows, NOT_KNOWN

    def _of_several(self, series: Mapping[SeriesKey, Series]) -> tuple[list[Row], int]:
        """A strand with figures of several sources: of each year, the first that covers it and was produced."""
        held = [(source, points) for source in self.sources if (points := series.get(source.key))]
        newest = max(points[0][0] for _, points in held)
        if newest < self.oldest:
            return [], NOT_KNOWN
        rows: dict[int, Row] = {}
        for source, points in held:
            for year, point in points if self.other is None else self._gaps(source, points, series):
                if (
                    year not in rows
                    and (source.years is None or year in source.years)
                    and (point.value is not None or point.status not in _PASSED_OVER)
                    and not (self.small and point.cohort is not None and point.cohort < self.small)
                ):
                    rows[year] = (year, point, source)
        if newest not in rows:
            return [], SET_ASIDE
        return [rows[year] for year in sorted(rows, reverse=True)[: self.most]], NOT_KNOWN

    def _gaps(
        self, source: Measured, points: Series, series: Mapping[SeriesKey, Series]
    ) -> Iterator[tuple[int, AnyPoint]]:
        assert self.other is not None
        others = dict(series.get((source.indicator, self.other), ()))
        return ((year, gap(point, others.get(year), self.small)) for year, point in points)


def gap(point: Point, other: Point | None, small: int) -> Gap:
    """The other group's value less this group's; national gaps likewise."""
    if other is None:
        return Gap(None, Status.NOT_IMPORTED, "")
    for one in (point, other):
        if one.cohort is not None and one.cohort < small:
            return Gap(None, Status.NOT_APPLICABLE, "too few pupils to judge")
        if one.value is None:
            return Gap(None, one.status, one.source)
    value, national, similar = point.value, point.national, point.similar
    assert value is not None
    assert other.value is not None
    return Gap(
        other.value - value,
        Status.PUBLISHED,
        point.source,
        None if national is None or other.national is None else other.national - national,
        None if similar is None or other.similar is None else other.similar - similar,
    )


def strand_reader(shop: Workshop, strand: Strand, group: str, gap_to: str | None, oldest: int) -> Reader:
    """The years of one strand for one learner group."""
    sources = tuple(Measured(shop, source.indicator, group, source) for source in strand.sources)
    small = shop.small_cohort if group != "all" else 0
    return Reader(sources, group, gap_to, small, oldest, is_strand=True)


def indicator_reader(shop: Workshop, indicator: str, group: str, gap_to: str | None, oldest: int) -> Reader:
    """The years of one indicator for one learner group."""
    small = shop.small_cohort if gap_to or group != "all" else 0
    return Reader((Measured(shop, indicator, group),), group, gap_to, small, oldest, is_strand=False)
