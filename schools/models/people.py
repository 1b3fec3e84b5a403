"""Who serves a school and who belongs to it, each a dated row: the one truth `visible_to` reads."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Authority
from schools.choices import ContactRole, OfficerRole
from schools.models.school import School
from schools.querysets import DatedQuerySet


class OfficerAssignment(models.Model):
    """An officer of the authority serves a school from a date to a last day. One of each role at a time (L-006)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="officers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=OfficerRole.choices)
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["role", "start_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="assignment_ends_after_start",
            ),
            models.UniqueConstraint(
                "school", "role", condition=Q(end_on__isnull=True), name="one_current_officer_of_each_role"
            ),
        ]
        indexes = [models.Index(fields=["user", "start_on"])]


class SchoolContact(models.Model):
    """Someone who belongs to a school, or must be told about it; with an account when `user` is set."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="contacts")
    role = models.CharField(max_length=24, choices=ContactRole.choices)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="school_contacts",
    )
    is_acting = models.BooleanField(default=False)
    start_on = models.DateField(null=True, blank=True)  # null: not known; never guessed
    end_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["role", "start_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(start_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="contact_ends_after_start",
            ),
            models.UniqueConstraint(
                "school",
                "role",
                condition=Q(end_on__isnull=True, role__in=["headteacher", "chair", "principal"]),
                name="one_current_head_and_chair",
            ),
        ]
        indexes = [models.Index(fields=["user", "start_on"])]


class ServiceRemit(models.Model):
    """An officer of a service is asked about one thing, for the schools of an authority (K-024, K-026).

    `subject` is the key of a kind of circumstance, or of a qualitative indicator of the authority's framework; the
    officer's role grant narrows the schools.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="remits")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="remits")
    subject = models.SlugField(max_length=60)
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["subject", "start_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")), name="remit_ends_after_start"
            ),
            models.UniqueConstraint(
                "user", "authority", "subject", condition=Q(end_on__isnull=True), name="one_current_remit"
            ),
        ]
