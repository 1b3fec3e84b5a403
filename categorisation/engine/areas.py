"""The grid: each area's level on what is recorded, and the range it could still be in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from categorisation.schema.document import Area

from .facts import Status
from .run import Node, Run, Workshop
from .states import MET, NOT_KNOWN, SET_ASIDE, Seen


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


def compile_area(shop: Workshop, area: Area, nodes: dict[int, Node], top: int) -> AreaReader:
    """How to read an area. ``nodes``: the compiled conditions of its cells, by level; ``top``: the highest rank."""
    slot = shop.slot()
    key = area.key
    ordered = sorted(nodes.items(), reverse=True)
    by_facts = area.assessed_by == "facts"
    stands_in = area.profile_if_set_aside

    def read(run: Run) -> AreaView:
        view: AreaView | None = run.memo[slot]
        if view is None:
            view = _by_facts(key, ordered, run) if by_facts else _by_profile(key, top, run, ())
            if view.set_aside and stands_in:
                view = _by_profile(key, top, run, view.seen)
            run.memo[slot] = view
        return view

    return read


def _by_facts(key: str, nodes: list[tuple[int, Node]], run: Run) -> AreaView:
    """The highest level whose condition is met. The lowest level has to be shown: it needs every other refuted."""
    met = possible = 0
    answered = open_ = False
    seen: tuple[Seen, ...] = ()
    for level, node in nodes:
        state, evidence = node.evaluate(run)
        seen += evidence
        answered = answered or state != SET_ASIDE
        if state == MET:
            met = met or level
        elif state == NOT_KNOWN:
            open_ = True
            possible = possible or level
    if not answered:
        return AreaView(key, None, 1, 1, True, "facts", "", seen)
    on_record = met or (None if open_ else 1)
    return AreaView(key, on_record, met or 1, max(met, possible, 1), False, "facts", "", seen)


def _by_profile(key: str, top: int, run: Run, before: tuple[Seen, ...]) -> AreaView:
    """The grade the adviser validated, or the authority moderated. The school's own alone does not count."""
    row = run.facts.profile.get(key)
    grade = row.in_force if row is not None else None
    if row is None or grade is None:
        seen = Seen("aspect", key, "", None, None, Status.UNKNOWN, "", "grade", None, NOT_KNOWN)
        return AreaView(key, None, 1, top, False, "profile", "", (*before, seen))
    seen = Seen("aspect", key, "", None, grade, Status.PUBLISHED, row.source, "grade", None, MET)
    return AreaView(key, grade, grade, grade, False, "profile", row.source, (*before, seen))
