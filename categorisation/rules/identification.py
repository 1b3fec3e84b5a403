"""When schools causing concern are identified, and what is a sign of it (L-101, L-102, L-266)."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

_GRAVEST = 2  # the levels with the most support are a sign by themselves


def months_of(document: Mapping[str, Any]) -> tuple[int, ...]:
    """The months a framework names, in the order of the academic year; empty where it names none."""
    named = document["decisions"].get("identification_months") or ()
    return tuple(sorted(named, key=lambda month: (month < 8, month)))


def first_day(year: int, month: int) -> dt.date:
    """The first day of a month of an academic year (2026, 2: 1 February 2027)."""
    return dt.date(year if month >= 8 else year + 1, month, 1)


def is_grave(rank: int | None, ranks: Collection[int]) -> bool:
    """Whether a level is one of the two with the most support."""
    return rank is not None and rank in sorted(ranks)[-_GRAVEST:]
