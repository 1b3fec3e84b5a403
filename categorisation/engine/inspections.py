"""Conditions on inspections, through the bands of the document. Old and new grades are never renumbered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from categorisation.schema.conditions import InspectionCondition
from categorisation.schema.document import BandRule, Inspections

from .facts import Inspection, SchoolFacts, Status, academic_year
from .run import Evaluate, Run, Workshop
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE, Seen

CONCERN, BELOW, MIXED, AT_LEAST_GOOD = "CONCERN", "BELOW", "MIXED", "AT_LEAST_GOOD"
LESS_THAN_GOOD: Final = frozenset({"3", "4", "needs_attention", "urgent"})
_AS_GOOD_AS: Final = {"1": 1, "2": 2, "exceptional": 1, "strong": 1, "expected": 2}
# What monitoring visits called it, then and now
_POOR_PROGRESS: Final = frozenset({"inadequate", "not_effective"})
# Where there is no overall grade. Ofsted calls old and new grades not comparable: this serves local rules only.
_GRADE_OF_BAND: Final = {CONCERN: "4", BELOW: "3", AT_LEAST_GOOD: "2", MIXED: ""}


class Read(NamedTuple):
    """One graded inspection with its band (None: what was stated does not settle it)."""

    inspection: Inspection
    band: str | None
    satisfactory: bool


class History(NamedTuple):
    """A school's inspections on a day: graded ones newest first, and the latest monitoring visit since."""

    known: bool
    graded: tuple[Read, ...]
    monitoring: Inspection | None


class Reader:
    """Places inspections in bands by the document's rules."""

    def __init__(self, inspections: Inspections, report_card_below: str) -> None:
        self._rules = {rule.framework: rule for rule in inspections.bands}
        self._any_area = report_card_below == "any_area"

    def history(self, facts: SchoolFacts) -> History:
        """What was known on the day of the facts."""
        if facts.inspections is None:
            return History(False, (), None)
        known = [item for item in facts.inspections if item.known_from <= facts.on]
        known.sort(key=lambda item: (item.known_from, item.started_on), reverse=True)
        graded = tuple(self._place(item) for item in known if item.kind == "graded")
        since = graded[0].inspection.known_from if graded else None
        monitoring = next(
            (
                item
                for item in known
                if item.kind == "monitoring" and (since is None or item.known_from >= since)
            ),
            None,
        )
        return History(True, graded, monitoring)

    def _place(self, inspection: Inspection) -> Read:
        rule = self._rules.get(inspection.framework)  # type: ignore[call-overload]
        if rule is None:
            return Read(inspection, None, False)
        band = self._card(inspection) if rule.scale == "report_card" else _one_to_four(inspection, rule)
        return Read(inspection, band, band == BELOW and rule.three_is == "satisfactory")

    def _card(self, inspection: Inspection) -> str | None:
        grades = set(inspection.judgements.values())
        if inspection.category != "none" or "urgent" in grades or inspection.safeguarding is False:
            return CONCERN
        if inspection.judgements.get("leadership_governance") == "needs_attention":
            return BELOW
        if "needs_attention" in grades:
            return BELOW if self._any_area else MIXED
        return AT_LEAST_GOOD if grades and inspection.safeguarding else None


def _one_to_four(inspection: Inspection, rule: BandRule) -> str | None:
    if inspection.category != "none":
        return CONCERN
    if rule.overall:
        return {"1": AT_LEAST_GOOD, "2": AT_LEAST_GOOD, "3": BELOW, "4": CONCERN}.get(
            inspection.overall or ""
        )
    grades = inspection.judgements
    if "4" in grades.values():
        return CONCERN
    if any(grades.get(name) == "3" for name in rule.below_areas):
        return BELOW
    if any(name not in grades for name in rule.below_areas):
        return None
    return MIXED if "3" in grades.values() else AT_LEAST_GOOD


Test = Callable[[History], int]


def compile_inspection(shop: Workshop, condition: InspectionCondition) -> Evaluate:
    """How to evaluate a condition on inspections. Without any inspection it is set aside: not yet inspected is
    neither good nor bad."""
    reader, slot = _reader(shop)
    test = _TESTS[condition.test](shop, condition)
    name = condition.test

    def evaluate(run: Run) -> tuple[int, tuple[Seen, ...]]:
        found: tuple[History, Seen] | None = run.memo[slot]
        if found is None:
            history = reader.history(run.facts)
            found = run.memo[slot] = (history, _seen(history))
        history, seen = found
        state = test(history) if history.known else NOT_KNOWN
        return state, (seen,)

    evaluate.__name__ = f"inspection_{name}"
    return evaluate


