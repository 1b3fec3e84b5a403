"""The clauses of a document in words: what each says, and what a person may open to change it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, get_origin

from pydantic import BaseModel

from categorisation.benching.parameters import parameter_value
from categorisation.drafting import changing, places, wording
from categorisation.drafting.comparing import Difference, title_of
from categorisation.engine import statement
from categorisation.engine.wording import MONTHS, amount, by_key, listed, upper_first
from categorisation.rules.entitlement import time_text
from categorisation.schema import Framework
from categorisation.schema.document import (
    Area,
    Aspect,
    Base,
    Cell,
    Circumstance,
    DatedValue,
    OwnThreshold,
    Parameter,
    Rule,
    Source,
)
from categorisation.schema.parts import Cited
from categorisation.schema.support import EntitlementLine, Level, Term

_NOT_LINES = {
    "key", "requirements", "paragraph", "inferred", "note", "slug", "authority_code", "title", "name", "text", "rank",
    "headline", "effective_from", "framework", "when", "only_if", "and_any", "kind",
}  # fmt: skip
# Lists whose items only the product's own documents add: they name judgements and publications of the whole country
_CLOSED = {"bands", "measures", "strands", "cells"}


def can_add(place: str) -> bool:
    """Whether the list at the place takes new items."""
    return place.rpartition(".")[2] not in _CLOSED and not place.startswith("inspections.")


@dataclass(frozen=True)
class Listing:
    """A list of clauses under its heading. `item` is what one is called, with its article; `gone` was taken away."""

    heading: str
    place: str
    item: str
    clauses: tuple["Clause", ...]
    can_add: bool
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clause:
    """Something that is read, opened and changed as one. `mark` says how it differs from the published version."""

    place: str
    title: str
    text: str = ""
    lines: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    paragraph: str = ""
    inferred: bool = False
    note: str = ""
    is_item: bool = False  # of a list, so that it can be removed
    can_move: bool = False
    mark: str = ""
    was: tuple[str, ...] = ()
    lists: tuple[Listing, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Reads the clauses of a document, marking what `differences` says of them."""

    document: Framework
    differences: Sequence[Difference] = field(default=())

    def part(self, place: str) -> Clause:
        """The clause of a part that is not in a list."""
        return self.clause(place, getattr(self.document, place))

    def listing(self, place: str, items: Sequence[BaseModel], heading: str = "") -> Listing:
        name = place.rpartition(".")[2]
        clauses = tuple(
            replace(self.clause(f"{place}.{_name(item, number)}", item), is_item=can_add(place))
            for number, item in enumerate(items, 1)
        )
        gone = tuple(
            one.before or one.title
            for one in self.differences
            if one.kind == "removed" and not one.what and place in (one.place, one.place.rpartition(".")[0])
        )
        return Listing(heading, place, wording.ITEMS[name], clauses, can_add(place), gone)

    def clause(self, place: str, part: BaseModel) -> Clause:
        told = _TOLD.get(type(part), _generic)(self.document, part)
        mark, was = self._mark(place, part)
        cited = part if isinstance(part, Cited) else None
        return replace(
            told,
            place=place,
            paragraph=cited.paragraph if cited else "",
            inferred=cited.inferred if cited else False,
            note=(cited.note or "") if cited else "",
            can_move=changing.can_move(place) and _ordered(place),
            mark=mark,
            was=was,
            lists=tuple(self._lists(place, part)),
        )

    def _lists(self, place: str, part: BaseModel) -> list[Listing]:
        found = []
        for name, info in type(part).model_fields.items():
            if get_origin(info.annotation) is tuple and places.parts_in(info.annotation):
                heading = wording.label(type(part), name)
                found.append(self.listing(f"{place}.{name}", getattr(part, name), heading))
        return found

    def _mark(self, place: str, part: BaseModel) -> tuple[str, tuple[str, ...]]:
        """Items without a key are told by what they say, since their number changes with the others."""
        parent, _, name = place.rpartition(".")
        if isinstance(part, Term):
            mine = [one for one in self.differences if one.place == f"glossary.{part.term}"]
        elif name.isdigit() and not isinstance(part, Cell):
            title = title_of(part)
            mine = [one for one in self.differences if one.place == parent and one.title == title]
        else:
            mine = [one for one in self.differences if one.place == place]
        mine = [one for one in mine if one.kind != "removed" or one.what]
        if not mine:
            return "", ()
        if any(one.kind == "added" and not one.what for one in mine):
            return "New", ()
        was = [(one.what, one.before or "nothing") for one in mine]
        return "Changed", tuple(f"{upper_first(what)}: {before}" if what else before for what, before in was)


