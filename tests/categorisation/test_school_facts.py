"""What the database holds about schools, as the engine is given it."""

import datetime as dt

import pytest
from django.utils import timezone

from categorisation.engine import Status
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.school_facts import facts_for, facts_in_batches
from schools.choices import (
    Audience,
    ConcernCategory,
    ContactRole,
    InspectionKind,
    SchoolPhase,
    SchoolType,
    ValueStatus,
)
from schools.models import ImportFile, Indicator, School
from schools.rules.circumstances import catalogue
from tests import factories as make

TODAY = timezone.localdate()
THIS_YEAR = TODAY.year if TODAY.month >= 8 else TODAY.year - 1
LAST_YEAR = THIS_YEAR - 1


@pytest.fixture
def facts(leeds, authority):
    framework = compiled(version_for(authority, TODAY))
    return lambda *schools, **options: facts_for(schools, on=TODAY, framework=framework, **options)


@pytest.fixture
def indicator(reference):
    return Indicator.objects.get(key="ks2_rwm_exp")


def points(found, indicator="ks2_rwm_exp", group="all"):
    return dict(found.series[indicator, group])


def test_a_value_keeps_its_source_and_what_it_is_held_against(facts, school, indicator):
    make.IndicatorValueFactory(school=school, indicator=indicator, year=LAST_YEAR, cohort=31)
    make.ComparatorValueFactory(indicator=indicator, year=LAST_YEAR, value=62)
    point = points(facts(school)[school.urn])[LAST_YEAR]
    assert (point.value, point.national, point.cohort, point.status) == (65, 62, 31, Status.PUBLISHED)


@pytest.mark.parametrize(
    ("held", "given"),
    [
        (ValueStatus.SUPPRESSED, Status.SUPPRESSED),
        (ValueStatus.NOT_APPLICABLE, Status.NOT_APPLICABLE),
        (ValueStatus.NO_ENTRIES, Status.NOT_APPLICABLE),
    ],
)
def test_a_missing_figure_says_why_and_is_never_nought(facts, school, indicator, held, given):
    make.IndicatorValueFactory(school=school, indicator=indicator, year=LAST_YEAR, status=held)
    point = points(facts(school)[school.urn])[LAST_YEAR]
    assert (point.value, point.status) == (None, given)


def test_a_year_not_imported_is_said_for_all_pupils_but_not_for_groups(facts, school, indicator):
    make.IndicatorValueFactory(school=school, indicator=indicator, year=LAST_YEAR - 1)
    found = facts(school)[school.urn]
    assert points(found)[LAST_YEAR].status == Status.NOT_IMPORTED
    girls = found.series.get(("ks2_rwm_exp", "girls"), ())
    assert all(point.status != Status.NOT_IMPORTED for _, point in girls)


def test_results_of_the_year_under_way_are_not_awaited(facts, school):
    assert all(year < THIS_YEAR for series in facts(school)[school.urn].series.values() for year, _ in series)


def test_a_gap_in_national_results_is_named_and_years_outside_a_measures_life_are_not(facts, school):
    indicator = Indicator.objects.get(key="ks2_rwm_exp")
    indicator.years_not_produced, indicator.first_year = [LAST_YEAR - 1], LAST_YEAR - 2
    indicator.save()
    found = points(facts(school)[school.urn])
    assert found[LAST_YEAR - 1].status == Status.NOT_PRODUCED
    assert LAST_YEAR - 3 not in found


@pytest.mark.parametrize(
    ("phase", "type_", "said"),
    [
        (SchoolPhase.NURSERY, SchoolType.NURSERY, "nursery"),
        (SchoolPhase.MIDDLE_DEEMED_SECONDARY, SchoolType.COMMUNITY, "secondary"),
        (SchoolPhase.NOT_APPLICABLE, SchoolType.COMMUNITY_SPECIAL, "special"),
        (SchoolPhase.NOT_APPLICABLE, SchoolType.PUPIL_REFERRAL_UNIT, "alternative"),
        (SchoolPhase.NOT_APPLICABLE, SchoolType.COMMUNITY, ""),
    ],
)
def test_what_kind_of_school_it_is_decides_what_is_asked(facts, authority, phase, type_, said):
    school = make.SchoolFactory(authority=authority, phase=phase, type=type_)
    assert facts(school)[school.urn].attributes["phase"] == said


