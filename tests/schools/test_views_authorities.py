"""An authority's settings, areas and clusters on their pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from tests import factories as make


@pytest.fixture
def as_admin(client, policy_admin):
    client.force_login(policy_admin)
    return client


def url(name, *args):
    return reverse(f"schools:{name}", args=args)


def test_settings_lead_to_the_one_authority_or_ask_which(as_admin, authority, far_authority, policy_admin):
    assert as_admin.get(url("settings")).url == url("authority-edit", "901")

    make.RoleGrantFactory(user=policy_admin, role=Role.POLICY_ADMIN, authority=far_authority)
    page = as_admin.get(url("settings")).content.decode()
    assert "Kirkdale" in page
    assert "Soarbridge" in page


def test_whoever_keeps_a_part_only_is_told(client, authority):
    person = make.UserFactory()
    make.RoleGrantFactory(
        user=person, role=Role.POLICY_ADMIN, authority=authority, area=make.AreaFactory(authority=authority)
    )
    client.force_login(person)

    assert "your role is for a part of one" in client.get(url("settings")).content.decode()
    assert client.get(url("authority-edit", "901")).status_code == 404


def test_name_colour_and_address_are_saved(as_admin, authority):
    address = url("authority-edit", "901")
    assert "#1d70b8" in as_admin.get(address).content.decode()

    data = {"service_name": "Learning Kirkdale", "colour": "#00703C", "contact_email": "sips@example.org"}
    page = as_admin.post(address, data, follow=True).content.decode()

    assert "The settings are saved." in page
    authority.refresh_from_db()
    assert (authority.service_name, authority.colour) == ("Learning Kirkdale", "#00703c")
    assert "Nothing changed" in as_admin.post(address, data, follow=True).content.decode()


@pytest.mark.parametrize(
    ("colour", "says"), [("#ffdd00", "It needs at least 4.5 to 1"), ("yellow", "Enter the colour as #")]
)
def test_a_colour_is_refused_with_its_reason_and_kept_as_typed(as_admin, authority, colour, says):
    page = as_admin.post(url("authority-edit", "901"), {"colour": colour}).content.decode()

    assert says in page
    assert f'value="{colour}"' in page


def test_a_refusal_of_the_action_itself_is_shown(as_admin, authority, monkeypatch):
    monkeypatch.setattr("schools.forms.authorities.problem_with", lambda colour: "")

    page = as_admin.post(url("authority-edit", "901"), {"colour": "#ffffff"}).content.decode()
    assert "contrast of 1.0 to 1" in page


@pytest.mark.requirement("L-005", "K-004", "K-005")
def test_areas_are_listed_added_renamed_and_removed(as_admin, authority, school):
    as_admin.post(url("area-add", "901"), {"name": " North ", "kind": "area"})
    area = authority.areas.get()
    school.area = area
    school.save()

    page = as_admin.get(url("area-list", "901")).content.decode()
    assert "North" in page
    assert "1 school" in page
    assert "None yet." in page
    taken = as_admin.post(url("area-add", "901"), {"name": "north", "kind": "area"}).content.decode()
    assert "another area called north" in taken
    assert as_admin.get(url("area-add", "901")).status_code == 200

    rename, remove = url("area-rename", "901", area.pk), url("area-remove", "901", area.pk)
    assert 'value="North"' in as_admin.get(rename).content.decode()
    as_admin.post(rename, {"name": "North West"})
    other = make.AreaFactory(authority=authority, name="South")
    clash = as_admin.post(url("area-rename", "901", other.pk), {"name": "North West"}).content.decode()
    assert "another area called North West" in clash

    assert as_admin.get(remove).status_code == 200
    refused = as_admin.post(remove).content.decode()
    assert "1 school belongs to North West. Move them first." in refused
    school.area = None
    school.save()
    as_admin.post(remove)
    assert [a.name for a in authority.areas.all()] == ["South"]


def test_another_authoritys_areas_are_not_found(as_admin, authority, far_authority):
    far = make.AreaFactory(authority=far_authority)

    assert as_admin.get(url("area-list", "902")).status_code == 404
    assert as_admin.get(url("area-rename", "901", far.pk)).status_code == 404
    assert as_admin.post(url("area-remove", "901", far.pk)).status_code == 404


def test_the_list_of_areas_takes_the_same_queries_for_one_and_for_ten(
    as_admin, authority, django_assert_num_queries
):
    make.AreaFactory(authority=authority)
    with CaptureQueriesContext(connection) as one:
        as_admin.get(url("area-list", "901"))
    for _ in range(9):
        make.AreaFactory(authority=authority)
    with django_assert_num_queries(len(one)):
        as_admin.get(url("area-list", "901"))
