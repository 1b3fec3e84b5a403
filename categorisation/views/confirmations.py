"""Confirming at a school what a rule of the policy only describes, and taking it back (X-09)."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from categorisation import actions, presenters
from categorisation.forms.signals import ConfirmForm
from categorisation.models import RuleConfirmation
from categorisation.presenters.confirmations import Confirmable
from categorisation.querysets import STAFF_REACHES
from schools.choices import Audience
from schools.models import School
from ui.forms import show_refusal


@access(Permission.RECOMMEND_LEVEL, methods=("GET", "POST"), reads="suggestion")
def confirmation_record(request: SignedInRequest, urn: int, rule: str) -> HttpResponse:
    school, line, why = _found(request, urn, rule)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = {**form.cleaned_data, "audience": Audience(form.cleaned_data["audience"])}
        try:
            actions.confirm_rule(school=school, rule=rule, by=request.user, at=timezone.now(), **values)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("categorisation:why", urn=urn)
    context = {"school": school, "line": line, "why": why, "form": form}
    return render(request, "categorisation/confirmation_record.html", context)


@access(Permission.RECOMMEND_LEVEL, methods=("GET", "POST"), reads="suggestion")
def confirmation_withdraw(request: SignedInRequest, urn: int, rule: str) -> HttpResponse:
    school, line, why = _found(request, urn, rule)
    if request.method == "POST":
        standing = RuleConfirmation.objects.filter(
            school=school, slug=why.version.slug, rule=rule, withdrawn_on__isnull=True
        ).first()
        if standing is not None:
            actions.withdraw_confirmation(confirmation=standing, by=request.user, at=timezone.now())
        return redirect("categorisation:why", urn=urn)
    context = {"school": school, "line": line, "why": why}
    return render(request, "categorisation/confirmation_withdraw.html", context)


def _found(request: SignedInRequest, urn: int, rule: str) -> tuple[School, Confirmable, presenters.Why]:
    """The school and what the policy in force describes there. Http404 where it describes no such thing."""
    schools = School.objects.with_permission(
        request.user, Permission.RECOMMEND_LEVEL, reaches=STAFF_REACHES
    ).select_related("authority")
    school = get_object_or_404(schools, urn=urn)
    why = presenters.why(request.user, school, on=timezone.localdate())
    lines = presenters.confirmable(request.user, school, why.outcome) if why else None
    for line in (*lines.confirmed, *lines.others) if lines else ():
        if line.key == rule and why is not None:
            request.shown.append(f"school:{urn}")
            request.shown.about(urn=urn, authority_id=school.authority_id)
            return school, line, why
    raise Http404("The policy in force describes no such thing.")
