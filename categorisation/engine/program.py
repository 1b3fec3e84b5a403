"""A document compiled for schools of one kind: what they are asked, and what the answers come to.

Which strands of a measure apply hangs on the year, the phase and the ages alone, so that a strand that does not apply
costs nothing. A rule's answer hangs on nothing but the states of its tests: it is worked out once for each combination
seen and remembered with its text. What is remembered belongs to one program, and a program to one document, one set of
thresholds and one kind of readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from categorisation.schema.conditions import (
    AreaCondition,
    AspectCondition,
    CircumstanceCondition,
    Condition,
    FactCondition,
    IndicatorCondition,
    InspectionCondition,
    LearnerGroup,
    StrandTest,
)
from categorisation.schema.document import Rule, Strand

from .answers import AspectBlock, CircumstanceBlock, ConfirmedBlock, FactBlock
from .areas import AreaBlock, CompiledArea, states_of
from .conditions import Described, Node, compile_condition
from .facts import SchoolFacts, academic_year
from .inspections import InspectionBlock
from .readers import indicator_reader, strand_reader
from .rows import indicator_test, strand_test
from .run import MOST_KEPT, Ask, Block, Run, Workshop
from .series_block import SeriesBlock
from .states import MET, NOT_KNOWN
from .thresholds import LAST_YEAR

# Floor standards and end of key stage measures are not applied to these schools.
NOT_MEASURED_PHASES: Final = frozenset({"special", "alternative", "nursery"})

_TOGETHER: Final = 6
"""How many tests the rules of one part rest on: more, and fewer schools share the answer; fewer, and more parts."""


class Kind(NamedTuple):
    """What decides which strands apply: the academic year, and the ages at which pupils here end a key stage."""

    year: int
    ages: tuple[int, ...]

    def measures(self, strand: Strand) -> bool:
        """Whether the strand is measured in that year at such a school."""
        starts = min(source.from_year for source in strand.sources)
        ends = max(source.to_year or LAST_YEAR for source in strand.sources)
        return strand.at_age in self.ages and starts <= self.year - 1 <= ends


def kind_of(facts: SchoolFacts, ages: Iterable[int]) -> Kind:
    """The kind of a school. ``ages``: those at which a strand of the document ends. Unknown ages leave all open."""
    attributes = facts.attributes
    low, high = attributes.get("low_age"), attributes.get("high_age")
    if attributes.get("phase") in NOT_MEASURED_PHASES:
        reached: tuple[int, ...] = ()
    elif low is None or high is None:
        reached = tuple(ages)
    else:
        reached = tuple([age for age in ages if low < age <= high])
    return Kind(academic_year(facts.on), reached)


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule, and what the engine reads of it for every school."""

    rule: Rule
    floor: int
    gate: bool
    locked: bool
    circumstances: frozenset[str]
    only_circumstances: bool


class RuleFound(NamedTuple):
    """A rule's state, and the tests it rests on."""

    state: int
    asks: tuple[Ask, ...]


class PartFound(NamedTuple):
    """What the rules of one part come to: the highest floor on record, of a gate, locked, and possible."""

    recorded: int
    gate: int
    locked: int
    high: int
    rules: tuple[RuleFound, ...]
    text: str
    raises: bool


class Part:
    """Some rules in a row, few enough for many schools to answer them alike."""

    def __init__(self, rules: list[tuple[CompiledRule, Node]]) -> None:
        self.rules = rules
        self.asks = list(dict.fromkeys(ask for _, node in rules for ask in node.asks()))
        self.known: dict[Any, PartFound] = {}

    def work_out(self, key: Any, states: list[int]) -> PartFound:
        """The answer for a combination of states not met before."""
        recorded = gate = locked = high = 0
        found: list[RuleFound] = []
        texts: list[str] = []
        for rule, node in self.rules:
            state, asks = node.answer(states)
            found.append(RuleFound(state, asks))
            texts.append(f'["{rule.rule.key}",{state},[{",".join(str(ask.number) for ask in asks)}]]')
            if state == MET:
                recorded = max(recorded, rule.floor)
                gate = max(gate, rule.floor if rule.gate else 0)
                locked = max(locked, rule.floor if rule.locked else 0)
            elif state == NOT_KNOWN:
                high = max(high, rule.floor)
        if len(self.known) >= MOST_KEPT:
            self.known.clear()
        answer = PartFound(
            recorded, gate, locked, high, tuple(found), ",".join(texts), raises=recorded > 0 or high > 0
        )
        self.known[key] = answer
        return answer


class Answered(NamedTuple):
    """Everything about one school: the run, the blocks' text, the parts."""

    run: Run
    texts: list[str]
    parts: list[PartFound]


