"""What a school is follows from its type, never from GIAS's group."""

import pytest
from django.db import IntegrityError, transaction

from schools.choices import (
    ACADEMY_TYPES,
    ALTERNATIVE_PROVISION_TYPES,
    MAINTAINED_TYPES,
    SPECIAL_TYPES,
    SPONSOR_LED_TYPES,
    SchoolStatus,
    SchoolType,
)
from schools.models import Indicator, School, Trust
from tests import factories as make


@pytest.mark.requirement("K-023", "X-15")
@pytest.mark.parametrize(
    ("type_", "maintained", "academy", "special", "alternative"),
    [
        (SchoolType.COMMUNITY, True, False, False, False),
        (SchoolType.FOUNDATION_SPECIAL, True, False, True, False),
        (SchoolType.NURSERY, True, False, False, False),
        (SchoolType.PUPIL_REFERRAL_UNIT, False, False, False, True),
        (SchoolType.ACADEMY_SPONSOR_LED, False, True, False, False),
        (SchoolType.FREE_SCHOOL_AP, False, True, False, True),
        (SchoolType.FREE_SCHOOL_SPECIAL, False, True, True, False),
        (SchoolType.NON_MAINTAINED_SPECIAL, False, False, True, False),
        (SchoolType.OTHER_INDEPENDENT, False, False, False, False),
    ],
)
def test_maintained_academy_special_and_alternative_follow_from_the_type(
    type_, maintained, academy, special, alternative
):
    school = School(type=type_)

    assert (school.is_maintained, school.is_academy) == (maintained, academy)
    assert (school.is_special, school.is_alternative_provision) == (special, alternative)


def test_no_school_is_both_maintained_and_an_academy():
    assert not MAINTAINED_TYPES & ACADEMY_TYPES
    assert SPONSOR_LED_TYPES <= ACADEMY_TYPES
    assert not SPECIAL_TYPES & ALTERNATIVE_PROVISION_TYPES


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        (SchoolStatus.OPEN, True),
        (SchoolStatus.PROPOSED_TO_CLOSE, True),
        (SchoolStatus.CLOSED, False),
        (SchoolStatus.PROPOSED_TO_OPEN, False),
    ],
)
def test_a_school_is_open_until_it_closes(status, is_open):
    assert School(status=status).is_open is is_open


def test_the_number_of_authority_and_establishment_is_written_as_the_sector_does(authority):
    assert make.SchoolFactory(authority=authority, establishment_number=345).laestab == "901/0345"
    assert make.SchoolFactory(authority=authority, establishment_number=None).laestab == ""


def test_names_stand_for_schools_and_trusts(school):
    assert str(school) == "St Anne's Primary School"
    assert str(Trust(name="Kirkdale Trust")) == "Kirkdale Trust"
    assert school.get_absolute_url() == f"/schools/{school.urn}/"


def test_the_database_keeps_one_half_term_of_each_number_of_an_authority_and_of_a_school(authority, school):
    for owner in (None, school):
        make.HalfTermFactory(authority=authority, school=owner)
        with pytest.raises(IntegrityError), transaction.atomic():
            make.HalfTermFactory(authority=authority, school=owner)


def test_the_database_keeps_one_head_and_one_officer_of_each_role_at_a_time(school, head, adviser):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.SchoolContactFactory(school=school)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.OfficerAssignmentFactory(school=school)


def test_an_indicator_is_called_by_its_name_where_one_is_chosen():
    assert str(Indicator(key="abs_overall", name="Overall absence")) == "Overall absence"
