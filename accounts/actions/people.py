"""Accounts: passwords, deactivation, and the authorities that use the installation."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import permissions
from accounts.actions import shared
from accounts.logs import record_change
from accounts.models import Authority, User


@transaction.atomic
def set_password(*, user: User, password: str, by: User, at: dt.datetime) -> None:
    """A new password, after the old one or a link from the person's mailbox was checked (by allauth)."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record_change(
        action="accounts.set_password", by=by, at=at, subject=user, authority_id=shared.only_authority(user)
    )


@transaction.atomic
def deactivate(*, user: User, by: User, at: dt.datetime) -> None:
    """The person can no longer sign in, from their next request on. Their roles and what they did stay."""
    on = timezone.localdate(at)
    shared.lock(user.grants.not_over(on).values_list("authority_id", flat=True))
    person = User.objects.select_for_update().get(pk=user.pk)
    permissions.check_can_deactivate(by, person, on)
    person.is_active = False
    person.save(update_fields=["is_active"])
    person.invitations.open().update(revoked_at=at)
    record_change(
        action="accounts.deactivate",
        by=by,
        at=at,
        subject=person,
        authority_id=shared.shared_grant(by, person).authority_id,
        before={**shared.person(person), "is_active": True},
        after={**shared.person(person), "is_active": False},
    )


@transaction.atomic
def reactivate(*, user: User, by: User, at: dt.datetime) -> None:
    """The person may sign in again with the password they had; without one they need a new invitation."""
    person = User.objects.select_for_update().get(pk=user.pk)
    permissions.check_can_reactivate(by, person, timezone.localdate(at))
    person.is_active = True
    person.save(update_fields=["is_active"])
    record_change(
        action="accounts.reactivate",
        by=by,
        at=at,
        subject=person,
        authority_id=shared.shared_grant(by, person).authority_id,
        before={**shared.person(person), "is_active": False},
        after={**shared.person(person), "is_active": True},
    )


@transaction.atomic
def add_authority(*, code: str, name: str, by: User | None, at: dt.datetime) -> Authority:
    """A local authority begins to use this installation. Raises ValidationError."""
    if len(code) != 3 or not (code.isascii() and code.isdigit()):
        raise ValidationError({"code": "The code of an authority is its three digits, such as 383."})
    authority = Authority(code=code, name=name)
    authority.full_clean()
    authority.save()
    record_change(
        action="accounts.add_authority",
        by=by,
        at=at,
        subject=authority,
        authority_id=authority.pk,
        after={"code": code, "name": name},
    )
    return authority
