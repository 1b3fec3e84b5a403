"""Clearing away what is over."""

import datetime as dt

from jobs import broker
from jobs.choices import JobStatus, MessageStatus
from jobs.models import Job, OutboxMessage

KEEP_DONE = dt.timedelta(days=30)
KEEP_FAILED = dt.timedelta(days=180)
KEEP_BODIES = dt.timedelta(days=30)
KEEP_READ_MESSAGES = dt.timedelta(hours=1)


def prune(*, now: dt.datetime) -> dict[str, int]:
    """Delete jobs done a month ago or given up half a year ago, and the broker's read messages.

    Outbox rows stay: their keys are what keeps a message from being sent twice. What a sent message said goes.
    """
    finished = Job.objects.finished()
    done, _ = finished.filter(status=JobStatus.DONE, finished_at__lt=now - KEEP_DONE).delete()
    failed, _ = finished.exclude(status=JobStatus.DONE).filter(finished_at__lt=now - KEEP_FAILED).delete()
    bodies = (
        OutboxMessage.objects.filter(status=MessageStatus.SENT, sent_at__lt=now - KEEP_BODIES)
        .exclude(body="")
        .update(body="")
    )
    return {
        "jobs": done + failed,
        "bodies": bodies,
        "messages": broker.prune_processed(before=now - KEEP_READ_MESSAGES),
    }
