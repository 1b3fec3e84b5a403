"""Half-terms of a year and days made working by hand."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import ChangeLogEntry
from schools import actions
from schools.models import HalfTerm, WorkingDayOverride

D = dt.date
AUTUMN = {1: (D(2025, 9, 1), D(2025, 10, 24)), 2: (D(2025, 11, 3), D(2025, 12, 19))}


def set_terms(authority, by, dates=AUTUMN, school=None, year=2025):
    return actions.set_half_terms(
        authority=authority, year=year, dates=dates, school=school, by=by, at=timezone.now()
    )


@pytest.mark.requirement("L-274", "K-252")
def test_an_authority_sets_its_half_terms_and_replaces_them(authority, policy_admin):
    assert set_terms(authority, policy_admin)
    assert set_terms(authority, policy_admin, {1: (D(2025, 9, 2), D(2025, 10, 24))})

    (row,) = HalfTerm.objects.all()
    assert (row.number, row.start_on) == (1, D(2025, 9, 2))
    latest = ChangeLogEntry.objects.first()
    assert latest.before["half_terms"]["2"] == ["2025-11-03", "2025-12-19"]
    assert latest.after["year"] == "2025-26"


def test_the_same_dates_again_write_nothing(authority, policy_admin):
    set_terms(authority, policy_admin)

    assert not set_terms(authority, policy_admin)
    assert ChangeLogEntry.objects.count() == 1


def test_a_school_keeps_its_own_beside_its_authoritys(authority, school, other_school, policy_admin):
    set_terms(authority, policy_admin)
    set_terms(authority, policy_admin, {2: (D(2025, 10, 29), D(2025, 12, 17))}, school)

    assert [(row.number, row.start_on) for row in HalfTerm.objects.kept_by(school, [2025])] == [
        (1, D(2025, 9, 1)),
        (2, D(2025, 10, 29)),
    ]
    assert HalfTerm.objects.kept_by(other_school, [2025])[1].start_on == D(2025, 11, 3)
    assert [row.is_own for row in HalfTerm.objects.of_authority(authority.pk, [2025])] == [False, False]
    assert ChangeLogEntry.objects.first().urn == school.urn


def test_a_schools_own_dates_may_not_clash_with_those_it_takes_from_its_authority(
    authority, school, policy_admin
):
    set_terms(authority, policy_admin)

    with pytest.raises(ValidationError) as refusal:
        set_terms(authority, policy_admin, {1: (D(2025, 9, 1), D(2025, 11, 3))}, school)

    # Half-term 2 is the authority's and has no box here: the message stands at the school's own date
    assert list(refusal.value.error_dict) == ["start_on_1"]
    assert "but half-term 1 ends on 3 November 2025" in refusal.value.messages[0]


def test_dates_that_overlap_are_refused_at_their_field_and_nothing_changes(authority, policy_admin):
    set_terms(authority, policy_admin)

    with pytest.raises(ValidationError) as refusal:
        set_terms(authority, policy_admin, {**AUTUMN, 3: (D(2025, 12, 19), D(2026, 2, 13))})

    assert list(refusal.value.error_dict) == ["start_on_3"]
    assert HalfTerm.objects.count() == 2


def test_a_fault_of_the_authoritys_before_any_own_date_stands_at_the_top(authority, school, policy_admin):
    set_terms(authority, policy_admin)
    # The authority's first half-term is moved into the year before by hand
    HalfTerm.objects.filter(number=1).update(start_on=D(2025, 7, 1))

    with pytest.raises(ValidationError) as refusal:
        set_terms(authority, policy_admin, {2: (D(2025, 10, 29), D(2025, 12, 17))}, school)

    assert list(refusal.value.error_dict) == ["__all__"]


def test_a_school_of_another_authority_is_refused(authority, far_school, policy_admin):
    with pytest.raises(ValidationError, match="is not a school of Kirkdale"):
        set_terms(authority, policy_admin, AUTUMN, far_school)


def test_only_those_who_keep_the_calendar(authority, far_authority, policy_admin, manager):
    with pytest.raises(PermissionDenied, match="change the terms of Kirkdale"):
        set_terms(authority, manager)
    with pytest.raises(PermissionDenied, match="change the terms of Soarbridge"):
        set_terms(far_authority, policy_admin)
    with pytest.raises(PermissionDenied, match="change working days"):
        actions.set_working_day(
            day=D(2026, 6, 15), is_working=False, reason="x", by=manager, at=timezone.now()
        )


def test_a_day_is_made_a_holiday_and_clocks_see_it(policy_admin):
    def change(reason):
        return actions.set_working_day(
            day=D(2026, 6, 15), is_working=False, reason=reason, by=policy_admin, at=timezone.now()
        )

    assert change("Bank holiday")
    assert not change("Bank holiday")
    assert change("Bank holiday for the jubilee")

    holidays = WorkingDayOverride.objects.holidays(2026, 2026)
    assert holidays.why_not_working(D(2026, 6, 15)) == "Bank holiday for the jubilee"
    assert ChangeLogEntry.objects.first().before["reason"] == "Bank holiday"


def test_a_day_is_given_back_to_the_calendar_once(policy_admin):
    actions.set_working_day(
        day=D(2026, 6, 15), is_working=False, reason="Jubilee", by=policy_admin, at=timezone.now()
    )
    override = WorkingDayOverride.objects.get()

    assert actions.remove_working_day(override=override, by=policy_admin, at=timezone.now())
    assert not actions.remove_working_day(override=override, by=policy_admin, at=timezone.now())
    assert WorkingDayOverride.objects.holidays(2026, 2026).why_not_working(D(2026, 6, 15)) == ""
    assert ChangeLogEntry.objects.first().subject == f"schools.workingdayoverride:{override.pk}"
