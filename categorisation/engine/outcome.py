"""What the engine answers: a range with its working. Text is made only when somebody reads it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from categorisation.schema.conditions import Condition

from . import english
from .areas import BASES, AreaView
from .facts import SchoolFacts, Status
from .program import Answered
from .run import Ask, Run
from .states import MET, NAMES, NOT_KNOWN, Seen
from .written import plain

if TYPE_CHECKING:
    from .framework import CompiledFramework
    from .program import CompiledRule


TRACE_FORMAT: Final = 1
"""The shape of what `Outcome.to_json` writes. Raise it whenever the same facts come to be written in another way, and
tell `trace.rule_states` how rules stand in the new shape: decisions keep traces of every format for ever."""


class RuleTrace(NamedTuple):
    """A rule as the hot path leaves it: no text, and the facts only when somebody looks at them."""

    compiled: CompiledRule
    state: int
    asks: tuple[Ask, ...]
    run: Run

    @property
    def seen(self) -> tuple[Seen, ...]:
        """The facts the rule rests on."""
        return tuple(one for ask in self.asks for one in ask.block.seen(self.run, ask.place))


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact a rule rests on, in words and as data."""

    fact: str
    title: str
    group: str
    year: int | None
    value: str | None
    status: str
    source: str
    state: str
    comparison: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule, its state, and why."""

    key: str
    title: str
    role: str
    state: str
    floor: int | None
    locked: bool
    criterion_of: int | None
    paragraph: str
    requirements: tuple[str, ...]
    inferred: bool
    note: str | None
    sentence: str
    evidence: tuple[Evidence, ...]
    what_would_change: str


@dataclass(frozen=True, slots=True)
class AreaResult:
    """An area of the grid: its level on record (None: not known yet) and the range it could be in."""

    key: str
    title: str
    on_record: int | None
    low: int
    high: int
    set_aside: bool
    assessed_by: str
    descriptor: str | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A fact that is not known, and the level it could lead to."""

    fact: str
    title: str
    status: str
    could_lead_to: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one school.

    ``on_record``: the level on what is recorded; None where nothing recorded places the school yet. ``low`` to
    ``high``: the levels it could be once everything is known. ``locked_floor``: the level below which moderation may
    not go. ``base``: the level before rules raise it.
    """

    compiled: CompiledFramework = field(repr=False)
    facts: SchoolFacts = field(repr=False)
    hidden: frozenset[str] = field(repr=False)
    on_record: int | None
    low: int
    high: int
    locked_floor: int | None
    base: int | None
    answered: Answered = field(repr=False, compare=False)

    @property
    def run(self) -> Run:
        """The evaluation this came from."""
        return self.answered.run

    @property
    def trace(self) -> tuple[RuleTrace, ...]:
        """Every rule with its state and the tests it rests on, in the order of the document."""
        found = [rule for part in self.answered.parts for rule in part.rules]
        return tuple(
            RuleTrace(compiled, rule.state, rule.asks, self.run)
            for compiled, rule in zip(self.run.program.rules, found, strict=True)
        )

    @property
    def rules(self) -> tuple[RuleResult, ...]:
        """Every rule that decides, in the order of the document."""
        return tuple(self._rule(item) for item in self.trace if item.compiled.floor)

    @property
    def flags(self) -> tuple[RuleResult, ...]:
        """Every rule that only informs."""
        return tuple(self._rule(item) for item in self.trace if not item.compiled.floor)

    @property
    def areas(self) -> tuple[AreaResult, ...]:
        """The grid, area by area."""
        return tuple(self._area(view) for view in self.compiled.area_views(self.run))

    @property
    def narrowing(self) -> tuple[Narrowing, ...]:
        """The two or three facts that would narrow the range most, the one that could lead highest first."""
        return tuple(self._narrowing(3))

    @property
    def lead(self) -> str:
        """The answer in one sentence: on record first, then how far it could move and why."""
        return english.lead(self.compiled.document, self.on_record, self.low, self.high, self.narrowing)

    def _rule(self, item: RuleTrace) -> RuleResult:
        rule, document = item.compiled.rule, self.compiled.document
        return RuleResult(
            key=rule.key,
            title=rule.title,
            role=rule.role,
            state=NAMES[item.state],
            floor=rule.floor,
            locked=rule.locked,
            criterion_of=rule.criterion_of,
            paragraph=rule.paragraph,
            requirements=rule.requirements,
            inferred=rule.inferred,
            note=rule.note,
            sentence=english.rule_sentence(document, rule, item.state, item.seen, self._state_of),
            evidence=tuple(self._evidence(seen) for seen in item.seen),
            what_would_change=english.what_would_change(
                document, rule, item.state, item.seen, self._without(item)
            ),
        )

    def _state_of(self, condition: Condition) -> int:
        return self.run.program.node(condition).answer(self.run.states)[0]

    def _without(self, leaving_out: RuleTrace) -> int | None:
        """The level on record if one rule were not met."""
        floors = [
            i.compiled.floor
            for i in self.trace
            if i.compiled is not leaving_out.compiled and i.state == MET and i.compiled.floor
        ]
        by_areas = (
            self.base
            if not leaving_out.compiled.gate and self.compiled.document.base.kind != "gates"
            else None
        )
        return max([*floors, *([by_areas] if by_areas else [])], default=None)

    def _area(self, view: AreaView) -> AreaResult:
        area = next(area for area in self.compiled.document.areas if area.key == view.key)
        descriptor = next((cell.descriptor for cell in area.cells if cell.level == view.on_record), None)
        return AreaResult(
            view.key, area.title, view.on_record, view.low, view.high, view.set_aside, view.by, descriptor,
            tuple(self._evidence(seen) for seen in dict.fromkeys(view.seen)),
        )  # fmt: skip

    def _evidence(self, seen: Seen) -> Evidence:
        return Evidence(
            fact=f"{seen.kind}.{seen.name}",
            title=english.fact_title(self.compiled.document, seen),
            group=seen.group,
            year=seen.year,
            value=None if seen.value is None else plain(seen.value),
            status=seen.status,
            source=seen.source,
            state=NAMES[seen.state],
            comparison=english.comparison(self.compiled.document, seen),
        )

    def _narrowing(self, most: int) -> list[Narrowing]:
        reach: dict[tuple[str, str], tuple[int, int, Seen]] = {}
        for floor, seen in self._open_facts():
            if floor <= self.low and self.on_record is not None:
                continue
            key = (seen.kind, seen.name)
            highest, times, first = reach.get(key, (0, 0, seen))
            reach[key] = (max(highest, floor), times + 1, first)
        ordered = sorted(reach.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
        document = self.compiled.document
        return [
            Narrowing(
                f"{kind}.{name}",
                english.fact_title(document, seen),
                seen.status,
                highest,
                english.narrowing(document, seen),
            )
            for (kind, name), (highest, _, seen) in ordered[:most]
        ]

    def _open_facts(self) -> list[tuple[int, Seen]]:
        """Each fact not known, with the level it could lead to. An area's own facts stand for the area."""
        found: list[tuple[int, Seen]] = []
        for item in self.trace:
            if item.state == NOT_KNOWN and item.compiled.floor:
                for seen in item.seen:
                    if seen.kind != "area":
                        found += [(item.compiled.floor, seen)] if seen.state == NOT_KNOWN else []
                    elif seen.state == NOT_KNOWN:
                        found += [(item.compiled.floor, inner) for inner in self._open_in_area(seen.name)]
        return found + self._open_in_base()

    def _open_in_base(self) -> list[tuple[int, Seen]]:
        """The facts of areas that could raise the base: to the area's own level, or to the best fit of them all."""
        kind = self.compiled.base
        if kind == "gates":
            return []
        views = [read(self.run) for read in self.compiled.base_area_readers]
        base = BASES[kind](views)
        return [
            (min(view.high, base.high), seen)
            for view in views
            if not view.set_aside and view.low < view.high and view.high > base.low
            for seen in view.seen
            if seen.state == NOT_KNOWN
        ]

    def _open_in_area(self, key: str) -> list[Seen]:
        view = next(view for view in self.compiled.area_views(self.run) if view.key == key)
        return [seen for seen in view.seen if seen.state == NOT_KNOWN]

    def to_dict(self) -> dict[str, Any]:
        """Everything a page or another program needs, with the text; plain data only."""
        return {
            "framework": self.compiled.document.identity.slug,
            "on": self.facts.on.isoformat(),
            "lead": self.lead,
            "on_record": self.on_record,
            "low": self.low,
            "high": self.high,
            "locked_floor": self.locked_floor,
            "base": self.base,
            "narrowing": [_plain_dict(item) for item in self.narrowing],
            "rules": [_plain_dict(item) for item in self.rules],
            "areas": [_plain_dict(item) for item in self.areas],
            "flags": [_plain_dict(item) for item in self.flags],
        }

    def to_json(self) -> str:
        """The full trace without the text, which the framework version gives back: compact, the same bytes each time.

        ``format``: `TRACE_FORMAT`. ``rules``: key, state, numbers of the tests it rests on. ``tests``: of a series its number in ``series``, the
        test, the state and each year's; of anything else the fact itself, which for the tests of inspections is the
        inspection before them. ``series``: the indicator of today and the learner group, then the newest years that
        count as indicator, year, value, status, source, and what is published nationally and of similar schools.
        ``areas``: key, level on record, lowest, highest, set aside, by what, source, numbers of the tests.
        ``engine.trace.facts_of`` reads it back.
        """
        run, texts, parts = self.answered
        program = run.program
        areas = ",".join([area.place(run)[1] for area in program.areas.values()])
        return (
            f'{{"format":{TRACE_FORMAT},"framework":{quoted(self.compiled.document.identity.slug)},"on":"{self.facts.on.isoformat()}",'
            f'"on_record":{_null(self.on_record)},"low":{self.low},"high":{self.high},'
            f'"locked_floor":{_null(self.locked_floor)},"base":{_null(self.base)},'
            f'"rules":[{",".join([part.text for part in parts])}],"tests":[{",".join(texts)}],'
            f'"series":[{program.series_text(run)}],"areas":[{areas}]}}'
        )


def filter_trace(outcome: Outcome, audiences: Collection[str]) -> Outcome:
    """The outcome as readers of these audiences may know it: a restricted cause shows as no cause."""
    return outcome.compiled.evaluate(outcome.facts, audiences)


def _null(number: int | None) -> str:
    return "null" if number is None else str(number)


def _plain_dict(item: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in item.__dataclass_fields__:
        value = getattr(item, name)
        if isinstance(value, Status):
            value = value.value
        elif isinstance(value, tuple):
            value = [one if isinstance(one, str) else _plain_dict(one) for one in value]
        found[name] = value
    return found
