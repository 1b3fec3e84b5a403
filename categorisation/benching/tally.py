"""Counting what a changed document would do to many schools. Pure: memory does not grow with their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from categorisation.benching.changes import Cause, Direction, Ranks

MOVED: Final[tuple[Direction, ...]] = ("up", "down", "placed", "unplaced")
"""Directions in which the level on record itself changes; the others change the range alone."""


class Tally:
    """Adds up schools one by one; `counts` is JSON.

    `tried` and `moved`: schools in all, and those whose level on record changes. `directions`: schools by direction.
    `moves`: `[from, to, schools]`, a rank or null. `phases` and `areas`: `[key, tried, moved, range alone]`, an area's
    key being its primary key or null. `rules`: `[name of the cause, title, became, schools]`, the one that moves most first.
    """

    def __init__(self) -> None:
        self._tried: Counter[tuple[str, Any]] = Counter()
        self._moved: Counter[tuple[str, Any]] = Counter()
        self._ranged: Counter[tuple[str, Any]] = Counter()
        self._directions: Counter[str] = Counter()
        self._moves: Counter[tuple[int | None, int | None]] = Counter()
        self._rules: Counter[tuple[str, str, str]] = Counter()

    def add(
        self,
        *,
        phase: int,
        area: int | None,
        moves: Direction,
        before: Ranks,
        after: Ranks,
        causes: Iterable[Cause],
    ) -> None:
        places = (("all", None), ("phase", phase), ("area", area))
        self._tried.update(places)
        if not moves:
            return
        self._directions[moves] += 1
        self._rules.update({(cause.name, cause.title, cause.became) for cause in causes})
        if moves in MOVED:
            self._moved.update(places)
            self._moves[before.on_record, after.on_record] += 1
        else:
            self._ranged.update(places)

    @property
    def counts(self) -> Mapping[str, Any]:
        everywhere = ("all", None)
        return {
            "tried": self._tried[everywhere],
            "moved": self._moved[everywhere],
            "directions": dict(sorted(self._directions.items())),
            "moves": [[*pair, n] for pair, n in sorted(self._moves.items(), key=_rank_order)],
            "phases": self._places("phase"),
            "areas": self._places("area"),
            "rules": [
                [*rule, n] for rule, n in sorted(self._rules.items(), key=lambda item: (-item[1], item[0]))
            ],
        }

    def _places(self, kind: str) -> list[list[Any]]:
        found = sorted(
            (key for of, key in self._tried if of == kind), key=lambda key: (key is None, key or 0)
        )
        return [
            [key, self._tried[kind, key], self._moved[kind, key], self._ranged[kind, key]] for key in found
        ]


def _rank_order(item: tuple[tuple[int | None, int | None], int]) -> tuple[int, int]:
    before, after = item[0]
    return before or 0, after or 0
