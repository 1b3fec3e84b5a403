"""Facts of one school as a JSON file, read by ``manage.py evaluate FRAMEWORK --facts FILE.json`` and written back.

The format is described by ``facts_format``. Reading collects every fault, each with its path in the file and what
to do about it. Numbers are read as decimals, never as binary fractions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from categorisation.engine import Circumstance, Fact, Grade, Inspection, Point, SchoolFacts, Status, series

INSPECTION_FRAMEWORKS: Final = (
    "S5_2005", "S5_2009", "S5_2012_01", "S5_2012_09", "CIF_2015", "EIF_2019", "EIF_2024", "REPORT_CARD_2025",
)  # fmt: skip
KINDS: Final = ("graded", "ungraded", "monitoring", "section_48")
CATEGORIES: Final = ("none", "NTI_SW_RSI", "special_measures")
_AGES: Final = ("attributes.low_age", "attributes.high_age")
_MOST_PLACES: Final = 15  # either side of the point: 1E+999999999 written out would fill the memory
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_TOP: Final = ("on", "attributes", "facts", "series", "inspections", "circumstances", "profile")


class FactsFileError(ValueError):
    """A facts file that cannot be read. ``faults`` says where and how to mend each fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def read_facts(text: str) -> SchoolFacts:
    """The facts in this JSON text; raises ``FactsFileError`` with every fault."""
    try:
        data = json.loads(text, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=_no_repeats)
        return _Reader().school(data)
    except json.JSONDecodeError as error:
        raise FactsFileError(
            [f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})"]
        ) from error
    except _RepeatedNameError as error:
        raise FactsFileError(
            [f"the name “{error}” is given twice in one object; keep one of them"]
        ) from error
    except _UnwritableError:
        raise FactsFileError(
            ["the file: a text holds characters that cannot be stored; take them out"]
        ) from None
    except RecursionError:
        raise FactsFileError(["the file: brackets stand inside brackets too many times over"]) from None


def write_facts(facts: SchoolFacts) -> str:
    """The facts as JSON text that ``read_facts`` reads back to the same facts."""
    data: dict[str, Any] = {"on": facts.on}
    if facts.attributes:
        data["attributes"] = dict(facts.attributes)
    if facts.facts:
        data["facts"] = {key: _kept({"value": f.value, "source": f.source}) for key, f in facts.facts.items()}
    if facts.series:
        data["series"] = [
            {"indicator": indicator, "group": group, "points": {str(year): _point(p) for year, p in points}}
            for (indicator, group), points in facts.series.items()
        ]
    data["inspections"] = None if facts.inspections is None else [_slots(item) for item in facts.inspections]
    if facts.circumstances:
        data["circumstances"] = {key: _slots(item) for key, item in facts.circumstances.items()}
    if facts.profile:
        data["profile"] = {key: _slots(item) for key, item in facts.profile.items()}
    return (
        json.dumps(data, default=lambda value: _WRITERS[type(value)](value), ensure_ascii=False, indent=2)
        + "\n"
    )


class _RepeatedNameError(ValueError):
    pass


class _UnwritableError(ValueError):
    pass


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if _unwritable(name) or _unwritable(value):
            raise _UnwritableError
        if name in found:
            raise _RepeatedNameError(name)
        found[name] = value
    return found


def _unwritable(value: Any) -> bool:
    """Nulls and halves of a pair, which JSON can name and no database or page can hold."""
    return isinstance(value, str) and any(
        letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in value
    )


