"""Who may do what with a document. Each check raises with its reason; each `can_` is its answer as a bool."""

from django.core.exceptions import PermissionDenied

from accounts.choices import Permission
from accounts.models import User
from accounts.permissions import Refused
from reports.models import Document
from schools.models import School


def check_can_release(user: User, school: School) -> None:
    """Raise PermissionDenied unless the person may release documents about the school. Two queries at most."""
    if not School.objects.with_permission(user, Permission.RELEASE_DOCUMENT).filter(pk=school.pk).exists():
        raise PermissionDenied("Your roles do not let you release documents about this school.")


def can_release(user: User, school: School) -> bool:
    try:
        check_can_release(user, school)
    except PermissionDenied:
        return False
    return True


def check_can_withdraw(user: User, document: Document) -> None:
    """Whoever may release may withdraw; a withdrawn document stays withdrawn."""
    check_can_release(user, document.school)
    if document.is_withdrawn:
        raise Refused("This document is already withdrawn.")


def can_withdraw(user: User, document: Document) -> bool:
    try:
        check_can_withdraw(user, document)
    except PermissionDenied:
        return False
    return True
