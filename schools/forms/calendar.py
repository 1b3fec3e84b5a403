"""Six half-terms on one screen, and single days made working or not."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schools.rules.academic_years import label, parse
from schools.rules.terms import HALF_TERMS, HalfTermDates
from ui.forms import DateField, Form

_NAMES = {
    1: "Half-term 1: autumn, first half",
    2: "Half-term 2: autumn, second half",
    3: "Half-term 3: spring, first half",
    4: "Half-term 4: spring, second half",
    5: "Half-term 5: summer, first half",
    6: "Half-term 6: summer, second half",
}


class HalfTermsForm(Form):
    """First and last day of each half-term of one academic year. A half-term with neither is not entered."""

    mark_optional = False

    def __init__(self, year: int, data: Any = None, initial: Iterable[HalfTermDates] = ()) -> None:
        self.year = year
        values = {}
        for half_term in initial:
            values[f"start_on_{half_term.number}"] = half_term.start_on
            values[f"end_on_{half_term.number}"] = half_term.end_on
        super().__init__(data, initial=values)

    def _word_errors(self) -> None:
        for number in HALF_TERMS:
            for field, day in (("start_on", "first day"), ("end_on", "last day")):
                self.fields[f"{field}_{number}"] = DateField(
                    label=f"Half-term {number}: {day}", required=False
                )
        super()._word_errors()

    def clean(self) -> dict[str, Any] | None:
        for number in HALF_TERMS:
            fields = {name: f"{name}_{number}" for name in ("start_on", "end_on")}
            given = {name for name, field in fields.items() if self.cleaned_data.get(field)}
            if len(given) == 1 and not any(field in self.errors for field in fields.values()):
                missing = "end_on" if "start_on" in given else "start_on"
                day = "last" if missing == "end_on" else "first"
                self.add_error(fields[missing], f"Enter the {day} day of half-term {number} too, or neither.")
        return self.cleaned_data

    def dates(self) -> dict[int, tuple[dt.date, dt.date]]:
        """Half-term -> (first day, last day), those left empty left out."""
        values = self.cleaned_data
        return {
            number: (values[f"start_on_{number}"], values[f"end_on_{number}"])
            for number in HALF_TERMS
            if values[f"start_on_{number}"]
        }

    def rows(self) -> list[dict[str, Any]]:
        """The bound fields by half-term, for the page."""
        return [
            {"name": _NAMES[number], "start": self[f"start_on_{number}"], "end": self[f"end_on_{number}"]}
            for number in HALF_TERMS
        ]


class YearForm(Form):
    """An academic year as people write it."""

    year = forms.CharField(label="Academic year", help_text=f"Like {label(2026)}", max_length=12)

    params = {"year": {"classes": "govuk-input--width-10"}}

    def clean_year(self) -> int:
        try:
            return parse(self.cleaned_data["year"])
        except ValueError as error:
            raise ValidationError(str(error)) from None


class WorkingDayForm(Form):
    day = DateField(label="Day")
    is_working = forms.ChoiceField(
        label="In England it is",
        choices=[("no", "Not a working day"), ("yes", "A working day")],
        widget=forms.RadioSelect,
        initial="no",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=120,
        help_text="Printed wherever a clock skips the day, such as “Bank holiday for the coronation”",
    )
