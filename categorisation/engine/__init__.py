"""The engine: a framework document and a school's facts in, a range with its working out. Pure: no Django, no clock."""

from .facts import (
    Circumstance,
    Fact,
    Grade,
    Inspection,
    Point,
    SchoolFacts,
    Series,
    Status,
    academic_year,
    series,
)
from .framework import CompiledFramework, compile_framework
from .outcome import TRACE_FORMAT, AreaResult, Evidence, Narrowing, Outcome, RuleResult, filter_trace
from .statements import statement
from .states import NAMES as STATE_NAMES
from .thresholds import Threshold, Thresholds
from .trace import facts_of, rule_states

__all__ = [
    "STATE_NAMES",
    "TRACE_FORMAT",
    "AreaResult",
    "Circumstance",
    "CompiledFramework",
    "Evidence",
    "Fact",
    "Grade",
    "Inspection",
    "Narrowing",
    "Outcome",
    "Point",
    "RuleResult",
    "SchoolFacts",
    "Series",
    "Status",
    "Threshold",
    "Thresholds",
    "academic_year",
    "compile_framework",
    "facts_of",
    "filter_trace",
    "rule_states",
    "series",
    "statement",
]
