"""Reads of schools: search, people, lineage, circumstances by reader."""

import datetime as dt
import random

import pytest

from accounts.choices import Permission, Phase, Reach, Role
from accounts.roles import POWERS, SCHOOL_ROLES
from schools.choices import CONTACTS_OF, Audience, ContactRole, LinkKind, OfficerRole, SchoolPhase
from schools.models import Circumstance, Inspection, School
from schools.querysets import permissions_over
from tests import factories as make

D = dt.date
TODAY = D(2026, 11, 21)
DAY = dt.timedelta(days=1)


@pytest.fixture
def found(authority):
    make.SchoolFactory(
        authority=authority,
        urn=107806,
        establishment_number=2345,
        name="St Anne’s Primary School",
        postcode="LS1 4AP",
    )
    make.SchoolFactory(
        authority=authority,
        urn=107900,
        establishment_number=4001,
        name="Beck Lane Academy",
        postcode="LE3 1AA",
    )

    def search(text):
        return [school.urn for school in School.objects.search(text)]

    return search


@pytest.mark.parametrize(
    "text",
    [
        "anne",
        "  St Anne's  ",
        "ST ANNES",
        "st  anne’s primary",
        "primary anne",
        "107806",
        " 107806 ",
        "2345",
        "901/2345",
        "9012345",
        "LS1 4AP",
        "ls14ap",
        " ls1 4ap ",
        "LS1",
    ],
)
def test_a_school_is_found_by_name_number_or_postcode_whatever_the_spaces_and_case(found, text):
    assert found(text) == [107806]


@pytest.mark.parametrize(
    "text", ["nowhere", "107", "999999", "902/2345", "LS2", "99999999999999999999", "%", "½", "²"]
)
def test_what_is_none_of_them_finds_nothing(found, text):
    assert found(text) == []


def test_nothing_typed_finds_everything(found):
    assert len(found("  ")) == 2


def test_people_come_with_schools_in_two_queries_for_one_and_for_ten(authority, django_assert_num_queries):
    def add():
        school = make.SchoolFactory(authority=authority)
        make.SchoolContactFactory(school=school)
        make.SchoolContactFactory(school=school, role=ContactRole.CHAIR, end_on=D(2020, 12, 31))
        make.OfficerAssignmentFactory(school=school)

    def read():
        return [
            ([c.name for c in school.current_contacts], [o.user.name for o in school.current_officers])
            for school in School.objects.with_current_people(TODAY)
        ]

    add()
    with django_assert_num_queries(3):
        read()
    for _ in range(9):
        add()
    with django_assert_num_queries(3):
        people = read()
    assert len(people) == 10
    assert all(len(contacts) == len(officers) == 1 for contacts, officers in people)


def test_a_school_that_became_an_academy_has_its_line_through_schools_we_do_not_hold(
    authority, far_authority, django_assert_num_queries
):
    old, new = (make.SchoolFactory(authority=authority, urn=urn) for urn in (100001, 100005))
    make.SchoolLinkFactory(predecessor=old, successor=None, successor_urn=100003)
    make.SchoolLinkFactory(predecessor=None, predecessor_urn=100003, successor=new)
    make.SchoolLinkFactory(predecessor=make.SchoolFactory(authority=far_authority, urn=100000), successor=old)
    make.SchoolLinkFactory(
        predecessor=new, successor=make.SchoolFactory(authority=authority), kind=LinkKind.EXPANSION
    )

    with django_assert_num_queries(1):
        assert School.objects.lineage(new) == (100000, 100001, 100003, 100005)
    assert School.objects.lineage(old) == (100000, 100001, 100003, 100005)


def test_links_in_a_circle_end(authority):
    one, two = (make.SchoolFactory(authority=authority, urn=urn) for urn in (100001, 100002))
    make.SchoolLinkFactory(predecessor=one, successor=two)
    make.SchoolLinkFactory(predecessor=two, successor=one)

    assert School.objects.lineage(one) == (100002, 100001)


