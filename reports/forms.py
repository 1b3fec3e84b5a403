from django import forms

from reports.rules import said
from ui.forms import Form


class WithdrawForm(Form):
    reason = forms.CharField(
        label="Why is it withdrawn?",
        help_text="Kept with the document. The authority's staff can read it; the school cannot.",
        widget=forms.Textarea,
        max_length=2000,
    )

    def clean_reason(self) -> str:
        return said(self.cleaned_data["reason"])
