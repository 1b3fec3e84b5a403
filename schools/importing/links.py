"""Links between establishments: from the file of links, and from the cells the search export adds to its rows."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from schools.choices import LinkKind
from schools.importing import values
from schools.importing.layouts import Header, Layout
from schools.importing.reading import Row
from schools.importing.records import LinkFacts, Problem

_LINK_KINDS: Mapping[str, LinkKind] = {
    "": LinkKind.SUCCESSOR,
    "amalgamated": LinkKind.SUCCESSOR_AMALGAMATED,
    "merged": LinkKind.SUCCESSOR_MERGED,
    "split school": LinkKind.SUCCESSOR_SPLIT,
    "split": LinkKind.SUCCESSOR_SPLIT,
}
_LINKED = re.compile(r"\s*(\d{5,7})\s+(\S.*?)\s*", re.ASCII)


class Links:
    """The links layout bound to a header."""

    def __init__(self, layout: Layout, header: Header) -> None:
        detail = layout.detail
        self._header = header
        self._urn = header.position(detail["school"]["urn"])
        self._other = header.position(detail["link"]["other"])
        self._type = header.position(detail["link"]["type"])
        self._date = header.position(detail["link"]["date"])
        self.problems: list[Problem] = []

    def parse(self, row: Row) -> LinkFacts | None:
        texts = [
            row.cells[p].strip() if p is not None and p < len(row.cells) else ""
            for p in (self._urn, self._other, self._type, self._date)
        ]
        position = self._urn
        try:
            urn = values.urn(texts[0])
            position = self._other
            other = values.urn(texts[1])
        except values.BadCell as error:
            text = texts[0] if position == self._urn else texts[1]
            self._refuse(row.number, position, text, f"{error}; the link was left out")
            return None
        try:
            established = values.date(texts[3])
        except values.BadCell as error:
            self._refuse(row.number, self._date, texts[3], f"{error}; the link was kept without its date")
            established = None
        if urn == other:
            self._refuse(
                row.number, self._other, texts[1], "a school cannot follow itself; the link was left out"
            )
            return None
        link = _link(row.number, urn, other, texts[2], established)
        if link is None:
            self._refuse(
                row.number, self._type, texts[2], "this kind of link is not known; the link was left out"
            )
        return link

    def _refuse(self, row: int, position: int | None, value: str, message: str) -> None:
        self.problems.append(Problem(row, self._header.name(position or 0), value[:80], message))


def _link(row: int, urn: int, other: int, kind: str, on: dt.date | None) -> LinkFacts | None:
    """One link out of GIAS's wordings, always read as "predecessor was followed by successor"."""
    words = " ".join(kind.casefold().split())
    head, _, tail = words.partition(" - ")
    if urn == other:
        return None
    if head == "predecessor" and tail in _LINK_KINDS:
        return LinkFacts(row, other, urn, _LINK_KINDS[tail], on)
    if head == "successor" and tail in _LINK_KINDS:
        return LinkFacts(row, urn, other, _LINK_KINDS[tail], on)
    if words == "result of amalgamation":
        # GIAS writes this on either side; the newer establishment has the higher number
        return LinkFacts(row, min(urn, other), max(urn, other), LinkKind.SUCCESSOR_AMALGAMATED, on)
    if "expansion" in words or "change in age range" in words:
        return LinkFacts(row, min(urn, other), max(urn, other), LinkKind.EXPANSION, on)
    if words in (
        "other",
        "sixth form centre link",
        "sixth form centre school",
        "closure",
    ) or words.startswith("merged"):
        return LinkFacts(row, min(urn, other), max(urn, other), LinkKind.OTHER, on)
    return None


def links_in(row: Row, urn: int, position: int | None) -> Iterator[LinkFacts]:
    """The search export writes links from its last column on, in as many cells as there are links."""
    if position is None:
        return
    for cell in row.cells[position:]:
        match = _LINKED.fullmatch(cell)
        link = _link(row.number, urn, int(match[1]), match[2], None) if match else None
        if link:
            yield link
