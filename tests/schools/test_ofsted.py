"""Ofsted's eight frameworks: dates, areas, grades never renumbered, categories by the name of their time."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest

from schools.choices import (
    CategoryReason,
    ConcernCategory,
    MonitoringProgress,
    UngradedOutcome,
)
from schools.rules.ofsted import (
    CATEGORY_REASONS,
    FRAMEWORKS,
    Findings,
    areas_for,
    category_name,
    framework_on,
    grade_text,
    problems,
    scale_for,
)
from tests.schools.findings import CARD, EIF_2024_AREAS, GOOD, WITHOUT_OVERALL, D, F, K, card

RSI, SM = ConcernCategory.SIGNIFICANT_IMPROVEMENT, ConcernCategory.SPECIAL_MEASURES


def fields(findings):
    return [problem.field for problem in problems(findings)]


@pytest.mark.requirement("L-014", "K-012")
def test_there_are_eight_frameworks_that_leave_no_day_out():
    frameworks = list(FRAMEWORKS.values())

    assert len(frameworks) == 8
    assert set(FRAMEWORKS) == set(F)
    for before, after in pairwise(frameworks):
        assert after.first - before.last == dt.timedelta(days=1)
    assert frameworks[-1].last is None


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (D(2005, 9, 1), F.S5_2005),
        (D(2009, 8, 31), F.S5_2005),
        (D(2009, 9, 1), F.S5_2009),
        (D(2011, 12, 31), F.S5_2009),
        (D(2012, 1, 1), F.S5_2012_01),
        (D(2012, 8, 31), F.S5_2012_01),
        (D(2012, 9, 1), F.S5_2012_09),
        (D(2015, 8, 31), F.S5_2012_09),
        (D(2015, 9, 1), F.CIF_2015),
        (D(2019, 8, 31), F.CIF_2015),
        (D(2019, 9, 1), F.EIF_2019),
        (D(2024, 8, 31), F.EIF_2019),
        (D(2024, 9, 1), F.EIF_2024),
        (D(2025, 11, 9), F.EIF_2024),
        (D(2025, 11, 10), F.REPORT_CARD_2025),
        (D(2040, 1, 1), F.REPORT_CARD_2025),
    ],
)
def test_a_day_belongs_to_one_framework_and_the_day_before_a_change_to_the_one_before(day, code):
    assert framework_on(day).code == code


def test_before_section_5_there_is_none():
    with pytest.raises(
        ValueError, match="31 August 2005 is before section 5 inspections began on 1 September 2005"
    ):
        framework_on(D(2005, 8, 31))


@pytest.mark.requirement("L-014", "X-08")
def test_a_three_is_satisfactory_until_august_2012_and_requires_improvement_after():
    assert grade_text(F.S5_2012_01, "3") == "Satisfactory (3)"
    assert grade_text(F.S5_2012_09, "3") == "Requires improvement (3)"
    assert grade_text(F.S5_2005, "1") == "Outstanding (1)"
    assert grade_text(F.EIF_2019, "4") == "Inadequate (4)"
    assert grade_text(F.REPORT_CARD_2025, "expected") == "Expected standard"
    assert grade_text(F.REPORT_CARD_2025, "3") == "3"


@pytest.mark.requirement("L-018")
def test_the_first_framework_held_the_strands_leicester_names():
    areas = FRAMEWORKS[F.S5_2005].areas

    assert FRAMEWORKS[F.S5_2005].has_overall
    assert {"achievement_standards", "quality_of_provision", "leadership_management"} <= set(areas)
    assert "teaching_learning" not in FRAMEWORKS[F.S5_2005].main_areas


@pytest.mark.requirement("L-015", "X-10")
@pytest.mark.parametrize(
    ("code", "name"),
    [
        (F.S5_2005, "Notice to improve"),
        (F.S5_2009, "Notice to improve"),
        (F.S5_2012_01, "Notice to improve"),
        (F.S5_2012_09, "Serious weaknesses"),
        (F.CIF_2015, "Serious weaknesses"),
        (F.EIF_2019, "Serious weaknesses"),
        (F.EIF_2024, "Requires significant improvement"),
        (F.REPORT_CARD_2025, "Requires significant improvement"),
    ],
)
def test_one_statutory_category_has_the_name_of_its_time(code, name):
    assert category_name(code, RSI) == name
    assert category_name(code, SM) == "Special measures"
    assert category_name(code, "") == ""


def test_only_the_last_two_frameworks_give_no_overall_grade():
    assert {code for code, f in FRAMEWORKS.items() if not f.has_overall} == {F.EIF_2024, F.REPORT_CARD_2025}
    assert scale_for(FRAMEWORKS[F.EIF_2024], K.GRADED) == {}
    assert list(scale_for(FRAMEWORKS[F.EIF_2019], K.GRADED)) == ["1", "2", "3", "4"]


def test_what_a_kind_grades_follows_its_framework():
    assert areas_for(FRAMEWORKS[F.EIF_2019], K.MONITORING) == {}
    assert areas_for(FRAMEWORKS[F.EIF_2019], K.UNGRADED) == {}
    assert areas_for(FRAMEWORKS[F.REPORT_CARD_2025], K.MONITORING) == FRAMEWORKS[F.REPORT_CARD_2025].areas
    assert areas_for(FRAMEWORKS[F.EIF_2019], K.URGENT) == FRAMEWORKS[F.EIF_2019].areas
    assert "good" in scale_for(FRAMEWORKS[F.EIF_2019], K.RELIGIOUS)
    assert scale_for(FRAMEWORKS[F.EIF_2019], K.MONITORING) == {}


def test_ungraded_inspections_existed_from_2015_to_november_2025():
    assert {code for code, f in FRAMEWORKS.items() if K.UNGRADED in f.kinds} == {
        F.CIF_2015,
        F.EIF_2019,
        F.EIF_2024,
    }
    late = Findings(F.REPORT_CARD_2025, K.UNGRADED, D(2026, 1, 20))
    assert fields(late) == ["kind"]


@pytest.mark.parametrize("findings", [GOOD, CARD, WITHOUT_OVERALL], ids=["overall", "report card", "2024"])
def test_plain_findings_can_be_recorded(findings):
    assert problems(findings) == ()


def test_the_day_must_lie_in_the_framework():
    (problem,) = problems(replace(GOOD, started_on=D(2019, 8, 31)))

    assert problem.field == "started_on"
    assert problem.message == (
        "The education inspection framework was in use from 1 September 2019 to 31 August 2024, not on 31 August 2019."
    )
    assert fields(replace(CARD, started_on=D(2025, 11, 9))) == ["started_on"]


def test_dates_run_forwards():
    assert fields(replace(GOOD, ended_on=D(2023, 3, 13))) == ["ended_on"]
    assert fields(replace(GOOD, ended_on=D(2023, 3, 15), published_on=D(2023, 3, 14))) == ["published_on"]
    assert fields(replace(GOOD, published_on=D(2023, 3, 13))) == ["published_on"]
    assert fields(replace(GOOD, ended_on=D(2023, 3, 14), published_on=D(2023, 3, 14))) == []


def test_a_grade_must_be_of_the_scale():
    (problem,) = problems(replace(GOOD, overall_grade="5"))

    assert problem.field == "overall_grade"
    assert "Outstanding (1), Good (2), Requires improvement (3), Inadequate (4)" in problem.message
    assert fields(replace(GOOD, grades={"quality_of_education": "good"})) == ["area_quality_of_education"]
    assert fields(card(inclusion="2")) == ["area_inclusion"]


def test_an_area_must_be_of_the_framework():
    assert fields(replace(GOOD, grades={"achievement": "2"})) == ["area_achievement"]


def test_a_graded_inspection_needs_its_overall_grade_where_there_is_one():
    assert fields(replace(GOOD, overall_grade="")) == ["overall_grade"]
    assert fields(replace(GOOD, kind=K.URGENT, overall_grade="")) == []


def test_an_overall_grade_is_refused_where_there_is_none():
    (problem,) = problems(replace(WITHOUT_OVERALL, overall_grade="2"))
    assert (
        problem.message
        == "The education inspection framework without an overall grade gives no overall grade."
    )

    (problem,) = problems(Findings(F.EIF_2019, K.MONITORING, D(2023, 1, 1), overall_grade="2"))
    assert problem.message == "Monitoring visits give no overall grade."


def test_without_an_overall_grade_every_main_area_is_needed_but_not_early_years_or_sixth_form():
    assert fields(replace(WITHOUT_OVERALL, grades={"quality_of_education": "2"})) == [
        "area_behaviour_attitudes",
        "area_personal_development",
        "area_leadership_management",
    ]


@pytest.mark.requirement("K-053")
def test_progress_is_judged_on_monitoring_visits_only_in_the_words_of_the_time():
    visit = Findings(F.S5_2009, K.MONITORING, D(2010, 5, 4))

    assert fields(replace(visit, monitoring_progress=MonitoringProgress.INADEQUATE)) == []
    assert fields(replace(visit, monitoring_progress=MonitoringProgress.EFFECTIVE)) == ["monitoring_progress"]
    assert fields(replace(GOOD, monitoring_progress=MonitoringProgress.REASONABLE)) == ["monitoring_progress"]


def test_an_ungraded_outcome_goes_with_an_ungraded_inspection():
    ungraded = Findings(F.EIF_2019, K.UNGRADED, D(2023, 1, 1), ungraded_outcome=UngradedOutcome.REMAINS)

    assert fields(ungraded) == []
    assert fields(replace(GOOD, ungraded_outcome=UngradedOutcome.REMAINS)) == ["ungraded_outcome"]


@pytest.mark.requirement("L-015")
def test_inadequate_overall_carries_one_of_the_two_categories_and_nothing_else_does():
    inadequate = replace(GOOD, overall_grade="4")

    (problem,) = problems(inadequate)
    assert problem.field == "category"
    assert problem.message == (
        "An inadequate grade overall places a school in a category. Choose serious weaknesses or special measures."
    )
    assert fields(replace(inadequate, category=RSI)) == []
    assert fields(replace(inadequate, category=SM)) == []
    (problem,) = problems(replace(GOOD, overall_grade="3", category=RSI))
    assert problem.message == "A category goes with inadequate (4) overall."


@pytest.mark.requirement("L-016", "L-017")
def test_each_category_has_its_own_test():
    inadequate = replace(GOOD, overall_grade="4")

    assert len(CATEGORY_REASONS[RSI]) == 2
    for category, reasons in CATEGORY_REASONS.items():
        for reason in CategoryReason:
            expected = [] if reason in reasons else ["category_reason"]
            assert fields(replace(inadequate, category=category, category_reason=reason)) == expected
    assert fields(replace(GOOD, category_reason=CategoryReason.UNACCEPTABLE_WITH_CAPACITY)) == [
        "category_reason"
    ]


@pytest.mark.parametrize(
    ("grades", "safeguarding", "category", "refused"),
    [
        ({"quality_of_education": "4"}, True, RSI, []),
        ({"quality_of_education": "4"}, True, "", ["category"]),
        ({}, False, RSI, []),
        ({}, False, "", ["category"]),
        ({}, True, SM, ["category"]),
        ({"early_years": "4"}, True, "", []),
    ],
)
def test_in_2024_a_category_follows_an_inadequate_main_area_or_ineffective_safeguarding(
    grades, safeguarding, category, refused
):
    findings = replace(
        WITHOUT_OVERALL,
        grades={**EIF_2024_AREAS, **grades},
        safeguarding_effective=safeguarding,
        category=category,
    )

    assert fields(findings) == refused


@pytest.mark.parametrize(
    ("grades", "safeguarding", "category", "refused"),
    [
        ({"inclusion": "urgent"}, True, RSI, []),
        ({"inclusion": "urgent"}, True, "", ["category"]),
        ({"early_years": "urgent"}, True, "", ["category"]),
        ({"leadership_governance": "urgent"}, True, RSI, []),
        ({"leadership_governance": "urgent"}, True, SM, ["category"]),
        ({"leadership_governance": "urgent", "inclusion": "urgent"}, True, SM, []),
        ({"leadership_governance": "urgent"}, False, SM, []),
        ({"inclusion": "urgent"}, False, SM, ["category"]),
        ({}, False, RSI, []),
        ({}, False, "", ["category"]),
        ({}, True, RSI, ["category"]),
        ({"inclusion": "needs_attention"}, True, "", []),
    ],
)
def test_on_a_report_card_the_category_follows_what_is_urgent(grades, safeguarding, category, refused):
    findings = replace(card(**grades), safeguarding_effective=safeguarding, category=category)

    assert fields(findings) == refused


def test_an_urgent_inspection_may_leave_the_category_open():
    assert fields(replace(GOOD, kind=K.URGENT, overall_grade="4")) == []


@pytest.mark.parametrize("kind", [K.MONITORING, K.UNGRADED, K.RELIGIOUS])
def test_other_kinds_place_no_school_in_a_category(kind):
    findings = Findings(F.EIF_2019, kind, D(2023, 1, 1), category=SM)

    assert fields(findings) == ["category"]


def test_section_48_has_its_own_grades():
    section_48 = Findings(F.EIF_2019, K.RELIGIOUS, D(2023, 1, 1), overall_grade="excellent")

    assert fields(section_48) == []
    assert fields(replace(section_48, overall_grade="2")) == ["overall_grade"]
    assert grade_text(F.EIF_2019, "excellent", K.RELIGIOUS) == "Excellent"
