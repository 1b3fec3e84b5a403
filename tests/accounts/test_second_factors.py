"""Second factors: an authenticator app, passkeys and recovery codes; open to all, required of staff by a setting."""

import datetime as dt
import json
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts import actions
from accounts.adapter import FactorAdapter
from accounts.choices import Role
from accounts.models import ChangeLogEntry
from accounts.permissions import Refused
from tests import factories as make
from tests.accounts.factors import add_app, add_passkey, code_of

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
ADD = "/account/second-factor/app/add/"
REMOVE = "/account/second-factor/app/remove/"
CODES = "/account/second-factor/recovery-codes/"
FACTORS = "/account/second-factor/"


@pytest.fixture
def person(authority):
    user = make.UserFactory(email="sam@example.org", name="Sam Person", grants=[(Role.ADVISER, authority)])
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def signed_in(client, person):
    """Signed in, and the password given again a moment ago."""
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert client.post("/confirm/password/", {"password": PASSWORD}).status_code == 302
    return client


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def key_shown(client):
    return re.search(r'app-code">([A-Z2-7 ]+)<', client.get(ADD).content.decode())[1].replace(" ", "")


class TestAddingAnApp:
    def test_takes_the_password_again_first(self, client, person):
        client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
        asked = client.get(ADD)
        assert asked.url == f"/confirm/password/?next={ADD.replace('/', '%2F')}"
        assert "Enter your password again" in text(client.get(asked.url))
        assert "The password is not right" in text(client.post(asked.url, {"password": "wrong"}))
        assert client.post(asked.url, {"password": PASSWORD}).url == ADD

    def test_shows_the_key_as_picture_and_in_words_to_nobody_else_and_keeps_it_out_of_stores(self, signed_in):
        response = signed_in.get(ADD)
        assert 'alt="QR code of the set-up key, which is written out below"' in text(response)
        assert "no-store" in response["Cache-Control"]

    def test_gives_ten_recovery_codes_tells_the_person_and_logs_no_secret(
        self, signed_in, person, run_jobs, django_capture_on_commit_callbacks
    ):
        key = key_shown(signed_in)
        with django_capture_on_commit_callbacks(execute=True):
            done = signed_in.post(ADD, {"code": code_of(key)})
        assert done.url == CODES
        codes = re.findall(r'app-code">(\d{8})<', signed_in.get(CODES).content.decode())
        assert len(set(codes)) == 10
        entry = ChangeLogEntry.objects.get(action="accounts.add_second_factor")
        assert (entry.by, entry.before, set(entry.after)) == (
            person,
            {},
            {"authenticator_app", "recovery_codes"},
        )
        kept = json.dumps([entry.after, *Authenticator.objects.values_list("data", flat=True)])
        assert key not in kept
        assert not any(code in kept for code in codes)
        run_jobs()
        assert mail.outbox[-1].subject == "An authenticator app was added to your account"
        assert key not in mail.outbox[-1].body
        assert "http://127.0.0.1:8000/sign-in/" in mail.outbox[-1].body

    def test_a_wrong_code_adds_nothing_and_keeps_the_key(self, signed_in):
        key = key_shown(signed_in)
        page = signed_in.post(ADD, {"code": "000000"})
        assert "The code is not right" in text(page)
        assert " ".join(key[at : at + 4] for at in range(0, 32, 4)) in text(page)
        assert not Authenticator.objects.exists()
        assert not ChangeLogEntry.objects.exists()

    def test_pressing_twice_adds_one(self, signed_in):
        key = key_shown(signed_in)
        signed_in.post(ADD, {"code": code_of(key)})
        assert signed_in.post(ADD, {"code": code_of(key)}).url == FACTORS
        assert Authenticator.objects.filter(type="totp").count() == 1

    def test_trying_codes_without_end_is_stopped(self, signed_in):
        key = key_shown(signed_in)
        for _ in range(5):
            signed_in.post(ADD, {"code": "000000"})
        assert signed_in.post(ADD, {"code": code_of(key)}).status_code == 200
        assert not Authenticator.objects.exists()


