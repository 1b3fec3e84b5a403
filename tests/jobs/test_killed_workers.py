"""Real Celery workers, killed with kill -9 in every phase, on both brokers: the work is done, once in effect.

One scenario a broker, because starting a worker takes seconds. A worker has a job waiting in each phase; all of it is
killed at once, save one pool process that is only stopped; a second worker finds what was left; then the stopped process
wakes up. The tests look at what came of it.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from jobs.actions.outbox import SEND
from jobs.models import Job, OutboxMessage
from tests import factories as make

pytestmark = (
    pytest.mark.django_db
)  # so that pytest-django makes the database which the fixture fills for real

REDIS = "redis://127.0.0.1:6379/9"
DEADLINE = 90  # seconds: only a broken worker takes that long
# Where a worker is killed, in the order it gets there; the last holds SQLite's only write lock while it waits.
PHASES = [
    "before the claim",
    "before the first write",
    "between two batches",
    "after the last write",
    "inside a batch",
]
MAILS = ["before the server has it", "after the server has it"]


@dataclass
class Aftermath:
    """What stood in the database when all was over, by phase."""

    jobs: dict = field(default_factory=dict)
    effects: list = field(default_factory=list)  # (phase, batch, process)
    messages: dict = field(default_factory=dict)
    accepted: list = field(default_factory=list)
    needing_attention: set = field(default_factory=set)
    stopped_process: int = 0
    seconds: float = 0.0


class Workers:
    """Starts workers on one broker and one database, and ends those it started."""

    def __init__(self, folder, redis_url):
        self.marks = folder / "marks"
        self.marks.mkdir()
        self.log = folder / "worker.log"
        self.prefix = f"test-{uuid.uuid4().hex}-"
        self.redis_url = redis_url
        self.processes = []
        self.stopped = None
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
            "PYTHONPATH": str(settings.BASE_DIR),
            "DATA_DIR": str(folder),
            "DATABASE_URL": _database_url(),
            "REDIS_URL": redis_url,
            "TEST_MARKS": str(self.marks),
            "TEST_PREFIX": self.prefix,
            "CELERY_SKIP_CHECKS": "1",  # the lease is shorter than the product allows
        }

    def start(self, processes, **environment):
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "tests.jobs.worker",
            "worker",
            "--beat",
            "--loglevel=INFO",
        ]
        command += [
            f"--concurrency={processes}",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=self._environment | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process):
        """kill -9 of the worker, its pool and its beat."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(DEADLINE)

    def reached(self, place):
        """The process that waits there."""
        mark = self.marks / f"{place}.at"
        self.wait_until(mark.exists, f"a worker waits {place}")
        return int(mark.read_text())

    def let_go(self, place):
        (self.marks / f"{place}.go").touch()

    def wait_until(self, condition, what):
        end = time.monotonic() + DEADLINE
        pause = threading.Event()
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"In vain waited until {what}.\n{self.log.read_text()[-6000:]}")
            pause.wait(0.02)

    def stop(self, process_id):
        self.stopped = process_id
        os.kill(process_id, signal.SIGSTOP)

    def wake(self):
        os.kill(self.stopped, signal.SIGCONT)

    def end_stopped(self):
        """It left its worker's group, so that it is nobody's but ours to end."""
        if self.stopped:
            os.kill(self.stopped, signal.SIGKILL)
            self.stopped = None

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)
        self.end_stopped()
        if self.redis_url:
            with redis.Redis.from_url(self.redis_url) as client:
                for key in client.scan_iter(f"{self.prefix}*"):
                    client.delete(key)


def _database_url():
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(database['NAME']).resolve()}"
    who = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgres://{who}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def _redis_or_skip():
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        if os.environ.get("CI"):
            pytest.fail(f"No Redis answers at {REDIS}, and this test may not be left out here.")
        pytest.skip(
            f"No Redis answers at {REDIS}: start redis-server to test the grown installation's broker."
        )
    return REDIS


