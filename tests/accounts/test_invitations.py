"""Inviting people, and what the link in their mailbox does."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import actions
from accounts.choices import Phase, Role
from accounts.models import ChangeLogEntry, Invitation, RoleGrant, User
from accounts.permissions import Refused
from jobs.models import OutboxMessage
from tests import factories as make

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 21, 14, 32, tzinfo=dt.UTC)
TODAY = NOW.date()
GOOD = "three unrelated words"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def send(policy_admin, authority):
    def send(**values):
        values = {"email": "Nia@Example.org", "name": "Nia New", "role": Role.ADVISER, **values}
        values = {"authority": authority, "start_on": TODAY, "by": policy_admin, "at": NOW, **values}
        return actions.invite(**values)

    return send


def token_of(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[-1]


class TestInviting:
    def test_makes_an_account_without_password_a_role_and_a_link(self, send, authority):
        invited = send()
        user = User.objects.get(email="nia@example.org")
        assert (user.name, user.can_sign_in) == ("Nia New", False)
        assert RoleGrant.objects.get(user=user).authority == authority
        assert user.invitations.get().expires_at == NOW + dt.timedelta(days=7)
        assert invited.link.startswith("http://127.0.0.1:8000/invitation/")

    def test_sends_the_link_naming_neither_role_nor_anything_restricted(self, send, run_jobs):
        invited = send(role=Role.HEADTEACHER)
        run_jobs()
        message = mail.outbox[0]
        assert message.to == ["nia@example.org"]
        assert invited.link in message.body
        assert "Pat Admin invites you" in message.body
        assert "until 28 November 2026, 14:32" in message.body
        assert "eadteacher" not in message.body + message.subject

    def test_keeps_only_a_hash_of_the_token(self, send):
        token = token_of(send().link)
        assert token not in str(list(Invitation.objects.values()))
        assert token not in str(list(ChangeLogEntry.objects.values()))

    def test_writes_one_entry_in_the_change_log(self, send, policy_admin, authority):
        send()
        entry = ChangeLogEntry.objects.get()
        assert (entry.action, entry.by, entry.authority) == ("accounts.invite", policy_admin, authority)
        assert entry.after == {
            "name": "Nia New",
            "email": "nia@example.org",
            "role": "adviser",
            "authority": "901",
            "area": None,
            "phase": "",
            "start_on": "2026-11-21",
            "end_on": None,
            "new_account": True,
            "link_sent": True,
        }

    def test_of_somebody_with_an_account_gives_the_role_and_keeps_account_and_name(
        self, send, adviser, run_jobs
    ):
        invited = send(email=adviser.email.upper(), name="Another Name", role=Role.AREA_MANAGER)
        assert (invited.user, invited.link) == (adviser, None)
        adviser.refresh_from_db()
        assert adviser.name == "Ada Adviser"
        run_jobs()
        assert "You have an account already" in mail.outbox[0].body

    def test_of_somebody_invited_before_replaces_the_link(self, send):
        first = send()
        second = send(role=Role.AREA_MANAGER)
        assert first.user == second.user
        with pytest.raises(actions.InvitationUnusable, match="revoked"):
            actions.find_invitation(token=token_of(first.link), at=NOW)
        actions.find_invitation(token=token_of(second.link), at=NOW)

    def test_of_somebody_deactivated_is_refused(self, send, adviser):
        adviser.is_active = False
        adviser.save()
        with pytest.raises(Refused, match="Reactivate it before"):
            send(email=adviser.email)

    def test_twice_gives_the_role_once(self, send):
        send()
        with pytest.raises(Refused, match="Nia New already holds this role"):
            send()
        assert (
            RoleGrant.objects.filter(user__email="nia@example.org").count(),
            Invitation.objects.count(),
        ) == (1, 1)

    def test_for_another_authority_changes_nothing(self, send, far_authority):
        with pytest.raises(PermissionDenied):
            send(authority=far_authority)
        assert not User.objects.filter(email="nia@example.org").exists()
        assert not OutboxMessage.objects.exists()

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"role": Role.HEADTEACHER, "phase": Phase.EARLY}, "phase"),
            ({"role": Role.POLICY_ADMIN, "area": "ours"}, "area"),
            ({"area": "theirs"}, "area"),
            ({"end_on": TODAY - dt.timedelta(days=1)}, "end_on"),
        ],
    )
    def test_with_remit_or_dates_that_do_not_fit_is_refused_by_field(
        self, send, authority, far_authority, values, field
    ):
        areas = {
            "ours": make.AreaFactory(authority=authority),
            "theirs": make.AreaFactory(authority=far_authority),
        }
        with pytest.raises(ValidationError) as caught:
            send(**{key: areas.get(value, value) for key, value in values.items()})
        assert list(caught.value.error_dict) == [field]

    def test_for_an_area_and_a_phase(self, send, authority):
        area = make.AreaFactory(authority=authority)
        grant = send(area=area, phase=Phase.LATE).grant
        assert (grant.area, grant.phase) == (area, Phase.LATE)

    def test_on_the_command_line_sends_nothing(self, send):
        invited = send(by=None, send=False)
        assert invited.link
        assert not OutboxMessage.objects.exists()

    def test_on_the_command_line_sends_when_asked_to(self, send, run_jobs):
        send(by=None)
        run_jobs()
        assert "you are invited to use" in mail.outbox[0].body


class TestSendingAgain:
    def test_makes_a_new_link_and_the_old_one_useless(self, send, policy_admin, run_jobs):
        first = send()
        link = actions.send_invitation_again(user=first.user, by=policy_admin, at=NOW)
        run_jobs()
        assert [link in message.body for message in mail.outbox].count(True) == 1
        with pytest.raises(actions.InvitationUnusable, match="revoked"):
            actions.find_invitation(token=token_of(first.link), at=NOW)
        assert actions.find_invitation(token=token_of(link), at=NOW).user == first.user

    def test_withdrawing_ends_every_link_once(self, send, policy_admin):
        invited = send()
        actions.revoke_invitation(user=invited.user, by=policy_admin, at=NOW)
        with pytest.raises(actions.InvitationUnusable, match="revoked"):
            actions.find_invitation(token=token_of(invited.link), at=NOW)
        with pytest.raises(Refused, match="no open invitation"):
            actions.revoke_invitation(user=invited.user, by=policy_admin, at=NOW)
        assert RoleGrant.objects.filter(user=invited.user).exists()

    def test_the_database_keeps_one_open_invitation_a_person(self, send):
        user = send().user
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.create(
                user=user, token_hash="x", created_at=NOW, expires_at=NOW + dt.timedelta(days=1)
            )


class TestTheLink:
    @pytest.fixture
    def address(self, send):
        return send().link.removeprefix("http://127.0.0.1:8000")

    def post(self, client, address, password=GOOD, again=GOOD):
        return client.post(address, {"password1": password, "password2": again})

    def test_sets_the_password_and_leads_to_signing_in(self, client, address):
        assert b"Nia New" in client.get(address).content
        response = self.post(client, address)
        assert (response.status_code, response.url) == (302, "/sign-in/")
        user = User.objects.get(email="nia@example.org")
        assert user.check_password(GOOD)
        assert user.invitations.get().accepted_at == NOW
        entry = ChangeLogEntry.objects.first()
        assert (entry.action, entry.by, entry.authority.code) == ("accounts.accept_invitation", user, "901")
        page = client.post("/sign-in/", {"login": "NIA@example.org", "password": GOOD}, follow=False)
        assert (page.status_code, page.url) == (302, "/")

    def test_is_not_used_up_by_being_opened(self, client, address):
        client.get(address)
        client.head(address)
        assert self.post(client, address).status_code == 302

    def test_signs_out_whoever_sat_there_before(self, client, address, policy_admin):
        client.force_login(policy_admin)
        self.post(client, address)
        assert client.get("/account/").status_code == 302

    @pytest.mark.parametrize(
        ("password", "again", "words"),
        [
            ("short", "short", "too short"),
            ("password1234", "password1234", "too common"),
            ("nia@example.org1", "nia@example.org1", "too similar"),
            (GOOD, "three other words", "same password each time"),
            ("", "", "Enter new password"),
        ],
    )
    def test_says_what_is_wrong_with_a_password(self, client, address, password, again, words):
        page = self.post(client, address, password, again)
        assert page.status_code == 200
        assert words in page.content.decode()
        assert not User.objects.get(email="nia@example.org").can_sign_in

    def test_works_once(self, client, address):
        self.post(client, address)
        for response in (client.get(address), self.post(client, address, "other words entirely")):
            assert response.status_code == 410
            assert "You have used this invitation already" in response.content.decode()
        assert User.objects.get(email="nia@example.org").check_password(GOOD)

    def test_expires_after_seven_days(self, client, address, clock):
        clock.shift(dt.timedelta(days=7, seconds=-1))
        assert client.get(address).status_code == 200
        clock.shift(1)
        page = client.get(address)
        assert page.status_code == 410
        assert "28 November 2026, 14:32" in page.content.decode()

    def test_withdrawn_or_deactivated_says_to_ask(self, client, address, policy_admin):
        user = User.objects.get(email="nia@example.org")
        actions.deactivate(user=user, by=policy_admin, at=NOW)
        for _ in range(2):
            page = client.get(address)
            assert page.status_code == 410
            assert "This invitation was replaced or withdrawn" in page.content.decode()
            # Reactivated, the withdrawn link stays withdrawn.
            User.objects.filter(pk=user.pk).update(is_active=True)

    def test_of_somebody_deactivated_by_hand_does_not_work(self, client, address):
        User.objects.filter(email="nia@example.org").update(is_active=False)
        assert client.get(address).status_code == 410

    def test_wrong_is_said_without_a_hint(self, client):
        page = client.get("/invitation/nonsense/")
        assert page.status_code == 404
        assert "This link is not an invitation" in page.content.decode()

    def test_is_kept_out_of_stores_and_other_sites(self, client, address):
        response = client.get(address)
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db(transaction=True)
def test_accepting_at_the_same_time_sets_one_password(policy_admin, authority):
    invited = actions.invite(
        email="nia@example.org",
        name="Nia",
        role=Role.ADVISER,
        authority=authority,
        start_on=TODAY,
        by=policy_admin,
        at=NOW,
    )
    results = []
    start = threading.Barrier(2)

    def accept(password):
        start.wait()
        try:
            actions.accept_invitation(token=token_of(invited.link), password=password, at=NOW)
            results.append(password)
        except actions.InvitationUnusable as error:
            results.append(error.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[word * 5]) for word in ("first ", "second ")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "accepted" in results
    (password,) = set(results) - {"accepted"}
    assert User.objects.get(email="nia@example.org").check_password(password)


def test_only_time_makes_the_difference_between_open_and_expired(send):
    token = token_of(send().link)
    assert actions.find_invitation(token=token, at=timezone.now()).user.name == "Nia New"
    with pytest.raises(actions.InvitationUnusable, match="expired"):
        actions.find_invitation(token=token, at=NOW + dt.timedelta(days=7))
