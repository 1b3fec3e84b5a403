"""Reads of this room. Every one that people ask for starts from `visible_to(user)`.

Two circles: officers who see a school's level as the authority does, and people at the school, who see what has been
handed over or published.
"""

import datetime as dt

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from accounts.choices import Permission, Reach
from accounts.models import User
from accounts.permissions import authority_ids
from schools.models import School

STAFF_REACHES = (Reach.SCOPE, Reach.ASSIGNED)


def known_to_staff(user: User, on: dt.date | None = None) -> models.QuerySet[School]:
    """Schools whose level the person sees as the authority does."""
    return School.objects.with_permission(user, Permission.VIEW_SUGGESTION, on, reaches=STAFF_REACHES)


def own_schools(user: User, on: dt.date | None = None) -> models.QuerySet[School]:
    """Schools the person belongs to, and whose level they may know."""
    return School.objects.with_permission(user, Permission.VIEW_SUGGESTION, on, reaches=(Reach.OWN,))


class FrameworkVersionQuerySet(models.QuerySet):
    def in_force(self, slug: str, on: dt.date, authority_id: int | None = None) -> "FrameworkVersionQuerySet":
        """Versions of a framework effective by a day, the one in force first.

        An authority's own go before those that came with the product.
        """
        return self.filter(
            Q(authority__isnull=True) | Q(authority=authority_id), slug=slug, effective_from__lte=on
        ).order_by(models.F("authority").asc(nulls_last=True), "-effective_from", "-number")


class OfAuthorityQuerySet(models.QuerySet):
    """Rows that belong to an authority as a whole."""

    def visible_to(
        self, user: User, permission: Permission, on: dt.date | None = None
    ) -> "OfAuthorityQuerySet":
        """Those of the authorities over which the person holds the permission."""
        return self.filter(authority__in=authority_ids(user, permission, on))


class ProfileQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "ProfileQuerySet":
        """Of the person's own schools; and, once handed over or for a validator to begin, of those they know as staff."""
        return self.filter(Q(school__in=own_schools(user, on)) | Q(school__in=known_to_staff(user, on)))


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "RecommendationQuerySet":
        """The authority's staff alone: a school learns of a level when it is published."""
        return self.filter(school__in=known_to_staff(user, on))

    def live(self) -> "RecommendationQuerySet":
        from categorisation.choices import RecommendationStatus

        return self.filter(status__in=[RecommendationStatus.RECOMMENDED, RecommendationStatus.MODERATED])


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "DecisionQuerySet":
        """Every one for staff; for people at the school, those published."""
        return self.filter(
            Q(school__in=known_to_staff(user, on))
            | Q(school__in=own_schools(user, on), published_at__isnull=False)
        )

    def in_force(self, on: dt.date, *, published: bool = False) -> "DecisionQuerySet":
        """The decision that holds on a day, one a school: the last to have started; of those published, if so asked."""
        latest = self.model._default_manager.filter(school=OuterRef("school"), start_on__lte=on)
        if published:
            latest = latest.filter(published_at__isnull=False)
        return self.filter(pk=Subquery(latest.order_by("-start_on").values("pk")[:1]))
