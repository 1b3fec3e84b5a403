"""Rows of the register of schools into facts."""

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from schools.choices import (
    ALTERNATIVE_PROVISION_TYPES,
    SPECIAL_TYPES,
    SchoolPhase,
    SchoolStatus,
    SchoolType,
    ValueStatus,
)
from schools.importing import values
from schools.importing.layouts import Header, Layout
from schools.importing.links import links_in
from schools.importing.reading import Row
from schools.importing.records import Problem, SchoolFacts, Value
from schools.rules import academic_years

# Texts by which GIAS says "nothing to say here"
_NOTHING = frozenset({"", "not applicable", "does not apply", "none", "not recorded", "unknown"})
_KEEPS_NOT_APPLICABLE = frozenset({"gender"})

# Other wordings of the same types: the performance tables', and spellings GIAS has had
_TYPE_WORDINGS: Mapping[str, SchoolType] = {
    "academy - converter mainstream": SchoolType.ACADEMY_CONVERTER,
    "academy sponsor led mainstream": SchoolType.ACADEMY_SPONSOR_LED,
    "academy - sponsor led mainstream": SchoolType.ACADEMY_SPONSOR_LED,
    "academy - converter special school": SchoolType.ACADEMY_SPECIAL_CONVERTER,
    "academy - sponsor led special school": SchoolType.ACADEMY_SPECIAL_SPONSOR_LED,
    "academy - alternative provision converter": SchoolType.ACADEMY_AP_CONVERTER,
    "academy - alternative provision sponsor led": SchoolType.ACADEMY_AP_SPONSOR_LED,
    "academy 16-19 sponsor led": SchoolType.ACADEMY_16_19_SPONSOR_LED,
    "academy 16 to 19 converter": SchoolType.ACADEMY_16_19_CONVERTER,
    "free school - mainstream": SchoolType.FREE_SCHOOL,
    "free school - special": SchoolType.FREE_SCHOOL_SPECIAL,
    "free school - alternative provision": SchoolType.FREE_SCHOOL_AP,
    "free school 16-19": SchoolType.FREE_SCHOOL_16_19,
    "free school - 16-19": SchoolType.FREE_SCHOOL_16_19,
    "free schools - alternative provision": SchoolType.FREE_SCHOOL_AP,
    "university technical college (utc)": SchoolType.UNIVERSITY_TECHNICAL_COLLEGE,
    "studio school": SchoolType.STUDIO_SCHOOL,
    "general further education college": SchoolType.FURTHER_EDUCATION,
    "sixth form college": SchoolType.FURTHER_EDUCATION,
    "secure unit": SchoolType.SECURE_UNIT,
    "special college": SchoolType.SPECIAL_POST_16,
    "independent school": SchoolType.OTHER_INDEPENDENT,
    "independent special school": SchoolType.OTHER_INDEPENDENT_SPECIAL,
}
# Establishments the register holds that are no schools of an authority
NOT_SCHOOLS = frozenset(
    {
        SchoolType.HIGHER_EDUCATION,
        SchoolType.OFFSHORE,
        SchoolType.SERVICE_CHILDREN,
        SchoolType.WELSH,
        SchoolType.BRITISH_OVERSEAS,
        SchoolType.CHILDRENS_CENTRE,
        SchoolType.CHILDRENS_CENTRE_LINKED,
        SchoolType.ONLINE_PROVIDER,
        SchoolType.INSTITUTION_FUNDED_BY_OTHER_DEPARTMENT,
    }
)

_LENGTHS = {
    "name": 200, "closure_reason": 120, "gender": 20, "religious_character": 80, "diocese": 120, "street": 120,
    "town": 80, "postcode": 10, "telephone": 30, "website": 200,
}  # fmt: skip
_LIMITS = {
    "low_age": 99,
    "high_age": 99,
    "establishment_number": 9999,
    "capacity": 100_000,
    "pupils": 100_000,
}


