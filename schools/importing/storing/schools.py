"""The register: schools, their trusts, the name of a head where none is recorded, capacity, and where facts came from.

An import never touches what the authority itself records: area, cluster, contacts with a name, assignments. It never
deletes: a school that closed stays, closed. A row older than what is recorded (by the day each file shows) changes
nothing.
"""

from collections.abc import Sequence
from typing import Any

from schools.choices import ACADEMY_TYPES, OPEN_STATUSES, ContactRole, SchoolStatus
from schools.importing.plans import Plan
from schools.importing.reading import Row
from schools.importing.records import LinkFacts, Problem, SchoolFacts
from schools.importing.register import NOT_SCHOOLS
from schools.importing.storing.base import PENDING, Claims, Scope, Store, differing, drained
from schools.importing.storing.links import LinkWriter
from schools.importing.storing.measures import Item, ValueWriter
from schools.importing.storing.trusts import TRUST_TYPES, Trusts
from schools.importing.tally import Tally
from schools.models import School, SchoolContact, SchoolSource

FIELDS = (
    "name", "establishment_number", "type", "phase", "status", "opened_on", "closed_on", "closure_reason", "low_age",
    "high_age", "gender", "has_nursery", "has_sixth_form", "religious_character", "diocese", "capacity", "pupils",
    "street", "town", "postcode", "telephone", "website",
)  # fmt: skip
_REQUIRED = ("name", "type", "status")
# The authority may record these itself: the register fills them in and never changes them
_FILLED_IN_ONLY = ("has_nursery", "has_sixth_form")


