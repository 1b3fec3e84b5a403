"""Recommending a level, moderating it, sending it back, taking it back (L-059, L-060, K-043, K-048)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.logs import record_change
from accounts.models import User
from categorisation import permissions
from categorisation.choices import Occasion, RecommendationStatus, RoundStatus
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import Decision, FrameworkVersion, Recommendation, Round
from categorisation.replay import keep, outcome_of
from categorisation.rules.recommending import (
    Fault,
    Faulty,
    Floor,
    Recommended,
    Standing,
    below_floor,
    faults,
    floors_of,
    moderation_fault,
)
from categorisation.school_facts import AUTHORITY_AUDIENCES, facts_for
from categorisation.workflow import NotPossible
from reports.composer import clean
from schools.choices import Audience
from schools.models import School
from schools.rules.dates import in_words


def recommend(
    *,
    school: School,
    rank: int,
    occasion: Occasion,
    starts_on: dt.date,
    reason: str = "",
    head_consulted_on: dt.date | None = None,
    head_not_consulted: str = "",
    governors_consulted_on: dt.date | None = None,
    governors_not_consulted: str = "",
    to_next_level: str = "",
    round: Round | None = None,  # noqa: A002  # the policy's word
    form_key: str | None = None,
    by: User,
    at: dt.datetime,
) -> Recommendation:
    """Recommend the level of this rank for a school from a day on, after consulting head and governors.

    The facts are read and evaluated here and kept with it. The same `form_key` twice is one recommendation. Raises
    PermissionDenied, NotPossible (a second live recommendation, no policy, a round that is over or does not fit),
    and Faulty naming every answer that cannot stand.
    """
    permissions.check_can_recommend(by, school)
    version = _version(school, occasion, round, starts_on, timezone.localdate(at))
    said = Recommended(
        rank=rank,
        reason=_said(reason),
        occasion=occasion,
        starts_on=starts_on,
        head_consulted_on=head_consulted_on,
        head_not_consulted=_said(head_not_consulted),
        governors_consulted_on=governors_consulted_on,
        governors_not_consulted=_said(governors_not_consulted),
        to_next_level=_said(to_next_level),
    )
    try:
        with transaction.atomic():
            return _recommend(school, version, said, round, form_key, by=by, at=at)
    except IntegrityError:
        # Another request made one between our reading and our writing.
        if first := _sent_before(form_key, school, by):
            return first
        _check_none_live(school)
        if form_key and Recommendation.objects.filter(form_key=form_key).exists():
            raise NotPossible("This page has been sent before. Open it again, then recommend.") from None
        raise


def _recommend(
    school: School,
    version: FrameworkVersion,
    said: Recommended,
    of_round: Round | None,
    form_key: str | None,
    *,
    by: User,
    at: dt.datetime,
) -> Recommendation:
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    if first := _sent_before(form_key, school, by):
        return first
    _check_none_live(school)
    today = timezone.localdate(at)
    framework = compiled(version)
    kept = keep(version, facts_for([school], on=today, framework=framework)[school.urn])
    outcome = kept.outcome
    decided = list(Decision.objects.filter(school=school).select_related("version"))  # the latest first
    held = _held_before(decided, said.starts_on, version)
    standing = Standing(
        ranks=frozenset(level.rank for level in framework.document.levels),
        suggested=outcome.on_record,
        floors=floors_of(outcome),
        in_force=held,
        starts=frozenset(one.start_on for one in decided),
        today=today,
        word=framework.document.words.level,
    )
    if found := faults(said, standing):
        raise Faulty(found)
    recommendation = Recommendation.objects.create(
        school=school,
        round=of_round,
        version=version,
        suggested=outcome.on_record,
        suggested_low=outcome.low,
        suggested_high=outcome.high,
        locked_floor=outcome.locked_floor,
        facts=kept.facts,
        thresholds=kept.thresholds,
        trace=kept.trace,
        recommended_at=at,
        recommended_by=by,
        form_key=form_key,
        **asdict(said),
    )
    after = {"status": recommendation.status, "suggested": outcome.on_record, **asdict(said)}
    _record("categorisation.recommend", recommendation, by=by, at=at, after=after)
    return recommendation


@transaction.atomic
def moderate(
    *,
    recommendation: Recommendation,
    rank: int,
    reason: str,
    share_reason: bool = False,
    by: User,
    at: dt.datetime,
) -> Recommendation:
    """The authority's own view of a recommendation, against the facts as they are now. A second click changes nothing.

    The school reads the reason only where `share_reason` says so.
    Raises PermissionDenied, NotPossible (one's own, or somebody was quicker), and Faulty: below a floor that stands
    now or stood when it was recommended, another rank without a reason, or less support than the school has now where
    nothing says what that took (L-094).
    """
    (locked,) = _locked([recommendation])
    reason = _said(reason)
    if locked.is_moderated_so(by, rank, reason):
        return locked
    locked.moderation_shared = share_reason and bool(reason)
    _moderate(locked, rank, reason, _floors([locked], timezone.localdate(at))[locked.pk], by=by, at=at)
    return locked


def check_above_floors(recommendation: Recommendation, on: dt.date) -> None:
    """What is moderated is not decided below a floor that has come to stand since. Raises NotPossible. A dozen queries.

    Fetch `school__authority` and `version` with it.
    """
    rank = recommendation.moderated_rank
    assert rank is not None  # the table of transitions has seen to it
    word = recommendation.version.document["words"]["level"]
    if below := below_floor(rank, _floors([recommendation], on)[recommendation.pk], word):
        raise NotPossible(f"{below} Take the moderation back and moderate it again.")


@transaction.atomic
def moderate_many(
    *, recommendations: Sequence[Recommendation], by: User, at: dt.datetime
) -> list[Recommendation]:
    """Agree to each as recommended, or to none.

    Raises Faulty with one fault a school, by the recommendation's public identifier and the school's name first;
    nothing is moderated then.
    """
    locked = _locked(recommendations)
    floors = _floors(locked, timezone.localdate(at))
    found: list[Fault] = []
    for one in locked:
        if one.is_moderated_so(by, one.rank, ""):
            continue
        try:
            _moderate(one, one.rank, "", floors[one.pk], by=by, at=at)
        except (NotPossible, Faulty) as error:
            found.append(Fault(one.public_id, f"{one.school.name}: {error}"))
    if found:
        raise Faulty(found)
    return locked


@transaction.atomic
def send_back(*, recommendation: Recommendation, reason: str, by: User, at: dt.datetime) -> Recommendation:
    """Give it back to the adviser, who recommends anew. Raises PermissionDenied, NotPossible, Faulty without a reason."""
    (locked,) = _locked([recommendation])
    permissions.check_can_send_back(by, locked)
    return _end("categorisation.send_back", locked, RecommendationStatus.RETURNED, reason, by=by, at=at)


@transaction.atomic
def withdraw(*, recommendation: Recommendation, reason: str, by: User, at: dt.datetime) -> Recommendation:
    """Its author takes it back before it is moderated. Raises PermissionDenied, NotPossible, Faulty without a reason."""
    (locked,) = _locked([recommendation])
    permissions.check_can_withdraw(by, locked)
    return _end("categorisation.withdraw", locked, RecommendationStatus.WITHDRAWN, reason, by=by, at=at)


@transaction.atomic
def reopen(*, recommendation: Recommendation, reason: str, by: User, at: dt.datetime) -> Recommendation:
    """Take a moderation back while nothing is decided; it waits for moderation again.

    Raises PermissionDenied, NotPossible, Faulty without a reason.
    """
    (locked,) = _locked([recommendation])
    permissions.check_can_reopen(by, locked)
    reason = _reason(reason)
    before = _moderation(locked)
    locked.status = RecommendationStatus.RECOMMENDED
    locked.moderated_rank = locked.moderated_at = locked.moderated_by = None
    locked.moderation_reason, locked.moderation_shared = "", False
    locked.save()
    after = {"status": locked.status, "reason": reason}
    _record("categorisation.reopen", locked, by=by, at=at, before=before, after=after)
    return locked


def _moderate(
    locked: Recommendation, rank: int, reason: str, floors: Sequence[Floor], *, by: User, at: dt.datetime
) -> None:
    permissions.check_can_moderate(by, locked)
    document = locked.version.document
    decided = list(Decision.objects.filter(school=locked.school_id).select_related("version"))
    fault = moderation_fault(
        rank=rank,
        reason=reason,
        recommended=locked.rank,
        in_force=_held_before(decided, locked.starts_on, locked.version),
        to_next_level=locked.to_next_level,
        ranks={level["rank"] for level in document["levels"]},
        floors=floors,
        word=document["words"]["level"],
    )
    if fault:
        raise Faulty([fault])
    before = {"status": locked.status}
    locked.status = RecommendationStatus.MODERATED
    locked.moderated_rank, locked.moderation_reason = rank, reason
    locked.moderated_at, locked.moderated_by = at, by
    locked.save()
    _record("categorisation.moderate", locked, by=by, at=at, before=before, after=_moderation(locked))


def _held_before(decided: Sequence[Decision], day: dt.date, version: FrameworkVersion) -> int | None:
    """The rank that a level starting on a day takes the place of; `decided` the latest first, with their versions.

    None where that is of another policy: its ranks are not to be compared.
    """
    held = next((one for one in decided if one.start_on < day), None)
    return held.rank if held is not None and held.version.slug == version.slug else None


def _floors(recommendations: Sequence[Recommendation], on: dt.date) -> dict[int, tuple[Floor, ...]]:
    """What locks each now, and what locked it when it was recommended. A dozen queries for each version."""
    by_version: dict[FrameworkVersion, list[Recommendation]] = defaultdict(list)
    for one in recommendations:
        by_version[one.version].append(one)
    found: dict[int, tuple[Floor, ...]] = {}
    for version, batch in by_version.items():
        framework = compiled(version)
        facts = facts_for([one.school for one in batch], on=on, framework=framework)
        for one in batch:
            now = floors_of(framework.evaluate(facts[one.school.urn], AUTHORITY_AUDIENCES))
            then = floors_of(outcome_of(one)) if one.locked_floor else ()
            found[one.pk] = tuple(sorted((*now, *then), key=lambda floor: -floor.rank))
    return found


def _version(
    school: School, occasion: Occasion, of_round: Round | None, starts_on: dt.date, today: dt.date
) -> FrameworkVersion:
    """The version that decides. Raises NotPossible where there is none, or round and occasion do not go together."""
    if of_round is None:
        if occasion == Occasion.ANNUAL:
            raise NotPossible("The annual recommendation belongs to a round. None is open for this school.")
        version = version_for(school.authority, today)
        if version is None:
            raise NotPossible(
                f"{school.authority.name} has not chosen a policy yet, so nothing is recommended."
            )
        return version
    if of_round.authority_id != school.authority_id:
        raise NotPossible("This round is another authority’s.")
    if occasion == Occasion.ANNUAL and of_round.status == RoundStatus.CONFIRMED:
        raise NotPossible("This round is confirmed. Recommend a change during the year.")
    if occasion == Occasion.ANNUAL and starts_on != of_round.starts_on:
        raise NotPossible(f"What this round decides starts on {in_words(of_round.starts_on)}.")
    return of_round.version


def _sent_before(form_key: str | None, school: School, by: User) -> Recommendation | None:
    if not form_key:
        return None
    return Recommendation.objects.filter(form_key=form_key, school=school, recommended_by=by).first()


def _check_none_live(school: School) -> None:
    live = Recommendation.objects.live().filter(school=school).select_related("recommended_by").first()
    if live:
        raise NotPossible(
            f"{live.recommended_by.name} has recommended {live.rank} for this school already. "
            "It is withdrawn, sent back or decided before another is made."
        )


def _locked(recommendations: Sequence[Recommendation]) -> list[Recommendation]:
    """In the order of their keys, so that two people at once never wait for each other in a ring."""
    return list(
        Recommendation.objects.select_for_update(of=("self",))
        .select_related("school__authority", "version", "round", "recommended_by")
        .filter(pk__in=[one.pk for one in recommendations])
        .order_by("pk")
    )


def _end(
    action: str,
    locked: Recommendation,
    status: RecommendationStatus,
    reason: str,
    *,
    by: User,
    at: dt.datetime,
) -> Recommendation:
    before = {"status": locked.status}
    locked.ended_reason = _reason(reason)
    locked.status, locked.ended_at, locked.ended_by = status, at, by
    locked.save()
    after = {"status": status, "reason": locked.ended_reason}
    _record(action, locked, by=by, at=at, before=before, after=after)
    return locked


def _said(text: str) -> str:
    return clean(text).strip()


def _reason(text: str) -> str:
    reason = _said(text)
    if not reason:
        raise Faulty([Fault("reason", "Say why")])
    return reason


def _moderation(one: Recommendation) -> dict[str, Any]:
    return {
        "status": one.status,
        "rank": one.moderated_rank,
        "reason": one.moderation_reason,
        "reason_shared": one.moderation_shared,
    }


def _record(
    action: str,
    recommendation: Recommendation,
    *,
    by: User,
    at: dt.datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
) -> None:
    record_change(
        action=action,
        by=by,
        at=at,
        subject=recommendation,
        authority_id=recommendation.school.authority_id,
        urn=recommendation.school.urn,
        audience=Audience.AUTHORITY,
        before=before,
        after=after,
    )
