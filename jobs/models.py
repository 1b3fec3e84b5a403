"""The job row is the truth; the broker only carries its number."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q


def _new_public_id() -> str:
    return secrets.token_urlsafe(9)


class Job(models.Model):
    """One piece of unattended work: claimed under a token, leased with a heartbeat, reaped when its worker dies."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    public_id = models.CharField(max_length=12, unique=True, default=_new_public_id, editable=False)
    kind = models.CharField(max_length=80)
    key = models.CharField(
        max_length=160, null=True, blank=True
    )  # the same key twice while unfinished is one job
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    run_after = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    token = models.CharField(max_length=32, blank=True)  # of the claim in force; every write checks it
    leased_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True, blank=True)
    progress_message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)  # for people: what failed and what to do

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "kind",
                "key",
                condition=Q(status__in=["queued", "running"]) & Q(key__isnull=False),
                name="job_once_while_unfinished",
            ),
            models.CheckConstraint(
                condition=Q(status="running", leased_until__isnull=False)
                | (~Q(status="running") & Q(leased_until__isnull=True)),
                name="job_leased_iff_running",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["done", "failed"], finished_at__isnull=False)
                | Q(status__in=["queued", "running"], finished_at__isnull=True),
                name="job_finished_at_iff_finished",
            ),
        ]
        indexes = [models.Index(fields=["status", "run_after"])]


class OutboxMessage(models.Model):
    """An e-mail to send once. A worker that died between sending and recording leaves *may have been sent*."""

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "May have been sent"
        FAILED = "failed", "Failed"

    key = models.CharField(max_length=160, unique=True)  # the same message twice is one message
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    token = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    sending_since = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="outbox_sent_at_iff_sent",
            ),
        ]
