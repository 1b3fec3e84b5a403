"""What a document says, apart from how it looks: blocks in order, and the imprint around them.

A room builds a `Composition` from its own rows; this room adds the `Imprint` (authority, reference, date, marking)
and turns both into HTML and PDF. Everything here is frozen and plain, so a released document keeps it as JSON
(`snapshot`) and comes back from it unchanged (`restore`). Text is plain text: the templates escape it.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

SNAPSHOT_VERSION = 1

# Control characters end a PDF's metadata and a browser's patience; lone surrogates cannot be encoded at all.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BULLET = re.compile(r"^\s*[-•*]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the document; the title is level 1, so these are 2 or 3."""

    kind: ClassVar[str] = "heading"
    template: ClassVar[str] = "reports/blocks/heading.html"
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; single line breaks are kept."""

    kind: ClassVar[str] = "paragraph"
    template: ClassVar[str] = "reports/blocks/paragraph.html"
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    kind: ClassVar[str] = "bullets"
    template: ClassVar[str] = "reports/blocks/bullets.html"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Short facts with their names, such as the date of a visit. Rows of (name, value)."""

    kind: ClassVar[str] = "key_facts"
    template: ClassVar[str] = "reports/blocks/key_facts.html"
    rows: tuple[tuple[str, str], ...]
    caption: str = "At a glance"


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; each row has one text for each column, the first being the row's header."""

    kind: ClassVar[str] = "table"
    template: ClassVar[str] = "reports/blocks/table.html"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"“{self.caption}” has {len(self.columns)} columns but a row of {len(row)}.")

    @property
    def aligned(self) -> list[list[tuple[str, bool]]]:
        """Rows as (text, is a number) pairs, for the template."""
        return [
            [(text, column.numeric) for text, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


Block = Heading | Paragraph | Bullets | KeyFacts | Table
_KINDS: Mapping[str, type[Any]] = {kind.kind: kind for kind in (Heading, Paragraph, Bullets, KeyFacts, Table)}


@dataclass(frozen=True, slots=True)
class Composition:
    """What one document says. `subject` is whom it is about, most often the school's name."""

    title: str
    subject: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who says it, to whom and when. `issued_on` and `reference` are empty while nothing is released."""

    authority: str
    service: str
    colour: str
    contact: str
    audience: str
    marking: str
    reference: str = ""
    issued_on: dt.date | None = None


def clean(text: str) -> str:
    """Text as it is kept: one kind of line end, nothing unprintable, no blanks at the ends of lines or of the text."""
    text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def blocks_of(text: str) -> tuple[Block, ...]:
    """Plain text as blocks: a blank line ends a paragraph; lines that begin with "- " are a list."""
    blocks: list[Block] = []
    lines: list[str] = []
    items: list[str] = []

    def finish() -> None:
        if lines:
            blocks.append(Paragraph("\n".join(lines)))
            lines.clear()
        if items:
            blocks.append(Bullets(tuple(items)))
            items.clear()

    for line in clean(text).split("\n"):
        if not line.strip():
            finish()
        elif _BULLET.match(line):
            if lines:
                finish()
            items.append(_BULLET.sub("", line).strip())
        elif items and line[0].isspace():
            items[-1] += f"\n{line.strip()}"  # a list item that goes on, indented, on the next line
        else:
            if items:
                finish()
            lines.append(line.strip())
    finish()
    return tuple(blocks)


def snapshot(composition: Composition, imprint: Imprint) -> dict[str, Any]:
    """Both as plain JSON; `restore` undoes it exactly."""
    return {
        "version": SNAPSHOT_VERSION,
        "imprint": {
            **dataclasses.asdict(imprint),
            "issued_on": imprint.issued_on.isoformat() if imprint.issued_on else None,
        },
        "composition": {
            "title": composition.title,
            "subject": composition.subject,
            "blocks": [
                {"kind": block.kind, **_plain(dataclasses.asdict(block))} for block in composition.blocks
            ],
        },
    }


def restore(plain: Mapping[str, Any]) -> tuple[Composition, Imprint]:
    """The composition and imprint of a snapshot. Raises ValueError for a snapshot of another version."""
    if plain.get("version") != SNAPSHOT_VERSION:
        raise ValueError(
            f"A snapshot of version {plain.get('version')}; this release reads {SNAPSHOT_VERSION}."
        )
    issued_on = plain["imprint"]["issued_on"]
    imprint = Imprint(
        **{**plain["imprint"], "issued_on": dt.date.fromisoformat(issued_on) if issued_on else None}
    )
    whole = plain["composition"]
    return Composition(
        whole["title"], whole["subject"], tuple(_block(block) for block in whole["blocks"])
    ), imprint


def _block(plain: Mapping[str, Any]) -> Block:
    values = {name: _tuples(value) for name, value in plain.items() if name != "kind"}
    if plain["kind"] == Table.kind:
        values["columns"] = tuple(Column(**column) for column in values["columns"])
    return _KINDS[plain["kind"]](**values)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(inner) for inner in value]
    return value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(inner) for inner in value) if isinstance(value, list) else value
