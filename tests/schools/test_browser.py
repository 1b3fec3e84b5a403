"""The room's pages in a browser: accessible at desktop and phone width, and whole without JavaScript."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.choices import AreaKind
from schools.choices import Audience, ContactRole
from tests import factories as make
from tests.browser import DESKTOP, PHONE, assert_accessible, sign_in

D = dt.date


@pytest.fixture
def filled(authority, school, adviser, head):
    """A school with one of everything, so that each page has something to show."""
    make.SchoolContactFactory(
        school=school, role=ContactRole.CHAIR, name="Carl Chair", telephone="01632 960001", start_on=None
    )
    make.SchoolContactFactory(school=school, name="Fay Former", end_on=D(2020, 8, 31), start_on=D(2010, 9, 1))
    make.InspectionFactory(
        school=school, judgements={"quality_of_education": "2", "leadership_management": "1"}
    )
    make.CircumstanceFactory(school=school, note="The deficit has doubled.")
    make.CircumstanceFactory(school=school, kind="structural_change", audience=Audience.SCHOOL)
    make.CircumstanceReturnFactory(school=school, kind="basic_need")
    make.AreaFactory(authority=authority, name="North")
    make.AreaFactory(authority=authority, name="Beck cluster", kind=AreaKind.CLUSTER)
    make.HalfTermFactory(authority=authority, year=2026, start_on=D(2026, 9, 1), end_on=D(2026, 10, 23))
    make.WorkingDayOverrideFactory(day=D(dt.date.today().year + 1, 6, 15))  # noqa: DTZ011  # any day to come
    return school


MANAGER_PAGES = (
    "people",
    "officer-assign",
    "contact-add",
    "inspection-list",
    "inspection-record",
    "school-edit",
)
ADVISER_PAGES = ("circumstance-list", "circumstance-record", "return-record")


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
class TestEveryPageIsAccessible:
    def _look(self, page, viewport, address):
        page.set_viewport_size(viewport)
        page.goto(address)
        assert_accessible(page)

    def test_pages_of_a_school_for_a_manager(self, browser_page, live_server, viewport, filled, manager):
        sign_in(browser_page, live_server, manager)
        for name in MANAGER_PAGES:
            self._look(browser_page, viewport, reverse(f"schools:{name}", args=[filled.urn]))
        record = reverse("schools:inspection-record", args=[filled.urn])
        self._look(browser_page, viewport, f"{record}?started_on=2026-01-20&kind=graded")

    def test_circumstances_for_an_adviser(self, browser_page, live_server, viewport, filled, adviser):
        sign_in(browser_page, live_server, adviser)
        for name in ADVISER_PAGES:
            self._look(browser_page, viewport, reverse(f"schools:{name}", args=[filled.urn]))
        self._look(browser_page, viewport, reverse("schools:return-many"))

    def test_calendar_and_settings(self, browser_page, live_server, viewport, filled, policy_admin):
        sign_in(browser_page, live_server, policy_admin)
        for address in (
            reverse("schools:calendar"),
            reverse("schools:calendar-edit", args=["901", 2026]),
            reverse("schools:school-calendar", args=[filled.urn]),
            reverse("schools:working-day-add"),
            reverse("schools:authority-edit", args=["901"]),
            reverse("schools:area-list", args=["901"]),
        ):
            self._look(browser_page, viewport, address)


@pytest.mark.browser
def test_an_inspection_is_recorded_without_javascript(chromium, live_server, school, manager):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, manager)

    page.goto(reverse("schools:inspection-record", args=[school.urn]))
    for part, value in (("Day", "3"), ("Month", "7"), ("Year", "2018")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Graded inspection", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Good (2)", exact=True).first.check()
    page.get_by_role("button", name="Save").click()

    assert page.get_by_text("Good (2), July 2018, common inspection framework").count() == 1
    context.close()
