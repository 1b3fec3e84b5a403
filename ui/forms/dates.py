"""The GOV.UK date input: day, month and year in three boxes, kept as typed, refused in words."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ui.forms.wording import in_sentence

PARTS = ("day", "month", "year")
# Nothing here is older than the first public money for schools, nor planned so far ahead; and a day at the very end
# of the calendar has none before or after it to count with.
FIRST_YEAR, LAST_YEAR = 1800, 2199
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def date_parts(name: str, value: dt.date) -> dict[str, str]:
    """What a browser posts for a date in the field `name`."""
    return {f"{name}_day": str(value.day), f"{name}_month": str(value.month), f"{name}_year": str(value.year)}


class DateWidget(forms.Widget):
    """Three text boxes named `<name>_day`, `_month` and `_year`. Also reads one ISO value named `<name>`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        parts = [str(data.get(f"{name}_{part}") or "").strip() for part in PARTS]
        if any(parts):
            return tuple(parts)
        return data.get(name) or None

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part in PARTS)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day" if id_ else id_

    @staticmethod
    def shown(value: Any) -> tuple[str, str, str]:
        """The texts of the three boxes for a date, for what was typed, or for nothing."""
        if isinstance(value, str):
            value = _iso(value) or (value, "", "")
        if isinstance(value, dt.date):
            return str(value.day), str(value.month), str(value.year)
        if value:
            day, month, year = value
            return day, month, year
        return "", "", ""


class DateField(forms.Field):
    """A date typed in three boxes. Months may be names ("November", "nov"). `hint` is another word for help_text.

    A refusal carries in its params `parts`, the boxes that are wrong, so that only those are marked.
    """

    widget = DateWidget
    default_error_messages = {
        "required": "Enter {phrase}",
        "incomplete": "{label} must include a {missing}",
        "invalid": "{label} must be a real date",
        "year": "Year must include 4 numbers",
        "range": f"Year must be between {FIRST_YEAR} and {LAST_YEAR}",
    }

    def __init__(self, *, hint: str = "", **kwargs: Any) -> None:
        kwargs.pop("input_formats", None)
        if hint:
            kwargs["help_text"] = hint
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        if isinstance(value, str):
            parsed = _iso(value)
            if parsed is None:
                raise self._refusal("invalid", PARTS)
            return self._within(parsed)
        day, month, year = value
        missing = [part for part, typed in zip(PARTS, value, strict=True) if not typed]
        if missing:
            raise self._refusal("incomplete", missing, missing=" and ".join(missing))
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise self._refusal("year", ["year"])
        month_number = _month(month)
        if month_number is None:
            raise self._refusal("invalid", ["month"])
        if not (day.isascii() and day.isdigit() and len(day) <= 2 and 1 <= int(day) <= 31):
            raise self._refusal("invalid", ["day"])
        try:
            typed = dt.date(int(year), month_number, int(day))
        except ValueError:
            raise self._refusal("invalid", PARTS) from None
        return self._within(typed)

    def _within(self, typed: dt.date) -> dt.date:
        if not FIRST_YEAR <= typed.year <= LAST_YEAR:
            raise self._refusal("range", ["year"])
        return typed

    def validate(self, value: Any) -> None:
        if self.required and value in self.empty_values:
            raise self._refusal("required", PARTS)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def _refusal(self, code: str, parts: Any, **words: str) -> ValidationError:
        label = str(self.label or "Date")
        message = str(self.error_messages[code])
        for word, text in {**words, "phrase": in_sentence(label), "label": label}.items():
            message = message.replace(f"{{{word}}}", text)
        return ValidationError(message, code=code, params={"parts": tuple(parts)})


def _iso(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _month(text: str) -> int | None:
    word = text.lower().rstrip(".")
    if word.isascii() and word.isdigit() and len(word) <= 2:
        return int(word) if 1 <= int(word) <= 12 else None
    matches = [number for number, month in enumerate(_MONTHS, 1) if len(word) >= 3 and month.startswith(word)]
    return matches[0] if len(matches) == 1 else 9 if word == "sept" else None
