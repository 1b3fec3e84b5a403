"""Visits to schools, and the note of each."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import new_public_id
from schools.choices import Audience
from schools.models import School
from visits import rules
from visits.choices import NoteStatus, VisitKind, VisitStatus
from visits.querysets import NoteQuerySet, NoteVersionQuerySet, VisitQuerySet


class Visit(models.Model):
    """An adviser's visit to a school, planned or made (L-122).

    `half_days` is the time it took, in half-days and their halves: 0.5 is a quarter of a day.
    """

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="visits")
    adviser = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=24, choices=VisitKind.choices, default=VisitKind.CORE)
    status = models.CharField(max_length=12, choices=VisitStatus.choices)
    planned_on = models.DateField(null=True, blank=True)
    took_place_on = models.DateField(null=True, blank=True)
    starts_at = models.TimeField(null=True, blank=True)
    half_days = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    attendees = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)  # grows with each change of the facts above
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The form that recorded it: the same form sent twice is one visit.
    form_key = models.CharField(max_length=40, unique=True, null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancellation_reason = models.TextField(blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-took_place_on", "-planned_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=VisitStatus.PLANNED, planned_on__isnull=False, took_place_on__isnull=True)
                | Q(status=VisitStatus.TOOK_PLACE, took_place_on__isnull=False)
                | (
                    Q(status=VisitStatus.CANCELLED)
                    & (Q(planned_on__isnull=False) | Q(took_place_on__isnull=False))
                ),
                name="visit_dated_as_its_status_says",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        status=VisitStatus.CANCELLED,
                        cancelled_at__isnull=False,
                        cancelled_by__isnull=False,
                    )
                    & ~Q(cancellation_reason="")
                )
                | (
                    ~Q(status=VisitStatus.CANCELLED)
                    & Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancellation_reason="")
                ),
                name="visit_cancelled_by_someone_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(half_days__isnull=True)
                | Q(half_days__gt=Decimal(0), half_days__lte=rules.MOST_HALF_DAYS),
                name="visit_takes_some_time",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "status", "took_place_on"]),
            models.Index(fields=["adviser", "status"]),
        ]

    def get_absolute_url(self) -> str:
        return reverse("visits:visit-detail", args=[self.school.urn, self.public_id])

    @property
    def on(self):
        """The day it took place, or is planned for."""
        return self.took_place_on or self.planned_on

    @property
    def duration(self) -> str:
        return rules.days_in_words(self.half_days)

    @property
    def took_place(self) -> bool:
        return self.status == VisitStatus.TOOK_PLACE

    @property
    def is_planned(self) -> bool:
        return self.status == VisitStatus.PLANNED

    @property
    def is_cancelled(self) -> bool:
        return self.status == VisitStatus.CANCELLED


class VisitActivity(models.Model):
    """One thing a visit was for (`data/activities.yaml`)."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="activities")
    key = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("visit", "key", name="visit_activity_once")]


class Note(models.Model):
    """The note of a visit as it is being written. What was made final is a `NoteVersion` and never changes.

    `version` is the version that is being written, or was last made final; `revision` grows with every change of
    the text, so that nobody makes final, or overwrites, what they have not seen.
    """

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="note")
    status = models.CharField(max_length=5, choices=NoteStatus.choices, default=NoteStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finalised_at = models.DateTimeField(null=True, blank=True)
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=NoteStatus.FINAL, finalised_at__isnull=False, finalised_by__isnull=False)
                | Q(status=NoteStatus.DRAFT, finalised_at__isnull=True, finalised_by__isnull=True),
                name="note_finalised_iff_final",
            ),
            models.CheckConstraint(
                condition=Q(saved_at__isnull=True, saved_by__isnull=True)
                | Q(saved_at__isnull=False, saved_by__isnull=False),
                name="note_saved_by_someone",
            ),
        ]

    @property
    def is_draft(self) -> bool:
        return self.status == NoteStatus.DRAFT


class NoteSection(models.Model):
    """One section of a note. `revision` grows with each change of this section's text."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=120)
    prompt = models.TextField(blank=True)
    audience = models.CharField(max_length=20, choices=Audience.choices)
    is_required = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("note", "key", name="note_section_once"),
            models.UniqueConstraint("note", "position", name="note_section_in_one_place"),
        ]


class NoteVersion(models.Model):
    """A note as it was made final: the sections with their audiences and texts, and the facts of the visit then.

    `content` is {"visit": {…}, "sections": [{"key", "heading", "audience", "text"}]}; `visits.documents` reads it.
    """

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    finalised_at = models.DateTimeField()
    finalised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopening_reason = models.TextField(blank=True)

    objects = NoteVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint("note", "version", name="note_version_once"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reopening_reason="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopening_reason="")),
                name="note_reopened_by_someone_for_a_reason",
            ),
        ]
