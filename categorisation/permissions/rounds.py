"""Who may open, publish and confirm rounds, review levels each term and identify concern.

Rounds are the whole authority's: whoever leads an area or a phase fills in their schools, and does not open or close.
"""

from django.core.exceptions import PermissionDenied

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import authority_ids


def check_can_run_rounds(user: User, authority: Authority) -> None:
    """May open, publish and confirm the rounds of an authority."""
    if authority.pk not in authority_ids(user, Permission.DECIDE_LEVEL):
        raise PermissionDenied(f"Your roles do not let you run the rounds of {authority.name}.")


def can_run_rounds(user: User, authority: Authority) -> bool:
    return authority.pk in authority_ids(user, Permission.DECIDE_LEVEL)


def check_can_run_identification(user: User, authority: Authority) -> None:
    """May open and close the identification rounds of an authority."""
    if authority.pk not in authority_ids(user, Permission.IDENTIFY_CONCERN):
        raise PermissionDenied(
            f"Your roles do not let you run the identification rounds of {authority.name}."
        )


def can_run_identification(user: User, authority: Authority) -> bool:
    return authority.pk in authority_ids(user, Permission.IDENTIFY_CONCERN)
