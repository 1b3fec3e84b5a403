"""The annual round from its opening to its confirmation: who may, what becomes of each school, what a crash leaves."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import actions
from categorisation.actions import rounds as round_actions
from categorisation.choices import Occasion, RecommendationStatus, RoundStatus
from categorisation.models import Decision, Recommendation, Round
from categorisation.tasks import rounds as tasks
from categorisation.workflow import NotPossible
from jobs.choices import JobStatus
from jobs.models import Job
from reports import rendering
from reports.models import Document
from schools.choices import SchoolStatus
from schools.models import School
from tests import factories as make

NOW = timezone.now()
START = dt.date(2026, 9, 1)


@pytest.fixture
def head_of_service(authority):
    return make.UserFactory(name="Hugo Head of Service", grants=[(Role.HEAD_OF_SERVICE, authority)])


@pytest.fixture
def annual(leeds, authority, head_of_service):
    return actions.open_round(authority=authority, starts_on=START, by=head_of_service, at=NOW)


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    monkeypatch.setattr(rendering, "to_pdf", lambda html, colour: html.encode())


def moderated(annual, school, rank=2):
    return make.RecommendationFactory(round=annual, school=school, suggested=rank, moderated_rank=rank)


def publish(annual, by, run_jobs):
    job = actions.publish_round(annual=annual, by=by, at=NOW)
    run_jobs()
    annual.refresh_from_db()
    job.refresh_from_db()
    return job


# Opening


@pytest.mark.requirement("L-058", "L-271", "K-046")
def test_a_round_is_opened_by_the_version_in_force_on_its_first_day(annual, leeds):
    assert (annual.year, annual.status, annual.version.slug) == (2026, RoundStatus.OPEN, "leeds-2013")
    assert ChangeLogEntry.objects.filter(action="categorisation.open_round").count() == 1


def test_a_year_has_one_round(annual, authority, head_of_service):
    with pytest.raises(ValidationError, match="2026-27 is open already"):
        actions.open_round(authority=authority, starts_on=dt.date(2027, 1, 4), by=head_of_service, at=NOW)
    with pytest.raises(IntegrityError):
        make.RoundFactory(authority=authority, year=2026)


def test_an_authority_without_a_policy_opens_no_round(authority, head_of_service):
    with pytest.raises(ValidationError, match="works to no policy on 1 September 2026"):
        actions.open_round(authority=authority, starts_on=START, by=head_of_service, at=NOW)


def test_only_who_decides_opens_publishes_and_confirms(leeds, annual, authority, manager, adviser):
    for by in (manager, adviser):
        with pytest.raises(PermissionDenied):
            actions.open_round(authority=authority, starts_on=dt.date(2027, 9, 1), by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.publish_round(annual=annual, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.confirm_round(annual=annual, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.confirm_levels(annual=annual, decisions=[], by=by, at=NOW)


# A whole year


@pytest.mark.requirement("L-060", "L-098", "L-099", "X-38", "K-048", "L-055")
def test_a_round_goes_from_recommendation_to_confirmation(
    annual, school, other_school, adviser, manager, head_of_service, head, run_jobs
):
    late = other_school
    one = actions.recommend(
        school=school, rank=2, occasion=Occasion.ANNUAL, starts_on=START, reason="Seen at the visit",
        head_consulted_on=dt.date(2026, 11, 1), governors_not_consulted="No meeting yet", round=annual,
        by=adviser, at=NOW,
    )  # fmt: skip
    actions.moderate_at_a_sitting(verdicts=[actions.Verdict(one, 2)], by=manager, at=NOW)
    assert not Decision.objects.visible_to(head).exists()

    job = publish(annual, head_of_service, run_jobs)
    assert job.result == {"published": 1, "refused": 0}
    assert annual.status == RoundStatus.PROVISIONAL
    decision = Decision.objects.visible_to(head).get()
    assert (decision.rank, decision.start_on, decision.confirmed_at) == (2, START, None)
    assert Document.objects.visible_to(head).filter(school=school).count() == 1

    with pytest.raises(NotPossible, match="1 to confirm, 0 recommended"):
        actions.confirm_round(annual=annual, by=head_of_service, at=NOW)
    actions.confirm_levels(annual=annual, decisions=[decision], by=head_of_service, at=NOW)
    run_jobs()
    actions.confirm_round(annual=annual, by=head_of_service, at=NOW)
    annual.refresh_from_db()
    decision.refresh_from_db()
    assert annual.status == RoundStatus.CONFIRMED
    assert decision.confirmed_by == head_of_service
    logged = ChangeLogEntry.objects.get(action="categorisation.confirm_round")
    assert logged.after["schools_without"] == 1  # the late one
    assert not Decision.objects.filter(school=late).exists()


@pytest.mark.requirement("K-049")
def test_nothing_of_a_round_is_visible_to_a_school_before_it_is_published(annual, school, head):
    moderated(annual, school)
    assert not Recommendation.objects.visible_to(head).exists()
    assert not Decision.objects.visible_to(head).exists()
    assert not Round.objects.visible_to(head).exists()


def test_schools_moderated_later_are_published_later(annual, school, other_school, head_of_service, run_jobs):
    moderated(annual, school)
    waiting = make.RecommendationFactory(round=annual, school=other_school)
    publish(annual, head_of_service, run_jobs)
    first = annual.published_at
    assert Decision.objects.count() == 1
    actions.moderate(recommendation=waiting, rank=2, reason="", by=head_of_service, at=NOW)
    publish(annual, head_of_service, run_jobs)
    assert Decision.objects.filter(published_at__isnull=False).count() == 2
    assert annual.published_at == first


def test_publishing_twice_is_one_piece_of_work_and_one_decision(annual, school, head_of_service, run_jobs):
    moderated(annual, school)
    first = actions.publish_round(annual=annual, by=head_of_service, at=NOW)
    assert actions.publish_round(annual=annual, by=head_of_service, at=NOW) == first
    run_jobs()
    assert Decision.objects.count() == 1
    with pytest.raises(NotPossible, match="awaits publication"):
        actions.publish_round(annual=annual, by=head_of_service, at=NOW)


def test_a_round_without_a_moderated_school_stays_open(annual, head_of_service):
    with pytest.raises(NotPossible):
        actions.publish_round(annual=annual, by=head_of_service, at=NOW)
    annual.refresh_from_db()
    assert annual.status == RoundStatus.OPEN


def test_a_confirmed_round_publishes_no_more(leeds, authority, school, head_of_service):
    over = make.RoundFactory(authority=authority, status=RoundStatus.CONFIRMED)
    moderated(over, school)
    with pytest.raises(NotPossible, match="is confirmed"):
        actions.publish_round(annual=over, by=head_of_service, at=NOW)
    with pytest.raises(NotPossible, match="published as provisional"):
        actions.confirm_round(annual=over, by=head_of_service, at=NOW)
    with pytest.raises(NotPossible, match="published as provisional"):
        actions.confirm_levels(annual=over, decisions=[], by=head_of_service, at=NOW)


def test_a_head_of_service_publishes_only_the_schools_they_decide_for(
    leeds, authority, school, head_of_service, run_jobs
):
    early = make.UserFactory()
    make.RoleGrantFactory(user=early, role=Role.HEAD_OF_SERVICE, authority=authority, phase="0-11")
    secondary = make.SchoolFactory(authority=authority, phase=4)
    annual = actions.open_round(authority=authority, starts_on=START, by=early, at=NOW)
    moderated(annual, school)
    moderated(annual, secondary)
    publish(annual, early, run_jobs)
    assert [row.school for row in Decision.objects.all()] == [school]
    publish(annual, head_of_service, run_jobs)
    assert Decision.objects.count() == 2


def test_a_school_that_closed_is_not_published(annual, school, head_of_service):
    moderated(annual, school)
    School.objects.filter(pk=school.pk).update(status=SchoolStatus.CLOSED)
    with pytest.raises(NotPossible):
        actions.publish_round(annual=annual, by=head_of_service, at=NOW)


def test_a_school_that_cannot_be_decided_does_not_hold_up_the_others(
    annual, school, other_school, head_of_service, run_jobs
):
    moderated(annual, school)
    moderated(annual, other_school)
    make.DecisionFactory(school=other_school, start_on=dt.date(2026, 10, 1))  # later than the round's
    job = publish(annual, head_of_service, run_jobs)
    assert (job.status, job.result) == (JobStatus.DONE, {"published": 1, "refused": 1})
    assert Recommendation.objects.get(school=other_school).status == RecommendationStatus.MODERATED


# Killed between batches


def test_whose_role_ended_before_the_work_began_publishes_nothing(
    annual, authority, school, head_of_service, run_jobs
):
    moderated(annual, school)
    actions.publish_round(annual=annual, by=head_of_service, at=NOW)
    head_of_service.grants.all().delete()
    make.RoleGrantFactory(user=head_of_service, authority=authority, role=Role.ADVISER)
    (done,) = (job for job in run_jobs() if job.kind == round_actions.PUBLISH)
    assert (done.status, done.result) == (JobStatus.DONE, {"published": 0, "refused": 1})
    assert not Decision.objects.exists()


def test_a_worker_killed_between_batches_leaves_work_that_is_done_once(
    annual, authority, head_of_service, run_jobs, monkeypatch
):
    monkeypatch.setattr(tasks, "BATCH", 1)
    for _ in range(3):
        moderated(annual, make.SchoolFactory(authority=authority))
    real, calls = round_actions.publish_batch, []

    def dies_at_the_second(**given):
        calls.append(given["ids"])
        if len(calls) == 2:
            raise MemoryError
        return real(**given)

    monkeypatch.setattr(round_actions, "publish_batch", dies_at_the_second)
    job = actions.publish_round(annual=annual, by=head_of_service, at=NOW)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, Decision.objects.count()) == (JobStatus.QUEUED, 1)
    Job.objects.filter(pk=job.pk).update(run_after=NOW)
    run_jobs()
    job.refresh_from_db()
    assert (job.status, job.result) == (JobStatus.DONE, {"published": 3, "refused": 0})
    assert Decision.objects.filter(published_at__isnull=False).count() == 3
    assert Document.objects.count() == 3


def test_decided_but_not_published_is_published_by_the_next_run(annual, school, head_of_service):
    one = moderated(annual, school)
    actions.decide(recommendation=one, by=head_of_service, at=NOW)
    assert Decision.objects.get().published_at is None
    assert round_actions.publish_batch(ids=[one.pk], by=head_of_service, at=NOW) == {}
    assert Decision.objects.get().published_at == NOW
    assert round_actions.publish_batch(ids=[one.pk], by=head_of_service, at=NOW) == {}


@pytest.mark.parametrize("after", [0, 1])
def test_work_stops_between_batches_when_asked(annual, school, head_of_service, after):
    moderated(annual, school)
    job = actions.publish_round(annual=annual, by=head_of_service, at=NOW)

    class Asked:
        payload, times = job.payload, 0

        @property
        def cancelled(self):
            self.times += 1
            return self.times > after

        def writing(self):
            from django.db import transaction

            return transaction.atomic()

        def progress(self, *told):
            pass

    work = Asked()
    work.job = job
    with pytest.raises(tasks.Stopped):
        tasks.publish_round(work)
    assert Decision.objects.count() == after
    assert not Document.objects.exists()


# Confirming


@pytest.fixture
def provisional(annual, school, head_of_service, run_jobs):
    moderated(annual, school)
    publish(annual, head_of_service, run_jobs)
    return annual


def test_a_level_under_discussion_is_not_confirmed(provisional, school, head_of_service):
    make.RecommendationFactory(
        round=provisional, school=school, occasion=Occasion.AUTUMN, starts_on=dt.date(2026, 11, 30)
    )
    with pytest.raises(NotPossible, match="None of these"):
        actions.confirm_levels(
            annual=provisional, decisions=Decision.objects.all(), by=head_of_service, at=NOW
        )
    with pytest.raises(NotPossible, match="1 to confirm, 1 recommended"):
        actions.confirm_round(annual=provisional, by=head_of_service, at=NOW)


def test_a_level_the_school_disagrees_with_is_not_confirmed(provisional, head, head_of_service):
    actions.disagree(decision=Decision.objects.get(), text="We see it otherwise", by=head, at=NOW)
    with pytest.raises(NotPossible, match="None of these"):
        actions.confirm_levels(
            annual=provisional, decisions=Decision.objects.all(), by=head_of_service, at=NOW
        )


@pytest.mark.requirement("L-099")
def test_a_level_changed_in_autumn_is_confirmed_by_its_change(provisional, school, head_of_service):
    changed = make.RecommendationFactory(
        round=provisional, school=school, occasion=Occasion.AUTUMN, starts_on=dt.date(2026, 11, 2),
        moderated_rank=3,
    )  # fmt: skip
    actions.decide(recommendation=changed, by=head_of_service, at=NOW)
    actions.confirm_round(annual=provisional, by=head_of_service, at=NOW)
    provisional.refresh_from_db()
    assert provisional.status == RoundStatus.CONFIRMED


def test_confirming_twice_is_one_piece_of_work(provisional, head_of_service, run_jobs):
    chosen = list(Decision.objects.all())
    first = actions.confirm_levels(annual=provisional, decisions=chosen, by=head_of_service, at=NOW)
    again = actions.confirm_levels(annual=provisional, decisions=chosen, by=head_of_service, at=NOW)
    assert again == first
    run_jobs()
    first.refresh_from_db()
    assert first.result == {"confirmed": 1}
    assert round_actions.confirm_batch(
        annual=provisional, ids=[chosen[0].pk], by=head_of_service, at=NOW
    ) == 0  # fmt: skip


# Moderation at a sitting


@pytest.mark.requirement("L-060")
def test_a_sitting_moderates_all_or_none_and_says_what_stands_in_the_way(
    annual, school, other_school, manager
):
    fine = make.RecommendationFactory(round=annual, school=school)
    own = make.RecommendationFactory(round=annual, school=other_school, recommended_by=manager)
    with pytest.raises(ValidationError) as refusal:
        actions.moderate_at_a_sitting(
            verdicts=[actions.Verdict(fine, 2), actions.Verdict(own, 2)], by=manager, at=NOW
        )
    assert list(refusal.value.message_dict) == [own.public_id]
    fine.refresh_from_db()
    assert fine.status == RecommendationStatus.RECOMMENDED


def test_a_change_without_a_reason_is_refused_at_its_row(annual, school, manager):
    one = make.RecommendationFactory(round=annual, school=school)
    with pytest.raises(ValidationError) as refusal:
        actions.moderate_at_a_sitting(verdicts=[actions.Verdict(one, 3)], by=manager, at=NOW)
    assert "say why" in refusal.value.message_dict[one.public_id][0]
    assert actions.moderate_at_a_sitting(verdicts=[actions.Verdict(one, 3, "Seen")], by=manager, at=NOW) == 1
    assert actions.moderate_at_a_sitting(verdicts=[actions.Verdict(one, 3, "Seen")], by=manager, at=NOW) == 1
    assert ChangeLogEntry.objects.filter(action="categorisation.moderate").count() == 1


def test_a_sitting_costs_the_same_for_one_agreement_as_for_ten_but_for_their_rows(
    annual, authority, manager, count_queries
):
    def agree(number):
        verdicts = [
            actions.Verdict(
                make.RecommendationFactory(round=annual, school=make.SchoolFactory(authority=authority)), 2
            )
            for _ in range(number)
        ]
        return count_queries(lambda: actions.moderate_at_a_sitting(verdicts=verdicts, by=manager, at=NOW))

    agree(1)
    one, three, five = agree(1), agree(3), agree(5)
    assert (three - one) / 2 == (five - three) / 2 <= 5
