"""The annual round: opened, moderated at a sitting, published as provisional, confirmed in autumn (L-098, L-099, X-38).

What is decided of one school is `recommendations` and `decisions`; here is what is done to many.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import Authority, User
from categorisation.actions.decisions import confirm, decide, publish
from categorisation.actions.recommendations import moderate, moderate_many
from categorisation.choices import RecommendationStatus, RoundStatus
from categorisation.frameworks_in_force import version_for
from categorisation.models import Decision, Disagreement, Recommendation, Round
from categorisation.permissions.rounds import check_can_run_rounds
from categorisation.rules.recommending import Faulty
from categorisation.workflow import NotPossible
from jobs.actions import enqueue
from jobs.models import Job
from schools.choices import OPEN_STATUSES
from schools.models import School
from schools.rules.academic_years import academic_year, label
from schools.rules.dates import in_words

PUBLISH, CONFIRM = "categorisation.publish_round", "categorisation.confirm_levels"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator makes of one recommendation at a sitting."""

    recommendation: Recommendation
    rank: int
    reason: str = ""


@transaction.atomic
def open_round(*, authority: Authority, starts_on: dt.date, by: User, at: dt.datetime) -> Round:
    """Levels that start on a day are to be recommended, by the version in force on that day.

    Raises PermissionDenied; ValidationError where the authority has no framework then, or the academic year has its
    round already.
    """
    check_can_run_rounds(by, authority)
    authority = Authority.objects.select_for_update().get(pk=authority.pk)
    year = academic_year(starts_on)
    version = version_for(authority, starts_on)
    if version is None:
        raise ValidationError(
            {"starts_on": f"{authority.name} works to no policy on {in_words(starts_on)}. Choose one first."}
        )
    if authority.rounds.filter(year=year).exists():
        raise ValidationError({"starts_on": f"The round for {label(year)} is open already."})
    opened = Round.objects.create(
        authority=authority, year=year, version=version, starts_on=starts_on, opened_at=at, opened_by=by
    )
    _log("categorisation.open_round", opened, by, at, after={"year": year, "starts_on": starts_on})
    return opened


@transaction.atomic
def moderate_at_a_sitting(*, verdicts: Sequence[Verdict], by: User, at: dt.datetime) -> int:
    """Many recommendations moderated at once, all or none. Answers how many. Whoever presses twice has moderated once.

    Agreement is checked for all together; each change costs a dozen queries. Raises PermissionDenied, and
    ValidationError with what stands in the way by the public identifier of the recommendation.
    """
    refusals: dict[str, str] = {}
    agreed = [verdict.recommendation for verdict in verdicts if verdict.rank == verdict.recommendation.rank]
    try:
        with transaction.atomic():
            moderate_many(recommendations=agreed, by=by, at=at)
    except Faulty as refusal:
        refusals |= {fault.field: fault.message for fault in refusal.faults}
    for verdict in verdicts:
        if verdict.recommendation in agreed:
            continue
        try:
            with transaction.atomic():
                moderate(
                    recommendation=verdict.recommendation,
                    rank=verdict.rank,
                    reason=verdict.reason,
                    by=by,
                    at=at,
                )
        except (Faulty, NotPossible) as refusal:
            refusals[verdict.recommendation.public_id] = str(refusal)
    if refusals:
        raise ValidationError(refusals)
    return len(verdicts)


@transaction.atomic
def publish_round(*, annual: Round, by: User, at: dt.datetime) -> Job:
    """Every school moderated by now for which the person decides gets its level, provisional, and learns of it:
    unattended, in batches.

    The first time the round becomes provisional; schools moderated later are published by doing it again. Raises
    PermissionDenied; NotPossible where the round is confirmed or no school awaits publication.
    """
    annual = Round.objects.select_for_update().get(pk=annual.pk)
    check_can_run_rounds(by, annual.authority)
    if annual.status == RoundStatus.CONFIRMED:
        raise NotPossible("The round is confirmed. A change during the year takes a new recommendation.")
    ids = list(to_publish(annual, by).order_by("pk").values_list("pk", flat=True))
    standing = _standing(PUBLISH, annual, by)
    if standing is not None:
        return standing
    if not ids:
        raise NotPossible("No moderated recommendation awaits publication.")
    if annual.status == RoundStatus.OPEN:
        annual.status, annual.published_at, annual.published_by = RoundStatus.PROVISIONAL, at, by
        annual.save(update_fields=["status", "published_at", "published_by"])
    _log("categorisation.publish_round", annual, by, at, after={"status": annual.status, "schools": len(ids)})
    return _enqueue(PUBLISH, annual, {"recommendations": ids}, by, at)


def to_publish(annual: Round, by: User) -> QuerySet[Recommendation]:
    """Moderated, at an open school for which the person decides."""
    return annual.recommendations.filter(status=RecommendationStatus.MODERATED, school__in=_decided_by(by))


def _decided_by(user: User) -> QuerySet[School]:
    return School.objects.with_permission(user, Permission.DECIDE_LEVEL).open()


