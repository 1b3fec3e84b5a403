"""What an inspection found, and whether it can have found that under the framework of its date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from schools.choices import ConcernCategory, InspectionFramework, InspectionKind
from schools.rules.dates import in_words
from schools.rules.ofsted.frameworks import (
    CATEGORY_REASONS,
    FRAMEWORKS,
    INADEQUATE,
    URGENT,
    Framework,
    Scale,
    areas_for,
    scale_for,
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What an inspection found, as somebody wants to record it. `grades` is area key -> grade key."""

    framework: InspectionFramework
    kind: InspectionKind
    started_on: dt.date
    ended_on: dt.date | None = None
    published_on: dt.date | None = None
    overall_grade: str = ""
    grades: Mapping[str, str] | None = None
    category: str = ""
    category_reason: str = ""
    safeguarding_effective: bool | None = None
    monitoring_progress: str = ""
    ungraded_outcome: str = ""

    @property
    def areas(self) -> Mapping[str, str]:
        return self.grades or {}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why findings cannot be: the field (an area's is "area_<key>"), and the reason in words."""

    field: str
    message: str


def problems(findings: Findings) -> tuple[Problem, ...]:
    """Everything that contradicts the findings' own framework; empty when they can be recorded."""
    framework = FRAMEWORKS[findings.framework]
    found = [*_dates(findings, framework), *_kind(findings, framework)]
    found += [*_grades(findings, framework), *_category(findings, framework)]
    return tuple(found)


def _dates(findings: Findings, framework: Framework) -> list[Problem]:
    found = []
    if not framework.covers(findings.started_on):
        found.append(
            Problem(
                "started_on",
                f"The {framework.name} was in use {framework.dates_in_words}, not on {in_words(findings.started_on)}.",
            )
        )
    if findings.ended_on and findings.ended_on < findings.started_on:
        found.append(Problem("ended_on", "The last day is before the first day."))
    if findings.published_on and findings.published_on < (findings.ended_on or findings.started_on):
        found.append(Problem("published_on", "The report is published after the inspection ends."))
    return found


def _kind(findings: Findings, framework: Framework) -> list[Problem]:
    found = []
    kind = findings.kind
    if kind not in framework.kinds:
        found.append(Problem("kind", f"There are no ungraded inspections under the {framework.name}."))
    if findings.monitoring_progress and kind != InspectionKind.MONITORING:
        found.append(Problem("monitoring_progress", "Progress is judged on monitoring visits only."))
    elif findings.monitoring_progress and findings.monitoring_progress not in framework.progress:
        found.append(
            Problem("monitoring_progress", f"That is not a judgement of progress under the {framework.name}.")
        )
    if findings.ungraded_outcome and kind != InspectionKind.UNGRADED:
        found.append(
            Problem("ungraded_outcome", "Only an ungraded inspection says whether a school keeps its grade.")
        )
    return found


def _grades(findings: Findings, framework: Framework) -> list[Problem]:
    found = []
    scale = scale_for(framework, findings.kind)
    areas = areas_for(framework, findings.kind)
    if findings.overall_grade and not scale:
        reason = (
            f"The {framework.name} gives no overall grade."
            if not framework.has_overall
            else f"{findings.kind.label}s give no overall grade."
        )
        found.append(Problem("overall_grade", reason))
    elif findings.overall_grade and findings.overall_grade not in scale:
        found.append(
            Problem(
                "overall_grade", f"“{findings.overall_grade}” is not a grade of this scale: {_listed(scale)}."
            )
        )
    for area, grade in findings.areas.items():
        if area not in areas:
            found.append(Problem(f"area_{area}", f"“{area}” is not graded on this kind of inspection."))
        elif grade not in framework.scale:
            found.append(
                Problem(
                    f"area_{area}", f"“{grade}” is not a grade of this scale: {_listed(framework.scale)}."
                )
            )
    if findings.kind == InspectionKind.GRADED and framework.has_overall and not findings.overall_grade:
        found.append(Problem("overall_grade", "Choose the overall grade."))
    if findings.kind == InspectionKind.GRADED and not framework.has_overall:
        missing = [
            name for key, name in areas.items() if key in framework.main_areas and key not in findings.areas
        ]
        found += [
            Problem(f"area_{key}", f"Choose the grade for {name.lower()}.")
            for key, name in areas.items()
            if name in missing
        ]
    return found


def _category(findings: Findings, framework: Framework) -> list[Problem]:
    if findings.category_reason and not findings.category:
        return [Problem("category_reason", "Only a category has a reason. Choose the category too.")]
    if findings.kind not in (InspectionKind.GRADED, InspectionKind.URGENT):
        if findings.category:
            return [Problem("category", f"{findings.kind.label}s do not place a school in a category.")]
        return []
    found = []
    grounds = grounds_for_category(findings, framework)
    if findings.category:
        if (
            findings.category_reason
            and findings.category_reason not in (CATEGORY_REASONS[ConcernCategory(findings.category)])
        ):
            found.append(Problem("category_reason", "That is the test of the other category."))
        if not grounds:
            found.append(Problem("category", _no_grounds(framework)))
        elif (
            framework.is_report_card
            and findings.category == ConcernCategory.SPECIAL_MEASURES
            and not _special_measures(findings, framework)
        ):
            found.append(
                Problem(
                    "category",
                    "Special measures needs urgent improvement in leadership and governance, and in another area "
                    "or safeguarding not met.",
                )
            )
    elif grounds and findings.kind == InspectionKind.GRADED:
        names = " or ".join(name.lower() for name in framework.category_names.values())
        found.append(Problem("category", f"{grounds} places a school in a category. Choose {names}."))
    return found


def grounds_for_category(findings: Findings, framework: Framework) -> str:
    """What in the findings would place the school in a category, in words; empty for nothing."""
    if framework.has_overall:
        return "An inadequate grade overall" if findings.overall_grade == INADEQUATE else ""
    worst = URGENT if framework.is_report_card else INADEQUATE
    # Early years and sixth form alone did not under the 2024 arrangements; any area does on a report card
    counted = set(framework.areas) if worst == URGENT else framework.main_areas
    for area, grade in findings.areas.items():
        if grade == worst and area in counted:
            return f"{framework.scale[worst].label} in {framework.areas[area].lower()}"
    if findings.safeguarding_effective is False:
        return "Safeguarding not met" if worst == URGENT else "Ineffective safeguarding"
    return ""


def _special_measures(findings: Findings, framework: Framework) -> bool:
    urgent = {area for area, grade in findings.areas.items() if grade == URGENT}
    others = urgent - {framework.leadership}
    return framework.leadership in urgent and (bool(others) or findings.safeguarding_effective is False)


def _no_grounds(framework: Framework) -> str:
    if framework.has_overall:
        return f"A category goes with {framework.scale[INADEQUATE].text.lower()} overall."
    if framework.is_report_card:
        return "A category needs urgent improvement in an area, or safeguarding not met."
    return "A category needs an inadequate area, or ineffective safeguarding."


def _listed(scale: Scale) -> str:
    return ", ".join(grade.text for grade in scale.values())
