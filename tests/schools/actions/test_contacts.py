"""People at a school: heads with their first day and acting flag, chairs, bodies that must be told."""

import contextlib
import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.actions import invite
from accounts.choices import Role
from accounts.models import ChangeLogEntry, RoleGrant
from jobs.models import Job
from jobs.registry import find
from schools import actions
from schools.actions.contacts import Contact
from schools.choices import ContactRole
from schools.models import SchoolContact
from tests import factories as make

D = dt.date
R = ContactRole


def add(school, by, role=R.HEADTEACHER, name="Nia New", **values):
    return actions.add_contact(school=school, contact=Contact(role, name, **values), by=by, at=timezone.now())


def change(contact, by, **values):
    before = {field: getattr(contact, field) for field in Contact.__slots__}
    return actions.change_contact(
        contact=contact, to=Contact(**{**before, **values}), by=by, at=timezone.now()
    )


@pytest.mark.requirement("L-012")
def test_a_new_head_follows_the_standing_one_and_time_in_post_can_be_counted(school, head, manager):
    new = add(school, manager, is_acting=True, start_on=D(2026, 9, 1))

    assert new.is_acting
    assert new.start_on == D(2026, 9, 1)
    assert school.contacts.get(user=head).end_on == D(2026, 8, 31)
    (entry,) = ChangeLogEntry.objects.all()
    assert entry.action == "schools.add_contact"
    assert entry.before["name"] == "Hana Head"
    assert entry.after["name"] == "Nia New"


def test_starting_and_ending_write_nothing_elsewhere(school, head, manager):
    grants = list(RoleGrant.objects.order_by("pk").values())

    add(school, manager, start_on=D(2026, 9, 1))
    actions.end_contact(
        contact=school.contacts.get(name="Nia New"), end_on=D(2026, 9, 2), by=manager, at=timezone.now()
    )

    assert list(RoleGrant.objects.order_by("pk").values()) == grants


def test_a_contact_is_joined_to_the_account_with_its_address_whatever_the_case(school, manager):
    account = make.UserFactory(email="nia.new@example.org")
    gone = make.UserFactory(email="gone@example.org", is_active=False)

    assert add(school, manager, email="Nia.New@Example.org").user == account
    assert add(school, manager, role=R.CHAIR, email=gone.email).user is None
    assert add(school, manager, role=R.CLERK).user is None


@pytest.mark.requirement("L-009", "K-007")
def test_a_school_may_have_several_of_the_roles_that_are_not_single(school, manager):
    for role in (R.DEPUTY, R.FOUNDATION_APPOINTER, R.DIOCESAN_AUTHORITY, R.SPONSOR):
        add(school, manager, role=role, name="One")
        add(school, manager, role=role, name="Two")

    assert school.contacts.count() == 8


def test_a_double_click_adds_once(school, manager):
    assert add(school, manager, start_on=D(2026, 9, 1)) == add(school, manager, start_on=D(2026, 9, 1))
    assert ChangeLogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("start_on", "says"),
    [
        (None, "Hana Head holds this role since 1 September 2020. Enter the day the new one starts."),
        (D(2020, 9, 1), "End that first, or choose another day."),
        (D(2019, 9, 1), "End that first, or choose another day."),
    ],
)
def test_a_head_who_cannot_follow_the_standing_one_is_refused(school, head, manager, start_on, says):
    with pytest.raises(ValidationError) as refusal:
        add(school, manager, start_on=start_on)

    assert says in refusal.value.message_dict["start_on"][0]
    assert school.contacts.count() == 1


def test_a_head_whose_first_day_is_not_known_is_followed_too(school, manager):
    add(school, manager, name="Olive Old")
    add(school, manager, name="Nia New", start_on=D(2026, 9, 1))

    assert school.contacts.get(name="Olive Old").end_on == D(2026, 8, 31)
    with pytest.raises(
        ValidationError, match="Olive Old holds this role from a day not recorded to 31 August 2026"
    ):
        change(school.contacts.get(name="Nia New"), manager, start_on=D(2026, 8, 31))


def test_a_head_of_long_ago_can_be_recorded_before_the_standing_one(school, head, manager):
    past = add(school, manager, name="Pia Past", start_on=D(2010, 9, 1), end_on=D(2020, 8, 31))

    assert past.end_on == D(2020, 8, 31)
    assert school.contacts.get(user=head).end_on is None


def test_days_in_the_wrong_order_are_refused(school, manager):
    with pytest.raises(ValidationError, match="before the first day"):
        add(school, manager, start_on=D(2026, 9, 1), end_on=D(2026, 8, 31))


