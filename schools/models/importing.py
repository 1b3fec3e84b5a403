"""What was imported: files as given, what each was recognised as, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Authority, new_public_id
from jobs.models import Job
from schools.models.school import School
from schools.querysets import ImportBatchQuerySet


class ImportBatch(models.Model):
    """Files dropped together: previewed, then applied or left."""

    class Status(models.TextChoices):
        READING = "reading", "Reading"
        PREVIEWED = "previewed", "Ready to apply"
        APPLYING = "applying", "Applying"
        APPLIED = "applied", "Applied"
        DISCARDED = "discarded", "Left alone"
        FAILED = "failed", "Failed"

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    # Null: schools of every authority on this installation (the command line only)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The year given by the person, for files whose name holds none (starting year)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    failure = models.TextField(blank=True)  # why reading or applying stopped, in words

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "import batches"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="applied", applied_at__isnull=False)
                | (~Q(status="applied") & Q(applied_at__isnull=True)),
                name="import_applied_at_iff_applied",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("schools:import-detail", args=[self.public_id])


class ImportFile(models.Model):
    """One file: its name and hash, the kind its header showed, its year, and its counts."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField(default=0)  # the order of reading and applying
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(max_length=80, blank=True)  # of a workbook with several
    content = models.FileField(upload_to="imports/", max_length=200, blank=True)
    kind = models.CharField(max_length=40, blank=True)  # a key of the layouts; empty: not recognised
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    refusal = models.TextField(blank=True)  # why the whole file was refused, in words
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    summary = models.JSONField(default=dict)  # counts by status and the like, for the sentence on the page
    problems = models.JSONField(
        default=list
    )  # [{"row": 12, "column": "P8MEA", "value": "x", "message": "…"}]
    # What applying did, kept in the transaction of each batch of rows: a killed job goes on after `applied_to_row`
    applied_to_row = models.PositiveIntegerField(default=0)
    outcome = models.JSONField(default=dict)

    class Meta:
        ordering = ["position", "id"]

    @property
    def figures(self) -> dict[str, int]:
        """Added, changed, unchanged and refused: as applied once it is, else as previewed."""
        planned = {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
        }
        return {**planned, **self.outcome}


class SchoolSource(models.Model):
    """Where a school's register facts come from: file, row, time, and the day the file shows the register of."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, related_name="register_source")
    source = models.ForeignKey(ImportFile, on_delete=models.PROTECT, related_name="+")
    source_row = models.PositiveIntegerField()
    as_at = models.DateField()
    recorded_at = models.DateTimeField()
