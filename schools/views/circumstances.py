"""What is so at a school that no file holds; and the returns that say there is nothing to report."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from schools import actions
from schools.choices import Audience
from schools.forms.circumstances import CircumstanceForm
from schools.forms.people import EndForm
from schools.models import Circumstance, School
from schools.permissions import readable_audiences, recordable_kinds
from schools.presenters.circumstances import (
    CircumstanceLine,
    circumstance_line,
    circumstance_panel,
)
from schools.presenters.components import circumstance_card
from schools.views.outcomes import posted, say
from schools.views.returns import answerable
from ui.forms import show_refusal


@access(Permission.VIEW_SUGGESTION, Permission.RATE_INDICATOR, reads="circumstance")
def circumstance_list(request: SignedInRequest, urn: int) -> HttpResponse:
    schools = School.objects.with_permission(request.user, Permission.VIEW_SUGGESTION)
    schools |= School.objects.with_permission(request.user, Permission.RATE_INDICATOR)
    school = get_object_or_404(schools.select_related("authority"), urn=urn)
    panel = circumstance_panel(school, request.user, timezone.localdate())
    request.shown.extend(panel.identifiers)
    request.shown.about(urn=urn, authority_id=school.authority_id)
    context = {
        "school": school,
        "panel": panel,
        "open": [circumstance_card(line, _end(urn, line) if panel.may_record else "") for line in panel.open],
        "is_service": not readable_audiences(request.user, school),
        "ended": [circumstance_card(line) for line in panel.ended],
    }
    return render(request, "schools/circumstance_list.html", context)


def _end(urn: int, line: CircumstanceLine) -> str:
    return reverse("schools:circumstance-end", args=[urn, line.public_id])


@access(Permission.RECORD_CIRCUMSTANCE, Permission.RATE_INDICATOR, methods=("GET", "POST"))
def circumstance_record(request: SignedInRequest, urn: int) -> HttpResponse:
    """One of the kinds the person may record; from a sitting, and back to its row (`?next=`)."""
    today = timezone.localdate()
    school = get_object_or_404(answerable(request.user), urn=urn)
    kinds = recordable_kinds(request.user, [school])[school.pk]
    if not kinds:
        raise Http404("Nobody asks the person about anything there.")
    back = _back(request) or reverse("schools:circumstance-list", args=[urn])
    form = CircumstanceForm(today, posted(request), kind=request.GET.get("kind", ""), kinds=kinds)
    if form.is_valid():
        values: dict[str, Any] = {**form.cleaned_data, "audience": Audience(form.cleaned_data["audience"])}
        try:
            circumstance = actions.record_circumstance(
                school=school, by=request.user, at=timezone.now(), **values
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            line = circumstance_line(circumstance, today)
            say(request, circumstance, f"“{line.title}” is recorded at {school.name}.")
            return redirect(back)
    context = {"school": school, "form": form, "back": back}
    return render(request, "schools/circumstance_record.html", context)


def _back(request: SignedInRequest) -> str:
    """The sitting somebody came from, with its row; nothing else is followed."""
    wanted, sitting = request.GET.get("next", ""), reverse("schools:return-many")
    return wanted if wanted.partition("#")[0].partition("?")[0] == sitting else ""


@access(
    Permission.RECORD_CIRCUMSTANCE,
    Permission.RATE_INDICATOR,
    methods=("GET", "POST"),
    reads="circumstance",
)
def circumstance_end(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    school = get_object_or_404(answerable(request.user), urn=urn)
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
