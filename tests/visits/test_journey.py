"""Writing a note in a browser: it saves itself, and nothing that happens to connection or session costs a word."""

import re

import pytest
from django.conf import settings

from reports.models import Document
from tests import factories as make
from tests.browser import assert_accessible, sign_in
from tests.visits.conftest import AT
from visits import actions
from visits.models import Note, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "#text-strengths"
STATUS = "#note-status"


def address(note, page=""):
    return f"/schools/{note.visit.school.urn}/visits/{note.visit.public_id}/note/{page}"


def stored(note, key="strengths"):
    return note.sections.get(key=key).text


def kept(page):
    """What the browser keeps of notes, in words."""
    return page.evaluate("Object.entries(localStorage).map(([k, v]) => k + v).join()")


def saved(page):
    """Wait until everything typed is with the server."""
    page.locator(f"{STATUS}[data-state=saved]").wait_for()


def type_in_a_tunnel(editor, note, words):
    """Type where there is no connection, close the page, and open it again where there is one."""
    page = editor.context.new_page()
    # In the page itself: a network switched off from outside comes back in the instant in which a page closes.
    page.add_init_script("window.fetch = () => Promise.reject(new TypeError('No connection'))")
    page.goto(address(note))
    page.locator(TEXT).fill(words)
    says(page, "there is no connection")
    page.close()
    editor.goto(address(note))


def says(page, words):
    page.locator(STATUS).filter(has_text=words).wait_for()


@pytest.fixture
def editor(browser_page, live_server, adviser, note):
    sign_in(browser_page, live_server, adviser)
    browser_page.goto(address(note))
    return browser_page


def test_a_note_saves_itself_and_says_when(editor, note):
    editor.locator(TEXT).fill("Written on a train.")
    says(editor, re.compile(r"Saved \d\d:\d\d"))
    assert stored(note) == "Written on a train."
    assert kept(editor) == ""
    editor.locator(TEXT).fill("Written on a train, and read again.")
    editor.locator("#text-looked_at").focus()  # leaving a section saves it at once
    saved(editor)
    assert stored(note) == "Written on a train, and read again."


def test_words_typed_without_a_connection_are_offered_back_and_saved(editor, note):
    type_in_a_tunnel(editor, note, "Written in a tunnel.")
    assert "tunnel" in kept(editor)
    editor.get_by_text("were never saved").wait_for()
    assert_accessible(editor)
    editor.get_by_role("button", name="Put them back").click()
    saved(editor)
    assert stored(note) == "Written in a tunnel."
    assert kept(editor) == ""


def test_when_the_connection_comes_back_the_words_go_by_themselves(editor, note):
    editor.context.set_offline(True)
    editor.locator(TEXT).fill("Written in a tunnel.")
    says(editor, "there is no connection")
    editor.context.set_offline(False)
    editor.evaluate("window.dispatchEvent(new Event('online'))")
    saved(editor)
    assert stored(note) == "Written in a tunnel."


def test_words_offered_back_are_not_lost_by_typing_on(editor, note):
    type_in_a_tunnel(editor, note, "Written in a tunnel.")
    editor.locator(TEXT).fill("Typed first.")
    saved(editor)
    editor.reload()
    editor.get_by_role("button", name="Put them back").click()
    saved(editor)
    assert stored(note) == "Typed first.\n\nWritten in a tunnel."


def test_words_may_be_thrown_away(editor, note):
    type_in_a_tunnel(editor, note, "Nonsense.")
    editor.get_by_role("button", name="Throw them away").click()
    assert kept(editor) == ""
    assert stored(note) != "Nonsense."


def test_a_session_that_ends_costs_no_word(editor, live_server, adviser, note):
    editor.context.clear_cookies()
    editor.locator(TEXT).fill("Written too slowly.")
    says(editor, "no longer signed in")
    assert "too slowly" in kept(editor)
    link = editor.get_by_role("link", name="Sign in again in a new tab")
    assert link.get_attribute("href").startswith("/")
    # Signed in again elsewhere: with a session and a token this page has never seen.
    sign_in(editor, live_server, adviser)
    editor.evaluate("window.dispatchEvent(new Event('focus'))")
    saved(editor)
    assert stored(note) == "Written too slowly."


def test_somebody_else_signing_in_does_not_get_the_words(editor, live_server, manager, note):
    editor.context.clear_cookies()
    editor.locator(TEXT).fill("Ada's words.")
    says(editor, "no longer signed in")
    sign_in(editor, live_server, manager)
    editor.evaluate("window.dispatchEvent(new Event('focus'))")
    says(editor, "somebody else is signed in")
    assert stored(note) != "Ada's words."
    editor.goto(address(note))
    assert editor.get_by_text("were never saved").count() == 0