class TestSigningInWithTwoFactors:
    def password(self, client, **more):
        return client.post("/sign-in/", {"login": "sam@example.org", "password": PASSWORD, **more})

    def test_the_password_alone_opens_nothing(self, client, person):
        add_app(person)
        assert self.password(client).url == "/sign-in/confirm/"
        assert client.get("/account/").url == "/sign-in/?next=%2Faccount%2F"
        assert client.get("/sign-in/").url == "/sign-in/confirm/"

    def test_the_apps_code_lets_in_and_leads_on(self, client, person):
        secret = add_app(person)
        client.post("/sign-in/?next=/account/", {"login": person.email, "password": PASSWORD})
        assert "Confirm that it is you" in text(client.get("/sign-in/confirm/"))
        assert client.post("/sign-in/confirm/", {"code": code_of(secret)}).url == "/account/"
        assert client.get("/account/").status_code == 200

    def test_a_code_half_a_minute_old_is_taken_and_one_a_minute_old_is_not(self, client, person):
        secret = add_app(person)
        self.password(client)
        assert client.post("/sign-in/confirm/", {"code": code_of(secret, steps=-2)}).status_code == 200
        assert client.post("/sign-in/confirm/", {"code": code_of(secret, steps=-1)}).status_code == 302

    def test_a_code_works_once(self, client, person):
        code = code_of(add_app(person))
        self.password(client)
        client.post("/sign-in/confirm/", {"code": code})
        client.post("/sign-out/")
        self.password(client)
        assert "The code is not right" in text(client.post("/sign-in/confirm/", {"code": code}))

    def test_a_recovery_code_lets_in_once(self, signed_in, client_class):
        signed_in.post(ADD, {"code": code_of(key_shown(signed_in))})
        code = re.search(r'app-code">(\d{8})<', signed_in.get(CODES).content.decode())[1]
        for status in (302, 200):
            other = client_class()
            self.password(other)
            assert other.post("/sign-in/confirm/", {"code": code}).status_code == status

    def test_five_wrong_codes_close_the_account_for_five_minutes(self, client, person):
        secret = add_app(person)
        with time_machine.travel(timezone.now(), tick=False) as clock:
            self.password(client)
            for _ in range(5):
                client.post("/sign-in/confirm/", {"code": "000000"})
            assert "Too many tries" in text(client.post("/sign-in/confirm/", {"code": code_of(secret)}))
            clock.shift(dt.timedelta(minutes=5, seconds=1))
            assert client.post("/sign-in/confirm/", {"code": code_of(secret)}).status_code == 302

    def test_somebody_else_may_sign_in_instead(self, client, person):
        add_app(person)
        self.password(client)
        client.post("/sign-out/")
        assert "Sign in" in text(client.get("/sign-in/"))

    def test_without_a_password_first_there_is_nothing_to_confirm(self, client):
        assert client.get("/sign-in/confirm/").url == "/sign-in/"

    def test_what_a_passkey_did_not_say_is_refused_in_words(self, client, person):
        add_app(person)
        self.password(client)
        for credential in ("", "nonsense", '{"id": "x"}'):
            page = client.post("/sign-in/confirm/", {"credential": credential})
            assert page.status_code == 200
            assert "There is a problem" in text(page)


class TestKeepingFactors:
    def test_ones_own_page_says_what_there_is(self, signed_in, person):
        assert "Your password alone opens your account" in text(signed_in.get("/account/"))
        signed_in.post(ADD, {"code": code_of(key_shown(signed_in))})
        add_passkey(person)
        assert "Second factor: An authenticator app and a passkey." in text(signed_in.get("/account/"))
        add_passkey(person, "Telephone")
        page = text(signed_in.get(FACTORS))
        assert "Work laptop, added" in page
        assert "Telephone, added" in page
        assert "2 passkeys" in text(signed_in.get("/account/"))

    def test_the_app_goes_and_its_recovery_codes_with_it(self, signed_in, person):
        signed_in.post(ADD, {"code": code_of(key_shown(signed_in))})
        assert "Remove the authenticator app" in text(signed_in.get(REMOVE))
        assert signed_in.post(REMOVE).url == FACTORS
        assert not Authenticator.objects.exists()
        entry = ChangeLogEntry.objects.get(action="accounts.remove_second_factor")
        assert set(entry.before) == {"authenticator_app", "recovery_codes"}
        assert entry.after == {}

    def test_a_passkey_goes_and_another_persons_stays(self, signed_in, person, stranger):
        own, other = add_passkey(person), add_passkey(stranger)
        address = f"/account/second-factor/passkeys/{own.pk}/remove/"
        assert "Remove the passkey Work laptop" in text(signed_in.get(address))
        assert signed_in.post(address).url == FACTORS
        assert signed_in.post(f"/account/second-factor/passkeys/{other.pk}/remove/").status_code == 404
        assert list(Authenticator.objects.all()) == [other]
        entry = ChangeLogEntry.objects.get()
        assert entry.before["passkeys"][0].startswith("Work laptop, ")

    def test_new_recovery_codes_replace_the_old_and_are_logged(self, signed_in):
        signed_in.post(ADD, {"code": code_of(key_shown(signed_in))})
        old = re.findall(r'app-code">(\d{8})<', signed_in.get(CODES).content.decode())
        assert "The 10 you have left stop working." in text(signed_in.get(CODES + "new/"))
        assert signed_in.post(CODES + "new/").url == CODES
        new = re.findall(r'app-code">(\d{8})<', signed_in.get(CODES).content.decode())
        assert set(old).isdisjoint(new)
        assert ChangeLogEntry.objects.filter(action="accounts.make_recovery_codes").count() == 1
        download = signed_in.get(CODES + "download/")
        assert all(code in download.content.decode() for code in new)
        assert "no-store" in download["Cache-Control"]

    def test_recovery_codes_need_another_factor_first(self, signed_in):
        assert "Add an authenticator app or a passkey first" in text(signed_in.post(CODES + "new/"))
        assert signed_in.get(CODES).status_code == 404

    def test_somebody_without_password_confirms_by_code(self, client, person):
        secret = add_app(person)
        person.set_unusable_password()
        person.save()
        client.force_login(person)
        asked = client.get(REMOVE)
        assert asked.url.startswith("/confirm/code/")
        assert "Enter a code again" in text(client.get(asked.url))
        assert client.post(asked.url, {"code": code_of(secret)}).url == REMOVE

    def test_a_changed_secret_key_opens_nothing(self, client, person, settings):
        secret = add_app(person)
        settings.SECRET_KEY = "another" * 10
        client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
        assert client.post("/sign-in/confirm/", {"code": code_of(secret)}).status_code == 200
        assert FactorAdapter().decrypt(FactorAdapter().encrypt("x")) == "x"

    def test_the_app_shows_the_host_people_know(self):
        assert FactorAdapter().get_totp_issuer() == "School improvement (127.0.0.1)"