def _ordered(place: str) -> bool:
    """Whether the order of the list is anything to its readers: rules and numbers are listed by what they lead to."""
    return place.partition(".")[0] not in (
        "rules",
        "parameters",
        "indicators",
        "facts",
        "measures",
        "inspections",
    )


def _name(item: BaseModel, number: int) -> str:
    return places.name_of(changing.plain(item), number)


def shown(document: Framework, part: BaseModel, name: str) -> str:
    """A field's value as people write it; empty where there is none."""
    value = getattr(part, name)
    if value is None or value in ((), ""):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return amount(value, getattr(part, "unit", "number"))
    if name == "months" and isinstance(value, int):
        return f"{value} months"
    if isinstance(value, tuple) and any(" " in str(item) for item in value):
        return "; ".join(str(item) for item in value)
    if isinstance(value, tuple):
        return listed(_word(document, name, item) for item in value)
    return _word(document, name, value)


def _word(document: Framework, name: str, value: Any) -> str:
    """One value: a month, a level, something else of the document by its title, or a choice in words."""
    if "month" in name:
        return MONTHS[int(value) - 1]
    if name in ("levels", "floor", "criterion_of") and isinstance(value, int):
        return f"{document.words.level} {value}"
    lists = {
        "rows": (*document.areas, *document.aspects),
        "areas": document.areas,
        "indicator": document.indicators,
        "floor": document.thresholds,
    }
    if name in ("flat", "inspection_due", "inspection_due_if_below", "report_card_below"):
        parameter = by_key(document.parameters, value)
        return f"{parameter_value(parameter)} ({parameter.title})"
    if name in lists:
        title: str = by_key(lists[name], value).title
        return title
    return wording.choice(name, str(value)) if name in wording.CHOICES else str(value)


def _lines(document: Framework, part: BaseModel, *besides: str) -> tuple[str, ...]:
    """Every plain field that is not told otherwise: "Who is asked: Schools finance"."""
    found = []
    for name in type(part).model_fields:
        if name in _NOT_LINES or name in besides or _is_parts(getattr(part, name)):
            continue
        text = shown(document, part, name)
        if text:
            found.append(f"{wording.label(type(part), name)}: {text}")
    return tuple(found)


def _is_parts(value: Any) -> bool:
    return isinstance(value, BaseModel) or (
        isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value)
    )


def _generic(document: Framework, part: BaseModel) -> Clause:
    text = getattr(part, "text", "")
    return Clause("", "" if text else _heading(part), text, _lines(document, part))


def _heading(part: BaseModel) -> str:
    framework = getattr(part, "framework", None)
    if framework:
        return wording.choice("framework", framework)
    return _SINGLE.get(type(part).__name__) or title_of(part)


_SINGLE = {
    "Words": "The words of this authority",
    "Decisions": "The months of decisions",
    "Tracking": "What is tracked more often",
    "SelfEvaluation": "The self-evaluation",
    "Inspections": "How inspections are read",
}


def _level(document: Framework, part: Level) -> Clause:
    title = f"{upper_first(document.words.level)} {part.rank}: {part.name}"
    return Clause("", title, part.headline, _lines(document, part))