@contextmanager
def _effects_table():
    """A table of the tests' own, without any constraint that could hide a second write."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tests_effect (job varchar(40), batch integer, process integer)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE tests_effect")
        OutboxMessage.objects.all().delete()
        Job.objects.all().delete()


def _effects():
    with connection.cursor() as cursor:
        cursor.execute("SELECT job, batch, process FROM tests_effect")
        return cursor.fetchall()


def _job(phase):
    return make.JobFactory(kind="tests.batches", payload={"killed": phase}, max_attempts=5)


def _message(subject):
    message = make.OutboxMessageFactory(subject=subject)
    message.job = make.JobFactory(kind=SEND, payload={"message_id": message.pk}, max_attempts=5)
    message.save()
    return message


@pytest.fixture(scope="module", params=["folder", "redis"])
def aftermath(request, tmp_path_factory, django_db_setup, django_db_blocker):
    redis_url = _redis_or_skip() if request.param == "redis" else ""
    with django_db_blocker.unblock(), _effects_table():
        workers = Workers(tmp_path_factory.mktemp(request.param), redis_url)
        try:
            return _live_through(workers)
        finally:
            workers.end()


def _live_through(workers):
    result = Aftermath()
    early, (last,) = PHASES[:-1], PHASES[-1:]
    jobs = {phase: _job(phase) for phase in [*early, "stopped", "pool process"]}
    messages = {subject: _message(subject) for subject in MAILS}
    first = workers.start(len(jobs) + len(messages) + 2)
    workers.start(2, TEST_STANDBY="yes")

    # One pool process killed, its worker alive
    victim = workers.reached("pool process")
    workers.let_go("pool process")
    os.kill(victim, signal.SIGKILL)
    workers.wait_until(lambda: _is_over(jobs["pool process"]), "the killed pool process's job is done")

    # The whole worker killed, with a job in every phase; one of its processes only stopped
    for place in [*early, *MAILS]:
        workers.reached(place)
    result.stopped_process = workers.reached("stopped")
    workers.stop(result.stopped_process)
    jobs[last] = _job(last)
    workers.reached(last)
    workers.reached("standby")
    workers.kill(first)
    killed_at = time.monotonic()
    for place in [*PHASES, *MAILS]:
        workers.let_go(place)
    workers.let_go("stopped")  # not heard by a stopped process, but by the next that takes the job

    # A second worker finds what was left
    workers.let_go("standby")
    everything = [*jobs.values(), *(message.job for message in messages.values())]
    workers.wait_until(lambda: all(map(_is_over, everything)), "all of the work is done")
    result.seconds = time.monotonic() - killed_at

    # The stopped process wakes up and goes on with its claim, long lost
    workers.wake()
    workers.wait_until(
        (workers.marks / "stopped.lost").exists, "the stopped process hears that it lost its claim"
    )
    workers.end_stopped()

    result.jobs = {phase: Job.objects.get(pk=job.pk) for phase, job in jobs.items()}
    result.effects = _effects()
    result.messages = {subject: OutboxMessage.objects.get(pk=m.pk) for subject, m in messages.items()}
    accepted = workers.marks / "accepted"
    result.accepted = accepted.read_text().splitlines() if accepted.exists() else []
    result.needing_attention = {m.subject for m in OutboxMessage.objects.needing_attention()}
    return result


def _is_over(job):
    return Job.objects.get(pk=job.pk).is_finished


@pytest.mark.parametrize("phase", [*PHASES, "stopped", "pool process"])
def test_work_whose_worker_was_killed_is_done_once_in_effect(aftermath, phase):
    job = aftermath.jobs[phase]
    assert (job.status, job.result, job.error) == (Job.Status.DONE, {"batches": 3}, "")
    assert sorted(batch for name, batch, _process in aftermath.effects if name == phase) == [0, 1, 2]
    assert job.attempts == (1 if phase == "before the claim" else 2)


def test_batches_written_before_the_kill_are_kept_and_the_rest_done_by_another(aftermath):
    writers = {batch: process for name, batch, process in aftermath.effects if name == "between two batches"}
    assert writers[0] != writers[1] == writers[2]


def test_a_batch_that_was_open_when_its_worker_was_killed_left_nothing(aftermath):
    writers = {batch: process for name, batch, process in aftermath.effects if name == "inside a batch"}
    assert writers[0] != writers[1]


def test_a_worker_that_wakes_up_after_its_claim_was_lost_writes_nothing(aftermath):
    writers = {batch: process for name, batch, process in aftermath.effects if name == "stopped"}
    assert writers[0] == aftermath.stopped_process
    assert aftermath.stopped_process not in (writers[1], writers[2])


@pytest.mark.parametrize(("subject", "times"), [(MAILS[0], 0), (MAILS[1], 1)])
def test_a_message_whose_sender_was_killed_is_sent_at_most_once_and_listed(aftermath, subject, times):
    assert aftermath.accepted.count(subject) == times
    assert aftermath.messages[subject].status == OutboxMessage.Status.UNCERTAIN
    assert "Ask the person whether it arrived" in aftermath.messages[subject].error
    assert subject in aftermath.needing_attention


def test_all_of_it_is_done_soon_after_the_lease_is_over(aftermath):
    assert aftermath.seconds < 60  # about 5 on two idle cores: a lease of 3, then the work
