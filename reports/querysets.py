"""Reads of documents. Every view starts from `visible_to(user)`."""

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from accounts.choices import Permission, Reach
from accounts.models import User
from schools.choices import Audience

_STAFF_REACHES = (Reach.SCOPE, Reach.ASSIGNED)


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "DocumentQuerySet":
        """Documents the person may read on a day (today unless given).

        The authority's staff read what was written for the school and for the authority, about the schools
        their permission reaches. People at a school read what was shared with it and still stands. Papers of
        a governors' panel and of the register are for the members of those groups, whom the groups' rooms know.
        """
        from schools.models import School

        schools = School.objects
        staff = schools.with_permission(user, Permission.READ_DOCUMENT, on, reaches=_STAFF_REACHES)
        own = schools.with_permission(user, Permission.READ_DOCUMENT, on, reaches=(Reach.OWN,))
        return self.filter(
            Q(audience__in=[Audience.SCHOOL, Audience.AUTHORITY], school__in=staff)
            | Q(audience=Audience.SCHOOL, withdrawn_at__isnull=True, school__in=own)
        )

    def standing(self) -> "DocumentQuerySet":
        """Neither withdrawn nor replaced by a later one."""
        return self.filter(withdrawn_at__isnull=True, superseded_by__isnull=True)

    def of_source(self, kind: str, sources: Iterable[str]) -> "DocumentQuerySet":
        return self.filter(kind=kind, source__in=list(sources))

    def with_names(self) -> "DocumentQuerySet":
        """With what a list prints of each, in the same query."""
        return self.select_related("school", "released_by", "superseded_by")
