"""What someone may do, and over which schools: the one primitive every room builds on.

`powers_of(user, on)` reads the person's grants once (one query, kept on the user object for the request) and
answers with `Power`s; `schools.querysets` turns those into the schools they cover.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.choices import Permission, Reach, Role
from accounts.models import Authority, RoleGrant, User
from accounts.roles import POWERS, SCHOOL_ROLES


class Refused(PermissionDenied):
    """What is asked for is within the person's powers, but how things stand forbids it; the reason is for them.

    A view shows the reason beside what was asked; where none does, it is a 403 like any PermissionDenied.
    """


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


def is_staff(user: User, on: dt.date | None = None) -> bool:
    """Holds a role of an authority's own, which the concern of a single school would not explain. One query."""
    return bool(roles_of(user, on) - SCHOOL_ROLES)


def may_sign_in_by_link(user: User, on: dt.date | None = None) -> bool:
    """Belongs to schools only and has signed in or set a password before. One query.

    Who reads the mailbox gets in, which is little enough for what one school sees and too little for an authority.
    Somebody who has not accepted their invitation accepts it: a link would outlive one that was withdrawn.
    """
    roles = roles_of(user, on)
    return bool(roles) and roles <= SCHOOL_ROLES and user.can_sign_in


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold a permission, whatever its reach. No query."""
    return frozenset(role for role, powers in POWERS.items() if permission in powers)


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


# Texts for these audiences are an auditor's to check. Whether a school is on the concern register is not
# (L-256): such an entry says that something was done, not what, nor about whom.
_LOG_AUDIENCES = frozenset({"school", "governors_panel", "authority"})


def log_audiences(user: User) -> frozenset[str]:
    """Audiences (schools.choices.Audience) whose entries in the change log the person may read in full."""
    return _LOG_AUDIENCES


# Managing people. `check_can_x` raises with the reason, `can_x` is its bool.


def check_can_administer(user: User, authority: Authority) -> None:
    """May invite people to the authority, grant and end its roles."""
    if authority.pk not in authority_ids(user, Permission.MANAGE_PEOPLE):
        raise PermissionDenied(f"You do not manage the people of {authority.name}.")


def can_administer(user: User, authority: Authority) -> bool:
    return _passes(check_can_administer, user, authority)


def check_can_grant(user: User, grant: RoleGrant, on: dt.date) -> None:
    """May give the role that `grant`, not yet saved, describes. Two queries."""
    check_can_administer(user, grant.authority)
    if grant.user_id == user.pk:
        raise Refused("You cannot give yourself a role. Ask another policy administrator.")
    if grant.start_on < on:
        raise Refused("A role cannot start in the past.")
    check_grant_is_new(grant)


def check_can_add_delegate(user: User, authority: Authority) -> None:
    """Leads a school of the authority. Which schools somebody belongs to is for the room of schools to check."""
    if not any(
        p.permission == Permission.ADD_DELEGATE and p.authority_id == authority.pk for p in powers_of(user)
    ):
        raise PermissionDenied(f"Your roles do not let you: {Permission.ADD_DELEGATE.label.lower()}.")


def check_grant_is_new(grant: RoleGrant) -> None:
    """Nobody holds the same role for the same remit twice at a time. One query."""
    same = RoleGrant.objects.filter(
        user=grant.user, role=grant.role, authority=grant.authority, area=grant.area, phase=grant.phase
    ).overlapping(grant.start_on, grant.end_on)
    if same.exists():
        raise Refused(f"{grant.user.name} already holds this role at that time.")


def check_can_end_grant(user: User, grant: RoleGrant, last_day: dt.date, on: dt.date) -> None:
    """May make `last_day` the last day of the role. Yesterday ends it at once."""
    check_can_administer(user, grant.authority)
    if grant.start_on > on:
        raise Refused("This role has not started. Cancel it instead.")
    if grant.end_on is not None and grant.end_on < on:
        raise Refused("This role has ended already.")
    if last_day < on - dt.timedelta(days=1):
        raise Refused("The last day cannot be before yesterday.")
    if last_day < grant.start_on:
        raise Refused("The last day cannot be before the role started.")
    if grant.end_on is not None and last_day >= grant.end_on:
        raise Refused("This role ends sooner already.")
    check_someone_else_administers(grant, last_day)


def check_can_cancel_grant(user: User, grant: RoleGrant, on: dt.date) -> None:
    """May take back a role that has not started."""
    check_can_administer(user, grant.authority)
    if grant.start_on <= on:
        raise Refused("This role has started. End it instead.")


def can_cancel_grant(user: User, grant: RoleGrant, on: dt.date) -> bool:
    return _passes(check_can_cancel_grant, user, grant, on)


def check_can_manage_person(user: User, person: User) -> None:
    """May act on the person's account, which their other authorities see too. One query."""
    theirs = set(person.grants.values_list("authority_id", flat=True))
    ours = authority_ids(user, Permission.MANAGE_PEOPLE)
    if not theirs & ours:
        raise PermissionDenied(f"You do not manage {person.name}'s account.")


