"""What of a changed suggestion is an early warning (L-102, L-103). Pure: traces in, an answer out.

A trace is what `Outcome.to_json` gives: rules are [key, state, [numbers of tests]].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from categorisation.engine import facts_of
from categorisation.engine.states import MET, NAMES, NOT_KNOWN

Trace = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a suggestion stands: ranks on record (None: not placed) and at most, and the locked floor."""

    on_record: int | None
    high: int
    locked_floor: int | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule whose answer changed: states are met, not_met, not_known or set_aside."""

    key: str
    before: str
    after: str


def is_warning(before: Stand, after: Stand, *, lapsed: bool) -> bool:
    """Whether people must hear of the change.

    They must when the level on record or the locked floor moves, or when new facts let the school reach further.
    What merely narrows the range is the effect of somebody's own answer, and what has only gone stale (`lapsed`) is a
    reminder to ask again: neither says anything new of the school.
    """
    if (before.on_record, before.locked_floor) != (after.on_record, after.locked_floor):
        return True
    return after.high > before.high and not lapsed


def rules_changed(before: Trace, after: Trace) -> tuple[RuleChange, ...]:
    """The rules whose answer differs, in the order of the document."""
    was = {key: state for key, state, _ in before["rules"]}
    return tuple(
        RuleChange(key, NAMES[was[key]], NAMES[state])
        for key, state, _ in after["rules"]
        if key in was and was[key] != state
    )


def has_only_lapsed(before: Trace, after: Trace) -> bool:
    """Whether every rule that changed did so because something is no longer known, and nothing new was learnt."""
    was = {key: (state, _seen(before, numbers)) for key, state, numbers in before["rules"]}
    changed = [
        (state, _seen(after, numbers) - was[key][1])
        for key, state, numbers in after["rules"]
        if key in was and was[key][0] != state
    ]
    return bool(changed) and all(
        state == NOT_KNOWN and all(new[-1] == NOT_KNOWN for new in news) for state, news in changed
    )


def _seen(trace: Trace, numbers: Sequence[int]) -> set[tuple[Any, ...]]:
    """Each fact as kind, name, group, year and state."""
    return {(*one[:4], one.state) for number in numbers for one in facts_of(trace, number)}


def merged(first: Sequence[RuleChange], then: Sequence[RuleChange]) -> tuple[RuleChange, ...]:
    """Two changes, one after the other, as one: a rule that came back to where it was has not changed."""
    began = {change.key: change.before for change in (*then, *first)}
    ended = {change.key: change.after for change in (*first, *then)}
    return tuple(RuleChange(key, began[key], after) for key, after in ended.items() if began[key] != after)


def flags_met(trace: Trace, keys: frozenset[str]) -> tuple[str, ...]:
    """Those of the rules that are met, in the order of the document."""
    return tuple(key for key, state, _ in trace["rules"] if key in keys and state == MET)
