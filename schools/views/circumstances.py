"""What is so at a school that no file holds; and the returns that say there is nothing to report."""

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
from schools.choices import Audience
from schools.forms.circumstances import CircumstanceForm, ReturnForm, ReturnManyForm
from schools.forms.people import EndForm
from schools.models import Circumstance, School
from schools.presenters.circumstances import (
    CircumstanceLine,
    circumstance_line,
    circumstance_panel,
    return_lines,
)
from schools.presenters.components import circumstance_card
from schools.views.outcomes import posted, say
from ui.forms import show_refusal


def _school(request: SignedInRequest, urn: int, permission: Permission) -> School:
    schools: QuerySet[School] = School.objects.with_permission(request.user, permission)
    return get_object_or_404(schools, urn=urn)


@access(Permission.VIEW_SUGGESTION, reads="circumstance")
def circumstance_list(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.VIEW_SUGGESTION)
    panel = circumstance_panel(school, request.user, timezone.localdate())
    request.shown.extend(panel.identifiers)
    request.shown.about(urn=urn, authority_id=school.authority_id)
    context = {
        "school": school,
        "panel": panel,
        "open": [circumstance_card(line, _end(urn, line) if panel.may_record else "") for line in panel.open],
        "ended": [circumstance_card(line) for line in panel.ended],
    }
    return render(request, "schools/circumstance_list.html", context)


def _end(urn: int, line: CircumstanceLine) -> str:
    return reverse("schools:circumstance-end", args=[urn, line.public_id])


@access(Permission.RECORD_CIRCUMSTANCE, methods=("GET", "POST"))
def circumstance_record(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.RECORD_CIRCUMSTANCE)
    form = CircumstanceForm(timezone.localdate(), posted(request), kind=request.GET.get("kind", ""))
    if form.is_valid():
        values: dict[str, Any] = {**form.cleaned_data, "audience": Audience(form.cleaned_data["audience"])}
        try:
            circumstance = actions.record_circumstance(
                school=school, by=request.user, at=timezone.now(), **values
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            line = circumstance_line(circumstance, timezone.localdate())
            say(request, circumstance, f"“{line.title}” is recorded.")
            return redirect("schools:circumstance-list", urn=urn)
    return render(request, "schools/circumstance_record.html", {"school": school, "form": form})


@access(Permission.RECORD_CIRCUMSTANCE, methods=("GET", "POST"), reads="circumstance")
def circumstance_end(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    school = _school(request, urn, Permission.RECORD_CIRCUMSTANCE)
    circumstance = get_object_or_404(
        Circumstance.objects.visible_to(request.user), school=school, public_id=public_id
    )
    line = circumstance_line(circumstance, timezone.localdate())
    form = EndForm(
        timezone.localdate(),
        posted(request),
        hint="From the day after, it is not known either way until a return says so",
    )
    if form.is_valid():
        try:
            changed = actions.end_circumstance(
                circumstance=circumstance, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(request, changed, f"“{line.title}” has a last day.")
            return redirect("schools:circumstance-list", urn=urn)
    request.shown.append(line.identifier)
    request.shown.about(urn=urn, authority_id=school.authority_id)
    return render(request, "schools/circumstance_end.html", {"school": school, "form": form, "line": line})


@access(Permission.RECORD_CIRCUMSTANCE, methods=("GET", "POST"))
def return_record(request: SignedInRequest, urn: int) -> HttpResponse:
    school = _school(request, urn, Permission.RECORD_CIRCUMSTANCE)
    today = timezone.localdate()
    lines = return_lines(school, request.user, today)
    form = ReturnForm([(line.key, line.question) for line in lines], posted(request))
    if form.is_valid():
        try:
            returned = actions.return_nothing_to_report(
                school=school, kinds=form.cleaned_data["kinds"], on=today, by=request.user, at=timezone.now()
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            say(
                request,
                returned,
                f"Nothing to report on {_count(len(returned), 'question')} at {school.name}.",
            )
            return redirect("schools:circumstance-list", urn=urn)
    return render(request, "schools/return_record.html", {"school": school, "form": form, "lines": lines})


@access(Permission.RECORD_CIRCUMSTANCE, methods=("GET", "POST"))
def return_many(request: SignedInRequest) -> HttpResponse:
    """Forty schools at a sitting: those the person serves, or may record for, with what is not known of each."""
    today = timezone.localdate()
    mine = School.objects.with_permission(request.user, Permission.RECORD_CIRCUMSTANCE).open()
    served = mine.served_by(request.user, today)
    everyone = "all" in request.GET or not served.exists()
    schools = list((mine if everyone else served).order_by("name", "urn"))
    rows = _not_known(schools)
    form = ReturnManyForm([(str(school.urn), school.name) for school in schools], posted(request))
    if form.is_valid():
        chosen = set(form.cleaned_data["schools"])
        actions.return_nothing_to_report_at(
            schools=[school for school in schools if str(school.urn) in chosen],
            on=today,
            by=request.user,
            at=timezone.now(),
        )
        say(request, chosen, f"Nothing to report at {_count(len(chosen), 'school')}.")
        return redirect("schools:return-many")
    context = {"form": form, "rows": rows, "everyone": everyone, "chosen": form["schools"].value() or []}
    return render(request, "schools/return_many.html", context)


def _not_known(schools: list[School]) -> list[dict[str, Any]]:
    """Each school with how many kinds are not known and the last day everything was."""
    answers = Circumstance.objects.known(schools, timezone.localdate())
    return [
        {
            "school": school,
            "value": str(school.urn),
            "not_known": sum(1 for answer in answers[school.urn].values() if answer.holds is None),
            "stale_on": min(
                (a.stale_on for a in answers[school.urn].values() if a.holds is False and a.stale_on),
                default=None,
            ),
        }
        for school in schools
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
