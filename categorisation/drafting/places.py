"""Places in a document: paths such as ``levels.enhanced.entitlement.partner_days`` or ``rules.below_floor``.

An item of a list goes by its key; cells by their level, inspection frameworks by their name, items without any by
their number from 1. These functions work on plain data (as ``to_data`` gives it) and never change what they are given.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from categorisation.schema import Framework
from categorisation.schema.conditions import Condition, IndicatorCondition

Data = dict[str, Any]

_NAMES = ("key", "level", "framework")
_NOT_CLAUSES: tuple[Any, ...] = (*get_args(get_args(Condition)[0]), IndicatorCondition)


class UnknownPlace(LookupError):
    """The document has nothing at this place, or nothing that is edited by itself."""


def shape_of(place: str) -> tuple[type[BaseModel], bool]:
    """The kind of part that stands at a place, and whether the place is that of a list of such parts.

    Raises UnknownPlace where there is no such field, and for conditions, which belong to their rule or cell.
    """
    model: type[BaseModel] = Framework
    in_list = False
    for step in place.split("."):
        if in_list:
            in_list = False
            continue
        field = model.model_fields.get(step)
        found = parts_in(field.annotation) if field else []
        if field is None or not found:
            raise UnknownPlace(place)
        model, in_list = found[0], get_origin(field.annotation) is tuple
    return model, in_list


def parts_in(annotation: Any) -> list[type[BaseModel]]:
    """The kinds of part that a field of this annotation holds and that are edited by themselves."""
    if isinstance(annotation, type):
        return [annotation] if issubclass(annotation, BaseModel) and annotation not in _NOT_CLAUSES else []
    return [part for inner in get_args(annotation) for part in parts_in(inner)]


def find(document: Data, place: str) -> Any:
    """What stands at a place: a part, or the list of a place that is a list. Raises UnknownPlace."""
    found: Any = document
    for step in place.split("."):
        if isinstance(found, dict):
            # A field left out is at its default, which for every list is that it is empty
            found = found.get(step, [])
        elif isinstance(found, list):
            found = found[_index(found, step, place)]
        else:
            raise UnknownPlace(place)
    if not isinstance(found, dict | list):
        raise UnknownPlace(place)
    return found


def name_of(item: Any, number: int) -> str:
    """How an item of a list is called in a path; `number` counts from 1."""
    for name in _NAMES:
        if isinstance(item, dict) and name in item:
            return str(item[name])
    return str(number)


def parent_of(place: str) -> tuple[str, str]:
    """The place of the list and the name of the item in it; the list is empty for a part of the whole document."""
    parent, _, name = place.rpartition(".")
    return parent, name


def replace(document: Data, place: str, part: Data) -> Data:
    """The document with another part at the place."""
    copy = deepcopy(document)
    parent, name = parent_of(place)
    holder = find(copy, parent) if parent else copy
    if isinstance(holder, list):
        holder[_index(holder, name, place)] = part
    elif name in holder:
        holder[name] = part
    else:
        raise UnknownPlace(place)
    return copy


def add(document: Data, place: str, part: Data) -> tuple[Data, str]:
    """The document with one more item at the end of the list at the place, and the place of the new item."""
    copy = deepcopy(document)
    parent, name = parent_of(place)
    holder = find(copy, parent) if parent else copy
    if not isinstance(holder, dict):
        raise UnknownPlace(place)
    items = holder.setdefault(name, [])
    items.append(part)
    return copy, f"{place}.{name_of(part, len(items))}"


def remove(document: Data, place: str) -> Data:
    """The document without the item at the place."""
    copy = deepcopy(document)
    items, index = _item(copy, place)
    del items[index]
    return copy


def move(document: Data, place: str, steps: int) -> tuple[Data, str]:
    """The document with the item further down its list (negative: up), and the item's place then.

    At the end of the list it stays where it is.
    """
    copy = deepcopy(document)
    items, index = _item(copy, place)
    target = max(0, min(len(items) - 1, index + steps))
    items.insert(target, items.pop(index))
    return copy, f"{parent_of(place)[0]}.{name_of(items[target], target + 1)}"


def _item(document: Data, place: str) -> tuple[list[Any], int]:
    parent, name = parent_of(place)
    items = find(document, parent) if parent else document
    if not isinstance(items, list):
        raise UnknownPlace(place)
    return items, _index(items, name, place)


def _index(items: list[Any], name: str, place: str) -> int:
    for index, item in enumerate(items):
        if name_of(item, index + 1) == name:
            return index
    raise UnknownPlace(place)
