"""Finding what a dead worker or a lost message left behind."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from jobs import broker
from jobs.actions import outbox
from jobs.actions.claims import release, requeue, start_over
from jobs.choices import JobStatus
from jobs.models import Job

# A message that has not led to a claim by now is sent again. A long queue makes some of these needless, and a needless
# message only finds its job taken; the limit keeps a long queue from being flooded with them.
RESEND_AFTER = dt.timedelta(seconds=60)
RESEND_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Reaped:
    """How many jobs a reaping put back, gave up, and announced again; how many messages it settled."""

    requeued: int = 0
    given_up: int = 0
    announced: int = 0
    messages: int = 0


def reap(*, now: dt.datetime, starting: bool = False) -> Reaped:
    """Put back the jobs of dead workers, announce again what no worker has heard of, settle abandoned e-mail.

    `starting`: a worker has just started, so whatever a dead one had fetched is announced again at once.
    Runs three queries when there is nothing to do, none of which writes.
    """
    requeued = given_up = 0
    if Job.objects.expired(now).exists():
        with transaction.atomic():
            # A locked row is one whose worker is writing this moment: alive, however late its heartbeat.
            for job in Job.objects.expired(now).select_for_update(skip_locked=True):
                if _take_from_dead_worker(job, now):
                    requeued += 1
                else:
                    given_up += 1
    return Reaped(
        requeued=requeued,
        given_up=given_up,
        announced=_announce_again(now, dt.timedelta(0) if starting else RESEND_AFTER),
        messages=outbox.settle_abandoned(now=now),
    )


def _take_from_dead_worker(job: Job, now: dt.datetime) -> bool:
    """Whether it goes back into the queue."""
    if job.cancel_requested_at:
        release(job, JobStatus.CANCELLED, now)
    elif job.attempts < job.max_attempts:
        requeue(job, now, run_after=now)
        return True
    elif job.run_again:
        start_over(job, now)
        return True
    else:
        job.error = (
            f"The program doing this work stopped {job.attempts} times before it was done, so it was given up. "
            "Start it again; if it happens again, tell whoever looks after this service."
        )
        release(job, JobStatus.FAILED, now)
    return False


def _announce_again(now: dt.datetime, resend_after: dt.timedelta) -> int:
    waiting = Job.objects.unannounced(now, resend_after).order_by("run_after", "pk")
    ids = list(waiting.values_list("pk", flat=True)[:RESEND_AT_MOST])
    if ids:
        Job.objects.filter(pk__in=ids).update(announced_at=now)
        for job_id in ids:
            broker.announce(job_id)
    return len(ids)
