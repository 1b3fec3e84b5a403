"""The made-up people: officers in every role, heads and chairs, who serves which school. Through actions throughout."""

import datetime as dt
from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.actions import invite
from accounts.choices import AreaKind, Role
from accounts.models import Authority, User
from schools.actions import add_contact, assign_officer
from schools.actions.contacts import Contact
from schools.choices import ContactRole, OfficerRole
from schools.models import School
from workspace.demo.establishments import Establishment
from workspace.demo.places import Place

PASSWORD = "try-the-demo-2026"  # noqa: S105  # printed at start; the demonstration loads on this machine only
HEADS_WITH_ACCOUNTS = 6


def write_officers(place: Place, authority: Authority, now: dt.datetime) -> dict[str, User]:
    """Every officer of the place, able to sign in, by mailbox."""
    areas = {area.name: area for area in authority.areas.filter(kind=AreaKind.AREA)}
    people = {}
    for officer in place.officers:
        invited = invite(
            email=f"{officer.mailbox}@{place.domain}",
            name=officer.name,
            role=officer.role,
            authority=authority,
            area=areas.get(officer.area),
            phase=officer.phase,
            start_on=now.date(),  # roles are never granted backwards
            by=None,
            at=now,
            send=False,
        )
        people[officer.mailbox] = invited.user
        _let_in(invited.user)
    return people


def assign_officers(
    place: Place,
    people: dict[str, User],
    establishments: list[Establishment],
    schools: dict[int, School],
    now: dt.datetime,
) -> None:
    """Advisers share the open schools between them, but one that an external adviser has; managers follow their area."""
    admin = people["policy"]
    advisers = [people[o.mailbox] for o in place.officers if o.role == Role.ADVISER]
    managers = {o.area: people[o.mailbox] for o in place.officers if o.role == Role.AREA_MANAGER}
    external = [people[o.mailbox] for o in place.officers if o.role == Role.EXTERNAL_ADVISER]
    open_ones = [made for made in establishments if not made.closed_on]
    for index, made in enumerate(open_ones):
        share = external if external and made is open_ones[-1] else advisers
        posts = {OfficerRole.ADVISER: share[index % len(share)]}
        if manager := managers.get(made.area) or managers.get(""):
            posts[OfficerRole.AREA_MANAGER] = manager
        for role, officer in posts.items():
            assign_officer(
                school=schools[made.urn],
                officer=officer,
                role=role,
                start_on=now.date(),
                by=admin,
                at=now,
            )


def write_heads_and_chairs(
    place: Place,
    authority: Authority,
    people: dict[str, User],
    establishments: list[Establishment],
    schools: dict[int, School],
    now: dt.datetime,
) -> list[User]:
    """A head and a chair for every school; the first few heads, and one chair, have accounts. Returns those."""
    admin = people["policy"]
    accounts = []
    for index, made in enumerate(establishments):
        head_mailbox = f"head{index + 1}@{place.domain}" if index else f"head@{place.domain}"
        chair_mailbox = f"chair{index + 1}@{place.domain}" if index else f"governor@{place.domain}"
        if made.closed_on:
            continue
        if index < HEADS_WITH_ACCOUNTS:
            accounts.append(_account(made.head, head_mailbox, Role.HEADTEACHER, authority, admin, now))
        if index == 0:
            accounts.append(_account(made.chair, chair_mailbox, Role.CHAIR, authority, admin, now))
        for contact in (
            Contact(
                role=ContactRole.HEADTEACHER,
                name=made.head,
                email=head_mailbox,
                is_acting=made.head_acting,
                start_on=made.head_since,
            ),
            Contact(role=ContactRole.CHAIR, name=made.chair, email=chair_mailbox, start_on=made.head_since),
        ):
            add_contact(school=schools[made.urn], contact=contact, by=admin, at=now)
    return accounts


def write_others_at_schools(
    place: Place,
    authority: Authority,
    people: dict[str, User],
    establishments: list[Establishment],
    schools: dict[int, School],
    now: dt.datetime,
) -> list[User]:
    """One of every other role a school knows: its clerk, a diocese's representative, a sponsor, a governor who sits on
    a joint review group."""
    open_ones = [made for made in establishments if not made.closed_on]
    church = next(made for made in open_ones if made.religious_character)
    academy = next(made for made in open_ones if made.predecessor_urn)
    at_schools = (
        ("Phyllis Crane", "clerk", Role.SCHOOL_DELEGATE, ContactRole.CLERK, open_ones[0]),
        ("Canon Luke Hale", "diocese", Role.FAITH_REPRESENTATIVE, ContactRole.FAITH_REPRESENTATIVE, church),
        ("Anil Mehta", "sponsor", Role.SPONSOR, ContactRole.SPONSOR, academy),
    )
    accounts = []
    for name, mailbox, role, contact_role, made in at_schools:
        email = f"{mailbox}@{place.domain}"
        accounts.append(_account(name, email, role, authority, people["policy"], now))
        contact = Contact(role=contact_role, name=name, email=email, start_on=now.date())
        add_contact(school=schools[made.urn], contact=contact, by=people["policy"], at=now)
    reviewer = f"reviewer@{place.domain}"
    accounts.append(
        _account("Joan Attwood", reviewer, Role.REVIEW_GROUP_GOVERNOR, authority, people["policy"], now)
    )
    return accounts


def _account(name: str, email: str, role: Role, authority: Authority, admin: User, now: dt.datetime) -> User:
    invited = invite(
        email=email,
        name=name,
        role=role,
        authority=authority,
        start_on=now.date(),
        by=admin,
        at=now,
        send=False,
    )
    _let_in(invited.user)
    return invited.user


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; everybody here has the same password, so once will do."""
    return make_password(PASSWORD)


def _let_in(user: User) -> None:
    user.password = _hashed()
    user.save(update_fields=["password"])
