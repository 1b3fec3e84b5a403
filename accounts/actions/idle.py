"""Accounts nobody uses: their people are warned, and a month later they are closed."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts import permissions, rules
from accounts.actions import shared
from accounts.logs import record_change
from accounts.models import ChangeLogEntry, User
from jobs.actions import send_email
from jobs.models import OutboxMessage


def idle_accounts(*, months: int, now: dt.datetime) -> list[User]:
    """Active people able to sign in, not seen for so many months, longest first, each with `last_seen`. Two queries.

    Seen: signed in, or else made; or reactivated by an administrator. Whoever never accepted their invitation has
    nothing to close.
    """
    edge = rules.months_before(now, months)
    people = User.objects.able_to_sign_in().filter(created_at__lt=edge).exclude(last_login__gte=edge)
    found = _with_last_seen(people)
    return sorted(
        (user for user in found if rules.is_idle(user.last_seen, months, now)),  # type: ignore[attr-defined]
        key=lambda user: user.last_seen,  # type: ignore[attr-defined]
    )


def warn_idle(*, user: User, months: int, now: dt.datetime) -> None:
    """Say once, for each time somebody falls idle, that the account closes in a month (`user` of `idle_accounts`)."""
    closes_on = timezone.localdate(rules.months_before(now, -rules.WARNED_AHEAD))
    send_email(
        key=_key(user),
        to=user.email,
        subject="Your account closes soon unless you sign in",
        body=render_to_string(
            "accounts/email/idle.txt",
            {
                "person": user,
                "months": months,
                "closes_on": closes_on,
                "sign_in_link": settings.BASE_URL + reverse("account_login"),
            },
        ),
        now=now,
    )


@transaction.atomic
def close_idle(*, user: User, months: int, now: dt.datetime) -> bool:
    """Deactivate somebody who was warned a month ago and is idle still; answers whether.

    Never the last policy administrator of an authority who can sign in: nobody could let the others in again.
    """
    on = timezone.localdate(now)
    shared.lock(user.grants.not_over(on).values_list("authority_id", flat=True))
    person = _with_last_seen(User.objects.select_for_update().filter(pk=user.pk))[0]
    warned_at = OutboxMessage.objects.filter(key=_key(person)).values_list("created_at", flat=True).first()
    last_seen: dt.datetime = person.last_seen  # type: ignore[attr-defined]
    if not (
        person.is_active
        and rules.is_idle(last_seen, months, now)
        and rules.was_warned_in_time(warned_at, now)
        and _is_spared_by_nobody(person, on)
    ):
        return False
    person.is_active = False
    person.save(update_fields=["is_active"])
    person.invitations.open().update(revoked_at=now)
    newest = person.grants.last()
    record_change(
        action="accounts.close_idle",
        by=None,
        at=now,
        subject=person,
        authority_id=newest.authority_id if newest else None,
        before={**shared.person(person), "is_active": True, "last_seen": last_seen},
        after={**shared.person(person), "is_active": False},
    )
    return True


def _is_spared_by_nobody(person: User, on: dt.date) -> bool:
    try:
        for grant in person.grants.not_over(on).select_related("authority"):
            permissions.check_someone_else_administers(grant, on)
    except permissions.Refused:
        return False
    return True


def _with_last_seen(people: Iterable[User]) -> list[User]:
    found = list(people)
    subjects = {f"{User._meta.label_lower}:{user.pk}": user for user in found}
    for user in found:
        user.last_seen = max(user.last_login or user.created_at, user.created_at)  # type: ignore[attr-defined]
    reactivated = ChangeLogEntry.objects.filter(action="accounts.reactivate", subject__in=subjects)
    for subject, at in reactivated.values_list("subject", "at"):
        subjects[subject].last_seen = max(subjects[subject].last_seen, at)  # type: ignore[attr-defined]
    return found


def _key(user: User) -> str:
    return f"idle:{user.pk}:{user.last_seen:%Y%m%d%H%M%S}"  # type: ignore[attr-defined]
