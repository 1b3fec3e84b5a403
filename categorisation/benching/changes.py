"""What two documents answer about the same facts, and why the answers differ. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from categorisation.benching.parameters import parameter_changes, parameters_of
from categorisation.engine import AreaResult, CompiledFramework, Outcome, RuleResult
from categorisation.engine.areas import BASES
from categorisation.engine.states import MET, NOT_KNOWN

Direction = Literal["up", "down", "placed", "unplaced", "wider", "narrower", "other", ""]
"""How a school moves: to a higher or lower rank; placed at last, or no longer; or its range alone; or not at all."""

Became = Literal["applies", "lapses", "floor", "may", "may_not", "area", "base"]
"""What became of a rule (it applies, lapses, leads elsewhere, may apply, may no longer), an area or the base."""

_Reading = Literal["on_record", "low", "high"]
_Name = tuple[str, str]  # "rule" or "area" with its key, or ("base", "")


class Ranks(NamedTuple):
    """An answer in short: the rank on record (None: nothing places the school) and the range."""

    on_record: int | None
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that makes the difference between two answers. `text` says so in a sentence."""

    kind: str
    key: str
    title: str
    became: Became
    text: str

    @property
    def name(self) -> str:
        """What counts as the same cause at another school: “rule:below_floor:applies”."""
        return f"{self.kind}:{self.key}:{self.became}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule or an area about which the two documents say something else; empty where one of them has it not."""

    kind: str
    key: str
    title: str
    text: str
    before: str
    after: str


def ranks(outcome: Outcome) -> Ranks:
    return Ranks(outcome.on_record, outcome.low, outcome.high)


def direction(before: Ranks, after: Ranks) -> Direction:
    """How a school moves between two answers."""
    if before.on_record != after.on_record:
        if before.on_record is None:
            return "placed"
        if after.on_record is None:
            return "unplaced"
        return "up" if after.on_record > before.on_record else "down"
    if before == after:
        return ""
    wider = after.low <= before.low and after.high >= before.high
    narrower = after.low >= before.low and after.high <= before.high
    return "wider" if wider else "narrower" if narrower else "other"


class Comparer:
    """Two compiled documents, made ready to compare what they answer about many schools."""

    def __init__(self, before: CompiledFramework, after: CompiledFramework) -> None:
        self.before, self.after = before, after
        self._level = after.document.words.level
        self._parameters = parameter_changes(before.document, after.document)
        self._reasons = {
            ("rule", rule.key): self._why("rules", rule.key) for rule in after.document.rules
        } | {("area", area.key): self._why("areas", area.key) for area in after.document.areas}
        self._titles: dict[_Name, str] = {("base", ""): "What a suggestion starts from"}
        for document in (before.document, after.document):
            self._titles |= {("area", area.key): area.title for area in document.areas}
            self._titles |= {("rule", rule.key): rule.title for rule in document.rules}

    def causes(self, before: Outcome, after: Outcome) -> tuple[Cause, ...]:
        """What makes the difference: of a rise, whatever now leads to the new level; of a fall, all that held the
        school above it and no longer does. Of a change of the range alone, the same of its upper end, else its lower."""
        for reading in _READINGS:
            was, now = (getattr(outcome, reading) or 0 for outcome in (before, after))
            if was == now:
                continue
            old, new = _contributions(before, reading), _contributions(after, reading)
            names = [n for n in new if new[n] >= now] if now > was else [n for n in old if old[n] > now]
            return tuple(self._cause(name, reading, old.get(name, 0), new.get(name, 0)) for name in names)
        return ()

    def differences(self, before: Outcome, after: Outcome) -> tuple[Difference, ...]:
        """Every rule, flag and area that comes out otherwise, those that raise the level first."""
        old_rules = {item.key: item for item in (*before.rules, *before.flags)}
        new_rules = {item.key: item for item in (*after.rules, *after.flags)}
        old_areas = {item.key: item for item in before.areas}
        new_areas = {item.key: item for item in after.areas}
        found = [
            self._rule_difference(old_rules.get(key), new_rules.get(key))
            for key in {**new_rules, **old_rules}
        ]
        found += [
            self._area_difference(old_areas.get(key), new_areas.get(key))
            for key in {**new_areas, **old_areas}
        ]
        return tuple(
            difference for _, difference in sorted((f for f in found if f), key=lambda item: -item[0])
        )

    def _why(self, part: str, key: str) -> str:
        """Why a rule or an area may come out otherwise: a parameter it rests on, or its own text."""
        old, new = (
            {item.key: item for item in getattr(document, part)}.get(key)
            for document in (self.before.document, self.after.document)
        )
        assert new is not None  # of a key of the document after
        if old is None:
            return " It is new."
        named = dict.fromkeys(
            self._parameters[name]
            for name in parameters_of(self.after.document, new)
            if name in self._parameters
        )
        said = [f" {'; '.join(named)}."] if named else []
        fields = ("when", "only_if", "role") if part == "rules" else ("cells", "assessed_by")
        if any(getattr(old, name) != getattr(new, name) for name in fields):
            said.append(" Its condition is changed.")
        return "".join(said)

    def _cause(self, name: _Name, reading: _Reading, was: int, now: int) -> Cause:
        kind, key = name
        title = self._titles[name]
        became: Became = "area" if kind == "area" else "base"
        if kind == "rule":
            became = "floor" if was and now else _BECAME[reading == "high", bool(now)]
        text = _TEXTS[became].format(
            title=title, level=self._level, was=was or "no level", now=now or "no level"
        )
        if kind == "rule" and key not in {rule.key for rule in self.after.document.rules}:
            text = f"“{title}” is taken out of the policy."
        return Cause(kind, key, title, became, text + self._reasons.get(name, ""))

    def _rule_difference(
        self, old: RuleResult | None, new: RuleResult | None
    ) -> tuple[int, Difference] | None:
        one = new or old
        assert one is not None  # of a key of either
        reason = self._reasons.get(("rule", one.key), "")
        if old is None:
            text = "Not in the policy before."
        elif new is None:
            text = "Taken out of the policy."
        elif old.state != new.state:
            text = f"{_NOW[new.state]}, {_BEFORE[old.state]}.{reason}"
        elif old.floor != new.floor:
            text = f"Leads to {new.floor or 'no level'} instead of {old.floor or 'no level'}.{reason}"
        else:
            return None
        weight = max(item.floor or 0 if item and item.state in _COUNTING else 0 for item in (old, new))
        return weight, Difference("rule", one.key, one.title, text, self._said(old), self._said(new))

    def _said(self, rule: RuleResult | None) -> str:
        if rule is None:
            return ""
        return f"{rule.sentence} ({self._level} {rule.floor})" if rule.floor else rule.sentence

    def _area_difference(
        self, old: AreaResult | None, new: AreaResult | None
    ) -> tuple[int, Difference] | None:
        one = new or old
        assert one is not None  # of a key of either
        was, now = _placed(old), _placed(new)
        if was == now:
            return None
        text = f"An area of the grid.{self._reasons.get(('area', one.key), '')}"
        return 0, Difference("area", one.key, one.title, text, was, now)


