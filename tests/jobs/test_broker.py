import logging
from types import SimpleNamespace

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from jobs import checks, tasks
from jobs.broker import announce  # as it is, before the tests' own stands in for it
from jobs.choices import JobStatus
from tests import factories as make


@pytest.fixture
def folder_app(tmp_path, monkeypatch):
    """A Celery application of its own, on the embedded transport in a folder of its own."""
    folders = {name: str(tmp_path / name) for name in ("control", "processed")}
    for name in ("queue", *folders):
        (tmp_path / name).mkdir()
    app = Celery("tests", broker="filesystem://localhost", set_as_current=False)
    app.conf.broker_transport = "jobs.transport:Transport"
    app.conf.broker_transport_options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": folders["control"],
        "processed_folder": folders["processed"],
        "store_processed": True,
    }
    monkeypatch.setattr("jobs.broker.current_app", app)
    yield app
    app.close()


def test_a_message_appears_whole_and_is_read_in_order(folder_app, tmp_path):
    assert announce(7)
    assert announce(8)
    files = sorted(file.name for file in (tmp_path / "queue").iterdir())
    assert [name.partition(".")[2] for name in files] == ["celery.msg", "celery.msg"]
    with folder_app.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        assert [queue.get(timeout=5).payload[0] for _ in range(2)] == [[7], [8]]
        queue.close()


def test_half_a_message_is_set_aside_and_the_next_is_read(folder_app, tmp_path, caplog):
    (tmp_path / "queue" / "-half.celery.msg").write_text('{"body": "')
    assert announce(7)
    with folder_app.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        assert queue.get(timeout=5).payload[0] == [7]
        queue.close()
    assert "could not be read" in caplog.text
    assert (tmp_path / "processed" / "-half.celery.msg").exists()


def test_a_broker_that_is_away_costs_a_line_in_the_log_and_no_error_page(folder_app, monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(folder_app, "send_task", refuse)
    with caplog.at_level(logging.WARNING):
        assert not announce(7)
    assert "The broker did not take job 7; it will be announced again." in caplog.text


@pytest.mark.django_db
def test_celerys_task_does_the_job_whose_number_it_is_given(own_registry):
    own_registry.task("tests.work")(lambda work: {"done": True})
    job = make.JobFactory()
    # In the test's own thread and transaction, where another connection would see nothing.
    tasks.run.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result) == (JobStatus.DONE, {"done": True})


@pytest.mark.django_db
def test_celerys_tick_reap_and_start_do_theirs(own_registry, announced, monkeypatch):
    closed = []
    monkeypatch.setattr("jobs.tasks.connections.close_all", lambda: closed.append(True))
    ran = []
    own_registry.every(name="tests.daily", days=1)(ran.append)
    tasks.tick()
    assert len(ran) == 1
    job = make.JobFactory()
    tasks.reap()
    assert announced == [job.pk]
    assert closed == []
    tasks.reap_at_start(sender=None)
    assert announced == [job.pk, job.pk]
    assert closed == [True]


def test_the_schedule_of_beat_is_the_tick_and_the_reaper(settings):
    from config.celery import app

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == {"jobs.tick", "jobs.reap"}
    assert app.conf.task_acks_late


def test_a_lease_shorter_than_the_databases_patience_is_an_error_at_start(monkeypatch):
    settings = SimpleNamespace(
        DATABASES={"default": {"OPTIONS": {"timeout": 20}}},
        JOBS_LEASE_SECONDS=20,
    )
    monkeypatch.setattr(checks, "settings", settings)
    [error] = checks.check_lease()
    assert (error.id, "may wait 20 seconds" in error.msg) == ("jobs.E001", True)
    settings.JOBS_LEASE_SECONDS = 60
    assert checks.check_lease() == []


@pytest.mark.parametrize(("timeout", "errors"), [(600, ["jobs.E002"]), (1800, []), (None, [])])
def test_a_broker_that_sends_again_before_work_may_end_is_an_error_at_start(settings, timeout, errors):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": timeout} if timeout else {}
    assert [error.id for error in checks.check_visibility_timeout()] == errors
