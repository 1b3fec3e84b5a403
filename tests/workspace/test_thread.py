"""The thread through the whole product, in a browser: from a published file to the PDF a headteacher downloads."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from schools.models import School, SchoolContact
from tests import factories as make
from tests.browser import DESKTOP, PHONE, assert_accessible, sign_in
from tests.reports.pdfs import open_pdf, tags
from tests.schools.importing import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

URN = 100001
NOTE = {
    "What we looked at": "Early reading in Reception.",
    "Strengths": "Phonics is taught every day.",
    "Areas to develop": "Writing in Year 4.",
    "Agreed next steps": "- a training day by March",
    "Notes for the authority": "CONFIDENTIAL the head may retire.",
}


@pytest.fixture
def cast(leeds, authority):
    """People of the authority before it has any school."""
    names = {
        "admin": Role.POLICY_ADMIN,
        "adviser": Role.ADVISER,
        "head": Role.HEADTEACHER,
        "other_head": Role.HEADTEACHER,
    }
    return {
        name: make.UserFactory(name=name.replace("_", " ").title(), grants=[(role, authority)])
        for name, role in names.items()
    }


class Journey:
    """One browser, going from page to page; `look` is called on each."""

    def __init__(self, page, live_server, cast, run_jobs, look):
        self.page, self.live_server, self.cast, self.run_jobs, self.look = (
            page,
            live_server,
            cast,
            run_jobs,
            look,
        )

    def as_(self, who, address="/"):
        sign_in(self.page, self.live_server, self.cast[who])
        self.go(address)

    def go(self, address):
        self.page.goto(address)
        self.look(self.page)

    def press(self, name, role="button", exact=True):
        self.page.get_by_role(role, name=name, exact=exact).first.click()
        self.page.wait_for_load_state()
        self.look(self.page)

    def reads(self, *words):
        for text in words:
            self.page.get_by_text(text).first.wait_for()

    def import_files(self):
        self.as_("admin")
        self.press("Import files", role="link")
        self.page.set_input_files(
            "input[type=file]",
            [
                {"name": "edubasealldata20260901.csv", "mimeType": "text/csv", "buffer": made.gias()},
                {"name": "2022-2023_england_ks2final.csv", "mimeType": "text/csv", "buffer": made.ks2()},
            ],
        )
        self.press("Read these files")
        self.run_jobs()
        self.go(self.page.url)
        self.reads("This is what the files would change. Nothing is recorded yet.")
        self.press("Import these files")
        self.run_jobs()
        self.go(self.page.url)
        self.reads("These files have been imported.")

    def assign(self):
        self.go(reverse("schools:people", args=[URN]))
        self.press("Assign an officer")
        self.page.get_by_label("Officer").select_option(label=f"Adviser ({self.cast['adviser'].email})")
        self.press("Assign")

    def read_why(self):
        self.as_("adviser")
        self.press("Beck Lane Primary School", role="link")
        self.press("See why", role="link", exact=False)
        self.reads("What would settle it", "Reading, writing and maths combined")
        self.press("Answer it on the circumstances page", role="link", exact=False)

    def write_up(self, types):
        self.go(reverse("workspace:school", args=[URN]))
        self.press("Record a visit", role="link")
        day = timezone.localdate() - dt.timedelta(days=2)
        for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            self.page.get_by_label(label).first.fill(str(value))
        self.page.get_by_label("Time taken").fill("0.5")
        self.page.get_by_label("Core visit").check()
        self.press("Record the visit")
        for heading, words in NOTE.items():
            self.page.get_by_label(heading, exact=True).fill(words)
        types(self.page)
        self.press("Save and preview as headteacher")
        self.reads("Phonics is taught every day.")
        assert "CONFIDENTIAL" not in self.page.content()
        self.press("Back to the note", role="link")
        self.press("Save and make final")
        self.press("Make the note final")

    def release(self):
        self.press("Release to the school")
        self.press("Release to the school")
        self.reads("Report of a core visit")
        self.run_jobs()

    def download(self):
        """The bytes the headteacher gets from home, in one click."""
        self.as_("head")
        assert "CONFIDENTIAL" not in self.page.content()
        with self.page.expect_download() as started:
            self.page.get_by_role("link", name="Report of a core visit (PDF)").click()
        return started.value.path().read_bytes()


def whole(journey, types, mailoutbox):
    journey.import_files()
    school = School.objects.get(urn=URN)
    SchoolContact.objects.filter(school=school, role="headteacher").delete()
    make.SchoolContactFactory(
        school=school, user=journey.cast["head"], name="Head", email=journey.cast["head"].email
    )
    journey.as_("admin")
    journey.assign()
    journey.read_why()
    journey.write_up(types)
    journey.release()
    assert [message.to for message in mailoutbox] == [[journey.cast["head"].email]]
    assert "Phonics" not in mailoutbox[0].body

    pdf = journey.download()
    assert pdf.startswith(b"%PDF")
    assert "/H1" in {kind for kind, _ in tags(open_pdf(pdf))}

    link = journey.page.get_by_role("link", name="Report of a core visit (PDF)").get_attribute("href")
    sign_in(journey.page, journey.live_server, journey.cast["other_head"])
    assert journey.page.request.get(link).status == 404


def look_both_ways(page):
    """axe on a desktop's screen and on a phone's."""
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        assert_accessible(page)


@pytest.mark.requirement("K-213", "L-221", "L-247", "L-251")
def test_from_a_published_file_to_the_heads_pdf(browser_page, live_server, cast, run_jobs, mailoutbox):
    def saves_itself(page):
        page.locator("#note-status[data-state=saved]").wait_for()

    whole(Journey(browser_page, live_server, cast, run_jobs, look_both_ways), saves_itself, mailoutbox)


def test_the_same_without_javascript(chromium, live_server, cast, run_jobs, mailoutbox):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False, locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    whole(Journey(page, live_server, cast, run_jobs, lambda page: None), lambda page: None, mailoutbox)
    page.goto("about:blank")
    context.close()
