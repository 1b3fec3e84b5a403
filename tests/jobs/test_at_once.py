"""Several processes at once, as threads with connections of their own on the real database."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs import actions
from jobs.choices import JobStatus
from jobs.heartbeat import Heartbeat
from jobs.models import Job, PeriodicRun
from jobs.work import LostClaim, Work
from tests import factories as make
from tests.jobs.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 4
PATIENCE = 20  # seconds: far more than any of this takes, even on a busy machine


def at_once(function):
    """What `function` returned, or the exception it raised, in each of several threads let go together."""
    barrier = threading.Barrier(THREADS)

    def run(_n):
        try:
            barrier.wait(PATIENCE)
            return function()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_of_several_claims_at_once_one_wins():
    job = make.JobFactory(created_at=NOW)
    claims = at_once(lambda: actions.claim(job_id=job.pk, now=NOW))
    [won] = [claim for claim in claims if claim is not None]
    job.refresh_from_db()
    assert (job.token, job.attempts) == (won.token, 1)


def test_of_several_ends_of_one_claim_at_once_one_wins():
    job = make.JobFactory(status=JobStatus.RUNNING)
    ends = at_once(lambda: actions.finish(job_id=job.pk, token="held", now=NOW, result={}, progress={}))
    assert sorted(type(end).__name__ for end in ends) == ["Job"] + ["LostClaim"] * (THREADS - 1)


def test_several_reapers_at_once_put_a_job_back_once():
    make.JobFactory(status=JobStatus.RUNNING, created_at=NOW)
    later = NOW.replace(hour=12)
    assert sum(reaped.requeued for reaped in at_once(lambda: actions.reap(now=later))) == 1


def test_several_at_once_with_one_key_make_one_job(own_registry):
    own_registry.task("tests.work")(lambda work: {})
    jobs = at_once(lambda: actions.enqueue(kind="tests.work", key="upload:1", now=NOW))
    assert {job.pk for job in jobs} == {Job.objects.get().pk}


def test_several_ticks_at_once_run_a_schedule_once(own_registry):
    ran = []
    own_registry.every(name="tests.daily", days=1)(ran.append)
    names = at_once(lambda: actions.tick(now=NOW))
    assert sorted(map(len, names)) == [0] * (THREADS - 1) + [1]
    assert ran == [NOW]
    assert PeriodicRun.objects.count() == 1


def test_several_at_once_write_one_message(own_registry):
    own_registry.task("jobs.send_email")(lambda work: {})
    message = {"key": "reminder:1", "to": "head@example.org", "subject": "A report", "body": "", "now": NOW}
    assert len({m.pk for m in at_once(lambda: actions.send_email(**message))}) == 1
    assert Job.objects.count() == 1


def wait_until(condition):
    waited = threading.Event()
    for _ in range(PATIENCE * 50):
        if condition():
            return
        waited.wait(0.02)
    raise AssertionError("It did not happen in time.")


@pytest.fixture
def heartbeat():
    """Of a job that is held, beating fast."""
    job = make.JobFactory(status=JobStatus.RUNNING)
    with Heartbeat(job_id=job.pk, token="held", clock=timezone.now, interval=0.05) as beating:
        yield Work(job, beating), beating


def progress_of(job):
    return Job.objects.values_list("progress_done", flat=True).get(pk=job.pk)


def test_the_heartbeat_keeps_the_lease_without_a_word_from_the_work(heartbeat):
    work, _ = heartbeat
    wait_until(lambda: Job.objects.get().leased_until > work.job.leased_until)


def test_progress_reported_in_an_open_batch_never_waits_and_is_seen_at_the_latest_after_it(heartbeat):
    work, _ = heartbeat
    with work.writing():
        make.JobFactory(kind="tests.row")
        work.progress(7, 9)
        if connection.vendor == "postgresql":  # the lock of the batch lets the heartbeat write
            wait_until(lambda: progress_of(work.job) == 7)
    wait_until(lambda: progress_of(work.job) == 7)


def test_the_work_hears_of_a_request_to_stop_and_of_a_lost_claim(heartbeat):
    work, _ = heartbeat
    actions.cancel(job=work.job, now=NOW)
    wait_until(lambda: work.cancelled)
    Job.objects.filter(pk=work.job.pk).update(token="new")
    with pytest.raises(LostClaim):
        wait_until(lambda: work.progress(1))


def test_a_heartbeat_that_the_database_refused_beats_on(heartbeat, monkeypatch, caplog):
    from django.db import OperationalError

    from jobs import heartbeat as module

    work, beating = heartbeat
    refused = threading.Event()
    beat = module.claims.beat

    def refuse_once(**values):
        if not refused.is_set():
            refused.set()
            raise OperationalError("database is locked")
        return beat(**values)

    monkeypatch.setattr(module.claims, "beat", refuse_once)
    work.progress(3)
    wait_until(lambda: progress_of(work.job) == 3)
    assert refused.is_set()
    assert not beating.lost


def test_the_reaper_leaves_a_job_alone_while_its_worker_writes_however_late_its_heartbeat():
    """On PostgreSQL it passes over the locked row; on SQLite it waits for the writer, who renews the lease."""
    job = make.JobFactory(status=JobStatus.RUNNING, created_at=timezone.now() - actions.claims.lease() * 2)
    beating = Heartbeat(job_id=job.pk, token="held", clock=timezone.now, interval=1, threaded=False)

    def reap():
        try:
            return actions.reap(now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with Work(job, beating).writing():
            reaping = pool.submit(reap)
            if connection.vendor == "postgresql":
                assert reaping.result(PATIENCE).requeued == 0
        assert reaping.result(PATIENCE).requeued == 0
    job.refresh_from_db()
    assert (job.status, job.token) == (JobStatus.RUNNING, "held")


def test_a_reading_transaction_sees_the_queue_while_a_batch_is_open(heartbeat):
    work, _ = heartbeat
    with work.writing():
        make.JobFactory(kind="tests.row")
        counts = at_once(Job.objects.count)
    assert counts == [1] * THREADS
    with transaction.atomic():
        assert Job.objects.count() == 2
