"""Groups of outcomes that rules may compare across frameworks, which Ofsted itself calls not comparable."""

from enum import StrEnum

from schools.choices import InspectionKind
from schools.rules.ofsted.findings import Findings, grounds_for_category
from schools.rules.ofsted.frameworks import FRAMEWORKS, NEEDS_ATTENTION


class Band(StrEnum):
    """Groups of outcomes that rules may compare across frameworks. Local policy's equivalence, not Ofsted's."""

    CONCERN = "concern"
    BELOW = "below"
    AT_LEAST_GOOD = "at_least_good"


class BelowTest(StrEnum):
    """What counts as below on a report card: attention needed anywhere, or in leadership and governance only."""

    ANY_AREA = "any_area"
    LEADERSHIP = "leadership"


def band(findings: Findings, below: BelowTest = BelowTest.ANY_AREA) -> Band | None:
    """The band of a graded or urgent inspection; None where the findings do not say (or the kind grades nothing)."""
    framework = FRAMEWORKS[findings.framework]
    if findings.kind not in (InspectionKind.GRADED, InspectionKind.URGENT):
        return None
    if findings.category or grounds_for_category(findings, framework):
        return Band.CONCERN
    if framework.has_overall:
        return {"1": Band.AT_LEAST_GOOD, "2": Band.AT_LEAST_GOOD, "3": Band.BELOW}.get(findings.overall_grade)
    if not framework.main_areas <= set(findings.areas):
        return None
    if framework.is_report_card:
        weak = {area for area, grade in findings.areas.items() if grade == NEEDS_ATTENTION}
        is_below = bool(weak) if below == BelowTest.ANY_AREA else framework.leadership in weak
    else:
        # 2024-25: requires improvement in quality of education or in leadership and management
        is_below = any(
            findings.areas[area] == "3" for area in ("quality_of_education", "leadership_management")
        )
    if is_below:
        return Band.BELOW
    if framework.is_report_card and findings.safeguarding_effective is None:
        return None
    return Band.AT_LEAST_GOOD
