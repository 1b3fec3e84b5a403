"""The screens on people and roles."""

import datetime as dt
import html
import re

import pytest
from django.utils import timezone

from accounts import actions
from accounts.choices import Phase, Role
from accounts.models import Invitation, RoleGrant, User
from tests import factories as make
from ui.forms import date_parts

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def admin(client, policy_admin):
    client.force_login(policy_admin)
    return client


def text(response):
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return html.unescape(re.sub(r"\s+", " ", body))


def messages(response):
    return [str(message) for message in response.context["messages"]]


def role_form(authority, today, **values):
    form = {
        "role": "adviser",
        "authority": authority.pk,
        "area": "",
        "phase": "",
        **date_parts("start_on", today),
    }
    return {**form, **values}


class TestTheList:
    def test_shows_people_of_ones_own_authority_only(self, admin, adviser, stranger, far_authority):
        make.UserFactory(name="Far Away", grants=[(Role.ADVISER, far_authority)])
        page = text(admin.get("/people/"))
        assert "Ada Adviser" in page
        assert "School improvement adviser" in page
        assert "Far Away" not in page
        assert "Stan Stranger" not in page

    def test_shows_no_role_of_another_authority(self, admin, adviser, far_authority):
        make.RoleGrantFactory(user=adviser, role=Role.DIRECTOR, authority=far_authority)
        row = b"".join(admin.get("/people/?q=ada&export=csv")).decode()
        assert "School improvement adviser" in row
        assert "Director" not in row

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=ada", {"Ada Adviser"}),
            ("role=adviser", {"Ada Adviser"}),
            ("role=adviser&role=policy_admin", {"Ada Adviser", "Pat Admin"}),
            ("current=no", {"Gone Away"}),
            ("current=yes", {"Ada Adviser", "Pat Admin", "East Only"}),
            ("active=no", {"Gone Away"}),
            ("area=AREA", {"East Only"}),
        ],
    )
    def test_is_searched_and_filtered(self, admin, adviser, authority, today, query, found):
        area = make.AreaFactory(authority=authority, name="East")
        gone = make.UserFactory(name="Gone Away", is_active=False)
        make.RoleGrantFactory(user=gone, role=Role.DIRECTOR, authority=authority, end_on=today - DAY)
        east = make.UserFactory(name="East Only")
        make.RoleGrantFactory(
            user=east, role=Role.AREA_MANAGER, authority=authority, area=area, phase=Phase.EARLY
        )
        page = text(admin.get("/people/?" + query.replace("AREA", str(area.pk))))
        names = {"Ada Adviser", "Pat Admin", "Gone Away", "East Only"}
        # The reader's own name is in the header too.
        assert {name for name in names if page.count(name) > (name == "Pat Admin")} == found
        if "East Only" in found:
            assert "Area improvement manager, East, 0 to 11" in page

    def test_offers_the_areas_of_ones_own_authority_only(self, admin, authority, far_authority):
        make.AreaFactory(authority=authority, name="East")
        make.AreaFactory(authority=far_authority, name="Farthest")
        page = text(admin.get("/people/"))
        assert "East" in page
        assert "Farthest" not in page

    def test_exports_what_is_shown(self, admin, adviser):
        body = b"".join(admin.get("/people/?q=ada&export=csv")).decode("utf-8-sig")
        assert body.splitlines()[0].startswith("Name,E-mail address,Roles today,Account,Last sign-in")
        assert len(body.splitlines()) == 2

    def test_takes_as_many_queries_for_ten_as_for_one(self, admin, authority, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            admin.get("/people/")
        make.UserFactory.create_batch(9, grants=[(Role.ADVISER, authority)])
        with django_assert_num_queries(len(one)):
            admin.get("/people/")


class TestAPerson:
    def test_shows_roles_now_to_come_and_past(self, admin, adviser, authority, today):
        make.RoleGrantFactory(user=adviser, role=Role.AUDITOR, authority=authority, start_on=today + DAY)
        make.RoleGrantFactory(user=adviser, role=Role.DIRECTOR, authority=authority, end_on=today - DAY)
        page = admin.get(adviser.get_absolute_url())
        now, rest = text(page).split("Roles to come")
        to_come, past = rest.split("Roles past")
        assert "School improvement adviser" in now
        assert "Auditor" in to_come
        assert "Director of children's services" in past
        assert f"/people/{adviser.public_id}/roles/" in page.content.decode()

    def test_without_roles_says_so(self, admin, authority, today):
        user = make.UserFactory(name="Gone Away")
        make.RoleGrantFactory(user=user, authority=authority, end_on=today - DAY)
        page = text(admin.get(user.get_absolute_url()))
        assert "Gone Away holds no role at the moment" in page
        assert "Roles to come" not in page

    def test_of_another_authority_is_not_found(self, admin, far_authority):
        theirs = make.UserFactory(grants=[(Role.ADVISER, far_authority)])
        assert admin.get(theirs.get_absolute_url()).status_code == 404

    def test_says_how_the_account_stands(self, admin, policy_admin, authority, today):
        user = make.UserFactory(name="Nia New", grants=[(Role.ADVISER, authority)])
        user.set_unusable_password()
        user.save()
        address = user.get_absolute_url()
        assert "Not invited" in text(admin.get(address))
        assert "Send an invitation" in text(admin.get(address))
        actions.send_invitation_again(user=user, by=policy_admin, at=timezone.now())
        page = text(admin.get(address))
        assert "Invited" in page
        assert "by Pat Admin; expires" in page
        assert "Send the invitation again" in page
        assert "Withdraw the invitation" in page
        Invitation.objects.update(created_at=timezone.now() - DAY * 9, expires_at=timezone.now() - DAY)
        page = text(admin.get(address))
        assert "Invitation expired" in page
        assert "; expired" in page
        actions.revoke_invitation(user=user, by=policy_admin, at=timezone.now())
        page = text(admin.get(address))
        assert "Invitation withdrawn" in page
        assert "Withdraw the invitation" not in page
        User.objects.filter(pk=user.pk).update(is_active=False)
        page = text(admin.get(address))
        assert "Deactivated" in page
        assert "Reactivate the account" in page

    def test_invited_on_the_command_line_has_no_inviter(self, admin, authority, today):
        invited = actions.invite(
            email="x@example.org",
            name="Xan",
            role=Role.ADVISER,
            authority=authority,
            start_on=today,
            by=None,
            at=timezone.now(),
        )
        page = text(admin.get(invited.user.get_absolute_url()))
        assert re.search(r"Sent [^;]+\d\d:\d\d; expires", page)

    def test_says_why_an_account_cannot_be_deactivated(self, admin, policy_admin):
        page = text(admin.get(policy_admin.get_absolute_url()))
        assert "You cannot deactivate your own account" in page
        assert "Deactivate the account" not in page

    def test_runs_as_many_queries_with_ten_roles_as_with_one(
        self, admin, adviser, authority, django_assert_num_queries
    ):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as one:
            admin.get(adviser.get_absolute_url())
        for area in make.AreaFactory.create_batch(9, authority=authority):
            make.RoleGrantFactory(user=adviser, authority=authority, area=area)
        with django_assert_num_queries(len(one)):
            admin.get(adviser.get_absolute_url())


class TestInviting:
    def invite(self, admin, authority, today, **values):
        form = role_form(authority, today, **{"name": " Nia   New ", "email": "Nia@Example.org", **values})
        return admin.post("/people/invite/", form, follow=True)

    def test_from_form_to_person(self, admin, authority, today):
        page = self.invite(admin, authority, today)
        user = User.objects.get(email="nia@example.org")
        assert page.redirect_chain == [(user.get_absolute_url(), 302)]
        assert user.name == "Nia New"
        assert messages(page) == [
            "An invitation is on its way to nia@example.org. It works once, for seven days."
        ]

    def test_of_somebody_known_says_so(self, admin, authority, today, adviser):
        page = self.invite(admin, authority, today, email=adviser.email, role="area_manager")
        assert "has an account already and now holds the role" in messages(page)[0]

    def test_begins_with_today_and_the_only_authority(self, admin, authority, today):
        form = admin.get("/people/invite/").context["form"]
        assert (form["start_on"].value(), form["authority"].value()) == (today, authority.pk)

    def test_offers_only_authorities_and_areas_one_manages(
        self, admin, policy_admin, authority, far_authority, today
    ):
        make.AreaFactory(authority=far_authority, name="Farthest")
        assert "Farthest" not in text(admin.get("/people/invite/"))
        page = self.invite(admin, far_authority, today)
        assert list(page.context["form"].errors) == ["authority"]
        make.RoleGrantFactory(user=policy_admin, role=Role.POLICY_ADMIN, authority=far_authority)
        page = text(admin.get("/people/invite/"))
        assert "Farthest, Soarbridge" in page
        assert "Select an authority" in page

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"name": ""}, "Enter name"),
            ({"email": "nonsense"}, "like name@example.com"),
            ({"role": ""}, "Select role"),
            ({"role": "headteacher", "phase": "0-11"}, "Headteacher is not held for a part of an authority"),
            ({"role": "auditor", "area": "AREA"}, "Auditor is not held for a part of an authority"),
            (date_parts("start_on", dt.date(2020, 1, 1)), "First day must be today or in the future"),
            (
                date_parts("end_on", dt.date(2020, 1, 1)),
                "Last day must be the same as or after the first day",
            ),
            ({"start_on_month": "13"}, "First day must be a real date"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, admin, authority, today, values, words):
        area = make.AreaFactory(authority=authority)
        values = {key: str(area.pk) if value == "AREA" else value for key, value in values.items()}
        page = self.invite(admin, authority, today, **values)
        assert page.status_code == 200
        assert words in text(page)
        if "email" not in values:
            assert "Nia@Example.org" in page.content.decode()
        assert not User.objects.filter(email__icontains="nia").exists()

    def test_for_an_area_of_another_authority_one_manages_is_refused(
        self, admin, policy_admin, authority, far_authority, today
    ):
        make.RoleGrantFactory(user=policy_admin, role=Role.POLICY_ADMIN, authority=far_authority)
        area = make.AreaFactory(authority=far_authority)
        page = self.invite(admin, authority, today, area=area.pk)
        assert "Select an area of Kirkdale" in text(page)

    def test_twice_says_that_it_is_done_already(self, admin, authority, today):
        self.invite(admin, authority, today)
        page = self.invite(admin, authority, today)
        assert "Nia New already holds this role at that time" in text(page)
        assert RoleGrant.objects.filter(user__name="Nia New").count() == 1


