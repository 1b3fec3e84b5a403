"""Signing in and out, and passwords, over allauth."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.adapter import AccountAdapter
from accounts.middleware import SESSION_ENDS
from accounts.models import ChangeLogEntry, User
from jobs.models import OutboxMessage
from tests import factories as make

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
OTHER = "three unrelated words"


@pytest.fixture
def person(authority):
    user = make.UserFactory(email="sam@example.org", name="Sam Person")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, email="sam@example.org", password=PASSWORD, address="/sign-in/"):
    return client.post(address, {"login": email, "password": password})


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


class TestSigningIn:
    def test_by_address_and_password_whatever_the_case_of_the_address(self, client, person):
        assert str(person) == "Sam Person"
        assert sign_in(client, "Sam@EXAMPLE.org").url == "/"
        assert client.get("/account/").status_code == 200
        person.refresh_from_db()
        assert person.last_login is not None

    def test_stores_passwords_with_argon2(self, person):
        assert person.password.startswith("argon2$argon2id$")

    def test_lasts_a_working_day(self, client, person):
        sign_in(client)
        left = client.session[SESSION_ENDS] - timezone.now().timestamp()
        assert dt.timedelta(hours=9, minutes=59) < dt.timedelta(seconds=left) <= dt.timedelta(hours=10)
        assert client.session.get_expire_at_browser_close()

    def test_says_the_same_for_an_unknown_address_and_a_wrong_password(self, client, person):
        pages = [
            text(sign_in(client, email, "wrong wrong wrong"))
            for email in ("sam@example.org", "who@example.org")
        ]
        pages = [re.sub(r'(value|content|nonce)="[^"]*"|x-csrftoken[^}]*', "", page) for page in pages]
        assert pages[0] == pages[1]
        assert "The e-mail address or the password is not right" in pages[0]

    def test_says_what_is_missing(self, client):
        page = text(sign_in(client, "", ""))
        assert "Enter e-mail address" in page
        assert "Enter password" in page

    def test_keeps_the_address_typed_and_never_the_password(self, client, person):
        page = text(sign_in(client, "sam@example.org", "wrong wrong wrong"))
        assert 'value="sam@example.org"' in page
        assert "wrong wrong wrong" not in page

    def test_leads_back_to_where_one_was_going(self, client, person):
        assert sign_in(client, address="/sign-in/?next=/people/%3Fpage%3D2").url == "/people/?page=2"

    @pytest.mark.parametrize(
        "elsewhere",
        ["https://evil.example/", "//evil.example/", "http:///evil.example", "javascript:alert(1)"],
    )
    def test_never_leads_elsewhere(self, client, person, elsewhere):
        assert sign_in(client, address=f"/sign-in/?next={elsewhere}").url == "/"

    def test_is_not_offered_to_somebody_signed_in(self, client, person):
        client.force_login(person)
        assert client.get("/sign-in/").url == "/"

    def test_is_refused_to_somebody_deactivated_and_says_so_to_them_alone(self, client, person):
        person.is_active = False
        person.save()
        assert sign_in(client).url == "/sign-in/deactivated/"
        assert "not right" in text(sign_in(client, password="wrong wrong wrong"))
        assert "deactivated" in text(client.get("/sign-in/deactivated/"))

    def test_is_refused_to_somebody_who_has_not_accepted(self, client, person):
        person.set_unusable_password()
        person.save()
        for password in (PASSWORD, "", person.password):
            assert sign_in(client, password=password).status_code == 200

    def test_offers_no_sign_up(self, client):
        assert "invitation" in text(client.get("/sign-in/"))
        for name in ("account_signup", "account_email"):
            with pytest.raises(NoReverseMatch):
                reverse(name)
        assert client.get("/accounts/signup/").status_code == 404
        # Should sign-up ever be mounted by mistake, it is closed.
        assert not AccountAdapter().is_open_for_signup(None)

    def test_also_answers_programs_that_ask_for_json(self, client, person):
        response = client.post(
            "/sign-in/",
            {"login": "sam@example.org", "password": "x"},
            headers={"accept": "application/json"},
        )
        assert response.status_code == 400


class TestThrottling:
    def test_five_wrong_passwords_close_the_address_for_five_minutes(self, client, person):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for _ in range(5):
                assert "is not right" in text(sign_in(client, password="wrong wrong wrong"))
            assert "Too many tries" in text(sign_in(client))
            clock.shift(dt.timedelta(minutes=5, seconds=1))
            assert sign_in(client).status_code == 302

    def test_an_unknown_address_is_throttled_alike(self, client):
        for _ in range(5):
            sign_in(client, "who@example.org", "wrong wrong wrong")
        assert "Too many tries" in text(sign_in(client, "who@example.org", "wrong wrong wrong"))

    def test_one_machine_trying_many_addresses_is_stopped(self, client):
        for number in range(10):
            sign_in(client, f"who{number}@example.org", "wrong wrong wrong")
        assert "Too many tries" in text(sign_in(client, "who99@example.org", "wrong wrong wrong"))

    def test_asking_for_links_without_end_is_stopped_in_words(self, client, person):
        for _ in range(5):
            assert client.post("/password/reset/", {"email": "sam@example.org"}).status_code == 302
        response = client.post("/password/reset/", {"email": "sam@example.org"})
        assert response.status_code == 429
        assert "Too many tries" in text(response)


class TestSigningOut:
    def test_takes_a_post(self, client, person):
        client.force_login(person)
        assert client.get("/sign-out/").status_code == 405
        response = client.post("/sign-out/")
        assert response.url == "/sign-in/"
        assert "You have signed out." in text(client.get("/sign-in/"))
        assert client.get("/account/").status_code == 302

    def test_never_leads_elsewhere(self, client, person):
        client.force_login(person)
        assert client.post("/sign-out/", {"next": "https://evil.example/"}).url == "/sign-in/"


class TestAForgottenPassword:
    def ask(self, client, email="sam@example.org"):
        return client.post("/password/reset/", {"email": email})

    def link(self, run_jobs):
        run_jobs()
        return re.search(r"http://127.0.0.1:8000(/password/reset/\S+)", mail.outbox[-1].body)[1]

    def test_is_replaced_by_a_link_from_the_mailbox(self, client, person, run_jobs):
        assert self.ask(client).url == "/password/reset/sent/"
        page = client.get(self.link(run_jobs), follow=True)
        assert "Choose a new password" in text(page)
        form = page.redirect_chain[-1][0]
        done = client.post(form, {"password1": OTHER, "password2": OTHER})
        assert done.url == "/password/reset/done/"
        assert "Your password is changed" in text(client.get(done.url))
        assert sign_in(client, password=OTHER).status_code == 302
        assert ChangeLogEntry.objects.get().by == person
        run_jobs()
        assert mail.outbox[-1].subject == "Your password was changed"

    def test_link_works_once(self, client, person, run_jobs):
        self.ask(client)
        link = self.link(run_jobs)
        form = client.get(link, follow=True).redirect_chain[-1][0]
        client.post(form, {"password1": OTHER, "password2": OTHER})
        assert "This link cannot be used" in text(client.get(link, follow=True))

    def test_link_shows_what_is_wrong_with_the_new_one(self, client, person, run_jobs):
        self.ask(client)
        form = client.get(self.link(run_jobs), follow=True).redirect_chain[-1][0]
        page = text(client.post(form, {"password1": "short", "password2": "shorter"}))
        assert "too short" in page
        assert User.objects.get().check_password(PASSWORD)

    def test_answers_the_same_for_an_unknown_address_and_writes_to_nobody(self, client, person):
        known, unknown = self.ask(client), self.ask(client, "who@example.org")
        assert known.url == unknown.url
        assert OutboxMessage.objects.get().to == "sam@example.org"

    @pytest.mark.parametrize("state", ["not accepted", "deactivated"])
    def test_sends_nothing_to_somebody_without_password_or_account(self, client, person, state):
        if state == "deactivated":
            person.is_active = False
        else:
            person.set_unusable_password()
        person.save()
        assert self.ask(client).url == "/password/reset/sent/"
        assert not OutboxMessage.objects.exists()

    def test_asked_for_twice_in_a_minute_is_one_message(self, client, person):
        with time_machine.travel(dt.datetime(2026, 11, 21, 14, 32, 10, tzinfo=dt.UTC), tick=False):
            self.ask(client)
            self.ask(client)
        assert OutboxMessage.objects.count() == 1

    def test_message_leads_to_the_installations_own_address_whatever_the_request_claims(
        self, client, person, run_jobs, settings
    ):
        settings.ALLOWED_HOSTS = ["evil.example"]
        client.post("/password/reset/", {"email": "sam@example.org"}, headers={"host": "evil.example"})
        run_jobs()
        assert "evil.example" not in mail.outbox[0].body


class TestChangingAPassword:
    def change(self, client, old=PASSWORD, new=OTHER):
        return client.post("/password/change/", {"oldpassword": old, "password1": new, "password2": new})

    def test_takes_the_old_one_keeps_this_session_and_ends_the_others(
        self, client, client_class, person, run_jobs
    ):
        elsewhere = client_class()
        sign_in(client)
        sign_in(elsewhere)
        assert self.change(client).url == "/"
        assert client.get("/account/").status_code == 200
        assert elsewhere.get("/account/").status_code == 302
        run_jobs()
        assert "the password of your account was changed" in mail.outbox[0].body
        assert OTHER not in mail.outbox[0].body

    def test_with_a_wrong_old_one_changes_nothing(self, client, person):
        sign_in(client)
        assert "The current password is not right" in text(self.change(client, old="wrong"))
        assert User.objects.get().check_password(PASSWORD)

    def test_somebody_without_one_sets_it_and_somebody_with_one_changes_it(self, client, person):
        client.force_login(person)
        assert client.get("/password/set/").url == "/password/change/"
        person.set_unusable_password()
        person.save()
        client.force_login(person)
        assert client.get("/password/change/").url == "/password/set/"
        response = client.post("/password/set/", {"password1": OTHER, "password2": OTHER})
        assert response.url == "/"
        assert User.objects.get().check_password(OTHER)


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


def test_ones_own_page_leads_to_a_new_password(client, adviser):
    client.force_login(adviser)
    assert reverse("account_change_password") in client.get(reverse("accounts:own-account")).content.decode()
