"""What someone may do, and over which schools: the one primitive every room builds on.

`powers_of(user, on)` reads the person's grants once (one query, kept on the user object for the request) and
answers with `Power`s; `schools.querysets` turns those into the schools they cover.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.choices import Permission, Reach, Role
from accounts.models import User
from accounts.roles import POWERS


@dataclass(frozen=True, slots=True)
class Power:
    """One permission from one grant: where it reaches (ids, None for all) within one authority."""

    permission: Permission
    reach: Reach
    role: Role
    authority_id: int
    area_id: int | None
    phase: str


def powers_of(user: User, on: dt.date | None = None) -> tuple[Power, ...]:
    """Every power the person holds on a day (today unless given). One query, then none for the same day."""
    if not user.is_authenticated or not user.is_active:
        return ()
    day = on or timezone.localdate()
    cache: dict[dt.date, tuple[Power, ...]] = user.__dict__.setdefault("_powers", {})
    if day not in cache:
        cache[day] = tuple(
            Power(permission, reach, Role(grant.role), grant.authority_id, grant.area_id, grant.phase)
            for grant in user.grants.in_force(day)
            for permission, reach in POWERS[Role(grant.role)].items()
        )
    return cache[day]


def roles_of(user: User, on: dt.date | None = None) -> frozenset[Role]:
    """The roles the person holds on a day, those without any permission included. One query."""
    day = on or timezone.localdate()
    return frozenset(Role(role) for role in user.grants.in_force(day).values_list("role", flat=True))


def holds(user: User, permission: Permission, on: dt.date | None = None) -> bool:
    """Whether the person has the permission anywhere."""
    return any(power.permission == permission for power in powers_of(user, on))


def check_holds(user: User, permission: Permission) -> None:
    """Raise PermissionDenied, naming what is missing, unless the person has the permission somewhere."""
    if not holds(user, permission):
        raise PermissionDenied(f"Your roles do not let you: {permission.label.lower()}.")


def authority_ids(user: User, permission: Permission, on: dt.date | None = None) -> frozenset[int]:
    """Authorities for whose whole area the person holds the permission (settings, imports, people, logs)."""
    return frozenset(
        p.authority_id
        for p in powers_of(user, on)
        if p.permission == permission and p.reach == Reach.SCOPE and p.area_id is None and not p.phase
    )
