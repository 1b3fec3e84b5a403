"""The job row is the truth; the broker only carries its number."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from jobs.choices import FINISHED, UNFINISHED, JobStatus, MessageStatus
from jobs.querysets import JobQuerySet, OutboxQuerySet


def _new_public_id() -> str:
    return secrets.token_urlsafe(9)


class Job(models.Model):
    """One piece of unattended work: claimed under a token, leased with a heartbeat, reaped when its worker dies."""

    Status = JobStatus

    public_id = models.CharField(max_length=12, unique=True, default=_new_public_id, editable=False)
    kind = models.CharField(max_length=80)
    key = models.CharField(
        max_length=160, null=True, blank=True
    )  # the same key twice while unfinished is one job
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=JobStatus.choices, default=JobStatus.QUEUED)
    run_after = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True)  # its number last went to the broker
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    run_again = models.BooleanField(default=False)  # an event came while it ran: once more from the start
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    token = models.CharField(max_length=32, blank=True)  # of the claim in force; every write checks it
    leased_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)  # by the latest claim
    finished_at = models.DateTimeField(null=True, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True, blank=True)
    progress_message = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)  # for people: what failed and what to do

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "kind",
                "key",
                condition=Q(status__in=UNFINISHED) & Q(key__isnull=False),
                name="job_once_while_unfinished",
            ),
            models.CheckConstraint(
                condition=(Q(status=JobStatus.RUNNING, leased_until__isnull=False) & ~Q(token=""))
                | (~Q(status=JobStatus.RUNNING) & Q(leased_until__isnull=True, token="")),
                name="job_claimed_and_leased_iff_running",
            ),
            models.CheckConstraint(
                condition=Q(status__in=FINISHED, finished_at__isnull=False)
                | Q(status__in=UNFINISHED, finished_at__isnull=True),
                name="job_finished_at_iff_finished",
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=F("max_attempts")), name="job_attempts_within_limit"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "run_after"]),
            models.Index(fields=["status", "leased_until"]),
        ]

    def get_absolute_url(self) -> str:
        return reverse("workspace:job", args=[self.public_id])

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


class OutboxMessage(models.Model):
    """An e-mail to send once. A worker that died between sending and recording leaves *may have been sent*."""

    Status = MessageStatus

    key = models.CharField(max_length=160, unique=True)  # the same message twice is one message
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    is_secret = models.BooleanField(default=False)  # holds a link that signs someone in: forgotten once sent
    status = models.CharField(max_length=10, choices=MessageStatus.choices, default=MessageStatus.WAITING)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")  # sends it
    created_at = models.DateTimeField()
    sending_since = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=MessageStatus.SENT, sent_at__isnull=False)
                | (~Q(status=MessageStatus.SENT) & Q(sent_at__isnull=True)),
                name="outbox_sent_at_iff_sent",
            ),
        ]


class PeriodicRun(models.Model):
    """When a scheduled thing last ran; two ticks at once compare and set this row, so it runs once."""

    name = models.CharField(max_length=80, unique=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)  # of the latest try, when it failed

    class Meta:
        ordering = ["name"]
