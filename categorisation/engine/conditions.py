"""Compiles any condition of a document to a node."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from categorisation.schema.conditions import (
    AreaCondition,
    AspectCondition,
    CircumstanceCondition,
    Condition,
    FactCondition,
    Group,
    IndicatorCondition,
    InspectionCondition,
    MeasureCondition,
    walk,
)

from .facts import Status
from .indicators import compile_indicator
from .inspections import compile_inspection
from .measures import compile_measure
from .run import Evaluate, Node, Run, Workshop
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE, Seen, all_of, at_least

if TYPE_CHECKING:
    from .areas import AreaReader

_MOST_KEPT = 1_000

Areas = Callable[[str], "AreaReader"]
"""Finds the compiled area of a key."""


def compile_condition(shop: Workshop, condition: Condition, areas: Areas) -> Node:
    """The node of a condition. Equal conditions of a document share one node, asked once a school."""
    key = ("node", condition)
    if key not in shop.shared:
        inside = walk(condition)
        circumstances = frozenset(c.circumstance for c in inside if isinstance(c, CircumstanceCondition))
        only = all(isinstance(c, CircumstanceCondition | Group) for c in inside)
        evaluate = _evaluate(shop, condition, areas)
        if shop.asked[condition] > 1 and not isinstance(condition, CircumstanceCondition):
            evaluate = _remembered(shop.slot(), evaluate)
        shop.shared[key] = Node(evaluate, circumstances, only)
    node: Node = shop.shared[key]
    return node


def _remembered(slot: int, evaluate: Evaluate) -> Evaluate:
    """Asked once a school, however many rules ask."""

    def once(run: Run) -> tuple[int, tuple[Seen, ...]]:
        found: tuple[int, tuple[Seen, ...]] | None = run.memo[slot]
        if found is None:
            found = run.memo[slot] = evaluate(run)
        return found

    return once


def _evaluate(shop: Workshop, condition: Condition, areas: Areas) -> Evaluate:
    if isinstance(condition, Group):
        return _group(condition, [compile_condition(shop, inner, areas).evaluate for inner in condition.of])
    if isinstance(condition, IndicatorCondition):
        return compile_indicator(shop, condition)
    if isinstance(condition, MeasureCondition):
        otherwise = condition.otherwise
        return compile_measure(
            shop,
            condition,
            compile_condition(shop, otherwise, areas).evaluate if otherwise is not None else None,
        )
    if isinstance(condition, InspectionCondition):
        return compile_inspection(shop, condition)
    if isinstance(condition, CircumstanceCondition):
        return _circumstance(condition)
    if isinstance(condition, AreaCondition):
        return _area(condition, areas(condition.area))
    if isinstance(condition, AspectCondition):
        return _aspect(condition)
    return _fact(shop, condition)


def _group(group: Group, parts: list[Evaluate]) -> Evaluate:
    """Every part is asked, even when the answer is settled: the trace shows them all."""
    number = {"all": 0, "any": 1}.get(group.kind, group.number or 1)

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        states: list[int] = []
        seen: tuple[Seen, ...] = ()
        for part in parts:
            state, evidence = part(run)
            states.append(state)
            seen += evidence
        return (at_least(number, states) if number else all_of(states)), seen

    return evaluate


def _circumstance(condition: CircumstanceCondition) -> Evaluate:
    key = condition.circumstance
    silent = (
        NOT_KNOWN,
        (Seen("circumstance", key, "", None, None, Status.UNKNOWN, "", "", None, NOT_KNOWN),),
    )
    withheld: tuple[int, tuple[Seen, ...]] = (SET_ASIDE, ())
    # Hundreds of schools share the answer and its source (“Return of 3 November 2026”), so the result is kept.
    kept: dict[tuple[bool, str], tuple[int, tuple[Seen, ...]]] = {}

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        if key in run.without:
            return withheld
        answer = run.facts.circumstances.get(key)
        if answer is None or not answer.known_on(run.facts.on):
            return silent
        found = kept.get((answer.present, answer.source))
        if found is None:
            state = MET if answer.present else NOT_MET
            seen = Seen(
                "circumstance",
                key,
                "",
                None,
                answer.present,
                Status.PUBLISHED,
                answer.source,
                "",
                None,
                state,
            )
            if len(kept) > _MOST_KEPT:
                kept.clear()
            found = kept[answer.present, answer.source] = (state, (seen,))
        return found

    return evaluate


def _area(condition: AreaCondition, read: AreaReader) -> Evaluate:
    key, wanted = condition.area, condition.at_least

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        view = read(run)
        if view.set_aside:
            state = SET_ASIDE
        elif view.low >= wanted:
            state = MET
        else:
            state = NOT_MET if view.high < wanted else NOT_KNOWN
        status = Status.PUBLISHED if view.on_record is not None else Status.UNKNOWN
        seen = Seen("area", key, "", None, view.on_record, status, view.source, "at_least", wanted, state)
        return state, (seen,)

    return evaluate


def _aspect(condition: AspectCondition) -> Evaluate:
    key, wanted = condition.aspect, condition.at_least

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        row = run.facts.profile.get(key)
        grade = row.in_force if row is not None else None
        if row is None or grade is None:
            return NOT_KNOWN, (
                Seen("aspect", key, "", None, None, Status.UNKNOWN, "", "at_least", wanted, NOT_KNOWN),
            )
        state = MET if grade >= wanted else NOT_MET
        return state, (
            Seen("aspect", key, "", None, grade, Status.PUBLISHED, row.source, "at_least", wanted, state),
        )

    return evaluate


def _fact(shop: Workshop, condition: FactCondition) -> Evaluate:
    key, test = condition.fact, condition.test
    years = shop.count(condition.years) if condition.years else 0

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        fact = run.facts.facts.get(key)
        if fact is None or fact.value is None:
            return NOT_KNOWN, (Seen("fact", key, "", None, None, Status.UNKNOWN, "", test, None, NOT_KNOWN),)
        if test == "is_true":
            state = MET if fact.value is True else NOT_MET
        else:
            state = MET if _years_between(fact.value, run.facts.on) < years else NOT_MET
        return state, (
            Seen(
                "fact", key, "", None, fact.value, Status.PUBLISHED, fact.source, test, years or None, state
            ),
        )

    return evaluate


def _years_between(start: date, end: date) -> int:
    """Whole years from one day to another, as birthdays count them."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
