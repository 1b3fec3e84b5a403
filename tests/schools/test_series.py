"""Indicators over years: predecessors followed, England beside, every gap explained."""

from decimal import Decimal

import pytest

from schools.choices import Comparator, LinkKind, SchoolPhase, SchoolType, ValueStatus
from schools.series import NOT_IMPORTED, SEVERAL, series_for
from tests import factories as make

KEY = "ks2_rwm_exp"


@pytest.fixture
def indicator(db):
    return make.IndicatorFactory(key=KEY, first_year=2015, years_not_produced=[2019, 2020])


@pytest.fixture
def academy(authority):
    return make.SchoolFactory(authority=authority, urn=140001, type=SchoolType.ACADEMY_SPONSOR_LED)


@pytest.fixture
def predecessor(authority, academy):
    old = make.SchoolFactory(authority=authority, urn=100001)
    make.SchoolLinkFactory(predecessor=old, successor=academy)
    return old


def read(school, years, group="all"):
    return series_for([school], [KEY], [group], years)[school.urn, KEY, group]


@pytest.mark.requirement("K-031", "K-015")
def test_a_trend_does_not_break_when_a_school_becomes_an_academy(indicator, academy, predecessor):
    make.IndicatorValueFactory(school=predecessor, indicator=indicator, year=2021, value=51)
    make.IndicatorValueFactory(school=academy, indicator=indicator, year=2022, value=58)

    points = read(academy, [2022, 2021])

    assert [(p.year, p.value, p.urn) for p in points] == [(2021, 51, 100001), (2022, 58, 140001)]
    assert [p.year for p in read(predecessor, [2022, 2021]) if p.is_published] == [2021]


def test_the_schools_own_figure_goes_before_its_predecessors_of_the_same_year(
    indicator, academy, predecessor
):
    make.IndicatorValueFactory(school=predecessor, indicator=indicator, year=2022, value=51)
    make.IndicatorValueFactory(school=academy, indicator=indicator, year=2022, value=58)

    assert read(academy, [2022])[0].value == 58


def test_a_predecessors_figure_goes_before_no_results_yet(indicator, academy, predecessor):
    make.IndicatorValueFactory(school=academy, indicator=indicator, year=2022, status=ValueStatus.NEW_SCHOOL)
    (point,) = read(academy, [2022])
    assert (point.status, point.words, point.urn) == ("new_school", "New school, no results yet", 140001)

    make.IndicatorValueFactory(school=predecessor, indicator=indicator, year=2022, value=51)
    (point,) = read(academy, [2022])
    assert (point.value, point.urn) == (51, 100001)


def test_schools_that_merged_each_have_a_figure_and_none_is_chosen(
    indicator, academy, predecessor, authority
):
    other = make.SchoolFactory(authority=authority, urn=100002)
    make.SchoolLinkFactory(predecessor=other, successor=academy, kind=LinkKind.SUCCESSOR_MERGED)
    make.IndicatorValueFactory(school=predecessor, indicator=indicator, year=2022, value=51)
    assert read(academy, [2022])[0].value == 51

    make.IndicatorValueFactory(school=other, indicator=indicator, year=2022, value=70)
    (point,) = read(academy, [2022])
    assert (point.value, point.status) == (None, SEVERAL)
    assert point.words == "Several schools became this one, each with its own figure"


def test_a_school_split_off_another_did_not_have_its_results(indicator, academy, authority):
    whole = make.SchoolFactory(authority=authority)
    make.SchoolLinkFactory(predecessor=whole, successor=academy, kind=LinkKind.SUCCESSOR_SPLIT)
    make.IndicatorValueFactory(school=whole, indicator=indicator, year=2022)

    assert read(academy, [2022])[0].status == NOT_IMPORTED


