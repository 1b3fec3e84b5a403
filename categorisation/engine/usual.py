"""The usual school, answered by one function a series: its newest years have figures, all of today's source.

That is nine series in ten, and one function is several times as fast as asking the reader and then each test. Any other
school goes to `Reader` and the tests' own markers, which come to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from .readers import Reader, Row, gap
from .rows import RowTest
from .run import Answer, Run

Marker = Callable[[list[Row], Run], Hashable]


class Usual(NamedTuple):
    """``answer``: of all tests of a series for one school. ``marks``: of rows read by the reader; None where they are
    not the usual ones."""

    answer: Callable[[Run], Answer]
    marks: Callable[[list[Row], Run], tuple[Hashable, ...] | None]


def usual(
    reader: Reader,
    tests: list[RowTest],
    markers: list[Marker],
    *,
    known: dict[Any, Answer],
    work_out: Callable[[Any], Answer],
    unusual: Callable[[Run], Answer],
) -> Usual:
    """The two functions of a series. Answers are in `known` by their marks, or `work_out` finds them.

    Nothing of a document gets into their text but the numbers of rows and the signs of tests: constants go by name.
    """
    given: dict[str, Any] = {
        "known": known, "work_out": work_out, "unusual": unusual, "today": reader.today,
        "oldest": reader.oldest, "small": reader.small, "years": _years(reader), "gap": gap,
    }  # fmt: skip

    def names(constant: Any) -> str:
        name = f"c{len(given)}"
        given[name] = constant
        return name

    short = [test.formula(names) for test in tests]
    listed = None in short or reader.other is not None
    formulas = [
        formula or f"{names(marker)}(rows, run)" for formula, marker in zip(short, markers, strict=True)
    ]
    marks = f"({''.join(f'{formula}, ' for formula in formulas)})"
    lines = [
        "def answer(run):",
        *(f"    {line}" for line in _reading(reader, names, listed)),
        f"    marks = {marks}",
        "    return known.get(marks) or work_out(marks)",
        "def marks(rows, run):",
        *(f"    {line}" for line in _given_rows(reader.most)),
        f"    return {marks}",
    ]
    exec("\n".join(lines), given)  # noqa: S102 - made from the typed tests above, as the docstring says
    return Usual(given["answer"], given["marks"])


def _years(reader: Reader) -> frozenset[int] | None:
    """The years of today's source that no source before it covers with the same indicator; None: all."""
    years = reader.today.years
    for source in reader.sources[:-1]:
        if source.key == reader.today.key and years is not None and source.years is not None:
            years -= source.years
    return years


def _given_rows(most: int) -> Iterator[str]:
    """Lines that set years, points and values of rows already read."""
    yield f"if len(rows) != {most}: return None"
    for n in range(most):
        yield f"y{n}, p{n}, source = rows[{n}]"
        yield f"v{n} = p{n}.value"
        yield f"if v{n} is None or source is not today: return None"


def _reading(reader: Reader, names: Callable[[Any], str], listed: bool) -> Iterator[str]:
    """Lines that set years, points and values of the rows, and keep the rows for the trace: as they stand in the
    school's facts, unless a test wants them listed or they are gaps."""
    rows = range(reader.most)
    yield "series = run.series"
    others = {source.key for source in reader.sources} - {reader.today.key}
    if others:
        yield f"if {' or '.join(f'{names(key)} in series' for key in others)}: return unusual(run)"
    yield f"points = series.get({names(reader.today.key)}, ())"
    yield f"if len(points) < {reader.most}: return unusual(run)"
    yield from (f"y{n}, p{n} = points[{n}]" for n in rows)
    if reader.other is not None:
        yield f"others = series.get({names((reader.today.indicator, reader.other))}, ())"
        yield f"if len(others) < {reader.most}: return unusual(run)"
        for n in rows:
            yield f"year, other = others[{n}]"
            yield f"if year != y{n}: return unusual(run)"
            yield f"p{n} = gap(p{n}, other, small)"
    yield from (f"v{n} = p{n}.value" for n in rows)
    doubts = ["y0 < oldest", *(f"v{n} is None" for n in rows)]
    if reader.today.years is not None:
        doubts += [f"y{n} not in years" for n in rows]
    if reader.small and reader.other is None:
        doubts += [f"(p{n}.cohort is not None and p{n}.cohort < small)" for n in rows]
    yield f"if {' or '.join(doubts)}: return unusual(run)"
    if listed:
        yield f"rows = [{', '.join(f'(y{n}, p{n}, today)' for n in rows)}]"
    yield f"run.rows.append({'rows' if listed else 'points'})"
