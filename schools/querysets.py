"""Reads of schools. Every view starts from `visible_to(user)` or `with_permission(user, …)`."""

import datetime as dt
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, TypeVar

from django.db import models
from django.db.models import F, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace, Upper
from django.utils import timezone

from accounts.choices import Permission, Reach, Role
from accounts.choices import Phase as PhaseRemit
from accounts.models import User
from accounts.permissions import Power, authority_ids, holds, powers_of
from schools.choices import CONTACTS_OF, LINEAGE_LINKS, OPEN_STATUSES, Audience, SchoolPhase
from schools.rules.circumstances import Known, Recorded, Returned, known
from schools.rules.lineage import Lineage, Link, lineages
from schools.rules.terms import HalfTermDates, resolve
from schools.rules.working_days import Holidays, Override

if TYPE_CHECKING:
    # Named in the bases of the classes below
    from schools.models import Circumstance, HalfTerm, Inspection, School, WorkingDayOverride  # noqa: F401

ModelT = TypeVar("ModelT", bound=models.Model)

# A phase remit covers these GIAS phases (L-007). All-through schools belong to both; special schools, whose
# GIAS phase is "not applicable", to both.
_REMIT_PHASES = {
    PhaseRemit.EARLY: (
        SchoolPhase.NURSERY,
        SchoolPhase.PRIMARY,
        SchoolPhase.MIDDLE_DEEMED_PRIMARY,
        SchoolPhase.ALL_THROUGH,
        SchoolPhase.NOT_APPLICABLE,
    ),
    PhaseRemit.LATE: (
        SchoolPhase.SECONDARY,
        SchoolPhase.MIDDLE_DEEMED_SECONDARY,
        SchoolPhase.SIXTEEN_PLUS,
        SchoolPhase.ALL_THROUGH,
        SchoolPhase.NOT_APPLICABLE,
    ),
}


_NOT_IN_NAMES = re.compile(r"['’‘]")
_LAESTAB = re.compile(r"(\d{3})/?(\d{4})")
_POSTCODE = re.compile(r"[A-Za-z]{1,2}\d[A-Za-z0-9]{0,5}")


class DatedQuerySet(models.QuerySet[ModelT]):
    """Rows from `start_on` (none: from before anyone recorded it) to their last day `end_on` (none: still)."""

    def in_force(self, on: dt.date) -> "DatedQuerySet[ModelT]":
        return self.filter(
            Q(start_on__isnull=True) | Q(start_on__lte=on), Q(end_on__isnull=True) | Q(end_on__gte=on)
        )


class ImportBatchQuerySet(models.QuerySet):
    def with_permission(
        self, user: User, permission: Permission, on: dt.date | None = None
    ) -> "ImportBatchQuerySet":
        """Imports for authorities over the whole of which the person holds the permission."""
        return self.filter(authority_id__in=authority_ids(user, permission, on))

    def visible_to(self, user: User, on: dt.date | None = None) -> "ImportBatchQuerySet":
        return self.with_permission(user, Permission.IMPORT_DATA, on)


