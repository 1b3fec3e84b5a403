"""Indicators over years for schools: every year asked for, what was published or why nothing was, and England beside it.

Trends do not break when a school becomes an academy: years a school has no result of its own for are its
predecessor's, and each point says whose it is. Inspections are not read here: a category of concern never passes on.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from schools.choices import Comparator, SchoolPhase, ValueStatus
from schools.models import ComparatorValue, Indicator, IndicatorValue, School
from schools.rules.lineage import Lineage
from schools.rules.standing import Standing, standing

# Besides ValueStatus, why there is no value
NOT_IMPORTED = "not_imported"
SEVERAL = "several_predecessors"

_WORDS = {
    **{status.value: status.label for status in ValueStatus},
    NOT_IMPORTED: "Not imported",
    SEVERAL: "Several schools became this one, each with its own figure",
}

Key = tuple[int, str, str]  # URN, indicator, learner group


@dataclass(frozen=True, slots=True)
class Point:
    """One academic year (starting year) of one indicator, school and group.

    `value` is there exactly when `status` is "published"; `words` say the status for people. `urn` is the school the
    figure is of: this one, or a predecessor; none where there is no row. `national` and `similar` are what to hold it
    against, where published. `source` is the file's name, and says so when the file is provisional.
    """

    year: int
    value: Decimal | None
    status: str
    words: str
    urn: int | None = None
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None
    cohort: int | None = None
    national: Decimal | None = None
    similar: Decimal | None = None
    source: str = ""
    source_row: int | None = None
    recorded_at: dt.datetime | None = None
    is_provisional: bool = False

    @property
    def is_published(self) -> bool:
        return self.status == ValueStatus.PUBLISHED


class _Row(NamedTuple):
    urn: int
    indicator: str
    group: str
    year: int
    value: Decimal | None
    status: str
    ci_low: Decimal | None
    ci_high: Decimal | None
    cohort: int | None
    source: str | None
    kind: str | None
    source_row: int | None
    recorded_at: dt.datetime


def series_for(
    schools: Collection[School],
    indicator_keys: Collection[str],
    groups: Collection[str] = ("all",),
    years: Iterable[int] = (),
) -> dict[Key, tuple[Point, ...]]:
    """(URN, indicator, group) -> one point for each of the years, in order: four queries for any number of schools.

    Meant for pages and batches of some thousand schools; more are asked for in turns. Raises ValueError for an
    indicator that does not exist.
    """
    span = sorted(set(years))
    indicators = {row.key: row for row in Indicator.objects.filter(key__in=indicator_keys)}
    unknown = [key for key in indicator_keys if key not in indicators]
    if unknown:
        raise ValueError(f"“{unknown[0]}” is not an indicator.")
    lines = School.objects.lineages(schools)
    rows = _rows(lines.values(), indicator_keys, groups, span)
    beside = _comparators(schools, indicator_keys, groups, span)
    result: dict[Key, tuple[Point, ...]] = {}
    for school in schools:
        line = lines[school.urn]
        for key in indicator_keys:
            for group in groups:
                result[school.urn, key, group] = tuple(
                    _point(school, line, indicators[key], group, year, rows, beside) for year in span
                )
    return result


def _rows(
    lines: Iterable[Lineage],
    indicator_keys: Collection[str],
    groups: Collection[str],
    years: Collection[int],
) -> Mapping[tuple[int, str, str, int], _Row]:
    urns = {urn for line in lines for urn in (line.urn, *(u for past in line.results for u in past))}
    found = IndicatorValue.objects.filter(
        school__urn__in=urns, indicator__key__in=indicator_keys, group__in=groups, year__in=years
    ).values_list(
        "school__urn",
        "indicator__key",
        "group",
        "year",
        "value",
        "status",
        "ci_low",
        "ci_high",
        "cohort",
        "source__name",
        "source__kind",
        "source_row",
        "recorded_at",
    )
    return {(row[0], row[1], row[2], row[3]): _Row(*row) for row in found}


def _comparators(
    schools: Collection[School],
    indicator_keys: Collection[str],
    groups: Collection[str],
    years: Collection[int],
) -> Mapping[tuple[str, str, int], Mapping[tuple[str, int | None], Decimal]]:
    """(indicator, group, year) -> (comparator, URN for similar schools) -> value."""
    found: defaultdict[tuple[str, str, int], dict[tuple[str, int | None], Decimal]] = defaultdict(dict)
    rows = ComparatorValue.objects.filter(
        Q(comparator__startswith="national")
        | Q(comparator=Comparator.SIMILAR, school_id__in=[school.pk for school in schools]),
        indicator__key__in=indicator_keys,
        group__in=groups,
        year__in=years,
    ).values_list("indicator__key", "group", "year", "comparator", "school__urn", "value")
    for key, group, year, comparator, urn, value in rows:
        if value is not None:
            found[key, group, year][comparator, urn] = value
    return found


def _point(
    school: School,
    line: Lineage,
    indicator: Indicator,
    group: str,
    year: int,
    rows: Mapping[tuple[int, str, str, int], _Row],
    beside: Mapping[tuple[str, str, int], Mapping[tuple[str, int | None], Decimal]],
) -> Point:
    held_against = beside.get((indicator.key, group, year), {})
    national = _national(school, held_against)
    similar = held_against.get((Comparator.SIMILAR, school.urn))
    row, status = _row_of(line, indicator, group, year, rows)
    if row is None:
        return Point(year, None, status, _WORDS[status], national=national, similar=similar)
    is_provisional = standing(row.kind) == Standing.PROVISIONAL
    return Point(
        year=year,
        value=row.value,
        status=row.status,
        words="Provisional" if is_provisional and row.value is not None else _WORDS[row.status],
        urn=row.urn,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        cohort=row.cohort,
        national=national,
        similar=similar,
        source=f"{row.source} (provisional)" if is_provisional else row.source or "",
        source_row=row.source_row,
        recorded_at=row.recorded_at,
        is_provisional=is_provisional,
    )


def _row_of(
    line: Lineage,
    indicator: Indicator,
    group: str,
    year: int,
    rows: Mapping[tuple[int, str, str, int], _Row],
) -> tuple[_Row | None, str]:
    """The nearest published row in the school's line, else its own, else its nearest predecessor's; or why none."""
    unpublished: _Row | None = None
    for generation in ((line.urn,), *line.results):
        held = [row for urn in generation if (row := rows.get((urn, indicator.key, group, year)))]
        published = [row for row in held if row.status == ValueStatus.PUBLISHED]
        if len(published) > 1:
            return None, SEVERAL
        if published:
            return published[0], ValueStatus.PUBLISHED
        if held and unpublished is None:
            unpublished = held[0]
    if unpublished is not None:
        return unpublished, unpublished.status
    return None, NOT_IMPORTED if indicator.produced_in(year) else ValueStatus.NOT_PRODUCED


def national_kinds(school: School) -> tuple[str, ...]:
    """Which of England's figures a school is held against: those for its kind where there are any, else England's."""
    if school.is_special:
        return Comparator.NATIONAL_SPECIAL.value, Comparator.NATIONAL.value
    if school.phase in (SchoolPhase.NURSERY, SchoolPhase.PRIMARY, SchoolPhase.MIDDLE_DEEMED_PRIMARY):
        return Comparator.NATIONAL_PRIMARY.value, Comparator.NATIONAL.value
    if school.phase in (SchoolPhase.SECONDARY, SchoolPhase.MIDDLE_DEEMED_SECONDARY):
        return Comparator.NATIONAL_SECONDARY.value, Comparator.NATIONAL.value
    return (Comparator.NATIONAL.value,)


def _national(school: School, held_against: Mapping[tuple[str, int | None], Decimal]) -> Decimal | None:
    return next(
        (held_against[kind, None] for kind in national_kinds(school) if (kind, None) in held_against),
        None,
    )
