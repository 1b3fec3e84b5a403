"""A school as GIAS and the authority know it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Area, Authority
from schools.choices import (
    ACADEMY_TYPES,
    ALTERNATIVE_PROVISION_TYPES,
    MAINTAINED_TYPES,
    OPEN_STATUSES,
    SPECIAL_TYPES,
    LinkKind,
    SchoolPhase,
    SchoolStatus,
    SchoolType,
)
from schools.querysets import SchoolQuerySet


class Trust(models.Model):
    """A multi- or single-academy trust, or the trust of a foundation school."""

    uid = models.CharField(max_length=12, unique=True, null=True, blank=True, help_text="GIAS group UID.")
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """One establishment under one URN. A conversion closes one and opens another (SchoolLink joins them)."""

    urn = models.PositiveIntegerField(unique=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="schools")
    establishment_number = models.PositiveIntegerField(null=True, blank=True)  # some open schools have none
    name = models.CharField(max_length=200)
    type = models.PositiveSmallIntegerField(choices=SchoolType.choices)
    phase = models.PositiveSmallIntegerField(choices=SchoolPhase.choices)
    status = models.PositiveSmallIntegerField(choices=SchoolStatus.choices, default=SchoolStatus.OPEN)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closure_reason = models.CharField(max_length=120, blank=True)
    low_age = models.PositiveSmallIntegerField(null=True, blank=True)
    high_age = models.PositiveSmallIntegerField(null=True, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    has_nursery = models.BooleanField(null=True, blank=True)  # null: not recorded
    has_sixth_form = models.BooleanField(null=True, blank=True)
    religious_character = models.CharField(max_length=80, blank=True)
    diocese = models.CharField(max_length=120, blank=True)
    trust = models.ForeignKey(Trust, on_delete=models.PROTECT, null=True, blank=True, related_name="schools")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    pupils = models.PositiveIntegerField(
        null=True, blank=True
    )  # as GIAS last said; the census series is in indicators
    street = models.CharField(max_length=120, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    website = models.CharField(max_length=200, blank=True)
    # The authority's own settings; an import never touches them
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="schools")
    cluster = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="cluster_schools"
    )

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "urn"]
        constraints = [
            models.CheckConstraint(
                condition=Q(low_age__isnull=True) | Q(high_age__isnull=True) | Q(low_age__lte=F("high_age")),
                name="school_ages_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "status", "name"]),
            models.Index(fields=["name"]),
            models.Index(fields=["postcode"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workspace:school", args=[self.urn])

    @property
    def is_maintained(self) -> bool:
        """A maintained school of the Education and Inspections Act 2006 s.59(1), by type, never by group."""
        return self.type in MAINTAINED_TYPES

    @property
    def is_academy(self) -> bool:
        return self.type in ACADEMY_TYPES

    @property
    def is_special(self) -> bool:
        return self.type in SPECIAL_TYPES

    @property
    def is_alternative_provision(self) -> bool:
        return self.type in ALTERNATIVE_PROVISION_TYPES

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def laestab(self) -> str:
        """Authority and establishment number as the sector writes it, "383/2345"; empty without a number."""
        if self.establishment_number is None:
            return ""
        return f"{self.authority.code}/{self.establishment_number:04d}"


class SchoolLink(models.Model):
    """`predecessor` was followed by `successor`. Either may be a URN we do not hold; the number is kept."""

    predecessor_urn = models.PositiveIntegerField()
    successor_urn = models.PositiveIntegerField()
    predecessor = models.ForeignKey(
        School, on_delete=models.CASCADE, null=True, blank=True, related_name="successor_links"
    )
    successor = models.ForeignKey(
        School, on_delete=models.CASCADE, null=True, blank=True, related_name="predecessor_links"
    )
    kind = models.CharField(max_length=24, choices=LinkKind.choices)
    established_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("predecessor_urn", "successor_urn", name="school_link_once"),
            models.CheckConstraint(
                condition=~Q(predecessor_urn=F("successor_urn")), name="school_link_not_to_itself"
            ),
        ]
