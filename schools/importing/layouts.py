"""Kinds of file, recognised by their header and never by their name. The kinds are data: `layouts/*.yaml`.

A layout names columns by the spellings they have had; spellings are compared without regard to case, and with line
breaks and runs of spaces made one space. A header fits a layout when every group of `required` has a spelling in it
and nothing `forbidden` is. The layout that asks most wins; when two ask as much, the file is refused, naming both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parent / "layouts"
HEADER_WITHIN = 12  # rows: some publications print a title above the header


class Unrecognised(Exception):
    """No layout fits, or several do; the message names what was seen."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file. `handler` is empty for a kind that is only named; `detail` is the YAML as it stands."""

    key: str
    name: str
    handler: str
    needs_year: bool
    order: int
    required: tuple[tuple[str, ...], ...]
    forbidden: tuple[str, ...]
    advice: str
    detail: Mapping[str, Any]


class Header:
    """Column positions by spelling. Built from the cells of a header row."""

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = [tidy(cell) for cell in cells]
        self._at: dict[str, int] = {}
        self._twice: set[str] = set()
        for position, cell in enumerate(self.cells):
            key = cell.casefold()
            if not key:
                continue
            if key in self._at:
                self._twice.add(key)
            else:
                self._at[key] = position

    def __contains__(self, spelling: str) -> bool:
        return tidy(spelling).casefold() in self._at

    def position(self, spellings: Iterable[str]) -> int | None:
        """Where the first spelling found stands. Raises Unrecognised when that column is there twice."""
        for spelling in spellings:
            key = tidy(spelling).casefold()
            if key in self._at:
                if key in self._twice:
                    raise Unrecognised(
                        f"The column {self.cells[self._at[key]]} is in the file twice. Keep one of them and give the file again."
                    )
                return self._at[key]
        return None

    def name(self, position: int) -> str:
        return self.cells[position] if position < len(self.cells) else f"column {position + 1}"


def tidy(text: str) -> str:
    return " ".join(text.replace("\ufeff", "").split())


def recognise(cells: Sequence[str]) -> tuple[Layout, Header] | None:
    """The layout a row is the header of, or None when it is the header of none. Raises Unrecognised when of several."""
    header = Header(cells)
    fits = [layout for layout in all_layouts() if _fits(layout, header)]
    if not fits:
        return None
    most = max(len(layout.required) for layout in fits)
    best = [layout for layout in fits if len(layout.required) == most]
    if len(best) > 1:
        names = " or ".join(sorted(layout.name for layout in best))
        raise Unrecognised(f"The header could be {names}. Give the file as it was published.")
    return best[0], header


def unrecognised(first: Sequence[str]) -> Unrecognised:
    """The refusal of a file no layout fits, naming the columns seen in its first row."""
    seen = [tidy(cell)[:40] for cell in first if tidy(cell)]
    shown = ", ".join(seen[:5]) + (" …" if len(seen) > 5 else "")
    return Unrecognised(
        f"Not recognised: the first columns are {shown or 'empty'}. Give the file as it was published, with its header row."
    )


def by_key(key: str) -> Layout:
    return next(layout for layout in all_layouts() if layout.key == key)


@cache
def all_layouts() -> tuple[Layout, ...]:
    yaml = YAML(typ="safe", pure=True)
    found: list[Layout] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.load(path)
        found += [_layout(entry) for entry in (content if isinstance(content, list) else [content])]
    return tuple(found)


def _layout(entry: Mapping[str, Any]) -> Layout:
    return Layout(
        key=entry["key"],
        name=entry["name"],
        handler=entry.get("handler", ""),
        needs_year=entry.get("needs_year", False),
        order=entry.get("order", 99),
        required=tuple(tuple(group) for group in entry["required"]),
        forbidden=tuple(entry.get("forbidden", ())),
        advice=entry.get("advice", ""),
        detail=entry,
    )


def _fits(layout: Layout, header: Header) -> bool:
    return all(any(spelling in header for spelling in group) for group in layout.required) and not any(
        spelling in header for spelling in layout.forbidden
    )