def test_a_contact_is_corrected_and_a_field_can_be_cleared(school, head, manager):
    contact = school.contacts.get()

    assert change(contact, manager, name="Hana Hughes", email="", start_on=None)

    contact.refresh_from_db()
    assert (contact.name, contact.email, contact.start_on, contact.user) == ("Hana Hughes", "", None, None)
    entry = ChangeLogEntry.objects.get(action="schools.change_contact")
    assert (entry.before["account"], entry.after["account"]) == (head.email, None)


def test_an_account_made_since_is_joined_when_the_contact_is_saved(school, manager):
    contact = add(school, manager, email="later@example.org")
    account = make.UserFactory(email="later@example.org")

    assert change(contact, manager)
    contact.refresh_from_db()
    assert contact.user == account


def test_a_correction_of_a_role_of_which_there_may_be_several_asks_nobody(school, manager):
    clerk = add(school, manager, role=R.CLERK, name="Clara Clerk")
    add(school, manager, role=R.CLERK, name="Cleo Clerk")

    assert change(clerk, manager, name="Clara Clark")


def test_a_correction_that_changes_nothing_writes_nothing(school, head, manager):
    assert not change(school.contacts.get(), manager)
    assert not ChangeLogEntry.objects.exists()


def test_a_correction_cannot_make_two_heads_of_one_time(school, head, manager):
    deputy = add(school, manager, role=R.DEPUTY, name="Dan Deputy", start_on=D(2021, 9, 1))

    with pytest.raises(ValidationError, match="Hana Head holds this role since 1 September 2020"):
        change(deputy, manager, role=R.HEADTEACHER)


def test_a_contact_ends(school, head, manager):
    contact = school.contacts.get()

    def end(day):
        return actions.end_contact(contact=contact, end_on=day, by=manager, at=timezone.now())

    assert end(D(2026, 8, 31))
    assert not end(D(2026, 8, 31))
    assert end(D(2026, 7, 31))
    with pytest.raises(ValidationError, match="Hana Head's last day was 31 July 2026"):
        end(D(2026, 8, 31))
    with pytest.raises(ValidationError, match="Hana Head started on 1 September 2020, after that day"):
        end(D(2020, 8, 31))
    assert ChangeLogEntry.objects.filter(action="schools.end_contact").count() == 2


def test_a_contact_without_a_first_day_can_end_any_day(school, manager):
    contact = add(school, manager)

    assert actions.end_contact(contact=contact, end_on=D(1990, 1, 1), by=manager, at=timezone.now())


def test_only_those_who_may_change_the_school(school, head, adviser):
    contact = SchoolContact.objects.get()
    for person in (head, adviser):
        with pytest.raises(PermissionDenied):
            add(school, person)
        with pytest.raises(PermissionDenied):
            change(contact, person, name="X")
        with pytest.raises(PermissionDenied):
            actions.end_contact(contact=contact, end_on=D(2026, 8, 31), by=person, at=timezone.now())


def test_contacts_recorded_before_somebody_had_an_account_are_joined_to_it_once(
    school, other_school, manager
):
    first = add(school, manager, email="Later@example.org")
    add(other_school, manager, role=R.CHAIR, email="later@example.org")
    add(school, manager, role=R.CHAIR, email="someone.else@example.org")
    account = make.UserFactory(email="later@example.org")

    assert actions.join_contacts(user=account, at=timezone.now()) == 2
    assert actions.join_contacts(user=account, at=timezone.now()) == 0

    first.refresh_from_db()
    assert first.user == account
    entry = ChangeLogEntry.objects.filter(action="schools.join_contacts", urn=school.urn).get()
    assert (entry.by, entry.before["account"], entry.after["account"]) == (None, None, account.email)


def test_an_account_that_is_deactivated_is_joined_to_nothing(school, manager):
    contact = add(school, manager, email="gone@example.org")

    assert (
        actions.join_contacts(
            user=make.UserFactory(email="gone@example.org", is_active=False), at=timezone.now()
        )
        == 0
    )
    contact.refresh_from_db()
    assert contact.user is None


def test_an_invitation_joins_the_invited_to_their_school(authority, school, policy_admin):
    contact = add_as_imported(school)
    invited = invite(
        email="nia@example.org",
        name="Nia New",
        role=Role.HEADTEACHER,
        authority=authority,
        start_on=timezone.localdate(),
        by=policy_admin,
        at=timezone.now(),
        send=False,
    )
    (job,) = Job.objects.filter(kind="schools.join_contacts")

    class Claimed:
        payload = job.payload
        writing = staticmethod(contextlib.nullcontext)

    assert find(job.kind).run(Claimed()) == {"contacts": 1}
    contact.refresh_from_db()
    assert contact.user == invited.user


def add_as_imported(school):
    return make.SchoolContactFactory(school=school, name="Nia New", email="nia@example.org")
