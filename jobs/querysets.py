"""Reads of the queue and the outbox."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from jobs.choices import FINISHED, UNFINISHED, JobStatus, MessageStatus

if TYPE_CHECKING:
    from jobs.models import Job, OutboxMessage  # noqa: F401  # names in annotations only


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(status__in=UNFINISHED)

    def finished(self) -> "JobQuerySet":
        return self.filter(status__in=FINISHED)

    def due(self, now: dt.datetime) -> "JobQuerySet":
        """Waiting, and its time has come."""
        return self.filter(status=JobStatus.QUEUED, run_after__lte=now)

    def unannounced(self, now: dt.datetime, resend_after: dt.timedelta) -> "JobQuerySet":
        """Due, and its message was never sent or has had long enough to arrive."""
        return self.due(now).filter(Q(announced_at=None) | Q(announced_at__lte=now - resend_after))

    def expired(self, now: dt.datetime) -> "JobQuerySet":
        """Running, but nobody has kept the lease: the worker died, or is so slow that another may try."""
        return self.filter(status=JobStatus.RUNNING, leased_until__lt=now)

    def held_by(self, token: str) -> "JobQuerySet":
        """The job whose claim in force has this token; nothing when the claim was lost."""
        return self.filter(status=JobStatus.RUNNING, token=token)


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def needing_attention(self) -> "OutboxQuerySet":
        """For the list of messages a person must look at: may have been sent, or could not be."""
        return self.filter(status__in=[MessageStatus.UNCERTAIN, MessageStatus.FAILED])

    def abandoned(self) -> "OutboxQuerySet":
        """Neither sent nor given up, though nothing is left that would send them."""
        return self.filter(status__in=[MessageStatus.WAITING, MessageStatus.SENDING]).filter(
            Q(job=None) | Q(job__status__in=FINISHED)
        )
