"""Inspections recorded by hand, in the framework of their date, and put right."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ChangeLogEntry
from schools import actions
from schools.choices import InspectionFramework, InspectionKind
from schools.models import Inspection
from schools.rules.ofsted import Findings
from tests import factories as make

D = dt.date
GOOD = Findings(
    InspectionFramework.EIF_2019,
    InspectionKind.GRADED,
    D(2023, 3, 14),
    overall_grade="2",
    grades={"quality_of_education": "2", "leadership_management": "1"},
)


def record(school, by, findings=GOOD, **values):
    return actions.record_inspection(school=school, findings=findings, by=by, at=timezone.now(), **values)


def correct(inspection, by, findings, **values):
    return actions.correct_inspection(
        inspection=inspection, findings=findings, by=by, at=timezone.now(), **values
    )


@pytest.mark.requirement("L-014", "K-012")
def test_an_inspection_is_recorded_with_its_judgements_as_made(school, manager, emitted):
    inspection = record(school, manager, number="10268889")

    assert inspection.findings() == GOOD
    assert {j.area: j.grade for j in inspection.judgements.all()} == GOOD.grades
    assert emitted == [("inspection_recorded", {"inspection_id": inspection.pk, "school_id": school.pk})]
    (entry,) = ChangeLogEntry.objects.all()
    assert entry.after["judgements"] == {"quality_of_education": "2", "leadership_management": "1"}
    assert entry.after["number"] == "10268889"


def test_a_double_click_records_once(school, manager, emitted):
    assert record(school, manager) == record(school, manager)
    assert len(emitted) == ChangeLogEntry.objects.count() == 1


def test_another_of_the_same_kind_and_day_is_refused(school, manager):
    record(school, manager)

    with pytest.raises(ValidationError, match="is recorded already"):
        record(school, manager, replace(GOOD, overall_grade="3"))
    assert record(school, manager, Findings(GOOD.framework, InspectionKind.MONITORING, GOOD.started_on))


def test_what_contradicts_the_framework_is_refused_by_field(school, manager):
    with pytest.raises(ValidationError) as refusal:
        record(school, manager, replace(GOOD, overall_grade="4", grades={"inclusion": "2"}))

    assert set(refusal.value.error_dict) == {"category", "area_inclusion"}
    assert not Inspection.objects.exists()


def test_an_inspection_before_the_school_opened_is_its_predecessors(authority, manager):
    school = make.SchoolFactory(authority=authority, opened_on=D(2023, 4, 1))

    with pytest.raises(ValidationError, match="belongs to that school's URN"):
        record(school, manager)


def test_a_correction_replaces_findings_and_judgements(school, manager, emitted):
    inspection = record(school, manager)
    better = replace(
        GOOD, overall_grade="1", grades={"quality_of_education": "1"}, published_on=D(2023, 5, 2)
    )

    assert correct(inspection, manager, better, number="7")

    inspection = Inspection.objects.get()
    assert inspection.findings() == better
    assert inspection.number == "7"
    entry = ChangeLogEntry.objects.get(action="schools.correct_inspection")
    assert (entry.before["overall_grade"], entry.after["overall_grade"]) == ("2", "1")
    assert len(emitted) == 2


def test_a_correction_that_changes_nothing_writes_nothing(school, manager, emitted):
    inspection = record(school, manager)

    assert not correct(inspection, manager, GOOD)
    assert len(emitted) == ChangeLogEntry.objects.count() == 1


def test_a_correction_can_move_an_inspection_to_another_framework_but_not_onto_another(school, manager):
    inspection = record(school, manager)
    other = record(school, manager, replace(GOOD, started_on=D(2022, 3, 14)))
    moved = Findings(InspectionFramework.CIF_2015, InspectionKind.GRADED, D(2018, 3, 14), overall_grade="2")

    assert correct(inspection, manager, moved)
    with pytest.raises(ValidationError, match="Another inspection of this kind"):
        correct(other, manager, moved)


def test_only_those_who_may_record(school, manager, adviser, head):
    inspection = record(school, manager)
    for person in (adviser, head):
        with pytest.raises(PermissionDenied):
            record(school, person, replace(GOOD, started_on=D(2022, 1, 1)))
        with pytest.raises(PermissionDenied):
            correct(inspection, person, replace(GOOD, overall_grade="1"))


@pytest.mark.parametrize(
    "values", [{"category_reason": "below_expectation"}, {"monitoring_progress": "inadequate"}]
)
def test_the_database_keeps_reasons_with_categories_and_progress_with_monitoring(school, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.InspectionFactory(school=school, **values)
