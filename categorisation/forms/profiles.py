"""What people type about self-evaluation profiles, apart from the rows themselves."""

from typing import Any

from django import forms

from categorisation.choices import ProfileStage
from reports.rules import said
from ui.forms import DateField, Form


class HandOverForm(Form):
    """Hands over what the person saw: `revision` is that of the stage when the page was made."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class ReopenForm(Form):
    """Why the stage handed over last is taken up again; `stage` is the one the person saw."""

    reason = forms.CharField(
        label="Why is it reopened?",
        help_text="The school and the authority can both read this.",
        widget=forms.Textarea,
        max_length=2000,
    )
    stage = forms.ChoiceField(choices=ProfileStage.choices, widget=forms.HiddenInput)
    params = {"reason": {"rows": 3}}

    def clean_reason(self) -> str:
        return said(self.cleaned_data["reason"])


class AgreementForm(Form):
    """The day the profile was agreed with the school, and with whom."""

    agreed_on = DateField(label="When was it agreed?")
    agreed_with = forms.CharField(
        label="Who agreed it for the school?",
        help_text="For example, the headteacher’s name.",
        max_length=200,
    )

    def clean_agreed_with(self) -> Any:
        return said(self.cleaned_data["agreed_with"])
