"""Reads of this room. Every one that people ask for starts from `visible_to(user)`.

Two circles: officers who see a school's level as the authority does, and people at the school, who see what has been
handed over or published.
"""

import datetime as dt
from collections.abc import Collection

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from accounts.choices import Permission, Reach
from accounts.models import Authority, User
from accounts.permissions import authority_ids, powers_of
from schools.choices import Audience
from schools.models import School
from schools.querysets import remits_of

STAFF_REACHES = (Reach.SCOPE, Reach.ASSIGNED)


def known_to_staff(user: User, on: dt.date | None = None) -> models.QuerySet[School]:
    """Schools whose level the person sees as the authority does."""
    return School.objects.with_permission(user, Permission.VIEW_SUGGESTION, on, reaches=STAFF_REACHES)


def is_staff(user: User, on: dt.date | None = None) -> bool:
    """Whether the person sees any school's level as the authority does. No query once the grants are known."""
    return any(
        power.permission == Permission.VIEW_SUGGESTION and power.reach in STAFF_REACHES
        for power in powers_of(user, on)
    )


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

    def known_to(self, authority_id: int) -> "FrameworkVersionQuerySet":
        """Those that came with the product and the authority's own."""
        return self.filter(Q(authority__isnull=True) | Q(authority=authority_id))


class OfAuthorityQuerySet(models.QuerySet):
    """Rows that belong to an authority as a whole."""

    def visible_to(
        self, user: User, permission: Permission, on: dt.date | None = None
    ) -> "OfAuthorityQuerySet":
        """Those of the authorities over which the person holds the permission."""
        return self.filter(authority__in=authority_ids(user, permission, on))


def authorities_where(user: User, permissions: Collection[Permission], on: dt.date | None = None) -> set[int]:
    """The authorities over any of whose schools the person holds one of the permissions, as its staff."""
    return {
        power.authority_id
        for power in powers_of(user, on)
        if power.permission in permissions and power.reach in STAFF_REACHES
    }


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "RoundQuerySet":
        """Those who recommend, moderate or decide for any school of the authority; each sees their own schools in it."""
        levels = (Permission.RECOMMEND_LEVEL, Permission.MODERATE_LEVEL, Permission.DECIDE_LEVEL)
        return self.filter(authority__in=authorities_where(user, levels, on))


class IdentificationRoundQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "IdentificationRoundQuerySet":
        """The officers who identify concern, and nobody else: a school learns nothing of it."""
        return self.filter(authority__in=authorities_where(user, [Permission.IDENTIFY_CONCERN], on))


def acting_for(user: User, on: dt.date | None = None) -> models.QuerySet[Authority]:
    """The authorities in which the person holds any role: whose policy applies to them."""
    return Authority.objects.filter(
        pk__in=user.grants.in_force(on or timezone.localdate()).values("authority")
    )


class ConsultationQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "ConsultationQuerySet":
        """Once opened, everyone the policy would apply to; before, those who draft it."""
        on = on or timezone.localdate()
        return self.filter(
            Q(draft__authority__in=acting_for(user, on), opens_on__lte=on)
            | Q(draft__authority__in=authority_ids(user, Permission.EDIT_FRAMEWORK, on))
        )

    def open(self, on: dt.date) -> "ConsultationQuerySet":
        return self.filter(opens_on__lte=on, closes_on__gte=on)


class FrameworkCommentQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "FrameworkCommentQuerySet":
        """One's own, and for those who draft the policy all."""
        return self.filter(
            Q(made_by=user, authority__in=acting_for(user, on))
            | Q(authority__in=authority_ids(user, Permission.EDIT_FRAMEWORK, on))
        )


class ProfileQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "ProfileQuerySet":
        """Of the person's own schools; and, once handed over or for a validator to begin, of those they know as staff."""
        return self.filter(Q(school__in=own_schools(user, on)) | Q(school__in=known_to_staff(user, on)))


class RecommendationQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "RecommendationQuerySet":
        """The authority's staff alone: a school learns of a level when it is published."""
        return self.filter(school__in=known_to_staff(user, on))

    def counting(self) -> "RecommendationQuerySet":
        """Neither sent back nor withdrawn: what a round goes by, decided or not."""
        from categorisation.choices import RecommendationStatus

        return self.exclude(status__in=[RecommendationStatus.RETURNED, RecommendationStatus.WITHDRAWN])

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


class SuggestionChangeQuerySet(models.QuerySet):
    """Early warnings."""

    def visible_to(self, user: User, on: dt.date | None = None) -> "SuggestionChangeQuerySet":
        """The authority's staff alone: a school never learns that a warning was given."""
        return self.filter(school__in=known_to_staff(user, on))

    def open(self) -> "SuggestionChangeQuerySet":
        """Those of which nobody has taken note."""
        return self.filter(noted_at__isnull=True)


class RuleConfirmationQuerySet(models.QuerySet):
    def standing(self, on: dt.date) -> "RuleConfirmationQuerySet":
        """Confirmed by the day, and not withdrawn by then."""
        return self.filter(Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on), confirmed_on__lte=on)


class ServiceRatingQuerySet(models.QuerySet):
    def visible_to(self, user: User, on: dt.date | None = None) -> "ServiceRatingQuerySet":
        """Every one for staff who see the level as the authority does; a service's own for its officers; for people at
        the school, those shared with it."""
        condition = Q(school__in=known_to_staff(user, on)) | Q(
            school__in=own_schools(user, on), audience=Audience.SCHOOL
        )
        rated = School.objects.with_permission(user, Permission.RATE_INDICATOR, on)
        for authority_id, subjects in remits_of(user, on or timezone.localdate()).items():
            condition |= Q(school__in=rated, school__authority_id=authority_id, key__in=subjects)
        return self.filter(condition)

    def standing(self, on: dt.date) -> "ServiceRatingQuerySet":
        """Of each school, framework and indicator the last rating made by the day, stale or not."""
        same = self.model._default_manager.filter(
            school=OuterRef("school"), slug=OuterRef("slug"), key=OuterRef("key"), rated_on__lte=on
        )
        return self.filter(pk=Subquery(same.order_by("-rated_on", "-pk").values("pk")[:1]))
