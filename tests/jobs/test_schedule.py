import datetime as dt

import pytest

from jobs import actions
from jobs.models import Job, PeriodicRun
from jobs.registry import registry
from tests.jobs.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(own_registry):
    """The times at which the daily schedule ran."""
    times = []
    own_registry.every(name="tests.daily", days=1, at=dt.time(3))(times.append)
    return times


def test_what_is_due_runs_once_and_is_remembered(ran):
    assert actions.tick(now=NOW) == ["tests.daily"]
    assert actions.tick(now=NOW + dt.timedelta(minutes=1)) == []
    assert ran == [NOW]
    assert PeriodicRun.objects.get().last_run_at == NOW


def test_a_machine_that_was_off_for_days_runs_it_once(ran):
    actions.tick(now=NOW)
    later = NOW + dt.timedelta(days=4)
    actions.tick(now=later)
    actions.tick(now=later + dt.timedelta(minutes=1))
    assert ran == [NOW, later]


def test_of_two_ticks_that_both_saw_it_due_one_runs_it(ran):
    from jobs.actions.schedule import _run_once

    [periodic] = registry.periodic.values()
    assert _run_once(periodic, None, NOW)
    assert not _run_once(periodic, None, NOW)
    assert ran == [NOW]


def test_a_schedule_that_fails_keeps_nothing_is_noted_and_tried_again_while_others_run(own_registry, ran):
    broken = True

    @own_registry.every(name="tests.broken", due=lambda now, last: last is None)
    def schedule(now):
        actions.enqueue(kind="tests.work", now=now)
        if broken:
            raise RuntimeError

    own_registry.task("tests.work")(lambda work: {})
    own_registry.every(name="tests.last", days=1)(lambda now: None)
    assert actions.tick(now=NOW) == ["tests.daily", "tests.last"]
    run = PeriodicRun.objects.get(name="tests.broken")
    assert (run.last_run_at, run.error) == (None, "RuntimeError: see the log of 2026-11-21 09:30 UTC")
    assert not Job.objects.exists()

    broken = False
    assert actions.tick(now=NOW + dt.timedelta(minutes=1)) == ["tests.broken"]
    run.refresh_from_db()
    assert (run.last_run_at, run.error) == (NOW + dt.timedelta(minutes=1), "")
    assert Job.objects.count() == 1


def test_a_question_whether_it_is_due_may_fail_too(own_registry):
    own_registry.every(name="tests.broken", due=lambda now, last: 1 / 0)(lambda now: None)
    assert actions.tick(now=NOW) == []
    assert PeriodicRun.objects.get().error.startswith("ZeroDivisionError")


@pytest.mark.parametrize("schedules", [1, 10])
def test_a_tick_with_nothing_due_runs_one_query(own_registry, django_assert_num_queries, schedules):
    for n in range(schedules):
        own_registry.every(name=f"tests.{n}", days=1)(lambda now: None)
    actions.tick(now=NOW)
    with django_assert_num_queries(1):
        assert actions.tick(now=NOW) == []


def test_the_rooms_own_schedule_clears_away_old_work_each_hour(run_jobs):
    assert "jobs.prune" in actions.tick(now=NOW)
    assert Job.objects.get(kind="jobs.prune").key == "prune"
