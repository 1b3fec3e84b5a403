"""Signing in through the authority's identity provider: who may come in, and who may not."""

import datetime as dt
import re
import runpy
from pathlib import Path

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.utils import timezone

from accounts import actions
from accounts.choices import Role
from accounts.models import ChangeLogEntry, User
from accounts.provider import ProviderAdapter, vouched_email
from tests.accounts.factors import add_app
from tests.accounts.identity_provider import CLIENT_ID, CLIENT_SECRET, running
from tests.browser import assert_accessible

pytestmark = pytest.mark.django_db

SETTINGS = Path(__file__).resolve().parents[2] / "config" / "settings.py"


@pytest.fixture
def provider(settings, monkeypatch, tmp_path):
    """A provider, and the product set up for it as the environment would."""
    with running() as found:
        for name, value in {
            "DATA_DIR": str(tmp_path),
            "OIDC_ISSUER": found.url,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": "Kirkdale",
        }.items():
            monkeypatch.setenv(name, value)
        made = runpy.run_path(str(SETTINGS))
        for name in ("SOCIALACCOUNT_PROVIDERS", "OIDC_NAME", "OIDC_TRUST_EMAIL", "CONTENT_SECURITY_POLICY"):
            setattr(settings, name, made[name])
        yield found


@pytest.fixture
def invited(policy_admin, authority):
    return actions.invite(
        email="nia@example.org",
        name="Nia New",
        role=Role.ADVISER,
        authority=authority,
        start_on=timezone.localdate(),
        by=policy_admin,
        at=timezone.now(),
    ).user