def test_inspections_are_the_schools_own_with_their_judgements(facts, school, other_school):
    make.InspectionFactory(
        school=school,
        judgements={"leadership_management": "2"},
        overall_grade="4",
        category=ConcernCategory.SIGNIFICANT_IMPROVEMENT,
    )
    make.InspectionFactory(school=other_school, kind=InspectionKind.MONITORING, overall_grade="")
    found = facts(school, other_school)
    (own,) = found[school.urn].inspections
    assert (own.overall, own.category, dict(own.judgements)) == (
        "4",
        "NTI_SW_RSI",
        {"leadership_management": "2"},
    )
    assert own.source == "recorded by the authority"
    assert found[other_school.urn].inspections[0].kind == "monitoring"


def test_not_yet_inspected_is_known_only_of_an_authority_that_imported_ofsteds_record(
    facts, school, far_school
):
    assert facts(school)[school.urn].inspections is None
    batch = make.ImportBatchFactory(authority=school.authority, applied_at=timezone.now(), status="applied")
    file = ImportFile.objects.create(batch=batch, name="ofsted.csv", sha256="0" * 64, kind="ofsted_mi")
    make.InspectionFactory(school=make.SchoolFactory(authority=school.authority), source=file, source_row=2)
    found = facts(school, far_school)
    assert found[school.urn].inspections == ()
    assert found[far_school.urn].inspections is None


def test_the_head_who_leads_today_decides_new_or_acting(facts, school):
    make.SchoolContactFactory(school=school, name="Before", end_on=TODAY - dt.timedelta(days=1))
    make.SchoolContactFactory(
        school=school, name="Away", role=ContactRole.PRINCIPAL, start_on=dt.date(2015, 9, 1)
    )
    assert facts(school)[school.urn].facts["headteacher_acting"].value is False
    make.SchoolContactFactory(school=school, name="Acting", is_acting=True, start_on=TODAY)
    found = facts(school)[school.urn].facts
    assert found["headteacher_acting"].value is True
    assert found["headteacher_started_on"].value == TODAY


def test_a_head_whose_start_nobody_knows_has_no_start(facts, school):
    make.SchoolContactFactory(school=school, start_on=None)
    assert "headteacher_started_on" not in facts(school)[school.urn].facts


KIND = "at_risk_of_ri"


def returned(school, on, kinds=None):
    for kind in kinds or catalogue():
        make.CircumstanceReturnFactory(
            school=school,
            kind=kind,
            returned_on=on,
            stale_on=on + dt.timedelta(days=catalogue()[kind].stale_after_days),
        )


def test_silence_is_not_known_and_a_return_is(facts, school):
    assert KIND not in facts(school)[school.urn].circumstances
    returned(school, TODAY)
    answer = facts(school)[school.urn].circumstances[KIND]
    assert (answer.present, answer.since) == (False, TODAY)


@pytest.mark.requirement("L-257")
def test_a_restricted_circumstance_is_as_if_nobody_had_recorded_it_to_the_school(facts, school):
    recorded = make.CircumstanceFactory(school=school, kind=KIND, audience=Audience.AUTHORITY)
    assert facts(school)[school.urn].circumstances[KIND].present
    assert KIND not in facts(school, as_school=True)[school.urn].circumstances

    recorded.audience = Audience.SCHOOL
    recorded.save()
    assert facts(school, as_school=True)[school.urn].circumstances[KIND].audience == "shared"


