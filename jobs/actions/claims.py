"""One worker's hold on one job: taking it, keeping it, giving it back."""

import datetime as dt
import enum
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from jobs import rules
from jobs.actions.queue import announce_on_commit
from jobs.choices import JobStatus
from jobs.models import Job
from jobs.work import LostClaim


def lease() -> dt.timedelta:
    """How long a silent worker keeps its job: longer than any one transaction and a wait for a busy database."""
    return dt.timedelta(seconds=settings.JOBS_LEASE_SECONDS)


def claim(*, job_id: int, now: dt.datetime) -> Job | None:
    """Take a waiting job whose time has come, under a new token; None when another did, or nothing waits.

    One conditional UPDATE, so of two workers at once one wins.
    """
    token = secrets.token_hex(16)
    taken = (
        Job.objects.due(now)
        .filter(pk=job_id)
        .update(
            status=JobStatus.RUNNING,
            token=token,
            attempts=F("attempts") + 1,
            run_again=False,  # it reads the facts as they are from here on
            leased_until=now + lease(),
            started_at=now,
            progress_done=0,
            progress_total=None,
            progress_message="",
        )
    )
    return Job.objects.get(pk=job_id, token=token) if taken else None


class Beat(enum.Enum):
    """What a worker learns when it says it is alive."""

    HELD = "held"
    CANCELLED = "cancelled"  # held, and somebody asked for it to stop
    LOST = "lost"


def beat(
    *,
    job_id: int,
    token: str,
    now: dt.datetime,
    done: int = 0,
    total: int | None = None,
    message: str = "",
) -> Beat:
    """Keep the claim for another lease and write how far the work has come. Runs two queries."""
    claimed = Job.objects.held_by(token).filter(pk=job_id)
    if not claimed.update(
        leased_until=now + lease(),
        progress_done=done,
        progress_total=total,
        progress_message=message[:200],
    ):
        return Beat.LOST
    cancelled = claimed.filter(cancel_requested_at__isnull=False).exists()
    return Beat.CANCELLED if cancelled else Beat.HELD


def finish(
    *, job_id: int, token: str, now: dt.datetime, result: Mapping[str, Any], progress: Mapping[str, Any]
) -> Job:
    """The work is done. Raises LostClaim. `progress` is what `beat` takes: done, total, message.

    A job that an event overtook goes back into the queue instead, to read the facts once more.
    """
    with transaction.atomic():
        job = _held(job_id, token)
        job.result = dict(result)
        job.error = ""
        job.progress_done = progress.get("done", 0)
        job.progress_total = progress.get("total")
        job.progress_message = progress.get("message", "")[:200]
        if job.run_again and not job.cancel_requested_at:
            start_over(job, now)
        else:
            release(job, JobStatus.DONE, now)
    return job


def stop(*, job_id: int, token: str, now: dt.datetime) -> Job:
    """The handler stopped because somebody asked for it. Raises LostClaim."""
    with transaction.atomic():
        job = _held(job_id, token)
        release(job, JobStatus.CANCELLED, now)
    return job


def fail(*, job_id: int, token: str, now: dt.datetime, words: str, retry: bool) -> Job:
    """The work failed. Raises LostClaim. `words` are for people: what failed and what to do.

    Tried again after a while if `retry` and attempts are left; started over if an event overtook it.
    """
    with transaction.atomic():
        job = _held(job_id, token)
        job.error = words
        if job.cancel_requested_at:
            release(job, JobStatus.CANCELLED, now)
        elif job.run_again:
            start_over(job, now)
        elif retry and job.attempts < job.max_attempts:
            requeue(job, now, run_after=now + rules.retry_delay(job.attempts))
        else:
            release(job, JobStatus.FAILED, now)
    return job


def requeue(job: Job, now: dt.datetime, *, run_after: dt.datetime) -> None:
    """Back into the queue. The caller holds the row's lock."""
    job.run_after = run_after
    due = run_after <= now
    job.announced_at = now if due else None  # otherwise the reaper announces it when its time has come
    release(job, JobStatus.QUEUED, None)
    if due:
        announce_on_commit(job)


def release(job: Job, status: JobStatus, finished_at: dt.datetime | None) -> None:
    """End the claim in force: its token is worth nothing from here on. The caller holds the row's lock."""
    job.status, job.finished_at = status, finished_at
    job.token, job.leased_until = "", None
    job.save()


def start_over(job: Job, now: dt.datetime) -> None:
    """Back into the queue as if new, for the event that came while it ran. The caller holds the row's lock."""
    job.attempts = 0
    requeue(job, now, run_after=now)


def _held(job_id: int, token: str) -> Job:
    job = Job.objects.held_by(token).select_for_update().filter(pk=job_id).first()
    if job is None:
        raise LostClaim(f"Job {job_id} was given to another worker.")
    return job
