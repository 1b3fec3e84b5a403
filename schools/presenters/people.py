"""Who serves a school and who belongs to it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.choices import Permission, Role
from accounts.models import User
from schools.choices import CONTACTS_OF, ContactRole, OfficerRole
from schools.models import OfficerAssignment, School, SchoolContact
from schools.querysets import permissions_over
from schools.rules.dates import in_words, month_in_words

# The head first, then those one asks for next
_CONTACT_ORDER = {
    role.value: place
    for place, role in enumerate(
        dict.fromkeys((ContactRole.HEADTEACHER, ContactRole.PRINCIPAL, *ContactRole))
    )
}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in one role, with dates in words. `pk` is of the row; `is_current` on the day asked for."""

    pk: int
    role: str
    name: str
    email: str
    telephone: str
    dates: str
    is_acting: bool
    is_current: bool
    has_account: bool
    is_delegate: bool = False  # deputy or clerk with an account: their head or chair may end that

    @property
    def text(self) -> str:
        """ "Hana Head (acting), since 1 September 2024"; what is not known is left out."""
        acting = " (acting)" if self.is_acting else ""
        return f"{self.name}{acting}, {self.dates}" if self.dates else f"{self.name}{acting}"


@dataclass(frozen=True, slots=True)
class PeoplePanel:
    """Officers and contacts now and to come; what was before; and what the reader may do about them."""

    officers: tuple[PersonLine, ...]
    contacts: tuple[PersonLine, ...]
    past_officers: tuple[PersonLine, ...]
    past_contacts: tuple[PersonLine, ...]
    missing: tuple[str, ...]  # roles every school has that nobody is recorded in
    may_assign: bool
    may_edit: bool
    may_delegate: bool


def people_panel(school: School, user: User, on: dt.date) -> PeoplePanel:
    """Two queries, and at most two for what the reader may do. Whoever may see the school may see its people."""
    rows = sorted(school.contacts.all(), key=lambda row: _CONTACT_ORDER[row.role])
    contacts = [person_line(row, on) for row in rows]
    officers = [officer_line(row, on) for row in school.officers.select_related("user")]
    over = permissions_over(user, school)
    return PeoplePanel(
        officers=_now_or_later(officers),
        contacts=_now_or_later(contacts),
        past_officers=_past(officers),
        past_contacts=_past(contacts),
        missing=_missing(row.role for row in rows if _in_force(row.start_on, row.end_on, on)),
        may_assign=Permission.ASSIGN_OFFICER in over,
        may_edit=Permission.EDIT_SCHOOL in over,
        may_delegate=Permission.ADD_DELEGATE in over,
    )


def person_line(contact: SchoolContact, on: dt.date | None = None) -> PersonLine:
    """A contact; without a day it is taken as current."""
    return PersonLine(
        pk=contact.pk,
        role=ContactRole(contact.role).label,
        name=contact.name,
        email=contact.email,
        telephone=contact.telephone,
        dates=_dates(contact.start_on, contact.end_on, on),
        is_acting=contact.is_acting,
        is_current=on is None or _in_force(contact.start_on, contact.end_on, on),
        has_account=contact.user_id is not None,
        is_delegate=contact.user_id is not None and contact.role in CONTACTS_OF[Role.SCHOOL_DELEGATE],
    )


def officer_line(assignment: OfficerAssignment, on: dt.date | None = None) -> PersonLine:
    """An officer with their account's name and address. Fetch `user` with select_related."""
    return PersonLine(
        pk=assignment.pk,
        role=OfficerRole(assignment.role).label,
        name=assignment.user.name,
        email=assignment.user.email,
        telephone="",
        dates=_dates(assignment.start_on, assignment.end_on, on),
        is_acting=False,
        is_current=on is None or _in_force(assignment.start_on, assignment.end_on, on),
        has_account=True,
    )


def _now_or_later(lines: Iterable[PersonLine]) -> tuple[PersonLine, ...]:
    return tuple(line for line in lines if not line.dates.startswith("until"))


def _past(lines: Iterable[PersonLine]) -> tuple[PersonLine, ...]:
    return tuple(line for line in lines if line.dates.startswith("until"))


def _missing(current: Iterable[str]) -> tuple[str, ...]:
    roles = set(current)
    lacking = []
    if not roles & {ContactRole.HEADTEACHER, ContactRole.PRINCIPAL}:
        lacking.append(ContactRole.HEADTEACHER.label)
    if ContactRole.CHAIR not in roles:
        lacking.append(ContactRole.CHAIR.label)
    return tuple(lacking)


def _in_force(start_on: dt.date | None, end_on: dt.date | None, on: dt.date) -> bool:
    return (start_on is None or start_on <= on) and (end_on is None or end_on >= on)


def _dates(start_on: dt.date | None, end_on: dt.date | None, on: dt.date | None) -> str:
    """ "since 1 September 2024", "from 1 January 2027", "until 31 August 2024 (from September 2020)"."""
    if end_on is not None and on is not None and end_on < on:
        began = f" (from {month_in_words(start_on)})" if start_on else ""
        return f"until {in_words(end_on)}{began}"
    word = "from" if on is not None and start_on is not None and start_on > on else "since"
    began = f"{word} {in_words(start_on)}" if start_on else ""
    ends = f"to {in_words(end_on)}" if end_on else ""
    return " ".join(part for part in (began, ends) if part)
