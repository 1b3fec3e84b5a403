"""Putting work in the queue, and taking it out again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from jobs import broker
from jobs.choices import JobStatus
from jobs.models import Job
from jobs.registry import registry

_TRIES = 5  # to find or make a keyed job; each needs another process to finish that job at that very moment


def enqueue(
    *,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    key: str | None = None,
    by: AbstractBaseUser | None = None,
    now: dt.datetime,
    run_after: dt.datetime | None = None,
) -> Job:
    """Put work in the queue, in the caller's transaction; the broker hears of it on commit.

    With a key, a second call while the first job of this kind and key is unfinished returns that job. The
    payload is JSON and fixes what the work depends on: its date, framework version, list of schools.
    Raises UnknownKind. Runs two queries, three with a key.
    """
    return _enqueue(
        kind=kind, payload=payload, key=key, by=by, now=now, run_after=run_after, again_if_running=False
    )


def emit(
    event: str, payload: Mapping[str, Any], *, by: AbstractBaseUser | None = None, now: dt.datetime
) -> Sequence[Job]:
    """Tell the rooms above that something happened: one job for each handler registered with @on.

    An event nobody listens to makes no job. A handler already running for the same key runs once more
    afterwards, since it may have read the facts before this change.
    """
    return [
        _enqueue(
            kind=listener.kind,
            payload=payload,
            key=listener.key(payload),
            by=by,
            now=now,
            run_after=None,
            again_if_running=True,
        )
        for listener in registry.listeners.get(event, ())
    ]


def cancel(*, job: Job, now: dt.datetime) -> Job:
    """Stop a job: at once while it waits; a running one is asked to, and stops where its handler can.

    Does nothing to a finished job. Who may is for the caller to check, and to log.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.status == JobStatus.QUEUED:
            job.status, job.finished_at, job.cancel_requested_at = JobStatus.CANCELLED, now, now
        elif job.status == JobStatus.RUNNING and job.cancel_requested_at is None:
            job.cancel_requested_at = now
        job.save(update_fields=["status", "finished_at", "cancel_requested_at"])
    return job


def try_again(*, job: Job, by: AbstractBaseUser | None, now: dt.datetime) -> Job:
    """A new job like this failed or stopped one; the standing one when somebody already tried again."""
    return enqueue(kind=job.kind, payload=job.payload, key=job.key, by=by, now=now)


def announce_on_commit(job: Job) -> None:
    """Send the job's number to the broker when this transaction commits.

    A broker that is away costs nothing but time: the row is there, and the reaper announces it again.
    """
    transaction.on_commit(partial(broker.announce, job.pk))


def _enqueue(
    *,
    kind: str,
    payload: Mapping[str, Any] | None,
    key: str | None,
    by: AbstractBaseUser | None,
    now: dt.datetime,
    run_after: dt.datetime | None,
    again_if_running: bool,
) -> Job:
    max_attempts = registry.find(kind).max_attempts
    due = run_after is None or run_after <= now
    with transaction.atomic():
        for remaining in reversed(range(_TRIES)):
            if key is not None and (standing := _standing(kind, key, again_if_running)):
                return standing
            try:
                with transaction.atomic():
                    job = Job.objects.create(
                        kind=kind,
                        key=key,
                        payload=dict(payload or {}),
                        created_by=by,  # type: ignore[misc]  # the user model is of a room above
                        created_at=now,
                        run_after=run_after or now,
                        announced_at=now if due else None,
                        max_attempts=max_attempts,
                    )
            except IntegrityError:  # another process made it since we looked
                if key is None or not remaining:
                    raise
            else:
                if due:
                    announce_on_commit(job)
                return job
        raise AssertionError("unreachable")  # pragma: no cover


def _standing(kind: str, key: str, again_if_running: bool) -> Job | None:
    """The unfinished job of this kind and key, locked until the caller commits.

    Locked, so that a worker cannot claim it, read the facts as they were, and finish before the caller's change
    is there to read.
    """
    job = Job.objects.unfinished().select_for_update().filter(kind=kind, key=key).first()
    if job and again_if_running and job.status == JobStatus.RUNNING and not job.run_again:
        job.run_again = True
        job.save(update_fields=["run_again"])
    return job
