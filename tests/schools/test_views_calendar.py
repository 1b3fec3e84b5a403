"""Half-terms on one screen, last year's as a start, and days changed by hand."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import ChangeLogEntry
from schools.models import HalfTerm, WorkingDayOverride
from tests import factories as make
from ui.forms import date_parts

D = dt.date
AUTUMN = {1: (D(2026, 9, 1), D(2026, 10, 23)), 2: (D(2026, 11, 2), D(2026, 12, 18))}


@pytest.fixture
def as_admin(client, policy_admin):
    client.force_login(policy_admin)
    return client


def typed(dates):
    data = {}
    for number, (start, end) in dates.items():
        data |= date_parts(f"start_on_{number}", start) | date_parts(f"end_on_{number}", end)
    return data


def edit_url(year=2026, code="901"):
    return reverse("schools:calendar-edit", args=[code, year])


@pytest.mark.requirement("L-274", "K-252")
def test_six_half_terms_are_set_on_one_screen(as_admin, authority):
    page = as_admin.get(edit_url()).content.decode()
    assert page.count("app-half-term") == 6

    response = as_admin.post(edit_url(), typed(AUTUMN), follow=True)

    page = response.content.decode()
    assert "The half-terms of Kirkdale in 2026-27 are saved." in page
    assert "2 November 2026" in page
    assert HalfTerm.objects.count() == 2


def test_an_overlap_is_explained_and_what_was_typed_stays(as_admin, authority):
    response = as_admin.post(edit_url(), typed({**AUTUMN, 2: (D(2026, 10, 23), D(2026, 12, 18))}))

    page = response.content.decode()
    assert "Half-term 2 starts on 23 October 2026, but half-term 1 ends on 23 October 2026" in page
    assert 'href="#id_start_on_2_day"' in page
    assert 'value="23"' in page
    assert not HalfTerm.objects.exists()


@pytest.mark.parametrize(("left_out", "says"), [("end_on", "Enter the last day of half-term 1 too, or neither"),
                                                ("start_on", "Enter the first day of half-term 1 too, or neither")])  # fmt: skip
def test_half_a_half_term_is_refused(as_admin, authority, left_out, says):
    data = {key: value for key, value in typed({1: AUTUMN[1]}).items() if not key.startswith(left_out)}

    assert says in as_admin.post(edit_url(), data).content.decode()


def test_a_date_that_is_none_is_refused_once(as_admin, authority):
    page = as_admin.post(edit_url(), typed({1: AUTUMN[1]}) | {"end_on_1_month": "13"}).content.decode()
    assert "must be a real date" in page
    assert "too, or neither" not in page


def test_last_years_dates_are_a_start_that_saves_nothing(as_admin, authority):
    for number, (start, end) in AUTUMN.items():
        make.HalfTermFactory(authority=authority, year=2026, number=number, start_on=start, end_on=end)

    assert "Start from the dates of 2026-27" in as_admin.get(edit_url(2027)).content.decode()
    page = as_admin.get(edit_url(2027) + "?copy=1").content.decode()
    assert "52 weeks on" in page
    assert 'value="31"' in page
    assert 'value="8"' in page
    assert HalfTerm.objects.filter(year=2027).count() == 0


def test_saving_the_same_again_says_that_nothing_changed(as_admin, authority):
    as_admin.post(edit_url(), typed(AUTUMN))
    assert "Nothing changed" in as_admin.post(edit_url(), typed(AUTUMN), follow=True).content.decode()
    assert ChangeLogEntry.objects.count() == 1


@pytest.mark.parametrize("year", [1989, 2099])
def test_a_year_out_of_range_is_not_found(as_admin, authority, school, year):
    assert as_admin.get(edit_url(year)).status_code == 404
    assert as_admin.get(reverse("schools:school-calendar-edit", args=[school.urn, year])).status_code == 404


def test_a_year_is_reached_as_people_write_it(as_admin, authority):
    address = reverse("schools:calendar-year", args=["901"])

    assert as_admin.get(address, {"year": "2031/32"}).url == edit_url(2031)
    assert (
        "the second year must follow the first" in as_admin.get(address, {"year": "2031-33"}).content.decode()
    )


def test_another_authoritys_calendar_is_not_found(as_admin, far_authority, far_school):
    assert as_admin.get(edit_url(2026, "902")).status_code == 404
    assert (
        as_admin.get(reverse("schools:school-calendar-edit", args=[far_school.urn, 2026])).status_code == 404
    )


def test_a_school_sets_its_own_over_its_authoritys(as_admin, authority, school):
    as_admin.post(edit_url(), typed(AUTUMN))
    address = reverse("schools:school-calendar-edit", args=[school.urn, 2026])
    assert "2026" not in as_admin.get(address).content.decode().split("app-half-term", 1)[1]
    assert 'value="23"' in as_admin.get(address + "?copy=1").content.decode()

    response = as_admin.post(address, typed({1: (D(2026, 9, 7), D(2026, 10, 23))}), follow=True)

    page = response.content.decode()
    assert "7 September 2026" in page
    assert "The school" in page
    clash = as_admin.post(address, typed({1: (D(2026, 9, 7), D(2026, 11, 2))})).content.decode()
    assert "but half-term 1 ends on 2 November 2026" in clash


def test_everyone_of_a_school_sees_its_terms_and_only_the_keeper_changes_them(client, school, head):
    client.force_login(head)
    page = client.get(reverse("schools:school-calendar", args=[school.urn])).content.decode()
    assert "Terms of St Anne" in page
    assert "own dates" not in page
    page = client.get(reverse("schools:calendar")).content.decode()
    assert "Half-terms of Kirkdale" in page
    assert "Change a day" not in page


def test_a_school_calendar_says_where_today_falls(client, school, head, authority, time_machine):
    for number, (start, end) in AUTUMN.items():
        make.HalfTermFactory(authority=authority, year=2026, number=number, start_on=start, end_on=end)
    time_machine.move_to(dt.datetime(2026, 10, 27, 12, tzinfo=dt.UTC))

    client.force_login(head)
    page = client.get(reverse("schools:school-calendar", args=[school.urn])).content.decode()
    assert "Today: Autumn half term, to 1 November 2026." in page
    assert "Next: Second half of the autumn term 2026-27" in page


def test_a_day_is_changed_for_england_and_given_back(as_admin, authority):
    day = D(dt.date.today().year + 1, 6, 15)  # noqa: DTZ011  # any day to come
    as_admin.post(
        reverse("schools:working-day-add"),
        {**date_parts("day", day), "is_working": "no", "reason": "Bank holiday for the jubilee"},
    )
    page = as_admin.get(reverse("schools:calendar")).content.decode()
    assert "Bank holiday for the jubilee (made a holiday by hand)" in page

    address = reverse("schools:working-day-remove", args=[day])
    assert "Bank holiday for the jubilee" in as_admin.get(address).content.decode()
    as_admin.post(address)
    assert not WorkingDayOverride.objects.exists()
    assert as_admin.get(address).status_code == 404


def test_a_change_of_day_needs_a_reason(as_admin, authority):
    page = as_admin.post(reverse("schools:working-day-add"), {"is_working": "yes"}).content.decode()
    assert "Enter reason" in page
    assert as_admin.get(reverse("schools:working-day-add")).status_code == 200


def test_an_address_with_no_such_day_is_not_found(as_admin, authority):
    assert as_admin.get("/calendar/working-days/2026-02-31/remove/").status_code == 404
