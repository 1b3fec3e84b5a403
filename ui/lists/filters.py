"""Filters of lists, rendered by the form kit."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError

from ui.forms import DateField, FilterForm


class DateFilter(django_filters.DateFilter):
    """A day, in three boxes."""

    field_class = DateField


class ChoicesFilter(django_filters.MultipleChoiceFilter):
    """Any of several choices, as checkboxes; nothing ticked means all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        kwargs.setdefault("distinct", False)
        super().__init__(*args, **kwargs)


class _RowsField(django_filters.fields.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except OverflowError:  # a number longer than any key of the database
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class ModelChoicesFilter(django_filters.ModelMultipleChoiceFilter):
    """Any of several rows, as checkboxes; give `queryset` (a function of the request limits it to what one may see)."""

    field_class = _RowsField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        kwargs.setdefault("distinct", False)
        super().__init__(*args, **kwargs)


class YesNoFilter(django_filters.ChoiceFilter):
    """Yes, no, or either."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("choices", [("yes", "Yes"), ("no", "No")])
        kwargs.setdefault("empty_label", "Either")
        super().__init__(*args, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return super().filter(qs, {"yes": True, "no": False}.get(value, value))


class FilterSet(django_filters.FilterSet):
    """A set of filters whose form is ours."""

    def get_form_class(self) -> type[forms.Form]:
        fields = {name: filter_.field for name, filter_ in self.filters.items()}
        return type(f"{type(self).__name__}Form", (FilterForm,), fields)
