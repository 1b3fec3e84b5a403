"""Early warnings noted, signs confirmed, services asked."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from schools.choices import Audience
from ui.forms import DateField, Form

_AUDIENCES = [(one.value, one.label) for one in (Audience.SCHOOL, Audience.AUTHORITY)]


class NoteForm(Form):
    """What an officer makes of an early warning."""

    response = forms.CharField(
        label="What do you make of it?",
        help_text="Such as what you will do, and by when. The school does not see it",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": "Say what you make of it"},
    )


class ConfirmForm(Form):
    item_hints = {
        "audience": {
            Audience.SCHOOL: "The school reads on its page that this was confirmed, and what follows from it",
            Audience.AUTHORITY: "The school sees neither it nor what follows from it",
        }
    }

    note = forms.CharField(
        label="What did you see, and where?",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": "Say what you saw, and where"},
    )
    audience = forms.ChoiceField(
        label="Who may read this?",
        choices=_AUDIENCES,
        widget=forms.RadioSelect,
        initial=Audience.AUTHORITY.value,
    )


class RemitForm(Form):
    """What an officer of a service is asked about, from a day on."""

    small = True

    subjects = forms.MultipleChoiceField(
        label="Asked about",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select what the person is asked about"},
    )
    start_on = DateField(label="First day")

    def __init__(self, subjects: Iterable[tuple[str, str]], today: dt.date, data: Any = None) -> None:
        super().__init__(data, initial={"start_on": today})
        self.fields["subjects"].choices = list(subjects)  # type: ignore[attr-defined]


class RemitEndForm(Form):
    end_on = DateField(label="Last day")

    def __init__(self, today: dt.date, data: Any = None) -> None:
        super().__init__(data, initial={"end_on": today})
