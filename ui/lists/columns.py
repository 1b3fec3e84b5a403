"""What a list shows: its columns, and one value as people read it and as a spreadsheet holds it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from ui import components

Cell = str | int | float | Decimal | bool | dt.date | dt.datetime | None


@dataclass(frozen=True, slots=True)
class Tag:
    """A status in words with a colour of GOV.UK's tag component ("green", "grey" …); exported as its words."""

    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    key:     its name in the address (?sort=key).
    value:   attribute path ("area.name"; a trailing method is called) or a function of the row; the key if absent.
             Fetch what it needs with select_related, prefetch_related or annotate: a list runs no query per row.
    sort:    field name, several, or an expression, ascending; None cannot be sorted. Empty values come last.
    link:    function of the row giving an address or None; links read the same as the row's heading.
    numeric: figures, aligned right.
    export:  function of the row for the files when they should hold another value than the page shows;
             False leaves the column out of them.
    """

    key: str
    heading: str
    value: Callable[[Any], Any] | str = ""
    sort: str | Combinable | Sequence[str | Combinable] | None = None
    link: Callable[[Any], str | None] | None = None
    numeric: bool = False
    export: Callable[[Any], Any] | bool = True

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        return _walk(row, self.value or self.key)

    def exported(self, row: Any) -> Cell:
        value = self.export(row) if callable(self.export) else self.of(row)
        return plain(value)


def _walk(row: Any, path: str) -> Any:
    value = row
    for name in path.split("."):
        if value is None:
            return None
        value = value[name] if isinstance(value, dict) else getattr(value, name)
        if callable(value) and not isinstance(value, Model):
            value = value()
    return value


def shown(value: Any) -> str | SafeString:
    """A value as a page prints it."""
    if isinstance(value, Tag):
        classes = f"govuk-tag--{value.colour}" if value.colour else None
        return components.render("tag", {"text": value.text, "classes": classes})
    if isinstance(value, SafeString):
        return value
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        return date_format(
            timezone.localtime(value) if timezone.is_aware(value) else value, "DATETIME_FORMAT"
        )
    if isinstance(value, dt.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def plain(value: Any) -> Cell:
    """A value as a file holds it: numbers, dates and yes/no keep their type, all else is text."""
    if isinstance(value, Tag):
        return value.text
    if isinstance(value, SafeString):
        return strip_tags(value).strip()
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, str | bool | int | float | Decimal | dt.date):
        return value
    return str(value)
