"""A Celery worker of the product that waits where test_killed_workers wants to kill it.

Where it waits, it leaves a file with its process number, and goes on when a file says so: the test waits for the one
and writes the other, so nothing depends on how fast the machine is.
"""

import ctypes
import os
import time
from pathlib import Path

import django

from config.celery import app

django.setup()

from django.core.mail.backends.base import BaseEmailBackend  # noqa: E402
from django.db import connection  # noqa: E402

from jobs import actions  # noqa: E402
from jobs.registry import LostClaim, task  # noqa: E402

MARKS = Path(os.environ["TEST_MARKS"])
BATCHES = 3
DEADLINE = 120  # seconds: a worker whose test has died ends by itself

app.conf.beat_schedule = {"reap": {"task": "jobs.reap", "schedule": 0.5, "options": {"expires": 5}}}


def wait_at(place):
    part = MARKS / f"{place}.part"
    part.write_text(str(os.getpid()))
    part.rename(MARKS / f"{place}.at")
    end = time.monotonic() + DEADLINE
    while not (MARKS / f"{place}.go").exists():
        if time.monotonic() > end:
            os._exit(1)
        time.sleep(0.01)


def outlive_the_worker():
    """As on a machine cut off from the others: out of reach of what kills its worker's group, and of the signal that
    Celery asks the kernel for when the worker dies (PR_SET_PDEATHSIG)."""
    os.setsid()
    ctypes.CDLL(None).prctl(1, 0)


claim = actions.claim


def claim_later(*, job_id, now):
    from jobs.models import Job

    if Job.objects.get(pk=job_id).payload.get("killed") == "before the claim":
        wait_at("before the claim")
    return claim(job_id=job_id, now=now)


actions.claim = claim_later


@task("tests.batches", max_attempts=5)
def batches(work):
    """Writes one row a batch, and only what is not there yet: any row written twice would show."""
    killed = work.payload["killed"]
    if killed == "stopped" and not (MARKS / "stopped.at").exists():
        outlive_the_worker()
    if killed in ("before the first write", "pool process"):
        wait_at(killed)
    for batch in range(BATCHES):
        if batch == 1 and killed in ("between two batches", "stopped"):
            wait_at(killed)
        try:
            with work.writing(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM tests_effect WHERE job = %s AND batch = %s", [killed, batch])
                if cursor.fetchone() is None:
                    cursor.execute(
                        "INSERT INTO tests_effect VALUES (%s, %s, %s)", [killed, batch, os.getpid()]
                    )
                if batch == 1 and killed == "inside a batch":
                    wait_at(killed)
        except LostClaim:
            (MARKS / f"{killed}.lost").touch()
            raise
        work.progress(batch + 1, BATCHES, "Writing")
    if killed == "after the last write":
        wait_at(killed)
    return {"batches": BATCHES}


class MailServer(BaseEmailBackend):
    """Accepts a message by writing its subject down. Dies before or after, as the subject says."""

    def send_messages(self, messages):
        for message in messages:
            if message.subject == "before the server has it":
                wait_at(message.subject)
            with (MARKS / "accepted").open("a") as accepted:
                accepted.write(f"{message.subject}\n")
            if message.subject == "after the server has it":
                wait_at(message.subject)
        return len(messages)


if "TEST_STANDBY" in os.environ:  # imported, which is what takes long, and not yet at work
    wait_at("standby")
