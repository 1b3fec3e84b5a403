"""What people type about visits."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict

from reports.rules import said
from schools.choices import Audience
from ui.forms import DateField, Form, HalfDayField
from visits import rules
from visits.actions import VisitFacts
from visits.choices import VisitKind, activities
from visits.models import Visit

_NOT_SHOWN = "The school is not told this."


class VisitForm(Form):
    """A visit planned or made. `facts()` is what it says, once valid."""

    state = forms.ChoiceField(
        label="Has the visit taken place?",
        choices=[("took_place", "Yes, it took place"), ("planned", "No, it is planned")],
        widget=forms.RadioSelect,
        initial="took_place",
        error_messages={"required": "Select whether the visit has taken place"},
    )
    took_place_on = DateField(
        label="When did it take place?", error_messages={"required": "Enter the date on which it took place"}
    )
    planned_on = DateField(
        label="When is it planned for?", error_messages={"required": "Enter the date for which it is planned"}
    )
    starts_at = forms.TimeField(
        label="Start time",
        help_text="For example, 09:30.",
        required=False,
        input_formats=["%H:%M", "%H.%M", "%I:%M%p", "%I.%M%p", "%I%p"],
        error_messages={"invalid": "Enter the start time as hours and minutes, like 09:30"},
    )
    days = HalfDayField(
        label="Time taken",
        help_text="In days and quarters of a day, with preparation and writing up. For example, 0.5.",
        step=Decimal("0.25"),
        min_value=Decimal("0.25"),
        max_value=rules.MOST_HALF_DAYS / 2,
        required=False,
    )
    kind = forms.ChoiceField(
        label="What kind of visit?",
        choices=VisitKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what kind of visit it is"},
    )
    activities = forms.MultipleChoiceField(
        label="What is it for?",
        help_text="Tick all that apply.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    attendees = forms.CharField(
        label="Who took part, or will?",
        help_text="Names and what they do. The school's report shows this.",
        widget=forms.Textarea,
        max_length=2000,
        required=False,
    )
    form_key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    reveals = {("state", "took_place"): ["took_place_on"], ("state", "planned"): ["planned_on"]}
    params = {
        "starts_at": {"classes": "govuk-input--width-5"},
        "attendees": {"rows": 3},
        "activities": {"classes": "app-checkboxes--columns"},
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            # Of the two dates the one is asked for that goes with the answer above it.
            self.fields["took_place_on"].required = self.data.get("state") == "took_place"
            self.fields["planned_on"].required = self.data.get("state") == "planned"
        known = activities()
        self.fields["activities"].choices = [(key, activity.text) for key, activity in known.items()]  # type: ignore[attr-defined]
        self.item_hints = {
            "kind": {VisitKind.AUTHORITY_MEETING: _NOT_SHOWN},
            "activities": {
                key: _NOT_SHOWN for key, activity in known.items() if activity.audience != Audience.SCHOOL
            },
        }

    def renew_revision(self, revision: int) -> None:
        """Let the next save be made knowing what stands now."""
        data = cast(QueryDict, self.data).copy()
        data["revision"] = str(revision)
        self.data = data

    def facts(self) -> VisitFacts:
        cleaned = self.cleaned_data
        made = cleaned["state"] == "took_place"
        return VisitFacts(
            kind=VisitKind(cleaned["kind"]),
            planned_on=cleaned["planned_on"],
            took_place_on=cleaned["took_place_on"] if made else None,
            starts_at=cleaned["starts_at"],
            half_days=cleaned["days"] * 2 if cleaned["days"] is not None else None,
            attendees=cleaned["attendees"],
            activities=tuple(cleaned["activities"]),
        )


def initial_of(visit: Visit) -> dict[str, Any]:
    """What the form shows of a visit. Runs one query, for the activities."""
    return {
        "state": "took_place" if visit.took_place else "planned",
        "took_place_on": visit.took_place_on,
        "planned_on": visit.planned_on,
        "starts_at": visit.starts_at.strftime("%H:%M") if visit.starts_at else "",
        "days": f"{(visit.half_days / 2).normalize():f}" if visit.half_days is not None else "",
        "kind": visit.kind,
        "activities": [activity.key for activity in visit.activities.all()],
        "attendees": visit.attendees,
        "revision": visit.revision,
    }


class ReasonForm(Form):
    """A reason, kept with the thing. `label` asks the question."""

    reason = forms.CharField(widget=forms.Textarea, max_length=2000)
    params = {"reason": {"rows": 3}}

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label

    def clean_reason(self) -> str:
        return said(self.cleaned_data["reason"])


class FinaliseForm(Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
