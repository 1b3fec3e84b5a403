"""Ofsted's eight frameworks as data: areas, grades, dates, the names of the categories. Sources: statutory-facts
section 3; Education Act 2005 ss.5, 8, 44, 48.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from schools.choices import (
    CategoryReason,
    ConcernCategory,
    InspectionFramework,
    InspectionKind,
    MonitoringProgress,
)
from schools.rules.dates import in_words


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
    def is_report_card(self) -> bool:
        return self.scale is REPORT_CARD_SCALE

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
    if kind == InspectionKind.MONITORING and framework.is_report_card:
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