def test_lines_take_one_query_for_one_school_and_for_ten(authority, django_assert_num_queries):
    schools = []
    for _ in range(10):
        link = make.SchoolLinkFactory(predecessor__authority=authority, successor__authority=authority)
        schools.append(link.successor)
    with django_assert_num_queries(1):
        School.objects.lineages(schools[:1])
    with django_assert_num_queries(1):
        lines = School.objects.lineages(schools)
    assert all(len(line.urns) == 2 for line in lines.values())


@pytest.fixture
def circumstances(school, other_school, far_school):
    for where in (school, other_school, far_school):
        for kind, audience in (
            ("structural_change", Audience.SCHOOL),
            ("governance_concern", Audience.GOVERNORS_PANEL),
            ("finance_concern", Audience.AUTHORITY),
            ("safeguarding_non_compliance", Audience.REGISTER),
        ):
            make.CircumstanceFactory(school=where, kind=kind, audience=audience)


def _seen(user):
    return {(row.school.name, row.audience) for row in Circumstance.objects.visible_to(user)}


@pytest.mark.requirement("K-245")
def test_the_authority_reads_all_but_the_registers_and_a_head_what_is_shared(
    circumstances, adviser, manager, head, policy_admin
):
    here, there = "St Anne's Primary School", "Beck Lane Primary School"
    authority_reads = {"school", "governors_panel", "authority"}

    assert _seen(adviser) == {(here, audience) for audience in authority_reads}
    assert _seen(manager) == {(name, audience) for name in (here, there) for audience in authority_reads}
    assert _seen(policy_admin) == _seen(manager)
    assert _seen(head) == {(here, "school")}


def test_whoever_sees_no_suggestion_sees_no_circumstance(circumstances, stranger, auditor, authority, school):
    officer = make.UserFactory(grants=[(Role.SERVICE_OFFICER, authority)])
    priest = make.UserFactory(grants=[(Role.FAITH_REPRESENTATIVE, authority)])
    make.SchoolContactFactory(school=school, user=priest, role=ContactRole.FAITH_REPRESENTATIVE)

    for person in (stranger, auditor, officer, priest):
        assert _seen(person) == set()


def test_circumstances_to_write_are_those_of_schools_one_records_for(circumstances, adviser, head, manager):
    def count(user):
        return Circumstance.objects.with_permission(user, Permission.RECORD_CIRCUMSTANCE).count()

    assert (count(adviser), count(manager), count(head)) == (4, 8, 0)


def test_inspections_are_seen_by_whoever_sees_the_school(school, far_school, head, other_head, auditor):
    make.InspectionFactory(school=school)
    make.InspectionFactory(school=far_school)

    assert [row.school for row in Inspection.objects.visible_to(head)] == [school]
    assert not Inspection.objects.visible_to(other_head)
    assert not Inspection.objects.visible_to(auditor)


@pytest.mark.requirement("L-007")
def test_a_remit_of_an_area_or_a_phase_reaches_its_schools_and_both_ways_of_asking_agree(authority):
    area, cluster = (make.AreaFactory(authority=authority) for _ in range(2))
    schools = {
        "in area": make.SchoolFactory(authority=authority, area=area),
        "in cluster": make.SchoolFactory(authority=authority, cluster=cluster, phase=SchoolPhase.SECONDARY),
        "special": make.SchoolFactory(authority=authority, phase=SchoolPhase.NOT_APPLICABLE),
        "all-through": make.SchoolFactory(authority=authority, phase=SchoolPhase.ALL_THROUGH),
    }
    for remit, reached in (
        ({"area": area}, {"in area"}),
        ({"area": cluster}, {"in cluster"}),
        ({"phase": "0-11"}, {"in area", "special", "all-through"}),
        ({"phase": "11-19"}, {"in cluster", "special", "all-through"}),
        ({"area": area, "phase": "11-19"}, set()),
    ):
        person = make.UserFactory()
        make.RoleGrantFactory(user=person, authority=authority, role=Role.AREA_MANAGER, **remit)
        seen = set(School.objects.with_permission(person, Permission.EDIT_SCHOOL))
        assert seen == {schools[name] for name in reached}
        for school in schools.values():
            assert (Permission.EDIT_SCHOOL in permissions_over(person, school)) == (school in seen)


