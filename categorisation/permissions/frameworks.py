"""Who may change what framework an authority works to."""

from django.core.exceptions import PermissionDenied

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import authority_ids


def check_can_choose_framework(user: User, authority: Authority) -> None:
    if authority.pk not in authority_ids(user, Permission.MANAGE_SETTINGS):
        raise PermissionDenied(f"Your roles do not let you choose the framework of {authority.name}.")


def can_choose_framework(user: User, authority: Authority) -> bool:
    try:
        check_can_choose_framework(user, authority)
    except PermissionDenied:
        return False
    return True


def check_can_edit_framework(user: User, authority: Authority) -> None:
    """May draft changes to the authority's framework, try them and keep its cases."""
    if authority.pk not in authority_ids(user, Permission.EDIT_FRAMEWORK):
        raise PermissionDenied(f"Your roles do not let you draft changes to the policy of {authority.name}.")
