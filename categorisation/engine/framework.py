"""A document compiled once, and the evaluation of one school.

Every rule that is met raises a floor; the suggestion is the highest of the base and the floors. What is not known
raises nothing on record, and everything it could raise in the range.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from categorisation.schema.checking import check_references, conditions_of
from categorisation.schema.conditions import (
    CircumstanceCondition,
    Group,
    IndicatorCondition,
    MeasureCondition,
    walk,
)
from categorisation.schema.document import Framework, Rule
from categorisation.schema.yaml_form import DocumentError

from .areas import BASES, AreaReader, AreaView
from .facts import SchoolFacts, SeriesKey
from .outcome import Outcome
from .program import CompiledRule, Kind, Program, kind_of
from .run import Run, Workshop
from .thresholds import Thresholds

_MOST_PROGRAMS: Final = 60  # of a document: a dozen kinds of school in a year, and three kinds of readers


class CompiledFramework:
    """A framework ready to evaluate schools; safe to keep for as long as the version is in force."""

    def __init__(self, document: Framework, thresholds: Thresholds) -> None:
        faults = check_references(document)
        if faults:
            raise DocumentError(faults)
        self.document = document
        self._shop = Workshop(document, thresholds)
        self.rules = tuple(_compile_rule(rule) for rule in document.rules)
        self.base = document.base.kind
        areas = tuple(area.key for area in document.areas)
        self._base_areas = document.base.areas or (areas if self.base == "best_fit" else ())
        self._ages = sorted({strand.at_age for measure in document.measures for strand in measure.strands})
        self.series = _series_asked(document)
        self._audiences = {item.key: item.audience for item in document.circumstances}
        self._programs: dict[tuple[frozenset[str] | None, Kind], Program] = {}
        self._program(None, Kind(0, tuple(self._ages)))  # whatever cannot be compiled is found out now

    def evaluate(self, facts: SchoolFacts, audiences: Collection[str] | None = None) -> Outcome:
        """The outcome for one school.

        With ``audiences`` given, it is the outcome as those readers may know it: whatever else there is counts
        for nothing, so that neither the level nor the range betrays it.
        """
        readers = None if audiences is None else frozenset(audiences)
        program = self._program(readers, kind_of(facts, self._ages))
        if readers is not None:
            facts = _without(facts, program.hidden, readers)
        answered = program.evaluate(facts)
        low = high = 1
        recorded = gate = locked = 0
        for part in answered.parts:
            if part.raises:  # most parts raise nothing
                recorded, gate = max(recorded, part.recorded), max(gate, part.gate)
                locked, high = max(locked, part.locked), max(high, part.high)
        base = gate
        if self.base != "gates":
            views = [program.areas[key].place(answered.run)[0] for key in self._base_areas]
            base, base_low, base_high = BASES[self.base](views)
            low, high = max(low, base_low), max(high, base_high)
        on_record = max(recorded, base)
        low = max(low, on_record)
        return Outcome(
            self, facts, program.hidden, on_record or None, low, max(high, low), locked or None, base or None, answered
        )  # fmt: skip

    def _program(self, readers: frozenset[str] | None, kind: Kind) -> Program:
        program = self._programs.get((readers, kind))
        if program is None:
            if len(self._programs) >= _MOST_PROGRAMS:
                self._programs.clear()
            program = self._programs[readers, kind] = self._compile(readers, kind)
        return program

    def _compile(self, readers: frozenset[str] | None, kind: Kind) -> Program:
        if readers is None:
            return Program(self._shop, kind, self.rules, frozenset())
        hidden = frozenset(key for key, audience in self._audiences.items() if audience not in readers)
        rules = tuple(
            rule
            for rule in self.rules
            if rule.rule.audience in readers
            and not (rule.only_circumstances and rule.circumstances <= hidden)
        )
        return Program(self._shop, kind, rules, hidden)

    def area_views(self, run: Run) -> tuple[AreaView, ...]:
        """Every area of the grid with the facts it rests on, for the page."""
        return tuple(area(run) for area in run.program.areas.values())

    @property
    def base_area_readers(self) -> tuple[AreaReader, ...]:
        """The areas that make the base."""
        return tuple(_reader(key) for key in self._base_areas)


def compile_framework(document: Framework, thresholds: Thresholds) -> CompiledFramework:
    """Compile a document once; raises ``DocumentError`` with all faults if a reference does not resolve."""
    return CompiledFramework(document, thresholds)


def _reader(key: str) -> AreaReader:
    return lambda run: run.program.areas[key](run)


def _series_asked(document: Framework) -> frozenset[SeriesKey]:
    """Indicator and learner group of every figure that a condition may read, and of each indicator for all pupils."""
    found: set[SeriesKey] = {(item.key, "all") for item in document.indicators}
    measures = {item.key: item for item in document.measures}
    for _, outer in conditions_of(document):
        for condition in walk(outer):
            if isinstance(condition, IndicatorCondition):
                keys, groups = {condition.indicator}, {condition.group, condition.gap_to}
            elif isinstance(condition, MeasureCondition):
                sources = [s for strand in measures[condition.measure].strands for s in strand.sources]
                keys = {
                    name for s in sources for name in (s.indicator, *(one.indicator for one in s.and_any))
                }
                groups = {*condition.groups, condition.gap_to}
            else:
                continue
            found |= {(key, group) for key in keys for group in groups if group is not None}
    return frozenset(found)


def _compile_rule(rule: Rule) -> CompiledRule:
    inside = walk(rule.when)
    return CompiledRule(
        rule,
        rule.floor or 0,
        rule.role == "gate",
        rule.locked,
        frozenset(one.circumstance for one in inside if isinstance(one, CircumstanceCondition)),
        all(isinstance(one, CircumstanceCondition | Group) for one in inside),
    )


def _without(facts: SchoolFacts, hidden: frozenset[str], audiences: frozenset[str]) -> SchoolFacts:
    """The facts those readers may know. One restricted answer among shared ones looks like no answer yet."""
    answers = facts.circumstances
    if hidden.isdisjoint(answers) and audiences.issuperset([answer.audience for answer in answers.values()]):
        return facts
    kept = {
        key: answer for key, answer in answers.items() if key not in hidden and answer.audience in audiences
    }
    return replace(facts, circumstances=kept)


__all__ = ["CompiledFramework", "CompiledRule", "compile_framework"]
