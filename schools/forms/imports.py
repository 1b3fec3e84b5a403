"""Files to import, whose they are, and the year of those whose name holds none."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Authority
from schools.importing.reading import MAX_FILE_BYTES, TABLE_SUFFIXES
from schools.rules import academic_years
from ui.forms import Form

MAX_UPLOADS = 60
MAX_UPLOAD_BYTES = 300 * 1024 * 1024
_ACCEPTED = tuple(sorted(TABLE_SUFFIXES | {".zip"}))


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or more files, checked together; `clean` gives a list."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = [file for file in (data if isinstance(data, Sequence) else [data]) if file]
        if not given:
            return [super().clean(None, initial)]  # raises that files are required
        problems = [problem for file in given if (problem := _problem(file))]
        if len(given) > MAX_UPLOADS:
            problems.insert(
                0, f"Choose {MAX_UPLOADS} files or fewer, or put them in a zip. You chose {len(given)}."
            )
        elif sum(file.size or 0 for file in given) > MAX_UPLOAD_BYTES:
            problems.insert(
                0, f"The files must be {MAX_UPLOAD_BYTES // 1024**2} MB or smaller together. Choose fewer."
            )
        if problems:
            raise ValidationError(problems[:10])
        return given


def _problem(file: UploadedFile) -> str:
    name = (file.name or "file")[-80:]
    if not name.lower().endswith(_ACCEPTED):
        return f"{name} is no CSV file, spreadsheet or zip"
    if not file.size:
        return f"{name} is empty"
    if file.size > MAX_FILE_BYTES:
        return f"{name} must be {MAX_FILE_BYTES // 1024**2} MB or smaller"
    return ""


class ImportForm(Form):
    authority = forms.ModelChoiceField(
        Authority.objects.none(), label="Authority", empty_label="Choose an authority"
    )
    uploads = SeveralFilesField(
        label="Files",
        help_text="As they were published: CSV files, spreadsheets, or a zip of them. You can choose several at once",
        error_messages={"required": "Select the files to import"},
    )
    year = forms.CharField(
        label="Academic year",
        required=False,
        max_length=9,
        help_text="Only for files whose name does not hold one. Like 2017-18",
    )

    params = {"year": {"classes": "govuk-input--width-10"}}

    def __init__(self, authorities: Sequence[Authority], data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self._only = authorities[0] if len(authorities) == 1 else None
        if self._only:
            del self.fields["authority"]
        else:
            self.fields["authority"].queryset = Authority.objects.filter(  # type: ignore[attr-defined]
                pk__in=[authority.pk for authority in authorities]
            )

    @property
    def chosen_authority(self) -> Authority:
        """The one chosen, or the only one there is to choose."""
        chosen: Authority = self._only or self.cleaned_data["authority"]
        return chosen

    def clean_year(self) -> int | None:
        text = self.cleaned_data["year"]
        if not text:
            return None
        try:
            return academic_years.parse(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None
