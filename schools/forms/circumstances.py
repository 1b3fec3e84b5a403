"""What is so at a school that no file holds."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django import forms

from schools.actions.circumstances import AUDIENCES
from schools.choices import Audience
from schools.rules.circumstances import catalogue
from ui.forms import DateField, Form


class CircumstanceForm(Form):
    item_hints = {
        "audience": {
            Audience.SCHOOL: "Headteacher, chair and those they delegate to see it, and that it bears on their level",
            Audience.AUTHORITY: "The school sees neither it nor that there is something it does not see",
        }
    }

    kind = forms.ChoiceField(label="What is so?")
    note = forms.CharField(
        label="What is known", required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    source = forms.CharField(
        label="Who or what says so", max_length=200, help_text="Such as “Headteacher, by telephone”"
    )
    audience = forms.ChoiceField(
        label="Who may read this?",
        choices=[(audience.value, audience.label) for audience in AUDIENCES],
        widget=forms.RadioSelect,
    )
    start_on = DateField(label="Since when")
    end_on = DateField(label="Last day", required=False, hint="Leave empty while it lasts")

    def __init__(self, today: dt.date, data: Any = None, kind: str = "", kinds: Collection[str] = ()) -> None:
        offered = {key: entry for key, entry in catalogue().items() if not kinds or key in kinds}
        kind = kind if len(offered) > 1 else next(iter(offered))
        usual = offered.get(kind)
        super().__init__(
            data,
            initial={
                "start_on": today,
                "kind": kind if usual else "",
                "audience": usual.audience if usual else Audience.AUTHORITY,
            },
        )
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", "Choose one"),
            *((entry.key, entry.title) for entry in offered.values()),
        ]


class ReturnForm(Form):
    """Kinds of which there is nothing to report."""

    kinds = forms.MultipleChoiceField(
        label="Nothing to report on",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select what there is nothing to report on"},
    )

    def __init__(self, kinds: Iterable[tuple[str, str]], data: Any = None) -> None:
        choices = list(kinds)
        super().__init__(data, initial={"kinds": [key for key, _ in choices]})
        self.fields["kinds"].choices = choices  # type: ignore[attr-defined]
