"""Roles: given, ended, taken back before they start."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import permissions
from accounts.actions import shared
from accounts.choices import Role
from accounts.logs import record_change
from accounts.models import Area, Authority, RoleGrant, User


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: Role,
    authority: Authority,
    area: Area | None = None,
    phase: str = "",
    start_on: dt.date,
    end_on: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
) -> RoleGrant:
    """Give somebody who has an account a role.

    Raises PermissionDenied where `by` does not administer the authority, Refused where the person holds the role
    already, ValidationError (by field) where remit or dates do not fit the role.
    """
    shared.lock([authority.pk])
    grant = shared.new_grant(user, role, authority, area, phase, start_on, end_on, by=by, at=at)
    record_change(
        action="accounts.grant_role",
        by=by,
        at=at,
        subject=grant,
        authority_id=authority.pk,
        after={**shared.person(user), **shared.described(grant)},
    )
    return grant


@transaction.atomic
def end_grant(*, grant: RoleGrant, last_day: dt.date, by: User, at: dt.datetime) -> RoleGrant:
    """The role's last day; yesterday ends it at once. Raises Refused with the reason."""
    shared.lock([grant.authority_id])
    grant = _locked_grant(grant)
    permissions.check_can_end_grant(by, grant, last_day, timezone.localdate(at))
    before = shared.described(grant)
    grant.end_on = last_day
    grant.save(update_fields=["end_on"])
    record_change(
        action="accounts.end_grant",
        by=by,
        at=at,
        subject=grant,
        authority_id=grant.authority_id,
        before={**shared.person(grant.user), **before},
        after={**shared.person(grant.user), **shared.described(grant)},
    )
    return grant


@transaction.atomic
def end_delegate(*, user: User, authority: Authority, last_day: dt.date, by: User, at: dt.datetime) -> None:
    """The last day of a school delegate who is delegate of no school any more (schools.actions.end_delegate).

    A role that would not have begun by then is taken back. Raises PermissionDenied.
    """
    shared.lock([authority.pk])
    permissions.check_can_add_delegate(by, authority)
    grants = RoleGrant.objects.filter(user=user, role=Role.SCHOOL_DELEGATE, authority=authority)
    for grant in grants.not_over(last_day + dt.timedelta(days=1)).select_related("user", "authority", "area"):
        before = {**shared.person(user), **shared.described(grant)}
        grant.end_on = last_day
        after = {**shared.person(user), **shared.described(grant)}
        record_change(
            action="accounts.end_delegate",
            by=by,
            at=at,
            subject=grant,
            authority_id=authority.pk,
            before=before,
            after=after if grant.start_on <= last_day else {},
        )
        if grant.start_on <= last_day:
            grant.save(update_fields=["end_on"])
        else:
            grant.delete()


@transaction.atomic
def cancel_grant(*, grant: RoleGrant, by: User, at: dt.datetime) -> None:
    """Take back a role that has not started. The change log keeps what it was."""
    shared.lock([grant.authority_id])
    grant = _locked_grant(grant)
    permissions.check_can_cancel_grant(by, grant, timezone.localdate(at))
    record_change(
        action="accounts.cancel_grant",
        by=by,
        at=at,
        subject=grant,
        authority_id=grant.authority_id,
        before={**shared.person(grant.user), **shared.described(grant)},
    )
    grant.delete()


def _locked_grant(grant: RoleGrant) -> RoleGrant:
    return (
        RoleGrant.objects.select_for_update(of=("self",))
        .select_related("user", "authority", "area")
        .get(pk=grant.pk)
    )
