"""A document compiled once, and the evaluation of one school.

Every rule that is met raises a floor; the suggestion is the highest of the base and the floors. What is not known
raises nothing on record, and everything it could raise in the range.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from categorisation.schema.checking import check_references
from categorisation.schema.conditions import Condition
from categorisation.schema.document import Framework, Rule
from categorisation.schema.yaml_form import DocumentError

from .areas import BASES, AreaReader, AreaView, compile_area
from .conditions import compile_condition
from .facts import SchoolFacts, Status
from .outcome import Outcome, RuleTrace
from .run import Evaluate, Node, Run, Workshop
from .states import MET, NOT_KNOWN, NOT_MET, Seen, all_of
from .thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its compiled condition, and what the hot path reads of it."""

    rule: Rule
    node: Node
    evaluate: Evaluate
    floor: int
    gate: bool
    locked: bool


class CompiledFramework:
    """A framework ready to evaluate schools. Immutable; safe to keep for as long as the version is in force."""

    def __init__(self, document: Framework, thresholds: Thresholds) -> None:
        faults = check_references(document)
        if faults:
            raise DocumentError(faults)
        self.document = document
        self.top = max(level.rank for level in document.levels)
        shop = Workshop(document, thresholds)
        self._stale_after = shop.count("stale_after_years")
        self._areas = _compile_areas(shop, self.top)
        self.rules = tuple(_compile_rule(shop, rule, self._areas) for rule in document.rules)
        self.base = document.base.kind
        counted = document.base.areas or (tuple(self._areas) if self.base == "best_fit" else ())
        self._base_areas = tuple(self._areas[key] for key in counted)
        self._slots = shop.slots
        self._nodes = {key[1]: node for key, node in shop.shared.items() if isinstance(node, Node)}
        self._audiences = {item.key: item.audience for item in document.circumstances}

    def evaluate(self, facts: SchoolFacts, audiences: Collection[str] | None = None) -> Outcome:
        """The outcome for one school.

        With ``audiences`` given, it is the outcome as those readers may know it: whatever else there is counts
        for nothing, so that neither the level nor the range betrays it.
        """
        if audiences is None:
            return self._evaluate(facts, self.rules, frozenset())
        hidden = frozenset(key for key, audience in self._audiences.items() if audience not in audiences)
        rules = tuple(
            rule
            for rule in self.rules
            if rule.rule.audience in audiences
            and not (rule.node.only_circumstances and rule.node.circumstances <= hidden)
        )
        return self._evaluate(_without(facts, hidden, audiences), rules, hidden)

    def _evaluate(
        self, facts: SchoolFacts, rules: tuple[CompiledRule, ...], hidden: frozenset[str]
    ) -> Outcome:
        run = Run(facts, self._slots, self._stale_after, hidden)
        low = high = 1
        recorded = locked = base_on_record = 0
        trace: list[RuleTrace] = []
        for rule in rules:
            state, seen = rule.evaluate(run)
            trace.append(RuleTrace(rule, state, seen))
            floor = rule.floor
            if not floor:
                continue
            if state == MET:
                recorded = max(recorded, floor)
                if rule.gate:
                    base_on_record = max(base_on_record, floor)
                if rule.locked:
                    locked = max(locked, floor)
            elif state == NOT_KNOWN:
                high = max(high, floor)
        if self.base != "gates":
            base_on_record, base_low, base_high = BASES[self.base](read(run) for read in self._base_areas)
            low, high = max(low, base_low), max(high, base_high)
        on_record = max(recorded, base_on_record)
        low = max(low, on_record)
        return Outcome(
            self, facts, hidden, on_record or None, low, max(high, low), locked or None, base_on_record or None,
            tuple(trace), run,
        )  # fmt: skip

    def node(self, condition: Condition) -> Node:
        """The compiled form of a condition of this document."""
        return self._nodes[condition]

    def area_views(self, run: Run) -> tuple[AreaView, ...]:
        """Every area of the grid, for the page; the hot path reads only those it needs."""
        return tuple(read(run) for read in self._areas.values())

    @property
    def base_area_readers(self) -> tuple[AreaReader, ...]:
        """The areas that make the base."""
        return self._base_areas


def compile_framework(document: Framework, thresholds: Thresholds) -> CompiledFramework:
    """Compile a document once; raises ``DocumentError`` with all faults if a reference does not resolve."""
    return CompiledFramework(document, thresholds)


def _compile_areas(shop: Workshop, top: int) -> dict[str, AreaReader]:
    areas: dict[str, AreaReader] = {}
    for area in shop.document.areas:
        nodes = {
            cell.level: compile_condition(shop, cell.when, areas.__getitem__)
            for cell in area.cells
            if cell.when is not None
        }
        areas[area.key] = compile_area(shop, area, nodes, top)
    return areas


def _compile_rule(shop: Workshop, rule: Rule, areas: dict[str, AreaReader]) -> CompiledRule:
    node = compile_condition(shop, rule.when, areas.__getitem__)
    evaluate = node.evaluate
    if rule.role == "describes":
        only_if = None if rule.only_if is None else compile_condition(shop, rule.only_if, areas.__getitem__)
        evaluate = _describes(rule.key, node, only_if)
    return CompiledRule(rule, node, evaluate, rule.floor or 0, rule.role == "gate", rule.locked)


def _describes(key: str, node: Node, only_if: Node | None) -> Evaluate:
    """Raises once an officer has confirmed it; until then the facts are shown and nothing follows from them."""
    name = f"confirmed.{key}"

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        _, seen = node.evaluate(run)
        fact = run.facts.facts.get(name)
        if fact is None or fact.value is not True:
            return NOT_MET, seen
        confirmed = Seen("confirmed", key, "", None, True, Status.PUBLISHED, fact.source, "", None, MET)
        if only_if is None:
            return MET, (confirmed, *seen)
        state, gate = only_if.evaluate(run)
        return all_of((MET, state)), (confirmed, *gate, *seen)

    return evaluate


def _without(facts: SchoolFacts, hidden: frozenset[str], audiences: Collection[str]) -> SchoolFacts:
    """The facts those readers may know. One restricted answer among shared ones looks like no answer yet."""
    kept = {
        key: answer
        for key, answer in facts.circumstances.items()
        if key not in hidden and answer.audience in audiences
    }
    return facts if len(kept) == len(facts.circumstances) else replace(facts, circumstances=kept)


__all__ = ["CompiledFramework", "CompiledRule", "compile_framework"]
