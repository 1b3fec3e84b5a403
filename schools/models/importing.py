"""What was imported: files as given, what each was recognised as, and what came of it."""

from django.conf import settings
from django.db import models

from accounts.models import Authority, new_public_id


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

    class Meta:
        ordering = ["-created_at"]


class ImportFile(models.Model):
    """One file: its name and hash, the kind its header showed, its year, and its counts."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to="imports/", blank=True)
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

    class Meta:
        ordering = ["id"]
