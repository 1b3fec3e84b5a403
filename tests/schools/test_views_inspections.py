"""Inspections are listed, recorded in two steps without JavaScript, and put right."""

import datetime as dt

import pytest
from django.urls import reverse

from schools.choices import ConcernCategory, InspectionFramework
from schools.models import Inspection
from schools.rules.ofsted import FRAMEWORKS
from tests import factories as make
from ui.forms import date_parts

D = dt.date


@pytest.fixture
def as_manager(client, manager):
    client.force_login(manager)
    return client


def url(name, school, *args, **query):
    address = reverse(f"schools:{name}", args=[school.urn, *args])
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def record_url(school, day, kind="graded"):
    return url("inspection-record", school, **date_parts("started_on", day), kind=kind)


def test_inspections_are_listed_newest_first_and_who_may_record_is_shown_how(client, school, head, manager):
    make.InspectionFactory(school=school, judgements={"quality_of_education": "1"})

    client.force_login(head)
    page = client.get(url("inspection-list", school)).content.decode()
    assert "Good (2), March 2023, education inspection framework" in page
    assert "Outstanding (1)" in page
    assert "Record an inspection" not in page

    client.force_login(manager)
    page = client.get(url("inspection-list", school)).content.decode()
    assert "Record an inspection" in page
    assert "Correct" in page


def test_a_school_without_any_says_so_and_shows_its_predecessors_apart(as_manager, school, authority):
    old = make.SchoolFactory(authority=authority)
    make.SchoolLinkFactory(predecessor=old, successor=school)
    make.InspectionFactory(school=old, overall_grade="4", category=ConcernCategory.SPECIAL_MEASURES)

    page = as_manager.get(url("inspection-list", school)).content.decode()

    assert "Not yet inspected" in page
    assert "A category of concern ended with them" in page


@pytest.mark.requirement("L-014", "K-012")
def test_the_first_step_asks_for_day_and_kind_and_refuses_in_words(as_manager, school):
    address = url("inspection-record", school)

    assert "First day of the inspection" in as_manager.get(address).content.decode()
    for query, says in (
        (date_parts("started_on", D(2005, 8, 31)) | {"kind": "graded"}, "before section 5 inspections began"),
        (date_parts("started_on", D(2099, 1, 1)) | {"kind": "graded"}, "recorded once it has begun"),
        (date_parts("started_on", D(2026, 1, 20)) | {"kind": "ungraded"}, "no ungraded inspections"),
        ({"started_on_day": "31", "started_on_month": "2", "started_on_year": "2020"}, "must be a real date"),
    ):
        page = as_manager.get(address, query)
        assert page.status_code == 200
        assert says in page.content.decode()


@pytest.mark.parametrize(
    ("framework", "kind"),
    [(framework, kind) for framework in FRAMEWORKS.values() for kind in framework.kinds],
    ids=lambda part: getattr(part, "code", part),
)
def test_the_second_step_has_the_boxes_of_the_framework_and_the_kind(as_manager, school, framework, kind):
    page = as_manager.get(record_url(school, framework.first, kind)).content.decode()

    grading = kind in ("graded", "urgent")
    areas = framework.areas if grading or (kind == "monitoring" and framework.is_report_card) else {}
    for other in FRAMEWORKS.values():
        for area in other.areas:
            assert (f'name="area_{area}"' in page) == (area in areas)
    assert ('name="overall_grade"' in page) == ((grading and framework.has_overall) or kind == "religious")
    assert ('name="monitoring_progress"' in page) == (kind == "monitoring")
    assert ('name="category"' in page) == grading
    assert ('name="safeguarding_effective"' in page) == (grading and framework.judges_safeguarding)


