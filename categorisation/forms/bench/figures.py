"""Results by year in boxes: a value, or why there is none; what it is held against; its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from categorisation.engine import Point, SchoolFacts, Series, Status, series
from categorisation.engine.wording import GROUPS, academic_year_name, amount
from categorisation.schema.document import IndicatorDefinition

_COLUMNS = {
    "value": "Value",
    "national": "National",
    "similar": "Similar schools",
    "ci_low": "Interval from",
    "ci_high": "Interval to",
}
WITHOUT_VALUE = {
    "": "Not known",
    Status.SUPPRESSED: "Suppressed by the publisher",
    Status.NOT_APPLICABLE: "Does not apply",
    Status.NOT_PRODUCED: "Not produced nationally",
    Status.NOT_IMPORTED: "Not imported",
}
_Figures = Mapping[tuple[str, str], list[int]]


@dataclass(frozen=True)
class Row:
    """One year of a figure: its name, a box for each column, and why there is no value."""

    year: str
    boxes: tuple[BoundField, ...]
    why_not: BoundField


@dataclass(frozen=True)
class Figure:
    """One indicator of one group of pupils. `now` says in words what is given."""

    title: str
    now: str
    rows: tuple[Row, ...]

    @property
    def has_errors(self) -> bool:
        return any(box.errors for row in self.rows for box in (*row.boxes, row.why_not))


class Figures:
    """The boxes of these figures and years, filled from the facts."""

    columns = (*_COLUMNS.values(), "If there is no value")

    def __init__(
        self, facts: SchoolFacts, shown: _Figures, definitions: Mapping[str, IndicatorDefinition]
    ) -> None:
        self._facts, self._shown, self._definitions = facts, shown, definitions
        self.fields: dict[str, forms.Field] = {}
        for key, years in shown.items():
            held = dict(facts.series.get(key, ()))
            for year in years:
                self._add(key, year, held.get(year))

    def _add(self, key: tuple[str, str], year: int, point: Point | None) -> None:
        name, told = _name(key, year), f"{self._title(key)}, {academic_year_name(year)}"
        for column, heading in _COLUMNS.items():
            field = forms.DecimalField(
                label=f"{told}: {heading.lower()}",
                required=False,
                max_digits=12,
                decimal_places=6,
                initial=None if point is None else _plain(getattr(point, column)),
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
            self.fields[f"{name}-{column}"] = field
        status = "" if point is None or point.status in (Status.PUBLISHED, Status.UNKNOWN) else point.status
        self.fields[f"{name}-status"] = forms.ChoiceField(
            label=f"{told}: if there is no value",
            required=False,
            choices=list(WITHOUT_VALUE.items()),
            initial=str(status),
        )

    def _title(self, key: tuple[str, str]) -> str:
        indicator, group = key
        who = GROUPS.get(group, group)
        return f"{self._definitions[indicator].title}{f' ({who})' if who else ''}"

    def read(self, form: forms.Form) -> dict[tuple[str, str], Series]:
        """The series as the form has them; what it does not show stays as it was."""
        found = dict(self._facts.series)
        for key, years in self._shown.items():
            points = dict(found.get(key, ()))
            for year in years:
                self._read(form, key, year, points)
            found[key] = series(points)
        return {key: points for key, points in found.items() if points}

    def _read(self, form: forms.Form, key: tuple[str, str], year: int, points: dict[int, Point]) -> None:
        name = _name(key, year)
        names = [f"{name}-{column}" for column in (*_COLUMNS, "status")]
        if not all(each in form.data and each in form.cleaned_data for each in names):
            return
        given: dict[str, Any] = {column: form.cleaned_data[f"{name}-{column}"] for column in _COLUMNS}
        status = form.cleaned_data[f"{name}-status"]
        if given["value"] is not None and status:
            form.add_error(
                f"{name}-status",
                f"{self._title(key)}, {academic_year_name(year)}: give a value or why there is none",
            )
            return
        was = points.get(year)
        if was is not None and _is(was, given, status):
            return
        if given["value"] is None and not status:
            points.pop(year, None)
            return
        kept = was or Point(None, Status.UNKNOWN)
        points[year] = Point(
            **given,
            status=Status(status or Status.PUBLISHED),
            cohort=kept.cohort,
            source=kept.source if was is not None and was.value == given["value"] else "",
        )

    def shown(self, form: forms.Form) -> tuple[Figure, ...]:
        return tuple(
            Figure(
                self._title(key),
                self._now(key, years),
                tuple(
                    Row(
                        academic_year_name(year),
                        tuple(form[f"{_name(key, year)}-{column}"] for column in _COLUMNS),
                        form[f"{_name(key, year)}-status"],
                    )
                    for year in years
                ),
            )
            for key, years in self._shown.items()
        )

    def _now(self, key: tuple[str, str], years: list[int]) -> str:
        """ "57% in 2025-26; 60% in 2024-25"; without any value why there is none in the latest year."""
        unit = self._definitions[key[0]].unit
        held = [(year, point) for year, point in self._facts.series.get(key, ()) if year in years]
        values = [(year, point.value) for year, point in held if point.value is not None]
        if values:
            return "; ".join(
                f"{amount(value, unit)} in {academic_year_name(year)}" for year, value in values[:3]
            )
        return WITHOUT_VALUE.get(held[0][1].status, "Not known") if held else "Not known"


def _is(point: Point, given: Mapping[str, Any], status: str) -> bool:
    """Whether the boxes say what is held already."""
    same = all(getattr(point, column) == given[column] for column in _COLUMNS)
    return same and (point.value is not None or point.status == (status or Status.UNKNOWN))


def _name(key: tuple[str, str], year: int) -> str:
    return f"figure-{key[0]}-{key[1]}-{year}"


def _plain(value: Decimal | None) -> str | None:
    """Without an exponent or zeros that say nothing."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
