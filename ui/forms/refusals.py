"""An action's refusal shown at the field it is about; and a name for one form on one screen."""

import secrets

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm


def show_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """Add a refusal to a form: by field where the form has the field, at the top otherwise."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        known = name != NON_FIELD_ERRORS and name in form.fields
        form.add_error(name if known else None, errors)


def new_form_key() -> str:
    """Names one form on one screen, so that sending it twice does its thing once."""
    return secrets.token_urlsafe(16)
