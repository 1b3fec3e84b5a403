"""What an inspection found, in one line."""

from schools.choices import InspectionKind, MonitoringProgress, UngradedOutcome
from schools.rules.dates import month_in_words
from schools.rules.ofsted.findings import Findings
from schools.rules.ofsted.frameworks import (
    FRAMEWORKS,
    RELIGIOUS_SCALE,
    Framework,
    category_name,
    grade_text,
)


def describe(findings: Findings) -> str:
    """One line: "Good (2), July 2018, common inspection framework".

    Without an overall grade, the worst grades by area; a category first, under the name of its time; for the other
    kinds what they concluded.
    """
    framework = FRAMEWORKS[findings.framework]
    return ", ".join(
        part
        for part in (
            outcome(findings),
            month_in_words(findings.started_on),
            _framework_words(findings, framework),
        )
        if part
    )


def outcome(findings: Findings) -> str:
    """What the inspection concluded, without date and framework."""
    framework = FRAMEWORKS[findings.framework]
    if findings.kind == InspectionKind.UNGRADED:
        said = UngradedOutcome(findings.ungraded_outcome).label if findings.ungraded_outcome else ""
        return said or "Ungraded inspection"
    if findings.kind == InspectionKind.MONITORING:
        said = MonitoringProgress(findings.monitoring_progress).label if findings.monitoring_progress else ""
        return f"Monitoring visit: {said.lower()}" if said else "Monitoring visit"
    if findings.kind == InspectionKind.RELIGIOUS:
        grade = RELIGIOUS_SCALE.get(findings.overall_grade)
        return f"Section 48: {grade.text if grade else 'no grade recorded'}"
    category = category_name(findings.framework, findings.category)
    if framework.has_overall:
        overall = grade_text(findings.framework, findings.overall_grade) or "No overall grade recorded"
        return f"{overall}, {category.lower()}" if category else overall
    summary = _summary_by_area(findings, framework)
    return f"{category}: {_lower_first(summary)}" if category else summary


def _summary_by_area(findings: Findings, framework: Framework) -> str:
    graded = {a: g for a, g in findings.areas.items() if a in framework.areas and g in framework.scale}
    if not graded:
        return "No grades recorded"
    worst = max(graded.values(), key=lambda grade: framework.scale[grade].place)
    where = [framework.areas[area].lower() for area in framework.areas if graded.get(area) == worst]
    if len(where) == len(graded):
        summary = f"{framework.scale[worst].text} in every area graded"
    else:
        summary = f"{framework.scale[worst].text} in {_joined(where)}; better elsewhere"
    if findings.safeguarding_effective is False:
        summary += "; safeguarding not met"
    return summary


def _framework_words(findings: Findings, framework: Framework) -> str:
    return "" if findings.kind == InspectionKind.RELIGIOUS else framework.name


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