class TestRequired:
    @pytest.fixture(autouse=True)
    def _required(self, settings):
        settings.REQUIRE_SECOND_FACTOR = True

    def test_staff_without_one_are_led_to_add_it_before_anything_else(self, client, adviser, school):
        client.force_login(adviser)
        for address in ("/", "/account/", f"/schools/{school.urn}/", "/password/change/"):
            assert client.get(address).url == FACTORS
        response = client.get("/", headers={"HX-Request": "true"})
        assert (response.status_code, response["HX-Redirect"]) == (401, FACTORS)
        assert client.post("/password/change/", {"oldpassword": "x"}).url == FACTORS
        assert "Add one to go on" in text(client.get(FACTORS))
        assert client.get(ADD).status_code == 302
        assert client.post("/sign-out/").url == "/sign-in/"

    def test_a_member_whose_role_permits_nothing_is_staff_too(self, client, authority):
        client.force_login(make.UserFactory(grants=[(Role.LEAD_MEMBER, authority)]))
        assert client.get("/account/").url == FACTORS

    def test_with_one_nothing_is_in_the_way(self, client, adviser):
        add_app(adviser)
        client.force_login(adviser)
        assert client.get("/account/").status_code == 200
        assert "Add one to go on" not in text(client.get(FACTORS))

    def test_school_people_and_those_without_role_choose_freely(self, client, head, stranger):
        for user in (head, stranger):
            client.force_login(user)
            assert client.get("/account/").status_code == 200

    def test_a_head_who_also_works_for_the_authority_is_staff(self, client, head, authority):
        make.RoleGrantFactory(user=head, role=Role.SECONDED_HEAD, authority=authority)
        client.force_login(head)
        assert client.get("/account/").url == FACTORS

    def test_costs_two_queries_at_most(self, client, adviser, count_queries, settings):
        client.force_login(adviser)
        add_app(adviser)
        required = count_queries(lambda: client.get("/account/"))
        settings.REQUIRE_SECOND_FACTOR = False
        assert required == count_queries(lambda: client.get("/account/")) + 1


class TestAnAdministrator:
    def test_removes_the_factors_of_somebody_who_lost_them(self, client, policy_admin, adviser, run_jobs):
        add_app(adviser)
        client.force_login(policy_admin)
        address = f"/people/{adviser.public_id}/"
        assert "Remove the second factor" in text(client.get(address))
        response = client.post(f"{address}second-factor/remove/", follow=True)
        assert "signs in by password alone until they add a second factor" in text(response)
        assert "Remove the second factor" not in text(response)
        assert not Authenticator.objects.exists()
        entry = ChangeLogEntry.objects.get(action="accounts.remove_second_factor")
        assert (entry.by, entry.authority_id) == (policy_admin, policy_admin.grants.get().authority_id)
        run_jobs()
        assert [(m.to, m.subject) for m in mail.outbox] == [
            ([adviser.email], "Your second factor was removed")
        ]

    def test_a_second_press_is_told_there_is_none(self, client, policy_admin, adviser):
        client.force_login(policy_admin)
        response = client.post(f"/people/{adviser.public_id}/second-factor/remove/", follow=True)
        assert "This person has no second factor." in text(response)

    def test_not_their_own_and_not_another_authoritys(self, policy_admin, far_authority):
        add_app(policy_admin)
        far = make.UserFactory(grants=[(Role.ADVISER, far_authority)])
        add_app(far)
        with pytest.raises(Refused, match="on the page of your account"):
            actions.remove_factors(user=policy_admin, by=policy_admin, at=timezone.now())
        with pytest.raises(PermissionDenied, match="You do not manage"):
            actions.remove_factors(user=far, by=policy_admin, at=timezone.now())
        assert Authenticator.objects.count() == 2

    def test_the_machine_itself_may(self, policy_admin):
        add_app(policy_admin)
        actions.remove_factors(user=policy_admin, by=None, at=timezone.now())
        assert ChangeLogEntry.objects.get().by is None


@pytest.fixture
def client_class():
    from django.test import Client

    return Client