def test_both_ways_of_asking_agree_for_whatever_roles_people_hold(authority, far_authority):
    """A list and a page never differ: any grants, remits, assignments, contacts and days."""
    choose = random.Random(20261121)
    areas = [make.AreaFactory(authority=authority) for _ in range(2)]
    schools = [
        make.SchoolFactory(
            authority=choose.choice([authority, authority, far_authority]),
            area=choose.choice([None, *areas]),
            cluster=choose.choice([None, *areas]),
            phase=choose.choice(list(SchoolPhase)),
        )
        for _ in range(8)
    ]
    held = 0
    for _ in range(40):
        person = make.UserFactory(is_active=choose.random() > 0.05)
        for role in choose.sample(list(Role), choose.randint(1, 4)):
            make.RoleGrantFactory(
                user=person,
                role=role,
                authority=choose.choice([authority, authority, far_authority]),
                area=choose.choice([None, None, *areas]),
                phase=choose.choice(["", "", *Phase.values]),
                **_some_days(choose),
            )
        for make_row, roles in (
            (make.OfficerAssignmentFactory, OfficerRole),
            (make.SchoolContactFactory, ContactRole),
        ):
            for school in choose.sample(schools, 3):
                make_row(
                    school=school,
                    user=person,
                    role=choose.choice(list(roles)),
                    **_some_days(choose, TODAY, TODAY + DAY),
                )
        for day in (TODAY, TODAY + DAY):
            on_pages = {school: permissions_over(person, school, day) for school in schools}
            for permission in Permission:
                listed = set(School.objects.with_permission(person, permission, day))
                assert listed == {school for school in schools if permission in on_pages[school]}
                held += len(listed)
    assert held > 500  # or they agree on nothing


def _some_days(choose, *ends):
    start = TODAY + choose.randint(-2, 1) * DAY
    end = choose.choice(ends or (None, TODAY))
    return {"start_on": start, "end_on": end and max(start, end)}


@pytest.mark.requirement("K-245")
def test_the_head_of_one_school_who_is_clerk_at_another_reads_its_papers_only_as_its_delegate(
    authority, other_head, school
):
    make.SchoolContactFactory(school=school, user=other_head, role=ContactRole.CLERK)
    assert not permissions_over(other_head, school)
    make.RoleGrantFactory(user=other_head, authority=authority, role=Role.SCHOOL_DELEGATE)
    other_head.__dict__.pop("_powers")
    assert Permission.READ_DOCUMENT in permissions_over(other_head, school)


def test_every_role_that_reaches_a_persons_own_schools_says_as_what_they_belong():
    own = {role for role, powers in POWERS.items() if Reach.OWN in powers.values()}
    assert own <= CONTACTS_OF.keys() <= SCHOOL_ROLES
    assert all(CONTACTS_OF[role] for role in own)


@pytest.mark.parametrize(
    "role",
    [ContactRole.DIOCESAN_AUTHORITY, ContactRole.FOUNDATION_APPOINTER, ContactRole.FAITH_REPRESENTATIVE],
)
@pytest.mark.requirement("K-242")
def test_who_leads_one_school_and_is_told_about_another_does_not_read_its_papers(
    role, authority, other_head, school, other_school
):
    make.SchoolContactFactory(school=school, user=other_head, role=role)
    for permission in Permission:
        assert school not in School.objects.with_permission(other_head, permission)
    assert not permissions_over(other_head, school)
    make.RoleGrantFactory(user=other_head, authority=authority, role=Role.FAITH_REPRESENTATIVE)
    other_head.__dict__.pop("_powers")
    assert permissions_over(other_head, school) == {Permission.VIEW_SCHOOL}
    assert Permission.READ_DOCUMENT in permissions_over(other_head, other_school)
