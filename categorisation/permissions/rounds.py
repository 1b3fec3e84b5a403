"""Who may open, publish and confirm rounds, and identify concern.

An authority's levels may be decided by several heads of service, each for a phase or an area: any of them opens a round
and publishes their own schools.
"""

from django.core.exceptions import PermissionDenied

from accounts.choices import Permission
from accounts.models import Authority, User
from categorisation.querysets import authorities_where


def check_can_run_rounds(user: User, authority: Authority) -> None:
    """May open a round, publish and confirm what it decides of the schools they decide for."""
    if not can_run_rounds(user, authority):
        raise PermissionDenied(f"Your roles do not let you run the rounds of {authority.name}.")


def can_run_rounds(user: User, authority: Authority) -> bool:
    return authority.pk in authorities_where(user, [Permission.DECIDE_LEVEL])


def check_can_run_identification(user: User, authority: Authority) -> None:
    """May begin an identification round, and close it once every school has its finding."""
    if not can_run_identification(user, authority):
        raise PermissionDenied(f"Your roles do not let you identify concern in {authority.name}.")


def can_run_identification(user: User, authority: Authority) -> bool:
    return authority.pk in authorities_where(user, [Permission.IDENTIFY_CONCERN])
