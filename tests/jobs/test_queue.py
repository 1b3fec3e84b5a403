import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from jobs import actions
from jobs.choices import FINISHED, JobStatus
from jobs.models import Job
from jobs.registry import UnknownKind
from tests import factories as make
from tests.jobs.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(own_registry):
    own_registry.task("tests.work", max_attempts=4)(lambda work: {})
    own_registry.on("happened", key=lambda payload: f"school:{payload['school_id']}")(
        own_registry.task("tests.react")(lambda work: {})
    )


def test_a_job_waits_with_what_it_depends_on_and_is_announced_when_the_transaction_commits(
    committed, announced, adviser
):
    with committed():
        job = actions.enqueue(kind="tests.work", payload={"on": "2026-11-21"}, by=adviser, now=NOW)
        assert announced == []
    job.refresh_from_db()
    assert (job.status, job.payload, job.created_by) == (JobStatus.QUEUED, {"on": "2026-11-21"}, adviser)
    assert (job.created_at, job.run_after, job.announced_at, job.max_attempts) == (NOW, NOW, NOW, 4)
    assert announced == [job.pk]


def test_a_job_for_later_is_not_announced_yet(committed, announced):
    with committed():
        job = actions.enqueue(kind="tests.work", now=NOW, run_after=NOW + dt.timedelta(hours=1))
    assert (announced, job.announced_at, job.run_after) == ([], None, NOW + dt.timedelta(hours=1))


def test_work_that_nobody_does_cannot_be_enqueued():
    with pytest.raises(UnknownKind):
        actions.enqueue(kind="tests.nothing", now=NOW)
    assert not Job.objects.exists()


def test_a_job_of_a_transaction_that_fails_never_was(committed, announced):
    def fail_after_enqueueing():
        with transaction.atomic():
            actions.enqueue(kind="tests.work", now=NOW)
            raise RuntimeError

    with committed(), pytest.raises(RuntimeError):
        fail_after_enqueueing()
    assert announced == []
    assert not Job.objects.exists()


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_the_same_key_while_unfinished_is_the_same_job(committed, announced, status):
    standing = make.JobFactory(key="upload:1", status=status, created_at=NOW)
    with committed():
        again = actions.enqueue(kind="tests.work", key="upload:1", now=NOW)
    assert (again, announced) == (standing, [])
    assert not again.run_again
    assert Job.objects.count() == 1


@pytest.mark.parametrize("status", FINISHED)
def test_the_same_key_after_the_end_is_a_new_job(status):
    old = make.JobFactory(key="upload:1", status=status, created_at=NOW)
    assert actions.enqueue(kind="tests.work", key="upload:1", now=NOW) != old


def test_the_same_key_of_another_kind_is_another_job():
    make.JobFactory(key="upload:1", kind="tests.react")
    assert actions.enqueue(kind="tests.work", key="upload:1", now=NOW).kind == "tests.work"


def test_without_a_key_every_call_is_a_job():
    first = actions.enqueue(kind="tests.work", now=NOW)
    assert actions.enqueue(kind="tests.work", now=NOW) != first


def test_a_job_made_by_another_process_between_looking_and_making_is_returned(monkeypatch):
    standing = make.JobFactory(key="upload:1")
    answers = iter([None, standing])
    monkeypatch.setattr("jobs.actions.queue._standing", lambda *args: next(answers))
    assert actions.enqueue(kind="tests.work", key="upload:1", now=NOW) == standing


@pytest.mark.parametrize("key", [None, "upload:1"])
def test_a_database_that_refuses_for_another_reason_is_heard(monkeypatch, key):
    def refuse(**values):
        raise IntegrityError("something else")

    monkeypatch.setattr(Job.objects, "create", refuse)
    with pytest.raises(IntegrityError, match="something else"):
        actions.enqueue(kind="tests.work", key=key, now=NOW)


def test_an_event_makes_a_job_for_each_listener(own_registry, committed, announced, adviser):
    own_registry.on("happened")(own_registry.task("tests.react_too")(lambda work: {"too": True}))
    with committed():
        jobs = actions.emit("happened", {"school_id": 7}, by=adviser, now=NOW)
    assert [(job.kind, job.payload, job.created_by) for job in jobs] == [
        ("tests.react", {"school_id": 7}, adviser),
        ("tests.react_too", {"school_id": 7}, adviser),
    ]
    assert announced == [job.pk for job in jobs]


def test_an_event_that_nobody_listens_to_makes_no_job():
    assert actions.emit("nothing", {}, now=NOW) == []


def test_an_event_finds_its_waiting_job_and_leaves_it():
    standing = make.JobFactory(kind="tests.react", key="school:7")
    [job] = actions.emit("happened", {"school_id": 7}, now=NOW)
    assert (job, job.run_again) == (standing, False)


def test_an_event_that_overtakes_a_running_job_makes_it_run_once_more():
    standing = make.JobFactory(kind="tests.react", key="school:7", status=JobStatus.RUNNING)
    actions.emit("happened", {"school_id": 7}, now=NOW)
    [job] = actions.emit("happened", {"school_id": 7}, now=NOW)
    standing.refresh_from_db()
    assert (job, standing.run_again) == (standing, True)


def test_trying_again_is_a_new_job_with_the_same_payload_once(adviser):
    failed = make.JobFactory(status=JobStatus.FAILED, key="upload:1", payload={"upload_id": 1})
    again = actions.try_again(job=failed, by=adviser, now=NOW)
    assert (again.kind, again.key, again.payload, again.created_by) == (
        failed.kind,
        "upload:1",
        {"upload_id": 1},
        adviser,
    )
    assert actions.try_again(job=failed, by=adviser, now=NOW) == again


def test_asking_twice_for_a_stop_keeps_the_first_time():
    job = make.JobFactory(status=JobStatus.RUNNING)
    actions.cancel(job=job, now=NOW)
    job = actions.cancel(job=job, now=NOW + dt.timedelta(seconds=5))
    assert (job.status, job.cancel_requested_at) == (JobStatus.RUNNING, NOW)