def come(client, provider, next_url="", **claims):
    """Press the button, sign in over there, come back; the response to coming back."""
    provider.claims = {"sub": "subject-1", **claims}
    gone = client.post(f"/sign-in/provider/?next={next_url}", {"process": "connect"})
    assert gone.url.startswith(f"{provider.url}/authorize?")
    back = requests.get(gone.url, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def refused(client, response):
    assert response.url == "/sign-in/"
    assert client.get("/account/").status_code == 302
    return text(client.get("/sign-in/"))


class TestComingIn:
    def test_somebody_invited_at_the_address_comes_in_and_has_accepted(self, client, provider, invited):
        assert "Sign in with Kirkdale" in text(client.get("/sign-in/"))
        response = come(client, provider, "/account/", email="Nia@Example.org", email_verified=True)
        assert response.url == "/account/"
        assert "Nia New" in text(client.get("/account/"))
        assert invited.invitations.get().accepted_at is not None
        entry = ChangeLogEntry.objects.get(action="accounts.join_provider")
        assert (entry.by, entry.after["invitation"]) == (invited, "accepted")
        assert "subject-1" not in str(entry.after)
        assert not SocialToken.objects.exists()

    def test_the_second_time_the_subject_is_enough_whatever_the_address(self, client, provider, invited):
        come(client, provider, email="nia@example.org", email_verified=True)
        client.post("/sign-out/")
        assert come(client, provider, email="someone.else@example.org").url == "/"
        assert client.get("/account/").status_code == 200
        assert SocialAccount.objects.count() == 1
        assert ChangeLogEntry.objects.filter(action="accounts.join_provider").count() == 1

    def test_a_password_of_before_keeps_working(self, client, provider, adviser):
        adviser.set_password("three unrelated words")
        adviser.save()
        come(client, provider, email=adviser.email, email_verified=True)
        assert User.objects.get(pk=adviser.pk).check_password("three unrelated words")

    def test_entra_vouches_by_another_claim(self, client, provider, adviser):
        assert come(client, provider, email=adviser.email, xms_edov=True).url == "/"

    def test_an_authoritys_own_directory_may_be_trusted(self, client, provider, adviser, settings):
        settings.OIDC_TRUST_EMAIL = True
        assert come(client, provider, email=adviser.email).url == "/"

    @pytest.mark.parametrize(
        ("claims", "trust", "email"),
        [
            ({"email": "a@b.c"}, False, ""),
            ({"email": "a@b.c"}, True, "a@b.c"),
            ({"email": "a@b.c", "email_verified": False}, True, ""),
            ({"email": "a@b.c", "email_verified": "true"}, False, "a@b.c"),
            ({"email": "a@b.c", "xms_edov": 1}, False, "a@b.c"),
            ({"email": "a@b.c", "xms_edov": "0"}, False, ""),
            ({"email_verified": True}, True, ""),
        ],
    )
    def test_an_address_counts_when_vouched_for(self, claims, trust, email):
        assert vouched_email(claims, trust_email=trust) == email


class TestNotComingIn:
    def test_nobody_gets_an_account_by_having_one_there(self, client, provider, db):
        page = refused(client, come(client, provider, email="who@example.org", email_verified=True))
        assert "You have no account here for that sign-in." in page
        assert not ProviderAdapter().is_open_for_signup(None, None)
        assert not User.objects.exists()
        assert not SocialAccount.objects.exists()

    @pytest.mark.parametrize(
        "claims", [{}, {"email_verified": False}, {"email_verified": None, "xms_edov": False}]
    )
    def test_an_address_nobody_vouches_for_opens_nothing(self, client, provider, adviser, claims):
        refused(client, come(client, provider, email=adviser.email, **claims))
        assert not SocialAccount.objects.exists()

    @pytest.mark.parametrize("state", ["withdrawn", "expired", "deactivated"])
    def test_an_invitation_that_no_longer_holds_opens_nothing(
        self, client, provider, invited, policy_admin, state
    ):
        if state == "withdrawn":
            actions.revoke_invitation(user=invited, by=policy_admin, at=timezone.now())
        elif state == "expired":
            now = timezone.now()
            invited.invitations.update(created_at=now - dt.timedelta(days=9), expires_at=now)
        else:
            actions.deactivate(user=invited, by=policy_admin, at=timezone.now())
        refused(client, come(client, provider, email="nia@example.org", email_verified=True))

    def test_an_address_given_to_a_new_person_does_not_open_the_old_ones_account(
        self, client, provider, adviser
    ):
        come(client, provider, email=adviser.email, email_verified=True)
        client.post("/sign-out/")
        refused(client, come(client, provider, sub="subject-2", email=adviser.email, email_verified=True))

    def test_somebody_deactivated_since_is_told_so(self, client, provider, adviser, policy_admin):
        come(client, provider, email=adviser.email, email_verified=True)
        client.post("/sign-out/")
        actions.deactivate(user=adviser, by=policy_admin, at=timezone.now())
        assert come(client, provider).url == "/sign-in/deactivated/"

    def test_a_token_meant_for_another_is_refused(self, client, provider, adviser):
        provider.audience = "another"
        page = refused(client, come(client, provider, email=adviser.email, email_verified=True))
        assert "Signing in there did not work." in page

    def test_going_back_over_there_is_told_in_words(self, client, provider):
        provider.error = "access_denied"
        assert "Signing in there did not work." in refused(client, come(client, provider))

    def test_an_answer_nobody_asked_for_is_refused(self, client, provider, adviser):
        refused(client, client.get("/sign-in/provider/work/back/?code=x&state=y"))
        assert client.get("/sign-in/provider/other/back/?code=x").url == "/sign-in/"

    def test_a_provider_out_of_reach_is_told_in_words(self, client, provider, settings):
        app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
        app["settings"]["server_url"] = "http://127.0.0.1:1"
        assert client.post("/sign-in/provider/").url == "/sign-in/"
        assert "Signing in there did not work." in text(client.get("/sign-in/"))

    def test_without_a_provider_there_is_no_button_and_both_addresses_lead_back(self, client):
        assert "Sign in with" not in text(client.get("/sign-in/")).replace("sign in with", "")
        assert client.post("/sign-in/provider/").url == "/sign-in/"
        assert client.get("/sign-in/provider/work/back/").url == "/sign-in/"

    def test_somebody_signed_in_stays_who_they_are(self, client, provider, adviser):
        client.force_login(adviser)
        assert client.post("/sign-in/provider/").url == "/sign-in/"
        assert client.get("/account/").status_code == 200


class TestTheSecondFactor:
    @pytest.fixture(autouse=True)
    def _required(self, settings):
        settings.REQUIRE_SECOND_FACTOR = True

    def test_of_the_provider_counts_where_it_says_so(self, client, provider, adviser):
        come(client, provider, email=adviser.email, email_verified=True, amr=["pwd", "mfa"])
        assert client.get("/account/").status_code == 200

    @pytest.mark.parametrize("amr", [{}, {"amr": ["pwd"]}, {"amr": None}])
    def test_is_added_here_where_the_provider_does_not_say_so(self, client, provider, adviser, amr):
        come(client, provider, email=adviser.email, email_verified=True, **amr)
        assert client.get("/account/").url == "/account/second-factor/"

    def test_that_one_has_here_is_always_asked_for(self, client, provider, adviser):
        add_app(adviser)
        response = come(client, provider, email=adviser.email, email_verified=True, amr=["mfa"])
        assert response.url == "/sign-in/confirm/"
        assert client.get("/account/").status_code == 302


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_the_button_to_the_provider_and_back_in_a_browser(browser_page, live_server, provider, adviser):
    """The content security policy lets the form lead to the provider."""
    provider.claims = {"sub": "subject-1", "email": adviser.email, "email_verified": True}
    page = browser_page
    page.goto("/sign-in/?next=/account/")
    assert_accessible(page)
    page.get_by_role("button", name="Sign in with Kirkdale").click()
    page.get_by_role("heading", name="Your account").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="send me a link instead").click()
    assert_accessible(page)
    page.get_by_label("E-mail address").fill("who@example.org")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Look in your mailbox").wait_for()
    assert_accessible(page)
