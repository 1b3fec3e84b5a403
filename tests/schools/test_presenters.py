"""What pages show of a school, in words."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import powers_of
from schools.choices import (
    Audience,
    ConcernCategory,
    ContactRole,
    InspectionFramework,
    InspectionKind,
    SchoolPhase,
    SchoolStatus,
    SchoolType,
)
from schools.models import HalfTerm, School, Trust, WorkingDayOverride
from schools.presenters import (
    calendar_facts,
    circumstance_panel,
    header_facts,
    inspection_panel,
    kind_in_words,
    people_panel,
)
from schools.presenters.calendar import half_term_table, upcoming_holidays, years_of
from tests import factories as make

D = dt.date
TODAY = D(2026, 11, 21)
T, P = SchoolType, SchoolPhase


@pytest.mark.requirement("L-011", "K-003")
@pytest.mark.parametrize(
    ("type_", "phase", "character", "words"),
    [
        (T.COMMUNITY, P.PRIMARY, "Does not apply", "Community primary school"),
        (T.VOLUNTARY_AIDED, P.PRIMARY, "Roman Catholic", "Voluntary aided Roman Catholic primary school"),
        (T.VOLUNTARY_CONTROLLED, P.MIDDLE_DEEMED_PRIMARY, "Church of England",
         "Voluntary controlled Church of England middle (deemed primary) school"),
        (T.FOUNDATION, P.SECONDARY, "None", "Foundation secondary school"),
        (T.ACADEMY_SPONSOR_LED, P.SECONDARY, "", "Sponsor-led secondary academy"),
        (T.ACADEMY_CONVERTER, P.ALL_THROUGH, "", "Converter all-through academy"),
        (T.FREE_SCHOOL, P.PRIMARY, "", "Primary free school"),
        (T.FREE_SCHOOL, P.NOT_APPLICABLE, "", "Free school"),
        (T.NURSERY, P.NURSERY, "", "Maintained nursery school"),
        (T.PUPIL_REFERRAL_UNIT, P.NOT_APPLICABLE, "", "Pupil referral unit"),
        (T.ACADEMY_SPECIAL_CONVERTER, P.NOT_APPLICABLE, "", "Academy special converter"),
    ],
)  # fmt: skip
def test_a_school_is_of_a_kind_in_words(type_, phase, character, words):
    assert kind_in_words(School(type=type_, phase=phase, religious_character=character)) == words


@pytest.mark.requirement("L-012")
def test_the_header_says_what_the_school_is_and_who_leads_it(school):
    school.low_age, school.high_age, school.pupils = 4, 11, 1312
    school.trust = Trust(name="Kirkdale Trust")
    school.area = make.AreaFactory(name="North")
    make.SchoolContactFactory(school=school, name="Nia New", is_acting=True, start_on=D(2026, 9, 1))
    make.SchoolContactFactory(school=school, name="Carl Chair", role=ContactRole.CHAIR, start_on=None)
    make.SchoolContactFactory(school=school, name="Olive Old", end_on=D(2026, 8, 31))

    facts = header_facts(school, TODAY)

    assert facts.summary == "Community primary school, ages 4 to 11, 1,312 pupils"
    assert facts.head.text == "Nia New (acting), since 1 September 2026"
    assert facts.chair.text == "Carl Chair"
    assert (facts.trust, facts.area, facts.cluster, facts.status) == ("Kirkdale Trust", "North", "", "")
    assert facts.is_maintained


@pytest.mark.requirement("K-007")
def test_an_academys_principal_leads_it_and_what_is_not_known_is_left_out(authority):
    academy = make.SchoolFactory(authority=authority, type=T.ACADEMY_CONVERTER, pupils=1)
    make.SchoolContactFactory(
        school=academy, role=ContactRole.PRINCIPAL, name="Pria Principal", start_on=None
    )

    facts = header_facts(academy, TODAY)

    assert facts.summary == "Converter primary academy, 1 pupil"
    assert (facts.head.text, facts.chair) == ("Pria Principal", None)
    assert not facts.is_maintained


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"status": SchoolStatus.CLOSED, "closed_on": D(2024, 8, 31), "closure_reason": "Academy Converter"},
         "Closed on 31 August 2024: academy converter"),
        ({"status": SchoolStatus.CLOSED, "closed_on": D(2024, 8, 31)}, "Closed on 31 August 2024"),
        ({"status": SchoolStatus.CLOSED}, "Closed"),
        ({"status": SchoolStatus.PROPOSED_TO_CLOSE}, "Open, but proposed to close"),
    ],
)  # fmt: skip
def test_a_school_that_is_not_simply_open_says_so(values, status):
    school = School(name="X", urn=1, type=T.COMMUNITY, phase=P.PRIMARY, **values)
    school.current_contacts = []
    assert header_facts(school, TODAY).status == status


def test_headers_of_schools_fetched_with_their_people_run_no_query(authority, django_assert_num_queries):
    for _ in range(3):
        make.SchoolContactFactory(school=make.SchoolFactory(authority=authority))
    schools = list(School.objects.select_related("trust", "area", "cluster").with_current_people(TODAY))

    with django_assert_num_queries(0):
        assert all(header_facts(school, TODAY).head for school in schools)


def test_people_are_now_or_to_come_or_before(school, adviser, manager, head):
    make.SchoolContactFactory(school=school, name="Fay Former", start_on=D(2010, 9, 1), end_on=D(2020, 8, 31))
    make.SchoolContactFactory(
        school=school, name="Una Unknown", role=ContactRole.CLERK, start_on=None, end_on=D(2020, 8, 31)
    )
    make.OfficerAssignmentFactory(
        school=school, user=manager, role="area_manager", start_on=D(2027, 1, 1), end_on=D(2027, 7, 31)
    )

    panel = people_panel(school, manager, TODAY)

    assert [(p.name, p.dates, p.is_current) for p in panel.officers] == [
        ("Ada Adviser", "since 1 September 2020", True),
        ("Mina Manager", "from 1 January 2027 to 31 July 2027", False),
    ]
    assert [p.text for p in panel.contacts] == ["Hana Head, since 1 September 2020"]
    assert {p.text for p in panel.past_contacts} == {
        "Fay Former, until 31 August 2020 (from September 2010)",
        "Una Unknown, until 31 August 2020",
    }
    assert panel.missing == ("Chair of governors",)
    assert (panel.may_assign, panel.may_edit) == (True, True)
    assert people_panel(school, head, TODAY).may_edit is False


def test_a_school_without_a_head_says_so(other_school, manager):
    assert people_panel(other_school, manager, TODAY).missing == ("Headteacher", "Chair of governors")


@pytest.mark.requirement("L-014", "K-012", "X-10")
def test_inspections_are_in_the_words_of_their_time(school, manager):
    make.InspectionFactory(
        school=school,
        framework=InspectionFramework.S5_2005,
        started_on=D(2008, 2, 1),
        overall_grade="4",
        category=ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    )
    make.InspectionFactory(
        school=school,
        framework=InspectionFramework.REPORT_CARD_2025,
        started_on=D(2026, 1, 20),
        published_on=D(2026, 3, 1),
        overall_grade="",
        judgements={"inclusion": "expected", "leadership_governance": "strong"},
        safeguarding_effective=True,
    )
    make.InspectionFactory(school=school, kind=InspectionKind.MONITORING, started_on=D(2026, 9, 1), overall_grade="",
                           framework=InspectionFramework.REPORT_CARD_2025)  # fmt: skip

    panel = inspection_panel(school, manager)

    assert [line.started_on for line in panel.lines] == [D(2026, 9, 1), D(2026, 1, 20), D(2008, 2, 1)]
    assert panel.latest.started_on == D(2026, 1, 20)
    assert panel.latest.judgements == (
        ("Leadership and governance", "Strong standard"),
        ("Inclusion", "Expected standard"),
    )
    assert panel.latest.safeguarding == "Safeguarding met"
    assert panel.lines[2].category == "Notice to improve"
    assert panel.lines[2].source == "Recorded by hand"
    assert panel.text == panel.latest.text
    assert panel.may_record


@pytest.mark.parametrize(
    ("framework", "effective", "words"),
    [
        (InspectionFramework.EIF_2019, True, "Safeguarding effective"),
        (InspectionFramework.EIF_2019, False, "Safeguarding not effective"),
        (InspectionFramework.REPORT_CARD_2025, False, "Safeguarding not met"),
        (InspectionFramework.EIF_2019, None, ""),
    ],
)
def test_safeguarding_is_said_as_the_framework_does(school, head, framework, effective, words):
    make.InspectionFactory(school=school, framework=framework, safeguarding_effective=effective)

    assert inspection_panel(school, head).lines[0].safeguarding == words


def test_a_category_of_concern_never_passes_to_the_school_that_followed(authority, manager):
    old, academy = (make.SchoolFactory(authority=authority) for _ in range(2))
    make.SchoolLinkFactory(predecessor=old, successor=academy)
    make.InspectionFactory(school=old, overall_grade="4", category=ConcernCategory.SPECIAL_MEASURES)

    panel = inspection_panel(academy, manager)

    assert panel.text == "Not yet inspected"
    assert panel.lines == ()
    assert [line.category for line in panel.predecessors] == ["Special measures"]


def test_panels_take_the_same_queries_for_one_row_and_for_ten(school, head, manager):
    def count(make_one, read):
        make_one(0)
        with CaptureQueriesContext(connection) as one:
            read()
        for number in range(1, 10):
            make_one(number)
        with CaptureQueriesContext(connection) as ten:
            read()
        return len(one), len(ten)

    def inspection(number):
        make.InspectionFactory(
            school=school, started_on=D(2023, 1, 1 + number), judgements={"inclusion": "2"}
        )

    def circumstance(number):
        make.CircumstanceFactory(school=school, end_on=None if number == 0 else D(2026, 1, 1))

    def person(number):
        make.SchoolContactFactory(school=school, role=ContactRole.DEPUTY)
        make.OfficerAssignmentFactory(school=school, end_on=D(2021, 1, 1))

    powers_of(manager)
    for make_one, read in (
        (inspection, lambda: inspection_panel(school, manager)),
        (circumstance, lambda: circumstance_panel(school, manager, TODAY)),
        (person, lambda: people_panel(school, manager, TODAY)),
    ):
        one, ten = count(make_one, read)
        assert one == ten


@pytest.fixture
def circumstances(school):
    make.CircumstanceFactory(
        school=school, kind="structural_change", audience=Audience.SCHOOL, note="Merging"
    )
    make.CircumstanceFactory(school=school, kind="finance_concern", audience=Audience.AUTHORITY)
    make.CircumstanceFactory(school=school, kind="older_kind", start_on=D(2026, 1, 1), end_on=D(2026, 2, 1))
    make.CircumstanceFactory(
        school=school, kind="basic_need", audience=Audience.SCHOOL, start_on=D(2027, 1, 1)
    )
    make.CircumstanceReturnFactory(school=school, kind="governance_concern", returned_on=D(2026, 11, 1))
    make.CircumstanceReturnFactory(school=school, kind="teaching_concern", returned_on=D(2026, 1, 1))


def test_an_adviser_sees_what_is_so_what_was_and_what_is_not_known(circumstances, school, adviser):
    panel = circumstance_panel(school, adviser, TODAY)
    answers = {line.key: line.answer for line in panel.returns}

    assert {line.title for line in panel.open} == {
        "Structural change",
        "Concern about finance",
        "Expanding for basic need",
    }
    assert [(line.title, line.dates) for line in panel.ended] == [
        ("Older kind", "Since 1 January 2026 to 1 February 2026")
    ]
    assert "From 1 January 2027" in {line.dates for line in panel.open}
    assert answers["governance_concern"] == "No, on 1 November 2026. Known until 1 March 2027"
    assert answers["teaching_concern"] == "Not known: the answer of 1 January 2026 went stale on 1 May 2026"
    assert answers["personnel_concern"] == "Not known: never answered"
    assert "finance_concern" not in answers
    assert panel.not_known == len(panel.returns) - 1
    assert len(panel.identifiers) == 4


def test_a_head_sees_what_is_shared_and_nothing_looks_missing(circumstances, school, head):
    panel = circumstance_panel(school, head, TODAY)

    assert {line.title for line in panel.open} == {"Structural change", "Expanding for basic need"}
    assert panel.ended == panel.returns == ()
    assert len(panel.identifiers) == 2
    assert panel.not_known == 0
    assert not panel.may_record


@pytest.fixture
def terms(authority):
    for number, (start, end) in enumerate(
        [(D(2026, 9, 1), D(2026, 10, 23)), (D(2026, 11, 2), D(2026, 12, 18))], start=1
    ):
        make.HalfTermFactory(authority=authority, year=2026, number=number, start_on=start, end_on=end)


def test_a_day_falls_in_a_half_term_or_a_holiday_in_words(terms, school):
    assert (
        calendar_facts(school, TODAY).today == "Second half of the autumn term 2026-27, to 18 December 2026"
    )
    assert calendar_facts(school, TODAY).next == ""
    half_term = calendar_facts(school, D(2026, 10, 26))
    assert half_term.today == "Autumn half term, to 1 November 2026"
    assert half_term.next == ("Second half of the autumn term 2026-27: 2 November 2026 to 18 December 2026")
    assert calendar_facts(school, D(2026, 7, 1)).today == ""


def test_an_authoritys_years_count_the_schools_with_dates_of_their_own(
    terms, authority, school, far_authority
):
    make.HalfTermFactory(
        authority=authority,
        school=school,
        year=2026,
        number=1,
        start_on=D(2026, 9, 7),
        end_on=D(2026, 10, 23),
    )

    years = years_of([authority, far_authority], TODAY)

    assert [(line.year, bool(line.table), line.own_schools) for line in years[authority.pk]] == [
        (2026, True, 1),
        (2027, False, 0),
        (2025, False, 0),
    ]
    assert not any(line.table for line in years[far_authority.pk])


def test_a_table_of_half_terms_says_whose_dates_they_are_only_where_they_differ(terms, authority, school):
    plain = half_term_table(HalfTerm.objects.kept_by(school, [2026]), 2026)
    make.HalfTermFactory(
        authority=authority,
        school=school,
        year=2026,
        number=1,
        start_on=D(2026, 9, 7),
        end_on=D(2026, 10, 23),
    )
    mixed = half_term_table(HalfTerm.objects.kept_by(school, [2026]), 2026)

    assert [cell["text"] for cell in plain["rows"][0]] == ["1, autumn", "1 September 2026", "23 October 2026"]
    assert [row[3]["text"] for row in mixed["rows"]] == ["The school", "The authority"]
    assert half_term_table([], 2026) is None


def test_holidays_to_come_include_what_people_recorded(db):
    WorkingDayOverride.objects.create(day=D(2026, 12, 28), is_working=True, reason="Moved")
    WorkingDayOverride.objects.create(day=D(2027, 6, 14), is_working=False, reason="Jubilee")

    lines = {line.day: line for line in upcoming_holidays(TODAY)}

    assert lines[D(2026, 12, 25)].name == "Christmas Day"
    assert (lines[D(2026, 12, 28)].name, lines[D(2026, 12, 28)].is_working) == ("Moved", True)
    assert lines[D(2027, 6, 14)].is_override
    assert min(lines) >= TODAY
