"""Doing one job: claim it, run its handler under a heartbeat, record what came of it."""

import logging
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from jobs import actions
from jobs.heartbeat import Clock, Heartbeat
from jobs.models import Job
from jobs.registry import UnknownKind, find
from jobs.work import LostClaim, Stopped, Work, WorkFailed

logger = logging.getLogger(__name__)

BEATS_A_LEASE = 6  # several may be missed on a busy database

_OUR_FAULT = (
    "Something went wrong in the program. Nothing half-done was kept. It is in the service's log as job {job.public_id}: "
    "tell whoever looks after this service."
)
_TOO_LONG = (
    "This took longer than work may take, so it was stopped. Try it with fewer schools or files at a time."
)
_UNKNOWN = (
    "This version of the program does not know how to do this work. Update every part of it to one version."
)


def run(*, job_id: int, clock: Clock, threaded: bool = True) -> Job | None:
    """Do a job, if it waits and its time has come. None when it does not, or when the claim was lost on the way.

    A handler's exception never leaves here: it is the job's failure, in words, and in the log.
    """
    job = actions.claim(job_id=job_id, now=clock())
    if job is None:
        return None
    held: dict[str, Any] = {"job_id": job.pk, "token": job.token}
    interval = settings.JOBS_LEASE_SECONDS / BEATS_A_LEASE
    try:
        with Heartbeat(**held, clock=clock, interval=interval, threaded=threaded) as heartbeat:
            outcome = _outcome(job, heartbeat)
        if isinstance(outcome, WorkFailed):
            return actions.fail(**held, now=clock(), words=outcome.words, retry=outcome.retry)
        if isinstance(outcome, Stopped):
            return actions.stop(**held, now=clock())
        return actions.finish(**held, now=clock(), result=outcome, progress=heartbeat.progress)
    except LostClaim:
        logger.warning("Job %s was given to another worker; this one has written nothing since.", job.pk)
        return None


def drain(*, clock: Clock, at_most: int = 1000) -> list[Job]:
    """Do what is due, one job after another, in this process: for tests, and for loading data without a worker.

    Returns the jobs as they ended, in the order they were done. Stops after `at_most`, in case work makes work for ever.
    """
    done: list[Job] = []
    while len(done) < at_most:
        job_id = Job.objects.due(clock()).order_by("run_after", "pk").values_list("pk", flat=True).first()
        if job_id is None:
            break
        job = run(job_id=job_id, clock=clock, threaded=False)
        if job is not None:
            done.append(job)
    return done


def _outcome(job: Job, heartbeat: Heartbeat) -> dict[str, Any] | WorkFailed | Stopped:
    """What the handler returned, or why it did not. Raises LostClaim."""
    try:
        return find(job.kind).run(Work(job, heartbeat)) or {}
    except LostClaim:
        raise
    except (WorkFailed, Stopped) as outcome:
        return outcome
    except SoftTimeLimitExceeded:
        logger.exception("Job %s took too long.", job.pk)
        return WorkFailed(_TOO_LONG, retry=False)
    except UnknownKind:
        logger.exception("Job %s cannot be done.", job.pk)
        return WorkFailed(_UNKNOWN, retry=True)  # a worker of the newer version may take it
    except Exception:
        logger.exception("Job %s (%s) failed at attempt %s.", job.public_id, job.kind, job.attempts)
        return WorkFailed(_OUR_FAULT.format(job=job), retry=True)
