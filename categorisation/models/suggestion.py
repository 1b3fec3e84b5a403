"""What the framework suggests for each school, what changed in it, and what officers confirmed or services rated."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import new_public_id
from categorisation.choices import Rating
from categorisation.models.framework import FrameworkVersion
from categorisation.querysets import (
    RuleConfirmationQuerySet,
    ServiceRatingQuerySet,
    SuggestionChangeQuerySet,
)
from schools.choices import Audience
from schools.models import School


class Suggestion(models.Model):
    """What the framework in force suggested for a school when its facts last changed: for lists and counts.

    The school's own page computes afresh; jobs bring these rows level with the facts (categorisation.tasks).
    Ranks are of the version's levels; `on_record` is null where nothing recorded places the school yet.
    """

    school = models.OneToOneField(School, on_delete=models.CASCADE, related_name="suggestion")
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    on_record = models.PositiveSmallIntegerField(null=True)
    low = models.PositiveSmallIntegerField()
    high = models.PositiveSmallIntegerField()
    locked_floor = models.PositiveSmallIntegerField(null=True)
    trace = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(low__lte=F("high")), name="suggestion_range_in_order"),
        ]
        indexes = [models.Index(fields=["on_record"])]


class SuggestionChange(models.Model):
    """New facts changed what is suggested for a school: an early warning, until somebody takes note (L-102, L-103).

    Ranks before and after; `rules`: keys of the rules whose answer changed, with their state before and after.
    Only officers who see the school's suggestion as the authority does learn of it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="suggestion_changes")
    version = models.ForeignKey(FrameworkVersion, on_delete=models.PROTECT, related_name="+")
    noticed_on = models.DateField()
    noticed_at = models.DateTimeField()
    before = models.PositiveSmallIntegerField(null=True)
    before_high = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField(null=True)
    after_high = models.PositiveSmallIntegerField()
    rules = models.JSONField(default=list)
    noted_at = models.DateTimeField(null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    response = models.TextField(blank=True)  # what the officer made of it

    objects = SuggestionChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "school", condition=Q(noted_at__isnull=True), name="one_open_change_a_school"
            ),
            models.CheckConstraint(
                condition=Q(noted_at__isnull=True, noted_by__isnull=True, response="")
                | Q(noted_at__isnull=False, noted_by__isnull=False),
                name="change_noted_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["noted_at", "school"])]


class RuleConfirmation(models.Model):
    """An officer confirms that what a rule only describes is so at a school; until withdrawn, the rule raises (X-09)."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="rule_confirmations")
    slug = models.SlugField(max_length=60)  # the framework
    rule = models.SlugField(max_length=80)  # the rule's key
    note = models.TextField()
    audience = models.CharField(max_length=16, choices=Audience.choices, default=Audience.AUTHORITY)
    confirmed_on = models.DateField()
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RuleConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "school", "slug", "rule", condition=Q(withdrawn_on__isnull=True), name="rule_confirmed_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_on__isnull=False, withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="confirmation_withdrawn_by_someone",
            ),
        ]


class ServiceRating(models.Model):
    """How a service sees one of the framework's qualitative indicators at a school; the latest stands until stale (K-024)."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="service_ratings")
    slug = models.SlugField(max_length=60)  # the framework
    key = models.SlugField(max_length=60)  # of its qualitative indicator
    rating = models.PositiveSmallIntegerField(choices=Rating.choices)
    comment = models.TextField(blank=True)
    audience = models.CharField(max_length=16, choices=Audience.choices, default=Audience.AUTHORITY)
    rated_on = models.DateField()
    stale_on = models.DateField()
    rated_at = models.DateTimeField()
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ServiceRatingQuerySet.as_manager()

    class Meta:
        ordering = ["-rated_on", "-pk"]
        constraints = [
            models.UniqueConstraint("school", "slug", "key", "rated_on", name="rated_once_a_day"),
            models.CheckConstraint(condition=Q(stale_on__gt=F("rated_on")), name="rating_goes_stale_later"),
        ]
