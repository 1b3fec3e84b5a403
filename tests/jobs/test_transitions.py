"""Every action on a job in every state: where it leads, or that it changes nothing."""

import datetime as dt

import pytest

from jobs import actions
from jobs.choices import JobStatus
from jobs.models import Job
from jobs.work import LostClaim
from tests import factories as make
from tests.jobs.conftest import NOW

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
LONG_AGO = NOW - 10 * MINUTE

STATES = {
    "waiting": {"status": JobStatus.QUEUED},
    "waiting for its time": {"status": JobStatus.QUEUED, "run_after": NOW + MINUTE},
    "running": {"status": JobStatus.RUNNING},
    "running, asked to stop": {"status": JobStatus.RUNNING, "cancel_requested_at": NOW},
    "running, overtaken by an event": {"status": JobStatus.RUNNING, "run_again": True},
    "running for the last time": {"status": JobStatus.RUNNING, "attempts": 3},
    "running, lease over": {"status": JobStatus.RUNNING, "leased_until": NOW - MINUTE},
    "running, lease over, asked to stop": {
        "status": JobStatus.RUNNING,
        "leased_until": NOW - MINUTE,
        "cancel_requested_at": NOW,
    },
    "running for the last time, lease over": {
        "status": JobStatus.RUNNING,
        "leased_until": NOW - MINUTE,
        "attempts": 3,
    },
    "running for the last time, lease over, overtaken": {
        "status": JobStatus.RUNNING,
        "leased_until": NOW - MINUTE,
        "attempts": 3,
        "run_again": True,
    },
    "done": {"status": JobStatus.DONE},
    "failed": {"status": JobStatus.FAILED},
    "cancelled": {"status": JobStatus.CANCELLED},
}
HELD = {"token": "held", "now": NOW}
DOORS = {
    "claim": lambda job: actions.claim(job_id=job.pk, now=NOW),
    "beat": lambda job: actions.beat(job_id=job.pk, **HELD),
    "beat, another's token": lambda job: actions.beat(job_id=job.pk, token="old", now=NOW),
    "finish": lambda job: actions.finish(job_id=job.pk, **HELD, result={}, progress={}),
    "finish, another's token": lambda job: actions.finish(
        job_id=job.pk, token="old", now=NOW, result={}, progress={}
    ),
    "fail": lambda job: actions.fail(job_id=job.pk, **HELD, words="No.", retry=False),
    "fail, try again": lambda job: actions.fail(job_id=job.pk, **HELD, words="No.", retry=True),
    "fail, another's token": lambda job: actions.fail(
        job_id=job.pk, token="old", now=NOW, words="No.", retry=False
    ),
    "stop": lambda job: actions.stop(job_id=job.pk, **HELD),
    "stop, another's token": lambda job: actions.stop(job_id=job.pk, token="old", now=NOW),
    "cancel": lambda job: actions.cancel(job=job, now=NOW),
    "reap": lambda job: actions.reap(now=NOW),
    "reap at start": lambda job: actions.reap(now=NOW, starting=True),
}
RUNNING = [name for name in STATES if name.startswith("running")]
EXPIRED = [name for name in RUNNING if "lease over" in name]
TABLE = {
    ("waiting", "claim"): JobStatus.RUNNING,
    ("waiting", "cancel"): JobStatus.CANCELLED,
    ("waiting for its time", "cancel"): JobStatus.CANCELLED,
    **{(state, "finish"): JobStatus.DONE for state in RUNNING},
    **{(state, "finish"): JobStatus.QUEUED for state in RUNNING if "overtaken" in state},
    **{(state, "fail"): JobStatus.FAILED for state in RUNNING},
    **{(state, "fail, try again"): JobStatus.QUEUED for state in RUNNING},
    **{(state, "fail, try again"): JobStatus.FAILED for state in RUNNING if "last time" in state},
    **{(state, "stop"): JobStatus.CANCELLED for state in RUNNING},
    **{(state, reap): JobStatus.QUEUED for state in EXPIRED for reap in ("reap", "reap at start")},
}
for _reap in ("reap", "reap at start"):
    TABLE["running for the last time, lease over", _reap] = JobStatus.FAILED
    TABLE["running, lease over, asked to stop", _reap] = JobStatus.CANCELLED
for _fail in ("fail", "fail, try again"):
    for _state in RUNNING:
        if "asked to stop" in _state:
            TABLE[_state, _fail] = JobStatus.CANCELLED
        if "overtaken" in _state:
            TABLE[_state, _fail] = JobStatus.QUEUED


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("state", STATES)
def test_every_action_leads_where_the_table_says(state, door):
    job = make.JobFactory(
        **{"created_at": LONG_AGO, "leased_until": None, **STATES[state]}
        | ({"leased_until": NOW + MINUTE} if state in RUNNING and state not in EXPIRED else {})
    )
    before = job.status
    try:
        DOORS[door](job)
    except LostClaim:
        lost = True
    else:
        lost = False
    job.refresh_from_db()
    assert job.status == TABLE.get((state, door), before)
    proves_claim = door.startswith(("finish", "fail", "stop"))
    assert lost is (proves_claim and (state not in RUNNING or "another's" in door))


