"""A written trace read back: how each rule came out, of every format kept, and the facts a test rested on, of today's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from categorisation.schema.conditions import TREND_TESTS

from .facts import Status
from .states import NOT_KNOWN, SET_ASIDE, Seen

_RULES: Final[dict[Any, Callable[[Mapping[str, Any]], dict[str, int]]]] = {
    1: lambda trace: {key: state for key, state, _ in trace["rules"]},
}
"""How to find the rules' states, by the format of the trace. A format once kept is never taken out."""


def rule_states(trace: Mapping[str, Any]) -> dict[str, int]:
    """The state of each rule by its key. Raises ValueError for a trace of a format that was never written."""
    written = trace.get("format")
    if written not in _RULES:
        raise ValueError(f"no trace is written in format {written}")
    return _RULES[written](trace)


def facts_of(trace: Mapping[str, Any], number: int) -> Iterator[Seen]:
    """The facts of the test of that number, as it saw them, values as text.

    The reference is there where it is a dated threshold; any other is in the framework version, or stands beside the
    figure in the series.
    """
    test = trace["tests"][number]
    if isinstance(test[0], int):
        yield from _of_series(trace["series"][test[0]], *test[1:])
    elif test[0] == "inspection":
        yield next(Seen(*one) for one in trace["tests"] if one[:2] == ["inspection", "latest"])
    else:
        yield Seen(*test)


def _of_series(series: list[Any], name: str, state: int, years: list[Any] | None = None) -> Iterator[Seen]:
    today, group, *rows = series
    if years is None:
        status = Status.NOT_PRODUCED if state == SET_ASIDE else Status.NOT_IMPORTED
        yield Seen("indicator", today, group, None, None, status, "", name, None, state)
        return
    if name in TREND_TESTS:  # a trend keeps to one indicator
        today = rows[0][0]
        rows = [row for row in rows if row[0] == today]
    for row, given in zip(rows, years, strict=False):
        indicator, year, value, status, source, *_ = row
        if given == [SET_ASIDE]:  # no floor that year
            continue
        at, reference, beside = _one_year(given)
        yield Seen("indicator", indicator, group, year, value, status, source, name, reference, at)
        yield from (Seen(*one) for one in beside)
    if len(years) > len(rows):
        yield Seen("indicator", today, group, None, None, Status.NOT_IMPORTED, "", name, None, NOT_KNOWN)


def _one_year(given: Any) -> tuple[int, Any, list[list[Any]]]:
    """The state of the figure itself, the threshold, and what was asked beside it."""
    if isinstance(given, int):
        return given, None, []
    if len(given) == 2:
        return given[0], given[1], []
    return given[1], given[2], given[3]
