"""Which kinds of document exist. Each room registers its own in its `documents.py`; this room knows none of them.

GOVERNORS_REPORT = register(DocumentKind(key="visits.report", …, build=build))
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reports.composer import Composition
from schools.choices import Audience


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document. `build` turns the room's own source object into what the document says.

    `file_name` begins the name of every downloaded copy, so it must tell a stranger nothing.
    """

    key: str
    title: str
    audience: Audience
    file_name: str
    build: Callable[[Any], Composition]
    marking: str = "OFFICIAL"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9-]+", self.file_name):
            raise ValueError(f"“{self.file_name}” cannot begin a file name.")


_kinds: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> DocumentKind:
    """Make a kind known. Raises ValueError when another one has its key."""
    if _kinds.setdefault(kind.key, kind) is not kind:
        raise ValueError(f"Two kinds of document are called {kind.key}.")
    return kind


def kind_of(key: str) -> DocumentKind:
    return _kinds[key]


def all_kinds() -> tuple[DocumentKind, ...]:
    return tuple(_kinds.values())