def _reader(shop: Workshop) -> tuple[Reader, int]:
    if "inspections" not in shop.shared:
        inspections = shop.document.inspections
        reader = Reader(inspections, shop.choice(inspections.report_card_below))
        shop.shared["inspections"] = (reader, shop.slot())
    found: tuple[Reader, int] = shop.shared["inspections"]
    return found


def _seen(history: History) -> Seen:
    if not history.known:
        return Seen("inspection", "latest", "", None, None, Status.NOT_IMPORTED, "", "", None, NOT_KNOWN)
    if not history.graded:
        return Seen(
            "inspection", "latest", "", None, "not_yet_inspected", Status.PUBLISHED, "", "", None, SET_ASIDE
        )
    inspection, band, satisfactory = history.graded[0]
    value = "SATISFACTORY" if satisfactory else band or "not settled"
    year = academic_year(inspection.known_from)
    return Seen(
        "inspection",
        "latest",
        "",
        year,
        value,
        Status.PUBLISHED,
        inspection.source,
        inspection.framework,
        None,
        MET,
    )


def _yes(answer: bool) -> int:
    return MET if answer else NOT_MET


def _band(shop: Workshop, condition: InspectionCondition) -> Test:
    wanted = frozenset(condition.bands)

    def test(history: History) -> int:
        if not history.graded:
            return SET_ASIDE
        band = history.graded[0].band
        return NOT_KNOWN if band is None else _yes(band in wanted)

    return test


def _satisfactory(shop: Workshop, condition: InspectionCondition) -> Test:
    def test(history: History) -> int:
        if not history.graded:
            return SET_ASIDE
        latest = history.graded[0]
        return NOT_KNOWN if latest.band is None else _yes(latest.satisfactory)

    return test


def _requires_improvement(shop: Workshop, condition: InspectionCondition) -> Test:
    def test(history: History) -> int:
        if not history.graded:
            return SET_ASIDE
        latest = history.graded[0]
        return NOT_KNOWN if latest.band is None else _yes(latest.band == BELOW and not latest.satisfactory)

    return test


def _grade(shop: Workshop, condition: InspectionCondition) -> Test:
    wanted, best = str(condition.grade), condition.feature_grade
    several = shop.count(condition.features) if condition.features else 0

    def test(history: History) -> int:
        if not history.graded:
            return SET_ASIDE
        inspection, band, _ = history.graded[0]
        if band is None:
            return NOT_KNOWN
        grade = inspection.overall if inspection.overall and band != CONCERN else _GRADE_OF_BAND[band]
        if grade != wanted or best is None:
            return _yes(grade == wanted)
        if not inspection.judgements:
            return NOT_KNOWN
        features = sum(_AS_GOOD_AS.get(grade, 9) <= best for grade in inspection.judgements.values())
        return _yes(features < several)

    return test


def _aspect(shop: Workshop, condition: InspectionCondition) -> Test:
    names = frozenset(
        judgement
        for aspect in shop.document.inspections.aspects
        if aspect.key in condition.aspects
        for judgement in aspect.judgements
    )

    def test(history: History) -> int:
        if not history.graded:
            return SET_ASIDE
        inspection = history.graded[0].inspection
        grades = inspection.judgements
        if any(grade in LESS_THAN_GOOD for name, grade in grades.items() if not names or name in names):
            return MET
        if not grades or (names and not names & grades.keys()):
            return NOT_KNOWN
        return NOT_MET

    return test


def _consecutive(shop: Workshop, condition: InspectionCondition) -> Test:
    number = condition.number or 2

    def test(history: History) -> int:
        latest = history.graded[:number]
        if not history.graded:
            return SET_ASIDE
        if len(latest) < number or any(
            item.satisfactory or item.band not in (BELOW, None) for item in latest
        ):
            return NOT_MET
        return NOT_KNOWN if any(item.band is None for item in latest) else MET

    return test


def _not_yet(shop: Workshop, condition: InspectionCondition) -> Test:
    return lambda history: _yes(not history.graded)


def _monitoring(shop: Workshop, condition: InspectionCondition) -> Test:
    def test(history: History) -> int:
        visit = history.monitoring
        if visit is None:
            return NOT_MET
        return NOT_KNOWN if visit.progress is None else _yes(visit.progress in _POOR_PROGRESS)

    return test


_TESTS: Final[dict[str, Callable[[Workshop, InspectionCondition], Test]]] = {
    "band": _band,
    "satisfactory": _satisfactory,
    "requires_improvement": _requires_improvement,
    "grade": _grade,
    "aspect": _aspect,
    "consecutive": _consecutive,
    "not_yet": _not_yet,
    "monitoring": _monitoring,
}
