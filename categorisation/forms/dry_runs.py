"""Another value of one parameter, to be tried on every school."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from categorisation.benching.parameters import parameter_value
from categorisation.schema import Framework
from categorisation.schema.document import Parameter
from ui.forms import Form

_TOO_LONG = "Another value has too many figures"
_NUMBER = forms.DecimalField(
    max_digits=9,
    decimal_places=3,
    error_messages={
        "invalid": "Another value must be a number, like 2.5",
        **dict.fromkeys(("max_digits", "max_decimal_places", "max_whole_digits"), _TOO_LONG),
    },
)
_LONGEST_WINDOW = 10  # years: as far as any condition may look back


class ParameterForm(Form):
    """`key` and `value` say which parameter and what to try; `value` cleans to a Decimal, or a choice's own word."""

    key = forms.ChoiceField(label="Parameter")
    value = forms.CharField(label="Another value", max_length=40, help_text="A number, or one of its choices")

    def __init__(self, document: Framework, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parameters = {item.key: item for item in document.parameters}
        self.fields["key"].choices = [  # type: ignore[attr-defined]
            (item.key, f"{item.title} (now {parameter_value(item)})") for item in document.parameters
        ]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        parameter = self._parameters.get(given.get("key", ""))
        if parameter is not None and "value" in given:
            try:
                given["value"] = _read(parameter, given["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return given


def _read(parameter: Parameter, text: str) -> Decimal | str:
    if parameter.type == "choice":
        choice = text.lower().replace(" ", "_")
        if choice not in parameter.choices:
            known = " or ".join(choice.replace("_", " ") for choice in parameter.choices)
            raise ValidationError(f"{parameter.title} can be {known}.")
        return choice
    number: Decimal = _NUMBER.clean(text.replace("−", "-"))
    if parameter.type == "whole_number" and number != number.to_integral_value():
        raise ValidationError(f"{parameter.title} is a whole number.")
    if parameter.unit == "years" and not 1 <= number <= _LONGEST_WINDOW:
        raise ValidationError(f"{parameter.title} is between 1 and {_LONGEST_WINDOW} years.")
    return number