class TestRoles:
    def test_are_given(self, admin, adviser, authority, today):
        form = role_form(authority, today, role="auditor")
        page = admin.post(f"/people/{adviser.public_id}/roles/add/", form, follow=True)
        assert messages(page) == ["The role is given."]
        assert adviser.grants.filter(role=Role.AUDITOR).exists()

    def test_are_not_given_to_oneself(self, admin, policy_admin, authority, today):
        form = role_form(authority, today, role="director")
        page = admin.post(f"/people/{policy_admin.public_id}/roles/add/", form)
        assert "You cannot give yourself a role" in text(page)

    def test_are_ended(self, admin, adviser, today):
        grant = adviser.grants.get()
        address = f"/people/{adviser.public_id}/roles/{grant.pk}/end/"
        assert "since 1 September 2020" in text(admin.get(address))
        page = admin.post(address, date_parts("last_day", today), follow=True)
        assert messages(page) == ["The role's last day is set."]
        assert adviser.grants.get().end_on == today

    def test_of_the_last_administrator_are_not_ended_and_the_form_says_why(self, admin, policy_admin, today):
        grant = policy_admin.grants.get()
        page = admin.post(
            f"/people/{policy_admin.public_id}/roles/{grant.pk}/end/", date_parts("last_day", today)
        )
        assert "Pat Admin is the last policy administrator of Kirkdale" in text(page)

    def test_are_ended_on_a_day_that_exists(self, admin, adviser):
        grant = adviser.grants.get()
        page = admin.post(f"/people/{adviser.public_id}/roles/{grant.pk}/end/", {"last_day_day": "31"})
        assert "Last day must include a month and year" in text(page)

    def test_to_come_are_cancelled(self, admin, adviser, authority, today):
        grant = make.RoleGrantFactory(
            user=adviser,
            role=Role.AUDITOR,
            authority=authority,
            start_on=today + DAY,
            end_on=today + DAY * 9,
        )
        address = f"/people/{adviser.public_id}/roles/{grant.pk}/cancel/"
        assert "It will not start" in text(admin.get(address))
        page = admin.post(address, follow=True)
        assert messages(page) == ["The role is cancelled; it will not start."]
        assert not RoleGrant.objects.filter(pk=grant.pk).exists()

    def test_that_have_started_are_not_cancelled(self, admin, adviser):
        grant = adviser.grants.get()
        page = admin.post(f"/people/{adviser.public_id}/roles/{grant.pk}/cancel/", follow=True)
        assert messages(page) == ["This role has started. End it instead."]

    def test_cancelling_somebodys_only_role_leads_to_the_list(self, admin, stranger, authority, today):
        grant = make.RoleGrantFactory(user=stranger, authority=authority, start_on=today + DAY)
        response = admin.post(f"/people/{stranger.public_id}/roles/{grant.pk}/cancel/")
        assert response.url == "/people/"

    @pytest.mark.parametrize("verb", ["end", "cancel"])
    def test_are_found_only_on_their_own_persons_page(self, admin, adviser, manager, verb):
        grant = manager.grants.get()
        assert admin.get(f"/people/{adviser.public_id}/roles/{grant.pk}/{verb}/").status_code == 404


