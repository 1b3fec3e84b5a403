"""Base classes of every form: trimmed input, GOV.UK error messages, optional fields marked, reveals."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models

from ui.forms import wording
from ui.forms.dates import DateField


class _Kit:
    """What our forms add to Django's.

    params:  GOV.UK parameters by field, laid over the ones derived from the field:
             {"postcode": {"classes": "govuk-input--width-10"}}.
    reveals: fields shown under one choice of a radio or checkbox field: {("reason", "other"): ["other_reason"]}.
             Whether they are then required is the form's `clean`.
    item_hints: hints under single choices: {"level": {"3": "Up to ten days"}}.
    mark_optional: "(optional)" after the labels of fields that may stay empty.
    """

    params: Mapping[str, Mapping[str, Any]] = {}
    reveals: Mapping[tuple[str, str], Sequence[str]] = {}
    item_hints: Mapping[str, Mapping[str, str]] = {}
    mark_optional = True
    small = False  # small boxes for choices

    fields: dict[str, forms.Field]

    def _widget_data_value(self, widget: forms.Widget, html_name: str) -> Any:
        """Django's one door from the posted data to a field: text comes in tidied, passwords as they were typed."""
        value = super()._widget_data_value(widget, html_name)  # type: ignore[misc]
        if isinstance(value, str) and not isinstance(widget, forms.PasswordInput):
            # Browsers send two characters for a line break, which would count against the limit as two;
            # pasted text brings invisible spaces that no one can find again.
            return value.replace("\r\n", "\n").replace("\u200b", "").replace("\ufeff", "")
        return value

    def _word_errors(self) -> None:
        for name, field in self.fields.items():
            wording.apply(name, field)


class Form(_Kit, forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._word_errors()


def _formfield(db_field: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    """Model dates become three boxes."""
    if isinstance(db_field, models.DateField) and not isinstance(db_field, models.DateTimeField):
        kwargs.setdefault("form_class", DateField)
        if getattr(kwargs.get("widget"), "__class__", None) is forms.DateInput:
            kwargs.pop("widget")
    return db_field.formfield(**kwargs)


class _ModelFormMeta(type(forms.ModelForm)):  # type: ignore[misc]
    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> type:
        meta = attrs.get("Meta")
        if meta is not None and not hasattr(meta, "formfield_callback"):
            meta.formfield_callback = staticmethod(_formfield)
        return super().__new__(cls, name, bases, attrs)


class ModelForm(_Kit, forms.ModelForm, metaclass=_ModelFormMeta):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._word_errors()


class FilterForm(Form):
    """Filters of a list: nothing is compulsory, so nothing is marked optional."""

    mark_optional = False
    small = True
