"""Inspections in bands that rules compare, and in one line that people read."""

from dataclasses import replace

import pytest

from schools.choices import ConcernCategory, MonitoringProgress, UngradedOutcome
from schools.rules.ofsted import Band, BelowTest, Findings, band, describe, outcome
from tests.schools.findings import CARD, EIF_2024_AREAS, GOOD, WITHOUT_OVERALL, D, F, K, card

RSI, SM = ConcernCategory.SIGNIFICANT_IMPROVEMENT, ConcernCategory.SPECIAL_MEASURES


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        (GOOD, Band.AT_LEAST_GOOD),
        (replace(GOOD, overall_grade="1"), Band.AT_LEAST_GOOD),
        (replace(GOOD, overall_grade="3"), Band.BELOW),
        (replace(GOOD, overall_grade="4"), Band.CONCERN),
        (replace(GOOD, overall_grade=""), None),
        (replace(GOOD, kind=K.MONITORING), None),
        (WITHOUT_OVERALL, Band.AT_LEAST_GOOD),
        (replace(WITHOUT_OVERALL, grades={**EIF_2024_AREAS, "quality_of_education": "3"}), Band.BELOW),
        (
            replace(WITHOUT_OVERALL, grades={**EIF_2024_AREAS, "personal_development": "3"}),
            Band.AT_LEAST_GOOD,
        ),
        (replace(WITHOUT_OVERALL, grades={**EIF_2024_AREAS, "personal_development": "4"}), Band.CONCERN),
        (replace(WITHOUT_OVERALL, grades={"quality_of_education": "2"}), None),
        (CARD, Band.AT_LEAST_GOOD),
        (replace(CARD, safeguarding_effective=None), None),
        (replace(CARD, safeguarding_effective=False), Band.CONCERN),
        (card(inclusion="needs_attention"), Band.BELOW),
        (card(inclusion="urgent"), Band.CONCERN),
        (replace(CARD, category=RSI), Band.CONCERN),
    ],
)
def test_bands_group_outcomes_across_frameworks(findings, expected):
    assert band(findings) == expected


def test_what_is_below_on_a_report_card_can_be_narrowed_to_leadership():
    weak = card(inclusion="needs_attention")

    assert band(weak, BelowTest.LEADERSHIP) == Band.AT_LEAST_GOOD
    assert band(card(leadership_governance="needs_attention"), BelowTest.LEADERSHIP) == Band.BELOW


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        (
            Findings(F.CIF_2015, K.GRADED, D(2018, 7, 3), overall_grade="2"),
            "Good (2), July 2018, common inspection framework",
        ),
        (
            Findings(F.S5_2005, K.GRADED, D(2008, 2, 1), overall_grade="4", category=RSI),
            "Inadequate (4), notice to improve, February 2008, section 5 framework of 2005",
        ),
        (
            replace(GOOD, overall_grade=""),
            "No overall grade recorded, March 2023, education inspection framework",
        ),
        (
            WITHOUT_OVERALL,
            "Good (2) in every area graded, October 2024, education inspection framework without an overall grade",
        ),
        (
            replace(WITHOUT_OVERALL, grades=None),
            "No grades recorded, October 2024, education inspection framework without an overall grade",
        ),
        (
            card(inclusion="needs_attention"),
            "Needs attention in inclusion; better elsewhere, January 2026, report card",
        ),
        (
            replace(
                card(leadership_governance="urgent", achievement="urgent"),
                category=SM,
                safeguarding_effective=False,
            ),
            "Special measures: urgent improvement in leadership and governance and achievement; better elsewhere; "
            "safeguarding not met, January 2026, report card",
        ),
        (
            Findings(
                F.S5_2009, K.MONITORING, D(2010, 5, 4), monitoring_progress=MonitoringProgress.INADEQUATE
            ),
            "Monitoring visit: inadequate progress, May 2010, section 5 framework of 2009",
        ),
        (
            Findings(F.EIF_2019, K.MONITORING, D(2023, 1, 1)),
            "Monitoring visit, January 2023, education inspection framework",
        ),
        (
            Findings(F.EIF_2019, K.UNGRADED, D(2023, 1, 1), ungraded_outcome=UngradedOutcome.REMAINS),
            "Keeps its grade, January 2023, education inspection framework",
        ),
        (
            Findings(F.EIF_2019, K.UNGRADED, D(2023, 1, 1)),
            "Ungraded inspection, January 2023, education inspection framework",
        ),
        (
            Findings(F.EIF_2019, K.RELIGIOUS, D(2023, 1, 1), overall_grade="good"),
            "Section 48: Good, January 2023",
        ),
        (
            Findings(F.EIF_2019, K.RELIGIOUS, D(2023, 1, 1)),
            "Section 48: no grade recorded, January 2023",
        ),
    ],
)
def test_an_inspection_is_said_in_one_line(findings, text):
    assert describe(findings) == text
    assert text.startswith(outcome(findings))
