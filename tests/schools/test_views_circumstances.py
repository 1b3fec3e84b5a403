"""Circumstances recorded, ended, and ruled out: one school, or forty at a sitting."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import ReadLogEntry
from schools.choices import Audience
from schools.models import Circumstance
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
    assert "“Concern about finance” is recorded at St Anne" in page
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
    client.force_login(make.UserFactory(grants=[(Role.MANAGEMENT_TEAM, authority)]))
    assert client.get(url("circumstance-list", school)).status_code == 403


# Officers of other services


@pytest.fixture
def as_service(client, authority):
    """Asked about finance, and nothing else."""
    user = make.UserFactory(name="Sara Service", grants=[(Role.SERVICE_OFFICER, authority)])
    make.ServiceRemitFactory(user=user, authority=authority, subject="finance_concern")
    client.force_login(user)
    return client


@pytest.mark.requirement("K-024")
def test_an_officer_of_a_service_sees_and_records_their_own_kinds_alone(as_service, school):
    make.CircumstanceFactory(school=school, kind="leadership_concern", note="The deputy has gone.")
    page = as_service.get(url("circumstance-list", school)).content.decode()
    assert "You see what belongs to your service." in page
    assert "1 of 1 not known" in page
    assert "eadership" not in page
    form = as_service.get(url("circumstance-record", school)).content.decode()
    assert 'value="finance_concern" selected' in form
    assert "leadership_concern" not in form
    as_service.post(url("circumstance-record", school), filled())
    assert Circumstance.objects.get(kind="finance_concern").recorded_by.name == "Sara Service"
    assert (
        as_service.post(url("circumstance-record", school), filled(kind="leadership_concern")).status_code
        == 200
    )
    assert Circumstance.objects.count() == 2
    page = as_service.get(url("circumstance-list", school)).content.decode()
    assert "The deficit has doubled." in page
    assert "deputy" not in page


@pytest.mark.requirement("K-024")
def test_an_officer_of_a_service_ends_what_is_theirs_and_finds_nothing_else(as_service, school, far_school):
    own = make.CircumstanceFactory(school=school)
    other = make.CircumstanceFactory(school=school, kind="leadership_concern")
    assert as_service.get(url("circumstance-end", school, other.public_id)).status_code == 404
    as_service.post(url("circumstance-end", school, own.public_id), date_parts("end_on", D(2026, 11, 1)))
    own.refresh_from_db()
    assert own.end_on == D(2026, 11, 1)
    for name in ("circumstance-list", "circumstance-record", "return-record"):
        assert as_service.get(url(name, far_school)).status_code == 404


@pytest.mark.requirement("K-024")
def test_an_officer_who_is_asked_nothing_sees_nothing(client, school, authority):
    make.CircumstanceFactory(school=school, note="The deficit has doubled.")
    client.force_login(make.UserFactory(grants=[(Role.SERVICE_OFFICER, authority)]))
    assert "deficit" not in client.get(url("circumstance-list", school)).content.decode()
    assert client.get(url("circumstance-record", school)).status_code == 404


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
