"""Four states of a condition, as small integers: the hot path compares them, nothing else shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

SET_ASIDE: Final = -1
NOT_MET: Final = 0
NOT_KNOWN: Final = 1
MET: Final = 2

NAMES: Final = {SET_ASIDE: "set_aside", NOT_MET: "not_met", NOT_KNOWN: "not_known", MET: "met"}


class Seen(NamedTuple):
    """One fact as a condition saw it. A plain tuple in all but name: a school's trace holds about a hundred.

    ``kind``: indicator, inspection, circumstance, area, aspect, fact or confirmed. ``name``: its key. ``group``: the
    learner group, or “a to b” for a gap. ``reference``: what the value was held against, where that is one figure.
    """

    kind: str
    name: str
    group: str
    year: int | None
    value: Any
    status: str
    source: str
    test: str
    reference: Any
    state: int


Result = tuple[int, tuple[Seen, ...]]
"""The state of a condition and the facts it rests on."""


def all_of(states: Iterable[int]) -> int:
    """Every one. One that is set aside cannot be shown, so that the whole can be refuted but never met."""
    lowest = MET
    aside = False
    for state in states:
        if state == NOT_MET:
            return NOT_MET
        if state == SET_ASIDE:
            aside = True
        elif state < lowest:
            lowest = state
    return SET_ASIDE if aside else lowest


def at_least(number: int, states: Iterable[int]) -> int:
    """At least so many. Those set aside are left out; if all are, so is the whole."""
    met = unknown = counted = 0
    for state in states:
        if state != SET_ASIDE:
            counted += 1
            met += state == MET
            unknown += state == NOT_KNOWN
    if not counted:
        return SET_ASIDE
    if met >= number:
        return MET
    return NOT_KNOWN if met + unknown >= number else NOT_MET
