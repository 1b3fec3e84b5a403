"""All tests of one series asked together, what they come to remembered, and the rows written for the trace."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring_ascii as quoted

from .facts import Status
from .readers import AnyPoint, Measured, Reader, Row, Rows, Shared
from .rows import Mark, RowTest, Trend
from .run import MOST_KEPT, Answer, Run
from .states import NOT_KNOWN, SET_ASIDE, Seen
from .usual import usual
from .written import decimal_json


class SeriesBlock:
    """All tests of one series."""

    def __init__(self, reader: Reader, number: int) -> None:
        self.reader, self.number = reader, number
        self._opening = f'{"," if number else ""}["{reader.today.indicator}","{reader.group}"'
        self.tests: list[RowTest] = []
        self._marks: list[Callable[[list[Row], Run], Hashable]] = []
        self._known: dict[Hashable, Answer] = {}
        self.answer: Callable[[Run], Answer]
        self._usual_marks: Callable[[list[Row], Run], tuple[Hashable, ...] | None]

    @property
    def size(self) -> int:
        return len(self.tests)

    def add(self, test: RowTest) -> None:
        """One more test, before the first school is asked."""
        self.tests.append(test)
        self._marks.append(test.marker())
        self.reader.most = max(self.reader.most, test.span)

    def ready(self) -> None:
        """All tests are in."""
        self.answer, self._usual_marks = usual(
            self.reader, self.tests, self._marks,
            known=self._known, work_out=self._work_out, unusual=self._unusual,
        )  # fmt: skip

    def _unusual(self, run: Run) -> Answer:
        rows, if_none = self.reader(run.series)
        run.rows.append(rows)
        marks: Mark = if_none
        if rows:
            marks = self._usual_marks(rows, run) or tuple([mark(rows, run) for mark in self._marks])
        return self._known.get(marks) or self._work_out(marks)

    def _work_out(self, marks: tuple[Mark, ...] | int) -> Answer:
        """The answer for marks not met before, or for a state where there is no row."""
        if isinstance(marks, int):
            states = (marks,) * self.size
            texts = [f'[{self.number},"{test.name}",{marks}]' for test in self.tests]
        else:
            states = tuple([test.state(mark) for test, mark in zip(self.tests, marks, strict=True)])
            texts = [
                f'[{self.number},"{test.name}",{state},[{",".join(_years(test, mark))}]]'
                for test, state, mark in zip(self.tests, states, marks, strict=True)
            ]
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        found = self._known[marks] = (states, ",".join(texts))
        return found

    def seen(self, run: Run, test: int) -> tuple[Seen, ...]:
        asked, reader = self.tests[test], self.reader
        rows, if_none = reader(run.series)
        first = reader.sources[-1].indicator
        if not rows:
            return (nothing(first, reader.group, asked.name, if_none),)
        found = asked.seen(rows, run)
        if isinstance(asked, Trend):
            first, counted = rows[0][2].indicator, len(found)
        else:
            counted = len(rows[: asked.span])
        if counted < asked.span:
            found.append(nothing(first, reader.group, asked.name, NOT_KNOWN))
        return tuple(found)

    def write(self, rows: Rows, texts: list[str]) -> None:
        """Adds the rows as JSON, after the indicator of today and the group: indicator, year, value, status, source,
        and what is published nationally and of similar schools."""
        texts.append(self._opening)
        if isinstance(rows, list):
            texts += [_row(source, year, point) for year, point, source in rows]
        else:
            today = self.reader.today
            texts += [_row(today, year, point) for year, point in rows[: self.reader.most]]
        texts.append("]")


def _row(source: Measured, year: int, point: AnyPoint) -> str:
    value, national, similar = point.value, point.national, point.similar
    if value is None:
        return _row_json(source.opening, year, point)
    found = source.shared.get(year)
    if found is None or found[0] is not national or found[1] is not point.source:
        found = source.shared[year] = _shared(source.opening, year, point.source, national)
    _, _, before, after = found
    return f"{before}{value!s}{after}null]" if similar is None else f'{before}{value!s}{after}"{similar!s}"]'


def _shared(opening: str, year: int, source: str, national: Decimal | None) -> Shared:
    return Shared(
        national, source, f'{opening}{year},"', f'","published",{quoted(source)},{decimal_json(national)},'
    )


def _row_json(opening: str, year: int, point: AnyPoint) -> str:
    return (
        f'{opening}{year},{decimal_json(point.value)},"{point.status}",{quoted(point.source)},'
        f"{decimal_json(point.national)},{decimal_json(point.similar)}]"
    )


def _years(test: RowTest, mark: Mark) -> list[str]:
    """What each row came to, and one more that is not known where rows are lacking."""
    years = test.years_json(mark)
    return years if len(years) == test.span else [*years, str(NOT_KNOWN)]


@cache
def nothing(name: str, group: str, test: str, state: int) -> Seen:
    """The evidence where there is no row: not imported, or not produced in any year."""
    status = Status.NOT_PRODUCED if state == SET_ASIDE else Status.NOT_IMPORTED
    return Seen("indicator", name, group, None, None, status, "", test, None, state)