def test_a_claim_has_a_new_token_a_lease_and_no_progress_of_the_last(settings):
    settings.JOBS_LEASE_SECONDS = 60
    job = make.JobFactory(
        created_at=LONG_AGO, progress_done=3, progress_total=4, progress_message="x", run_again=True
    )
    first = actions.claim(job_id=job.pk, now=NOW)
    assert (first.attempts, first.started_at, first.leased_until) == (1, NOW, NOW + MINUTE)
    assert (first.progress_done, first.progress_total, first.progress_message) == (0, None, "")
    assert not first.run_again
    later = NOW + 2 * MINUTE
    actions.reap(now=later)
    second = actions.claim(job_id=job.pk, now=later)
    assert (second.attempts, len(second.token)) == (2, 32)
    assert second.token != first.token


def test_what_does_not_exist_cannot_be_claimed():
    assert actions.claim(job_id=0, now=NOW) is None


def test_a_beat_keeps_the_lease_and_writes_the_progress(settings):
    settings.JOBS_LEASE_SECONDS = 60
    job = make.JobFactory(status=JobStatus.RUNNING, created_at=LONG_AGO)
    answer = actions.beat(job_id=job.pk, **HELD, done=5, total=9, message="x" * 300)
    job.refresh_from_db()
    assert answer is actions.Beat.HELD
    assert (job.leased_until, job.progress_done, job.progress_total) == (NOW + MINUTE, 5, 9)
    assert job.progress_message == "x" * 200


def test_a_beat_learns_that_the_work_should_stop_or_is_lost():
    job = make.JobFactory(status=JobStatus.RUNNING, cancel_requested_at=NOW)
    assert actions.beat(job_id=job.pk, **HELD) is actions.Beat.CANCELLED
    assert actions.beat(job_id=job.pk, token="old", now=NOW) is actions.Beat.LOST


def test_what_is_done_keeps_its_result_and_last_progress_and_no_error():
    job = make.JobFactory(status=JobStatus.RUNNING, error="The first time it did not work.")
    actions.finish(
        job_id=job.pk, **HELD, result={"rows": 9}, progress={"done": 9, "total": 9, "message": "Rows"}
    )
    job.refresh_from_db()
    assert (job.result, job.error, job.finished_at, job.token) == ({"rows": 9}, "", NOW, "")
    assert (job.progress_done, job.progress_total, job.progress_message) == (9, 9, "Rows")


def test_what_failed_is_tried_again_after_a_while_with_its_words_kept(committed, announced):
    job = make.JobFactory(status=JobStatus.RUNNING, created_at=LONG_AGO)
    with committed():
        actions.fail(job_id=job.pk, **HELD, words="No.", retry=True)
    job.refresh_from_db()
    assert (job.run_after, job.error, job.attempts, job.announced_at) == (
        NOW + dt.timedelta(seconds=15),
        "No.",
        1,
        None,
    )
    assert announced == []


def test_work_that_an_event_overtook_starts_over_with_all_its_attempts(committed, announced):
    job = make.JobFactory(status=JobStatus.RUNNING, attempts=3, run_again=True)
    with committed():
        actions.finish(job_id=job.pk, **HELD, result={}, progress={})
    job.refresh_from_db()
    assert (job.attempts, job.run_after, announced) == (0, NOW, [job.pk])


def test_work_whose_program_kept_stopping_is_given_up_in_words():
    job = make.JobFactory(status=JobStatus.RUNNING, attempts=3, created_at=LONG_AGO)
    assert actions.reap(now=NOW) == actions.Reaped(given_up=1)
    job.refresh_from_db()
    assert job.error.startswith("The program doing this work stopped 3 times before it was done")
    assert "Start it again" in job.error


def test_a_job_put_back_is_announced_once(committed, announced):
    job = make.JobFactory(status=JobStatus.RUNNING, created_at=LONG_AGO)
    with committed():
        assert actions.reap(now=NOW) == actions.Reaped(requeued=1)
    assert announced == [job.pk]


def test_a_lost_message_is_sent_again_after_a_minute(announced):
    job = make.JobFactory(created_at=LONG_AGO, announced_at=NOW)
    assert actions.reap(now=NOW + dt.timedelta(seconds=59)) == actions.Reaped()
    assert actions.reap(now=NOW + MINUTE) == actions.Reaped(announced=1)
    assert actions.reap(now=NOW + MINUTE) == actions.Reaped()
    assert announced == [job.pk]


def test_a_job_whose_time_has_come_is_announced(announced):
    job = make.JobFactory(created_at=LONG_AGO, run_after=NOW)
    assert actions.reap(now=NOW - MINUTE) == actions.Reaped()
    assert actions.reap(now=NOW) == actions.Reaped(announced=1)
    assert announced == [job.pk]


def test_a_worker_that_starts_announces_what_a_dead_one_had_fetched(announced):
    job = make.JobFactory(created_at=LONG_AGO, announced_at=NOW)
    assert actions.reap(now=NOW, starting=True) == actions.Reaped(announced=1)
    assert announced == [job.pk]


def test_a_long_queue_is_announced_oldest_first_and_never_all_at_once(announced, monkeypatch):
    monkeypatch.setattr("jobs.actions.reaping.RESEND_AT_MOST", 2)
    jobs = [make.JobFactory(created_at=LONG_AGO + n * MINUTE) for n in range(3)]
    actions.reap(now=NOW)
    assert announced == [jobs[0].pk, jobs[1].pk]


@pytest.mark.parametrize("rows", [1, 10])
def test_a_reaping_with_nothing_to_do_runs_three_queries(django_assert_num_queries, rows):
    for _ in range(rows):
        make.JobFactory(status=JobStatus.RUNNING, created_at=NOW)
    with django_assert_num_queries(3):
        actions.reap(now=NOW)
    assert Job.objects.filter(status=JobStatus.RUNNING).count() == rows
