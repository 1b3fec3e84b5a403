"""Officers and contacts, with their dates."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.choices import Permission, Reach, Role
from accounts.models import RoleGrant, User
from accounts.roles import POWERS
from schools.actions.contacts import Contact
from schools.choices import CONTACTS_OF, ContactRole, OfficerRole
from schools.models import School, SchoolContact
from ui.forms import DateField, Form


class AssignmentForm(Form):
    officer = forms.ModelChoiceField(
        User.objects.none(),
        label="Officer",
        empty_label="Choose somebody",
        help_text="Only people whose role is to visit or support schools stand here",
    )
    role = forms.ChoiceField(label="Role", choices=OfficerRole.choices, widget=forms.RadioSelect)
    start_on = DateField(
        label="First day", hint="May lie ahead. Whoever serves in this role until then ends the day before"
    )
    end_on = DateField(label="Last day", required=False, hint="Leave empty while there is none")

    def __init__(self, school: School, today: dt.date, data: Any = None) -> None:
        super().__init__(data, initial={"role": OfficerRole.ADVISER, "start_on": today})
        self.fields["officer"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(grants__in=_serving_grants(school, today), is_active=True).distinct()
        )
        self.fields["officer"].label_from_instance = lambda user: f"{user.name} ({user.email})"  # type: ignore[attr-defined]


# Roles to which an assignment brings schools, or who visit all of theirs: not members, auditors or school staff
_SERVING = [
    role
    for role, powers in POWERS.items()
    if Reach.ASSIGNED in powers.values() or Permission.WRITE_VISIT in powers
]


def _serving_grants(school: School, today: dt.date) -> QuerySet[RoleGrant]:
    """Now or to come: an assignment may lie ahead."""
    return RoleGrant.objects.filter(authority_id=school.authority_id, role__in=_SERVING).exclude(
        end_on__lt=today
    )


class EndForm(Form):
    """The last day of an assignment, a contact or a circumstance."""

    end_on = DateField(label="Last day")

    def __init__(self, today: dt.date, data: Any = None, hint: str = "") -> None:
        super().__init__(data, initial={"end_on": today})
        self.fields["end_on"].help_text = hint


class ContactForm(Form):
    role = forms.ChoiceField(label="Role", choices=ContactRole.choices)
    name = forms.CharField(label="Name", max_length=120, help_text="Of the person or, for a body, its name")
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        max_length=254,
        help_text="If somebody signs in with this address, the two are joined",
    )
    telephone = forms.CharField(label="Telephone", required=False, max_length=30)
    is_acting = forms.BooleanField(label="Acting, or interim", required=False)
    start_on = DateField(
        label="First day",
        required=False,
        hint="Leave empty if it is not known. Time in post is counted from it",
    )
    end_on = DateField(label="Last day", required=False, hint="Leave empty while there is none")

    def __init__(self, data: Any = None, contact: SchoolContact | None = None) -> None:
        initial: dict[str, Any] = {"role": ContactRole.HEADTEACHER}
        if contact is not None:
            initial = {name: getattr(contact, name) for name in self.base_fields}
        super().__init__(data, initial=initial)

    def contact(self) -> Contact:
        values = dict(self.cleaned_data)
        return Contact(role=ContactRole(values.pop("role")), **values)


class DelegateForm(Form):
    """Somebody whom the head or chair lets act for the school."""

    role = forms.ChoiceField(
        label="Role",
        choices=[
            (role.value, role.label) for role in ContactRole if role in CONTACTS_OF[Role.SCHOOL_DELEGATE]
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label="Name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Their own, not the school office's: whoever reads it can sign in.",
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        return email
