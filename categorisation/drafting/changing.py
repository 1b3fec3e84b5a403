"""Changes to a document that keep it whole: the result loads, or nothing changes and every fault is told."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from categorisation.schema import DocumentError, Fault, load_data, to_data
from categorisation.schema.yaml_form import part_faults

from . import places
from .places import Data, UnknownPlace

UNDESCRIBED = "Not described yet"


@dataclass(frozen=True, slots=True)
class Referrer:
    """A clause that would be at a loss if another one went."""

    place: str
    message: str


class StillReferredTo(ValueError):
    """What is to be removed is needed elsewhere. ``referrers`` says where; empty if the list may not be empty."""

    def __init__(self, message: str, referrers: list[Referrer]) -> None:
        self.referrers = referrers
        super().__init__(message)


def plain(document: BaseModel) -> Data:
    """A document or part as JSON keeps it: dates as text."""
    data: Data = json.loads(json.dumps(to_data(document), default=str))
    return data


def fingerprint(part: Any) -> str:
    """Tells whether a part is still the one somebody saw."""
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]


def changed(document: Data, place: str, part: Data) -> Data:
    """The document with another part at the place. Raises UnknownPlace, and DocumentError with every fault."""
    return _whole(places.replace(document, place, part), place)


def added(document: Data, place: str, part: Data) -> tuple[Data, str]:
    """The document with one more item in the list at the place, and its place. Raises as `changed` does."""
    grown, new = places.add(document, place, part)
    return _whole(grown, new), new


def moved(document: Data, place: str, steps: int) -> tuple[Data, str]:
    """The document with the item further down its list (negative: up), and its place then."""
    if not can_move(place):
        raise UnknownPlace(place)
    data, new = places.move(document, place, steps)
    return _whole(data), new


def can_move(place: str) -> bool:
    """Levels and their cells have ranks, which rules name: their order is not free."""
    steps = place.split(".")
    return len(steps) > 1 and not re.fullmatch(r"levels\.[^.]+|areas\.[^.]+\.cells\.[^.]+", place)


def removed(document: Data, place: str) -> Data:
    """The document without the item at the place. Raises UnknownPlace, and StillReferredTo with who needs it."""
    levels = places.find(document, "levels")
    if re.fullmatch(r"levels\.[^.]+", place) and places.find(document, place) is not places.find(
        document, f"levels.{places.name_of(levels[-1], len(levels))}"
    ):
        raise StillReferredTo("Only the highest can be removed, since the others are counted from below.", [])
    without = places.remove(document, place)
    try:
        return _whole(without)
    except DocumentError as error:
        parent = places.parent_of(place)[0]
        if not places.find(without, parent):
            raise StillReferredTo("It is the only one, and at least one is needed.", []) from error
        found = {
            clause: Referrer(clause, fault.message)
            for fault in error.faults
            if (clause := clause_of(without, fault.place))
        }
        raise StillReferredTo("It is used elsewhere in the policy.", list(found.values())) from error


def clause_of(document: Data, place: str) -> str:
    """The clause to open in order to change what stands at a fault's place; empty if there is none."""
    steps = place.split(".")
    for length in range(len(steps), 0, -1):
        prefix = ".".join(steps[:length])
        try:
            _, is_list = places.shape_of(prefix)
            found = places.find(document, prefix)
        except UnknownPlace:
            continue
        if not is_list and isinstance(found, dict) and found:
            return prefix
    return ""


def new_key(document: Data, place: str, title: str) -> str:
    """A key for a new item of the list at the place, made from what it is called; no other has it."""
    parent, name = places.parent_of(place)
    lists = ("areas", "aspects") if place in ("areas", "aspects") else (name,)
    holder = places.find(document, parent) if parent else document
    taken = {item.get("key") for one in lists for item in holder.get(one, [])}
    stem = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50].strip("_")
    if not stem[:1].isalpha():
        stem = f"item_{stem}".rstrip("_")
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}_{number}", number + 1
    return key


def _whole(data: Data, place: str = "") -> Data:
    """The document settled and checked, first of all the part that was changed: its faults are told by its own fields."""
    _settle(data)
    if place:
        part, (model, _) = places.find(data, place), places.shape_of(place)
        try:
            model.model_validate(part)
        except ValidationError as error:
            faults = [Fault(f"{place}.{fault.place}", fault.message) for fault in part_faults(part, error)]
            raise DocumentError(faults) from error
    return plain(load_data(data))


def _settle(data: Data) -> None:
    """What follows from the rest of a document: nobody should have to keep it in step by hand.

    Every area has a cell for every level; it is assessed by facts where a cell has a condition, else from the
    profile; what people grade is a row of the profile, and a row is something that there is.
    """
    ranks = [level.get("rank") for level in data["levels"]]
    for area in data.get("areas", []):
        held = {cell["level"] for cell in area["cells"]}
        area["cells"] = [cell for cell in area["cells"] if cell["level"] in ranks] + [
            {"paragraph": area["paragraph"], "level": rank, "descriptor": UNDESCRIBED}
            for rank in ranks
            if rank not in held
        ]
        area["assessed_by"] = "facts" if any("when" in cell for cell in area["cells"]) else "profile"
    aspects = [aspect["key"] for aspect in data.get("aspects", [])]
    graded = [
        area["key"]
        for area in data.get("areas", [])
        if area["assessed_by"] == "profile" or area.get("profile_if_set_aside")
    ]
    known = {*aspects, *(area["key"] for area in data.get("areas", []))}
    profile = data["self_evaluation"]
    rows = [row for row in profile["rows"] if row in known]
    profile["rows"] = rows + [key for key in (*graded, *aspects) if key not in rows]
