"""The pages of people at a school and of the authority's own facts of it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.choices import Role
from schools.actions.schools import _check_area
from schools.choices import ContactRole, OfficerRole
from tests import factories as make
from ui.forms import date_parts

D = dt.date


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager)
    return client


def url(name, school, *args):
    return reverse(f"schools:{name}", args=[school.urn, *args])


def test_people_are_listed_with_what_the_reader_may_do(client, school, adviser, head, manager):
    client.force_login(head)
    page = client.get(url("people", school)).content.decode()
    assert "Hana Head, since 1 September 2020" in page
    assert "Ada Adviser" in page
    assert "No chair of governors is recorded" in page
    assert "Assign an officer" not in page
    assert "Change<span" not in page

    client.force_login(manager)
    page = client.get(url("people", school)).content.decode()
    assert "Assign an officer" in page
    assert "headteacher Hana Head" in page


@pytest.mark.requirement("L-006", "K-006")
def test_an_officer_is_assigned_on_the_page(as_manager, school, adviser, authority):
    newcomer = make.UserFactory(name="Nadia New", grants=[(Role.ADVISER, authority)])

    response = as_manager.post(
        url("officer-assign", school),
        {"officer": newcomer.pk, "role": OfficerRole.ADVISER, **date_parts("start_on", D(2026, 12, 1))},
        follow=True,
    )

    assert response.redirect_chain == [(url("people", school), 302)]
    assert "Nadia New, from 1 December 2026" in response.content.decode()
    assert school.officers.get(user=adviser).end_on == D(2026, 11, 30)


def test_officers_to_choose_from_are_the_authoritys_own_each_once(
    as_manager, school, adviser, head, authority, far_authority
):
    make.RoleGrantFactory(user=adviser, authority=authority, role=Role.SERVICE_OFFICER)
    make.UserFactory(name="Farah Far", grants=[(Role.ADVISER, far_authority)])
    both = make.UserFactory(
        name="Bo Both", grants=[(Role.HEADTEACHER, authority), (Role.ADVISER, far_authority)]
    )

    make.UserFactory(name="Mel Member", grants=[(Role.LEAD_MEMBER, authority), (Role.AUDITOR, authority)])
    past = make.UserFactory(name="Pia Past")
    make.RoleGrantFactory(user=past, authority=authority, role=Role.ADVISER, end_on=D(2021, 7, 31))

    page = as_manager.get(url("officer-assign", school)).content.decode()

    assert "Mel Member" not in page
    assert "Pia Past" not in page
    assert page.count("Ada Adviser (") == 1
    assert "Hana Head (" not in page
    assert "Farah Far" not in page
    assert both.name not in page


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(as_manager, school, adviser):
    response = as_manager.post(
        url("officer-assign", school),
        {"officer": adviser.pk, "role": OfficerRole.ADVISER, **date_parts("start_on", D(2026, 12, 1))},
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert "There is a problem" in page
    assert "already serves the school" in page
    assert 'value="2026"' in page
    assert f'value="{adviser.pk}" selected' in page
    assert school.officers.count() == 1


def test_an_assignment_ends_on_the_page(as_manager, school, adviser):
    assignment = school.officers.get()
    address = url("officer-end", school, assignment.pk)

    assert "Ada Adviser" in as_manager.get(address).content.decode()
    refused = as_manager.post(address, date_parts("end_on", D(2026, 12, 1)) | {"end_on_day": "99"})
    assert "must be a real date" in refused.content.decode()
    as_manager.post(address, date_parts("end_on", D(2026, 12, 1)))
    assignment.refresh_from_db()
    assert assignment.end_on == D(2026, 12, 1)
    refused = as_manager.post(address, date_parts("end_on", D(2026, 12, 2)))
    assert "last day was 1 December 2026" in refused.content.decode().replace("&#39;", "'")


@pytest.mark.requirement("L-009", "L-012")
def test_a_contact_is_added_changed_and_ended_on_the_pages(as_manager, school, head):
    assert (
        "Being recorded here gives nobody access"
        in as_manager.get(url("contact-add", school)).content.decode()
    )
    response = as_manager.post(
        url("contact-add", school),
        {
            "role": ContactRole.HEADTEACHER,
            "name": " Nia New ",
            "email": "nia@example.org ",
            "is_acting": "on",
            **date_parts("start_on", D(2026, 9, 1)),
        },
        follow=True,
    )
    assert "Nia New (acting), since 1 September 2026" in response.content.decode()
    contact = school.contacts.get(name="Nia New")

    page = as_manager.get(url("contact-change", school, contact.pk)).content.decode()
    assert 'value="nia@example.org"' in page
    same = {"role": contact.role, "name": "Nia New", "email": "nia@example.org", "is_acting": "on"}
    dates = date_parts("start_on", D(2026, 9, 1))
    unchanged = as_manager.post(url("contact-change", school, contact.pk), same | dates, follow=True)
    assert "Nothing changed" in unchanged.content.decode()
    as_manager.post(url("contact-change", school, contact.pk), {**same, "email": ""} | dates)
    contact.refresh_from_db()
    assert contact.email == ""

    page = as_manager.get(url("contact-end", school, contact.pk)).content.decode()
    assert "Nia New leaves" in page
    as_manager.post(url("contact-end", school, contact.pk), date_parts("end_on", D(2027, 8, 31)))
    contact.refresh_from_db()
    assert contact.end_on == D(2027, 8, 31)


def test_refusals_of_contacts_are_shown(as_manager, school, head):
    chair = make.SchoolContactFactory(school=school, role=ContactRole.CHAIR, name="Carl Chair")

    added = as_manager.post(url("contact-add", school), {"role": "headteacher", "name": "Nia New"})
    assert "Enter the day the new one starts" in added.content.decode()
    changed = as_manager.post(
        url("contact-change", school, chair.pk), {"role": "headteacher", "name": "Carl Chair"}
    )
    assert "The two cannot hold it together" in changed.content.decode()
    ended = as_manager.post(url("contact-end", school, chair.pk), date_parts("end_on", D(2019, 1, 1)))
    assert "after that day" in ended.content.decode()
    assert school.contacts.filter(end_on__isnull=False).count() == 0


def test_a_contact_of_another_school_is_not_found_under_this_ones_address(
    as_manager, school, other_school, other_head, adviser
):
    contact = other_school.contacts.get()
    assignment = school.officers.get()

    assert as_manager.get(url("contact-end", school, contact.pk)).status_code == 404
    assert as_manager.get(url("contact-change", school, contact.pk)).status_code == 404
    assert as_manager.get(url("officer-end", other_school, assignment.pk)).status_code == 404


@pytest.mark.requirement("L-005", "L-010", "K-004", "K-005")
def test_the_authoritys_own_facts_are_changed_and_cleared(as_manager, school, authority, far_authority):
    area = make.AreaFactory(authority=authority, name="North")
    far = make.AreaFactory(authority=far_authority, name="Far away")
    address = url("school-edit", school)

    page = as_manager.get(address).content.decode()
    assert "North" in page
    assert "Far away" not in page
    response = as_manager.post(address, {"area": area.pk, "has_nursery": "yes", "has_sixth_form": "no"})
    assert response.status_code == 302
    school.refresh_from_db()
    assert (school.area, school.has_nursery, school.has_sixth_form) == (area, True, False)
    refused = as_manager.post(address, {"area": far.pk})
    assert "from the list" in refused.content.decode()
    as_manager.post(address, {"area": "", "has_nursery": "", "has_sixth_form": ""})
    school.refresh_from_db()
    assert (school.area, school.has_nursery) == (None, None)


def test_an_area_moved_meanwhile_is_refused_in_words(
    as_manager, school, authority, far_authority, monkeypatch
):
    area = make.AreaFactory(authority=authority, name="North")

    def moved_meanwhile(school, given, kind, field):
        if given is not None:
            given.authority = far_authority
        _check_area(school, given, kind, field)

    monkeypatch.setattr("schools.actions.schools._check_area", moved_meanwhile)
    page = as_manager.post(url("school-edit", school), {"area": area.pk}).content.decode()
    assert "North is no area of this school" in page
