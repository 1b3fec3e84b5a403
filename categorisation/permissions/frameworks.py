"""Who may change what framework an authority works to."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import Refused, authority_ids
from categorisation.choices import DraftStatus
from categorisation.models import FrameworkDraft


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


def can_read_drafts(user: User, authority: Authority) -> bool:
    """Whether the authority's drafts are the person's to read: those who write them and those who publish them."""
    held = authority_ids(user, Permission.EDIT_FRAMEWORK) | authority_ids(user, Permission.PUBLISH_FRAMEWORK)
    return authority.pk in held


def check_can_change_draft(user: User, draft: FrameworkDraft) -> None:
    """May change, replace or abandon the draft."""
    check_can_edit_framework(user, draft.authority)
    _check_is_open(draft)


def check_can_publish_draft(user: User, draft: FrameworkDraft) -> None:
    """May publish the draft: somebody who had no part in writing it. One query."""
    if draft.authority_id not in authority_ids(user, Permission.PUBLISH_FRAMEWORK):
        raise PermissionDenied(f"Your roles do not let you publish the policy of {draft.authority.name}.")
    _check_is_open(draft)
    if draft.editors.filter(pk=user.pk).exists():
        raise Refused("You have worked on this draft yourself, so somebody else publishes it.")


def _check_is_open(draft: FrameworkDraft) -> None:
    if draft.status != DraftStatus.OPEN:
        raise Refused(f"This draft is {draft.get_status_display().lower()} and no longer changes.")


def can_change_draft(user: User, draft: FrameworkDraft) -> bool:
    return not why_not(check_can_change_draft, user, draft)


def can_edit_framework(user: User, authority: Authority) -> bool:
    return not why_not(check_can_edit_framework, user, authority)


def why_not(check: Callable[..., None], *args: Any) -> str:
    """The reason a check gives against it; empty where there is none."""
    try:
        check(*args)
    except PermissionDenied as error:
        return str(error)
    return ""
