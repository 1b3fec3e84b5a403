"""Conditions of a document as nodes: what the states of their tests come to, and which tests count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
)

from .run import Ask
from .states import MET, NOT_MET, SET_ASIDE, all_of, at_least

if TYPE_CHECKING:
    from .program import Program

Found = tuple[int, tuple[Ask, ...]]
"""A state, and the tests it rests on, in order."""


class Node:
    """A compiled condition."""

    def asks(self) -> Iterator[Ask]:
        """Every test it may rest on."""
        raise NotImplementedError

    def answer(self, states: Sequence[int]) -> Found:
        """What the states of all tests come to here."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A single test."""

    ask: Ask

    def asks(self) -> Iterator[Ask]:
        yield self.ask

    def answer(self, states: Sequence[int]) -> Found:
        return states[self.ask.number], (self.ask,)


class Withheld(Node):
    """A circumstance those readers may not know of: it counts for nothing and leaves no trace."""

    def asks(self) -> Iterator[Ask]:
        return iter(())

    def answer(self, states: Sequence[int]) -> Found:
        return SET_ASIDE, ()


@dataclass(frozen=True, slots=True)
class Several(Node):
    """A group. Every part is asked, even when the answer is settled: the trace shows them all."""

    number: int  # 0: all of them
    parts: tuple[Node, ...]

    def asks(self) -> Iterator[Ask]:
        for part in self.parts:
            yield from part.asks()

    def answer(self, states: Sequence[int]) -> Found:
        found = [part.answer(states) for part in self.parts]
        inner = [state for state, _ in found]
        return (
            at_least(self.number, inner) if self.number else all_of(inner),
            tuple([ask for _, asks in found for ask in asks]),
        )


@dataclass(frozen=True, slots=True)
class Strands(Node):
    """How many strands meet all their tests; ``otherwise`` where the whole measure is set aside."""

    wanted: int
    strands: tuple[tuple[Ask, ...], ...]
    otherwise: Node | None

    def asks(self) -> Iterator[Ask]:
        for strand in self.strands:
            yield from strand
        if self.otherwise is not None:
            yield from self.otherwise.asks()

    def answer(self, states: Sequence[int]) -> Found:
        found = [(all_of([states[ask.number] for ask in strand]), strand) for strand in self.strands]
        state = at_least(self.wanted, [state for state, _ in found])
        if state == SET_ASIDE and self.otherwise is not None:
            return self.otherwise.answer(states)
        return state, tuple([ask for state, strand in found if state != SET_ASIDE for ask in strand])


@dataclass(frozen=True, slots=True)
class Described(Node):
    """Raises once an officer has confirmed it; until then the facts are shown and nothing follows from them."""

    when: Node
    confirmed: Ask
    only_if: Node | None

    def asks(self) -> Iterator[Ask]:
        yield self.confirmed
        yield from self.when.asks()
        if self.only_if is not None:
            yield from self.only_if.asks()

    def answer(self, states: Sequence[int]) -> Found:
        _, asks = self.when.answer(states)
        if states[self.confirmed.number] != MET:
            return NOT_MET, asks
        if self.only_if is None:
            return MET, (self.confirmed, *asks)
        state, gate = self.only_if.answer(states)
        return all_of((MET, state)), (self.confirmed, *gate, *asks)


def compile_condition(program: Program, condition: Condition) -> Node:
    """The node of a condition, its tests entered in the program. Equal tests are asked once a school."""
    if isinstance(condition, Group):
        number = {"all": 0, "any": 1}.get(condition.kind, condition.number or 1)
        return Several(number, tuple(program.node(inner) for inner in condition.of))
    if isinstance(condition, MeasureCondition):
        return _measure(program, condition)
    if isinstance(condition, CircumstanceCondition) and condition.circumstance in program.hidden:
        return Withheld()
    return Test(_ask(program, condition))


def _measure(program: Program, condition: MeasureCondition) -> Node:
    strands = tuple(
        tuple(program.strand(strand, group, condition.gap_to, test) for test in condition.tests)
        for strand in program.shop.measures[condition.measure].strands
        for group in condition.groups
        if program.kind.measures(strand)
    )
    otherwise = None if condition.otherwise is None else program.node(condition.otherwise)
    return Strands(condition.strands, strands, otherwise)


def _ask(
    program: Program,
    condition: IndicatorCondition
    | InspectionCondition
    | CircumstanceCondition
    | AreaCondition
    | AspectCondition
    | FactCondition,
) -> Ask:
    if isinstance(condition, IndicatorCondition):
        return program.indicator(condition)
    if isinstance(condition, InspectionCondition):
        return program.inspection(condition)
    if isinstance(condition, CircumstanceCondition):
        return program.circumstance(condition)
    if isinstance(condition, AreaCondition):
        return program.area(condition)
    if isinstance(condition, AspectCondition):
        return program.aspect(condition)
    return program.fact(condition)
