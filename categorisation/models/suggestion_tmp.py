"""Framework documents as published, which one an authority works to, and what they suggest for each school."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Authority
from categorisation.querysets import FrameworkVersionQuerySet
from schools.models import School


class FrameworkVersion(models.Model):
    """One published version of a framework document: one immutable JSON column that other rows refer to."""

    slug = models.SlugField(max_length=60)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="Of the document in canonical form.")
    effective_from = models.DateField()
    published_at = models.DateTimeField()
    # Null: it came with the product
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = FrameworkVersionQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "number"]
        constraints = [
            models.UniqueConstraint("slug", "number", name="framework_version_once"),
            models.UniqueConstraint("slug", "sha256", name="framework_document_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class FrameworkChoice(models.Model):
    """From `start_on`, the authority works to the framework `slug`, until the next choice begins."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="framework_choices")
    slug = models.SlugField(max_length=60)
    start_on = models.DateField()

    class Meta:
        ordering = ["-start_on"]
        constraints = [models.UniqueConstraint("authority", "start_on", name="framework_choice_once_a_day")]


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
