"""Figures as the engine wants them, for many schools at once: only what a framework asks, and only what there is.

`schools.series.series_for` gives every year of every group for a page; England has sixty million of those.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import FloatField
from django.db.models.functions import Cast

from categorisation.engine import CompiledFramework, Point, Status, academic_year
from categorisation.engine.facts import Series, SeriesKey
from schools.choices import Comparator, ValueStatus
from schools.models import ComparatorValue, ImportFile, Indicator, IndicatorValue, School
from schools.rules.lineage import Lineage
from schools.series import national_kinds

YEARS_READ = 6
"""The longest window of either policy is three years; the rest lets a measure's gaps be passed over."""

# Why a published file has no number, in the engine's fewer words
_STATUSES = {
    ValueStatus.PUBLISHED.value: Status.PUBLISHED,
    ValueStatus.SUPPRESSED.value: Status.SUPPRESSED,
    ValueStatus.NOT_APPLICABLE.value: Status.NOT_APPLICABLE,
    ValueStatus.NO_ENTRIES.value: Status.NOT_APPLICABLE,
    ValueStatus.NOT_PRODUCED.value: Status.NOT_PRODUCED,
}
_FIELDS = ("school_id", "indicator_id", "group", "year", "status", "cohort", "source_id")


class _Plain(FloatField):
    """A number as the driver gives it: Django would call a function for each of the millions of them."""

    def get_internal_type(self) -> str:
        return "PlainFloat"

    def cast_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return FloatField().cast_db_type(connection)


def _plain(name: str) -> Cast:
    return Cast(name, _Plain())


_Line = dict[int, Point]
"""Points by academic year."""

_Years = dict[int, tuple[Any, ...]]
"""Rows as read, by academic year."""

_Beside = Mapping[tuple[str, str, int], Mapping[str, Decimal]]
"""(indicator, group, year) -> which of England's figures -> value."""


class _Asked:
    """What to read, and what to say where there is no row."""

    def __init__(self, frameworks: Iterable[CompiledFramework], on: dt.date) -> None:
        self.keys = frozenset[SeriesKey]().union(*(framework.series for framework in frameworks))
        self.year = academic_year(on)
        self.years = range(self.year, self.year - YEARS_READ - 1, -1)
        found = Indicator.objects.filter(key__in={key for key, _ in self.keys})
        self.indicators = {row.key: row for row in found}
        self.names = {row.pk: row.key for row in self.indicators.values()}
        self.groups = {group for _, group in self.keys}

    def says(self, status: Status, indicator: str, group: str, year: int) -> bool:
        """Whether the want of a figure tells anything: results of the year under way are not awaited yet, few files
        break figures down by group, and before a measure began or after it ended there was no gap to speak of."""
        if status is Status.NOT_IMPORTED:
            return year < self.year and group == "all"
        if status is Status.NOT_PRODUCED:
            return year < self.year and year in self.indicators[indicator].years_not_produced
        return True

    def blank(self, beside: _Beside, kinds: tuple[str, ...]) -> dict[SeriesKey, _Line]:
        """What is said of a school without a single figure; `kinds`: which of England's figures it is held against."""
        lines: dict[SeriesKey, _Line] = {}
        for key, group in self.keys:
            indicator = self.indicators.get(key)
            if indicator is None:
                raise ValueError(f"“{key}” is not an indicator.")
            for year in self.years:
                status = Status.NOT_IMPORTED if indicator.produced_in(year) else Status.NOT_PRODUCED
                if self.says(status, key, group, year):
                    national = _national(beside.get((key, group, year)), kinds)
                    lines.setdefault((key, group), {})[year] = Point(None, status, national=national)
        return lines


