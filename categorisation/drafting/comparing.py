"""What differs between two documents, in words: a page for people who never see the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal, get_args

from pydantic import BaseModel

from categorisation.engine import statement
from categorisation.engine.wording import MONTHS, amount, listed, long_date, upper_first
from categorisation.schema import Framework
from categorisation.schema.conditions import Condition
from categorisation.schema.document import Area, Cell, DatedValue, Parameter, Rule
from categorisation.schema.support import EntitlementLine, Level, Term

_CONDITIONS: tuple[type[BaseModel], ...] = get_args(get_args(Condition)[0])

# Fields that say how a document is kept, not what it says
_NOT_SHOWN = frozenset({"key", "requirements", "schema_version", "kind"})
_MOST = 200  # letters of a text quoted whole

_SECTIONS = {
    "identity": "The policy",
    "words": "Words",
    "base": "What a suggestion starts from",
    "facts": "Facts about a school",
    "measures": "Measures across subjects",
    "inspections": "How inspections are read",
    "cycle": "The year",
}
_LABELS = {
    "floor": "leads to",
    "when": "applies where",
    "only_if": "only if",
    "locked": "automatic",
    "also_called": "also called",
    "chosen": "value",
    "text": "",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `place` is the path of the clause (`rules.below_floor`), `title` what people call it,
    `what` the field in words; `before` or `after` is empty where there was or is nothing."""

    place: str
    section: str
    title: str
    what: str
    kind: Literal["added", "removed", "changed", "moved"]
    before: str
    after: str


def differences(before: Framework, after: Framework) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the document. The order of keyed items is no difference: rules and
    parameters mean the same wherever they stand."""
    found: list[Difference] = []
    for name in type(after).model_fields:
        if name in _NOT_SHOWN:
            continue
        section = _SECTIONS.get(name, _words(name))
        old, new = getattr(before, name), getattr(after, name)
        if isinstance(new, tuple):
            found += _lists(old, new, name, section, _Sides(before, after))
        else:
            found += _parts(old, new, name, section, section, _Sides(before, after))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two documents: a condition reads in the words of its own."""

    before: Framework
    after: Framework


def _lists(
    old: Sequence[Any], new: Sequence[Any], place: str, section: str, sides: _Sides
) -> Iterator[Difference]:
    """Items paired by their key, or, where they have none, by likeness in order."""
    for one, other in _paired(old, new):
        item = other if other is not None else one
        inner = f"{place}.{_key(item)}" if _key(item) else place
        title = title_of(item)
        if one is None:
            yield Difference(inner, section, title, "", "added", "", _told(other, sides.after))
        elif other is None:
            yield Difference(inner, section, title, "", "removed", _told(one, sides.before), "")
        else:
            yield from _parts(one, other, inner, section, title, sides)


def _paired(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    if all(_key(item) for item in (*old, *new)):
        held = {_key(item): item for item in old}
        kept = {_key(item) for item in new}
        yield from ((held.get(_key(item)), item) for item in new)
        yield from ((item, None) for item in old if _key(item) not in kept)
        return
    matcher = SequenceMatcher(a=[repr(item) for item in old], b=[repr(item) for item in new], autojunk=False)
    for tag, i, k, j, m in matcher.get_opcodes():
        if tag == "equal":
            continue
        left, right = list(old[i:k]), list(new[j:m])
        for number in range(max(len(left), len(right))):
            yield (
                left[number] if number < len(left) else None,
                right[number] if number < len(right) else None,
            )


def _parts(
    old: BaseModel, new: BaseModel, place: str, section: str, title: str, sides: _Sides
) -> Iterator[Difference]:
    """Field by field. A condition is one sentence, whatever changed in it."""
    if old == new:
        return
    if type(old) is not type(new) or isinstance(new, _CONDITIONS):
        before, after = _told(old, sides.before), _told(new, sides.after)
        yield Difference(place, section, title, "", "changed", before, after)
        return
    for name in type(new).model_fields:
        one, other = getattr(old, name), getattr(new, name)
        if name in _NOT_SHOWN or one == other:
            continue
        items = (*one, *other) if isinstance(one, tuple) and isinstance(other, tuple) else ()
        what = _LABELS.get(name, _words(name).lower())
        if items and all(isinstance(item, BaseModel) for item in items):
            yield from _lists(one, other, f"{place}.{name}", f"{section}: {title}", sides)
        else:
            if isinstance(old, Parameter) and isinstance(new, Parameter) and name == "chosen":
                one, other = old.in_force, new.in_force  # none of its own means the default
            before, after = _shown(one, name, old, sides.before), _shown(other, name, new, sides.after)
            kind: Literal["added", "removed", "changed"] = (
                "added" if not before else "removed" if not after else "changed"
            )
            yield Difference(place, section, title, what, kind, before, after)


def _shown(value: Any, name: str, owner: BaseModel, document: Framework) -> str:
    """A field's value as people write it."""
    if value is None or value == ():
        return ""
    if isinstance(value, _CONDITIONS):
        return statement(document, value)  # type: ignore[arg-type]  # one of the union it takes
    if isinstance(value, tuple):
        return listed(_shown(item, name, owner, document) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return long_date(value)
    if name == "months":
        return MONTHS[int(value) - 1]
    if name in ("floor", "criterion_of", "rank") and isinstance(value, int):
        return f"{document.words.level} {value}"
    if isinstance(value, Decimal):
        return amount(value, owner.unit if isinstance(owner, Parameter) else "number")
    if name.endswith("_year"):
        return f"{value}-{(int(value) + 1) % 100:02}"
    return str(value) if " " in str(value) else str(value).replace("_", " ")  # keys and choices


def _told(item: BaseModel, document: Framework) -> str:
    """A whole part in a line."""
    if isinstance(item, _CONDITIONS):
        return statement(document, item)  # type: ignore[arg-type]  # one of the union it takes
    if isinstance(item, Rule):
        leads = f" It leads to {document.words.level} {item.floor}." if item.floor else " It only informs."
        return f"{upper_first(statement(document, item.when))}.{leads}"
    if isinstance(item, Parameter):
        return f"{item.title}: {_shown(item.in_force, 'in_force', item, document)}"
    if isinstance(item, DatedValue):
        until = _shown(item.to_year, "to_year", item, document) or "now"
        return f"{amount(item.value, 'number')} from {_shown(item.from_year, 'from_year', item, document)} to {until}"
    if isinstance(item, EntitlementLine):
        return f"{item.what} ({item.quantifier.replace('_', ' ')})"
    if isinstance(item, Term):
        return f"{item.term}: {item.meaning}"
    return title_of(item)


def _key(item: Any) -> str:
    if isinstance(item, Cell):
        return str(item.level)
    if isinstance(item, Term):
        return item.term
    return str(getattr(item, "key", "") or getattr(item, "framework", "") or "")


def title_of(item: Any) -> str:
    """What people call a part: its own name, else the beginning of what it says."""
    if isinstance(item, Level | Area):
        return item.name if isinstance(item, Level) else item.title
    for name in ("title", "name", "what", "term", "text", "descriptor", "framework"):
        value = getattr(item, name, None)
        if value:
            text = str(value)
            return text if len(text) <= _MOST else f"{text[:_MOST].rsplit(' ', 1)[0]} …"
    if isinstance(item, DatedValue):
        return f"From {item.from_year}-{(item.from_year + 1) % 100:02}"
    return _words(str(getattr(item, "indicator", type(item).__name__)))


def _words(name: str) -> str:
    return upper_first(name.replace("_", " "))


__all__ = ["Difference", "differences", "title_of"]
