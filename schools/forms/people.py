"""Officers and contacts, with their dates."""

import datetime as dt
from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import SCHOOL_ROLES
from schools.actions.contacts import Contact
from schools.choices import ContactRole, OfficerRole
from schools.models import School, SchoolContact
from ui.forms import DateField, Form


class AssignmentForm(Form):
    officer = forms.ModelChoiceField(User.objects.none(), label="Officer", empty_label="Choose somebody")
    role = forms.ChoiceField(label="Role", choices=OfficerRole.choices, widget=forms.RadioSelect)
    start_on = DateField(
        label="First day", hint="May lie ahead. Whoever serves in this role until then ends the day before"
    )
    end_on = DateField(label="Last day", required=False, hint="Leave empty while there is none")

    def __init__(self, school: School, today: dt.date, data: Any = None) -> None:
        super().__init__(data, initial={"role": OfficerRole.ADVISER, "start_on": today})
        self.fields["officer"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(grants__authority_id=school.authority_id, is_active=True)
            .exclude(grants__isnull=True)
            .filter(grants__in=_officers_grants(school))
            .distinct()
        )
        self.fields["officer"].label_from_instance = lambda user: f"{user.name} ({user.email})"  # type: ignore[attr-defined]


def _officers_grants(school: School) -> Any:
    from accounts.models import RoleGrant

    return RoleGrant.objects.filter(authority_id=school.authority_id).exclude(role__in=SCHOOL_ROLES)


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
