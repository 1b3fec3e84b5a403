import datetime as dt
import os

import pytest

from jobs import actions, broker
from jobs.choices import JobStatus
from jobs.models import Job, OutboxMessage
from tests import factories as make
from tests.jobs.conftest import NOW

pytestmark = pytest.mark.django_db


def ago(**amount):
    return NOW - dt.timedelta(**amount)


@pytest.mark.parametrize(
    ("status", "age", "kept"),
    [
        (JobStatus.DONE, 29, True),
        (JobStatus.DONE, 31, False),
        (JobStatus.FAILED, 31, True),
        (JobStatus.FAILED, 181, False),
        (JobStatus.CANCELLED, 181, False),
        (JobStatus.QUEUED, 400, True),
        (JobStatus.RUNNING, 400, True),
    ],
)
def test_finished_work_goes_after_its_time_and_unfinished_never(status, age, kept):
    make.JobFactory(status=status, created_at=ago(days=age))
    assert actions.prune(now=NOW)["jobs"] == (not kept)
    assert Job.objects.exists() is kept


def test_a_sent_message_outlives_its_job_so_that_its_key_is_never_used_again():
    job = make.JobFactory(status=JobStatus.DONE, created_at=ago(days=31))
    make.OutboxMessageFactory(status="sent", job=job)
    actions.prune(now=NOW)
    assert OutboxMessage.objects.get().job is None
    assert actions.reap(now=NOW) == actions.Reaped()


@pytest.mark.parametrize(
    ("status", "age", "kept"),
    [("sent", 29, True), ("sent", 31, False), ("uncertain", 31, True), ("failed", 31, True)],
)
def test_what_a_sent_message_said_goes_after_a_month(status, age, kept):
    make.OutboxMessageFactory(status=status, created_at=ago(days=age), body="Your link.")
    assert actions.prune(now=NOW)["bodies"] == (not kept)
    assert OutboxMessage.objects.get().body == ("Your link." if kept else "")


def test_read_messages_go_after_an_hour(settings, tmp_path):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"processed_folder": str(tmp_path)}
    for name, at in {"old": ago(minutes=61), "new": ago(minutes=59)}.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (at.timestamp(), at.timestamp()))
    assert actions.prune(now=NOW)["messages"] == 1
    assert [file.name for file in tmp_path.iterdir()] == ["new"]


def test_a_broker_without_folders_has_none_to_make_or_clear(settings):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 1800}
    broker.make_folders()
    assert broker.prune_processed(before=NOW) == 0


def test_the_folders_are_made_for_their_owner_only(settings, tmp_path):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "broker" / "queue")}
    broker.make_folders()
    broker.make_folders()
    assert (tmp_path / "broker" / "queue").stat().st_mode & 0o777 == 0o700


def test_the_work_of_clearing_away_is_a_job(run_jobs):
    make.JobFactory(status=JobStatus.DONE, created_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    actions.enqueue(kind="jobs.prune", now=NOW - dt.timedelta(days=365))
    [job] = run_jobs()
    assert job.result["jobs"] == 1
