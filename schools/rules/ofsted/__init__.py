"""Ofsted's eight frameworks: what each judged, what an inspection under it may say, and how to say it.

Grades are each framework's own and are never renumbered: a 3 is Satisfactory until August 2012 and Requires
Improvement from September 2012, and a report card has words, not numbers.
"""

from schools.rules.ofsted.bands import Band, BelowTest, band
from schools.rules.ofsted.findings import Findings, Problem, problems
from schools.rules.ofsted.frameworks import (
    CATEGORY_REASONS,
    FRAMEWORKS,
    POOR_PROGRESS,
    RELIGIOUS_SCALE,
    REPORT_CARD_SCALE,
    RI_SCALE,
    SATISFACTORY_SCALE,
    Framework,
    Grade,
    Scale,
    areas_for,
    category_name,
    framework_on,
    grade_text,
    scale_for,
)
from schools.rules.ofsted.words import describe, outcome

__all__ = [
    "CATEGORY_REASONS",
    "FRAMEWORKS",
    "POOR_PROGRESS",
    "RELIGIOUS_SCALE",
    "REPORT_CARD_SCALE",
    "RI_SCALE",
    "SATISFACTORY_SCALE",
    "Band",
    "BelowTest",
    "Findings",
    "Framework",
    "Grade",
    "Problem",
    "Scale",
    "areas_for",
    "band",
    "category_name",
    "describe",
    "framework_on",
    "grade_text",
    "outcome",
    "problems",
    "scale_for",
]
