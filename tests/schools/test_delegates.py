"""Deputies and clerks whom a head or chair lets act beside them."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import actions as accounts
from accounts.choices import Role
from accounts.models import ChangeLogEntry, RoleGrant, User
from accounts.permissions import Refused
from schools import actions
from schools.choices import ContactRole
from schools.models import School, SchoolContact
from tests import factories as make
from tests.browser import assert_accessible, sign_in
from ui.forms import date_parts

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def chair(authority, school):
    user = make.UserFactory(name="Cora Chair", grants=[(Role.CHAIR, authority)])
    make.SchoolContactFactory(school=school, user=user, name=user.name, role=ContactRole.CHAIR)
    return user


def add(school, by, email="dee@example.org", role=ContactRole.DEPUTY, name="Dee Deputy"):
    return actions.add_delegate(school=school, role=role, name=name, email=email, by=by, at=timezone.now())


def end(contact, by, end_on=None):
    return actions.end_delegate(
        contact=contact, end_on=end_on or timezone.localdate(), by=by, at=timezone.now()
    )


def url(name, school, *args):
    return reverse(f"schools:{name}", args=[school.urn, *args])


class TestAdding:
    def test_a_head_adds_a_deputy_who_accepts_and_sees_the_school(
        self, client, head, school, other_school, run_jobs
    ):
        client.force_login(head)
        assert "Add a deputy or clerk" in client.get(url("people", school)).content.decode()
        response = client.post(
            url("delegate-add", school),
            {"role": "deputy", "name": " Dee  Deputy ", "email": "Dee@Example.org"},
            follow=True,
        )
        page = response.content.decode()
        assert "Dee Deputy is added. A message is on its way to dee@example.org." in page
        assert "Dee Deputy, since" in page
        run_jobs()
        assert "Hana Head invites you" in mail.outbox[-1].body
        deputy = User.objects.get(email="dee@example.org")
        link = mail.outbox[-1].body.split("/invitation/")[1].split("/")[0]
        accounts.accept_invitation(token=link, password="three unrelated words", at=timezone.now())
        assert set(School.objects.visible_to(deputy)) == {school}
        deputy = User.objects.get(pk=deputy.pk)
        client.force_login(deputy)
        page = client.get(url("people", school)).content.decode()
        assert "Add a deputy or clerk" not in page
        assert "delegates" not in page
        assert client.get(url("delegate-add", school)).status_code == 403

    def test_both_rows_are_logged_for_the_authority(self, chair, school, authority):
        contact = add(school, chair, role=ContactRole.CLERK)
        entries = ChangeLogEntry.objects.in_bulk(field_name="id").values()
        assert {entry.action for entry in entries} == {"accounts.invite_delegate", "schools.add_delegate"}
        assert all((entry.by, entry.authority) == (chair, authority) for entry in entries)
        assert contact.user.grants.get().role == Role.SCHOOL_DELEGATE

    def test_the_authoritys_administrator_sees_and_may_end_the_role(self, client, head, school, policy_admin):
        deputy = add(school, head).user
        client.force_login(policy_admin)
        page = client.get(f"/people/{deputy.public_id}/").content.decode()
        assert "School delegate" in page
        assert "by Hana Head" in page

    def test_the_same_twice_is_one(self, head, school):
        assert add(school, head) == add(school, head, email="DEE@example.org")
        assert RoleGrant.objects.filter(role=Role.SCHOOL_DELEGATE).count() == 1
        assert ChangeLogEntry.objects.count() == 2

    def test_somebody_recorded_already_is_joined(self, head, school):
        known = make.SchoolContactFactory(
            school=school, role="deputy", email="dee@example.org", name="Dee D."
        )
        contact = add(school, head)
        assert (contact.pk, contact.name) == (known.pk, "Dee D.")
        assert contact.user.email == "dee@example.org"
        entry = ChangeLogEntry.objects.get(action="schools.add_delegate")
        assert (entry.before["account"], entry.after["account"]) == (None, "dee@example.org")

    def test_the_clerk_of_two_schools_holds_one_role(self, head, other_head, school, other_school):
        clerk = add(school, head, role=ContactRole.CLERK).user
        assert add(other_school, other_head, role=ContactRole.CLERK).user == clerk
        assert clerk.grants.count() == 1
        assert set(School.objects.visible_to(clerk)) == {school, other_school}

    def test_a_role_about_to_end_goes_on(self, head, school, authority):
        user = make.UserFactory(email="dee@example.org")
        make.RoleGrantFactory(
            user=user, role=Role.SCHOOL_DELEGATE, authority=authority, end_on=timezone.localdate()
        )
        add(school, head)
        assert user.grants.get().end_on is None

    def test_not_oneself_not_somebody_deactivated_not_another_role(self, client, head, school):
        gone = make.UserFactory(is_active=False)
        with pytest.raises(Refused, match="your own"):
            add(school, head, email=head.email)
        with pytest.raises(Refused, match="Nobody can be added"):
            add(school, head, email=gone.email)
        with pytest.raises(ValidationError, match="Choose deputy"):
            add(school, head, role=ContactRole.HEADTEACHER)
        client.force_login(head)
        values = {"role": "clerk", "name": "Gone", "email": gone.email}
        page = client.post(url("delegate-add", school), values).content.decode()
        assert "Nobody can be added with this e-mail address" in page
        assert 'value="Gone"' in page
        assert "Enter e-mail address" in client.post(url("delegate-add", school), {}).content.decode()
        assert not SchoolContact.objects.filter(role="clerk").exists()

    def test_not_at_another_school_and_not_by_the_authoritys_own_people(
        self, client, head, other_school, school, policy_admin
    ):
        client.force_login(head)
        assert client.get(url("delegate-add", other_school)).status_code == 404
        for by, where in ((head, other_school), (policy_admin, school)):
            with pytest.raises(PermissionDenied):
                add(where, by)
        with pytest.raises(PermissionDenied):
            accounts.invite_delegate(
                email="x@example.org",
                name="X",
                authority=school.authority,
                by=policy_admin,
                at=timezone.now(),
            )
        assert not User.objects.filter(email__in=["dee@example.org", "x@example.org"]).exists()


class TestEnding:
    def test_a_last_day_ends_both(self, client, head, school):
        contact = add(school, head)
        client.force_login(head)
        assert f"/delegates/{contact.pk}/end/" in client.get(url("people", school)).content.decode()
        address = url("delegate-end", school, contact.pk)
        assert "After their last day they see nothing of it here." in client.get(address).content.decode()
        last = timezone.localdate() + 7 * DAY
        page = client.post(address, date_parts("end_on", last), follow=True).content.decode()
        assert "Dee Deputy has a last day." in page
        contact.refresh_from_db()
        assert contact.end_on == contact.user.grants.get().end_on == last
        assert not School.objects.visible_to(contact.user, last + DAY).exists()
        page = client.post(address, date_parts("end_on", last)).content.decode()
        assert "last day is" in page

    def test_somebody_added_by_mistake_today_is_removed_at_once(self, head, school):
        contact = add(school, head)
        user = contact.user
        assert end(contact, head, timezone.localdate() - DAY)
        assert not SchoolContact.objects.filter(user=user).exists()
        assert not user.grants.exists()
        assert not School.objects.visible_to(user).exists()
        entry = ChangeLogEntry.objects.get(action="accounts.end_delegate")
        assert (entry.before["role"], entry.after) == ("school_delegate", {})
        assert not end(contact, head)

    def test_a_clerk_of_another_school_keeps_the_role(self, head, other_head, school, other_school):
        contact = add(school, head, role=ContactRole.CLERK)
        add(other_school, other_head, role=ContactRole.CLERK)
        end(contact, head, timezone.localdate() - DAY)
        assert set(School.objects.visible_to(User.objects.get(pk=contact.user_id))) == {other_school}

    def test_a_day_long_past_is_refused(self, client, head, school):
        contact = add(school, head)
        client.force_login(head)
        values = date_parts("end_on", timezone.localdate() - 2 * DAY)
        page = client.post(url("delegate-end", school, contact.pk), values).content.decode()
        assert "The last day cannot be before yesterday" in page

    def test_only_delegates_and_only_of_the_own_school(
        self, client, head, chair, other_head, school, other_school
    ):
        theirs = add(other_school, other_head)
        client.force_login(head)
        chair_row = school.contacts.get(user=chair)
        assert client.get(url("delegate-end", school, chair_row.pk)).status_code == 404
        assert client.get(url("delegate-end", school, theirs.pk)).status_code == 404
        with pytest.raises(PermissionDenied):
            end(theirs, head)
        assert not end(chair_row, head)
        with pytest.raises(PermissionDenied):
            accounts.end_delegate(
                user=theirs.user,
                authority=school.authority,
                last_day=timezone.localdate(),
                by=make.UserFactory(),
                at=timezone.now(),
            )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_accessible(browser_page, live_server, head, school):
    contact = add(school, head)
    sign_in(browser_page, live_server, head)
    for address in (
        url("people", school),
        url("delegate-add", school),
        url("delegate-end", school, contact.pk),
    ):
        browser_page.goto(address)
        assert_accessible(browser_page)
    browser_page.goto(url("delegate-add", school))
    browser_page.get_by_role("button", name="Add").click()
    assert_accessible(browser_page)
