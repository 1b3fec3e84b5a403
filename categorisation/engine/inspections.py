"""Conditions on inspections, through the bands of the document. Old and new grades are never renumbered."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Final, NamedTuple

from categorisation.schema.conditions import InspectionCondition
from categorisation.schema.document import BandRule, Inspections

from .facts import Inspection, SchoolFacts, Status, academic_year
from .run import MOST_KEPT, Answer, Run, Workshop
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE, Seen
from .written import seen_json

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
        known = self.known(facts.inspections, facts.on)
        graded = [item for item in known if item.kind == "graded"]
        return History(True, tuple(self._place(item) for item in graded), self.monitoring(known, graded))

    @staticmethod
    def known(held: Iterable[Inspection], on: date) -> list[Inspection]:
        """Those whose outcome could be known on the day, newest first."""
        known = [item for item in held if (item.published_on or item.started_on) <= on]
        if len(known) > 1:
            known.sort(key=_newest, reverse=True)
        return known

    @staticmethod
    def monitoring(known: list[Inspection], graded: list[Inspection]) -> Inspection | None:
        """The latest monitoring visit since the latest graded inspection."""
        since = graded[0].known_from if graded else date.min
        return next((item for item in known if item.kind == "monitoring" and item.known_from >= since), None)

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


def _newest(item: Inspection) -> tuple[date, date]:
    return item.published_on or item.started_on, item.started_on


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

_LONGEST = 5  # how many inspections in a row a rule may ask about, by the schema


class InspectionBlock:
    """Every test of inspections, after one entry for the inspection they rest on.

    Without any inspection they are set aside: not yet inspected is neither good nor bad. What a history comes to does
    not hang on its dates but for the academic year, so that schools with the same grades share it.
    """

    def __init__(self, shop: Workshop) -> None:
        inspections = shop.document.inspections
        self._reader = Reader(inspections, shop.choice(inspections.report_card_below))
        self._shop = shop
        self._tests: list[tuple[str, Test]] = []
        self._known: dict[Hashable, Answer] = {}

    @property
    def size(self) -> int:
        return 1 + len(self._tests)

    def add(self, condition: InspectionCondition) -> None:
        """One more test, before the first school is asked."""
        self._tests.append((condition.test, _TESTS[condition.test](self._shop, condition)))

    def answer(self, run: Run) -> Answer:
        held = run.facts.inspections
        if held is None:
            return self._known.get(None) or self._work_out(None, run.facts)
        known = self._reader.known(held, run.facts.on)
        graded = [item for item in known if item.kind == "graded"]
        visit = None if len(graded) == len(known) else self._reader.monitoring(known, graded)
        latest = graded[0] if graded else None
        key = (
            tuple(
                [
                    (item.framework, item.overall, item.category, item.safeguarding, *item.judgements.items())
                    for item in graded[:_LONGEST]
                ]
            ),
            latest and (academic_year(latest.known_from), latest.source),
            visit and (visit.progress,),
        )
        return self._known.get(key) or self._work_out(key, run.facts)

    def _work_out(self, key: Hashable, facts: SchoolFacts) -> Answer:
        history = self._reader.history(facts)
        seen = _seen(history)
        states = [test(history) if history.known else NOT_KNOWN for _, test in self._tests]
        texts = [
            f'["inspection","{name}",{state}]' for (name, _), state in zip(self._tests, states, strict=True)
        ]
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        found = self._known[key] = ((seen.state, *states), ",".join([seen_json(seen), *texts]))
        return found

    def seen(self, run: Run, test: int) -> tuple[Seen, ...]:
        return (_seen(self._reader.history(run.facts)),)


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
