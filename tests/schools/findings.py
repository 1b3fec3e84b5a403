"""Findings of plain inspections that tests vary."""

import datetime as dt
from dataclasses import replace

from schools.choices import InspectionFramework, InspectionKind
from schools.rules.ofsted import FRAMEWORKS, Findings

D = dt.date
F = InspectionFramework
K = InspectionKind

GOOD = Findings(F.EIF_2019, K.GRADED, D(2023, 3, 14), overall_grade="2")
CARD_AREAS = dict.fromkeys(FRAMEWORKS[F.REPORT_CARD_2025].main_areas, "expected")
CARD = Findings(F.REPORT_CARD_2025, K.GRADED, D(2026, 1, 20), grades=CARD_AREAS, safeguarding_effective=True)
EIF_2024_AREAS = dict.fromkeys(FRAMEWORKS[F.EIF_2024].main_areas, "2")
WITHOUT_OVERALL = Findings(F.EIF_2024, K.GRADED, D(2024, 10, 1), grades=EIF_2024_AREAS)


def card(**grades):
    return replace(CARD, grades={**CARD_AREAS, **grades})
