"""Small words: numbers with their unit, years, dates, groups of pupils, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from categorisation.schema.document import Framework

GROUPS: Final = {
    "all": "",
    "girls": "girls",
    "boys": "boys",
    "disadvantaged": "disadvantaged pupils",
    "not_disadvantaged": "other pupils",
    "eal": "pupils with English as an additional language",
    "not_eal": "pupils with English as a first language",
    "sen_support": "pupils with SEN support",
    "ehcp": "pupils with an education, health and care plan",
    "sen": "pupils with special educational needs",
    "no_sen": "pupils without special educational needs",
    "low_prior": "pupils with low prior attainment",
    "mid_prior": "pupils with middle prior attainment",
    "high_prior": "pupils with high prior attainment",
}

_UNITS: Final = {
    "percent": "%",
    "percentage_points": " percentage points",
    "points": " points",
    "days": " days",
    "years": " years",
}

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def amount(value: Any, unit: str) -> str:
    """A number with its unit: 65%, £1,200, −0.5."""
    number = f"{Decimal(value):f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    if unit == "pounds":
        return f"£{Decimal(value):,.0f}".replace("£-", "−£")
    return number.replace("-", "−") + _UNITS.get(unit, "")


def indicator_unit(document: Framework, key: str) -> str:
    """The unit of an indicator, or nothing if the document does not know it."""
    return next((item.unit for item in document.indicators if item.key == key), "number")


def academic_year_name(year: int) -> str:
    """2017 is 2017-18."""
    return f"{year}-{(year + 1) % 100:02}"


def long_date(day: date) -> str:
    """21 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """A, B and C."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


_PROPER: Final = ("English", "Ofsted", "Key Stage", "Attainment 8", "Progress 8")


def lower_first(text: str) -> str:
    """The text as it stands inside a sentence; names and abbreviations keep their capitals."""
    first = text.split(" ", 1)[0]
    keeps = first[1:] != first[1:].lower() or text.startswith(_PROPER)
    return text if keeps or not text else text[0].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text as it begins a sentence."""
    start = 1 if text.startswith("(") else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def by_key(items: Sequence[Any], key: str) -> Any:
    """The item of that key; references are checked when a document is loaded."""
    return next(item for item in items if item.key == key)