def publish_batch(*, ids: Collection[int], by: User, at: dt.datetime) -> Mapping[int, str]:
    """Decide and publish some moderated recommendations (by primary key). Idempotent: run by a job, in its transaction.

    Those decided in an earlier run, but not published, are published. Answers with those refused, and why.
    """
    refused: dict[int, str] = {}
    rows = Recommendation.objects.filter(pk__in=ids).select_related("school", "version").order_by("pk")
    for row in rows.filter(status=RecommendationStatus.MODERATED):
        try:
            with transaction.atomic():
                decide(recommendation=row, by=by, at=at)
        except (Faulty, PermissionDenied) as refusal:  # a role may have ended since
            refused[row.pk] = str(refusal)
    decisions = Decision.objects.filter(recommendation__in=ids, published_at__isnull=True)
    decided = list(decisions.select_related("school__authority", "version"))
    if decided:
        publish(decisions=decided, by=by, at=at)
    return refused


def latest_decisions(annual: Round) -> QuerySet[Decision]:
    """What the round decided of each open school: the last where autumn changed it."""
    newest = annual.decisions.filter(school=OuterRef("school")).order_by("-start_on")
    return annual.decisions.filter(school__status__in=OPEN_STATUSES, pk=Subquery(newest.values("pk")[:1]))


def confirmable(annual: Round, by: User) -> QuerySet[Decision]:
    """Published, unconfirmed, neither being changed nor disagreed with, and the person's to confirm."""
    live = Recommendation.objects.live().values("school")
    return (
        latest_decisions(annual)
        .filter(published_at__isnull=False, confirmed_at__isnull=True, school__in=_decided_by(by))
        .exclude(school__in=live)
        .exclude(disagreements__in=Disagreement.objects.filter(answered_at__isnull=True))
    )


@transaction.atomic
def confirm_levels(*, annual: Round, decisions: Iterable[Decision], by: User, at: dt.datetime) -> Job:
    """These levels stand: confirmed unattended, in batches. Raises PermissionDenied, and NotPossible where the round
    is not provisional or none of them can be confirmed."""
    annual = Round.objects.select_for_update().get(pk=annual.pk)
    check_can_run_rounds(by, annual.authority)
    if annual.status != RoundStatus.PROVISIONAL:
        raise NotPossible("Only what a round has published as provisional is confirmed.")
    standing = _standing(CONFIRM, annual, by)
    if standing is not None:
        return standing
    chosen = confirmable(annual, by).filter(pk__in=[decision.pk for decision in decisions])
    ids = list(chosen.order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise NotPossible("None of these can be confirmed.")
    return _enqueue(CONFIRM, annual, {"decisions": ids}, by, at)


def confirm_batch(*, annual: Round, ids: Collection[int], by: User, at: dt.datetime) -> int:
    """Confirm those of the decisions that still can be. Idempotent: run by a job, in its transaction."""
    rows = list(confirmable(annual, by).filter(pk__in=ids).select_related("school", "version").order_by("pk"))
    for row in rows:
        confirm(decision=row, by=by, at=at)
    return len(rows)


@transaction.atomic
def confirm_round(*, annual: Round, by: User, at: dt.datetime) -> Round:
    """Every level of the round is confirmed. Schools that have none in it stay without, and are counted in the log.

    Raises PermissionDenied; NotPossible where the round is not provisional, or says how many levels are still to be
    confirmed or published.
    """
    annual = Round.objects.select_for_update().get(pk=annual.pk)
    check_can_run_rounds(by, annual.authority)
    if annual.status != RoundStatus.PROVISIONAL:
        raise NotPossible("Only a round published as provisional is confirmed.")
    open_ = latest_decisions(annual).filter(confirmed_at__isnull=True).count()
    waiting = Recommendation.objects.live().filter(round=annual, school__status__in=OPEN_STATUSES).count()
    if open_ or waiting:
        raise NotPossible(
            f"Not every school is settled: {open_} to confirm, {waiting} recommended and not yet published."
        )
    annual.status, annual.confirmed_at, annual.confirmed_by = RoundStatus.CONFIRMED, at, by
    annual.save(update_fields=["status", "confirmed_at", "confirmed_by"])
    schools = annual.authority.schools.filter(status__in=OPEN_STATUSES)
    without = schools.exclude(decisions__round=annual).count()
    _log(
        "categorisation.confirm_round",
        annual,
        by,
        at,
        after={"status": annual.status, "schools_without": without},
    )
    return annual


def job_key(annual: Round, by: User) -> str:
    """One job at a time of each kind for a round and a person."""
    return f"{annual.pk}:{by.pk}"


def _standing(kind: str, annual: Round, by: User) -> Job | None:
    return Job.objects.unfinished().filter(kind=kind, key=job_key(annual, by)).first()


def _enqueue(kind: str, annual: Round, payload: Mapping[str, object], by: User, at: dt.datetime) -> Job:
    values = {"round_id": annual.pk, "by_id": by.pk, "authority_id": annual.authority_id, **payload}
    return enqueue(kind=kind, payload=values, key=job_key(annual, by), by=by, now=at)


def _log(action: str, annual: Round, by: User, at: dt.datetime, after: Mapping[str, object]) -> None:
    record_change(action=action, by=by, at=at, subject=annual, authority_id=annual.authority_id, after=after)
