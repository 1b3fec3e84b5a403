"""Fields whose cleaned value is what a document holds: lists of lines, numbers, half-days, choices in their order."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

Choices = Sequence[tuple[str, str]]

LONG = 2000  # letters of a text
SHORT = 200
MANY = 50  # lines of a list


class TextField(forms.CharField):
    """One text, in a box as tall as it needs."""

    def __init__(self, *, long: bool = False, **kwargs: Any) -> None:
        if long:
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
        super().__init__(max_length=LONG if long else SHORT, **kwargs)
        if long:
            self.max_length = None  # the limit is checked, and not counted down under every box


class LinesField(forms.CharField):
    """A list of texts, one on each line."""

    def __init__(self, *, exactly: int | None = None, **kwargs: Any) -> None:
        self.exactly = exactly
        super().__init__(widget=forms.Textarea(attrs={"rows": exactly or 4}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).split("\n") if line.strip()]
        if self.exactly is not None and len(lines) != self.exactly:
            raise ValidationError(f"{self.label} must be {self.exactly} lines, not {len(lines)}")
        if len(lines) > MANY or any(len(line) > LONG for line in lines):
            raise ValidationError(f"{self.label} must be {MANY} lines of {LONG} characters or less")
        return lines


class NumberField(forms.DecimalField):
    """A number as JSON keeps it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=4, **kwargs)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else _plain(number)


class HalfDaysField(NumberField):
    """Time kept in half-days and shown in the unit of the authority."""

    def __init__(self, *, in_days: bool, **kwargs: Any) -> None:
        self.per_unit = Decimal(2 if in_days else 1)
        super().__init__(min_value=0, **kwargs)
        self.govuk_params = {
            "suffix": {"text": "days" if in_days else "half-days"},
            "classes": "govuk-input--width-4",
        }

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int | float):
            return f"{(Decimal(str(value)) / self.per_unit).normalize():f}"
        return value

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else _plain(Decimal(str(number)) * self.per_unit)


class YearsField(forms.CharField):
    """Academic years by the year they start in, with commas between."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        years = [word for word in super().clean(value).replace(",", " ").split() if word]
        if any(not (word.isascii() and word.isdigit() and len(word) == 4) for word in years):
            raise ValidationError(f"{self.label} must be years like 2019, 2020")
        return [int(word) for word in years]


class WholeChoiceField(forms.TypedChoiceField):
    """One of several whole numbers, such as a level."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)


class SeveralField(forms.MultipleChoiceField):
    """Several of a list. Those chosen before keep their order; those added follow in the order of the list."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Choices, numbers: bool = False, **kwargs: Any) -> None:
        self.numbers, self.offered = numbers, [key for key, _ in choices]
        super().__init__(choices=choices, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return [str(item) for item in value] if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Any]:
        chosen = set(super().clean(value))
        before = [str(item) for item in self.initial or ()]
        order = [key for key in dict.fromkeys((*before, *self.offered)) if key in chosen]
        return [int(key) for key in order] if self.numbers else order


def select(choices: Iterable[tuple[str, str]], *, empty: str | None = None) -> list[tuple[str, str]]:
    """The choices of a list to choose one from, the empty one first."""
    return [*([] if empty is None else [("", empty)]), *choices]


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
