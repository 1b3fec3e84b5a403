"""What Celery may be asked to do, and this room's own work."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import connections
from django.utils import timezone

from jobs import actions, broker, runner
from jobs.actions.outbox import MAX_ATTEMPTS, SEND
from jobs.registry import Work, task

# Below the broker's visibility timeout (1800 s), so that no message comes back while its job runs.
SOFT_LIMIT = 1500
HARD_LIMIT = 1560


@shared_task(name=broker.RUN, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def run(job_id: int) -> None:
    runner.run(job_id=job_id, clock=timezone.now)


@shared_task(name="jobs.tick")
def tick() -> None:
    actions.tick(now=timezone.now())


@shared_task(name="jobs.reap")
def reap() -> None:
    actions.reap(now=timezone.now())


@worker_ready.connect
def reap_at_start(**_kwargs: Any) -> None:
    """A worker that starts may follow one that died with messages in its hands."""
    try:
        actions.reap(now=timezone.now(), starting=True)
    finally:
        connections.close_all()  # this is the worker's parent process: its children must not inherit one


@task(SEND, title="Sending an e-mail", max_attempts=MAX_ATTEMPTS)
def send_email(work: Work) -> dict[str, Any]:
    return {"status": actions.deliver(work, now=timezone.now()).value}


@task("jobs.prune", title="Clearing away old work")
def prune(work: Work) -> dict[str, Any]:
    with work.writing():
        return dict(actions.prune(now=timezone.now()))