class _Reader:
    """Reads the plain data, keeping every fault with its path."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def school(self, data: Any) -> SchoolFacts:
        data = self._object("the file", data, _TOP)
        if "on" not in data:
            self._fault("on", "is missing; give the day the facts stand on, as 2026-11-21")
        facts = SchoolFacts(
            on=self._date("on", data.get("on")) or date.min,
            attributes={k: self._attribute(f"attributes.{k}", v) for k, v in self._map("attributes", data)},
            facts={k: self._fact(f"facts.{k}", v) for k, v in self._map("facts", data)},
            series=self._series(data.get("series", [])),
            inspections=self._inspections(data.get("inspections")),
            circumstances={
                k: self._circumstance(f"circumstances.{k}", v) for k, v in self._map("circumstances", data)
            },
            profile={k: self._grade(f"profile.{k}", v) for k, v in self._map("profile", data)},
        )
        if self.faults:
            raise FactsFileError(self.faults)
        return facts

    def _fault(self, path: str, message: str) -> None:
        self.faults.append(f"{path}: {message}")

    def _object(self, path: str, value: Any, names: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._fault(path, "must be an object in braces")
            return {}
        for name in value:
            if name not in names:
                self._fault(f"{path}.{name}", f"is not known here; use one of {', '.join(names)}")
        return value

    def _map(self, name: str, data: dict[str, Any]) -> list[tuple[str, Any]]:
        value = data.get(name, {})
        if not isinstance(value, dict):
            self._fault(name, "must be an object in braces, with a key for each item")
            return []
        return list(value.items())

    def _attribute(self, path: str, value: Any) -> Any:
        if path in _AGES and value is not None and (isinstance(value, bool) or value not in range(100)):
            self._fault(path, "must be an age in whole years, up to 99")
            return None
        if isinstance(value, Decimal):
            number = self._number(path, value)
            return int(number) if number is not None and number == number.to_integral_value() else number
        if isinstance(value, str | bool) or value is None:
            return value
        self._fault(path, "must be text, a number, true or false")
        return None

    def _fact(self, path: str, value: Any) -> Fact:
        data = self._object(path, value, ("value", "source"))
        given = data.get("value")
        if isinstance(given, str):
            given = self._date(f"{path}.value", given)
        elif not isinstance(given, bool) and given is not None:
            self._fault(f"{path}.value", "must be true, false or a date as 2026-11-21")
        return Fact(given, self._text(f"{path}.source", data.get("source", "")))

    def _series(self, value: Any) -> dict[tuple[str, str], Any]:
        found: dict[tuple[str, str], Any] = {}
        if not isinstance(value, list):
            self._fault("series", "must be a list in square brackets")
            return found
        for number, item in enumerate(value, 1):
            path = f"series[{number}]"
            data = self._object(path, item, ("indicator", "group", "points"))
            key = (
                self._text(f"{path}.indicator", data.get("indicator"), needed=True),
                self._text(f"{path}.group", data.get("group", "all")),
            )
            if key in found:
                self._fault(path, f"{key[0]} of {key[1]} is given twice; put all its years in one place")
            points = data.get("points", {})
            if not isinstance(points, dict):
                self._fault(f"{path}.points", "must be an object with a key for each academic year")
                continue
            years = {self._year(f"{path}.points.{year}", year): year for year in points}
            found[key] = series(
                {at: self._point(f"{path}.points.{year}", points[year]) for at, year in years.items() if at}
            )
        return found

    def _year(self, path: str, value: str) -> int:
        if value.isascii() and value.isdigit() and len(value) == 4 and 1990 <= int(value) <= 2100:
            return int(value)
        self._fault(path, "the key must be the year the academic year starts in: 2017 for 2017-18")
        return 0

    def _point(self, path: str, value: Any) -> Point:
        if isinstance(value, Decimal):
            number = self._number(path, value)
            return Point(None, Status.UNKNOWN) if number is None else Point(number)
        names = ("value", "status", "ci_low", "ci_high", "national", "similar", "cohort", "source")
        data = self._object(path, value, names)
        figures = {name: self._number(f"{path}.{name}", data.get(name)) for name in names[:1] + names[2:6]}
        status = self._one_of(f"{path}.status", data.get("status", "published"), tuple(Status))
        if (status == Status.PUBLISHED) != (figures["value"] is not None):
            self._fault(
                path, "a published point has a value, any other status has none; mend value or status"
            )
            return Point(None, Status.UNKNOWN)
        cohort = self._number(f"{path}.cohort", data.get("cohort"))
        return Point(
            figures["value"], Status(status), figures["ci_low"], figures["ci_high"], figures["national"],
            figures["similar"], None if cohort is None else int(cohort),
            self._text(f"{path}.source", data.get("source", "")),
        )  # fmt: skip

    def _inspections(self, value: Any) -> tuple[Inspection, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list):
            self._fault("inspections", "must be a list, empty if not yet inspected, or null if not known")
            return None
        return tuple(self._inspection(f"inspections[{number}]", item) for number, item in enumerate(value, 1))

    def _inspection(self, path: str, value: Any) -> Inspection:
        names = (
            "framework", "kind", "started_on", "published_on", "overall", "category", "safeguarding", "judgements",
            "progress", "source",
        )  # fmt: skip
        data = self._object(path, value, names)
        judgements = data.get("judgements", {})
        if not isinstance(judgements, dict):
            self._fault(f"{path}.judgements", "must be an object with a key for each judgement")
            judgements = {}
        safeguarding = data.get("safeguarding")
        if safeguarding is not None and not isinstance(safeguarding, bool):
            self._fault(f"{path}.safeguarding", "must be true (effective or met), false or null")
            safeguarding = None
        if data.get("started_on") is None:
            self._fault(f"{path}.started_on", "is missing; give the first day of the inspection")
        return Inspection(
            framework=self._one_of(f"{path}.framework", data.get("framework"), INSPECTION_FRAMEWORKS),
            started_on=self._date(f"{path}.started_on", data.get("started_on")) or date.min,
            kind=self._one_of(f"{path}.kind", data.get("kind", "graded"), KINDS),
            published_on=self._date(f"{path}.published_on", data.get("published_on")),
            overall=self._grade_text(f"{path}.overall", data.get("overall")),
            category=self._one_of(f"{path}.category", data.get("category", "none"), CATEGORIES),
            safeguarding=safeguarding,
            judgements={
                k: self._grade_text(f"{path}.judgements.{k}", v) or "" for k, v in judgements.items()
            },
            progress=self._text(f"{path}.progress", data["progress"])
            if data.get("progress") is not None
            else None,
            source=self._text(f"{path}.source", data.get("source", "")),
        )

    def _circumstance(self, path: str, value: Any) -> Circumstance:
        if isinstance(value, bool):
            return Circumstance(value)
        data = self._object(path, value, ("present", "since", "stale_on", "audience", "source"))
        present = data.get("present")
        if not isinstance(present, bool):
            self._fault(
                f"{path}.present", "must be true or false; leave the circumstance out if nobody has answered"
            )
        return Circumstance(
            present is True,
            self._date(f"{path}.since", data.get("since")),
            self._date(f"{path}.stale_on", data.get("stale_on")),
            self._text(f"{path}.audience", data.get("audience", "shared")),
            self._text(f"{path}.source", data.get("source", "")),
        )

    def _grade(self, path: str, value: Any) -> Grade:
        data = self._object(path, value, ("school", "validated", "moderated", "source"))
        grades: dict[str, int | None] = {}
        for name in ("school", "validated", "moderated"):
            number = self._number(f"{path}.{name}", data.get(name))
            if number is not None and number not in (1, 2, 3, 4, 5):
                self._fault(f"{path}.{name}", "must be a whole number from 1 to 5")
                number = None
            grades[name] = None if number is None else int(number)
        return Grade(**grades, source=self._text(f"{path}.source", data.get("source", "")))

    def _number(self, path: str, value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            number = Decimal(value) if isinstance(value, str | Decimal) else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            self._fault(
                path,
                f"{_quoted(value)} is not a number; give the figure alone, without a sign for per cent or pounds",
            )
            return None
        if number.adjusted() > _MOST_PLACES or number.as_tuple().exponent < -_MOST_PLACES:  # type: ignore[operator]  # finite
            self._fault(
                path, f"{_quoted(value)} is larger, or has more decimals, than any figure about a school"
            )
            return None
        return number

    def _date(self, path: str, value: Any) -> date | None:
        if value is None:
            return None
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            self._fault(path, f"{_quoted(value)} is not a date; write it as 2026-11-21")
            return None
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self._fault(path, f"the year must be between {_FIRST_YEAR} and {_LAST_YEAR}")
            return None
        return day

    def _text(self, path: str, value: Any, *, needed: bool = False) -> str:
        if isinstance(value, str) and (value or not needed):
            return value
        self._fault(path, "is missing" if value is None else "must be text")
        return ""

    def _one_of(self, path: str, value: Any, choices: tuple[str, ...]) -> str:
        if value in choices:
            return str(value)
        self._fault(path, f"{_quoted(value)} is not known; use one of {', '.join(choices)}")
        return choices[0]

    def _grade_text(self, path: str, value: Any) -> str | None:
        if value is None:
            return None
        text = str(value) if isinstance(value, str | Decimal) else ""
        if text not in ("1", "2", "3", "4", "exceptional", "strong", "expected", "needs_attention", "urgent"):
            self._fault(
                path,
                f"{_quoted(value)} is not a grade: 1 to 4, or exceptional, strong, expected, needs_attention, urgent",
            )
        return text


def _quoted(value: Any) -> str:
    """What was given, short enough to stand in a sentence."""
    text = str(value)
    return f"“{text}”" if len(text) <= 60 else f"“{text[:60]} …”"


def _point(point: Point) -> dict[str, Any]:
    data = _slots(point)
    if point.status is Status.PUBLISHED:
        del data["status"]
    return data


def _slots(item: Any) -> dict[str, Any]:
    """The fields of a dataclass that say something, in their order."""
    return _kept({name: getattr(item, name) for name in item.__dataclass_fields__})


def _kept(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None and value != "" and value != {}}


_WRITERS: Final[dict[type, Callable[[Any], Any]]] = {date: date.isoformat, Decimal: str, Status: str}
