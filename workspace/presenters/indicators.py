"""A school's figures beside England's, and one figure across schools."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.access import SignedInRequest
from schools.choices import Comparator, Direction, ValueStatus
from schools.models import ComparatorValue, Indicator, IndicatorValue, School
from schools.querysets import SchoolQuerySet
from schools.rules.academic_years import academic_year, label
from schools.series import Point, series_for
from ui import charts
from ui.lists import Column, list_response
from workspace.filters import SchoolFilter
from workspace.presenters.school_lists import SEARCH, SEARCH_LABEL, searchable

YEARS_SHOWN = 6
WIDTH_COUNTS_AS = Decimal("0.2")  # a whole interval away from England, against a fifth of its figure
LARGE_CHARTS = 4  # "at most four small charts, chosen by significance" on the overview


@dataclass(frozen=True)
class Line:
    """One indicator of one school over the years."""

    indicator: Indicator
    points: tuple[Point, ...]

    @property
    def latest(self) -> Point | None:
        return next((point for point in reversed(self.points) if point.is_published), None)

    @property
    def difference(self) -> Decimal | None:
        """From England in the latest year both are published; positive is better where one way is better."""
        latest = self.latest
        if latest is None or latest.value is None or latest.national is None:
            return None
        gap = latest.value - latest.national
        return -gap if self.indicator.better == Direction.DOWN else gap

    @property
    def distance(self) -> Decimal:
        """From England, so that units compare: in England's own size; where there is a confidence interval, in widths
        of it. Nought where there is nothing to compare with."""
        latest, difference = self.latest, self.difference
        if latest is None or latest.national is None or difference is None:
            return Decimal(0)
        if latest.ci_low is not None and latest.ci_high is not None and latest.ci_low < latest.ci_high:
            return difference / (latest.ci_high - latest.ci_low) * WIDTH_COUNTS_AS
        return difference / max(abs(latest.national), Decimal(1))

    @property
    def chart(self) -> charts.Chart:
        return charts.trend(
            self.indicator.name,
            series=[
                charts.Series("This school", [_drawn(point) for point in self.points]),
                charts.Series("England", [_england(point) for point in self.points]),
            ],
            unit=self.indicator.unit,
            decimals=self.indicator.decimals,
        )

    @property
    def standing(self) -> str:
        """Where the school stands, in words."""
        latest = self.latest
        if latest is None:
            return "Nothing published"
        if self.difference is None or self.indicator.better == Direction.NEUTRAL:
            return ""
        if self.difference == 0:
            return "The same as England"
        return "Better than England" if self.difference > 0 else "Worse than England"


@dataclass(frozen=True)
class Stage:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class SchoolData:
    school: School
    stages: tuple[Stage, ...]

    @property
    def has_any(self) -> bool:
        return bool(self.stages)


_STAGE_TITLES = {
    "EYFS": "Early years",
    "KS1": "Key stage 1",
    "KS2": "Key stage 2",
    "KS3": "Key stage 3",
    "KS4": "Key stage 4",
    "KS5": "Key stage 5",
    "": "Whole school",
}


def lines_for(school: School, on: dt.date) -> list[Line]:
    """Every indicator with a row for the school or its predecessors in the years shown. Six queries."""
    this_year = academic_year(on)
    years = range(this_year - YEARS_SHOWN, this_year + 1)
    urns = School.objects.lineages([school])[school.urn]
    held = set(
        IndicatorValue.objects.filter(
            school__urn__in=[urns.urn, *(urn for past in urns.results for urn in past)],
            year__in=years,
            group="all",
        ).values_list("indicator__key", flat=True)
    )
    indicators = list(Indicator.objects.filter(key__in=held))
    series = series_for([school], [indicator.key for indicator in indicators], years=years)
    return [Line(indicator, _trimmed(series[school.urn, indicator.key, "all"])) for indicator in indicators]


def for_school(school: School, on: dt.date) -> SchoolData:
    lines = sorted(
        lines_for(school, on),
        key=lambda line: (list(_STAGE_TITLES).index(line.indicator.stage), line.indicator.position),
    )
    return SchoolData(
        school,
        tuple(
            Stage(_STAGE_TITLES[stage], tuple(group))
            for stage, group in groupby(lines, key=lambda line: line.indicator.stage)
        ),
    )


def standing_out(school: School, on: dt.date, most: int = LARGE_CHARTS) -> list[Line]:
    """The indicators furthest from England, worst first."""
    lines = [line for line in lines_for(school, on) if line.indicator.better != Direction.NEUTRAL]
    ranked = sorted(
        (line for line in lines if line.distance), key=lambda line: (-abs(line.distance), line.indicator.key)
    )
    return sorted(ranked[:most], key=lambda line: line.distance)


def across_schools(request: SignedInRequest, schools: SchoolQuerySet) -> HttpResponseBase:
    """One indicator and year for every school: `?indicator=key&year=2025` (starting year)."""
    held = IndicatorValue.objects.filter(school__in=schools, group="all")
    indicators = {
        row.key: row for row in Indicator.objects.filter(Exists(held.filter(indicator=OuterRef("pk"))))
    }
    indicator = indicators.get(request.GET.get("indicator", "")) or next(iter(indicators.values()), None)
    years = sorted(set(held.filter(indicator=indicator).values_list("year", flat=True)), reverse=True)
    asked = request.GET.get("year", "")
    year = next((year for year in years if str(year) == asked), max(years, default=None))
    row = held.filter(school=OuterRef("pk"), indicator=indicator, year=year or 0)
    rows = schools.annotate(
        value=Subquery(row.values("value")[:1]), value_status=Subquery(row.values("status")[:1])
    )
    heading = f"{indicator.short_name} {label(year)}" if indicator and year is not None else "Value"
    return list_response(
        request,
        queryset=searchable(rows.filter(value_status__isnull=False)).select_related("area"),
        columns=[
            Column(
                "name",
                "School",
                sort="name",
                link=lambda school: reverse("workspace:school-data", args=[school.urn]),
            ),
            Column("urn", "URN", numeric=True, sort="urn"),
            Column("phase", "Phase", value="get_phase_display", sort="phase"),
            Column("area", "Area", value="area.name", sort="area__name"),
            Column(
                "value",
                heading,
                value=lambda school: _said(school, indicator),
                export=lambda school: (
                    _said(school, indicator) if school.value is None else _exact(school.value)
                ),
                sort=F("value"),
                numeric=True,
            ),
        ],
        title="Indicators",
        filterset=SchoolFilter,
        search=SEARCH,
        search_label=SEARCH_LABEL,
        default_sort="name",
        noun=("school", "schools"),
        empty="No figures have been imported yet.",
        filename=f"indicator-{indicator.key if indicator else 'none'}-{year or ''}",
        template="workspace/indicator_list.html",
        context={
            "indicators": [
                {"value": key, "text": row.name, "selected": row == indicator}
                for key, row in indicators.items()
            ],
            "years": [{"value": str(held), "text": label(held), "selected": held == year} for held in years],
            "lead": _england_text(indicator, year),
        },
    )


def _england_text(indicator: Indicator | None, year: int | None) -> str:
    """ "In England it was 62% in 2025-26."; empty where no figure of England's is held."""
    held = ComparatorValue.objects.filter(
        indicator=indicator,
        year=year or 0,
        group="all",
        comparator=Comparator.NATIONAL,
        value__isnull=False,
    ).first()
    if held is None or held.value is None or indicator is None:
        return ""
    figure = f"{held.value:,.{indicator.decimals}f}"
    said = {"%": f"{figure}%", "£": f"£{figure}", "number": figure}.get(
        indicator.unit, f"{figure} {indicator.unit}"
    )
    return f"In England it was {said.strip()} in {label(held.year)}."


def _said(school: Any, indicator: Indicator | None) -> str:
    if school.value is None:
        return ValueStatus(school.value_status).label
    decimals = indicator.decimals if indicator else 0
    return f"{school.value:.{decimals}f}"


def _exact(value: Decimal) -> Decimal:
    """The figure without the noughts one database adds and another does not."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _trimmed(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """From the first year with a figure of the school's to the last; all of them where there is none."""
    published = [index for index, point in enumerate(points) if point.is_published]
    return points[published[0] : published[-1] + 1] if published else points


def _drawn(point: Point) -> charts.Point:
    return charts.Point(
        label(point.year),
        _figure(point.value),
        note="" if point.is_published and not point.is_provisional else point.words,
        low=_figure(point.ci_low),
        high=_figure(point.ci_high),
    )


def _england(point: Point) -> charts.Point:
    return charts.Point(
        label(point.year), _figure(point.national), "" if point.national is not None else "Not held"
    )


def _figure(value: Decimal | None) -> float | None:
    """For drawing, where exactness ends."""
    return None if value is None else float(value)