def test_an_inspection_with_an_overall_grade_is_recorded(as_manager, school):
    response = as_manager.post(
        record_url(school, D(2018, 7, 3)),
        {
            "overall_grade": "2",
            "area_outcomes": "1",
            "safeguarding_effective": "yes",
            "number": " 10041 ",
            **date_parts("published_on", D(2018, 9, 10)),
        },
        follow=True,
    )

    assert "Good (2), July 2018, common inspection framework" in response.content.decode()
    inspection = Inspection.objects.get()
    assert inspection.framework == InspectionFramework.CIF_2015
    assert (inspection.number, inspection.safeguarding_effective) == ("10041", True)
    assert [(j.area, j.grade) for j in inspection.judgements.all()] == [("outcomes", "1")]


def test_a_report_card_is_recorded_and_what_contradicts_it_is_explained(as_manager, school):
    address = record_url(school, D(2026, 1, 20))
    areas = {
        f"area_{area}": "expected" for area in FRAMEWORKS[InspectionFramework.REPORT_CARD_2025].main_areas
    }

    refused = as_manager.post(address, areas | {"area_inclusion": "urgent"}).content.decode()
    assert (
        "places a school in a category. Choose requires significant improvement or special measures"
        in refused
    )
    assert 'href="#id_category_0"' in refused
    missing = as_manager.post(address, {"safeguarding_effective": "yes"}).content.decode()
    assert "Select the grade for inclusion" in missing
    as_manager.post(address, areas | {"area_inclusion": "urgent", "category": "significant_improvement",
                                      "category_reason": "unacceptable_with_capacity"})  # fmt: skip
    assert Inspection.objects.get().category == ConcernCategory.SIGNIFICANT_IMPROVEMENT


@pytest.mark.requirement("K-053")
def test_a_monitoring_visit_is_recorded_with_its_progress(as_manager, school):
    as_manager.post(record_url(school, D(2010, 5, 4), "monitoring"), {"monitoring_progress": "inadequate"})

    assert Inspection.objects.get().monitoring_progress == "inadequate"


def test_a_correction_starts_from_what_is_recorded(as_manager, school):
    inspection = make.InspectionFactory(school=school, judgements={"quality_of_education": "3"})
    address = url("inspection-correct", school, inspection.pk)

    page = as_manager.get(address).content.decode()
    assert 'value="3" selected' in page
    unchanged = as_manager.post(
        address, {"overall_grade": "2", "area_quality_of_education": "3"}, follow=True
    )
    assert "Nothing changed" in unchanged.content.decode()
    as_manager.post(address, {"overall_grade": "3", "area_quality_of_education": "3"})
    inspection.refresh_from_db()
    assert inspection.overall_grade == "3"


def test_a_correction_may_change_the_day_or_the_kind(as_manager, school):
    inspection = make.InspectionFactory(school=school)
    address = url("inspection-correct", school, inspection.pk)

    page = as_manager.get(address + "?change=1").content.decode()
    assert 'value="2023"' in page
    assert "There is a problem" not in page
    moved = url(
        "inspection-correct", school, inspection.pk, **date_parts("started_on", D(2018, 3, 14)), kind="graded"
    )
    as_manager.post(moved, {"overall_grade": "2"})
    inspection.refresh_from_db()
    assert (inspection.framework, inspection.started_on) == (InspectionFramework.CIF_2015, D(2018, 3, 14))
    other = make.InspectionFactory(school=school, started_on=D(2022, 1, 1))
    onto = url(
        "inspection-correct", school, other.pk, **date_parts("started_on", D(2018, 3, 14)), kind="graded"
    )
    clash = as_manager.post(onto, {"overall_grade": "2"})
    assert "Another inspection of this kind" in clash.content.decode()
    bad = as_manager.get(url("inspection-correct", school, other.pk, kind="graded"))
    assert "Enter first day of the inspection" in bad.content.decode()


def test_an_inspection_of_another_school_is_not_found_under_this_ones_address(
    as_manager, school, other_school
):
    inspection = make.InspectionFactory(school=other_school)

    assert as_manager.get(url("inspection-correct", school, inspection.pk)).status_code == 404
