"""Headless Chromium for journeys: fixtures, a quick sign-in and the accessibility check.

    @pytest.mark.browser
    def test_a_head_finds_the_report(browser_page, live_server, head):
        sign_in(browser_page, live_server, head)
        browser_page.goto("/")
        assert_accessible(browser_page)

`browser_page` resolves addresses against the live server. It fails a test whose pages broke the content
security policy or raised an error in a script. Set CHROMIUM to use another browser than /usr/bin/chromium.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run; each test gets its own cookies and pages from `browser_page`."""
    # Playwright keeps an event loop on this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser, live_server) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=live_server.url, locale="en-GB", timezone_id="Europe/London", viewport=DESKTOP
    )
    context.set_default_timeout(15_000)
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and not message.text.startswith("Failed to load resource")
            else None
        ),
    )
    yield page
    # A request still being answered would meet the database being emptied.
    page.goto("about:blank")
    context.close()
    assert faults == []


def sign_in(page: Page, live_server, user: User) -> None:
    """Sign someone in without the form: much faster, and no password to hash."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def assert_accessible(page: Page) -> None:
    """No findings of axe (WCAG 2.2 AA and its best practices), one first-level heading, no sideways scrolling at 360 px."""
    results = Axe().run(page, options={"resultTypes": ["violations"], **_RULES})
    faults = [fault for fault in results.response["violations"] if not _meant(fault)]
    assert not faults, f"{page.url}\n{results.generate_report()}"
    assert page.locator("h1").count() == 1, (
        f"{page.url} has {page.locator('h1').count()} first-level headings"
    )
    before = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    width = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    assert width <= PHONE["width"], f"{page.url} is {width} px wide on a phone of {PHONE['width']} px"


def _meant(fault: dict[str, Any]) -> bool:
    """GOV.UK puts the back link before the main landmark, so that the skip link passes it."""
    return fault["id"] == "region" and all(node["target"] == [".govuk-back-link"] for node in fault["nodes"])