class SchoolQuerySet(models.QuerySet):
    def with_permission(
        self,
        user: User,
        permission: Permission,
        on: dt.date | None = None,
        reaches: Collection[Reach] = tuple(Reach),
    ) -> "SchoolQuerySet":
        """Schools over which the person holds the permission on a day (today unless given).

        `reaches` narrows to the powers that reach that way: what belongs to the school itself (Reach.OWN) is
        read under other rules than what belongs to the authority. One query for the grants on first use in a
        request, then part of the caller's query.
        """
        day = on or timezone.localdate()
        powers = [
            power
            for power in powers_of(user, day)
            if power.permission == permission and power.reach in reaches
        ]
        if not powers:
            return self.none()
        condition = Q(pk__in=())
        for power in powers:
            condition |= _covers(user, power, day)
        return self.filter(condition)

    def visible_to(self, user: User, on: dt.date | None = None) -> "SchoolQuerySet":
        return self.with_permission(user, Permission.VIEW_SCHOOL, on)

    def served_by(self, user: User, on: dt.date) -> "SchoolQuerySet":
        """Schools the person is assigned to as an officer on a day."""
        return self.filter(pk__in=_assigned_ids(user, on))

    def open(self) -> "SchoolQuerySet":
        return self.filter(status__in=OPEN_STATUSES)

    def search(self, text: str) -> "SchoolQuerySet":
        """Schools whose name holds every word of the text, or whose URN, establishment number or postcode it is.

        Spaces, case and apostrophes do not matter; nothing typed finds everything.
        """
        words = _NOT_IN_NAMES.sub("", text).split()
        if not words:
            return self
        bare_name: models.Func | models.F = F("name")
        for mark in "'’‘":
            bare_name = Replace(bare_name, Value(mark), Value(""))
        by_name = Q()
        for word in words:
            by_name &= Q(bare_name__icontains=word)
        condition = by_name
        joined = "".join(words)
        if joined.isascii() and joined.isdigit() and len(joined) <= 9:
            condition |= Q(urn=int(joined)) | Q(establishment_number=int(joined))
        laestab = _LAESTAB.fullmatch(joined)
        if laestab:
            condition |= Q(authority__code=laestab[1], establishment_number=int(laestab[2]))
        if _POSTCODE.fullmatch(joined):
            condition |= Q(bare_postcode__startswith=joined.upper())
        return self.annotate(
            bare_name=bare_name, bare_postcode=Upper(Replace("postcode", Value(" "), Value("")))
        ).filter(condition)

    def with_current_people(self, on: dt.date) -> "SchoolQuerySet":
        """Adds `current_contacts` and `current_officers` (with their accounts) to each school: two more queries."""
        from schools.models import OfficerAssignment, SchoolContact

        contacts = SchoolContact.objects.in_force(on)
        officers = OfficerAssignment.objects.in_force(on).select_related("user")
        return self.prefetch_related(
            Prefetch("contacts", contacts, to_attr="current_contacts")
        ).prefetch_related(Prefetch("officers", officers, to_attr="current_officers"))

    def lineage(self, school: "School") -> tuple[int, ...]:
        """URNs of the schools that became this one (oldest first), its own, then those that followed it. One query."""
        return self.lineages([school])[school.urn].urns

    def lineages(self, schools: "Collection[School]") -> dict[int, Lineage]:
        """Where each school comes from and what followed it, by URN. One query for any number of schools.

        Links are read for the schools' authorities, both ends' URNs kept though we may not hold them; a chain that
        passes through two schools of other authorities in a row is followed no further than the first.
        """
        from schools.models import SchoolLink

        authorities = {school.authority_id for school in schools}
        rows = SchoolLink.objects.filter(
            Q(predecessor__authority_id__in=authorities) | Q(successor__authority_id__in=authorities),
            kind__in=LINEAGE_LINKS,
        ).values_list("predecessor_urn", "successor_urn", "kind")
        return lineages((school.urn for school in schools), (Link(*row) for row in rows))


class CircumstanceQuerySet(DatedQuerySet["Circumstance"]):
    def with_permission(
        self, user: User, permission: Permission, on: dt.date | None = None
    ) -> "CircumstanceQuerySet":
        """Circumstances of schools over which the person holds the permission, as the authority's own staff do."""
        return self.filter(school__in=_as_the_authority(user, permission, on))

    def visible_to(self, user: User, on: dt.date | None = None) -> "CircumstanceQuerySet":
        """What the person may read: with the authority's eyes all but the register's; with the school's own, what
        is shared with the school; an officer of a service, the kinds they are asked about. Nobody else sees any.
        """
        from schools.models import School

        as_authority = _as_the_authority(user, Permission.VIEW_SUGGESTION, on)
        as_school = School.objects.with_permission(user, Permission.VIEW_SUGGESTION, on)
        as_service = School.objects.with_permission(user, Permission.RATE_INDICATOR, on)
        condition = Q(school__in=as_authority) & ~Q(audience=Audience.REGISTER) | Q(
            school__in=as_school, audience=Audience.SCHOOL
        )
        for authority_id, kinds in remits_of(user, on or timezone.localdate()).items():
            condition |= Q(school__in=as_service, school__authority_id=authority_id, kind__in=kinds) & ~Q(
                audience=Audience.REGISTER
            )
        return self.filter(condition)

    def known(self, schools: "Collection[School]", on: dt.date) -> "dict[int, dict[str, Known]]":
        """What is known of every kind at each school on a day: URN -> kind -> Known. Two queries.

        For deciding, not for showing: it is not narrowed to a reader. `schools.permissions.may_read` says whose eyes
        an answer is for.
        """
        from schools.models import CircumstanceReturn

        urns = {school.pk: school.urn for school in schools}
        recorded: dict[int, list[Recorded]] = {pk: [] for pk in urns}
        returned: dict[int, list[Returned]] = {pk: [] for pk in urns}
        for row in self.filter(school_id__in=urns, start_on__lte=on).order_by("start_on", "pk"):
            recorded[row.school_id].append(
                Recorded(row.kind, row.start_on, row.end_on, Audience(row.audience), row.note, row.source)
            )
        answers = CircumstanceReturn.objects.filter(school_id__in=urns, returned_on__lte=on)
        for pk, kind, day, stale_on in answers.values_list("school_id", "kind", "returned_on", "stale_on"):
            returned[pk].append(Returned(kind, day, stale_on))
        return {urn: dict(known(on, recorded[pk], returned[pk])) for pk, urn in urns.items()}


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def with_permission(
        self, user: User, permission: Permission, on: dt.date | None = None
    ) -> "InspectionQuerySet":
        from schools.models import School

        return self.filter(school__in=School.objects.with_permission(user, permission, on))

    def visible_to(self, user: User, on: dt.date | None = None) -> "InspectionQuerySet":
        """Ofsted publishes its reports: whoever may see the school may see its inspections."""
        return self.with_permission(user, Permission.VIEW_SCHOOL, on)


