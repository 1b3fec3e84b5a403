"""Ofsted's judgements under each of its frameworks, as made and never renumbered."""

from django.db import models
from django.db.models import F, Q

from schools.choices import (
    CategoryReason,
    ConcernCategory,
    InspectionFramework,
    InspectionKind,
    MonitoringProgress,
    UngradedOutcome,
)
from schools.models.school import School
from schools.querysets import InspectionQuerySet
from schools.rules.ofsted import Findings


class Inspection(models.Model):
    """One inspection or monitoring visit of one URN. A category belongs to the school inspected, not its successor."""

    # What rules read of it, besides its judgements
    FINDINGS = (
        "framework",
        "kind",
        "started_on",
        "ended_on",
        "published_on",
        "overall_grade",
        "category",
        "category_reason",
        "safeguarding_effective",
        "monitoring_progress",
        "ungraded_outcome",
    )

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="inspections")
    framework = models.CharField(max_length=20, choices=InspectionFramework.choices)
    kind = models.CharField(max_length=12, choices=InspectionKind.choices, default=InspectionKind.GRADED)
    number = models.CharField(max_length=20, blank=True, help_text="Ofsted's inspection number.")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    overall_grade = models.CharField(
        max_length=40, blank=True, help_text="In the framework's own scale; empty where it has none."
    )
    category = models.CharField(max_length=24, choices=ConcernCategory.choices, blank=True)
    category_reason = models.CharField(max_length=32, choices=CategoryReason.choices, blank=True)
    safeguarding_effective = models.BooleanField(null=True, blank=True)
    monitoring_progress = models.CharField(max_length=16, choices=MonitoringProgress.choices, blank=True)
    ungraded_outcome = models.CharField(max_length=20, choices=UngradedOutcome.choices, blank=True)
    source = models.ForeignKey(
        "schools.ImportFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_row = models.PositiveIntegerField(null=True, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-id"]
        constraints = [
            models.UniqueConstraint("school", "kind", "started_on", name="inspection_once"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="inspection_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=True, source_row__isnull=True)
                | Q(source__isnull=False, source_row__isnull=False),
                name="inspection_source_whole",
            ),
            models.CheckConstraint(
                condition=Q(category_reason="") | ~Q(category=""), name="inspection_reason_has_category"
            ),
            models.CheckConstraint(
                condition=Q(monitoring_progress="") | Q(kind="monitoring"),
                name="inspection_progress_on_monitoring_only",
            ),
        ]

    def findings(self) -> Findings:
        """What is recorded, as rules.ofsted reads it. Reads `judgements`: prefetch them for more than one."""
        return Findings(
            grades={judgement.area: judgement.grade for judgement in self.judgements.all()},
            **{name: getattr(self, name) for name in self.FINDINGS},
        )


class InspectionJudgement(models.Model):
    """One graded area of an inspection; `grade` is a value of that framework's own scale."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="judgements")
    area = models.CharField(max_length=40)  # a key of rules.ofsted.FRAMEWORKS[framework].areas
    grade = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint("inspection", "area", name="judgement_once")]
