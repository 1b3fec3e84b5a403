"""Exceptions no file holds (merger, leadership change, safeguarding), and the returns that rule them out."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import new_public_id
from schools.choices import Audience
from schools.models.school import School
from schools.querysets import CircumstanceQuerySet


class Circumstance(models.Model):
    """Something is so at a school from a date, perhaps to a last day. Frameworks name its kinds."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="circumstances")
    kind = models.SlugField(max_length=60)  # a key of rules.circumstances.catalogue()
    note = models.TextField(blank=True)
    audience = models.CharField(max_length=16, choices=Audience.choices, default=Audience.AUTHORITY)
    source = models.CharField(max_length=200)  # who or what says so, in words
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = CircumstanceQuerySet.as_manager()

    class Meta:
        ordering = ["-start_on", "kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="circumstance_ends_after_start",
            ),
            models.UniqueConstraint(
                "school", "kind", condition=Q(end_on__isnull=True), name="circumstance_open_once"
            ),
        ]


class CircumstanceReturn(models.Model):
    """Someone who would know said there is nothing of these kinds to report. Only a return makes "no" known (idea 2)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="returns")
    kind = models.SlugField(max_length=60)
    returned_on = models.DateField()
    stale_on = models.DateField()
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-returned_on"]
        constraints = [
            models.UniqueConstraint("school", "kind", "returned_on", name="return_once_a_day"),
            models.CheckConstraint(
                condition=Q(stale_on__gt=F("returned_on")), name="return_goes_stale_later"
            ),
        ]
