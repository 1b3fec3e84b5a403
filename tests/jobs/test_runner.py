import datetime as dt

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from jobs import actions, runner
from jobs.choices import JobStatus
from jobs.models import Job
from jobs.registry import LostClaim, Stopped, WorkFailed
from tests import factories as make
from tests.jobs.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def do(own_registry, clock):
    """do(handler) runs a job with this handler and returns its row."""

    def run(handler, **job):
        own_registry.task("tests.work", title="Working hard")(handler)
        row = make.JobFactory(created_at=NOW, **job)
        returned = runner.run(job_id=row.pk, clock=clock, threaded=False)
        row.refresh_from_db()
        row.returned = returned
        return row

    return run


def fail_with(error):
    def handler(work):
        raise error

    return handler


def test_a_handler_gets_its_payload_and_its_answer_is_the_result(do):
    job = do(lambda work: {"twice": 2 * work.payload["n"]}, payload={"n": 21})
    assert (job.status, job.result, job.returned) == (JobStatus.DONE, {"twice": 42}, job)


def test_a_handler_may_answer_nothing(do):
    assert do(lambda work: None).result == {}


def test_progress_is_on_the_row_while_it_works_and_afterwards(do):
    seen = []

    def handler(work):
        work.progress(1, 2, "Reading")
        seen.append(Job.objects.values_list("progress_done", "progress_total", "progress_message").get())
        work.progress(2, 2, "Writing")

    job = do(handler)
    assert seen == [(1, 2, "Reading")]
    assert (job.progress_done, job.progress_message) == (2, "Writing")


def test_what_does_not_wait_is_not_run(own_registry, clock):
    job = make.JobFactory(status=JobStatus.DONE)
    assert runner.run(job_id=job.pk, clock=clock) is None


def test_a_failure_in_words_is_shown_as_it_is(do):
    job = do(fail_with(WorkFailed("The file is empty. Choose another.")))
    assert (job.status, job.error) == (JobStatus.FAILED, "The file is empty. Choose another.")


def test_a_failure_that_may_pass_is_tried_again(do):
    job = do(fail_with(WorkFailed("The disk is full.", retry=True)))
    assert (job.status, job.run_after) == (JobStatus.QUEUED, NOW + dt.timedelta(seconds=15))


def test_an_unforeseen_failure_is_tried_again_and_says_nothing_that_the_exception_said(do, caplog):
    job = do(fail_with(RuntimeError("St Anne's is on the register")))
    assert job.status == JobStatus.QUEUED
    assert job.error.startswith("Something went wrong in the program.")
    assert job.public_id in job.error
    assert "St Anne's" not in job.error
    assert "St Anne's" in caplog.text


def test_work_that_takes_too_long_is_stopped_in_words(do):
    job = do(fail_with(SoftTimeLimitExceeded()))
    assert (job.status, job.error[:32]) == (JobStatus.FAILED, "This took longer than work may t")


def test_work_of_a_newer_version_is_left_for_a_worker_that_knows_it(own_registry, clock):
    job = runner.run(job_id=make.JobFactory(created_at=NOW).pk, clock=clock, threaded=False)
    assert (job.status, job.error[:25]) == (JobStatus.QUEUED, "This version of the progr")


def test_a_handler_that_sees_the_request_stops(do):
    def handler(work):
        assert not work.cancelled
        actions.cancel(job=work.job, now=NOW)
        work.progress(1)
        if work.cancelled:
            raise Stopped

    assert do(handler).status == JobStatus.CANCELLED


def give_away(work, clock):
    clock.forward(minutes=5)
    actions.reap(now=clock())
    return actions.claim(job_id=work.job.pk, now=clock())


def test_an_old_claim_cannot_write_after_a_new_one_was_made(do, clock):
    def handler(work):
        with work.writing():
            make.JobFactory(kind="first batch")
        give_away(work, clock)
        with work.writing():
            make.JobFactory(kind="second batch")

    job = do(handler)
    assert (job.returned, job.status, job.attempts) == (None, JobStatus.RUNNING, 2)
    assert Job.objects.filter(kind="first batch").exists()
    assert not Job.objects.filter(kind="second batch").exists()


def test_an_old_claim_learns_at_its_next_progress_that_it_is_lost(do, clock):
    heard = []

    def handler(work):
        give_away(work, clock)
        try:
            work.progress(1)
        except LostClaim:
            heard.append(work.cancelled)
            raise

    assert do(handler).returned is None
    assert heard == [True]


@pytest.mark.parametrize("ending", [lambda work: {}, fail_with(WorkFailed("No.")), fail_with(Stopped())])
def test_an_old_claim_cannot_end_the_job_of_a_new_one(do, clock, ending):
    def handler(work):
        give_away(work, clock)
        return ending(work)

    job = do(handler)
    assert (job.returned, job.status, job.error) == (None, JobStatus.RUNNING, "")


def test_a_batch_that_fails_leaves_nothing(do):
    def handler(work):
        with work.writing():
            make.JobFactory(kind="half")
            raise WorkFailed("No.")

    assert do(handler).status == JobStatus.FAILED
    assert not Job.objects.filter(kind="half").exists()


@pytest.mark.django_db(transaction=True)
def test_the_transaction_that_checks_the_claim_is_the_one_that_commits(do):
    def handler(work):
        with transaction.atomic(), work.writing():
            pass

    job = do(handler)
    assert (job.status, job.error[:20]) == (JobStatus.QUEUED, "Something went wrong")


def test_draining_does_what_is_due_and_what_that_makes(own_registry, clock):
    @own_registry.task("tests.second")
    def second(work):
        return {"n": work.payload["n"]}

    @own_registry.task("tests.work")
    def first(work):
        with work.writing():
            actions.enqueue(kind="tests.second", payload={"n": 1}, now=clock())
            actions.enqueue(kind="tests.second", now=clock(), run_after=NOW + dt.timedelta(days=1))

    actions.enqueue(kind="tests.work", now=NOW)
    done = runner.drain(clock=clock)
    assert [(job.kind, job.status) for job in done] == [
        ("tests.work", JobStatus.DONE),
        ("tests.second", JobStatus.DONE),
    ]


def test_draining_leaves_what_another_worker_took(own_registry, clock):
    @own_registry.task("tests.work")
    def handler(work):
        give_away(work, clock)

    actions.enqueue(kind="tests.work", now=NOW)
    assert runner.drain(clock=clock) == []


def test_draining_ends_though_work_makes_work_for_ever(own_registry, clock):
    @own_registry.task("tests.work")
    def handler(work):
        actions.enqueue(kind="tests.work", now=clock())

    actions.enqueue(kind="tests.work", now=NOW)
    assert len(runner.drain(clock=clock, at_most=3)) == 3


def test_a_batch_longer_than_the_lease_renews_it_as_it_commits(do, clock, settings):
    def handler(work):
        with work.writing():
            clock.forward(seconds=settings.JOBS_LEASE_SECONDS + 10)
        assert actions.reap(now=clock()) == actions.Reaped()

    assert do(handler).status == JobStatus.DONE
