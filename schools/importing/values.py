"""What one cell means: a number, a code that says why there is none, a date, or nonsense. No Django models here.

Publishers put letters where there is no number, and the letters mean different things; each keeps its own status,
and none is ever zero. A number is an exact Decimal, never a float.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from schools.choices import ValueStatus

PLACES = Decimal("0.0001")  # what the database keeps
LIMIT = Decimal(10) ** 10

# Codes of the performance tables (their metafiles), and of the newer statistics site (single letters).
CODES: dict[str, ValueStatus] = {
    "SUPP": ValueStatus.SUPPRESSED,
    "SUPPMAT": ValueStatus.SUPPRESSED,
    "SP": ValueStatus.SUPPRESSED,
    "C": ValueStatus.SUPPRESSED,
    "NE": ValueStatus.NO_ENTRIES,
    "NA": ValueStatus.NOT_APPLICABLE,
    "N/A": ValueStatus.NOT_APPLICABLE,
    "NOT APPLICABLE": ValueStatus.NOT_APPLICABLE,
    "Z": ValueStatus.NOT_APPLICABLE,
    "NP": ValueStatus.NOT_PUBLISHED,
    "X": ValueStatus.NOT_PUBLISHED,
    ":": ValueStatus.NOT_PUBLISHED,
    "NULL": ValueStatus.NOT_PUBLISHED,
    "LOWCOV": ValueStatus.LOW_COVERAGE,
    "LOW": ValueStatus.LOW_COVERAGE,
    "U": ValueStatus.LOW_COVERAGE,
    "NEW": ValueStatus.NEW_SCHOOL,
}

_NUMBER = re.compile(r"[+-]?£?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?%?", re.ASCII)
_DATES = (
    (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII), ("day", "month", "year")),
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([T ][\d:.]*)?", re.ASCII), ("year", "month", "day")),
)


class BadCell(ValueError):
    """The cell holds something no rule explains; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value or, when there is none, why. `blank`: the publisher wrote nothing at all."""

    value: Decimal | None
    status: ValueStatus
    blank: bool = False


BLANK = Reading(None, ValueStatus.NOT_PUBLISHED, blank=True)


@lru_cache(maxsize=20_000)  # the same few thousand texts fill a file: a third of the time of a national one
def number(text: str, low: Decimal | None = None, high: Decimal | None = None) -> Reading:
    """A cell where a number belongs, between `low` and `high` where given. Raises BadCell."""
    text = text.strip()
    if not text:
        return BLANK
    code = CODES.get(text.upper())
    if code is not None:
        return Reading(None, code)
    plain = text.replace("\u2212", "-").replace(" ", "").replace("\u00a0", "")
    if not _NUMBER.fullmatch(plain) or not any(c.isdigit() for c in plain):
        raise BadCell("a number was expected, or one of the publisher's codes such as SUPP or NA")
    value = Decimal(re.sub(r"[£,%]", "", plain))
    if abs(value) >= LIMIT:
        raise BadCell("the number is too large to be right")
    if low is not None and value < low:
        raise BadCell(f"a number of at least {low:f} was expected")
    if high is not None and value > high:
        raise BadCell(f"a number of at most {high:f} was expected")
    return Reading(value.quantize(PLACES, ROUND_HALF_EVEN), ValueStatus.PUBLISHED)


def whole(text: str, most: int = 2_000_000_000) -> int | None:
    """A count, or None where the publisher gives none (blank or a code). Raises BadCell."""
    reading = number(text, low=Decimal(0), high=Decimal(most))
    if reading.value is None:
        return None
    if reading.value != reading.value.to_integral_value():
        raise BadCell("a whole number was expected")
    return int(reading.value)


def date(text: str) -> dt.date | None:
    """dd-mm-yyyy, dd/mm/yyyy or yyyy-mm-dd (a time after it is left off); None when blank. Raises BadCell."""
    text = text.strip()
    if not text or text.upper() in ("NULL", "NA", "NONE"):
        return None
    for pattern, order in _DATES:
        match = pattern.fullmatch(text)
        if match:
            parts = {part: int(match[i]) for i, part in enumerate(order, start=1)}
            try:
                return dt.date(parts["year"], parts["month"], parts["day"])
            except ValueError:
                break
    raise BadCell("a date such as 31-08-2026 was expected")


def urn(text: str) -> int:
    """A school's unique reference number. Raises BadCell."""
    text = text.strip().removesuffix(".0")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:12]) <= 9_999_999:
        raise BadCell("a URN of up to seven digits was expected")
    return int(text)


def yes_no(text: str) -> bool | None:
    """Yes or No (met or not met); None for anything that says neither."""
    word = text.strip().casefold()
    if word in ("yes", "y", "true", "met", "effective"):
        return True
    if word in ("no", "n", "false", "not met", "not effective"):
        return False
    return None
