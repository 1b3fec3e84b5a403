"""Deputies and clerks whom the head or the chair of a school lets act beside them.

The row that says they belong to the school and the role that lets them in are made together, and end together.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.choices import Role
from accounts.models import User
from schools.actions.contacts import log_contact, row_as_logged
from schools.choices import CONTACTS_OF, ContactRole
from schools.models import School, SchoolContact
from schools.permissions import check_can_add_delegate
from schools.rules.dates import in_words

DELEGATES = CONTACTS_OF[Role.SCHOOL_DELEGATE]


@transaction.atomic
def add_delegate(
    *, school: School, role: ContactRole, name: str, email: str, by: User, at: dt.datetime
) -> SchoolContact:
    """Somebody becomes deputy or clerk with an account, from today, and is told by e-mail. The same twice is one.

    Somebody the authority recorded already without an account is joined to it. Raises PermissionDenied, Refused
    (accounts.permissions) with the reason, or ValidationError for a role that is no delegate's.
    """
    school = School.objects.select_for_update().select_related("authority").get(pk=school.pk)
    check_can_add_delegate(by, school)
    if role not in DELEGATES:
        raise ValidationError({"role": "Choose deputy headteacher or clerk"})
    on = timezone.localdate(at)
    standing = (
        school.contacts.in_force(on).filter(role=role, email__iexact=email, end_on__isnull=True).first()
    )
    if standing is not None and standing.user_id is not None and _holds_role(standing.user, school, on):
        return standing
    invited = accounts.invite_delegate(email=email, name=name, authority=school.authority, by=by, at=at)
    before = row_as_logged(standing) if standing else None
    contact = standing or SchoolContact(school=school, role=role, name=name, email=email, start_on=on)
    contact.user = invited.user
    contact.save()
    log_contact("schools.add_delegate", contact, before, by, at)
    return contact


@transaction.atomic
def end_delegate(*, contact: SchoolContact, end_on: dt.date, by: User, at: dt.datetime) -> bool:
    """The delegate's last day at the school; yesterday ends it at once. Answers whether anything changed.

    Who has not begun by then is removed. The role ends with the last school they are delegate of. Raises
    PermissionDenied, or ValidationError for a day that does not fit.
    """
    school = School.objects.select_for_update().select_related("authority").get(pk=contact.school_id)
    check_can_add_delegate(by, school)
    current = school.contacts.filter(pk=contact.pk, role__in=DELEGATES, user__isnull=False).first()
    if current is None:  # ended by another press, or by the authority
        return False
    on = timezone.localdate(at)
    if end_on < on - dt.timedelta(days=1):
        raise ValidationError({"end_on": "The last day cannot be before yesterday"})
    if current.end_on is not None and current.end_on <= end_on:
        raise ValidationError({"end_on": f"{current.name}'s last day is {in_words(current.end_on)} already"})
    before = row_as_logged(current)
    user = current.user
    assert user is not None
    current.end_on = end_on
    has_begun = current.start_on is None or current.start_on <= end_on
    log_contact("schools.end_delegate", current, before, by, at)
    if has_begun:
        current.save(update_fields=["end_on"])
    else:
        current.delete()
    elsewhere = SchoolContact.objects.in_force(end_on + dt.timedelta(days=1)).filter(
        user=user, role__in=DELEGATES, school__authority=school.authority
    )
    if not elsewhere.exists():
        accounts.end_delegate(user=user, authority=school.authority, last_day=end_on, by=by, at=at)
    return True


def _holds_role(user: User | None, school: School, on: dt.date) -> bool:
    assert user is not None
    grants = user.grants.in_force(on).filter(authority=school.authority_id, role=Role.SCHOOL_DELEGATE)
    return grants.filter(end_on__isnull=True).exists()
