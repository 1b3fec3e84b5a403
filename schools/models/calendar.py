"""Half-terms of an authority or of one school, and days made working or not by hand."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Authority
from schools.models.school import School
from schools.querysets import HalfTermQuerySet, WorkingDayOverrideQuerySet


class HalfTerm(models.Model):
    """Half-term `number` (1 to 6) of the academic year starting in `year`; of the authority, or of one school that sets its own."""

    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="half_terms")
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, null=True, blank=True, related_name="half_terms"
    )
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    start_on = models.DateField()
    end_on = models.DateField()

    objects = HalfTermQuerySet.as_manager()

    class Meta:
        ordering = ["year", "number"]
        constraints = [
            # Two conditions rather than "nulls not distinct", which SQLite does not know
            models.UniqueConstraint(
                "authority",
                "year",
                "number",
                condition=Q(school__isnull=True),
                name="authority_half_term_once",
            ),
            models.UniqueConstraint(
                "school",
                "year",
                "number",
                condition=Q(school__isnull=False),
                name="school_half_term_once",
            ),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=6), name="six_half_terms"),
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="half_term_ends_after_start"),
        ]


class WorkingDayOverride(models.Model):
    """A weekday made a holiday, or a holiday made a working day, in England: one-off proclamations."""

    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    reason = models.CharField(max_length=120)

    objects = WorkingDayOverrideQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
