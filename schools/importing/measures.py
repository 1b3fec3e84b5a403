"""Rows of results, absence and census into values: which column holds which part of which indicator is in the layout."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from schools.choices import Comparator, ValueStatus
from schools.importing import values
from schools.importing.layouts import Header, Layout, Unrecognised
from schools.importing.reading import Row
from schools.importing.records import ComparatorValues, Problem, Record, SchoolValues, Value
from schools.rules import academic_years

_BOUNDS: Mapping[str, tuple[Decimal | None, Decimal | None]] = {
    "percent": (Decimal(0), Decimal(100)),
    "scaled_score": (Decimal(0), Decimal(200)),
    "points": (Decimal(0), Decimal(200)),
    "progress": (Decimal(-100), Decimal(100)),
    "count": (Decimal(0), Decimal(100_000_000)),
    "signed": (Decimal(-100_000_000), Decimal(100_000_000)),
}
_CODE = 3  # digits of an authority's number


@dataclass(frozen=True, slots=True)
class _Column:
    """One indicator for one group: positions of its parts in a row."""

    indicator: str
    group: str
    low_bound: Decimal | None
    high_bound: Decimal | None
    value: int
    low: int | None
    high: int | None
    cohort: int | None
    whole: int | None  # the value is a part of this, as a percentage
    signed: bool  # that part may be below nought, or more than the whole
    national: bool


class Measures:
    """A layout bound to the header of one file and its year. `parse` is called row by row, in order."""

    def __init__(
        self, layout: Layout, header: Header, year: int, not_produced: Callable[[str, int], bool]
    ) -> None:
        detail = layout.detail
        self._header = header
        self._year = year
        self._not_produced = not_produced
        self._urn = header.position(detail["school"]["urn"])
        self._authority = header.position(detail["school"].get("authority", ()))
        rows = detail.get("rows", {})
        self._record_type = header.position(rows.get("column", ()))
        self._school_types = frozenset(rows.get("school", ()))
        self._authority_types = frozenset(rows.get("authority", ()))
        self._national_types = {code: place for place, code in enumerate(rows.get("national", ()))}
        self._national = detail.get("national")
        self._new_school = header.position(detail.get("new_school", ()))
        self._columns = tuple(self._bind(detail))
        self._seen: dict[int, int] = {}
        self.problems: list[Problem] = []
        if not self._columns:
            raise Unrecognised(
                f"This looks like {layout.name}, but it has none of the columns imported for {academic_years.label(year)}. "
                "Check that the year is right."
            )

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """(indicator, group) pairs the file has columns for."""
        return frozenset((column.indicator, column.group) for column in self._columns)

    def parse(self, row: Row) -> Record | None:
        """The record a row holds; None when it holds none (blank, or refused with a problem)."""
        cells = row.cells
        kind = self._text(cells, self._record_type)
        if self._national:
            part = self._national_part(cells)
            if part:
                return ComparatorValues(row.number, part, "", list(self._values(row, national=True)))
        elif kind in self._national_types:
            return ComparatorValues(
                row.number,
                Comparator.NATIONAL,
                "",
                list(self._values(row, national=True)),
                self._national_types[kind],
            )
        elif kind in self._authority_types:
            code = self._code(cells)
            return ComparatorValues(
                row.number, Comparator.AUTHORITY, code, list(self._values(row, national=True))
            )
        if kind and kind not in self._school_types:
            column = self._header.name(self._record_type or 0)
            self._refuse(row.number, column, kind, "this kind of row is not known, so it was left out")
            return None
        return self._school(row)

    def _school(self, row: Row) -> SchoolValues | None:
        text = self._text(row.cells, self._urn)
        try:
            urn = values.urn(text)
        except values.BadCell as error:
            self._refuse(
                row.number, self._header.name(self._urn or 0), text, f"{error}; the row was left out"
            )
            return None
        if urn in self._seen:
            message = f"this school is in the file twice; its first row is {self._seen[urn]}, and this one was left out"
            self._refuse(row.number, self._header.name(self._urn or 0), text, message)
            return None
        self._seen[urn] = row.number
        return SchoolValues(row.number, urn, self._code(row.cells), list(self._values(row)))

    def _values(self, row: Row, national: bool = False) -> Iterator[Value]:
        new = self._text(row.cells, self._new_school).upper() == "NEW"
        for column in self._columns:
            if national and not column.national:
                continue
            value = self._value(row, column)
            if value is None:
                continue
            if value.blank and new:
                value = value._replace(status=ValueStatus.NEW_SCHOOL, blank=False)
            if value.status in (ValueStatus.NOT_PUBLISHED, ValueStatus.NOT_APPLICABLE) and self._not_produced(
                column.indicator, self._year
            ):
                value = value._replace(status=ValueStatus.NOT_PRODUCED, blank=False)
            yield value

    def _value(self, row: Row, column: _Column) -> Value | None:
        reading = self._number(row, column.value, column.low_bound, column.high_bound)
        if reading is None:
            return None
        if reading.value is not None and column.whole is not None:
            reading = self._share(row, column, reading)
            if reading is None:
                return None
        cohort = self._count(row, column.cohort)
        if reading.value is None:
            return Value(
                column.indicator, column.group, None, reading.status, cohort=cohort, blank=reading.blank
            )
        low = self._limit(row, column.low)
        high = self._limit(row, column.high)
        if low is not None and high is not None and low > high:
            self._refuse(
                row.number,
                self._header.name(column.low or 0),
                f"{low:f}",
                f"the lower limit is above the upper limit ({high:f}); the value was kept without its interval",
            )
            low = high = None
        return Value(column.indicator, column.group, reading.value, reading.status, low, high, cohort)

    def _share(self, row: Row, column: _Column, part: values.Reading) -> values.Reading | None:
        whole = self._number(row, column.whole, Decimal(0), None)
        if whole is None:
            return None
        if not whole.value:
            return replace(values.BLANK, status=whole.status) if whole.value is None else values.BLANK
        assert part.value is not None
        share = (part.value * 100 / whole.value).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
        if share > 100 and not column.signed:
            message = (
                f"more pupils than the {whole.value.normalize():f} in {self._header.name(column.whole or 0)}"
            )
            self._refuse(row.number, self._header.name(column.value), f"{part.value.normalize():f}", message)
            return None
        return values.Reading(share.quantize(values.PLACES), ValueStatus.PUBLISHED)

    # --- cells

    def _number(
        self, row: Row, position: int | None, low: Decimal | None, high: Decimal | None
    ) -> values.Reading | None:
        text = self._text(row.cells, position)
        try:
            return values.number(text, low, high)
        except values.BadCell as error:
            self._refuse(
                row.number, self._header.name(position or 0), text, f"{error}; this value was left out"
            )
            return None

    def _limit(self, row: Row, position: int | None) -> Decimal | None:
        if position is None:
            return None
        reading = self._number(row, position, None, None)
        return reading.value if reading else None

    def _count(self, row: Row, position: int | None) -> int | None:
        text = self._text(row.cells, position)
        try:
            return values.whole(text)
        except values.BadCell as error:
            self._refuse(
                row.number,
                self._header.name(position or 0),
                text,
                f"{error}; the number of pupils was left out",
            )
            return None

    def _national_part(self, cells: list[str]) -> str | None:
        assert self._national is not None
        for column in self._national["columns"]:
            position = self._header.position([column])
            if self._text(cells, position).upper() == self._national["marker"]:
                kind = self._text(cells, self._header.position(self._national["kind"])).upper()
                return str(self._national["kinds"].get(kind, Comparator.NATIONAL))
        return None

    def _code(self, cells: list[str]) -> str:
        code = self._text(cells, self._authority).removesuffix(".0")
        return code.zfill(_CODE) if code.isdigit() else ""

    @staticmethod
    def _text(cells: list[str], position: int | None) -> str:
        """Rows may be shorter than the header: trailing empty cells were dropped."""
        return cells[position].strip() if position is not None and position < len(cells) else ""

    def _refuse(self, row: int, column: str, value: str, message: str) -> None:
        self.problems.append(Problem(row, column, value[:80], message))

    # --- binding

    def _bind(self, detail: Mapping[str, Any]) -> Iterator[_Column]:
        wrong_year: list[str] = []
        bound: list[_Column] = []
        for measure in detail["measures"]:
            first, last = measure.get("years", (None, None))
            columns = list(self._columns_of(measure, detail))
            if (first is not None and self._year < first) or (last is not None and self._year > last):
                wrong_year += [self._header.name(column.value) for column in columns]
                continue
            bound += columns
        if wrong_year and not any(column.indicator == "abs_persistent" for column in bound):
            raise Unrecognised(
                f"The column {wrong_year[0]} does not belong to {academic_years.label(self._year)}: the definition behind it was "
                "in use in other years. Check the year of this file."
            )
        yield from bound

    def _columns_of(self, measure: Mapping[str, Any], detail: Mapping[str, Any]) -> Iterator[_Column]:
        low_bound, high_bound = _BOUNDS[measure["type"]]
        signed = measure["type"] == "signed"
        if measure.get("part") and not signed:
            low_bound, high_bound = Decimal(0), None
        cohorts: Mapping[str, list[str]] = detail.get("cohorts", {})
        for group, spellings in _spellings(measure, detail):
            position = self._header.position(spellings["value"])
            if position is None:
                continue
            whole = self._header.position(spellings["whole"])
            if measure.get("part") and whole is None:
                continue
            yield _Column(
                indicator=measure["indicator"],
                group=group,
                low_bound=low_bound,
                high_bound=high_bound,
                value=position,
                low=self._header.position(spellings["low"]),
                high=self._header.position(spellings["high"]),
                cohort=self._header.position(spellings["cohort"] or cohorts.get(group, [])),
                whole=whole,
                signed=signed,
                national=measure.get("national", True),
            )


def _spellings(
    measure: Mapping[str, Any], detail: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """(group, spellings of each part) of a measure: from a pattern with {g}, a table by group, or part and whole."""
    if "part" in measure:
        yield "all", {"value": [measure["part"]], "whole": [measure["whole"]], **_others(measure, "")}
    elif "columns" in measure:
        for group, spelling in measure["columns"].items():
            named = [spelling] if isinstance(spelling, str) else list(spelling)
            yield group, {"value": named, "whole": [], **_others(measure, "")}
    else:
        for group, suffix in detail["suffixes"].items():
            yield (
                group,
                {"value": [measure["value"].format(g=suffix)], "whole": [], **_others(measure, suffix)},
            )


def _others(measure: Mapping[str, Any], suffix: str) -> dict[str, list[str]]:
    return {
        part: [measure[part].format(g=suffix)] if measure.get(part) else []
        for part in ("low", "high", "cohort")
    }
