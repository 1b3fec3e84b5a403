"""How an authority appears, and its areas and clusters."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.choices import AreaKind
from accounts.models import Authority
from schools.rules.colours import problem_with
from ui.forms import Form


class AuthorityForm(Form):
    service_name = forms.CharField(
        label="Name of the service",
        max_length=120,
        required=False,
        help_text="In the header of every page. If empty, the authority's name stands there",
    )
    colour = forms.CharField(
        label="Colour",
        help_text="Of the header and of accents, like #1d70b8. White text must be readable on it: a contrast of at "
        "least 4.5 to 1",
    )
    contact_email = forms.EmailField(
        label="Contact e-mail address", required=False, max_length=254, help_text="At the foot of every page"
    )

    params = {"colour": {"classes": "govuk-input--width-10"}}

    def __init__(self, authority: Authority, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "service_name": authority.service_name,
                "colour": authority.colour,
                "contact_email": authority.contact_email,
            },
        )

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"].lower()
        problem = problem_with(colour)
        if problem:
            raise ValidationError(problem)
        return colour


class AreaForm(Form):
    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(
        label="Kind", choices=AreaKind.choices, widget=forms.RadioSelect, initial=AreaKind.AREA
    )


class RenameAreaForm(Form):
    name = forms.CharField(label="Name", max_length=120)
