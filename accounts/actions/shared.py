"""What the actions on people share: locks, the words of the change log, the checks of a new role."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import permissions
from accounts.choices import Permission, Role
from accounts.models import Area, Authority, RoleGrant, User
from accounts.roles import ROLES_WITHOUT_REMIT


def lock(authority_ids: Iterable[int]) -> None:
    list(Authority.objects.select_for_update().filter(pk__in=list(authority_ids)).order_by("pk"))


def person(user: User) -> dict[str, Any]:
    return {"name": user.name, "email": user.email}


def described(grant: RoleGrant) -> dict[str, Any]:
    return {
        "role": grant.role,
        "authority": grant.authority.code,
        "area": grant.area.name if grant.area else None,
        "phase": grant.phase,
        "start_on": grant.start_on,
        "end_on": grant.end_on,
    }


def shared_grant(by: User, person: User) -> RoleGrant:
    """The person's newest role in an authority that `by` administers: the check has shown there is one."""
    ours = permissions.authority_ids(by, Permission.MANAGE_PEOPLE)
    grant = person.grants.filter(authority_id__in=ours).select_related("authority").last()
    assert grant is not None
    return grant


def only_authority(user: User) -> int | None:
    ids = set(user.grants.values_list("authority_id", flat=True))
    return ids.pop() if len(ids) == 1 else None


def new_grant(
    user: User,
    role: Role,
    authority: Authority,
    area: Area | None,
    phase: str,
    start_on: dt.date,
    end_on: dt.date | None,
    *,
    by: User | None,
    at: dt.datetime,
) -> RoleGrant:
    grant = RoleGrant(
        user=user,
        role=role,
        authority=authority,
        area=area,
        phase=phase,
        start_on=start_on,
        end_on=end_on,
    )
    if by is None:
        permissions.check_grant_is_new(grant)
    else:
        permissions.check_can_grant(by, grant, timezone.localdate(at))
    problems = remit_problems(grant)
    if problems:
        raise ValidationError(problems)
    grant.save()
    return grant


def remit_problems(grant: RoleGrant) -> dict[str, str]:
    """What is wrong with a role's area, phase and dates, by field."""
    problems: dict[str, str] = {}
    if grant.role in ROLES_WITHOUT_REMIT:
        reason = f"{Role(grant.role).label} is not held for a part of an authority"
        if grant.area_id is not None:
            problems["area"] = reason
        if grant.phase:
            problems["phase"] = reason
    elif grant.area is not None and grant.area.authority_id != grant.authority_id:
        problems["area"] = f"Select an area of {grant.authority.name}"
    if grant.end_on is not None and grant.end_on < grant.start_on:
        problems["end_on"] = "Last day must be the same as or after the first day"
    return problems
