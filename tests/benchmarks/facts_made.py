"""One school with a figure for everything a framework asks about."""

import datetime as dt
from decimal import Decimal

from categorisation.engine import (
    Circumstance,
    CompiledFramework,
    Grade,
    Inspection,
    Point,
    SchoolFacts,
    series,
)

YEARS = range(2021, 2026)
_GROUPS = ("all", "girls", "boys", "disadvantaged", "not_disadvantaged", "eal")


def full_school(framework: CompiledFramework) -> SchoolFacts:
    document = framework.document
    points = {
        (indicator.key, group): series(
            {
                year: Point(
                    Decimal(50 + year % 7), ci_low=Decimal(48), ci_high=Decimal(60), national=Decimal(52),
                    similar=Decimal(51), cohort=60, source="made",
                )
                for year in YEARS
            }
        )
        for indicator in document.indicators
        for group in _GROUPS
    }  # fmt: skip
    return SchoolFacts(
        on=dt.date(2026, 11, 21),
        attributes={"phase": "all_through", "low_age": 3, "high_age": 18},
        series=points,
        inspections=(
            Inspection(framework="EIF_2019", started_on=dt.date(2023, 3, 1), overall="2", category="none"),
        ),
        circumstances={c.key: Circumstance(present=False, source="made") for c in document.circumstances},
        profile={part.key: Grade(validated=2) for part in (*document.areas, *document.aspects)},
    )
