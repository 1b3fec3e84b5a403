"""Nothing to report: at one school, or forty at a sitting, by adviser or service."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from schools.models import Circumstance, CircumstanceReturn
from schools.presenters.returns import AT_A_SITTING
from schools.rules.circumstances import catalogue
from tests import factories as make
from tests.browser import sign_in
from ui.forms import date_parts

TODAY = timezone.localdate()
MANY = "/nothing-to-report/"


@pytest.fixture
def as_adviser(client, adviser):
    client.force_login(adviser)
    return client


def url(name, school, *args):
    return reverse(f"schools:{name}", args=[school.urn, *args])


def returned(school):
    return set(CircumstanceReturn.objects.filter(school=school).values_list("kind", flat=True))


# One school


def test_nothing_to_report_takes_one_keystroke_and_can_leave_some_out(as_adviser, school):
    make.CircumstanceFactory(school=school)
    address = url("return-record", school)

    page = as_adviser.get(address).content.decode()
    assert page.count(" checked") == len(catalogue()) - 1
    as_adviser.post(address, {"kinds": ["structural_change", "basic_need"]})
    assert returned(school) == {"structural_change", "basic_need"}
    assert "Select what there is nothing to report on" in as_adviser.post(address, {}).content.decode()
    page = as_adviser.get(url("circumstance-list", school)).content.decode()
    assert f"{len(catalogue()) - 3} of {len(catalogue()) - 1} not known" in page


def test_with_everything_known_the_page_says_so(as_adviser, school):
    for key in catalogue():
        make.CircumstanceFactory(school=school, kind=key)
    page = as_adviser.get(url("return-record", school)).content.decode()
    assert "Everything there is to ask is recorded as so" in page


def test_a_refused_return_is_shown(as_adviser, school, monkeypatch):
    def refuse(**kwargs):
        raise ValidationError("Not today.")

    monkeypatch.setattr("schools.actions.return_nothing_to_report", refuse)
    page = as_adviser.post(url("return-record", school), {"kinds": ["basic_need"]}).content.decode()
    assert "Not today." in page


# A sitting


@pytest.fixture
def forty(authority, adviser):
    schools = [make.SchoolFactory(authority=authority) for _ in range(39)]
    for one in schools:
        make.OfficerAssignmentFactory(school=one, user=adviser)
    return schools


def test_forty_schools_at_a_sitting(as_adviser, school, other_school, forty):
    page = as_adviser.get(MANY).content.decode()
    assert page.count('name="schools"') == 40
    assert other_school.name not in page
    assert f"{len(catalogue())} questions not known" in page

    response = as_adviser.post(MANY, {"schools": [one.urn for one in [school, *forty]]}, follow=True)

    page = response.content.decode()
    assert "Nothing to report at 40 schools." in page
    assert "Every question is answered; 40 schools today." in page
    assert CircumstanceReturn.objects.filter(returned_on=TODAY).count() == 40 * len(catalogue())


def test_only_what_the_policy_asks_is_asked_and_returned(as_adviser, leeds, school):
    assert "19 questions not known" in as_adviser.get(MANY).content.decode()
    as_adviser.post(MANY, {"schools": [school.urn]})
    assert len(returned(school)) == 19
    assert "targets_missed_by_far" not in returned(school)


def test_done_ones_stand_apart_with_the_day_they_go_stale(as_adviser, school, forty):
    as_adviser.post(MANY, {"schools": [school.urn]})
    sitting = as_adviser.get(MANY).context["sitting"]
    assert (sitting.left, sitting.today, len(sitting.rows)) == (39, 1, 39)
    (done,) = sitting.done
    assert done.school == school
    assert done.summary.startswith("Known until ")
    again = as_adviser.get(MANY + "?again=1").context["sitting"]
    assert len(again.rows) == 40


def test_more_than_forty_follow_once_these_are_saved(as_adviser, school, forty, authority, adviser):
    for one in make.SchoolFactory.create_batch(3, authority=authority):
        make.OfficerAssignmentFactory(school=one, user=adviser)
    page = as_adviser.get(MANY)
    assert page.content.decode().count('name="schools"') == AT_A_SITTING
    assert "3 more schools follow once these are saved" in page.content.decode()


def test_what_went_stale_is_said_with_its_day(as_adviser, school):
    make.CircumstanceReturnFactory(
        school=school, returned_on=TODAY - dt.timedelta(days=121), stale_on=TODAY - dt.timedelta(days=1)
    )
    page = as_adviser.get(MANY).content.decode()
    assert "the first answer went stale on" in page
    assert "No on " in page


def test_a_school_where_all_is_so_needs_no_answer(as_adviser, school):
    for key in catalogue():
        make.CircumstanceFactory(school=school, kind=key)
    (row,) = as_adviser.get(MANY).context["sitting"].done
    assert row.summary == "Nothing is asked"


def test_a_school_outside_ones_reach_cannot_be_slipped_in(as_adviser, school, other_school):
    page = as_adviser.post(MANY, {"schools": [school.urn, other_school.urn]}).content.decode()
    assert "is not yours to answer for" in page
    assert f'value="{school.urn}" checked' in page
    assert not CircumstanceReturn.objects.exists()


def test_nothing_ticked_is_said(as_adviser, school):
    assert "Tick the schools with nothing to report" in as_adviser.post(MANY, {}).content.decode()


def test_what_somebody_recorded_meanwhile_stands_at_its_row_and_nothing_is_saved(as_adviser, school, forty):
    make.CircumstanceFactory(school=school)
    page = as_adviser.post(
        MANY,
        {"schools": [school.urn, forty[0].urn], f"seen-{school.urn}": "finance_concern basic_need nonsense"},
    ).content.decode()
    assert "somebody recorded “Concern about finance” meanwhile" in page
    assert f'id="fault-{school.urn}"' in page
    assert not CircumstanceReturn.objects.exists()


def test_only_what_the_row_showed_is_returned(as_adviser, school):
    as_adviser.post(MANY, {"schools": [school.urn], f"seen-{school.urn}": "basic_need structural_change"})
    assert returned(school) == {"basic_need", "structural_change"}


def test_reporting_something_saves_what_is_ticked_and_comes_back_to_the_row(as_adviser, school, forty):
    response = as_adviser.post(
        MANY + "?all=1&x=1", {"schools": [forty[0].urn], "report": f"{school.urn}:finance_concern"}
    )
    assert returned(forty[0])
    record = urlsplit(response.url)
    assert parse_qs(record.query)["kind"] == ["finance_concern"]
    assert 'value="finance_concern" selected' in as_adviser.get(response.url).content.decode()
    filled = {
        "kind": "finance_concern",
        "source": "Schools finance",
        "audience": "authority",
        **date_parts("start_on", TODAY),
    }
    back = as_adviser.post(response.url, filled)
    assert back.url == f"{MANY}?all=1#school-{school.urn}"
    assert Circumstance.objects.filter(school=school, kind="finance_concern").exists()


@pytest.mark.parametrize(
    "wanted", ["https://example.org/", "//example.org/", "/schools/", "/nothing-to-report/../x"]
)
def test_no_other_address_is_gone_back_to(as_adviser, school, wanted):
    filled = {"kind": "basic_need", "source": "Head", "audience": "school", **date_parts("start_on", TODAY)}
    response = as_adviser.post(url("circumstance-record", school) + f"?next={wanted}", filled)
    assert response.url == url("circumstance-list", school)


def test_reporting_alone_saves_nothing(as_adviser, school):
    assert as_adviser.post(MANY, {"report": f"{school.urn}:basic_need"}).status_code == 302
    assert not CircumstanceReturn.objects.exists()


def test_who_serves_no_school_sees_all_they_may_record_for(client, manager, school, other_school):
    client.force_login(manager)
    page = client.get(MANY).content.decode()
    assert school.name.replace("'", "&#x27;") in page
    assert other_school.name in page
    response = client.post(MANY, {"schools": [school.urn]}, follow=True)
    assert "Nothing to report at 1 school." in response.content.decode()


def test_a_manager_answers_for_one_advisers_schools(client, manager, adviser, school, other_school):
    make.OfficerAssignmentFactory(school=other_school)
    client.force_login(manager)
    page = client.get(MANY).content.decode()
    assert adviser.name in page
    (row,) = client.get(f"{MANY}?adviser={adviser.public_id}").context["sitting"].rows
    assert row.school == school
    assert len(client.get(f"{MANY}?adviser=nobody").context["sitting"].rows) == 2


def test_an_adviser_without_schools_is_told(client, authority):
    client.force_login(make.UserFactory(grants=[(Role.ADVISER, authority)]))
    assert "no school at which you are asked about anything" in client.get(MANY).content.decode()


@pytest.fixture
def service(authority):
    """Asked about finance, at every school of the authority."""
    user = make.UserFactory(grants=[(Role.SERVICE_MANAGER, authority)])
    make.ServiceRemitFactory(user=user, authority=authority, subject="finance_concern")
    return user


@pytest.mark.requirement("K-024")
def test_a_service_answers_its_own_questions_alone(client, service, school, other_school, far_school):
    client.force_login(service)
    page = client.get(MANY).content.decode()
    assert page.count('name="schools"') == 2
    assert "1 question not known" in page
    assert "only about what belongs to your service" in page
    client.post(MANY, {"schools": [school.urn], f"seen-{school.urn}": "leadership_concern"})
    assert returned(school) == set()
    client.post(MANY, {"schools": [school.urn], f"seen-{school.urn}": "finance_concern leadership_concern"})
    assert returned(school) == {"finance_concern"}
    assert far_school.name not in page


@pytest.mark.requirement("K-024")
def test_who_serves_and_is_asked_answers_each_where_it_is_theirs(
    client, adviser, school, other_school, authority
):
    make.RoleGrantFactory(user=adviser, authority=authority, role=Role.SERVICE_OFFICER)
    make.ServiceRemitFactory(user=adviser, authority=authority, subject="finance_concern")
    client.force_login(adviser)
    client.post(MANY + "?all=1", {"schools": [school.urn, other_school.urn]})
    assert returned(school) == set(catalogue())
    assert returned(other_school) == {"finance_concern"}


def test_ten_schools_cost_as_many_queries_as_one(as_adviser, school, authority, adviser, count_queries):
    as_adviser.get(MANY)
    one = count_queries(lambda: as_adviser.get(MANY))
    for another in make.SchoolFactory.create_batch(9, authority=authority):
        make.OfficerAssignmentFactory(school=another, user=adviser)
    assert count_queries(lambda: as_adviser.get(MANY)) == one


@pytest.mark.browser
def test_by_keyboard_one_key_a_school(browser_page, live_server, school, forty, adviser):
    sign_in(browser_page, live_server, adviser)
    browser_page.goto(MANY)
    browser_page.locator("[data-sitting-tick]").first.focus()
    for _ in range(40):
        browser_page.keyboard.press("n")
    assert browser_page.locator("[data-sitting-count]").inner_text().startswith("40 of 40 answered")
    browser_page.keyboard.press("k")
    browser_page.keyboard.press("u")
    assert browser_page.locator("[data-sitting-count]").inner_text().startswith("39 of 40 answered")
    browser_page.keyboard.press("s")
    browser_page.wait_for_selector("text=Nothing to report at 39 schools.")
    browser_page.locator("[data-sitting-tick]").first.focus()
    browser_page.keyboard.press("r")
    browser_page.keyboard.press("Enter")
    browser_page.wait_for_url("**/circumstances/record/**")