class Program:
    """A document for schools of one kind and readers of one kind."""

    def __init__(
        self, shop: Workshop, kind: Kind, rules: tuple[CompiledRule, ...], hidden: frozenset[str]
    ) -> None:
        self.shop, self.kind, self.hidden = shop, kind, hidden
        self.rules = rules
        self._oldest = kind.year - shop.count("stale_after_years")
        self._nodes: dict[Condition, Node] = {}
        self._asks: dict[Any, Ask] = {}
        self._series: dict[Any, SeriesBlock] = {}
        self._blocks: list[Block] = []
        self._area_blocks: list[Block] = []
        self._inspections: InspectionBlock | None = None
        self._circumstances: CircumstanceBlock | None = None
        top = max(level.rank for level in shop.document.levels)
        self.areas = {
            area.key: CompiledArea(
                area,
                sorted(
                    ((cell.level, self.node(cell.when)) for cell in area.cells if cell.when is not None),
                    key=lambda cell: -cell[0],
                ),
                top,
            )
            for area in shop.document.areas
        }
        self._parts = _parts([(rule, self._rule(rule.rule)) for rule in rules])
        self._number()
        self._answers = [block.answer for block in self._blocks]
        self._area_answers = [block.answer for block in self._area_blocks]
        self._known = [(states_of(part.asks), part.known, part) for part in self._parts]

    def evaluate(self, facts: SchoolFacts) -> Answered:
        """Asks every test of a school, then what they come to."""
        run = Run(self, facts)
        states = run.states
        texts: list[str] = []
        for answer in self._answers:
            found, text = answer(run)
            states += found
            texts.append(text)
        for answer in self._area_answers:
            found, text = answer(run)
            states += found
            texts.append(text)
        parts: list[PartFound] = []
        for getter, known, part in self._known:
            key = getter(states)
            parts.append(known.get(key) or part.work_out(key, states))
        return Answered(run, texts, parts)

    def series_text(self, run: Run) -> str:
        """The rows the tests looked at, as JSON."""
        texts: list[str] = []
        for block, rows in zip(self._series.values(), run.rows, strict=True):
            block.write(rows, texts)
        return "".join(texts)

    def node(self, condition: Condition) -> Node:
        """The node of a condition of the document: one for equal conditions."""
        found = self._nodes.get(condition)
        if found is None:
            found = self._nodes[condition] = compile_condition(self, condition)
        return found

    def _rule(self, rule: Rule) -> Node:
        node = self.node(rule.when)
        if rule.role != "describes":
            return node
        only_if = None if rule.only_if is None else self.node(rule.only_if)
        return Described(node, self._enter(ConfirmedBlock(rule.key)), only_if)

    def _enter(self, block: Block) -> Ask:
        self._blocks.append(block)
        return Ask(block, 0)

    def _number(self) -> None:
        """Blocks of series come first, in the order of their rows; areas last, since they rest on the others."""
        series = list(self._series.values())
        for one in series:
            one.ready()
        self._blocks = [*series, *(block for block in self._blocks if not isinstance(block, SeriesBlock))]
        starts: dict[int, int] = {}
        number = 0
        for block in (*self._blocks, *self._area_blocks):
            starts[id(block)] = number
            number += block.size
        asks = {id(ask): ask for part in self._parts for ask in part.asks}
        asks |= {id(ask): ask for area in self.areas.values() for ask in area.asks}
        for ask in asks.values():
            ask.number = starts[id(ask.block)] + ask.place
        for area in self.areas.values():
            area.numbered()

    def _series_ask(self, key: Any, test: Any, make: Callable[[], Any], add: Callable[[Any], Any]) -> Ask:
        block = self._series.get(key)
        if block is None:
            block = self._series[key] = SeriesBlock(make(), len(self._series))
        if (key, test) not in self._asks:
            block.add(add(block.reader))
            self._asks[key, test] = Ask(block, block.size - 1)
        return self._asks[key, test]

    def strand(self, strand: Strand, group: LearnerGroup, gap_to: str | None, test: StrandTest) -> Ask:
        """A test of a strand of a measure."""
        return self._series_ask(
            (strand.sources, group, gap_to),
            test,
            lambda: strand_reader(self.shop, strand, group, gap_to, self._oldest),
            lambda reader: strand_test(self.shop, reader, test),
        )

    def indicator(self, condition: IndicatorCondition) -> Ask:
        """A test of an indicator."""
        return self._series_ask(
            (condition.indicator, condition.group, condition.gap_to),
            condition,
            lambda: indicator_reader(
                self.shop, condition.indicator, condition.group, condition.gap_to, self._oldest
            ),
            lambda reader: indicator_test(self.shop, reader, condition),
        )

    def inspection(self, condition: InspectionCondition) -> Ask:
        """A test of the school's inspections."""
        if self._inspections is None:
            self._inspections = InspectionBlock(self.shop)
            self._blocks.append(self._inspections)
        self._inspections.add(condition)
        return Ask(self._inspections, self._inspections.size - 1)

    def circumstance(self, condition: CircumstanceCondition) -> Ask:
        """A circumstance."""
        if self._circumstances is None:
            self._circumstances = CircumstanceBlock()
            self._blocks.append(self._circumstances)
        self._circumstances.keys.append(condition.circumstance)
        return Ask(self._circumstances, self._circumstances.size - 1)

    def aspect(self, condition: AspectCondition) -> Ask:
        """A grade of the self-evaluation profile."""
        return self._enter(AspectBlock(condition))

    def fact(self, condition: FactCondition) -> Ask:
        """A plain fact."""
        return self._enter(FactBlock(self.shop, condition))

    def area(self, condition: AreaCondition) -> Ask:
        """An area of the grid."""
        block = AreaBlock(condition, self.areas[condition.area])
        self._area_blocks.append(block)
        return Ask(block, 0)


def _parts(rules: list[tuple[CompiledRule, Node]]) -> list[Part]:
    parts: list[list[tuple[CompiledRule, Node]]] = []
    together: set[Ask] = set()
    for rule, node in rules:
        asks = set(node.asks())
        if not parts or len(together | asks) > max(_TOGETHER, len(asks)):
            parts.append([])
            together = set()
        parts[-1].append((rule, node))
        together |= asks
    return [Part(part) for part in parts]
