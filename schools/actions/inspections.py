"""Inspections as Ofsted made them, recorded by hand or put right (imports write their own)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.logs import record_change
from accounts.models import User
from jobs.actions import emit
from schools.models import Inspection, InspectionJudgement, School
from schools.permissions import check_can_record_inspection
from schools.rules.ofsted import Findings, problems


@transaction.atomic
def record_inspection(
    *, school: School, findings: Findings, number: str = "", by: User, at: dt.datetime
) -> Inspection:
    """Record an inspection of this URN with its judgements; emits `inspection_recorded`.

    The same one twice is one. Raises ValidationError, by field, for whatever contradicts the framework of its date,
    and for another inspection of the same kind that started on the same day.
    """
    school = School.objects.select_for_update().get(pk=school.pk)
    check_can_record_inspection(by, school)
    _check(findings, school)
    standing = school.inspections.filter(kind=findings.kind, started_on=findings.started_on).first()
    if standing is not None:
        if _as_logged(standing) == _as_wanted(findings, number):
            return standing
        raise ValidationError(
            {
                "started_on": "An inspection of this kind that started on that day is recorded already. Correct that one."
            }
        )
    inspection = Inspection.objects.create(school=school, number=number, **_values(findings))
    _write_judgements(inspection, findings)
    _settle("schools.record_inspection", inspection, None, by, at)
    return inspection


@transaction.atomic
def correct_inspection(
    *, inspection: Inspection, findings: Findings, number: str = "", by: User, at: dt.datetime
) -> bool:
    """Put an inspection right, its judgements included; emits `inspection_recorded`. Answers whether anything changed.

    Raises ValidationError as `record_inspection` does. Where it came from stays recorded: the log has the correction.
    """
    school = School.objects.select_for_update().get(pk=inspection.school_id)
    check_can_record_inspection(by, school)
    current = school.inspections.get(pk=inspection.pk)
    _check(findings, school)
    clash = school.inspections.filter(kind=findings.kind, started_on=findings.started_on).exclude(
        pk=current.pk
    )
    if clash.exists():
        raise ValidationError(
            {"started_on": "Another inspection of this kind that started on that day is recorded already."}
        )
    before = _as_logged(current)
    if before == _as_wanted(findings, number):
        return False
    for name, value in {**_values(findings), "number": number}.items():
        setattr(current, name, value)
    current.save()
    current.judgements.all().delete()
    _write_judgements(current, findings)
    _settle("schools.correct_inspection", current, before, by, at)
    return True


def _check(findings: Findings, school: School) -> None:
    found: dict[str, list[str]] = {}
    for problem in problems(findings):
        found.setdefault(problem.field, []).append(problem.message)
    if school.opened_on and findings.started_on < school.opened_on:
        found.setdefault("started_on", []).append(
            "The school opened after that day. An inspection of the school before it belongs to that school's URN."
        )
    if found:
        raise ValidationError(found)


def _values(findings: Findings) -> dict[str, object]:
    return {name: getattr(findings, name) for name in Inspection.FINDINGS}


def _write_judgements(inspection: Inspection, findings: Findings) -> None:
    InspectionJudgement.objects.bulk_create(
        InspectionJudgement(inspection=inspection, area=area, grade=grade)
        for area, grade in findings.areas.items()
    )


def _as_wanted(findings: Findings, number: str) -> dict[str, object]:
    return {**_values(findings), "number": number, "judgements": dict(findings.areas)}


def _as_logged(inspection: Inspection) -> dict[str, object]:
    return _as_wanted(inspection.findings(), inspection.number)


def _settle(
    action: str, inspection: Inspection, before: dict[str, object] | None, by: User, at: dt.datetime
) -> None:
    school = inspection.school
    record_change(
        action=action,
        by=by,
        at=at,
        subject=inspection,
        before=before,
        after=_as_logged(inspection),
        authority_id=school.authority_id,
        urn=school.urn,
    )
    emit("inspection_recorded", {"inspection_id": inspection.pk, "school_id": school.pk}, by=by, now=at)
