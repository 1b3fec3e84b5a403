"""Inspections of a school: listed, recorded, put right. Recording asks for date and kind first, and then only for
what the framework of that date judged; both steps are addresses, so nothing needs JavaScript.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from schools import actions
from schools.choices import InspectionKind
from schools.forms.inspections import FindingsForm, StartForm
from schools.models import Inspection, School
from schools.presenters.components import inspection_card
from schools.presenters.inspections import inspection_panel
from schools.rules.ofsted import framework_on
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


def _school(request: SignedInRequest, urn: int, permission: Permission) -> School:
    schools: QuerySet[School] = School.objects.with_permission(request.user, permission)
    return get_object_or_404(schools, urn=urn)


@access(Permission.VIEW_SCHOOL)
def inspection_list(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.VIEW_SCHOOL)
    panel = inspection_panel(school, request.user)
    context = {
        "school": school,
        "panel": panel,
        "cards": [
            inspection_card(line, _correct(urn, line.pk) if panel.may_record else "") for line in panel.lines
        ],
        "predecessors": [inspection_card(line) for line in panel.predecessors],
    }
    return render(request, "schools/inspection_list.html", context)


def _correct(urn: int, pk: int) -> str:
    return reverse("schools:inspection-correct", args=[urn, pk])


@access(Permission.RECORD_INSPECTION, methods=("GET", "POST"))
def inspection_record(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.RECORD_INSPECTION)
    start = StartForm(timezone.localdate(), request.GET or None)
    if not start.is_valid():
        return _ask_start(request, school, start)
    form = _findings_form(request, start.cleaned_data)
    if form.is_valid():
        try:
            actions.record_inspection(
                school=school,
                findings=form.findings(),
                number=form.cleaned_data["number"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, True, "The inspection is recorded.")
            return redirect("schools:inspection-list", urn=urn)
    return _ask_findings(request, school, form)


@access(Permission.RECORD_INSPECTION, methods=("GET", "POST"))
def inspection_correct(request: SignedInRequest, urn: int, pk: int) -> HttpResponse:
    school = _school(request, urn, Permission.RECORD_INSPECTION)
    inspection = get_object_or_404(
        Inspection.objects.with_permission(request.user, Permission.RECORD_INSPECTION).prefetch_related(
            "judgements"
        ),
        school=school,
        pk=pk,
    )
    recorded = {"started_on": inspection.started_on, "kind": InspectionKind(inspection.kind)}
    if request.GET:
        start = StartForm(
            timezone.localdate(), None if "change" in request.GET else request.GET, initial=recorded
        )
        if not start.is_valid():
            return _ask_start(request, school, start, inspection)
        recorded = start.cleaned_data
    form = _findings_form(request, recorded, inspection)
    if form.is_valid():
        try:
            changed = actions.correct_inspection(
                inspection=inspection,
                findings=form.findings(),
                number=form.cleaned_data["number"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, "The inspection is corrected.")
            return redirect("schools:inspection-list", urn=urn)
    return _ask_findings(request, school, form, inspection)


def _findings_form(
    request: SignedInRequest, start: dict[str, Any], inspection: Inspection | None = None
) -> FindingsForm:
    started_on: dt.date = start["started_on"]
    return FindingsForm(
        framework_on(started_on), InspectionKind(start["kind"]), started_on, posted(request), inspection
    )


def _ask_start(
    request: SignedInRequest, school: School, form: StartForm, inspection: Inspection | None = None
) -> HttpResponse:
    context = {"school": school, "form": form, "inspection": inspection}
    return render(request, "schools/inspection_start.html", context)


def _ask_findings(
    request: SignedInRequest, school: School, form: FindingsForm, inspection: Inspection | None = None
) -> HttpResponse:
    context = {"school": school, "form": form, "inspection": inspection, "framework": form.framework}
    return render(request, "schools/inspection_record.html", context)
