"""The pages in a browser: a person's way in, and axe on every screen."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from accounts import actions
from accounts.choices import Role
from accounts.logs import record_change, record_read
from tests import factories as make
from tests.browser import assert_accessible, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "three unrelated words"


def invited(by, authority):
    return actions.invite(
        email="nia@example.org",
        name="Nia New",
        role=Role.ADVISER,
        authority=authority,
        start_on=timezone.localdate(),
        by=by,
        at=timezone.now(),
    )


def test_from_invitation_to_home_and_out_again(
    browser_page, live_server, policy_admin, authority, run_jobs, settings
):
    settings.BASE_URL = live_server.url
    page = browser_page
    sign_in(page, live_server, policy_admin)
    page.goto("/people/")
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_label("Name").fill("Nia New")
    page.get_by_label("E-mail address").fill("nia@example.org")
    page.get_by_label("Role").select_option("adviser")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("An invitation is on its way to nia@example.org").wait_for()

    run_jobs()
    link = re.search(r"http\S+/invitation/\S+/", mail.outbox[-1].body)[0]
    page.goto(link)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()

    page.get_by_text("Your password is set. You can sign in now.").wait_for()
    page.goto("/sign-in/?next=/account/")
    page.get_by_label("E-mail address").fill("nia@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your account").wait_for()
    assert page.url.endswith("/account/")


def test_pages_for_anyone_are_accessible(browser_page, live_server, policy_admin, authority):
    link = invited(policy_admin, authority).link.split("8000")[1]
    for address in (
        "/sign-in/",
        "/sign-in/deactivated/",
        "/password/reset/",
        "/password/reset/sent/",
        "/password/reset/done/",
        "/password/reset/a-b/",
        "/invitation/nonsense/",
        link,
    ):
        browser_page.goto(address)
        assert_accessible(browser_page)


def test_a_form_with_errors_is_accessible_and_leads_to_the_field(browser_page, live_server):
    page = browser_page
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in").click()
    assert_accessible(page)
    assert page.title().startswith("Error: Sign in")
    page.get_by_role("link", name="Enter password").click()
    assert page.evaluate("document.activeElement.name") == "password"


def test_pages_of_people_and_logs_are_accessible(browser_page, live_server, policy_admin, adviser, authority):
    make.RoleGrantFactory(user=policy_admin, role=Role.AUDITOR, authority=authority)
    person = invited(policy_admin, authority).user
    grant = person.grants.get()
    change = record_change(
        action="schools.update_school",
        by=adviser,
        at=timezone.now(),
        subject=authority,
        authority_id=authority.pk,
        before={"name": "Old"},
        after={"name": "New"},
    )
    record_read(
        by=adviser,
        view="visits:visit-detail",
        kind="visit_note",
        identifiers=["visit_note:Xy12"],
        at=timezone.now(),
        authority_id=authority.pk,
    )
    sign_in(browser_page, live_server, policy_admin)
    own = f"/people/{person.public_id}"
    for address in (
        "/account/",
        "/people/",
        "/people/?q=ada&role=adviser",
        "/people/invite/",
        f"{own}/",
        f"{own}/roles/add/",
        f"{own}/roles/{grant.pk}/end/",
        f"{own}/roles/{grant.pk}/cancel/",
        f"{own}/deactivate/",
        "/password/set/",
        "/logs/changes/",
        f"/logs/changes/{change.pk}/",
        "/logs/readings/",
    ):
        browser_page.goto(address)
        assert_accessible(browser_page)
