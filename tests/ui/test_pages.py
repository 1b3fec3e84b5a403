"""The frame of every page, the error pages, and all of it in a browser."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string

from tests import factories as make
from tests.browser import PHONE, assert_accessible
from ui import checks
from ui.templatetags import ui as tags

pytestmark = pytest.mark.urls("tests.ui.urls")


def soup_of(response):
    return BeautifulSoup(response.content, "html.parser")


def test_the_frame_names_service_and_authority_and_has_its_landmarks(client, db):
    soup = soup_of(client.get("/charts"))
    assert soup.title.get_text() == "A page – Kirkdale school improvement – Kirkdale Council"
    assert soup.html["lang"] == "en-GB"
    assert [len(soup.find_all(name)) for name in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert soup.find(class_="govuk-skip-link")["href"] == "#main-content"
    assert soup.main["id"] == "main-content"
    assert soup.select_one('.govuk-service-navigation a[aria-current="true"]').get_text(strip=True) == "Home"
    assert soup.find("link", href="/theme/ffdd00.css")
    assert [link.get_text() for link in soup.select(".app-footer__list a")] == ["Accessibility", "Privacy"]
    assert soup.find("button", string="Sign out").find_parent("form")["method"] == "post"


def test_nothing_of_govuk_itself_is_on_a_page(client, db):
    content = client.get("/charts").content.decode().lower()
    assert "crown" not in content
    assert "crest" not in content
    assert "gov.uk" not in content


def test_the_policy_for_content_holds_no_inline_style_and_scripts_by_nonce(client, db):
    for address in ("/form", "/charts", "/schools"):
        response = client.get(address)
        soup = soup_of(response)
        policy = response["Content-Security-Policy"]
        nonce = re.search(r"'nonce-([^']+)'", policy)[1]
        assert "style-src 'self';" in policy + ";"
        assert not soup.find_all(style=True)
        assert soup.find("style") is None
        assert {script.get("nonce") for script in soup.find_all("script") if not script.get("src")} == {nonce}
        assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]


def test_the_frame_stands_without_anything_to_put_in_it():
    soup = BeautifulSoup(render_to_string("base.html"), "html.parser")
    assert soup.find(class_="app-header__name").get_text() == "School improvement"
    assert soup.find("script") is None
    assert soup.find(class_="govuk-service-navigation") is None


def test_a_page_that_is_not_there_and_one_that_is_not_yours_say_so(client, db):
    missing = client.get("/nowhere")
    assert missing.status_code == 404
    assert soup_of(missing).h1.get_text() == "Page not found"
    forbidden = client.get("/forbidden")
    assert forbidden.status_code == 403
    assert soup_of(forbidden).h1.get_text() == "You cannot use this page"


def test_a_fault_is_admitted_on_a_whole_page(client, db):
    client.raise_request_exception = False
    response = client.get("/broken")
    assert response.status_code == 500
    soup = soup_of(response)
    assert soup.h1.get_text() == "Sorry, there is a problem with the service"
    assert soup.find("link", rel="stylesheet")
    assert "broken on purpose" not in response.content.decode()


def test_messages_are_banners_and_success_is_announced(client, db):
    from tests.ui.test_forms import VALID, files

    soup = soup_of(client.post("/form", {**VALID, **files()}, follow=True))
    success, warning = soup.select(".govuk-notification-banner")
    assert success["role"] == "alert"
    assert "Saved for <Anne>." in success.get_text()
    assert warning["role"] == "region"
    titles = [banner["aria-labelledby"] for banner in (success, warning)]
    assert titles == ["message-1", "message-2"]


def test_an_error_message_says_there_is_a_problem():
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message

    printed = tags.message_banner(Message(constants.ERROR, "The file was refused."), 3)
    assert "There is a problem" in printed
    assert 'role="alert"' in printed


def test_academic_years_are_written_with_both():
    printed = Template("{{ 2017|academic_year }} {{ 1999|academic_year }} [{{ none|academic_year }}]").render(
        Context({"none": None})
    )
    assert printed == "2017-18 1999-00 []"


def test_dates_are_written_out():
    import datetime as dt

    when = dt.datetime(2026, 11, 21, 14, 5)  # noqa: DTZ001  # as a template gets it after conversion
    printed = Template("{{ day|date }}, {{ day }}, {{ when }}, {{ when|time }}").render(
        Context({"day": dt.date(2026, 11, 21), "when": when})
    )
    assert printed == "21 November 2026, 21 November 2026, 21 November 2026, 14:05, 14:05"


def test_an_asset_that_was_never_collected_costs_the_page_nothing(monkeypatch):
    def missing(path):
        raise ValueError(path)

    monkeypatch.setattr(tags, "static", missing)
    assert tags.asset("app.css") == "/static/build/app.css"


def test_missing_assets_are_warned_of_with_the_line_to_run(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    [warning] = checks.assets_are_built(None)
    assert (warning.id, warning.hint) == ("ui.W001", "Run bin/assets")
    (tmp_path / "static/build").mkdir(parents=True)
    for name in ("app.css", "app.js", "htmx.min.js", "icon.svg"):
        (tmp_path / "static/build" / name).touch()
    assert checks.assets_are_built(None) == []


BUILD = Path(settings.BASE_DIR) / "static/build"
built = pytest.mark.skipif(
    not (BUILD / "app.css").exists() and not os.environ.get("CI"),
    reason="the assets are not built: run bin/assets",
)


@built
def test_the_built_files_ask_for_nothing_that_is_not_there():
    for path in BUILD.glob("*.*"):
        text = path.read_text()
        assert "sourceMappingURL" not in text, path
        assert "url(" not in text or path.suffix != ".css", path
        assert "GDS Transport" not in text, path
    assert "export{" not in (BUILD / "app.js").read_text()


@built
def test_building_again_does_nothing():
    command = [Path(settings.BASE_DIR) / "bin/assets"]
    subprocess.run(command, check=True)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_the_lock_file_of_npm_names_no_host():
    assert "http" not in (Path(settings.BASE_DIR) / "package-lock.json").read_text()


@built
@pytest.mark.browser
@pytest.mark.parametrize("address", ["/form", "/schools", "/schools?phase=x&q=anne", "/charts", "/nowhere"])
def test_pages_are_accessible_and_fit_a_phone(browser_page, live_server, authority, address):
    for number in range(60):
        make.SchoolFactory(authority=authority, name=f"St Anne's Church of England Primary School {number}")
    assert browser_page.goto(address).status == (404 if address == "/nowhere" else 200)
    assert_accessible(browser_page)
    browser_page.set_viewport_size(PHONE)
    assert_accessible(browser_page)


@built
@pytest.mark.browser
def test_a_form_in_error_is_accessible_and_the_summary_has_the_focus_and_leads_to_the_inputs(
    browser_page, live_server, db
):
    browser_page.goto("/form")
    browser_page.get_by_role("button", name="Save visit").click()
    assert browser_page.title().startswith("Error: ")
    assert browser_page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert_accessible(browser_page)
    browser_page.get_by_role("link", name="Enter date of visit").click()
    assert browser_page.evaluate("document.activeElement.id") == "id_visited_on_day"
    browser_page.get_by_role("link", name="Select level").click()
    assert browser_page.evaluate("document.activeElement.id") == "id_level_0"


@built
@pytest.mark.browser
def test_a_choice_reveals_its_field_without_any_script(chromium, live_server, db):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/form")
    revealed = page.get_by_label("Which level")
    assert not revealed.is_visible()
    page.get_by_role("radio", name="Another level").check()
    assert revealed.is_visible()
    page.get_by_role("radio", name="Level 1").check()
    assert not revealed.is_visible()
    context.close()


@built
@pytest.mark.browser
def test_a_second_press_sends_nothing(browser_page, live_server, db):
    sent = []
    browser_page.goto("/form")
    browser_page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    browser_page.evaluate(
        "() => { const form = document.querySelector('main form');"
        " form.requestSubmit(); form.requestSubmit(); form.requestSubmit(); }"
    )
    browser_page.wait_for_selector(".govuk-error-summary")
    assert len(sent) == 1


@built
@pytest.mark.browser
def test_a_list_can_be_narrowed_and_widened_again_in_the_browser(browser_page, live_server, authority):
    for number in range(60):
        make.SchoolFactory(authority=authority, name=f"St Anne's {number:02}")
    make.SchoolFactory(authority=authority, name="Beck Lane")
    browser_page.goto("/schools")
    browser_page.get_by_label("Name or URN").fill("anne")
    browser_page.get_by_role("button", name="Search").click()
    browser_page.get_by_role("link", name="Next").click()
    assert browser_page.get_by_text("60 schools, 51 to 60 shown").is_visible()
    browser_page.get_by_text("Filter this list").click()
    browser_page.get_by_label("Primary", exact=True).check()
    browser_page.get_by_role("button", name="Apply filters").click()
    assert browser_page.get_by_text("60 schools, 1 to 50 shown").is_visible()
    browser_page.get_by_role("link", name="Remove Name or URN: anne").click()
    assert browser_page.get_by_text("61 schools, 1 to 50 shown").is_visible()
    browser_page.get_by_role("link", name="Clear filters").click()
    assert browser_page.locator(".app-chips").count() == 0