@pytest.mark.requirement("K-023")
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (ValueStatus.SUPPRESSED, "Suppressed by the publisher"),
        (ValueStatus.NOT_APPLICABLE, "Not applicable"),
        (ValueStatus.NO_ENTRIES, "No pupils entered"),
        (ValueStatus.LOW_COVERAGE, "Too few pupils covered"),
        (ValueStatus.NOT_PUBLISHED, "Not published"),
    ],
)
def test_why_there_is_no_value_is_said_in_words(indicator, academy, status, words):
    make.IndicatorValueFactory(school=academy, indicator=indicator, year=2022, status=status)

    (point,) = read(academy, [2022])

    assert (point.value, point.status, point.words, point.is_published) == (None, status, words, False)


@pytest.mark.parametrize(("year", "words"), [(2020, "Not produced nationally"), (2014, "Not produced nationally"),
                                             (2021, "Not imported")])  # fmt: skip
def test_a_measure_nobody_produced_is_told_from_one_not_imported(indicator, academy, year, words):
    assert read(academy, [year])[0].words == words


def test_every_year_asked_for_has_a_point_in_order(indicator, academy):
    assert [point.year for point in read(academy, [2023, 2021, 2022, 2021])] == [2021, 2022, 2023]


@pytest.mark.requirement("L-024", "L-021")
def test_england_and_similar_schools_stand_beside(indicator, academy):
    make.ComparatorValueFactory(indicator=indicator, year=2022, value=59)
    make.ComparatorValueFactory(
        indicator=indicator, year=2022, comparator=Comparator.SIMILAR, school=academy, value=57
    )
    make.ComparatorValueFactory(indicator=indicator, year=2021, value=None, status=ValueStatus.NOT_PRODUCED)
    make.IndicatorValueFactory(school=academy, indicator=indicator, year=2022)

    before, point = read(academy, [2021, 2022])

    assert (point.national, point.similar) == (59, 57)
    assert (before.national, before.similar) == (None, None)


@pytest.mark.parametrize(
    ("kind", "comparator"),
    [
        ({"phase": SchoolPhase.PRIMARY}, Comparator.NATIONAL_PRIMARY),
        ({"phase": SchoolPhase.SECONDARY}, Comparator.NATIONAL_SECONDARY),
        ({"phase": SchoolPhase.PRIMARY, "type": SchoolType.COMMUNITY_SPECIAL}, Comparator.NATIONAL_SPECIAL),
        ({"phase": SchoolPhase.ALL_THROUGH}, Comparator.NATIONAL),
    ],
)
def test_england_is_that_of_schools_of_the_same_kind_where_published(indicator, kind, comparator):
    school = make.SchoolFactory(**kind)
    for number, other in enumerate(c for c in Comparator if c.startswith("national")):
        make.ComparatorValueFactory(indicator=indicator, year=2022, comparator=other, value=number)
    wanted = [c for c in Comparator if c.startswith("national")].index(comparator)

    assert read(school, [2022])[0].national == wanted


def test_groups_are_apart(indicator, academy):
    make.IndicatorValueFactory(school=academy, indicator=indicator, year=2022, group="fsm", value=40)
    make.IndicatorValueFactory(school=academy, indicator=indicator, year=2022, group="all", value=60)

    found = series_for([academy], [KEY], ["all", "fsm"], [2022])

    assert found[140001, KEY, "fsm"][0].value == Decimal(40)
    assert found[140001, KEY, "all"][0].value == Decimal(60)


def test_an_unknown_indicator_is_named(academy):
    with pytest.raises(ValueError, match="“nonsense” is not an indicator"):
        series_for([academy], ["nonsense"])


def test_four_queries_for_one_school_and_for_ten(indicator, authority, django_assert_num_queries):
    schools = []
    for _ in range(10):
        link = make.SchoolLinkFactory(predecessor__authority=authority, successor__authority=authority)
        make.IndicatorValueFactory(school=link.predecessor, indicator=indicator, year=2021)
        make.IndicatorValueFactory(school=link.successor, indicator=indicator, year=2022)
        schools.append(link.successor)

    with django_assert_num_queries(4):
        series_for(schools[:1], [KEY], ["all"], [2021, 2022])
    with django_assert_num_queries(4):
        found = series_for(schools, [KEY], ["all"], [2021, 2022])
    assert all(point.is_published for points in found.values() for point in points)
