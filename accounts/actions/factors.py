"""Second factors. allauth keeps them; what changes them here is logged, whichever of its ways it takes."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import permissions
from accounts.actions import shared
from accounts.logs import record_change
from accounts.models import User
from jobs.actions import send_email


@contextmanager
def recording_factors(*, user: User, at: dt.datetime) -> Iterator[None]:
    """One transaction in which the person's factors may change, and one entry in the change log if they did.

    allauth has no hook inside its own transaction, and signals are not for us: so what stands before and after is
    compared, which also catches recovery codes that come and go with another factor. The entry holds kinds, names
    and times, never a secret. Two windows of one person come one after the other.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        before = _described(user)
        yield
        after = _described(user)
        if before != after:
            record_change(
                action=_verb(before, after),
                by=user,
                at=at,
                subject=user,
                authority_id=shared.only_authority(user),
                before=before,
                after=after,
            )


@transaction.atomic
def remove_factors(*, user: User, by: User | None, at: dt.datetime) -> None:
    """Somebody who lost every factor signs in with their password alone and adds another; they are told by e-mail.

    `by` is None for the command line. Raises Refused with the reason.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    if by is not None:
        permissions.check_can_remove_factors(by, person)
    before = _described(person)
    if not before:
        raise permissions.Refused("This person has no second factor.")
    Authenticator.objects.filter(user=person).delete()
    authority_id = (
        shared.only_authority(person) if by is None else shared.shared_grant(by, person).authority_id
    )
    entry = record_change(
        action="accounts.remove_second_factor",
        by=by,
        at=at,
        subject=person,
        authority_id=authority_id,
        before={**shared.person(person), **before},
        after=shared.person(person),
    )
    send_email(
        key=f"factors-removed:{entry.pk}",
        to=person.email,
        subject="Your second factor was removed",
        body=render_to_string(
            "accounts/email/factors_removed.txt",
            {"person": person, "sign_in_link": settings.BASE_URL + reverse("account_login")},
        ),
        now=at,
    )


def _described(user: User) -> dict[str, Any]:
    """Kind → when it was added; passkeys by their names."""
    found: dict[str, Any] = {}
    for factor in Authenticator.objects.filter(user=user).order_by("pk"):
        if factor.type == Authenticator.Type.WEBAUTHN:
            found.setdefault("passkeys", []).append(
                f"{factor.wrap().name}, {factor.created_at:%Y-%m-%d %H:%M}"
            )
        else:
            name = "authenticator_app" if factor.type == Authenticator.Type.TOTP else "recovery_codes"
            found[name] = factor.created_at
    return found


def _verb(before: dict[str, Any], after: dict[str, Any]) -> str:
    difference = _count(after) - _count(before)
    if difference:
        return "accounts.add_second_factor" if difference > 0 else "accounts.remove_second_factor"
    return "accounts.make_recovery_codes"


def _count(factors: dict[str, Any]) -> int:
    return len(factors.get("passkeys", ())) + ("authenticator_app" in factors)
