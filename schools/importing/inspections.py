"""Rows of Ofsted's management information into inspections: one row tells of up to three.

An inspection belongs to the URN that was inspected. Where a school has since become another, the file says so in
"URN at time of …", and the inspection is recorded there, never at the successor.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from schools.choices import ConcernCategory, InspectionKind, UngradedOutcome
from schools.importing import values
from schools.importing.layouts import Header, Layout
from schools.importing.reading import Row
from schools.importing.records import InspectionFacts, Problem
from schools.rules import ofsted

_CATEGORIES: Mapping[str, ConcernCategory] = {
    "sm": ConcernCategory.SPECIAL_MEASURES,
    "special measures": ConcernCategory.SPECIAL_MEASURES,
    "swk": ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    "sw": ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    "serious weaknesses": ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    "rsi": ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    "requires significant improvement": ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    "nti": ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    "notice to improve": ConcernCategory.SIGNIFICANT_IMPROVEMENT,
}
_NOTHING = frozenset(
    {
        "",
        "null",
        "none",
        "no",
        "n/a",
        "na",
        "not applicable",
        "not judged",
        "not inspected",
        "0",
        "9",
        "-",
        "no category",
    }
)
_OUTCOMES = (
    ("improving", UngradedOutcome.REMAINS_IMPROVING),
    ("concern", UngradedOutcome.REMAINS_CONCERNS),
    ("remains", UngradedOutcome.REMAINS),
    ("standards maintained", UngradedOutcome.STANDARDS_MAINTAINED),
    ("improved significantly", UngradedOutcome.IMPROVED_SIGNIFICANTLY),
    ("not as strong", UngradedOutcome.NOT_AS_STRONG),
)
_UNGRADED = re.compile(r"ungraded|short|section 8|s8", re.I)


class Inspections:
    """An Ofsted layout bound to a header."""

    def __init__(self, layout: Layout, header: Header) -> None:
        self._header = header
        self._urn = header.position(layout.detail["school"]["urn"])
        self._blocks = [(block["kind"], self._bind(block)) for block in layout.detail["inspections"]]
        self.problems: list[Problem] = []

    def _bind(self, block: Mapping[str, Any]) -> tuple[dict[str, int | None], dict[str, int]]:
        parts = {
            part: self._header.position(spellings)
            for part, spellings in block.items()
            if isinstance(spellings, list)
        }
        areas = {
            area: position
            for area, spellings in block.get("areas", {}).items()
            if (position := self._header.position(spellings)) is not None
        }
        return parts, areas

    def parse(self, row: Row) -> list[InspectionFacts]:
        """The inspections a row tells of, newest block first; those refused are in `problems`."""
        if not any(cell.strip() for cell in row.cells):
            return []
        text = self._text(row, self._urn)
        try:
            listed = values.urn(text)
        except values.BadCell as error:
            self._refuse(row, self._urn, text, f"{error}; the row was left out")
            return []
        return [
            facts
            for kind, (parts, areas) in self._blocks
            if (facts := self._inspection(row, listed, kind, parts, areas))
        ]

    def _inspection(
        self, row: Row, listed: int, kind: str, parts: Mapping[str, int | None], areas: Mapping[str, int]
    ) -> InspectionFacts | None:
        started = self._date(row, parts.get("started_on"))
        if started is None:
            return None
        text = self._text(row, parts.get("urn"))
        if text.casefold() in _NOTHING:
            text = self._text(row, self._urn)
        try:
            urn = values.urn(text)
            framework = ofsted.framework_on(started)
        except values.BadCell as error:
            self._refuse(row, parts.get("urn"), text, f"{error}; the inspection was left out")
            return None
        except ValueError as error:
            shown = self._text(row, parts.get("started_on"))
            self._refuse(row, parts.get("started_on"), shown, f"{error} This one was left out.")
            return None
        what = self._kind(kind, self._text(row, parts.get("type")))
        if what == InspectionKind.UNGRADED and not framework.has_ungraded:
            # Before September 2015, and since November 2025, a visit that gives no grades is monitoring
            what = InspectionKind.MONITORING
        graded = what in (InspectionKind.GRADED, InspectionKind.URGENT)
        grades = dict(self._grades(row, framework, areas)) if graded else {}
        overall = (
            self._grade(row, parts.get("overall"), framework.scale)
            if graded and framework.has_overall
            else ""
        )
        if graded and not overall and not grades:
            self._refuse(
                row,
                parts.get("started_on"),
                self._text(row, parts.get("started_on")),
                "an inspection without any grade; it was left out",
            )
            return None
        ended = self._date(row, parts.get("ended_on"))
        return InspectionFacts(
            row=row.number,
            urn=urn,
            listed_urn=listed,
            framework=framework.code,
            kind=what,
            number=self._number(row, parts.get("number")),
            started_on=started,
            ended_on=ended if ended is None or ended >= started else None,
            published_on=self._date(row, parts.get("published_on")),
            overall_grade=overall,
            category=self._category(row, parts.get("category")) if graded else "",
            safeguarding_effective=values.yes_no(self._text(row, parts.get("safeguarding")))
            if graded
            else None,
            ungraded_outcome=self._outcome(row, parts.get("outcome"))
            if what == InspectionKind.UNGRADED
            else "",
            grades=grades,
        )

    @staticmethod
    def _kind(kind: str, text: str) -> InspectionKind:
        words = text.casefold()
        if "monitoring" in words:
            return InspectionKind.MONITORING
        if "urgent" in words or "no formal designation" in words:
            return InspectionKind.URGENT if "urgent" in words else InspectionKind.MONITORING
        if kind == "by_type":
            return InspectionKind.UNGRADED if _UNGRADED.search(text) else InspectionKind.GRADED
        return InspectionKind(kind)

    def _grades(
        self, row: Row, framework: ofsted.Framework, areas: Mapping[str, int]
    ) -> Iterator[tuple[str, str]]:
        for area, position in areas.items():
            if area in framework.areas:
                grade = self._grade(row, position, framework.scale)
                if grade:
                    yield area, grade

    def _grade(self, row: Row, position: int | None, scale: ofsted.Scale) -> str:
        text = self._text(row, position).removesuffix(".0")
        words = " ".join(text.casefold().split())
        if words in _NOTHING:
            return ""
        if words in scale:
            return words
        for key, grade in scale.items():
            if words == grade.label.casefold():
                return key
        self._refuse(
            row,
            position,
            text,
            f"not a grade of that framework ({', '.join(g.text for g in scale.values())}); it was left out",
        )
        return ""

    def _category(self, row: Row, position: int | None) -> str:
        text = self._text(row, position)
        words = " ".join(text.casefold().split())
        if words in _NOTHING:
            return ""
        if words not in _CATEGORIES:
            self._refuse(row, position, text, "no category of concern of that name is known; it was left out")
            return ""
        return _CATEGORIES[words]

    def _outcome(self, row: Row, position: int | None) -> str:
        words = self._text(row, position).casefold()
        return next((outcome for part, outcome in _OUTCOMES if part in words), "")

    def _number(self, row: Row, position: int | None) -> str:
        text = self._text(row, position).removesuffix(".0")
        return "" if text.casefold() in _NOTHING else text[:20]

    def _date(self, row: Row, position: int | None) -> dt.date | None:
        text = self._text(row, position)
        if text.casefold() in _NOTHING:
            return None
        try:
            return values.date(text)
        except values.BadCell as error:
            self._refuse(row, position, text, f"{error}; it was left out")
            return None

    @staticmethod
    def _text(row: Row, position: int | None) -> str:
        return row.cells[position].strip() if position is not None and position < len(row.cells) else ""

    def _refuse(self, row: Row, position: int | None, value: str, message: str) -> None:
        self.problems.append(Problem(row.number, self._header.name(position or 0), value[:80], message))