def _time(document: Framework, part: EntitlementLine) -> Clause:
    lines = [f"{wording.label(EntitlementLine, 'funding')}: {wording.choice('funding', part.funding)}"]
    if part.exclusive_with:
        lines.append(f"Drawing on it uses up another amount of this {document.words.level} in proportion.")
    return Clause("", part.what, f"{time_text(part, document.words)}.", tuple(lines))


def _base(document: Framework, part: Base) -> Clause:
    return Clause(
        "",
        "Where a suggestion starts",
        f"The suggestion starts from {wording.choice('kind', part.kind)}; rules raise it from there.",
        _lines(document, part),
    )


def _area(document: Framework, part: Area) -> Clause:
    facts = "Assessed from recorded facts" if part.assessed_by == "facts" else "Graded in the self-evaluation"
    more = ", or graded where no fact can be had nationally" if part.profile_if_set_aside else ""
    return Clause("", part.title, f"{facts}{more}.")


def _cell(document: Framework, part: Cell) -> Clause:
    where = (
        (f"{wording.label(Cell, 'when')}: {statement(document, part.when)}.",)
        if part.when is not None
        else ()
    )
    return Clause("", f"{upper_first(document.words.level)} {part.level}", part.descriptor, where)


def _aspect(document: Framework, part: Aspect) -> Clause:
    return Clause("", part.title, "", tuple(f"{grade}: {text}" for grade, text in enumerate(part.grades, 1)))


def _rule(document: Framework, part: Rule) -> Clause:
    lines = [f"{wording.ROLES[part.role]}."]
    if part.only_if is not None:
        lines.append(f"{wording.label(Rule, 'only_if')}: {statement(document, part.only_if)}.")
    if part.criterion_of is not None:
        lines.append(f"A criterion missed of {document.words.level} {part.criterion_of}.")
    tags = [
        text
        for holds, text in ((part.locked, "Automatic"), (part.audience == "authority", "Authority only"))
        if holds
    ]
    return Clause(
        "", part.title, f"{upper_first(statement(document, part.when))}.", tuple(lines), tuple(tags)
    )


def _parameter(document: Framework, part: Parameter) -> Clause:
    default = part.model_copy(update={"chosen": None})
    own = (
        f" Set by the authority; the default is {parameter_value(default)}."
        if part.chosen is not None
        else ""
    )
    unit = "" if part.unit in ("choice", "number", "percent", "percentage_points", "points", "years", "days") else (
        f" {wording.choice('unit', part.unit)}"
    )  # fmt: skip
    return Clause("", part.title, f"{parameter_value(part)}{unit}.{own}", (part.help,))


def _threshold(document: Framework, part: OwnThreshold) -> Clause:
    title = f"{part.title}: {part.key.removeprefix('floor_').replace('_', ' ')}"
    text = "" if part.values else "The national value of each year; the authority has none of its own."
    return Clause("", title, text)


def _dated(document: Framework, part: DatedValue) -> Clause:
    start = f"{part.from_year}-{(part.from_year + 1) % 100:02}"
    until = f" to {part.to_year}-{(part.to_year + 1) % 100:02}" if part.to_year else " on"
    return Clause("", "", f"{amount(part.value, 'number')} from {start}{until}.")


def _source(document: Framework, part: Source) -> Clause:
    return Clause("", shown(document, part, "indicator"), "", _lines(document, part, "indicator"))


def _circumstance(document: Framework, part: Circumstance) -> Clause:
    return Clause("", part.title, f"{part.if_so}.", _lines(document, part, "if_so"))


def _term(document: Framework, part: Term) -> Clause:
    return Clause("", part.term, part.meaning)


_TOLD: dict[type[BaseModel], Callable[[Framework, Any], Clause]] = {
    Level: _level,
    EntitlementLine: _time,
    Base: _base,
    Area: _area,
    Cell: _cell,
    Aspect: _aspect,
    Rule: _rule,
    Parameter: _parameter,
    OwnThreshold: _threshold,
    DatedValue: _dated,
    Source: _source,
    Circumstance: _circumstance,
    Term: _term,
}
