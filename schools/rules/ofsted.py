"""Ofsted's eight frameworks as data: areas, grades, dates, categories; and what an inspection under each may say.

Grades are each framework's own and are never renumbered: a 3 is Satisfactory until August 2012 and Requires
Improvement from September 2012, and a report card has words, not numbers. Frameworks are not comparable; `band` gives
the configurable groups that rules may use. Sources: statutory-facts section 3; Education Act 2005 ss.5, 8, 44, 48.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schools.choices import (
    CategoryReason,
    ConcernCategory,
    InspectionFramework,
    InspectionKind,
    MonitoringProgress,
    UngradedOutcome,
)
from schools.rules.dates import in_words, month_in_words


@dataclass(frozen=True, slots=True)
class Grade:
    """A value as stored (`key`), as printed, and its place from best (0) within its own scale only."""

    key: str
    label: str
    place: int

    @property
    def text(self) -> str:
        """ "Good (2)" for a numbered scale, "Expected standard" for words."""
        return f"{self.label} ({self.key})" if self.key.isdigit() else self.label


Scale = Mapping[str, Grade]


def _scale(*grades: tuple[str, str]) -> Scale:
    return {key: Grade(key, label, place) for place, (key, label) in enumerate(grades)}


SATISFACTORY_SCALE = _scale(("1", "Outstanding"), ("2", "Good"), ("3", "Satisfactory"), ("4", "Inadequate"))
RI_SCALE = _scale(("1", "Outstanding"), ("2", "Good"), ("3", "Requires improvement"), ("4", "Inadequate"))
REPORT_CARD_SCALE = _scale(
    ("exceptional", "Exceptional"),
    ("strong", "Strong standard"),
    ("expected", "Expected standard"),
    ("needs_attention", "Needs attention"),
    ("urgent", "Urgent improvement"),
)
# Section 48 inspections are the faith bodies' own, under schedules that changed more than once
RELIGIOUS_SCALE = _scale(
    ("excellent", "Excellent"),
    ("outstanding", "Outstanding"),
    ("good", "Good"),
    ("satisfactory", "Satisfactory"),
    ("requires_improvement", "Requires improvement"),
    ("inadequate", "Inadequate"),
    ("ineffective", "Ineffective"),
    ("j1", "J1: lives up to its foundation"),
    ("j2", "J2: may not be fully living up to its foundation"),
)

INADEQUATE = "4"
URGENT = "urgent"
NEEDS_ATTENTION = "needs_attention"


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework: its dates (last day none: still in use), areas in its own order, and what it could conclude."""

    code: InspectionFramework
    name: str
    first: dt.date
    last: dt.date | None
    areas: Mapping[str, str]  # key -> name; without overall effectiveness, which is Inspection.overall_grade
    main_areas: frozenset[
        str
    ]  # those every school is judged on; the rest apply where there is such provision
    scale: Scale
    has_overall: bool
    has_ungraded: bool
    category_names: Mapping[ConcernCategory, str]
    progress: tuple[MonitoringProgress, ...]
    leadership: str  # the area whose failure makes special measures
    judges_safeguarding: bool

    def covers(self, on: dt.date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)

    @property
    def kinds(self) -> tuple[InspectionKind, ...]:
        """Kinds of inspection there were under it, the usual one first."""
        return tuple(kind for kind in InspectionKind if kind != InspectionKind.UNGRADED or self.has_ungraded)

    @property
    def dates_in_words(self) -> str:
        return f"from {in_words(self.first)}" + (f" to {in_words(self.last)}" if self.last else "")


_F = InspectionFramework
_C = ConcernCategory
_P = MonitoringProgress

# One statutory category with three names (Education Act 2005 s.44(2))
_NOTICE_TO_IMPROVE = {
    _C.SIGNIFICANT_IMPROVEMENT: "Notice to improve",
    _C.SPECIAL_MEASURES: "Special measures",
}
_SERIOUS_WEAKNESSES = {
    _C.SIGNIFICANT_IMPROVEMENT: "Serious weaknesses",
    _C.SPECIAL_MEASURES: "Special measures",
}
_SIGNIFICANT_IMPROVEMENT = {
    _C.SIGNIFICANT_IMPROVEMENT: "Requires significant improvement",
    _C.SPECIAL_MEASURES: "Special measures",
}
_FOUR_POINT_PROGRESS = (_P.INADEQUATE, _P.SATISFACTORY, _P.GOOD, _P.OUTSTANDING)
_ACTION_PROGRESS = (_P.NOT_EFFECTIVE, _P.INADEQUATE, _P.REASONABLE, _P.EFFECTIVE)

