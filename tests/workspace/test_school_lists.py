"""Schools, my schools and indicators as lists: what is shown, filtered, sorted, exported, and to whom."""

import csv
import io
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from schools.choices import SchoolStatus, SchoolType, ValueStatus
from schools.models import Indicator
from tests import factories as make
from tests.workspace.conftest import england

TODAY = timezone.localdate()

# What nobody typed on purpose
NONSENSE = [
    "?q=%00", "?level=9", "?level=none%27", "?level=-1&level=2", "?adviser=abc", "?adviser=99999999999999999999",
    "?area=-1", "?area=99999999999999999999", "?status=ruined", "?phase=x&phase=2", "?governance=both",
    "?sort=suggested_low", "?sort=--support", "?sort=password", "?page=0", "?page=-9", "?page=%C2%B2", "?page=9" + "9" * 30,
    "?export=exe", "?indicator=%00", "?indicator=nothing", "?year=20x5", "?year=%D9%A2%D9%A0%D9%A2%D9%A5", "?year=99999",
]  # fmt: skip
LISTS = ["workspace:school-list", "workspace:my-schools", "workspace:indicator-list"]


def names(text):
    return re.findall(r'role="rowheader"[^>]*><a[^>]*>([^<]+)</a>', text)


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("query", NONSENSE)
@pytest.mark.parametrize("name", LISTS)
def test_nonsense_in_the_address_is_no_error(page, suggested, adviser, school, name, query):
    make.IndicatorValueFactory(school=school)
    page(adviser, name, query=query)


@pytest.mark.requirement("K-031", "L-259")
def test_an_officer_lists_open_schools_of_the_authority_academies_too(
    page, adviser, school, other_school, far_school
):
    academy = make.SchoolFactory(
        authority=school.authority, type=SchoolType.ACADEMY_CONVERTER, name="An Academy"
    )
    make.SchoolFactory(authority=school.authority, status=SchoolStatus.CLOSED)
    assert names(page(adviser, "workspace:school-list")) == [
        academy.name,
        other_school.name,
        "St Anne&#x27;s Primary School",
    ]


def test_closed_schools_are_there_when_asked_for(page, adviser, school):
    closed = make.SchoolFactory(authority=school.authority, status=SchoolStatus.CLOSED, name="Gone School")
    assert names(page(adviser, "workspace:school-list", query=f"?status={SchoolStatus.CLOSED}")) == [
        closed.name
    ]
    assert closed.name in page(adviser, "workspace:school-list", query="?status=all")


def test_my_schools_are_those_i_serve(page, adviser, school, other_school):
    assert names(page(adviser, "workspace:my-schools")) == ["St Anne&#x27;s Primary School"]


@pytest.mark.parametrize("typed", ["st annes", "St Anne's", "st anne’s primary", "ANNE"])
def test_apostrophes_do_not_stand_in_the_way_of_a_search(page, adviser, school, other_school, typed):
    assert names(page(adviser, "workspace:school-list", query=f"?q={typed}")) == [
        "St Anne&#x27;s Primary School"
    ]


def test_filters_narrow_and_stand_as_chips(page, adviser, manager, school, other_school):
    area = make.AreaFactory(authority=school.authority, name="East")
    far = make.AreaFactory(authority=make.AuthorityFactory(code="902"), name="Elsewhere")
    other_school.area, other_school.type = area, SchoolType.ACADEMY_CONVERTER
    other_school.save()
    text = page(adviser, "workspace:school-list", query=f"?area={area.pk}&governance=academy")
    assert names(text) == [other_school.name]
    assert text.count("app-chips__chip") == 2
    assert far.name not in text
    assert names(page(adviser, "workspace:school-list", query="?governance=maintained")) == [
        "St Anne&#x27;s Primary School"
    ]
    assert names(page(manager, "workspace:school-list", query=f"?adviser={adviser.pk}")) == [
        "St Anne&#x27;s Primary School"
    ]


# Suggested support stands only where one may see it


@pytest.mark.requirement("L-257")
def test_an_adviser_reads_support_beside_their_own_schools_only(
    page, suggested, adviser, manager, school, other_school
):
    mine = page(adviser, "workspace:school-list")
    assert "In an Ofsted category (5)" in mine
    assert "Good or outstanding (1" not in mine
    assert "Good or outstanding (1" in page(manager, "workspace:school-list")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_holds_no_more_than_the_page(page, client, suggested, adviser, kind):
    client.force_login(adviser)
    response = client.get(reverse("workspace:school-list") + f"?export={kind}")
    content = response.getvalue()
    assert response.status_code == 200
    if kind == "csv":
        assert [row["Suggested support"] for row in rows(content.decode())] == [
            "",
            "In an Ofsted category (5)",
        ]


@pytest.mark.requirement("L-257")
def test_filtering_by_level_finds_no_school_whose_level_one_may_not_see(
    page, suggested, adviser, manager, school, other_school
):
    assert names(page(adviser, "workspace:school-list", query="?level=5")) == [
        "St Anne&#x27;s Primary School"
    ]
    betrayed = page(adviser, "workspace:school-list", query="?level=1")
    assert "No schools found" in betrayed
    assert "No schools found" in page(adviser, "workspace:school-list", query="?level=none")
    assert names(page(manager, "workspace:school-list", query="?level=1")) == [other_school.name]
    assert names(page(adviser, "workspace:indicator-list", query="?level=1")) == []