class _Held:
    """What was read for some schools: rows by the school they are of, and what to hold them against."""

    def __init__(self, asked: _Asked, schools: Collection[School], lines: Iterable[Lineage]) -> None:
        self.asked = asked
        before = {urn for line in lines for past in line.results for urn in past}
        self.pks = dict(School.objects.filter(urn__in=before).values_list("urn", "pk")) if before else {}
        self.pks |= {school.urn: school.pk for school in schools}
        self.sources = dict(ImportFile.objects.values_list("pk", "name"))
        self.rows = self._rows()
        self.england = self._england()
        self.similar = self._similar()

    def _rows(self) -> Mapping[int, Mapping[SeriesKey, _Years]]:
        names, keys = self.asked.names, self.asked.keys
        found: dict[int, dict[SeriesKey, _Years]] = {pk: {} for pk in self.pks.values()}
        rows = IndicatorValue.objects.filter(
            school_id__in=found,
            indicator_id__in=names,
            # Not a list of years and groups, each of which SQLite would look up by itself
            year__range=(self.asked.years[-1], self.asked.years[0]),
        ).values_list(*_FIELDS, _plain("value"), _plain("ci_low"), _plain("ci_high"))
        for row in rows.iterator(chunk_size=5_000):
            key = (names[row[1]], row[2])
            if key in keys:
                lines = found[row[0]]
                if key in lines:
                    lines[key][row[3]] = row
                else:
                    lines[key] = {row[3]: row}
        return found

    def _england(self) -> _Beside:
        found: defaultdict[tuple[str, str, int], dict[str, Decimal]] = defaultdict(dict)
        rows = ComparatorValue.objects.filter(
            school=None, authority=None, value__isnull=False, **self._which()
        ).values_list("indicator_id", "group", "year", "comparator", _plain("value"))
        for indicator, group, year, comparator, value in rows:
            found[self.asked.names[indicator], group, year][comparator] = _decimal(value)
        return found

    def _similar(self) -> Mapping[int, Mapping[tuple[str, str, int], Decimal]]:
        found: defaultdict[int, dict[tuple[str, str, int], Decimal]] = defaultdict(dict)
        rows = ComparatorValue.objects.filter(
            comparator=Comparator.SIMILAR,
            school_id__in=self.pks.values(),
            value__isnull=False,
            **self._which(),
        ).values_list("school_id", "indicator_id", "group", "year", _plain("value"))
        for school, indicator, group, year, value in rows:
            found[school][self.asked.names[indicator], group, year] = _decimal(value)
        return found

    def _which(self) -> dict[str, Any]:
        return {
            "indicator_id__in": self.asked.names,
            "group__in": self.asked.groups,
            "year__range": (self.asked.years[-1], self.asked.years[0]),
        }

    def own(self, line: Lineage) -> Mapping[SeriesKey, Mapping[int, tuple[Any, ...] | None]]:
        """The nearest published row of each year in the school's line, else its own, else its nearest predecessor's;
        None where several became this school, each with a figure."""
        own = self.rows[self.pks[line.urn]]
        if not line.results:
            return own
        generations = [
            [self.rows[self.pks[urn]] for urn in generation if urn in self.pks]
            for generation in ((line.urn,), *line.results)
        ]
        keys = {key for generation in generations for rows in generation for key in rows}
        return {
            key: {
                year: _nearest([[rows.get(key, {}).get(year) for rows in past] for past in generations])
                for year in {year for past in generations for rows in past for year in rows.get(key, ())}
            }
            for key in keys
        }

    def point(self, row: tuple[Any, ...] | None, national: Decimal | None,
              similar: Decimal | None) -> Point:  # fmt: skip
        """A row as the engine wants it."""
        if row is None:
            return Point(None, Status.UNKNOWN, national=national, similar=similar)
        _, _, _, _, status, cohort, source, value, low, high = row
        return Point(
            None if value is None else _decimal(value),
            _STATUSES[status],
            None if low is None else _decimal(low),
            None if high is None else _decimal(high),
            national,
            similar,
            cohort,
            self.sources[source] if source else "",
        )


def _nearest(generations: list[list[tuple[Any, ...] | None]]) -> tuple[Any, ...] | None:
    """As `schools.series` reads a line: at least one row is there."""
    unpublished: tuple[Any, ...] | None = None
    for generation in generations:
        held = [row for row in generation if row is not None]
        published = [row for row in held if row[4] == ValueStatus.PUBLISHED]
        if published:
            return published[0] if len(published) == 1 else None
        unpublished = unpublished or next(iter(held), None)
    return unpublished


@lru_cache(maxsize=50_000)
def _decimal(number: float) -> Decimal:
    """Figures are kept to four places. Schools share most of them, and a cast is a tenth of a decimal's cost to read."""
    return Decimal(f"{number:.4f}")


def _national(held: Mapping[str, Decimal] | None, kinds: tuple[str, ...]) -> Decimal | None:
    return next((held[kind] for kind in kinds if kind in held), None) if held else None


def series_facts(
    schools: Collection[School], *, on: dt.date, frameworks: Iterable[CompiledFramework]
) -> dict[int, dict[SeriesKey, Series]]:
    """What the frameworks ask of each school's figures, by URN. Seven queries, whatever the number of schools.

    A year for which a school has no result of its own is its predecessor's, as in `schools.series`.
    """
    asked = _Asked(frameworks, on)
    lines = School.objects.lineages(schools)
    held = _Held(asked, schools, lines.values())
    blanks: dict[tuple[str, ...], tuple[dict[SeriesKey, _Line], dict[SeriesKey, Series]]] = {}
    nationals: dict[tuple[str, ...], dict[tuple[str, str, int], Decimal | None]] = {}
    found: dict[int, dict[SeriesKey, Series]] = {}
    for school in schools:
        kinds = national_kinds(school)
        if kinds not in blanks:
            blank = asked.blank(held.england, kinds)
            blanks[kinds] = blank, {key: tuple(line.items()) for key, line in blank.items()}
            nationals[kinds] = {at: _national(figures, kinds) for at, figures in held.england.items()}
        found[school.urn] = _of_school(
            held,
            held.own(lines[school.urn]),
            *blanks[kinds],
            nationals[kinds],
            held.similar.get(school.pk, {}),
        )
    return found


def _of_school(
    held: _Held,
    own: Mapping[SeriesKey, Mapping[int, tuple[Any, ...] | None]],
    blank: Mapping[SeriesKey, _Line],
    whole: Mapping[SeriesKey, Series],
    national: Mapping[tuple[str, str, int], Decimal | None],
    similar: Mapping[tuple[str, str, int], Decimal],
) -> dict[SeriesKey, Series]:
    series = dict(whole)
    for key, years in own.items():
        said = blank.get(key, {})
        indicator, group = key
        line: list[tuple[int, Point]] = []
        for year in held.asked.years:
            if year in years:
                at = (indicator, group, year)
                point = held.point(years[year], national.get(at), similar.get(at))
                if point.value is None and not held.asked.says(point.status, indicator, group, year):
                    continue
                line.append((year, point))
            elif year in said:
                line.append((year, said[year]))
        if line:
            series[key] = tuple(line)
    for indicator, group, year in similar:
        key = (indicator, group)
        if key in series and year not in own.get(key, {}):
            series[key] = tuple(
                (at, replace(point, similar=similar[indicator, group, year]) if at == year else point)
                for at, point in series[key]
            )
    return series
