"""What people type about frameworks."""

import datetime as dt

from django import forms

from accounts.models import Authority
from categorisation.models import FrameworkVersion
from ui.forms import DateField, Form


class ChooseFrameworkForm(Form):
    """The framework an authority works to, and from which day."""

    slug = forms.ChoiceField(label="Policy", widget=forms.RadioSelect)
    start_on = DateField(
        label="From", hint="The first day it decides. The policy before it ends the day before."
    )

    def __init__(self, *args: object, today: dt.date, authority: Authority, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        latest = FrameworkVersion.objects.known_to(authority.pk).order_by("slug", "-number")
        titles = {version.slug: _title(version) for version in reversed(latest)}
        self.fields["slug"].choices = sorted(titles.items(), key=lambda item: item[1])  # type: ignore[attr-defined]
        self.fields["start_on"].initial = today


def _title(version: FrameworkVersion) -> str:
    """ "Policy for school improvement (Leicester City Council, 2007)": titles alone are much alike."""
    identity = version.document["identity"]
    return f"{version.title} ({identity['authority']}, {identity['dated']})"
