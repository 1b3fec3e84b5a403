"""Facts as JSON, the same bytes each time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from .states import Seen
from .wording import long_date


def plain(value: Any) -> str:
    """A value as people write it: decimals without an exponent, dates in full, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return long_date(value)
    return str(value)


def decimal_json(value: Decimal | None) -> str:
    """A figure as it was given, or null."""
    return "null" if value is None else f'"{value!s}"'


def seen_json(seen: Seen) -> str:
    """A fact as a test saw it, whole: kind, name, group, year, value, status, source, test, reference, state."""
    kind, name, group, year, value, status, source, test, reference, state = seen
    value_json = (
        "null" if value is None else f'"{value!s}"' if type(value) is Decimal else quoted(plain(value))
    )
    against = "null" if reference is None else f'"{reference!s}"'
    return (
        f'["{kind}","{name}","{group}",{"null" if year is None else year},{value_json},"{status}",'
        f'{quoted(source)},"{test}",{against},{state}]'
    )
