"""A profile in a browser: rows and checklist save themselves, and nothing that happens costs a word."""

import pytest

from categorisation.models import ProfileCheck
from categorisation.rules.profiles import Typed
from tests import factories as make
from tests.browser import assert_accessible, sign_in
from tests.categorisation.profile_steps import REASON, SCHOOL, fill, rows, save, sent, validated

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("leeds")]
TEXT = "#text-teaching"
STATUS = "#note-status"


def address(profile, page=""):
    return f"/schools/{profile.school.urn}/self-evaluation/{profile.year}/{page}"


def stored(profile):
    return profile.judgements.get(row="teaching", stage=SCHOOL)


def saved(page):
    page.locator(f"{STATUS}[data-state=saved]").wait_for()


def choose(page, grade, row="teaching"):
    page.locator(f'[name="grade-{row}"][value="{grade}"]').check()


@pytest.fixture
def profile(school, head):
    return make.ProfileFactory(school=school)


@pytest.fixture
def editor(browser_page, live_server, head, profile):
    sign_in(browser_page, live_server, head)
    browser_page.goto(address(profile, "write/"))
    return browser_page


def test_a_grade_and_words_save_themselves_and_stand_there_again(editor, profile):
    choose(editor, 2)
    saved(editor)
    editor.locator(TEXT).fill("Books of October")
    editor.locator(TEXT).blur()
    saved(editor)
    assert (stored(profile).grade, stored(profile).text) == (2, "Books of October")
    editor.reload()
    assert editor.locator('[name="grade-teaching"][value="2"]').is_checked()
    choose(editor, "")
    saved(editor)
    assert stored(profile).grade is None


def test_a_tick_saves_itself_and_save_does_not_undo_what_another_ticked(editor, profile, head):
    editor.locator('[name="check"][value="concise"]').check()
    saved(editor)
    assert ProfileCheck.objects.get().item == "concise"
    ProfileCheck.objects.create(profile=profile, item="shared", ticked_at="2026-11-21T12:00Z", ticked_by=head)
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.locator(".govuk-notification-banner").wait_for()
    assert set(ProfileCheck.objects.values_list("item", flat=True)) == {"concise", "shared"}


def test_a_grade_chosen_in_a_tunnel_is_offered_back(editor, profile):
    page = editor.context.new_page()
    page.add_init_script("window.fetch = () => Promise.reject(new TypeError('No connection'))")
    page.goto(address(profile, "write/"))
    choose(page, 3)
    page.locator(STATUS).filter(has_text="there is no connection").wait_for()
    page.close()
    editor.goto(address(profile, "write/"))
    assert "Grade 3" in editor.locator(".note-offer").inner_text()
    editor.get_by_role("button", name="Put them back").click()
    saved(editor)
    assert stored(profile).grade == 3


def test_two_at_once_are_shown_both_and_choose(editor, profile, head):
    save(profile, SCHOOL, head, teaching=Typed("3", "Theirs"))
    choose(editor, 1)
    offer = editor.locator(".note-offer")
    offer.wait_for()
    assert "Grade 3" in offer.inner_text()
    assert "Theirs" in offer.inner_text()
    assert_accessible(editor)
    editor.get_by_role("button", name="Take theirs").click()
    saved(editor)
    assert editor.locator(TEXT).input_value() == "Theirs"
    assert editor.locator('[name="grade-teaching"][value="3"]').is_checked()
    save(profile, SCHOOL, head, teaching=Typed("4", "Theirs", "", 1))
    choose(editor, 2)
    offer.wait_for()
    assert editor.get_by_role("button", name="Keep both").count() == 0
    editor.get_by_role("button", name="Keep mine").click()
    saved(editor)
    assert (stored(profile).grade, stored(profile).text) == (2, "Theirs")


@pytest.mark.requirement("L-062", "K-043")
def test_from_the_school_to_the_adviser_and_back(editor, live_server, profile, head, adviser, school):
    fill(profile, SCHOOL, head)
    editor.goto(address(profile, "write/send/"))
    assert_accessible(editor)
    editor.get_by_role("button", name="Send to your adviser").click()
    editor.get_by_text("The self-evaluation is sent.").wait_for()
    sign_in(editor, live_server, adviser)
    editor.goto("/")
    editor.get_by_role("link", name=f"Validate the self-evaluation, {school.name}").click()
    editor.wait_for_url("**/validate/")
    assert_accessible(editor)
    for row in [row.key for row in rows(profile)]:
        choose(editor, 3 if row == "teaching" else 2, row)
    saved(editor)
    editor.get_by_role("button", name="Save and finish validating").click()
    editor.get_by_role(
        "link", name="Say why your grade of “Quality of teaching” differs from the school’s"
    ).click()
    editor.wait_for_url("**/validate/#row-teaching")
    editor.locator(TEXT).fill(REASON)
    editor.get_by_role("button", name="Save and finish validating").click()
    editor.get_by_role("button", name="Finish validating", exact=True).wait_for()
    assert_accessible(editor)
    editor.get_by_role("button", name="Finish validating", exact=True).click()
    editor.get_by_text("The profile is validated.").wait_for()
    assert_accessible(editor)
    sign_in(editor, live_server, head)
    editor.goto(f"/schools/{school.urn}/self-evaluation/")
    assert REASON in editor.locator("main").inner_text()
    assert_accessible(editor)


def test_the_pages_of_a_whole_profile_are_accessible(browser_page, live_server, profile, head, adviser):
    validated(sent(profile, head), adviser, teaching=Typed("3", REASON))
    sign_in(browser_page, live_server, adviser)
    for page in ("", "reopen/", "agreement/", "release/"):
        browser_page.goto(address(profile, page))
        assert_accessible(browser_page)
