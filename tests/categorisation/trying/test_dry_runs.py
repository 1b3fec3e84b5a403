"""A changed document tried on every school: once, unattended, resumed, stopped, and counted."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import ChangeLogEntry
from categorisation.actions.dry_runs import stop_dry_run, try_parameter
from categorisation.choices import DraftStatus
from categorisation.models import DryRun, DryRunMove
from categorisation.presenters.dry_runs import draft_effect, dry_run_page, sentences_of
from categorisation.tasks import dry_runs
from jobs.actions import reap
from jobs.choices import JobStatus
from jobs.models import Job
from schools.choices import Audience, SchoolPhase, SchoolStatus
from tests import factories as make
from tests.categorisation.trying.steps import NOW, TODAY, finished, good, set_floor, start


@pytest.mark.requirement("L-064", "K-048")
def test_the_counts_are_those_of_the_rows(draft, authority, policy_admin, run_jobs):
    area = make.AreaFactory(authority=authority)
    good(3, authority=authority, area=area)
    good(2, authority=authority, phase=SchoolPhase.SECONDARY)
    make.SchoolFactory(authority=authority)  # of which nothing is known: its range does not change
    make.SchoolFactory(authority=authority, status=SchoolStatus.CLOSED)
    run = finished(draft, policy_admin, run_jobs)
    rows = list(run.moves.select_related("school"))
    assert Counter((row.before, row.after) for row in rows) == {(1, 2): 5}
    counts = run.counts
    assert (counts["tried"], counts["moved"], counts["directions"]) == (6, 5, {"up": 5})
    assert counts["moves"] == [[1, 2, 5]]
    assert counts["phases"] == [[SchoolPhase.PRIMARY, 4, 3, 0], [SchoolPhase.SECONDARY, 2, 2, 0]]
    assert counts["areas"] == [[area.pk, 3, 3, 0], [None, 3, 2, 0]]
    assert counts["rules"] == [["rule:ofsted_good:floor", "Judged good or outstanding", "floor", 5]]
    assert {cause["name"] for row in rows for cause in row.rules} == {"rule:ofsted_good:floor"}
    assert run.finished_at is not None


def test_a_cause_that_only_the_register_may_know_makes_no_row(draft, authority, policy_admin, run_jobs):
    (school,) = good(1, authority=authority)
    set_floor(draft, "ofsted_good", 1)
    set_floor(draft, "at_risk_of_ri", 4)
    cause = make.CircumstanceFactory(school=school, kind="at_risk_of_ri", audience=Audience.REGISTER)
    assert finished(draft, policy_admin, run_jobs).counts["moved"] == 0
    cause.audience = Audience.AUTHORITY
    cause.save()
    set_floor(draft, "at_risk_of_ri", 5)
    assert finished(draft, policy_admin, run_jobs).counts["moves"] == [[3, 5, 1]]


def test_a_double_click_tries_once_and_another_revision_anew(draft, policy_admin):
    first = start(draft, policy_admin)
    assert start(draft, policy_admin) == first
    draft.refresh_from_db()
    draft.revision += 1
    draft.save()
    assert start(draft, policy_admin) != first
    assert ChangeLogEntry.objects.filter(action="categorisation.start_dry_run").count() == 2


def test_a_finished_one_can_be_started_again(draft, policy_admin, run_jobs):
    assert finished(draft, policy_admin, run_jobs) != start(draft, policy_admin)


def test_a_run_shows_the_draft_as_it_was_when_the_draft_changes_meanwhile(
    draft, authority, policy_admin, run_jobs
):
    good(1, authority=authority)
    run = start(draft, policy_admin)
    set_floor(draft, "ofsted_good", 1)
    run_jobs()
    run.refresh_from_db()
    assert run.counts["moved"] == 1
    assert dry_run_page(run).stale


def test_a_run_whose_worker_died_starts_again_and_counts_each_school_once(
    draft, authority, policy_admin, run_jobs, monkeypatch
):
    schools = good(3, authority=authority)
    run = start(draft, policy_admin)
    monkeypatch.setattr(dry_runs, "BATCH", 1)
    kept = dry_runs.keep_moves

    def die_at_the_third(moves):
        if DryRunMove.objects.count() == 2:
            raise KeyboardInterrupt  # the process is gone
        kept(moves)

    monkeypatch.setattr(dry_runs, "keep_moves", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run_jobs()
    assert run.moves.count() == 2
    schools[0].status = SchoolStatus.CLOSED
    schools[0].save()
    later = NOW + dt.timedelta(hours=5)
    Job.objects.filter(pk=run.job_id).update(leased_until=NOW - dt.timedelta(hours=1))
    reap(now=later)
    Job.objects.filter(pk=run.job_id).update(run_after=NOW)
    monkeypatch.setattr(dry_runs, "keep_moves", kept)
    run_jobs()
    run.refresh_from_db()
    assert (run.counts["tried"], run.counts["moved"]) == (2, 2)
    assert set(run.moves.values_list("school", flat=True)) == {school.pk for school in schools[1:]}


def test_a_message_that_comes_twice_counts_once(draft, authority, policy_admin, run_jobs):
    good(1, authority=authority)
    run = finished(draft, policy_admin, run_jobs)
    Job.objects.create(
        kind="categorisation.dry_run", payload={"dry_run_id": run.pk}, created_at=NOW, run_after=NOW
    )
    (again,) = run_jobs()
    assert again.result == {"schools": 1, "moved": 1}
    assert run.moves.count() == 1


def test_it_stops_between_batches_and_says_nothing(draft, authority, policy_admin, run_jobs, monkeypatch):
    good(1, authority=authority)
    run = start(draft, policy_admin)
    monkeypatch.setattr("jobs.work.Work.cancelled", property(lambda work: True))
    (job,) = run_jobs()
    run.refresh_from_db()
    assert (job.status, run.counts) == (JobStatus.CANCELLED, None)
    assert dry_run_page(DryRun.objects.select_related("draft", "against", "job").get()).stopped


def test_a_waiting_one_can_be_stopped_and_stopping_a_stopped_one_changes_nothing(
    draft, policy_admin, run_jobs
):
    run = start(draft, policy_admin)
    stop_dry_run(dry_run=run, by=policy_admin, at=NOW)
    stop_dry_run(dry_run=run, by=policy_admin, at=NOW)
    assert ChangeLogEntry.objects.filter(action="categorisation.stop_dry_run").count() == 1
    assert run_jobs() == []
    assert start(draft, policy_admin) != run


def test_its_progress_is_kept_by_batches(draft, authority, policy_admin, run_jobs, monkeypatch):
    good(3, authority=authority)
    monkeypatch.setattr(dry_runs, "BATCH", 2)
    told = []
    monkeypatch.setattr("jobs.work.Work.progress", lambda work, *args: told.append(args[:2]))
    run = finished(draft, policy_admin, run_jobs)
    assert told == [(2, 3), (3, 3)]
    assert run.moves.count() == 3


def test_one_batch_costs_the_same_whatever_the_number_of_schools(
    draft, authority, policy_admin, run_jobs, count_queries
):
    good(1, authority=authority)
    start(draft, policy_admin)
    one = count_queries(run_jobs)
    good(9, authority=authority)
    start(draft, policy_admin)
    assert count_queries(run_jobs) == one


def test_a_closed_or_faulty_draft_is_not_tried(draft, policy_admin):
    draft.document["rules"][0]["floor"] = 9
    draft.save()
    with pytest.raises(ValidationError, match="The draft has one fault"):
        start(draft, policy_admin)
    draft.document["rules"][1]["floor"] = 9
    draft.save()
    with pytest.raises(ValidationError, match="The draft has 2 faults"):
        start(draft, policy_admin)
    draft.status = DraftStatus.ABANDONED
    draft.save()
    with pytest.raises(ValidationError, match="closed"):
        start(draft, policy_admin)


def test_without_a_policy_in_force_there_is_nothing_to_compare_with(far_authority):
    draft = make.FrameworkDraftFactory(authority=far_authority)
    admin = make.UserFactory(grants=[("policy_admin", far_authority)])
    with pytest.raises(ValidationError, match="No policy is in force"):
        start(draft, admin)


def test_only_those_who_draft_the_policy_try_it(draft, authority, manager, policy_admin):
    with pytest.raises(PermissionDenied):
        start(draft, manager)
    with pytest.raises(PermissionDenied):
        try_parameter(authority=authority, key="flat", value=Decimal(3), on=TODAY, by=manager, at=NOW)
    with pytest.raises(PermissionDenied):
        stop_dry_run(dry_run=start(draft, policy_admin), by=manager, at=NOW)


@pytest.mark.requirement("K-056")
def test_another_value_of_a_parameter_is_tried_without_touching_the_draft(
    draft, authority, policy_admin, run_jobs
):
    before = draft.document
    given = {"key": "considerably_below", "on": TODAY, "by": policy_admin, "at": NOW, "authority": authority}
    run = try_parameter(value=Decimal("2.5"), **given)
    assert try_parameter(value=Decimal("2.5"), **given) == run
    assert (
        run.tried
        == "Considerably below similar schools: 2.5 percentage points instead of 10 percentage points"
    )
    assert [p["chosen"] for p in run.document["parameters"] if "chosen" in p] == [2.5]
    assert str(run) == f"Dry run of {run.tried}"
    run_jobs()
    draft.refresh_from_db()
    assert (draft.document, draft.dry_runs.count()) == (before, 0)
    with pytest.raises(ValidationError, match="its value already"):
        try_parameter(value=Decimal(10), **given)
    with pytest.raises(ValidationError, match="Select a parameter"):
        try_parameter(value=Decimal(1), **{**given, "key": "nonsense"})
    with pytest.raises(ValidationError, match="cannot be tried"):
        try_parameter(value="high", **given)


def test_a_choice_is_tried_by_its_word(draft, authority, policy_admin):
    run = try_parameter(
        authority=authority,
        key="report_card_below_areas",
        value="any_area",
        on=TODAY,
        by=policy_admin,
        at=NOW,
    )
    assert "any area instead of leadership and governance" in run.tried


def test_a_dry_run_is_of_a_draft_or_of_a_parameter(draft):
    for fields in ({"tried": "both"}, {"draft": None, "revision": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.DryRunFactory(**{"draft": draft, "authority": draft.authority, "revision": 1,
                                  "document": {}, "against": draft.based_on, **fields})  # fmt: skip


def test_sentences_tell_the_moves_and_then_the_ranges():
    counts = {
        "tried": 229,
        "moved": 15,
        "directions": {"up": 9, "down": 5, "placed": 1, "wider": 3, "narrower": 1},
    }
    assert sentences_of(counts, "level") == (
        "15 of 229 schools would move: 9 to a higher level, 5 to a lower level and 1 placed at last.",
        "3 more would have a wider range and 1 more would have a narrower range.",
    )
    assert sentences_of({"tried": 1, "moved": 0, "directions": {}}, "level") == (
        "None of 1 school would move.",
    )
    assert sentences_of({"tried": 0, "moved": 0, "directions": {}}, "level") == (
        "There is no open school to try it on.",
    )


def test_the_editor_is_told_of_the_latest_run_and_of_failing_cases(draft, authority, policy_admin, run_jobs):
    good(1, authority=authority)
    effect = draft_effect(draft, on=TODAY)
    assert (effect.run, effect.moved, effect.sentences, effect.is_current) == (None, None, (), False)
    assert effect.failing > 0
    assert effect.cases > effect.failing
    finished(draft, policy_admin, run_jobs)
    effect = draft_effect(draft, on=TODAY)
    assert (effect.moved, effect.is_current) == (1, True)
    assert effect.sentences == ("1 of 1 school would move: 1 to a higher category.",)
    set_floor(draft, "ofsted_good", 9)
    effect = draft_effect(draft, on=TODAY)
    assert (effect.moved, effect.is_current, effect.cases, effect.failing) == (1, False, None, None)
