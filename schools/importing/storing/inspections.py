"""Ofsted's inspections. What a person recorded by hand is never overwritten; what a file leaves blank stays known."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from schools.choices import ACADEMY_TYPES
from schools.importing.plans import Plan
from schools.importing.reading import Row
from schools.importing.records import InspectionFacts, Problem
from schools.importing.storing.base import PENDING, Claims, Scope, Store, differing, drained
from schools.models import Inspection, InspectionJudgement, School
from schools.rules.dates import in_words

_FIELDS = (
    "framework", "number", "ended_on", "published_on", "overall_grade", "category", "safeguarding_effective",
    "ungraded_outcome",
)  # fmt: skip
_Key = tuple[int, str, dt.date]


class InspectionStore(Store):
    def __init__(self, plan: Plan, scope: Scope, claims: Claims) -> None:
        super().__init__(plan, scope, claims)
        self._parser = plan.inspections()

    def take(self, rows: Sequence[Row], *, write: bool) -> None:
        wanted: dict[_Key, InspectionFacts] = {}
        told = [(self._parser.parse(row), drained(self._parser.problems)) for row in rows]
        opened = self._opened(facts.urn for inspections, _ in told for facts in inspections)
        for inspections, problems in told:
            self.tally.rows += 1
            ours = any(
                facts.urn in self.scope.schools or facts.listed_urn in self.scope.schools
                for facts in inspections
            )
            if inspections and not ours:
                self.tally.elsewhere += 1
                continue
            if ours:
                self.refuse(problems)
            for facts in inspections:
                key = (facts.urn, facts.kind, facts.started_on)
                if facts.urn not in self.scope.schools:
                    self._of_another(facts)
                elif facts.urn in opened and facts.started_on < opened[facts.urn]:
                    self._before_it_opened(facts, opened[facts.urn])
                elif key in self.claims.inspections:
                    self.tally.doubled += 1
                else:
                    self.claims.inspections.add(key)
                    wanted[key] = facts
        self._store(wanted, write=write)

    def skip(self, rows: Sequence[Row]) -> None:
        for row in rows:
            for facts in self._parser.parse(row):
                if facts.urn in self.scope.schools:
                    self.claims.inspections.add((facts.urn, facts.kind, facts.started_on))
        self._parser.problems.clear()

    def _opened(self, urns: Iterable[int]) -> dict[int, dt.date]:
        """The day each academy opened. One query."""
        among = {urn for urn in urns if urn in self.scope.schools}
        rows = School.objects.filter(urn__in=among, type__in=ACADEMY_TYPES, opened_on__isnull=False)
        return self.claims.academies | {urn: day for urn, day in rows.values_list("urn", "opened_on") if day}

    def _before_it_opened(self, facts: InspectionFacts, opened_on: dt.date) -> None:
        """A category of concern never passes to an academy from the school before it, though a file says no more."""
        message = (
            f"this academy opened on {in_words(opened_on)}, after that inspection, which was of the school before it; it "
            "was left out"
        )
        self.refuse([Problem(facts.row, "URN", str(facts.urn), message)])

    def _of_another(self, facts: InspectionFacts) -> None:
        self.tally.unknown += 1
        self.refuse(
            [
                Problem(
                    facts.row,
                    "URN",
                    str(facts.urn),
                    f"an inspection of {facts.urn}, which {facts.listed_urn} has followed and which is not in the register; "
                    "it is not recorded for the school that followed",
                )
            ]
        )

    def _store(self, wanted: dict[_Key, InspectionFacts], *, write: bool) -> None:
        ids = {self.scope.schools[urn] for urn, _, _ in wanted} - {PENDING}
        recorded: dict[tuple[int, str, dt.date], Inspection] = {
            (row.school_id, row.kind, row.started_on): row
            for row in Inspection.objects.filter(school_id__in=ids).prefetch_related("judgements")
        }
        for (urn, kind, started_on), facts in wanted.items():
            old = recorded.get((self.scope.schools[urn], kind, started_on))
            if old is None:
                self.tally.added += 1
                if write:
                    self._create(facts)
                continue
            self._compare(old, facts, write=write)

    def _create(self, facts: InspectionFacts) -> None:
        inspection = Inspection.objects.create(
            school_id=self.scope.schools[facts.urn],
            kind=facts.kind,
            started_on=facts.started_on,
            source_id=self.plan.row_id,
            source_row=facts.row,
            **{name: getattr(facts, name) for name in _FIELDS},
        )
        InspectionJudgement.objects.bulk_create(
            InspectionJudgement(inspection=inspection, area=area, grade=grade)
            for area, grade in facts.grades.items()
        )

    def _compare(self, old: Inspection, facts: InspectionFacts, *, write: bool) -> None:
        said = {name: value for name in _FIELDS if (value := getattr(facts, name)) not in ("", None)}
        before: dict[str, Any] = {name: getattr(old, name) for name in _FIELDS}
        changes = differing(before, said)
        grades = differing({j.area: j.grade for j in old.judgements.all()}, facts.grades)
        if not changes and not grades:
            self.tally.unchanged += 1
            return
        if old.source_id is None:
            what = ", ".join([*changes, *grades]).replace("_", " ")
            self.refuse(
                [
                    Problem(
                        facts.row,
                        "URN",
                        str(facts.urn),
                        f"this inspection was recorded by hand and differs ({what}); it was left as it is",
                    )
                ]
            )
            return
        self.tally.changed += 1
        if not write:
            return
        for name, value in changes.items():
            setattr(old, name, value)
        old.source_id, old.source_row = self.plan.row_id, facts.row
        old.save(update_fields=[*changes, "source", "source_row"])
        for area, grade in grades.items():
            InspectionJudgement.objects.update_or_create(inspection=old, area=area, defaults={"grade": grade})
