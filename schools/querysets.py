"""Reads of schools. Every view starts from `visible_to(user)` or `with_permission(user, …)`."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.choices import Permission, Reach
from accounts.choices import Phase as PhaseRemit
from accounts.models import User
from accounts.permissions import Power, authority_ids, powers_of
from schools.choices import OPEN_STATUSES, SchoolPhase

if TYPE_CHECKING:
    from schools.models import School

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


class DatedQuerySet(models.QuerySet):
    """Rows from `start_on` (none: from before anyone recorded it) to their last day `end_on` (none: still)."""

    def in_force(self, on: dt.date) -> "DatedQuerySet":
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


def _covers(user: User, power: Power, on: dt.date) -> Q:
    inside = Q(authority_id=power.authority_id)
    if power.area_id is not None:
        inside &= Q(area_id=power.area_id) | Q(cluster_id=power.area_id)
    if power.phase:
        inside &= Q(phase__in=_REMIT_PHASES[PhaseRemit(power.phase)])
    if power.reach == Reach.SCOPE:
        return inside
    ids = _assigned_ids(user, on) if power.reach == Reach.ASSIGNED else _own_ids(user, on)
    return inside & Q(pk__in=ids)


def _assigned_ids(user: User, on: dt.date) -> models.QuerySet:
    from schools.models import OfficerAssignment

    return OfficerAssignment.objects.in_force(on).filter(user=user).values("school_id")


def _own_ids(user: User, on: dt.date) -> models.QuerySet:
    from schools.models import SchoolContact

    return SchoolContact.objects.in_force(on).filter(user=user).values("school_id")


def permissions_over(user: User, school: "School", on: dt.date | None = None) -> frozenset[Permission]:
    """Everything the person may do about one school on a day: at most two queries after the grants are known.

    Agrees with `with_permission` for every permission (a test holds them together).
    """
    day = on or timezone.localdate()
    powers = [power for power in powers_of(user, day) if _in_scope(power, school)]
    reaches = {power.reach for power in powers}
    held = {Reach.SCOPE}
    if Reach.ASSIGNED in reaches and _assigned_ids(user, day).filter(school_id=school.pk).exists():
        held.add(Reach.ASSIGNED)
    if Reach.OWN in reaches and _own_ids(user, day).filter(school_id=school.pk).exists():
        held.add(Reach.OWN)
    return frozenset(power.permission for power in powers if power.reach in held)


def _in_scope(power: Power, school: "School") -> bool:
    return (
        power.authority_id == school.authority_id
        and (power.area_id is None or power.area_id in {school.area_id, school.cluster_id})
        and (not power.phase or school.phase in _REMIT_PHASES[PhaseRemit(power.phase)])
    )
