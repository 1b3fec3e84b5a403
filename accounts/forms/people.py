"""Inviting a person, giving and ending a role."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.choices import Permission, Phase, Role
from accounts.models import Area, Authority, User
from accounts.permissions import authority_ids
from accounts.roles import SCHOOL_ROLES
from ui.forms import DateField, Form


def _role_choices() -> list[Any]:
    return [
        ("", "Select a role"),
        ("The authority", [(r.value, r.label) for r in Role if r not in SCHOOL_ROLES]),
        ("Schools", [(r.value, r.label) for r in Role if r in SCHOOL_ROLES]),
    ]


class RoleForm(Form):
    """A role in an authority the reader administers, perhaps for an area or a phase, between dates.

    Whether remit and dates fit the role is the action's to say (actions.shared.remit_problems).
    """

    role = forms.ChoiceField(choices=_role_choices)
    authority = forms.ModelChoiceField(queryset=Authority.objects.none(), empty_label="Select an authority")
    area = forms.ModelChoiceField(
        queryset=Area.objects.none(),
        required=False,
        empty_label="Every area",
        help_text="For officers who work with part of the authority.",
    )
    phase = forms.ChoiceField(choices=[("", "Every phase"), *Phase.choices], required=False)
    start_on = DateField(label="First day")
    end_on = DateField(label="Last day", required=False, hint="Leave empty if nobody knows yet.")

    def __init__(self, *args: Any, manager: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = authority_ids(manager, Permission.MANAGE_PEOPLE)
        authorities = Authority.objects.filter(pk__in=ids)
        self.fields["authority"].queryset = authorities  # type: ignore[attr-defined]
        if len(ids) == 1:
            self.fields["authority"].initial = next(iter(ids))
            self.fields["authority"].empty_label = None  # type: ignore[attr-defined]
        areas = Area.objects.filter(authority__in=authorities).select_related("authority")
        area = self.fields["area"]
        area.queryset = areas  # type: ignore[attr-defined]
        if len(ids) > 1:
            area.label_from_instance = lambda row: f"{row.name}, {row.authority.name}"  # type: ignore[attr-defined]
        self.fields["start_on"].initial = timezone.localdate()

    def clean_start_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["start_on"]
        if day < timezone.localdate():
            raise ValidationError("First day must be today or in the future")
        return day


class InviteForm(RoleForm):
    """Somebody new, or somebody who has an account already, by their e-mail address."""

    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="The invitation goes here. They sign in with this address.",
    )

    field_order = ["name", "email", "role", "authority", "area", "phase", "start_on", "end_on"]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class EndRoleForm(Form):
    last_day = DateField(hint="The role holds until the end of this day. Yesterday's date ends it at once.")
