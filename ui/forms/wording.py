"""Error messages as the GOV.UK style asks: what to do, in the words of the field's label."""

from django import forms
from django.forms.utils import pretty_name
from django.forms.widgets import FileInput, RadioSelect, Select

_DJANGO_REQUIRED = "This field is required."


def in_sentence(label: str) -> str:
    """A label as it reads inside a sentence: "Date of visit" → "date of visit"; "URN" and "KS2 results" stay."""
    label = label.strip().rstrip("?:")
    if len(label) > 1 and (label[1].isupper() or label[1].isdigit()):
        return label
    return label[:1].lower() + label[1:]


def apply(name: str, field: forms.Field) -> None:
    """Replace Django's stock messages of one field; messages a form sets itself stand."""
    if field.label is None:
        field.label = pretty_name(name)
    label = str(field.label)
    phrase = in_sentence(label)
    own = field.error_messages
    stock = _stock(field, label, phrase)
    for code, message in stock.items():
        if code not in own or str(own[code]) == _class_default(field, code):
            own[code] = message
    _reword_validators(field, label)


def _class_default(field: forms.Field, code: str) -> str | None:
    for cls in type(field).__mro__:
        messages = cls.__dict__.get("default_error_messages", {})
        if code in messages:
            return str(messages[code])
    return None


def _stock(field: forms.Field, label: str, phrase: str) -> dict[str, str]:
    messages = {"required": f"{_verb(field)} {phrase}"}
    if isinstance(field, forms.BooleanField):
        messages["required"] = (
            f"Select if {phrase}" if not label.startswith("I ") else f"Select to confirm: {label}"
        )
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        messages["invalid_choice"] = f"Choose {phrase} from the list"
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        messages["invalid_list"] = messages["invalid_choice"] = f"Choose {phrase} from the list"
        messages["invalid_pk_value"] = messages["invalid_choice"]
    if isinstance(field, forms.IntegerField):
        kind = "a whole number" if type(field).__name__ == "IntegerField" else "a number"
        messages["invalid"] = f"{label} must be {kind}"
    if isinstance(field, forms.DecimalField):
        messages["invalid"] = f"{label} must be a number, like 2.5"
    if isinstance(field, forms.EmailField):
        messages["invalid"] = f"Enter {phrase} in the correct format, like name@example.com"
    if isinstance(field, forms.URLField):
        messages["invalid"] = f"Enter {phrase} in full, like https://www.example.org"
    if isinstance(field, forms.TimeField):
        messages["invalid"] = f"{label} must be a time, like 14:30"
    if isinstance(field, forms.FileField):
        messages["empty"] = "The selected file is empty"
        messages["missing"] = messages["required"]
        messages["invalid"] = "The selected file could not be uploaded. Try again"
    return messages


def _verb(field: forms.Field) -> str:
    return "Select" if isinstance(field.widget, Select | RadioSelect | FileInput) else "Enter"


def _reword_validators(field: forms.Field, label: str) -> None:
    limits = {
        "max_length": f"{label} must be %(limit_value)d characters or less",
        "min_length": f"{label} must be %(limit_value)d characters or more",
        "max_value": f"{label} must be %(limit_value)s or less",
        "min_value": f"{label} must be %(limit_value)s or more",
        "null_characters_not_allowed": f"{label} contains characters that cannot be stored",
        "max_digits": f"{label} has too many digits",
        "max_decimal_places": f"{label} has too many decimal places",
        "max_whole_digits": f"{label} is too large",
    }
    for code, message in limits.items():
        field.error_messages.setdefault(code, message)