_READINGS: Final[tuple[_Reading, ...]] = ("on_record", "high", "low")

# By whether it is a possibility, and whether it is there now
_BECAME: Final[Mapping[tuple[bool, bool], Became]] = {
    (False, True): "applies",
    (False, False): "lapses",
    (True, True): "may",
    (True, False): "may_not",
}

_TEXTS: Final[Mapping[str, str]] = {
    "applies": "“{title}” now applies and leads to {now}.",
    "lapses": "“{title}” no longer applies; it led to {was}.",
    "floor": "“{title}” leads to {now} instead of {was}.",
    "may": "“{title}”, not known yet, could now lead to {now}.",
    "may_not": "“{title}” could lead to {was} and no longer can.",
    "area": "The area “{title}” is at {now} instead of {was}.",
    "base": "Before rules raise it, the {level} is {now} instead of {was}.",
}

_COUNTING: Final = ("met", "not_known")

_NOW: Final = {
    "met": "Now met",
    "not_met": "No longer met",
    "not_known": "Now not known",
    "set_aside": "Now set aside",
}

_BEFORE: Final = {
    "met": "was met",
    "not_met": "was not met",
    "not_known": "was not known",
    "set_aside": "was set aside",
}


def _placed(area: AreaResult | None) -> str:
    """ "2", "2, could be 3", "Not known, 1 to 4"."""
    if area is None:
        return ""
    if area.set_aside:
        return "Set aside"
    if area.on_record is None:
        return f"Not known, {area.low} to {area.high}"
    return f"{area.on_record}, could be {area.high}" if area.high > area.on_record else str(area.on_record)


def _contributions(outcome: Outcome, reading: _Reading) -> dict[_Name, int]:
    """The rank to which each rule, area or the base leads, as one end of the answer is read."""
    return dict(_contributing(outcome, reading))


def _contributing(outcome: Outcome, reading: _Reading) -> Iterator[tuple[_Name, int]]:
    counted = (MET, NOT_KNOWN) if reading == "high" else (MET,)
    for item in outcome.trace:
        if item.compiled.floor and item.state in counted:
            yield ("rule", item.compiled.rule.key), item.compiled.floor
    compiled = outcome.compiled
    if compiled.base == "gates":
        return
    views = [read(outcome.run) for read in compiled.base_area_readers]
    if compiled.base == "highest_area":
        yield from ((("area", view.key), getattr(view, reading) or 0) for view in views)
    else:
        yield ("base", ""), getattr(BASES[compiled.base](views), reading)
