"""Giving, ending and taking back roles."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts import actions, presenters
from accounts.access import access
from accounts.choices import Permission
from accounts.forms.people import EndRoleForm, RoleForm
from accounts.models import RoleGrant
from accounts.permissions import Refused, authority_ids
from accounts.views.people import add_refusal, people_of


@access(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def grant_add(request: HttpRequest, public_id: str) -> HttpResponse:
    person = get_object_or_404(people_of(request), public_id=public_id)
    form = RoleForm(request.POST or None, manager=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_role(user=person, **form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except (Refused, ValidationError) as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, "The role is given.")
            return redirect(person)
    return render(request, "accounts/grant_add.html", {"person": person, "form": form})


@access(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def grant_end(request: HttpRequest, public_id: str, grant_id: int) -> HttpResponse:
    grant = _grant(request, public_id, grant_id)
    form = EndRoleForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_grant(
                grant=grant,
                last_day=form.cleaned_data["last_day"],
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error("last_day", str(refusal))
        else:
            messages.success(request, "The role's last day is set.")
            return redirect(grant.user)
    return render(request, "accounts/grant_end.html", _about(grant, form=form))


@access(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def grant_cancel(request: HttpRequest, public_id: str, grant_id: int) -> HttpResponse:
    grant = _grant(request, public_id, grant_id)
    if request.method != "POST":
        return render(request, "accounts/grant_cancel.html", _about(grant))
    try:
        actions.cancel_grant(grant=grant, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(grant.user)
    messages.success(request, "The role is cancelled; it will not start.")
    # Someone whose only role is taken back is nobody's person any more.
    still_ours = people_of(request).filter(pk=grant.user_id).exists()
    return redirect(grant.user) if still_ours else redirect("accounts:person-list")


def _grant(request: HttpRequest, public_id: str, grant_id: int) -> RoleGrant:
    ids = authority_ids(request.user, Permission.MANAGE_PEOPLE)  # type: ignore[arg-type]
    grants = RoleGrant.objects.filter(authority_id__in=ids).select_related("user", "authority", "area")
    return get_object_or_404(grants, pk=grant_id, user__public_id=public_id)


def _about(grant: RoleGrant, **more: object) -> dict[str, object]:
    return {"grant": grant, "person": grant.user, "words": presenters.grant_in_words(grant), **more}