_2005_AREAS = {
    "achievement_standards": "Achievement and standards",
    "personal_development": "Personal development and well-being",
    "quality_of_provision": "Quality of provision",
    "teaching_learning": "Teaching and learning",
    "curriculum": "Curriculum and other activities",
    "care_guidance_support": "Care, guidance and support",
    "leadership_management": "Leadership and management",
    "early_years": "Foundation Stage",
    "sixth_form": "Sixth form",
}
_2009_AREAS = {
    "capacity_to_improve": "Capacity for sustained improvement",
    "outcomes": "Outcomes for individuals and groups of pupils",
    "quality_of_provision": "Quality of provision",
    "teaching_learning": "Quality of teaching",
    "curriculum": "Curriculum",
    "care_guidance_support": "Care, guidance and support",
    "leadership_management": "Leadership and management",
    "early_years": "Early Years Foundation Stage",
    "sixth_form": "Sixth form",
}
_2012_AREAS = {
    "achievement": "Achievement of pupils",
    "quality_of_teaching": "Quality of teaching",
    "behaviour_safety": "Behaviour and safety of pupils",
    "leadership_management": "Leadership and management",
    "early_years": "Early years provision",
    "sixth_form": "Sixth form provision",
}
_CIF_AREAS = {
    "leadership_management": "Effectiveness of leadership and management",
    "teaching_learning_assessment": "Quality of teaching, learning and assessment",
    "personal_development_behaviour_welfare": "Personal development, behaviour and welfare",
    "outcomes": "Outcomes for pupils",
    "early_years": "Early years provision",
    "sixth_form": "16 to 19 study programmes",
}
_EIF_AREAS = {
    "quality_of_education": "Quality of education",
    "behaviour_attitudes": "Behaviour and attitudes",
    "personal_development": "Personal development",
    "leadership_management": "Leadership and management",
    "early_years": "Early years provision",
    "sixth_form": "Sixth form provision",
}
_REPORT_CARD_AREAS = {
    "leadership_governance": "Leadership and governance",
    "curriculum_teaching": "Curriculum and teaching",
    "achievement": "Achievement",
    "attendance_behaviour": "Attendance and behaviour",
    "personal_development_wellbeing": "Personal development and well-being",
    "inclusion": "Inclusion",
    "early_years": "Early years",
    "sixth_form": "Post-16 provision",
}
_PROVISION_AREAS = frozenset({"early_years", "sixth_form"})
# Parts of "quality of provision" that reports graded apart
_PARTS = frozenset({"teaching_learning", "curriculum", "care_guidance_support"})


def _framework(
    code: InspectionFramework,
    name: str,
    first: dt.date,
    last: dt.date | None,
    areas: Mapping[str, str],
    *,
    scale: Scale = RI_SCALE,
    has_overall: bool = True,
    has_ungraded: bool = False,
    category_names: Mapping[ConcernCategory, str] = _SERIOUS_WEAKNESSES,
    progress: tuple[MonitoringProgress, ...] = _ACTION_PROGRESS,
    leadership: str = "leadership_management",
    judges_safeguarding: bool = True,
) -> Framework:
    return Framework(
        code=code,
        name=name,
        first=first,
        last=last,
        areas=areas,
        main_areas=frozenset(areas)
        - _PROVISION_AREAS
        - (_PARTS if "quality_of_provision" in areas else set()),
        scale=scale,
        has_overall=has_overall,
        has_ungraded=has_ungraded,
        category_names=category_names,
        progress=progress,
        leadership=leadership,
        judges_safeguarding=judges_safeguarding,
    )


FRAMEWORKS: Mapping[InspectionFramework, Framework] = {
    framework.code: framework
    for framework in (
        _framework(
            _F.S5_2005, "section 5 framework of 2005", dt.date(2005, 9, 1), dt.date(2009, 8, 31), _2005_AREAS,
            scale=SATISFACTORY_SCALE, category_names=_NOTICE_TO_IMPROVE, progress=_FOUR_POINT_PROGRESS,
            judges_safeguarding=False,
        ),
        _framework(
            _F.S5_2009, "section 5 framework of 2009", dt.date(2009, 9, 1), dt.date(2011, 12, 31), _2009_AREAS,
            scale=SATISFACTORY_SCALE, category_names=_NOTICE_TO_IMPROVE, progress=_FOUR_POINT_PROGRESS,
        ),
        _framework(
            _F.S5_2012_01, "section 5 framework of January 2012", dt.date(2012, 1, 1), dt.date(2012, 8, 31), _2012_AREAS,
            scale=SATISFACTORY_SCALE, category_names=_NOTICE_TO_IMPROVE, progress=_FOUR_POINT_PROGRESS,
        ),
        _framework(
            _F.S5_2012_09, "section 5 framework of September 2012", dt.date(2012, 9, 1), dt.date(2015, 8, 31),
            _2012_AREAS,
        ),
        _framework(
            _F.CIF_2015, "common inspection framework", dt.date(2015, 9, 1), dt.date(2019, 8, 31), _CIF_AREAS,
            has_ungraded=True,
        ),
        _framework(
            _F.EIF_2019, "education inspection framework", dt.date(2019, 9, 1), dt.date(2024, 8, 31), _EIF_AREAS,
            has_ungraded=True,
        ),
        _framework(
            _F.EIF_2024, "education inspection framework without an overall grade", dt.date(2024, 9, 1),
            dt.date(2025, 11, 9), _EIF_AREAS,
            has_overall=False, has_ungraded=True, category_names=_SIGNIFICANT_IMPROVEMENT,
        ),
        _framework(
            _F.REPORT_CARD_2025, "report card", dt.date(2025, 11, 10), None, _REPORT_CARD_AREAS,
            scale=REPORT_CARD_SCALE, has_overall=False, category_names=_SIGNIFICANT_IMPROVEMENT,
            leadership="leadership_governance",
        ),
    )
}  # fmt: skip

