"""All tests of one series asked together, what they come to remembered, and the rows written for the trace."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache, lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from .facts import Status
from .readers import AnyPoint, Reader, Row
from .rows import Mark, RowTest, Trend
from .run import MOST_KEPT, Answer, Run
from .states import NOT_KNOWN, SET_ASIDE, Seen
from .written import decimal_json


class SeriesBlock:
    """All tests of one series."""

    def __init__(self, reader: Reader, number: int) -> None:
        self.reader, self.number = reader, number
        self._opening = f'["{reader.sources[-1].indicator}","{reader.group}"'
        self.tests: list[RowTest] = []
        self._marks: list[Callable[[list[Row], Run], Hashable]] = []
        self._quick: Callable[[list[Row], Run], tuple[Hashable, ...] | None] = lambda rows, run: None
        self._known: dict[tuple[Hashable, ...], Answer] = {}
        self._without: dict[int, Answer] = {}

    @property
    def size(self) -> int:
        return len(self.tests)

    def add(self, test: RowTest) -> None:
        """One more test, before the first school is asked."""
        self.tests.append(test)
        self._marks.append(test.marker())
        self.reader.most = max(self.reader.most, test.span)

    def answer(self, run: Run) -> Answer:
        rows, if_none = self.reader(run.series)
        run.rows.append(rows)
        if not rows:
            return self._without.get(if_none) or self._nothing(if_none)
        marks = self._quick(rows, run) or tuple([mark(rows, run) for mark in self._marks])
        return self._known.get(marks) or self._work_out(marks)

    def ready(self) -> None:
        """All tests are in: writes their formulas as one function, which is several times as fast as asking each."""
        self._quick = written_out(self.tests, self._marks, self.reader.most)

    def _nothing(self, state: int) -> Answer:
        texts = [f'[{self.number},"{test.name}",{state}]' for test in self.tests]
        found = self._without[state] = ((state,) * self.size, ",".join(texts))
        return found

    def _work_out(self, marks: tuple[Hashable, ...]) -> Answer:
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

    def written(self, rows: list[Row]) -> str:
        """The rows as JSON after the indicator of today and the group: indicator, year, value, status, source, and
        what is published nationally and of similar schools."""
        texts = [self._opening]
        for year, point, source in rows:
            value, national, similar = point.value, point.national, point.similar
            if value is not None and similar is None:
                texts.append(f'{source.opening}{year},"{value!s}"{_beside(point.source, str(national))}')
            else:
                texts.append(_row_json(source.opening, year, point))
        return "".join(texts) + "]"


@lru_cache(maxsize=MOST_KEPT)
def _beside(source: str, national: str) -> str:
    """What hundreds of schools share of a published figure: its source and England's figure, “None” without one."""
    figure = "null" if national == "None" else f'"{national}"'
    return f',"published",{quoted(source)},{figure},null]'


def _row_json(opening: str, year: int, point: AnyPoint) -> str:
    return (
        f'{opening}{year},{decimal_json(point.value)},"{point.status}",{quoted(point.source)},'
        f"{decimal_json(point.national)},{decimal_json(point.similar)}]"
    )


def _years(test: RowTest, mark: Mark) -> list[str]:
    """What each row came to, and one more that is not known where rows are lacking."""
    years = test.years_json(mark)
    return years if len(years) == test.span else [*years, str(NOT_KNOWN)]


def written_out(
    tests: list[RowTest], marks: list[Callable[[list[Row], Run], Hashable]], most: int
) -> Callable[[list[Row], Run], tuple[Hashable, ...] | None]:
    """One function of a school's rows for all tests: their marks, or None where a row is lacking or of another source.

    Nothing of a document gets into its text but the numbers of rows and the signs of tests: constants go by name.
    """
    given: dict[str, Any] = {f"mark{n}": mark for n, mark in enumerate(marks)}

    def names(constant: Any) -> str:
        given[f"c{len(given)}"] = constant
        return f"c{len(given) - 1}"

    formulas = [test.formula(names) or f"mark{n}(rows, run)" for n, test in enumerate(tests)]
    rows = range(most)
    lines = [
        "def quick(rows, run):",
        f"    if len(rows) != {most}: return None",
        f"    {''.join(f'(_, p{n}, s{n}), ' for n in rows)} = rows",
        *(f"    v{n} = p{n}.value" for n in rows),
        f"    if {' or '.join([f'v{n} is None' for n in rows] + [f's{n} is not s0' for n in rows[1:]])}: return None",
        f"    return ({''.join(f'{formula}, ' for formula in formulas)})",
    ]
    exec("\n".join(lines), given)  # noqa: S102 - made from the typed tests above, as the docstring says
    quick: Callable[[list[Row], Run], tuple[Hashable, ...] | None] = given["quick"]
    return quick


@cache
def nothing(name: str, group: str, test: str, state: int) -> Seen:
    """The evidence where there is no row: not imported, or not produced in any year."""
    status = Status.NOT_PRODUCED if state == SET_ASIDE else Status.NOT_IMPORTED
    return Seen("indicator", name, group, None, None, status, "", test, None, state)