class Register:
    """A register layout bound to a header. `parse` gives facts for columns the file has, and no others."""

    def __init__(self, layout: Layout, header: Header, year: int | None) -> None:
        detail = layout.detail
        self._header = header
        self._year = year
        self._urn = header.position(detail["school"]["urn"])
        self._authority = header.position(detail["school"]["authority"])
        self._authority_name = header.position(detail["school"].get("authority_name", ()))
        bound = {name: _positions(spec, header) for name, spec in detail["fields"].items()}
        self._fields = {name: positions for name, positions in bound.items() if positions}
        self._specs: Mapping[str, Mapping[str, Any]] = detail["fields"]
        self._trust = _positions(detail.get("trust", {}), header)
        self._head = _positions(detail.get("head", {}), header)
        self._changed = header.position(detail.get("changed", ()))
        self._links = header.position(detail.get("links", ()))
        self._census = header.position(detail.get("census_date", ()))
        self._seen: dict[int, int] = {}
        self.problems: list[Problem] = []

    def parse(self, row: Row) -> SchoolFacts | None:
        """The facts a row holds; None when it was refused, with a problem that says why."""
        text = self._text(row, self._urn)
        try:
            urn = values.urn(text)
        except values.BadCell as error:
            self._refuse(row, self._urn, text, f"{error}; the row was left out")
            return None
        if urn in self._seen:
            self._refuse(
                row,
                self._urn,
                text,
                f"this school is in the file twice; its first row is {self._seen[urn]}, and this one was left out",
            )
            return None
        self._seen[urn] = row.number
        facts: dict[str, Any] = {}
        for name in self._fields:
            if not self._fact(row, name, facts):
                return None
        if (facts.get("low_age") or 0) > (facts.get("high_age") or 99):
            self._refuse(
                row,
                self._fields["low_age"]["whole"],
                str(facts["low_age"]),
                "the lowest age is above the highest; both were left out",
            )
            del facts["low_age"], facts["high_age"]
        code = self._text(row, self._authority).removesuffix(".0")
        return SchoolFacts(
            row=row.number,
            urn=urn,
            authority=code.zfill(3) if code.isdecimal() else "",
            authority_name=self._text(row, self._authority_name)[:120],
            facts=facts,
            trust=self._trust_of(row),
            head=self._head_of(row),
            links=list(links_in(row, urn, self._links)),
            **self._capacity_of(row, facts),
        )

    def latest_change(self, row: Row) -> dt.date | None:
        """The day the row was last changed: the newest of all is the earliest day the file can show."""
        try:
            return values.date(self._text(row, self._changed))
        except values.BadCell:
            return None

    @property
    def has_changes(self) -> bool:
        return self._changed is not None

    # --- fields

    def _fact(self, row: Row, name: str, facts: dict[str, Any]) -> bool:
        """Put one field into `facts`. False when the whole row must be left out."""
        at = self._fields[name]
        spec = self._specs[name]
        if "date" in at:
            facts[name] = self._date(row, at["date"])
        elif "whole" in at:
            return self._whole(row, name, at["whole"], facts)
        elif "flag" in at:
            text = self._text(row, at["flag"])
            facts[name] = True if text == spec["having"] else False if text == spec["lacking"] else None
        elif name == "phase":
            facts[name] = self._phase(row, at, facts)
        elif name in ("type", "status"):
            return self._coded(row, name, at, facts)
        else:
            return self._words(row, name, at["text"], facts)
        return True

    def _words(self, row: Row, name: str, position: int | None, facts: dict[str, Any]) -> bool:
        text = " ".join(self._text(row, position).split())
        if name not in _KEEPS_NOT_APPLICABLE and text.casefold() in _NOTHING:
            text = ""
        if name == "name" and not text:
            self._refuse(row, position, "", "the school has no name here; the row was left out")
            return False
        if len(text) > _LENGTHS[name]:
            self._refuse(row, position, text, f"longer than {_LENGTHS[name]} characters; it was left out")
            return name != "name"
        facts[name] = text
        return True

    def _whole(self, row: Row, name: str, position: int | None, facts: dict[str, Any]) -> bool:
        text = self._text(row, position)
        try:
            number = values.whole(text, most=_LIMITS[name])
        except values.BadCell as error:
            self._refuse(row, position, text, f"{error}; it was left out")
        else:
            facts[name] = number
        return True

    def _coded(self, row: Row, name: str, at: Mapping[str, int | None], facts: dict[str, Any]) -> bool:
        names, codes = _known(name)
        code = self._text(row, at.get("code")).removesuffix(".0")
        label = " ".join(self._text(row, at.get("label")).split())
        if code.isdecimal() and int(code[:4]) in codes:
            facts[name] = int(code[:4])
            return True
        if label.casefold() in names:
            facts[name] = names[label.casefold()]
            return True
        what = {"type": "type of school", "status": "status"}[name]
        position = at.get("label") if at.get("label") is not None else at.get("code")
        self._refuse(
            row, position, label or code, f"no {what} of that name or number is known; the row was left out"
        )
        return False

    def _phase(self, row: Row, at: Mapping[str, int | None], facts: Mapping[str, Any]) -> int:
        if "primary" in at or "secondary" in at:
            return self._phase_of_stages(row, at, facts)
        names, codes = _known("phase")
        code = self._text(row, at.get("code")).removesuffix(".0")
        if code.isdecimal() and int(code[:4]) in codes:
            return int(code[:4])
        return names.get(self._text(row, at.get("label")).casefold(), SchoolPhase.NOT_APPLICABLE)

    def _phase_of_stages(self, row: Row, at: Mapping[str, int | None], facts: Mapping[str, Any]) -> int:
        if facts.get("type") in SPECIAL_TYPES | ALTERNATIVE_PROVISION_TYPES:
            return SchoolPhase.NOT_APPLICABLE
        primary, secondary, post16 = (
            self._text(row, at.get(stage)) == "1" for stage in ("primary", "secondary", "post16")
        )
        if primary and secondary:
            return SchoolPhase.ALL_THROUGH
        if primary:
            return SchoolPhase.PRIMARY
        if secondary:
            return SchoolPhase.SECONDARY
        return SchoolPhase.SIXTEEN_PLUS if post16 else SchoolPhase.NOT_APPLICABLE

    def _date(self, row: Row, position: int | None) -> dt.date | None:
        text = self._text(row, position)
        try:
            return values.date(text.split(" ")[0])
        except values.BadCell as error:
            self._refuse(row, position, text, f"{error}; it was left out")
            return None

    def _trust_of(self, row: Row) -> tuple[str, str] | None:
        if self._trust.get("name") is None:
            return None
        name = " ".join(self._text(row, self._trust["name"]).split())[:200]
        uid = self._text(row, self._trust.get("uid"))[:12]
        return ("", "") if name.casefold() in _NOTHING else (uid if uid.isdecimal() else "", name)

    def _head_of(self, row: Row) -> tuple[str, bool] | None:
        name = " ".join(
            f"{self._text(row, self._head.get('first'))} {self._text(row, self._head.get('last'))}".split()
        )
        if not name or len(name) > 120 or name.casefold() in _NOTHING | {"not recorded not recorded"}:
            return None
        return name, "acting" in self._text(row, self._head.get("title")).casefold()

    def _capacity_of(self, row: Row, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Capacity and surplus places (L-019) of the year of the row's own census date; nothing without one."""
        capacity, pupils = facts.get("capacity"), facts.get("pupils")
        if self._census is None or not capacity:
            return {}
        day = self._date(row, self._census)
        if day is None:
            return {}
        found = [Value("capacity", "all", Decimal(capacity).quantize(values.PLACES), ValueStatus.PUBLISHED)]
        if pupils is not None:
            surplus = (Decimal(capacity - pupils) * 100 / capacity).quantize(Decimal("0.1"))
            found.append(Value("surplus_pct", "all", surplus.quantize(values.PLACES), ValueStatus.PUBLISHED))
        return {"values": found, "values_year": academic_years.academic_year(day)}

    @staticmethod
    def _text(row: Row, position: int | None) -> str:
        return row.cells[position].strip() if position is not None and position < len(row.cells) else ""

    def _refuse(self, row: Row, position: int | None, value: str, message: str) -> None:
        self.problems.append(Problem(row.number, self._header.name(position or 0), value[:80], message))


_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_]?(\d\d)(?:[-_]?(\d\d))?(?!\d)", re.ASCII)


