"""Uploading a document into a draft, and publishing one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ui.forms import DateField, Form


class UploadForm(Form):
    """A YAML file in place of all that the draft says."""

    file = forms.FileField(label="File", help_text="As this service writes it: YAML, up to half a megabyte.")

    def __init__(self, *args: Any, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(*args, **kwargs)

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > self.longest:
            raise ValidationError(f"The file must be smaller than {self.longest // 1024} kB")
        content: bytes = file.read()
        return content


class PublishForm(Form):
    """From which day the draft is in force, and what it changes."""

    effective_from = DateField(label="In force from")
    summary = forms.CharField(
        label="What has changed and why",
        help_text="Schools read this beside the new version.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
