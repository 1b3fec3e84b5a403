"""The grid: each area's level on what is recorded, and the range it could still be in."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

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
