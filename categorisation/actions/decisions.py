"""Deciding a level, publishing it to its school, confirming it (L-098, L-099, X-38)."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import User
from categorisation import permissions
from categorisation.actions.recommendations import check_above_floors
from categorisation.choices import TOLD_OF_LEVELS, Occasion, RecommendationStatus
from categorisation.documents.statement import STATEMENT, source_of
from categorisation.models import Decision, Recommendation
from categorisation.rules.recommending import starts_too_early
from categorisation.workflow import NotPossible
from jobs.actions import emit, send_email
from reports import actions as reports
from reports.models import Document
from schools.choices import Audience
from schools.models import School, SchoolContact


@transaction.atomic
def decide(*, recommendation: Recommendation, by: User, at: dt.datetime) -> Decision:
    """The moderated level becomes the school's from its start on. A second click returns the same decision.

    A change in year or in autumn is published and confirmed at once; an annual one as its round is. Emits
    `level_decided` and, where so, `level_published` and `level_confirmed`, each with school_id and decision_id.
    Raises PermissionDenied, and NotPossible where it is not moderated, a floor above it stands by now, or it would
    start before another decision.
    """
    School.objects.select_for_update(of=("self",)).get(pk=recommendation.school_id)
    locked = (
        Recommendation.objects.select_for_update(of=("self",))
        .select_related("school__authority", "version", "round", "moderated_by")
        .get(pk=recommendation.pk)
    )
    if locked.status == RecommendationStatus.DECIDED:
        permissions.check_holds_over(by, Permission.DECIDE_LEVEL, [locked.school])
        return locked.decision
    permissions.check_can_decide(by, locked)
    document, rank = locked.version.document, locked.moderated_rank
    assert rank is not None  # the table of transitions has seen to it
    starts = set(Decision.objects.filter(school=locked.school).values_list("start_on", flat=True))
    if message := starts_too_early(
        locked.starts_on, starts, timezone.localdate(at), document["words"]["level"]
    ):
        raise NotPossible(f"{message}.")
    check_above_floors(locked, timezone.localdate(at))
    at_once = locked.occasion != Occasion.ANNUAL
    published = at_once or bool(locked.round and locked.round.published_at)
    decision = Decision.objects.create(
        school=locked.school,
        round=locked.round,
        recommendation=locked,
        version=locked.version,
        level=next(level["key"] for level in document["levels"] if level["rank"] == rank),
        rank=rank,
        start_on=locked.starts_on,
        decided_at=at,
        decided_by=by,
        confirmed_at=at if at_once else None,
        confirmed_by=by if at_once else None,
        published_at=at if published else None,
    )
    locked.status = RecommendationStatus.DECIDED
    locked.save(update_fields=["status"])
    _record("categorisation.decide", decision, by=by, at=at, after=_state(decision))
    _emit("level_decided", decision, by=by, at=at)
    if published:
        _emit("level_published", decision, by=by, at=at)
    if at_once:
        _emit("level_confirmed", decision, by=by, at=at)
    return decision


@transaction.atomic
def publish(*, decisions: Collection[Decision], by: User, at: dt.datetime) -> list[Decision]:
    """From now on the schools see these levels. Those published already stay as they are; returns the others.

    Emits `level_published` for each. Raises PermissionDenied.
    """
    locked = list(
        Decision.objects.select_for_update(of=("self",))
        .select_related("school")
        .filter(pk__in=[decision.pk for decision in decisions])
        .order_by("pk")
    )
    permissions.check_can_publish(by, locked)
    found = [decision for decision in locked if decision.published_at is None]
    for decision in found:
        decision.published_at = at
        decision.save(update_fields=["published_at"])
        _record("categorisation.publish_level", decision, by=by, at=at, after={"published_at": at})
        _emit("level_published", decision, by=by, at=at)
    return found


@transaction.atomic
def confirm(*, decision: Decision, by: User, at: dt.datetime) -> Decision:
    """A provisional level is final (L-099). A second click changes nothing. Emits `level_confirmed`.

    Raises PermissionDenied, and NotPossible before it is published.
    """
    locked = Decision.objects.select_for_update(of=("self",)).select_related("school").get(pk=decision.pk)
    permissions.check_can_confirm(by, locked)
    if locked.confirmed_at is None:
        locked.confirmed_at, locked.confirmed_by = at, by
        locked.save(update_fields=["confirmed_at", "confirmed_by"])
        _record("categorisation.confirm_level", locked, by=by, at=at, after={"confirmed_at": at})
        _emit("level_confirmed", locked, by=by, at=at)
    return locked


def release_statement(*, decision: Decision, by: User, at: dt.datetime) -> Document:
    """Give the school the statement of a level it has been told (L-098), once: a second call returns the same document.

    Making it takes a second or more. Raises PermissionDenied, NotPossible before the level is published, and
    reports.actions.RendererMissing.
    """
    decision = Decision.objects.select_related("school__authority", "version", "recommendation").get(
        pk=decision.pk
    )

    def check() -> None:
        if decision.published_at is None:
            raise NotPossible("The school is told what is decided before its statement is released.")

    check()
    return reports.release(
        kind=STATEMENT,
        composition=STATEMENT.build(decision),
        school=decision.school,
        source=source_of(decision),
        version=1,
        by=by,
        at=at,
        confirm=check,
    )


@transaction.atomic
def tell_of_level(*, decision: Decision, now: dt.datetime) -> int:
    """One message to each head and chair with an address, once ever: that something waits, and nothing of what (K-048).

    How many there are. Fetch `school__authority` with the decision.
    """
    return tell_school(
        decision.school,
        key=f"categorisation.level:{decision.public_id}",
        what="news about its support",
        now=now,
    )


def tell_school(school: School, *, key: str, what: str, now: dt.datetime) -> int:
    """Write to head and chair that `what` waits for the school on its page; how many they are.

    In the caller's transaction. E-mail is read by others, so `what` says nothing of the level, nor of any reason.
    """
    contacts = SchoolContact.objects.in_force(timezone.localdate(now)).filter(
        school=school, role__in=TOLD_OF_LEVELS
    )
    addresses = {
        (contact.user.email if contact.user else contact.email).lower()
        for contact in contacts.select_related("user")
    } - {""}
    page = f"{settings.BASE_URL.rstrip('/')}{reverse('categorisation:why', args=[school.urn])}"
    for address in sorted(addresses):
        send_email(
            key=f"{key}:{address}",
            to=address,
            subject="Something is waiting for your school",
            body=f"{school.authority.name} has {what} for your school.\n\nSign in to read it: {page}\n",
            now=now,
        )
    return len(addresses)


def _state(decision: Decision) -> dict[str, Any]:
    return {
        "rank": decision.rank,
        "level": decision.level,
        "start_on": decision.start_on,
        "published_at": decision.published_at,
        "confirmed_at": decision.confirmed_at,
    }


def _emit(event: str, decision: Decision, *, by: User, at: dt.datetime) -> None:
    emit(event, {"school_id": decision.school_id, "decision_id": decision.pk}, by=by, now=at)


def _record(action: str, decision: Decision, *, by: User, at: dt.datetime, after: Mapping[str, Any]) -> None:
    record_change(
        action=action,
        by=by,
        at=at,
        subject=decision,
        authority_id=decision.school.authority_id,
        urn=decision.school.urn,
        audience=Audience.AUTHORITY,
        after=after,
    )
