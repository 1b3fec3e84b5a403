"""Officers serve a school by dated rows: one of each role at a time."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from schools import actions
from schools.choices import OfficerRole
from schools.models import OfficerAssignment, School
from tests import factories as make

D = dt.date
DAY = D(2026, 11, 21)


@pytest.fixture
def newcomer(authority):
    return make.UserFactory(name="Nadia New", grants=[(Role.ADVISER, authority)])


def assign(school, officer, by, start_on=DAY, **values):
    return actions.assign_officer(
        school=school, officer=officer, by=by, at=timezone.now(), start_on=start_on,
        **{"role": OfficerRole.ADVISER, **values},
    )  # fmt: skip


@pytest.mark.requirement("L-006", "K-006")
def test_a_new_officer_follows_the_standing_one_whose_last_day_is_the_day_before(
    school, adviser, newcomer, manager
):
    assignment = assign(school, newcomer, manager)

    assert assignment.start_on == DAY
    assert assignment.end_on is None
    assert school.officers.get(user=adviser).end_on == D(2026, 11, 20)
    assert list(OfficerAssignment.objects.in_force(D(2026, 11, 20)).values_list("user", flat=True)) == [
        adviser.pk
    ]
    assert list(OfficerAssignment.objects.in_force(DAY).values_list("user", flat=True)) == [newcomer.pk]


def test_sight_of_the_school_follows_the_dates(school, adviser, newcomer, manager):
    assign(school, newcomer, manager, start_on=D(2027, 1, 1))

    for day, who in ((D(2026, 12, 31), adviser), (D(2027, 1, 1), newcomer)):
        serving = [user for user in (adviser, newcomer) if School.objects.served_by(user, day).exists()]
        assert serving == [who]


def test_the_assignment_and_what_it_ended_are_one_entry_in_the_log(school, adviser, newcomer, manager):
    assign(school, newcomer, manager)

    (entry,) = ChangeLogEntry.objects.filter(action="schools.assign_officer")
    assert (entry.by, entry.urn, entry.authority_id) == (manager, school.urn, school.authority_id)
    assert entry.before["officer"] == "Ada Adviser"
    assert entry.before["end_on"] is None
    assert entry.after == {
        "role": "adviser",
        "officer": "Nadia New",
        "start_on": "2026-11-21",
        "end_on": None,
    }


def test_each_role_is_its_own(school, adviser, newcomer, manager):
    assign(school, newcomer, manager, role=OfficerRole.AREA_MANAGER)

    assert school.officers.get(user=adviser).end_on is None
    assert ChangeLogEntry.objects.get(action="schools.assign_officer").before == {}


def test_a_double_click_assigns_once(school, newcomer, manager):
    first, second = assign(school, newcomer, manager), assign(school, newcomer, manager)

    assert first == second
    assert ChangeLogEntry.objects.count() == 1


def test_somebody_who_already_serves_is_not_assigned_again(school, adviser, manager):
    with pytest.raises(
        ValidationError, match="Ada Adviser already serves the school, since 1 September 2020"
    ):
        assign(school, adviser, manager)


def test_two_cannot_start_on_the_same_day(school, newcomer, manager, authority):
    assign(school, newcomer, manager)
    third = make.UserFactory(grants=[(Role.ADVISER, authority)])

    with pytest.raises(ValidationError, match="Nadia New starts on 21 November 2026 too"):
        assign(school, third, manager)


def test_one_who_is_to_start_later_is_not_run_into(school, newcomer, manager, authority):
    later = make.UserFactory(name="Lena Later", grants=[(Role.ADVISER, authority)])
    assign(school, later, manager, start_on=D(2027, 1, 1))

    for end_on in (None, D(2027, 1, 1)):
        with pytest.raises(ValidationError, match="Lena Later is to start on 1 January 2027") as refusal:
            assign(school, newcomer, manager, end_on=end_on)
        assert list(refusal.value.error_dict) == ["end_on"]
    assert assign(school, newcomer, manager, end_on=D(2026, 12, 31)).end_on == D(2026, 12, 31)


def test_a_last_day_before_the_first_is_refused(school, newcomer, manager):
    with pytest.raises(ValidationError, match="before the first day"):
        assign(school, newcomer, manager, end_on=D(2026, 11, 20))


@pytest.mark.parametrize("role", [Role.HEADTEACHER, Role.CHAIR])
def test_only_those_who_hold_a_role_at_the_authority_serve_a_school(school, manager, authority, role):
    head = make.UserFactory(name="Hugo Head", grants=[(role, authority)])

    with pytest.raises(ValidationError, match="Hugo Head holds no role at Kirkdale on 21 November 2026"):
        assign(school, head, manager)


def test_a_role_elsewhere_at_another_time_or_of_one_who_left_does_not_count(
    school, manager, authority, far_authority
):
    elsewhere = make.UserFactory(grants=[(Role.ADVISER, far_authority)])
    ended = make.UserFactory()
    make.RoleGrantFactory(user=ended, authority=authority, end_on=D(2026, 11, 20))
    gone = make.UserFactory(grants=[(Role.ADVISER, authority)], is_active=False)

    for officer in (elsewhere, ended, gone):
        with pytest.raises(ValidationError, match="holds no role at Kirkdale"):
            assign(school, officer, manager)
    assert not OfficerAssignment.objects.exists()


def test_only_those_who_may_assign(school, newcomer, adviser, head):
    for person in (adviser, head):
        with pytest.raises(PermissionDenied, match="do not let you assign officers to St Anne's"):
            assign(school, newcomer, person)


def test_an_assignment_ends_on_its_last_day(school, adviser, manager):
    assignment = school.officers.get()

    assert actions.end_assignment(assignment=assignment, end_on=DAY, by=manager, at=timezone.now())

    assignment.refresh_from_db()
    assert assignment.end_on == DAY
    entry = ChangeLogEntry.objects.get(action="schools.end_assignment")
    assert (entry.before["end_on"], entry.after["end_on"]) == (None, "2026-11-21")
    assert not actions.end_assignment(assignment=assignment, end_on=DAY, by=manager, at=timezone.now())
    assert ChangeLogEntry.objects.count() == 1


def test_an_assignment_can_end_earlier_but_not_later_than_it_did(school, adviser, manager):
    assignment = school.officers.get()
    actions.end_assignment(assignment=assignment, end_on=DAY, by=manager, at=timezone.now())

    assert actions.end_assignment(assignment=assignment, end_on=D(2026, 11, 1), by=manager, at=timezone.now())
    with pytest.raises(ValidationError, match="Ada Adviser's last day was 1 November 2026"):
        actions.end_assignment(assignment=assignment, end_on=DAY, by=manager, at=timezone.now())


def test_an_assignment_that_has_not_begun_by_its_last_day_is_removed(school, newcomer, manager):
    assignment = assign(school, newcomer, manager, start_on=D(2027, 1, 1))

    assert actions.end_assignment(assignment=assignment, end_on=DAY, by=manager, at=timezone.now())

    assert not school.officers.exists()
    entry = ChangeLogEntry.objects.get(action="schools.end_assignment")
    assert entry.subject == f"schools.officerassignment:{assignment.pk}"
    assert entry.after == {"removed": "It had not begun"}
    assert not actions.end_assignment(assignment=assignment, end_on=DAY, by=manager, at=timezone.now())


def test_only_those_who_may_assign_end_an_assignment(school, adviser):
    with pytest.raises(PermissionDenied):
        actions.end_assignment(assignment=school.officers.get(), end_on=DAY, by=adviser, at=timezone.now())
