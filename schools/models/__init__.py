"""Schools, the people at and around them, and what is known of them."""

from schools.models.calendar import HalfTerm, WorkingDayOverride
from schools.models.circumstance import Circumstance, CircumstanceReturn
from schools.models.importing import ImportBatch, ImportFile, SchoolSource
from schools.models.indicator import ComparatorValue, Indicator, IndicatorValue, Threshold
from schools.models.inspection import Inspection, InspectionJudgement
from schools.models.people import OfficerAssignment, SchoolContact, ServiceRemit
from schools.models.school import School, SchoolLink, Trust

__all__ = [
    "Circumstance",
    "CircumstanceReturn",
    "ComparatorValue",
    "HalfTerm",
    "ImportBatch",
    "ImportFile",
    "Indicator",
    "IndicatorValue",
    "Inspection",
    "InspectionJudgement",
    "OfficerAssignment",
    "School",
    "SchoolContact",
    "SchoolLink",
    "SchoolSource",
    "ServiceRemit",
    "Threshold",
    "Trust",
    "WorkingDayOverride",
]