def test_an_answer_that_never_came_is_not_taken_for_somebody_else(editor, note):
    lost = []

    def lose_the_first(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    editor.route("**/sections/**", lose_the_first)
    editor.locator(TEXT).fill("Arrived unheard.")
    says(editor, "there is no connection")
    assert stored(note) == "Arrived unheard."
    editor.locator(TEXT).fill("Arrived unheard, and more.")
    saved(editor)
    saved(editor)
    assert stored(note) == "Arrived unheard, and more."
    assert editor.get_by_text("while you were writing").count() == 0


@pytest.mark.parametrize(
    ("choice", "result"),
    [
        ("Keep both", "Ada's words.\n\nBen's words."),
        ("Keep mine", "Ada's words."),
        ("Take theirs", "Ben's words."),
    ],
)
def test_two_people_in_one_section_choose_which_words_stay(editor, note, colleague, choice, result):
    actions.save_note(note=note, texts={"strengths": ("Ben's words.", 0)}, by=colleague, at=AT)
    editor.locator(TEXT).fill("Ada's words.")
    editor.get_by_text("Ben Colleague changed “Strengths” while you were writing").wait_for()
    assert_accessible(editor)
    assert "Ada's words" in kept(editor)
    editor.get_by_role("button", name=choice).click()
    saved(editor)
    assert stored(note) == result


def test_saving_by_button_while_a_save_is_under_way_is_no_conflict(editor, note):
    def slowly(route):
        editor.wait_for_timeout(300)
        route.continue_()

    editor.route("**/sections/**", slowly)
    editor.locator(TEXT).fill("First.")
    editor.locator("#text-looked_at").focus()
    editor.locator("#text-looked_at").fill("Second.")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_text(re.compile(r"^\s*Saved \d\d:\d\d\.")).wait_for()
    assert (stored(note), stored(note, "looked_at")) == ("First.", "Second.")


def test_a_note_closed_by_a_colleague_keeps_the_words_in_the_browser(editor, note, manager):
    actions.finalise_note(note=note, expected_revision=0, by=manager, at=AT)
    editor.locator(TEXT).fill("Too late.")
    says(editor, "Reopen it to change it")
    assert "Too late" in kept(editor)


@pytest.mark.requirement("L-122", "K-113", "K-213", "L-221")
def test_from_recording_a_visit_to_the_heads_download_without_javascript(
    chromium, live_server, adviser, head, school
):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign_in(page, live_server, adviser)
    page.goto(f"/schools/{school.urn}/visits/")
    page.get_by_role("button", name="Record a visit").click()
    page.get_by_label("Day").first.fill("12")
    page.get_by_label("Month").first.fill("11")
    page.get_by_label("Year").first.fill("2025")
    page.get_by_label("Time taken").fill("½")
    page.get_by_label("Core visit").check()
    page.get_by_role("button", name="Record the visit").click()
    for heading, words in (
        ("What we looked at", "Early reading."),
        ("Strengths", "Phonics is taught every day."),
        ("Areas to develop", "Writing in Year 4."),
        ("Agreed next steps", "- a training day by March"),
        ("Notes for the authority", "The head may retire."),
    ):
        page.get_by_label(heading, exact=True).fill(words)
    page.get_by_role("button", name="Save and preview as headteacher").click()
    assert "Phonics is taught" in page.content()
    assert "may retire" not in page.content()
    page.get_by_role("link", name="Back to the note").click()
    page.get_by_role("button", name="Save and make final").click()
    page.get_by_role("button", name="Make the note final").click()
    page.get_by_role("button", name="Release to the school").click()
    page.get_by_role("button", name="Release to the school").click()
    page.get_by_text("The report is released as").wait_for()
    document = Document.objects.get()
    context.clear_cookies()
    sign_in(page, live_server, head)
    page.goto(f"/schools/{school.urn}/documents/")
    page.get_by_role("link", name="Report of a core visit").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the PDF").click()
    assert download.value.suggested_filename == f"visit-report-{school.urn}-1.pdf"
    assert download.value.path().read_bytes() == bytes(document.rendering.pdf)
    context.close()


def test_every_page_of_a_visit_and_its_report_is_accessible(
    browser_page, live_server, adviser, colleague, head, final, school
):
    sign_in(browser_page, live_server, adviser)
    draft = make.NoteFactory(visit=make.VisitFactory(school=school, adviser=adviser))
    visits = f"/schools/{school.urn}/visits/"
    pages = [
        visits,
        f"{visits}record/",
        *(address(draft, page) for page in ("../", "../change/", "../cancel/")),
    ]
    pages += [address(draft, page) for page in ("", "preview/", "finalise/")]
    pages += [address(final, page) for page in ("../", "preview/", "reopen/", "release/")]
    for page in pages:
        browser_page.goto(page)
        assert_accessible(browser_page)
    browser_page.goto(f"{visits}record/")
    browser_page.get_by_role("button", name="Record the visit").click()
    browser_page.get_by_text("There is a problem").wait_for()
    assert_accessible(browser_page)
    document = actions.release_report(note=Note.objects.get(pk=final.pk), by=adviser, at=AT)
    for page in (document.get_absolute_url(), f"{document.get_absolute_url()}withdraw/"):
        browser_page.goto(page)
        assert_accessible(browser_page)
    assert Visit.objects.count() == 2
    browser_page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    sign_in(browser_page, live_server, head)
    for page in (visits, f"/schools/{school.urn}/documents/", document.get_absolute_url()):
        browser_page.goto(page)
        assert_accessible(browser_page)