class TestAccounts:
    def test_are_deactivated_after_asking(self, admin, adviser):
        address = f"/people/{adviser.public_id}/deactivate/"
        assert "signed out at once" in text(admin.get(address))
        page = admin.post(address, follow=True)
        assert messages(page) == ["Ada Adviser can no longer sign in."]
        assert "deactivated already" in text(admin.get(address))
        page = admin.post(f"/people/{adviser.public_id}/reactivate/", follow=True)
        assert messages(page) == ["Ada Adviser may sign in again."]
        page = admin.post(f"/people/{adviser.public_id}/reactivate/", follow=True)
        assert messages(page) == ["This account is active already."]

    def test_are_invited_again_and_the_invitation_withdrawn(self, admin, adviser):
        adviser.set_unusable_password()
        adviser.save()
        page = admin.post(f"/people/{adviser.public_id}/invitation/send/", follow=True)
        assert "A new invitation is on its way" in messages(page)[0]
        page = admin.post(f"/people/{adviser.public_id}/invitation/withdraw/", follow=True)
        assert "its link no longer works" in messages(page)[0]
        page = admin.post(f"/people/{adviser.public_id}/invitation/withdraw/", follow=True)
        assert messages(page) == ["There is no open invitation to withdraw."]

    def test_everyone_sees_their_own(self, client, head, stranger):
        client.force_login(head)
        page = text(client.get("/account/"))
        assert "Hana Head" in page
        assert "Headteacher" in page
        client.force_login(stranger)
        assert "You hold no role at the moment" in text(client.get("/account/"))


@pytest.mark.parametrize("address", ["/people/", "/people/invite/", "/logs/changes/", "/logs/readings/"])
def test_other_peoples_names_are_for_those_who_manage_them(client, adviser, head, address):
    for user in (adviser, head):
        client.force_login(user)
        response = client.get(address)
        assert response.status_code == 403
        assert "Pat Admin" not in text(response)