def test_a_return_of_nothing_else_reads_to_the_school_as_one_of_nothing(facts, school, other_school):
    """Or the one kind left out of it would betray itself."""
    day = TODAY - dt.timedelta(days=10)
    make.CircumstanceFactory(school=school, kind=KIND, audience=Audience.AUTHORITY)
    returned(school, day, [kind for kind in catalogue() if kind != KIND])
    returned(other_school, day)
    found = facts(school, other_school, as_school=True)
    assert found[school.urn].circumstances == found[other_school.urn].circumstances


def test_the_end_of_a_restricted_circumstance_does_not_show_either(facts, school, other_school):
    returned(school, TODAY - dt.timedelta(days=30))
    returned(other_school, TODAY - dt.timedelta(days=30))
    make.CircumstanceFactory(
        school=school, kind=KIND, audience=Audience.AUTHORITY, end_on=TODAY - dt.timedelta(days=5)
    )
    found = facts(school, other_school, as_school=True)
    assert found[school.urn].circumstances == found[other_school.urn].circumstances


def test_a_return_about_some_kinds_says_nothing_of_the_others(facts, school):
    returned(school, TODAY, ["basic_need"])
    assert set(facts(school, as_school=True)[school.urn].circumstances) == {"basic_need"}


def test_a_kind_the_catalogue_no_longer_has_is_passed_on_as_recorded(facts, school):
    make.CircumstanceFactory(school=school, kind="long_gone", audience=Audience.SCHOOL)
    returned(school, TODAY)
    assert facts(school, as_school=True)[school.urn].circumstances["long_gone"].present


@pytest.mark.parametrize("as_school", [False, True])
def test_ten_schools_cost_as_many_queries_as_one(facts, authority, count_queries, as_school):
    schools = [make.SchoolFactory(authority=authority) for _ in range(10)]
    for school in schools:
        make.InspectionFactory(school=school, judgements={"leadership_management": "2"})
        make.SchoolContactFactory(school=school)
        make.CircumstanceFactory(school=school, kind=KIND)
        returned(school, TODAY, ["basic_need"])
    one = count_queries(lambda: facts(schools[0], as_school=as_school))
    assert count_queries(lambda: facts(*schools, as_school=as_school)) == one


def test_facts_in_batches_are_those_of_every_school_one_after_another(facts, authority, school, indicator):
    others = make.SchoolFactory.create_batch(4, authority=authority)
    for one in (school, *others):
        make.IndicatorValueFactory(school=one, indicator=indicator, year=LAST_YEAR)
    framework = compiled(version_for(authority, TODAY))
    found = list(facts_in_batches(School.objects.all(), on=TODAY, frameworks=[framework], size=2))
    assert [one.pk for one, _ in found] == sorted(one.pk for one in (school, *others))
    assert {one.urn: given for one, given in found} == facts(school, *others)


def test_facts_for_two_frameworks_are_read_once_for_both(frameworks, school):
    leeds, leicester = map(compiled, frameworks)
    for key in ("ks4_p8", "ks2_read_exp"):
        make.IndicatorValueFactory(
            school=school, indicator=Indicator.objects.get(key=key), year=LAST_YEAR - 2
        )
    ((_, both),) = facts_in_batches(School.objects.all(), on=TODAY, frameworks=[leeds, leicester])
    for framework in (leeds, leicester):
        own = facts_for([school], on=TODAY, framework=framework)[school.urn]
        assert own.series.items() <= both.series.items()


def test_a_batch_costs_the_same_whatever_its_size(authority, leeds, indicator, count_queries):
    framework = compiled(version_for(authority, TODAY))

    def read():
        return list(facts_in_batches(School.objects.all(), on=TODAY, frameworks=[framework]))

    for school in make.SchoolFactory.create_batch(2, authority=authority):
        make.IndicatorValueFactory(school=school, indicator=indicator, year=LAST_YEAR)
    few = count_queries(read)
    for school in make.SchoolFactory.create_batch(8, authority=authority):
        make.IndicatorValueFactory(school=school, indicator=indicator, year=LAST_YEAR)
    assert count_queries(read) == few