class HalfTermQuerySet(models.QuerySet["HalfTerm"]):
    def kept_by(self, school: "School", years: Collection[int]) -> tuple[HalfTermDates, ...]:
        """The half-terms a school keeps in some academic years, in order: its own before its authority's. One query."""
        rows = list(
            self.filter(
                Q(school=school) | Q(school__isnull=True), authority_id=school.authority_id, year__in=years
            )
        )
        return resolve(
            [row for row in rows if row.school_id is not None],
            [row for row in rows if row.school_id is None],
        )

    def of_authority(self, authority_id: int, years: Collection[int]) -> tuple[HalfTermDates, ...]:
        """The half-terms of an authority in some academic years, in order. One query."""
        return resolve([], self.filter(school__isnull=True, authority_id=authority_id, year__in=years))


class WorkingDayOverrideQuerySet(models.QuerySet["WorkingDayOverride"]):
    def holidays(self, first: int, last: int) -> Holidays:
        """Holidays in England in the calendar years `first` to `last`, as people have corrected them. One query."""
        recorded = self.filter(day__year__gte=first, day__year__lte=last)
        return Holidays.england(
            first, last, {row.day: Override(row.is_working, row.reason) for row in recorded}
        )


def _as_the_authority(user: User, permission: Permission, on: dt.date | None) -> "QuerySet[School]":
    from schools.models import School

    return School.objects.with_permission(user, permission, on, reaches=(Reach.SCOPE, Reach.ASSIGNED))


def _covers(user: User, power: Power, on: dt.date) -> Q:
    inside = Q(authority_id=power.authority_id)
    if power.area_id is not None:
        inside &= Q(area_id=power.area_id) | Q(cluster_id=power.area_id)
    if power.phase:
        inside &= Q(phase__in=_REMIT_PHASES[PhaseRemit(power.phase)])
    if power.reach == Reach.SCOPE:
        return inside
    ids = _assigned_ids(user, on) if power.reach == Reach.ASSIGNED else _own_ids(user, on, power.role)
    return inside & Q(pk__in=ids)


def _assigned_ids(user: User, on: dt.date) -> models.QuerySet:
    from schools.models import OfficerAssignment

    return OfficerAssignment.objects.in_force(on).filter(user=user).values("school_id")


def _own_ids(user: User, on: dt.date, role: Role) -> models.QuerySet:
    """The schools to which the person belongs in a way that the role is for."""
    return _contacts(user, on).filter(role__in=CONTACTS_OF[role]).values("school_id")


def _contacts(user: User, on: dt.date) -> models.QuerySet:
    from schools.models import SchoolContact

    return SchoolContact.objects.in_force(on).filter(user=user)


def remits_of(user: User, on: dt.date) -> dict[int, frozenset[str]]:
    """What the person is asked about as an officer of a service on a day: subjects by authority's primary key.

    One query for those who may rate for a service, none for others.
    """
    from schools.models import ServiceRemit

    if not holds(user, Permission.RATE_INDICATOR, on):
        return {}
    found: dict[int, set[str]] = {}
    for authority_id, subject in (
        ServiceRemit.objects.in_force(on).filter(user=user).values_list("authority_id", "subject")
    ):
        found.setdefault(authority_id, set()).add(subject)
    return {authority_id: frozenset(subjects) for authority_id, subjects in found.items()}


def contact_roles(user: User, school: "School", on: dt.date | None = None) -> frozenset[str]:
    """As what the person belongs to the school on a day (ContactRole). One query."""
    contacts = _contacts(user, on or timezone.localdate()).filter(school=school)
    return frozenset(contacts.values_list("role", flat=True))


def permissions_over(user: User, school: "School", on: dt.date | None = None) -> frozenset[Permission]:
    """Everything the person may do about one school on a day: at most two queries after the grants are known.

    Agrees with `with_permission` for every permission (a test holds them together).
    """
    day = on or timezone.localdate()
    powers = [power for power in powers_of(user, day) if _in_scope(power, school)]
    reaches = {power.reach for power in powers}
    is_assigned = Reach.ASSIGNED in reaches and (
        _assigned_ids(user, day).filter(school_id=school.pk).exists()
    )
    belongs_as = contact_roles(user, school, day) if Reach.OWN in reaches else frozenset()

    def held(power: Power) -> bool:
        if power.reach == Reach.OWN:
            return bool(belongs_as & CONTACTS_OF[power.role])
        return power.reach == Reach.SCOPE or is_assigned

    return frozenset(power.permission for power in powers if held(power))


def _in_scope(power: Power, school: "School") -> bool:
    return (
        power.authority_id == school.authority_id
        and (power.area_id is None or power.area_id in {school.area_id, school.cluster_id})
        and (not power.phase or school.phase in _REMIT_PHASES[PhaseRemit(power.phase)])
    )
