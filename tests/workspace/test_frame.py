"""The frame of every page, and the pages every public service owes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from tests import factories as make

PUBLIC = ["workspace:accessibility", "workspace:privacy", "workspace:cookies"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_answer_without_signing_in(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert b"School improvement" in response.content


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_name_the_readers_authority(page, adviser, authority, name):
    authority.contact_email = "schools@kirkdale.example"
    authority.save()
    assert "Kirkdale" in page(adviser, name)


def test_the_service_says_that_it_is_up(client, db):
    response = client.get(reverse("workspace:health"))
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (
            Role.ADVISER,
            ["My schools", "Schools", "Indicators"],
            ["Import", "People", "Unattended work", "Logs"],
        ),
        (Role.POLICY_ADMIN, ["Import", "People", "Settings", "Unattended work"], ["My schools", "Logs"]),
        (Role.AUDITOR, ["Logs"], ["Schools", "Import"]),
        (Role.HEADTEACHER, ["Home"], ["Schools", "Logs", "Import"]),
    ],
)
def test_navigation_leads_only_where_one_may_go(page, authority, role, shown, hidden):
    text = page(make.UserFactory(grants=[(role, authority)]), "workspace:home")
    navigation = (
        text.split('aria-label="Menu"')[1].split("</nav>")[0]
        if 'aria-label="Menu"' in text
        else text.split("<nav")[1].split("</nav>")[0]
    )
    assert all(f">{word}<" in navigation.replace("\n", "").replace("  ", "") for word in shown), navigation
    assert not any(f">{word}<" in navigation.replace("\n", "").replace("  ", "") for word in hidden)


def test_the_frame_is_that_of_the_schools_authority(page, adviser, school, far_school):
    make.RoleGrantFactory(user=adviser, role=Role.ADVISER, authority=far_school.authority)
    assert "Soarbridge school improvement" in page(adviser, "workspace:school", far_school.urn)
    assert "Kirkdale school improvement" in page(adviser, "workspace:home")


def test_an_authority_names_its_own_service(page, adviser, authority):
    authority.service_name = "Kirkdale Learning Improvement"
    authority.save()
    assert "Kirkdale Learning Improvement" in page(adviser, "workspace:home")


def test_someone_whose_role_has_no_powers_still_sees_whose_service_it_is(page, authority):
    assert "Kirkdale" in page(make.UserFactory(grants=[(Role.LEAD_MEMBER, authority)]), "workspace:home")


def test_someone_whose_roles_have_ended_sees_no_authority(page, authority):
    user = make.UserFactory()
    make.RoleGrantFactory(user=user, authority=authority, end_on=timezone.localdate().replace(year=2021))
    assert "Kirkdale" not in page(user, "workspace:home")


def test_a_schools_own_navigation_is_what_one_may_see_of_it(page, adviser, school, other_school):
    assert "Level and why" in page(adviser, "workspace:school", school.urn)
    assert "Level and why" not in page(adviser, "workspace:school", other_school.urn)


def test_a_schools_navigation_speaks_of_levels_as_its_policy_does(page, leeds, adviser, school):
    assert "Category and why" in page(adviser, "workspace:school", school.urn)
    text = page(adviser, "categorisation:why", school.urn)
    assert "Category and why</h1>" in text
    assert "Level and why" not in text


def test_the_settings_lead_to_the_policy_and_to_areas(page, policy_admin, authority):
    text = page(policy_admin, "schools:authority-edit", authority.code)
    assert reverse("categorisation:framework-choose", args=[authority.code]) in text
    assert reverse("schools:area-list", args=[authority.code]) in text


def test_before_signing_in_the_service_is_named_once_in_the_header(client, db):
    header = client.get(reverse("account_login")).content.decode().split("<header")[1].split("</header>")[0]
    assert header.count("School improvement") == 1
