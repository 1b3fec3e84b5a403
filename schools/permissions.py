"""What someone may do about one school or one authority, each as a pair: `check_can_x` raises PermissionDenied with
the reason, `can_x` is its answer as a bool. At most two queries each once the person's grants are known.
"""

from collections.abc import Callable, Collection

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.choices import Permission, Reach, Role
from accounts.models import Authority, User
from accounts.permissions import authority_ids, holds, powers_of
from schools.choices import Audience, ContactRole
from schools.models import School
from schools.querysets import contact_roles, permissions_over, remits_of
from schools.rules.circumstances import catalogue

# Whose eyes each audience is for: an officer reads with the authority's, a head with the school's own
_AUTHORITY_READS = frozenset({Audience.SCHOOL, Audience.GOVERNORS_PANEL, Audience.AUTHORITY})
_SHARED = frozenset({Audience.SCHOOL})
_SHARED_WITH_CHAIR = frozenset({Audience.SCHOOL, Audience.GOVERNORS_PANEL})


def check_can_edit_school(user: User, school: School) -> None:
    _check(user, school, Permission.EDIT_SCHOOL, "change what is recorded about {school}")


def can_edit_school(user: User, school: School) -> bool:
    return _allows(check_can_edit_school, user, school)


def check_can_add_delegate(user: User, school: School) -> None:
    _check(user, school, Permission.ADD_DELEGATE, "add or end delegates of {school}")


def check_can_assign_officer(user: User, school: School) -> None:
    _check(user, school, Permission.ASSIGN_OFFICER, "assign officers to {school}")


def can_assign_officer(user: User, school: School) -> bool:
    return _allows(check_can_assign_officer, user, school)


def check_can_record_inspection(user: User, school: School) -> None:
    _check(user, school, Permission.RECORD_INSPECTION, "record inspections of {school}")


def can_record_inspection(user: User, school: School) -> bool:
    return _allows(check_can_record_inspection, user, school)


def check_can_record_circumstance(user: User, school: School, kind: str = "") -> None:
    """Of any kind; or of one, which an officer of the service that is asked about it may too (K-024)."""
    if kind and kind in recordable_kinds(user, [school])[school.pk]:
        return
    _check(user, school, Permission.RECORD_CIRCUMSTANCE, "record circumstances of {school}")


def can_record_circumstance(user: User, school: School, kind: str = "") -> bool:
    return _allows(check_can_record_circumstance, user, school, kind)


def recordable_kinds(user: User, schools: Collection[School]) -> dict[int, frozenset[str]]:
    """The kinds of circumstance the person may record and return at each school, by primary key: all for those who
    record circumstances there, for an officer of a service those they are asked about. Three queries at most."""
    ids = [school.pk for school in schools]
    every, rated = (
        set(School.objects.with_permission(user, permission).filter(pk__in=ids).values_list("pk", flat=True))
        for permission in (Permission.RECORD_CIRCUMSTANCE, Permission.RATE_INDICATOR)
    )
    remits = remits_of(user, timezone.localdate())
    return {
        school.pk: frozenset(catalogue())
        if school.pk in every
        else remits.get(school.authority_id, frozenset()) & catalogue().keys()
        if school.pk in rated
        else frozenset()
        for school in schools
    }


def check_can_change_half_terms(user: User, authority: Authority) -> None:
    if authority.pk not in authority_ids(user, Permission.MANAGE_CALENDAR):
        raise PermissionDenied(f"Your roles do not let you change the terms of {authority.name}.")


def can_change_half_terms(user: User, authority: Authority) -> bool:
    return _allows(check_can_change_half_terms, user, authority)


def check_can_change_working_days(user: User) -> None:
    """Bank holidays are England's, so whoever keeps any authority's calendar keeps them for all."""
    if not holds(user, Permission.MANAGE_CALENDAR):
        raise PermissionDenied("Your roles do not let you change working days.")


def can_change_working_days(user: User) -> bool:
    return _allows(check_can_change_working_days, user)


def check_can_change_settings(user: User, authority: Authority) -> None:
    if authority.pk not in authority_ids(user, Permission.MANAGE_SETTINGS):
        raise PermissionDenied(f"Your roles do not let you change the settings of {authority.name}.")


def can_change_settings(user: User, authority: Authority) -> bool:
    return _allows(check_can_change_settings, user, authority)


def check_can_import(user: User, authority: Authority) -> None:
    if authority.pk not in authority_ids(user, Permission.IMPORT_DATA):
        raise PermissionDenied(f"Your roles do not let you import data for {authority.name}.")


def can_import(user: User, authority: Authority) -> bool:
    return _allows(check_can_import, user, authority)


def readable_audiences(user: User, school: School) -> frozenset[Audience]:
    """The audiences of text about a school that the person belongs to; empty for whoever sees no suggestion there.

    The register's audience is never among them: the room of the register decides that.
    """
    if Permission.VIEW_SUGGESTION not in permissions_over(user, school):
        return frozenset()
    with_authoritys_eyes = School.objects.with_permission(
        user, Permission.VIEW_SUGGESTION, reaches=(Reach.SCOPE, Reach.ASSIGNED)
    )
    if with_authoritys_eyes.filter(pk=school.pk).exists():
        return _AUTHORITY_READS
    roles = {
        power.role
        for power in powers_of(user)
        if power.permission == Permission.VIEW_SUGGESTION and power.authority_id == school.authority_id
    }
    # Who chairs one school and leads another is the panel's subject there, not its member
    if Role.CHAIR in roles and ContactRole.CHAIR in contact_roles(user, school):
        return _SHARED_WITH_CHAIR
    return _SHARED


def _check(user: User, school: School, permission: Permission, doing: str) -> None:
    if permission not in permissions_over(user, school):
        raise PermissionDenied(f"Your roles do not let you {doing.format(school=school.name)}.")


def _allows(check: Callable[..., None], *subject: object) -> bool:
    try:
        check(*subject)
    except PermissionDenied:
        return False
    return True