@pytest.mark.requirement("L-257")
def test_sorting_by_support_orders_only_what_one_may_see(
    page, suggested, adviser, school, other_school, authority
):
    """Schools whose suggestion is hidden stand last in the order they are in anyway, whatever it is."""
    third = make.SchoolFactory(authority=authority, name="Zed School")
    for query in ("?sort=support", "?sort=-support"):
        assert names(page(adviser, "workspace:school-list", query=query)) == [
            "St Anne&#x27;s Primary School", other_school.name, third.name,
        ]  # fmt: skip


@pytest.mark.parametrize("role", [Role.SERVICE_OFFICER, Role.MANAGEMENT_TEAM])
def test_who_sees_no_suggestion_has_neither_column_nor_filter(page, suggested, authority, role):
    text = page(
        make.UserFactory(grants=[(role, authority)]), "workspace:school-list", query="?level=5&sort=support"
    )
    assert "Suggested" not in text
    assert len(names(text)) == 2


@pytest.mark.parametrize("name", LISTS)
def test_schools_people_and_members_have_no_lists(page, suggested, head, authority, name):
    page(head, name, status=403)
    page(make.UserFactory(grants=[(Role.LEAD_MEMBER, authority)]), name, status=403)


# One indicator across schools


@pytest.fixture
def figures(reference, school, other_school, far_school):
    indicator = Indicator.objects.get(key="ks2_rwm_exp")
    for year, value in ((2023, 60), (2024, 65)):
        make.IndicatorValueFactory(school=school, indicator=indicator, year=year, value=Decimal(value))
        england(indicator, year, 61)
    make.IndicatorValueFactory(
        school=other_school, indicator=indicator, year=2024, status=ValueStatus.SUPPRESSED
    )
    make.IndicatorValueFactory(school=far_school, year=2025, indicator=indicator)
    return indicator


def test_a_figure_stands_beside_englands_in_the_latest_year_held(page, figures, adviser, school):
    text = page(adviser, "workspace:indicator-list")
    assert "In England it was 61% in 2024-25." in text
    assert re.search(r">65</td>", text)
    assert "Suppressed" in text
    assert "2025-26" not in text  # only another authority has that year


def test_another_year_and_its_file(page, figures, adviser):
    query = "?indicator=ks2_rwm_exp&year=2023"
    assert re.search(r">60</td>", page(adviser, "workspace:indicator-list", query=query))
    (row,) = rows(page(adviser, "workspace:indicator-list", query=query + "&export=csv"))
    assert row[f"{figures.short_name} 2023-24"] == "60"
    found = rows(page(adviser, "workspace:indicator-list", query="?year=2024&export=csv"))
    assert found[0][f"{figures.short_name} 2024-25"].startswith("Suppressed")


def test_what_is_chosen_stays_when_the_list_is_filtered(page, figures, adviser):
    text = page(adviser, "workspace:indicator-list", query="?indicator=ks2_rwm_exp&year=2023")
    assert '<input type="hidden" name="indicator" value="ks2_rwm_exp">' in text
    assert '<input type="hidden" name="year" value="2023">' in text


def test_without_figures_the_page_says_so(page, reference, adviser):
    text = page(adviser, "workspace:indicator-list")
    assert "No figures have been imported yet." in text
    assert "In England" not in text


@pytest.mark.parametrize(
    ("unit", "said"), [("£", "£1,200"), ("number", "1,200"), ("points", "1,200 points"), ("", "1,200")]
)
def test_englands_figure_wears_its_unit(page, adviser, school, unit, said):
    indicator = make.IndicatorFactory(key="some", unit=unit, decimals=0)
    make.IndicatorValueFactory(school=school, indicator=indicator, year=2024)
    make.ComparatorValueFactory(indicator=indicator, year=2024, value=Decimal(1200))
    assert f"In England it was {said} in 2024-25." in page(adviser, "workspace:indicator-list")


def test_where_england_has_no_figure_none_is_said(page, adviser, school):
    make.IndicatorValueFactory(school=school)
    assert "In England" not in page(adviser, "workspace:indicator-list")


@pytest.mark.parametrize("name", LISTS)
def test_ten_schools_cost_as_many_queries_as_one(
    page, suggested, adviser, school, authority, count_queries, name
):
    indicator = make.IndicatorFactory()
    make.IndicatorValueFactory(school=school, indicator=indicator)
    page(adviser, name)
    one = count_queries(lambda: page(adviser, name))
    for _ in range(9):
        more = make.SchoolFactory(authority=authority)
        make.IndicatorValueFactory(school=more, indicator=indicator)
        make.OfficerAssignmentFactory(school=more, user=adviser)
    assert count_queries(lambda: page(adviser, name)) == one


def test_whoever_sees_only_some_suggestions_is_told_why_others_are_empty(page, suggested, adviser, manager):
    told = "Support, decided and suggested, stands beside the schools you are assigned to."
    assert told in page(adviser, "workspace:school-list")
    assert told not in page(adviser, "workspace:my-schools")
    assert told not in page(manager, "workspace:school-list")


def test_a_list_of_nothing_offers_no_search(page, adviser, school):
    assert "list-search" not in page(adviser, "reports:document-list", school.urn)
    make.DocumentFactory(school=school)
    assert "list-search" in page(adviser, "reports:document-list", school.urn)