def check_can_deactivate(user: User, person: User, on: dt.date) -> None:
    """May stop the person signing in. Up to two queries, and one more for each role as policy administrator."""
    check_can_manage_person(user, person)
    if person.pk == user.pk:
        raise Refused("You cannot deactivate your own account. Ask another policy administrator.")
    if not person.is_active:
        raise Refused("This account is deactivated already.")
    current = list(person.grants.not_over(on).select_related("authority"))
    if {grant.authority_id for grant in current} - authority_ids(user, Permission.MANAGE_PEOPLE):
        raise Refused(
            "This person also holds roles that you do not manage. End the roles you do manage instead."
        )
    for grant in current:
        check_someone_else_administers(grant, on)


def can_deactivate(user: User, person: User, on: dt.date) -> bool:
    return _passes(check_can_deactivate, user, person, on)


def check_can_reactivate(user: User, person: User, on: dt.date) -> None:
    """May let the person sign in again. That brings every role back that has not ended, so all must be one's own."""
    check_can_manage_person(user, person)
    if person.is_active:
        raise Refused("This account is active already.")
    elsewhere = person.grants.not_over(on).exclude(
        authority_id__in=authority_ids(user, Permission.MANAGE_PEOPLE)
    )
    if elsewhere.exists():
        raise Refused(
            "This person also holds roles that you do not manage. Whoever manages them ends them first."
        )


def check_can_send_invitation(user: User, person: User) -> None:
    """May send the person a new link to set their first password."""
    check_can_manage_person(user, person)
    if not person.is_active:
        raise Refused("This account is deactivated. Reactivate it first.")
    if person.can_sign_in:
        raise Refused("This person has signed in already. They can reset their password themselves.")


def can_send_invitation(user: User, person: User) -> bool:
    return _passes(check_can_send_invitation, user, person)


def check_can_remove_factors(user: User, person: User) -> None:
    """May let the person in by password alone, for them to add another second factor."""
    check_can_manage_person(user, person)
    if person.pk == user.pk:
        raise Refused("You remove your own second factor on the page of your account.")


def can_remove_factors(user: User, person: User) -> bool:
    return _passes(check_can_remove_factors, user, person)


def check_someone_else_administers(grant: RoleGrant, last_day: dt.date) -> None:
    """Another policy administrator of the authority, able to sign in, carries on after the day. One query.

    Without one nobody could invite the next: it takes the command line to get out.
    """
    if grant.role != Role.POLICY_ADMIN or grant.area_id is not None or grant.phase:
        return
    after = min(last_day, dt.date.max - dt.timedelta(days=1)) + dt.timedelta(days=1)
    others = (
        RoleGrant.objects.in_force(after)
        .filter(role=Role.POLICY_ADMIN, authority=grant.authority, area=None, phase="")
        .filter(user__in=User.objects.able_to_sign_in())
        .exclude(user=grant.user)
    )
    if not others.exists():
        raise Refused(
            f"{grant.user.name} is the last policy administrator of {grant.authority.name} who can sign in. "
            "Make somebody else policy administrator first, and let them accept their invitation."
        )


def _passes(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True
