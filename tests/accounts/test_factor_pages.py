"""Second factors in a browser: a passkey made and used, and axe on every screen."""

import re

import pytest

from tests.accounts.factors import add_app, code_of
from tests.browser import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "three unrelated words"


@pytest.fixture
def person(adviser):
    adviser.set_password(PASSWORD)
    adviser.save()
    return adviser


def give_password(page, person, address="/account/second-factor/"):
    page.goto(f"/sign-in/?next={address}")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def confirm(page):
    page.get_by_role("heading", name="Enter your password again").wait_for()
    assert_accessible(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def with_authenticator(page):
    """The browser has a phone's kind of authenticator at hand, which says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "hasResidentKey": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_app_is_added_and_asked_for_at_the_next_sign_in(browser_page, live_server, person):
    page = browser_page
    give_password(page, person)
    page.get_by_role("heading", name="Your second factor").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Add an authenticator app").click()
    confirm(page)
    page.get_by_role("heading", name="Add an authenticator app").wait_for()
    assert page.locator("img.app-qr").evaluate("image => image.complete && image.naturalWidth > 0")
    assert_accessible(page)
    page.get_by_role("button", name="Add the app").click()
    assert_accessible(page)
    key = page.locator(".app-code").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code_of(key))
    page.get_by_role("button", name="Add the app").click()
    page.get_by_text("The authenticator app is added.").wait_for()
    assert page.locator(".app-code").count() == 10
    assert_accessible(page)
    recovery_code = page.locator(".app-code").first.inner_text()
    for address in ("", "recovery-codes/new/", "app/remove/"):
        page.goto(f"/account/second-factor/{address}")
        assert_accessible(page)

    page.context.clear_cookies()
    give_password(page, person, "/account/")
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    assert_accessible(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="The code is not right").click()
    assert_accessible(page)
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Your account").wait_for()
    assert_accessible(page)


def test_a_passkey_is_made_used_and_removed(browser_page, live_server, person):
    page = browser_page
    with_authenticator(page)
    give_password(page, person, "/account/second-factor/passkeys/add/")
    confirm(page)
    page.get_by_label("Name").fill("Telephone")
    assert_accessible(page)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey is added.").wait_for()

    page.get_by_role("button", name="Sign out").click()
    give_password(page, person)
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("Telephone, added").wait_for()
    assert_accessible(page)

    page.get_by_role("link", name="Remove the passkey Telephone").click()
    page.get_by_role("heading", name="Enter your password again").wait_for()
    page.get_by_role("link", name=re.compile("passkey")).click()
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Remove the passkey Telephone").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Remove the passkey").click()
    page.get_by_text("The passkey is removed.").wait_for()


def test_a_passkey_that_does_not_answer_is_told_in_words(browser_page, live_server, person):
    page = browser_page
    give_password(page, person, "/account/second-factor/passkeys/add/")
    confirm(page)
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('refused')); }")
    assert page.get_by_text("No passkey was made.").is_hidden()
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("No passkey was made.").wait_for()
    assert_accessible(page)


def test_a_required_factor_stands_before_every_page(browser_page, live_server, person, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    page = browser_page
    give_password(page, person, "/schools/")
    page.get_by_text("Your authority asks its staff for a second factor.").wait_for()
    assert_accessible(page)
    add_app(person)
    page.goto("/account/")
    page.get_by_role("heading", name="Your account").wait_for()