# Monitoring that found less than the progress expected (the Leeds strategy, A6 iii)
POOR_PROGRESS = frozenset({MonitoringProgress.INADEQUATE, MonitoringProgress.NOT_EFFECTIVE})

# Grounds for each category: Education Act 2005 s.44, the two limbs of significant improvement and the one of
# special measures
CATEGORY_REASONS: Mapping[ConcernCategory, tuple[CategoryReason, ...]] = {
    ConcernCategory.SIGNIFICANT_IMPROVEMENT: (
        CategoryReason.UNACCEPTABLE_WITH_CAPACITY,
        CategoryReason.BELOW_REASONABLE_EXPECTATION,
    ),
    ConcernCategory.SPECIAL_MEASURES: (CategoryReason.UNACCEPTABLE_WITHOUT_CAPACITY,),
}


def framework_on(day: dt.date) -> Framework:
    """The framework in use on the day an inspection started.

    Raises ValueError for a day before September 2005, when section 5 inspections began.
    """
    for framework in FRAMEWORKS.values():
        if framework.covers(day):
            return framework
    raise ValueError(
        f"{in_words(day)} is before section 5 inspections began on {in_words(FRAMEWORKS[_F.S5_2005].first)}. "
        "Inspections are held from that day."
    )


def scale_for(framework: Framework, kind: InspectionKind) -> Scale:
    """The grades an overall judgement of this kind may have; empty where it has none."""
    if kind == InspectionKind.RELIGIOUS:
        return RELIGIOUS_SCALE
    if kind in (InspectionKind.GRADED, InspectionKind.URGENT) and framework.has_overall:
        return framework.scale
    return {}


def areas_for(framework: Framework, kind: InspectionKind) -> Mapping[str, str]:
    """The areas an inspection of this kind may grade. Monitoring grades areas again on report cards only."""
    if kind in (InspectionKind.GRADED, InspectionKind.URGENT):
        return framework.areas
    if kind == InspectionKind.MONITORING and framework.code == _F.REPORT_CARD_2025:
        return framework.areas
    return {}


def category_name(framework: InspectionFramework, category: ConcernCategory | str) -> str:
    """The category as it was called then: "Notice to improve", "Serious weaknesses", …; empty for none."""
    if not category:
        return ""
    return FRAMEWORKS[InspectionFramework(framework)].category_names[ConcernCategory(category)]


def grade_text(framework: InspectionFramework, grade: str, kind: str = InspectionKind.GRADED) -> str:
    """ "Good (2)" or "Expected standard", in the framework's own words; the stored text where it is no grade of it."""
    scale = (
        RELIGIOUS_SCALE
        if kind == InspectionKind.RELIGIOUS
        else FRAMEWORKS[InspectionFramework(framework)].scale
    )
    return scale[grade].text if grade in scale else grade


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
    grounds = _grounds(findings, framework)
    if findings.category:
        if (
            findings.category_reason
            and findings.category_reason not in (CATEGORY_REASONS[ConcernCategory(findings.category)])
        ):
            found.append(Problem("category_reason", "That is the test of the other category."))
        if not grounds:
            found.append(Problem("category", _no_grounds(framework)))
        elif (
            framework.code == _F.REPORT_CARD_2025
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


def _grounds(findings: Findings, framework: Framework) -> str:
    """What in the findings would place the school in a category, in words; empty for nothing."""
    if framework.has_overall:
        return "An inadequate grade overall" if findings.overall_grade == INADEQUATE else ""
    worst = URGENT if framework.scale is REPORT_CARD_SCALE else INADEQUATE
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
    if framework.scale is REPORT_CARD_SCALE:
        return "A category needs urgent improvement in an area, or safeguarding not met."
    return "A category needs an inadequate area, or ineffective safeguarding."


def _listed(scale: Scale) -> str:
    return ", ".join(grade.text for grade in scale.values())


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
    if findings.category or _grounds(findings, framework):
        return Band.CONCERN
    if framework.has_overall:
        return {"1": Band.AT_LEAST_GOOD, "2": Band.AT_LEAST_GOOD, "3": Band.BELOW}.get(findings.overall_grade)
    if not framework.main_areas <= set(findings.areas):
        return None
    if framework.scale is REPORT_CARD_SCALE:
        weak = {area for area, grade in findings.areas.items() if grade == NEEDS_ATTENTION}
        is_below = bool(weak) if below == BelowTest.ANY_AREA else framework.leadership in weak
    else:
        # 2024-25: requires improvement in quality of education or in leadership and management
        is_below = any(
            findings.areas[area] == "3" for area in ("quality_of_education", "leadership_management")
        )
    if is_below:
        return Band.BELOW
    if framework.scale is REPORT_CARD_SCALE and findings.safeguarding_effective is None:
        return None
    return Band.AT_LEAST_GOOD


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
