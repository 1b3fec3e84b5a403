"""Trusts, and which school belongs to which.

The register of schools says so itself where it has the columns. The file of groups fills in what it leaves out, and
never changes what is recorded: a trust that differs is left as it is and counted.
"""

import datetime as dt
from collections.abc import Sequence

from schools.choices import ACADEMY_TYPES, SchoolType
from schools.importing.plans import Plan
from schools.importing.reading import Row
from schools.importing.records import GroupFacts, Problem
from schools.importing.storing.base import PENDING, Claims, Scope, Store, drained
from schools.models import School, Trust

# Where the register leaves the trust of such a school blank, that says nothing
TRUST_TYPES = ACADEMY_TYPES | {SchoolType.FOUNDATION, SchoolType.FOUNDATION_SPECIAL}


class Trusts:
    """Trusts by GIAS number, else by name. In a preview a trust that would be made has a negative key of its own."""

    def __init__(self) -> None:
        self._by_uid: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        for pk, uid, name in Trust.objects.values_list("pk", "uid", "name"):
            if uid:
                self._by_uid[uid] = pk
            self._by_name.setdefault(name.casefold(), pk)
        self._next = -1

    def find(self, uid: str, name: str, *, write: bool) -> int | None:
        if not name:
            return None
        found = self._by_uid.get(uid) if uid else self._by_name.get(name.casefold())
        if found is not None and (found > 0 or not write):
            return found
        if uid and name.casefold() in self._by_name:
            # A file without numbers named it first: the same trust, now with its number
            pk = self._by_name[name.casefold()]
            if pk < 0 or not write:
                self._by_uid[uid] = pk
                return pk
            if Trust.objects.filter(pk=pk, uid=None).update(uid=uid):
                self._by_uid[uid] = pk
                return pk
        if write:
            pk = Trust.objects.create(uid=uid or None, name=name).pk
        else:
            pk, self._next = self._next, self._next - 1
        if uid:
            self._by_uid[uid] = pk
        self._by_name.setdefault(name.casefold(), pk)
        return pk


class GroupStore(Store):
    def __init__(self, plan: Plan, scope: Scope, claims: Claims) -> None:
        super().__init__(plan, scope, claims)
        self._parser = plan.groups()
        self._as_at = plan.as_at or dt.date.min
        self._trusts = Trusts()
        self._told: set[int] = set()

    def take(self, rows: Sequence[Row], *, write: bool) -> None:
        wanted: list[GroupFacts] = []
        for row in rows:
            self.tally.rows += 1
            facts = self._parser.parse(row)
            self.refuse(drained(self._parser.problems))
            if facts is None:
                continue
            if facts.trust is None:
                self.tally.not_trusts += 1
            elif facts.urn not in self.scope.schools:
                self.unknown(facts.row, "URN", facts.urn, facts.authority)
            elif facts.urn in self._told or facts.urn in self.claims.groups:
                self.tally.doubled += 1
            else:
                self._told.add(facts.urn)
                wanted.append(facts)
        self._store(wanted, write=write)

    def skip(self, rows: Sequence[Row]) -> None:
        for row in rows:
            facts = self._parser.parse(row)
            if facts is not None and facts.trust is not None and facts.urn in self.scope.schools:
                self._told.add(facts.urn)
        self._parser.problems.clear()

    def finish(self, *, write: bool) -> None:
        self.claims.groups |= self._told

    def _store(self, wanted: Sequence[GroupFacts], *, write: bool) -> None:
        recorded = {
            row[0]: row[1:]
            for row in School.objects.filter(urn__in=[facts.urn for facts in wanted]).values_list(
                "urn", "pk", "type", "trust_id", "register_source__as_at"
            )
        }
        changed: list[School] = []
        for facts in wanted:
            assert facts.trust is not None
            pk, kind, trust_id, day = recorded.get(facts.urn, (PENDING, None, None, None))
            if kind is not None and kind not in TRUST_TYPES:
                message = "a school of this type has no trust; the row was left out"
                self.refuse([Problem(facts.row, "URN", str(facts.urn), message)])
                continue
            self.tally.schools += 1
            if trust_id is None:
                # An academy always has a trust. Of any other school a newer register knows better.
                day = day or self.claims.register_days.get(facts.urn)
                if kind not in ACADEMY_TYPES and day is not None and day > self._as_at:
                    self.tally.older += 1
                    continue
                self.tally.added += 1
                found = self._trusts.find(*facts.trust, write=write)
                changed.append(School(pk=pk, urn=facts.urn, trust_id=found))
            elif self._trusts.find(*facts.trust, write=False) == trust_id:
                self.tally.unchanged += 1
            else:
                self.tally.trusts_differ += 1
        if write:
            School.objects.bulk_update(changed, ["trust"])
