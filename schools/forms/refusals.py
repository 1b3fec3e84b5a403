"""An action's refusal, shown at the field it is about."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm


def show(form: BaseForm, refusal: ValidationError) -> None:
    """Add a refusal to a form: by field where the form has the field, at the top otherwise."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        known = name != NON_FIELD_ERRORS and name in form.fields
        form.add_error(name if known else None, errors)
