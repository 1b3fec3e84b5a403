"""Circumstances recorded, ended, and ruled out: one school, or forty at a sitting."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ReadLogEntry
from schools.choices import Audience
from schools.models import Circumstance, CircumstanceReturn
from schools.rules.circumstances import catalogue
from tests import factories as make
from ui.forms import date_parts

D = dt.date


@pytest.fixture
def as_adviser(client, adviser):
    client.force_login(adviser)
    return client


def url(name, school, *args):
    return reverse(f"schools:{name}", args=[school.urn, *args])


def filled(**values):
    return {
        "kind": "finance_concern",
        "source": "Schools finance team",
        "audience": "authority",
        "note": "The deficit has doubled.",
        **date_parts("start_on", D(2026, 9, 1)),
        **values,
    }


def test_a_circumstance_is_recorded_and_read_back(as_adviser, school, adviser):
    response = as_adviser.post(url("circumstance-record", school), filled(), follow=True)

    page = response.content.decode()
    assert "“Concern about finance” is recorded." in page
    assert "The deficit has doubled." in page
    assert "Authority only" in page


def test_an_answer_of_yes_starts_from_its_question(as_adviser, school):
    page = as_adviser.get(url("circumstance-record", school) + "?kind=structural_change").content.decode()
    assert 'value="structural_change" selected' in page
    assert 'value="school" checked' in page
    assert as_adviser.get(url("circumstance-record", school) + "?kind=nonsense").status_code == 200


def test_what_is_refused_keeps_what_was_typed(as_adviser, school):
    make.CircumstanceFactory(school=school)

    page = as_adviser.post(url("circumstance-record", school), filled()).content.decode()
    assert "is recorded already" in page
    assert "The deficit has doubled." in page
    page = as_adviser.post(url("circumstance-record", school), filled(source="", kind="x")).content.decode()
    assert "There is a problem" in page
    assert Circumstance.objects.count() == 1


def test_a_head_reads_what_is_shared_and_nothing_else(client, school, head):
    make.CircumstanceFactory(school=school, kind="structural_change", audience=Audience.SCHOOL)
    make.CircumstanceFactory(school=school, kind="finance_concern", note="The deficit has doubled.")

    client.force_login(head)
    page = client.get(url("circumstance-list", school)).content.decode()

    assert "Structural change" in page
    assert "Concern about finance" not in page
    assert "deficit" not in page


def test_whoever_sees_no_suggestion_is_not_let_in(client, school, authority):
    client.force_login(make.UserFactory(grants=[(Role.SERVICE_OFFICER, authority)]))
    assert client.get(url("circumstance-list", school)).status_code == 403


def test_reading_circumstances_is_logged_with_those_shown(client, school, adviser, head):
    kept = make.CircumstanceFactory(school=school)
    shared = make.CircumstanceFactory(school=school, kind="structural_change", audience=Audience.SCHOOL)

    client.force_login(adviser)
    client.get(url("circumstance-list", school))
    client.get(url("circumstance-end", school, kept.public_id))
    client.force_login(head)
    client.get(url("circumstance-list", school))

    read = [(entry.by, set(entry.identifiers)) for entry in ReadLogEntry.objects.order_by("pk")]
    one, other = f"circumstance:{kept.public_id}", f"circumstance:{shared.public_id}"
    assert read == [(adviser, {one, other}), (adviser, {one}), (head, {other})]


def test_a_circumstance_ends_on_its_page(as_adviser, school):
    circumstance = make.CircumstanceFactory(school=school, kind="structural_change", audience=Audience.SCHOOL)
    address = url("circumstance-end", school, circumstance.public_id)

    assert "Structural change" in as_adviser.get(address).content.decode()
    assert "after that day" in as_adviser.post(address, date_parts("end_on", D(2019, 1, 1))).content.decode()
    as_adviser.post(address, date_parts("end_on", D(2026, 11, 1)))
    circumstance.refresh_from_db()
    assert circumstance.end_on == D(2026, 11, 1)


@pytest.mark.parametrize("audience", [Audience.REGISTER])
def test_what_one_may_not_read_one_cannot_end(as_adviser, school, audience):
    circumstance = make.CircumstanceFactory(school=school, audience=audience)

    assert as_adviser.get(url("circumstance-end", school, circumstance.public_id)).status_code == 404


def test_nothing_to_report_takes_one_keystroke_and_can_leave_some_out(as_adviser, school):
    make.CircumstanceFactory(school=school)
    address = url("return-record", school)

    page = as_adviser.get(address).content.decode()
    assert page.count(" checked") == len(catalogue()) - 1
    as_adviser.post(address, {"kinds": ["structural_change", "basic_need"]})
    assert set(CircumstanceReturn.objects.values_list("kind", flat=True)) == {
        "structural_change",
        "basic_need",
    }
    assert "Select what there is nothing to report on" in as_adviser.post(address, {}).content.decode()
    page = as_adviser.get(url("circumstance-list", school)).content.decode()
    assert f"{len(catalogue()) - 3} of {len(catalogue()) - 1} not known" in page


def test_with_everything_known_the_page_says_so(as_adviser, school):
    for key in catalogue():
        make.CircumstanceFactory(school=school, kind=key)

    assert (
        "Everything there is to ask is recorded as so"
        in as_adviser.get(url("return-record", school)).content.decode()
    )


def test_a_refused_return_is_shown(as_adviser, school, monkeypatch):
    def refuse(**kwargs):
        raise ValidationError("Not today.")

    monkeypatch.setattr("schools.actions.return_nothing_to_report", refuse)
    page = as_adviser.post(url("return-record", school), {"kinds": ["basic_need"]}).content.decode()
    assert "Not today." in page


@pytest.fixture
def forty(authority, adviser):
    schools = [make.SchoolFactory(authority=authority) for _ in range(39)]
    for one in schools:
        make.OfficerAssignmentFactory(school=one, user=adviser)
    return schools


def test_forty_schools_at_a_sitting(as_adviser, school, other_school, forty):
    address = reverse("schools:return-many")
    page = as_adviser.get(address).content.decode()
    assert page.count('type="checkbox"') == 40
    assert other_school.name not in page
    assert f"{len(catalogue())} questions not answered" in page

    response = as_adviser.post(address, {"schools": [one.urn for one in [school, *forty]]}, follow=True)

    assert "Nothing to report at 40 schools." in response.content.decode()
    assert CircumstanceReturn.objects.filter(returned_on=timezone.localdate()).count() == 40 * len(
        catalogue()
    )
    page = as_adviser.get(address).content.decode()
    assert "Every question answered; the first answer goes stale on" in page


def test_a_school_outside_ones_reach_cannot_be_slipped_in(as_adviser, school, other_school):
    response = as_adviser.post(reverse("schools:return-many"), {"schools": [school.urn, other_school.urn]})

    assert "There is a problem" in response.content.decode()
    assert not CircumstanceReturn.objects.exists()


def test_who_serves_no_school_sees_all_they_may_record_for(client, manager, school, other_school):
    client.force_login(manager)
    page = client.get(reverse("schools:return-many")).content.decode()
    assert school.name.replace("'", "&#x27;") in page
    assert other_school.name in page
    response = client.post(reverse("schools:return-many"), {"schools": [school.urn]}, follow=True)
    assert "Nothing to report at 1 school." in response.content.decode()


def test_an_adviser_without_schools_is_told(client, authority):
    client.force_login(make.UserFactory(grants=[(Role.ADVISER, authority)]))
    assert (
        "There is no school you may record for" in client.get(reverse("schools:return-many")).content.decode()
    )


@pytest.mark.requirement("L-256")
def test_who_works_for_two_authorities_is_logged_for_the_one_whose_school_it_is(
    client, school, far_authority, adviser
):
    """Or the other one's auditors would learn of it: they read what their people did for nobody in particular."""
    make.RoleGrantFactory(user=adviser, authority=far_authority, role=Role.ADVISER)
    circumstance = make.CircumstanceFactory(school=school)
    client.force_login(adviser)
    client.get(url("circumstance-list", school))
    client.get(reverse("schools:circumstance-end", args=[school.urn, circumstance.public_id]))
    assert [entry.authority for entry in ReadLogEntry.objects.all()] == [school.authority] * 2
