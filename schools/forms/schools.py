"""The authority's own facts of a school."""

from typing import Any

from django import forms

from accounts.choices import AreaKind
from accounts.models import Area
from schools.actions.schools import Settings
from schools.models import School
from ui.forms import Form

YES_NO_UNKNOWN = [("yes", "Yes"), ("no", "No"), ("", "Not recorded")]
_AS_TEXT = {True: "yes", False: "no", None: ""}
_AS_BOOL = {"yes": True, "no": False, "": None}


def as_text(value: bool | None) -> str:
    """A three-way fact as the radio that stands for it."""
    return _AS_TEXT[value]


def as_bool(value: str) -> bool | None:
    return _AS_BOOL[value]


class SettingsForm(Form):
    mark_optional = False

    area = forms.ModelChoiceField(
        Area.objects.none(),
        label="Area",
        required=False,
        empty_label="No area",
        help_text="Review groups and remits follow it",
    )
    cluster = forms.ModelChoiceField(
        Area.objects.none(), label="Cluster", required=False, empty_label="No cluster"
    )
    has_nursery = forms.ChoiceField(
        label="Does it have a nursery or other early years provision?",
        choices=YES_NO_UNKNOWN,
        widget=forms.RadioSelect,
        required=False,
        help_text="Descriptors for the early years apply only where it does",
    )
    has_sixth_form = forms.ChoiceField(
        label="Does it have a sixth form?",
        choices=YES_NO_UNKNOWN,
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, school: School, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "area": school.area_id,
                "cluster": school.cluster_id,
                "has_nursery": as_text(school.has_nursery),
                "has_sixth_form": as_text(school.has_sixth_form),
            },
        )
        areas = Area.objects.filter(authority_id=school.authority_id)
        self.fields["area"].queryset = areas.filter(kind=AreaKind.AREA)  # type: ignore[attr-defined]
        self.fields["cluster"].queryset = areas.filter(kind=AreaKind.CLUSTER)  # type: ignore[attr-defined]

    def settings(self) -> Settings:
        values = self.cleaned_data
        return Settings(
            area=values["area"],
            cluster=values["cluster"],
            has_nursery=as_bool(values["has_nursery"]),
            has_sixth_form=as_bool(values["has_sixth_form"]),
        )
