"""The form kit: forms and fields that render as GOV.UK components and speak in its error messages."""

from ui.forms.base import FilterForm, Form, ModelForm
from ui.forms.dates import DateField, DateWidget, date_parts
from ui.forms.numbers import HalfDayField, MoneyField
from ui.forms.refusals import new_form_key, show_refusal

__all__ = [
    "DateField",
    "DateWidget",
    "FilterForm",
    "Form",
    "HalfDayField",
    "ModelForm",
    "MoneyField",
    "date_parts",
    "new_form_key",
    "show_refusal",
]
