"""Who may do what about a school or an authority: every check has its reason, every pair agrees."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.choices import Role
from schools import permissions
from schools.choices import Audience, ContactRole
from tests import factories as make

SCHOOL_PAIRS = ("edit_school", "assign_officer", "record_inspection", "record_circumstance")
AUTHORITY_PAIRS = ("change_half_terms", "change_settings")


@pytest.mark.parametrize("name", SCHOOL_PAIRS)
def test_a_manager_may_within_the_authority_and_a_head_may_not(
    name, school, far_school, manager, head, stranger
):
    can, check = getattr(permissions, f"can_{name}"), getattr(permissions, f"check_can_{name}")

    assert can(manager, school)
    for person, where in ((manager, far_school), (head, school), (stranger, school)):
        assert not can(person, where)
        with pytest.raises(PermissionDenied, match=f"Your roles do not let you .*{where.name}"):
            check(person, where)


@pytest.mark.parametrize("name", AUTHORITY_PAIRS)
def test_the_policy_admin_may_for_the_authority_and_nobody_for_another(
    name, authority, far_authority, policy_admin, manager
):
    can, check = getattr(permissions, f"can_{name}"), getattr(permissions, f"check_can_{name}")

    assert can(policy_admin, authority)
    for person, where in ((policy_admin, far_authority), (manager, authority)):
        assert not can(person, where)
        with pytest.raises(PermissionDenied, match=where.name):
            check(person, where)


def test_whoever_keeps_a_calendar_may_change_working_days(policy_admin, manager):
    assert permissions.can_change_working_days(policy_admin)
    assert not permissions.can_change_working_days(manager)


def test_whoever_imports_does_so_for_their_own_authority_only(policy_admin, authority, far_authority):
    assert permissions.can_import(policy_admin, authority)
    assert not permissions.can_import(policy_admin, far_authority)
    with pytest.raises(
        PermissionDenied, match=f"^Your roles do not let you import data for {far_authority.name}"
    ):
        permissions.check_can_import(policy_admin, far_authority)


def test_an_adviser_records_circumstances_at_the_schools_they_serve_only(adviser, school, other_school):
    assert permissions.can_record_circumstance(adviser, school)
    assert not permissions.can_record_circumstance(adviser, other_school)


def test_each_reads_with_their_own_eyes(school, other_school, far_school, authority, adviser, manager, head):
    chair = make.UserFactory(grants=[(Role.CHAIR, authority)])
    make.SchoolContactFactory(school=school, user=chair, role=ContactRole.CHAIR)
    everything_but_the_register = set(Audience) - {Audience.REGISTER}

    read = permissions.readable_audiences
    assert read(adviser, school) == read(manager, school) == everything_but_the_register
    assert read(head, school) == {Audience.SCHOOL}
    assert read(chair, school) == {Audience.SCHOOL, Audience.GOVERNORS_PANEL}
    for person, where in ((adviser, other_school), (head, other_school), (manager, far_school)):
        assert read(person, where) == frozenset()


@pytest.mark.requirement("K-240")
def test_who_chairs_another_school_does_not_read_what_the_governors_panel_says_of_their_own(
    authority, head, school, other_school
):
    make.RoleGrantFactory(user=head, authority=authority, role=Role.CHAIR)
    make.SchoolContactFactory(school=other_school, user=head, role=ContactRole.CHAIR)
    assert permissions.readable_audiences(head, school) == {Audience.SCHOOL}
    assert permissions.readable_audiences(head, other_school) == {Audience.SCHOOL, Audience.GOVERNORS_PANEL}
