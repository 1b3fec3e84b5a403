"""Rows of the file of groups: which school belongs to which trust."""

from schools.importing import values
from schools.importing.layouts import Header, Layout
from schools.importing.reading import Row
from schools.importing.records import GroupFacts, Problem

_MOST = 200  # characters of a trust's name
_MOST_UID = 12


class Groups:
    """The groups layout bound to a header."""

    def __init__(self, layout: Layout, header: Header) -> None:
        detail = layout.detail
        group = detail["group"]
        self._header = header
        self._urn = header.position(detail["school"]["urn"])
        self._authority = header.position(detail["school"]["authority"])
        self._uid = header.position(group["uid"])
        self._name = header.position(group["name"])
        self._type = header.position(group["type"])
        self._trusts = frozenset(group["trusts"])
        self._others = frozenset(group["others"])
        self.problems: list[Problem] = []

    def parse(self, row: Row) -> GroupFacts | None:
        """What the row says; None when it is refused with a problem. `trust` is none where the group is no trust."""
        text = self._text(row, self._urn)
        try:
            urn = values.urn(text)
        except values.BadCell as error:
            self._refuse(row, self._urn, text, f"{error}; the row was left out")
            return None
        kind = self._text(row, self._type).removesuffix(".0")
        code = self._text(row, self._authority).removesuffix(".0").zfill(3)
        if kind in self._others:
            return GroupFacts(row.number, urn, code, None)
        if kind not in self._trusts:
            self._refuse(row, self._type, kind, "this kind of group is not known; the row was left out")
            return None
        uid = self._text(row, self._uid).removesuffix(".0")
        if not uid.isascii() or not uid.isdigit() or len(uid) > _MOST_UID:
            self._refuse(row, self._uid, uid, "a group’s number was expected; the row was left out")
            return None
        name = " ".join(self._text(row, self._name).split())
        if not name or len(name) > _MOST:
            message = f"a name of up to {_MOST} characters was expected; the row was left out"
            self._refuse(row, self._name, name, message)
            return None
        return GroupFacts(row.number, urn, code, (uid, name))

    @staticmethod
    def _text(row: Row, position: int | None) -> str:
        return row.cells[position].strip() if position is not None and position < len(row.cells) else ""

    def _refuse(self, row: Row, position: int | None, value: str, message: str) -> None:
        self.problems.append(Problem(row.number, self._header.name(position or 0), value[:80], message))
