"""An inspection in two steps: its date and kind first, then exactly the boxes of the framework of that date."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schools.choices import (
    CategoryReason,
    InspectionKind,
    MonitoringProgress,
    UngradedOutcome,
)
from schools.forms.schools import YES_NO_UNKNOWN, as_bool, as_text
from schools.models import Inspection
from schools.rules.ofsted import Findings, Framework, areas_for, framework_on, scale_for
from ui.forms import DateField, Form
from ui.forms.wording import in_sentence

_GRADING = (InspectionKind.GRADED, InspectionKind.URGENT)


class StartForm(Form):
    """When an inspection started and of what kind: these decide what it may have said."""

    started_on = DateField(label="First day of the inspection")
    kind = forms.ChoiceField(
        label="Kind of inspection", choices=InspectionKind.choices, widget=forms.RadioSelect
    )

    def __init__(self, today: dt.date, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial or {"kind": InspectionKind.GRADED})
        self.today = today

    def clean_started_on(self) -> dt.date:
        started_on: dt.date = self.cleaned_data["started_on"]
        if started_on > self.today:
            raise ValidationError("An inspection is recorded once it has begun.")
        try:
            framework_on(started_on)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return started_on

    def clean(self) -> dict[str, Any] | None:
        started_on, kind = self.cleaned_data.get("started_on"), self.cleaned_data.get("kind")
        if started_on and kind:
            framework = framework_on(started_on)
            if kind not in framework.kinds:
                self.add_error("kind", f"There are no ungraded inspections under the {framework.name}.")
        return self.cleaned_data


class FindingsForm(Form):
    """What an inspection of one kind found, in the words and grades of one framework."""

    mark_optional = False

    number = forms.CharField(
        label="Ofsted's inspection number", required=False, max_length=20, help_text="It stands on the report"
    )
    ended_on = DateField(label="Last day of the inspection", required=False)
    published_on = DateField(label="Report published", required=False)

    def __init__(
        self,
        framework: Framework,
        kind: InspectionKind,
        started_on: dt.date,
        data: Any = None,
        inspection: Inspection | None = None,
    ) -> None:
        self.framework, self.kind, self.started_on = framework, kind, started_on
        self.areas = areas_for(framework, kind)
        super().__init__(data, initial=_initial(inspection) if inspection else None)

    def _word_errors(self) -> None:
        # Called by the kit once the declared fields are there: the framework's own join them first
        self._add_outcome()
        self._add_areas()
        self._add_category()
        super()._word_errors()

    def _add_outcome(self) -> None:
        scale = scale_for(self.framework, self.kind)
        if scale:
            self.fields["overall_grade"] = forms.ChoiceField(
                label="Overall effectiveness" if self.kind in _GRADING else "Overall judgement",
                choices=[(key, grade.text) for key, grade in scale.items()],
                widget=forms.RadioSelect,
                required=self.kind == InspectionKind.GRADED,
            )
        if self.kind == InspectionKind.MONITORING:
            self.fields["monitoring_progress"] = forms.ChoiceField(
                label="Progress",
                choices=[(p.value, p.label) for p in self.framework.progress]
                + [("", "No judgement of progress")],
                widget=forms.RadioSelect,
                required=False,
            )
        if self.kind == InspectionKind.UNGRADED:
            self.fields["ungraded_outcome"] = forms.ChoiceField(
                label="What it concluded",
                choices=[*UngradedOutcome.choices, ("", "Not recorded")],
                widget=forms.RadioSelect,
                required=False,
            )

    def _add_areas(self) -> None:
        grades = [(key, grade.text) for key, grade in self.framework.scale.items()]
        needed = self.framework.main_areas if self._needs_areas() else frozenset()
        for area, name in self.areas.items():
            self.fields[f"area_{area}"] = forms.ChoiceField(
                label=name,
                choices=[("", "Choose a grade" if area in needed else "Not judged"), *grades],
                required=area in needed,
                error_messages={"required": f"Select the grade for {in_sentence(name)}"},
            )

    def _needs_areas(self) -> bool:
        return self.kind == InspectionKind.GRADED and not self.framework.has_overall

    def _add_category(self) -> None:
        if self.kind not in _GRADING:
            return
        if self.framework.judges_safeguarding:
            self.fields["safeguarding_effective"] = forms.ChoiceField(
                label="Is safeguarding met?"
                if self.framework.is_report_card
                else "Is safeguarding effective?",
                choices=YES_NO_UNKNOWN,
                widget=forms.RadioSelect,
                required=False,
            )
        names = self.framework.category_names
        self.fields["category"] = forms.ChoiceField(
            label="Category of concern",
            choices=[("", "None"), *((category.value, name) for category, name in names.items())],
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["category_reason"] = forms.ChoiceField(
            label="Which test was met",
            choices=[("", "Not recorded"), *CategoryReason.choices],
            widget=forms.RadioSelect,
            required=False,
            help_text="For a category only: the first two are those of significant improvement, the third of special "
            "measures",
        )

    def findings(self) -> Findings:
        values = self.cleaned_data
        progress = values.get("monitoring_progress", "")
        return Findings(
            framework=self.framework.code,
            kind=self.kind,
            started_on=self.started_on,
            ended_on=values["ended_on"],
            published_on=values["published_on"],
            overall_grade=values.get("overall_grade", ""),
            grades={area: values[f"area_{area}"] for area in self.areas if values[f"area_{area}"]},
            category=values.get("category", ""),
            category_reason=values.get("category_reason", ""),
            safeguarding_effective=as_bool(values.get("safeguarding_effective", "")),
            monitoring_progress=MonitoringProgress(progress) if progress else "",
            ungraded_outcome=values.get("ungraded_outcome", ""),
        )


def _initial(inspection: Inspection) -> dict[str, Any]:
    grades = {f"area_{judgement.area}": judgement.grade for judgement in inspection.judgements.all()}
    plain = {
        name: getattr(inspection, name)
        for name in (
            "number",
            "ended_on",
            "published_on",
            "overall_grade",
            "category",
            "category_reason",
            "monitoring_progress",
            "ungraded_outcome",
        )
    }
    return {
        **plain,
        **grades,
        "safeguarding_effective": as_text(inspection.safeguarding_effective),
    }
