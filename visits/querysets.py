"""Reads of visits, notes and final notes. Every view starts from `visible_to(user)`.

Three circles: a *visit* is known to the authority's staff and, unless it is the authority's own meeting, to the
school; a *note* being written, to its author and to those who may write for the school; a *final version*, to
those who may read the authority's notes. People at a school read notes only as released documents (`reports`).
"""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.choices import Permission, Reach
from accounts.models import User
from accounts.permissions import powers_of
from visits.choices import KINDS_SHOWN_TO_SCHOOLS, VisitStatus

STAFF_REACHES = (Reach.SCOPE, Reach.ASSIGNED)


def schools_for(user: User, permission: Permission, on: dt.date | None = None) -> models.QuerySet:
    """Schools over which someone holds a permission as the authority's staff."""
    from schools.models import School

    return School.objects.with_permission(user, permission, on, reaches=STAFF_REACHES)


def written_by(user: User, on: dt.date | None = None, prefix: str = "") -> Q:
    """Visits of the person's own, while they write visits anywhere for that authority (a hand-over keeps them)."""
    authorities = {
        power.authority_id
        for power in powers_of(user, on or timezone.localdate())
        if power.permission == Permission.WRITE_VISIT and power.reach in STAFF_REACHES
    }
    return Q(**{f"{prefix}adviser": user.pk, f"{prefix}school__authority_id__in": authorities})


def _known_to_staff(user: User, on: dt.date | None) -> Q:
    return (
        Q(school__in=schools_for(user, Permission.READ_VISIT, on))
        | Q(school__in=schools_for(user, Permission.WRITE_VISIT, on))
        | written_by(user, on)
    )


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "VisitQuerySet":
        from schools.models import School

        own = School.objects.with_permission(user, Permission.READ_SHARED_NOTE, on, reaches=(Reach.OWN,))
        return self.filter(
            _known_to_staff(user, on)
            | Q(
                school__in=own,
                kind__in=KINDS_SHOWN_TO_SCHOOLS,
                status__in=[VisitStatus.PLANNED, VisitStatus.TOOK_PLACE],
            )
        )

    def known_to_staff(self, user: User, on: dt.date | None = None) -> "VisitQuerySet":
        """Visits whose page, with the authority's own notes, the person may open."""
        return self.filter(_known_to_staff(user, on))

    def writable_by(self, user: User, on: dt.date | None = None) -> "VisitQuerySet":
        """Visits whose draft note the person may open and write."""
        return self.filter(Q(school__in=schools_for(user, Permission.WRITE_VISIT, on)) | written_by(user, on))

    def made(self) -> "VisitQuerySet":
        return self.filter(status=VisitStatus.TOOK_PLACE)

    def planned(self) -> "VisitQuerySet":
        return self.filter(status=VisitStatus.PLANNED)

    def with_names(self) -> "VisitQuerySet":
        return self.select_related("school", "adviser")


class NoteQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "NoteQuerySet":
        """Notes being written: the author's own, and those of the schools the person may write for."""
        return self.filter(
            Q(visit__school__in=schools_for(user, Permission.WRITE_VISIT, on))
            | written_by(user, on, "visit__")
        )


class NoteVersionQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "NoteVersionQuerySet":
        """Final notes of the schools whose notes the person may read, and the author's own."""
        return self.filter(
            Q(note__visit__school__in=schools_for(user, Permission.READ_VISIT, on))
            | written_by(user, on, "note__visit__")
        )
