"""The grid: each area's level on what is recorded, and the range it could still be in."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from json.encoder import encode_basestring_ascii as quoted
from operator import itemgetter
from typing import Any, Final, NamedTuple

from categorisation.schema.conditions import AreaCondition
from categorisation.schema.document import Area

from .conditions import Node
from .facts import SchoolFacts, Status
from .run import MOST_KEPT, Answer, Ask, Run
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE, Seen
from .written import seen_json


class AreaView(NamedTuple):
    """One area of one school. ``on_record`` None: what is recorded does not show any level yet."""

    key: str
    on_record: int | None
    low: int
    high: int
    set_aside: bool
    by: str
    source: str
    seen: tuple[Seen, ...]


AreaReader = Callable[[Run], AreaView]


class BaseView(NamedTuple):
    """The level before rules raise it: on record (0: no area is placed yet), and the range it could be in."""

    on_record: int
    low: int
    high: int


def highest(views: Iterable[AreaView]) -> BaseView:
    """The highest of the areas. One that is set aside is at 1 to 1, which raises nothing."""
    recorded = low = high = 0
    for view in views:
        recorded = max(recorded, view.on_record or 0)
        low = max(low, view.low)
        high = max(high, view.high)
    return BaseView(recorded, low, high)


def best_fit(views: Iterable[AreaView]) -> BaseView:
    """The lowest level that more than half of the areas are at or below: the median, an even split going up.

    On record an area not yet known counts at its lowest, as in the range: left out, it could lower the level on the
    day it is found to be a concern. One that is set aside has no part in it.
    """
    counted = [view for view in views if not view.set_aside]
    if not counted:
        return BaseView(0, 0, 0)
    middle = len(counted) // 2
    low = sorted(view.low for view in counted)[middle]
    placed = any(view.on_record is not None for view in counted)
    return BaseView(low if placed else 0, low, sorted(view.high for view in counted)[middle])


BASES: Final = {"highest_area": highest, "best_fit": best_fit}
"""How the areas make the base, by the kind of base. A base of gates rests on no area."""


class CompiledArea:
    """An area: the conditions of its cells by level, the highest first, or the validated grade."""

    def __init__(self, area: Area, cells: list[tuple[int, Node]], top: int) -> None:
        self.key, self.top = area.key, top
        self._cells = cells
        self._by_facts = area.assessed_by == "facts"
        self._stands_in = area.profile_if_set_aside
        self.asks = list(dict.fromkeys(ask for _, node in cells for ask in node.asks()))
        self._getter: Callable[[list[int]], Hashable] = lambda states: ()
        self._known: dict[Hashable, tuple[AreaView, str]] = {}

    def numbered(self) -> None:
        """The tests have their numbers now."""
        self._getter = states_of(self.asks)

    def place(self, run: Run) -> tuple[AreaView, str]:
        """The hot path: the view without the facts it rests on, and the same as JSON."""
        row = run.facts.profile.get(self.key)
        key = (self._getter(run.states), row and (row.in_force, row.source))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            view, asks = self._view(run)
            found = self._known[key] = (view, _area_json(view, asks))
        return found

    def __call__(self, run: Run) -> AreaView:
        view, asks = self._view(run)
        seen = [one for ask in asks for one in ask.block.seen(run, ask.place)]
        if view.by == "profile":
            seen.append(self._grade(run.facts))
        return view._replace(seen=tuple(seen))

    def _view(self, run: Run) -> tuple[AreaView, list[Ask]]:
        if not self._by_facts:
            return self._by_profile(run.facts), []
        view, asks = self._of_cells(run.states)
        return (self._by_profile(run.facts) if view.set_aside and self._stands_in else view), asks

    def _of_cells(self, states: list[int]) -> tuple[AreaView, list[Ask]]:
        """The highest level whose condition is met. The lowest has to be shown: it needs every other refuted."""
        met = possible = 0
        answered = open_ = False
        used: list[Ask] = []
        for level, node in self._cells:
            state, asks = node.answer(states)
            used += asks
            answered = answered or state != SET_ASIDE
            if state == MET:
                met = met or level
            elif state == NOT_KNOWN:
                open_ = True
                possible = possible or level
        if not answered:
            return AreaView(self.key, None, 1, 1, True, "facts", "", ()), used
        on_record = met or (None if open_ else 1)
        return AreaView(self.key, on_record, met or 1, max(met, possible, 1), False, "facts", "", ()), used

    def _by_profile(self, facts: SchoolFacts) -> AreaView:
        """The grade the adviser validated, or the authority moderated. The school's own alone does not count."""
        seen = self._grade(facts)
        if seen.value is None:
            return AreaView(self.key, None, 1, self.top, False, "profile", "", ())
        return AreaView(self.key, seen.value, seen.value, seen.value, False, "profile", seen.source, ())

    def _grade(self, facts: SchoolFacts) -> Seen:
        row = facts.profile.get(self.key)
        grade = row.in_force if row is not None else None
        if row is None or grade is None:
            return Seen("aspect", self.key, "", None, None, Status.UNKNOWN, "", "grade", None, NOT_KNOWN)
        return Seen("aspect", self.key, "", None, grade, Status.PUBLISHED, row.source, "grade", None, MET)


def states_of(asks: list[Ask]) -> Callable[[list[int]], Any]:
    """The states of some tests, taken out of all of them at once."""
    numbers = sorted({ask.number for ask in asks})
    return itemgetter(*numbers) if numbers else lambda states: ()


class AreaBlock:
    """Whether an area is at a level or above. Asked after all else, since the grid rests on other tests."""

    size = 1

    def __init__(self, condition: AreaCondition, area: CompiledArea) -> None:
        self._area, self._wanted = area, condition.at_least
        self._known: dict[AreaView, Answer] = {}

    def answer(self, run: Run) -> Answer:
        view, _ = self._area.place(run)
        found = self._known.get(view)
        if found is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            (seen,) = self.seen(run, 0)
            found = self._known[view] = ((seen.state,), seen_json(seen))
        return found

    def _state(self, view: AreaView) -> int:
        if view.set_aside:
            return SET_ASIDE
        if view.low >= self._wanted:
            return MET
        return NOT_MET if view.high < self._wanted else NOT_KNOWN

    def seen(self, run: Run, test: int) -> tuple[Seen, ...]:
        view, _ = self._area.place(run)
        status = Status.PUBLISHED if view.on_record is not None else Status.UNKNOWN
        return (
            Seen(
                "area", view.key, "", None, view.on_record, status, view.source, "at_least", self._wanted,
                self._state(view),
            ),
        )  # fmt: skip


def _area_json(view: AreaView, asks: list[Ask]) -> str:
    on_record = "null" if view.on_record is None else view.on_record
    numbers = ",".join(str(ask.number) for ask in asks)
    aside = "true" if view.set_aside else "false"
    return f'["{view.key}",{on_record},{view.low},{view.high},{aside},"{view.by}",{quoted(view.source)},[{numbers}]]'