def as_at_in_name(name: str) -> dt.date | None:
    """The day a register file's name says it shows: 20230705, 2022-04-20, or the last day of 2022-07."""
    found: list[dt.date] = []
    for match in _DAY_IN_NAME.finditer(name.rsplit("/", 1)[-1]):
        year, month = int(match[1]), int(match[2])
        if 1 <= month <= 12:
            last = calendar.monthrange(year, month)[1]
            day = int(match[3]) if match[3] else last
            if 1 <= day <= last:
                found.append(dt.date(year, month, day))
    return max(found) if found else None


@cache
def _known(field: str) -> tuple[dict[str, int], frozenset[int]]:
    enum = {"type": SchoolType, "phase": SchoolPhase, "status": SchoolStatus}[field]
    names = {str(label).casefold(): int(value) for value, label in enum.choices}
    if field == "type":
        names |= {wording: int(kind) for wording, kind in _TYPE_WORDINGS.items()}
    return names, frozenset(int(value) for value in enum.values)


def _positions(spec: Mapping[str, Any], header: Header) -> dict[str, int | None]:
    """Positions of a field's columns; `stages` nests one level."""
    found: dict[str, int | None] = {}
    for part, spellings in spec.items():
        if isinstance(spellings, Mapping):
            found |= _positions(spellings, header)
        elif isinstance(spellings, list):
            position = header.position(spellings)
            if position is not None:
                found[part] = position
    return found
