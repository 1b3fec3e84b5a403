"""Who belongs to a school, or must be told about it. Starting or ending one writes nothing elsewhere: a role in the
product is granted apart from this, and without one an account linked here opens nothing.
"""

import datetime as dt
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.logs import record_change
from accounts.models import User
from schools.choices import SINGLE_CONTACT_ROLES, ContactRole
from schools.models import School, SchoolContact
from schools.permissions import check_can_edit_school
from schools.rules.dates import in_words

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as somebody wants to record it. `start_on` None: not known, never guessed."""

    role: ContactRole
    name: str
    email: str = ""
    telephone: str = ""
    is_acting: bool = False
    start_on: dt.date | None = None
    end_on: dt.date | None = None


@transaction.atomic
def add_contact(*, school: School, contact: Contact, by: User, at: dt.datetime) -> SchoolContact:
    """Someone begins at a school, linked to their account when one has that e-mail address.

    A headteacher, chair or principal follows the standing one, whose last day becomes the day before. The same
    contact twice is one. Raises ValidationError when that cannot be told from the dates.
    """
    school = School.objects.select_for_update().get(pk=school.pk)
    check_can_edit_school(by, school)
    _check(contact)
    values = asdict(contact)
    same = school.contacts.filter(**values).first()
    if same is not None:
        return same
    before = None
    if contact.role in SINGLE_CONTACT_ROLES:
        before = _make_way(school, contact)
    created = SchoolContact.objects.create(school=school, user=_account_of(contact.email), **values)
    log_contact("schools.add_contact", created, before, by, at)
    return created


@transaction.atomic
def change_contact(*, contact: SchoolContact, to: Contact, by: User, at: dt.datetime) -> bool:
    """Correct a contact. Answers whether anything changed; an account made since is linked then too.

    Raises ValidationError when another holds a role of which there is one.
    """
    school = School.objects.select_for_update().get(pk=contact.school_id)
    check_can_edit_school(by, school)
    current = school.contacts.get(pk=contact.pk)
    _check(to)
    if to.role in SINGLE_CONTACT_ROLES:
        for other in _in_the_way(school, to).exclude(pk=current.pk):
            raise ValidationError(
                {
                    "start_on": f"{other.name} holds this role {_while(other)}. The two cannot hold it together."
                }
            )
    before = row_as_logged(current)
    for name, value in asdict(to).items():
        setattr(current, name, value)
    current.user = _account_of(to.email)
    if before == row_as_logged(current):
        return False
    current.save()
    log_contact("schools.change_contact", current, before, by, at)
    return True


@transaction.atomic
def end_contact(*, contact: SchoolContact, end_on: dt.date, by: User, at: dt.datetime) -> bool:
    """The contact's last day. Answers whether anything changed. Raises ValidationError for a day before the first."""
    school = School.objects.select_for_update().get(pk=contact.school_id)
    check_can_edit_school(by, school)
    current = school.contacts.get(pk=contact.pk)
    if current.end_on == end_on:
        return False
    if current.start_on is not None and end_on < current.start_on:
        raise ValidationError(
            {"end_on": f"{current.name} started on {in_words(current.start_on)}, after that day."}
        )
    if current.end_on is not None and current.end_on < end_on:
        raise ValidationError({"end_on": f"{current.name}'s last day was {in_words(current.end_on)}."})
    before = row_as_logged(current)
    current.end_on = end_on
    current.save(update_fields=["end_on"])
    log_contact("schools.end_contact", current, before, by, at)
    return True


@transaction.atomic
def join_contacts(*, user: User, at: dt.datetime) -> int:
    """Join contacts recorded before the person had an account to it, by e-mail address. Answers how many.

    What the person may do at those schools still takes a role of the schools' authority.
    """
    if not user.is_active:
        return 0
    waiting = SchoolContact.objects.select_for_update().select_related("school")
    found = list(waiting.filter(user__isnull=True, email__iexact=user.email))
    for contact in found:
        before = row_as_logged(contact)
        contact.user = user
        contact.save(update_fields=["user"])
        log_contact("schools.join_contacts", contact, before, None, at)
    return len(found)


def _check(contact: Contact) -> None:
    if contact.start_on and contact.end_on and contact.end_on < contact.start_on:
        raise ValidationError({"end_on": "The last day is before the first day."})


def _make_way(school: School, contact: Contact) -> dict[str, object] | None:
    """End the standing holder the day before. Answers what it was before, for the log."""
    before = None
    for other in _in_the_way(school, contact):
        holds = f"{other.name} holds this role {_while(other)}."
        if contact.start_on is None:
            raise ValidationError({"start_on": f"{holds} Enter the day the new one starts."})
        if other.start_on is not None and other.start_on >= contact.start_on:
            raise ValidationError({"start_on": f"{holds} End that first, or choose another day."})
        before = row_as_logged(other)
        other.end_on = contact.start_on - _DAY
        other.save(update_fields=["end_on"])
    return before


def _in_the_way(school: School, contact: Contact) -> QuerySet[SchoolContact]:
    """Those whose time in the same role overlaps, the earliest first."""
    overlapping = Q(end_on__isnull=True)
    if contact.start_on is not None:
        overlapping |= Q(end_on__gte=contact.start_on)
    others = school.contacts.filter(overlapping, role=contact.role)
    if contact.end_on is not None:
        others = others.filter(Q(start_on__isnull=True) | Q(start_on__lte=contact.end_on))
    return others.order_by("start_on")


def _account_of(email: str) -> User | None:
    return User.objects.filter(email__iexact=email, is_active=True).first() if email else None


def _while(contact: SchoolContact) -> str:
    since = f"since {in_words(contact.start_on)}" if contact.start_on else "from a day not recorded"
    return since + (f" to {in_words(contact.end_on)}" if contact.end_on else "")


def row_as_logged(contact: SchoolContact) -> dict[str, object]:
    return {
        "role": contact.role,
        "name": contact.name,
        "email": contact.email,
        "telephone": contact.telephone,
        "is_acting": contact.is_acting,
        "start_on": contact.start_on,
        "end_on": contact.end_on,
        "account": contact.user.email if contact.user else None,
    }


def log_contact(
    action: str, contact: SchoolContact, before: dict[str, object] | None, by: User | None, at: dt.datetime
) -> None:
    record_change(
        action=action,
        by=by,
        at=at,
        subject=contact,
        before=before,
        after=row_as_logged(contact),
        authority_id=contact.school.authority_id,
        urn=contact.school.urn,
    )
