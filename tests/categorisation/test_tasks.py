"""Suggestions are brought level when something changes, and each night."""

import datetime as dt

import pytest
from django.utils import timezone

from categorisation import actions as categorisation
from categorisation import periodic
from categorisation.models import FrameworkVersion, Suggestion
from categorisation.tasks import suggestions as tasks
from jobs.actions import cancel, emit, enqueue
from jobs.choices import JobStatus
from jobs.models import Job
from schools.actions import record_circumstance, record_inspection
from schools.choices import Audience, ConcernCategory, InspectionFramework, InspectionKind, SchoolStatus
from schools.rules.ofsted import Findings
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def settled(leeds, run_jobs):
    """The work of choosing the framework is done."""
    run_jobs()


def rank(school):
    return Suggestion.objects.get(school=school).on_record


def test_an_inspection_moves_the_suggestion(settled, school, policy_admin, run_jobs):
    findings = Findings(
        framework=InspectionFramework.EIF_2019,
        kind=InspectionKind.GRADED,
        started_on=dt.date(2024, 3, 5),
        overall_grade="4",
        category=ConcernCategory.SPECIAL_MEASURES,
    )
    record_inspection(school=school, findings=findings, by=policy_admin, at=NOW)
    (job,) = run_jobs()
    assert (job.status, job.result) == (JobStatus.DONE, {"schools": 1})
    assert rank(school) == 5


def test_a_circumstance_moves_the_suggestion(settled, school, manager, run_jobs):
    record_circumstance(
        school=school, kind="at_risk_of_ri", audience=Audience.AUTHORITY, source="Visit", note="",
        start_on=TODAY, by=manager, at=NOW,
    )  # fmt: skip
    run_jobs()
    assert Suggestion.objects.get(school=school).low == 3


def test_what_only_the_register_may_know_moves_no_suggestion(settled, school, run_jobs):
    make.CircumstanceFactory(school=school, kind="at_risk_of_ri", audience=Audience.REGISTER)
    emit("circumstance_changed", {"school_id": school.pk}, now=NOW)
    run_jobs()
    assert Suggestion.objects.get(school=school).low == 1


def test_data_imported_brings_every_open_school_of_the_authority_level(
    settled, school, other_school, far_school, run_jobs
):
    payload = {
        "batch_id": 1,
        "authority_id": school.authority_id,
        "kinds": ["ks2"],
        "years": [],
        "changed": 3,
    }
    emit("data_imported", payload, now=NOW)
    emit("data_imported", {**payload, "batch_id": 2}, now=NOW)
    (job,) = run_jobs()  # twice while it waits is once
    assert job.result == {"schools": 2}
    assert set(Suggestion.objects.values_list("school", flat=True)) == {school.pk, other_school.pk}


def test_each_night_every_authority_is_worked_out(settled, school, far_school, run_jobs):
    periodic.refresh_suggestions(NOW)
    assert sorted(job.result["schools"] for job in run_jobs()) == [0, 1]


def test_work_without_an_authority_does_all(settled, school, far_school, run_jobs):
    enqueue(kind="categorisation.refresh_authority", now=NOW)
    (job,) = run_jobs()
    assert job.result == {"schools": 1}  # the far authority has chosen no framework


def test_choosing_a_framework_works_out_what_it_suggests(frameworks, school, authority, run_jobs):
    assert not run_jobs()
    categorisation.choose_framework(
        authority=authority, slug="leicester-2007", start_on=TODAY, by=None, now=NOW
    )
    run_jobs()
    assert Suggestion.objects.get(school=school).version.slug == "leicester-2007"


def test_a_new_version_is_worked_out_for_the_authorities_that_chose_it(
    settled, school, run_jobs, monkeypatch
):
    held = FrameworkVersion.objects.get(slug="leeds-2013")
    held.sha256 = "of an earlier document"
    held.save()
    (published,) = categorisation.load_shipped(now=NOW)
    assert published.number == 2
    (job,) = run_jobs()
    assert job.payload == {"authority_id": school.authority_id}
    assert Suggestion.objects.get(school=school).version == published


def test_a_school_that_has_closed_is_suggested_nothing_any_more(settled, school, other_school, run_jobs):
    categorisation.refresh_suggestions([school, other_school], on=TODAY, now=NOW)
    for closed in (school, other_school):
        closed.status = SchoolStatus.CLOSED
        closed.save()
    emit("inspection_recorded", {"school_id": school.pk}, now=NOW)
    assert run_jobs()[0].result == {"schools": 0}
    assert not Suggestion.objects.filter(school=school).exists()
    periodic.refresh_suggestions(NOW)
    run_jobs()
    assert not Suggestion.objects.exists()


def test_the_answer_is_for_the_day_the_work_was_asked_for(settled, school, run_jobs):
    """A second run after a worker's death answers as the first would have."""
    asked = NOW - dt.timedelta(days=3)
    enqueue(kind="categorisation.refresh_school", payload={"school_id": school.pk}, now=asked)
    run_jobs()
    assert Suggestion.objects.get(school=school).on == timezone.localdate(asked)


def test_it_stops_between_batches_when_asked(settled, school, run_jobs, monkeypatch):
    def ask_to_stop(*args):
        cancel(job=Job.objects.get(status=JobStatus.RUNNING), now=NOW)
        return

    monkeypatch.setattr(tasks, "drop_suggestions_of_closed_schools", ask_to_stop)
    monkeypatch.setattr("jobs.work.Work.cancelled", property(lambda work: True))
    periodic.refresh_suggestions(NOW)
    assert {job.status for job in run_jobs()} == {JobStatus.CANCELLED}


def test_batches_report_how_far_they_have_come(settled, school, other_school, run_jobs, monkeypatch):
    said = []
    monkeypatch.setattr(tasks, "BATCH", 1)
    monkeypatch.setattr("jobs.work.Work.progress", lambda work, *words: said.append(words))
    periodic.refresh_suggestions(NOW)
    run_jobs()
    assert said == [(1, 2, "Working out suggestions"), (2, 2, "Working out suggestions")]