class SchoolStore(Store):
    def __init__(self, plan: Plan, scope: Scope, claims: Claims) -> None:
        super().__init__(plan, scope, claims)
        assert plan.as_at is not None
        self._as_at = plan.as_at
        self._parser = plan.register()
        self._values = ValueWriter()
        self._value_tally = Tally()
        self._links: list[LinkFacts] = []
        self._trusts = Trusts()

    def take(self, rows: Sequence[Row], *, write: bool) -> None:
        facts: list[SchoolFacts] = []
        for row in rows:
            self.tally.rows += 1
            record = self._parser.parse(row)
            problems = drained(self._parser.problems)
            if record is not None and record.authority not in self.scope.authorities:
                self.tally.elsewhere += 1
                continue
            if record is not None and record.facts.get("type") in NOT_SCHOOLS:
                self.tally.not_schools += 1
                continue
            self.refuse(problems)
            if record is None:
                continue
            if record.urn in self.claims.schools:
                self.tally.doubled += 1
                continue
            facts.append(record)
        self._store(facts, write=write)

    def skip(self, rows: Sequence[Row]) -> None:
        for row in rows:
            record = self._parser.parse(row)
            if record is not None and record.authority in self.scope.authorities:
                self.claims.schools.add(record.urn)
                self._links += record.links
        self._parser.problems.clear()

    def finish(self, *, write: bool) -> None:
        if self._links:
            writer = LinkWriter(self.scope, self.claims)
            writer.store(self._links, Tally(), write=write)
            writer.finish()

    def _store(self, facts: Sequence[SchoolFacts], *, write: bool) -> None:
        urns = [record.urn for record in facts]
        recorded = {
            row["urn"]: row
            for row in School.objects.filter(urn__in=urns).values(
                "pk", "urn", "authority_id", "trust_id", *FIELDS
            )
        }
        days = dict(SchoolSource.objects.filter(school__urn__in=urns).values_list("school__urn", "as_at"))
        new: list[tuple[SchoolFacts, School]] = []
        changed: list[tuple[SchoolFacts, School, set[str]]] = []
        seen_again: list[int] = []
        kept: list[SchoolFacts] = []
        in_scope = set(self.scope.authorities.values())
        for record in facts:
            old = recorded.get(record.urn)
            if old is not None and old["authority_id"] not in in_scope:
                self.tally.elsewhere += 1
                continue
            self.claims.schools.add(record.urn)
            day = days.get(record.urn)
            if old is not None and day is not None and day > self._as_at:
                self.tally.older += 1
                self._links += record.links
                continue
            values = self._fields(record, write=write)
            if old is None:
                if self._create(record, values, new):
                    kept.append(record)
                continue
            kept.append(record)
            self.tally.schools += 1
            for name in _FILLED_IN_ONLY:
                if old[name] is not None:
                    values.pop(name, None)
            difference = differing(old, values)
            if difference:
                self.tally.changed += 1
                school = School(pk=old["pk"], urn=record.urn, **difference)
                changed.append((record, school, set(difference)))
            else:
                self.tally.unchanged += 1
                if day is None or day < self._as_at:
                    seen_again.append(old["pk"])
            self.claims.register_days[record.urn] = self._as_at
        if write:
            self._write(new, changed, seen_again)
        else:
            for record, _ in new:
                self.scope.schools[record.urn] = PENDING
        for record in kept:
            self._links += record.links
        self._heads(kept, write=write)
        self._capacities(kept, write=write)

    def _create(
        self, record: SchoolFacts, values: dict[str, Any], new: list[tuple[SchoolFacts, School]]
    ) -> bool:
        missing = [name for name in _REQUIRED if values.get(name) in (None, "")]
        if missing:
            self.refuse(
                [
                    Problem(
                        record.row,
                        "URN",
                        str(record.urn),
                        f"the row has no {missing[0]}; the school was left out",
                    )
                ]
            )
            return False
        self.tally.added += 1
        self.tally.schools += 1
        self.claims.register_days[record.urn] = self._as_at
        if values["type"] in ACADEMY_TYPES and values.get("opened_on"):
            self.claims.academies[record.urn] = values["opened_on"]
        values.setdefault("phase", 0)
        # None in a preview only: an authority the import itself will set up
        authority_id = self.scope.authorities[record.authority] or PENDING
        school = School(urn=record.urn, authority_id=authority_id, **values)
        new.append((record, school))
        return True

    def _fields(self, record: SchoolFacts, *, write: bool) -> dict[str, Any]:
        values = {name: value for name, value in record.facts.items() if name in FIELDS}
        if record.trust is not None:
            values["trust_id"] = self._trusts.find(*record.trust, write=write)
            if values["trust_id"] is None and values.get("type") in TRUST_TYPES:
                del values["trust_id"]  # it has one, which another file may have told
        return values

    def _write(
        self,
        new: Sequence[tuple[SchoolFacts, School]],
        changed: Sequence[tuple[SchoolFacts, School, set[str]]],
        seen_again: Sequence[int],
    ) -> None:
        School.objects.bulk_create([school for _, school in new])
        for record, school in new:
            self.scope.schools[record.urn] = school.pk
        # One statement for each set of fields that changed together; a set is usually shared by many rows
        by_fields: dict[tuple[str, ...], list[School]] = {}
        for _, school, names in changed:
            by_fields.setdefault(tuple(sorted(names)), []).append(school)
        for fields, schools in by_fields.items():
            School.objects.bulk_update(schools, fields, batch_size=200)
        sources = [
            SchoolSource(
                school_id=school.pk,
                source_id=self.plan.row_id or PENDING,
                source_row=record.row,
                as_at=self._as_at,
                recorded_at=self.scope.now,
            )
            for record, school in [*new, *((record, school) for record, school, _ in changed)]
        ]
        SchoolSource.objects.bulk_create(
            sources,
            update_conflicts=True,
            unique_fields=["school"],
            update_fields=["source", "source_row", "as_at", "recorded_at"],
        )
        # What a newer file confirms is of its day, though nothing was recorded anew
        SchoolSource.objects.filter(school_id__in=seen_again, as_at__lt=self._as_at).update(as_at=self._as_at)

    def _heads(self, facts: Sequence[SchoolFacts], *, write: bool) -> None:
        """Record a head's name where there is none; never overwrite one, whoever recorded it."""
        wanted = [r for r in facts if r.head and r.facts.get("status", SchoolStatus.OPEN) in OPEN_STATUSES]
        recorded: dict[int, set[str]] = {}
        contacts = SchoolContact.objects.filter(
            school__urn__in=[r.urn for r in wanted], role=ContactRole.HEADTEACHER
        ).values_list("school__urn", "name", "end_on")
        for urn, name, end_on in contacts:
            recorded.setdefault(urn, set()).update({name.casefold()} if end_on is None else set())
        rows: list[SchoolContact] = []
        for record in wanted:
            assert record.head is not None
            name, is_acting = record.head
            if record.urn in recorded:
                self.tally.heads_differ += (
                    bool(recorded[record.urn]) and name.casefold() not in recorded[record.urn]
                )
                continue
            self.tally.heads += 1
            if write:
                rows.append(
                    SchoolContact(
                        school_id=self.scope.schools[record.urn],
                        role=ContactRole.HEADTEACHER,
                        name=name,
                        is_acting=is_acting,
                    )
                )
        SchoolContact.objects.bulk_create(rows)

    def _capacities(self, facts: Sequence[SchoolFacts], *, write: bool) -> None:
        items = [
            Item(
                record.urn, self.scope.schools.get(record.urn, PENDING), record.values_year, record.row, value
            )
            for record in facts
            if record.values_year is not None
            for value in record.values
        ]
        if items:
            self._values.store(
                items, self._value_tally, write=write, source_id=self.plan.row_id, now=self.scope.now
            )
