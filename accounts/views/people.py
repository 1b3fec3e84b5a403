"""People of the authorities the reader manages: list, page, invitation, account."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts import actions, presenters
from accounts.access import access
from accounts.choices import Permission
from accounts.filters import PeopleFilter
from accounts.forms.people import InviteForm
from accounts.models import RoleGrant, User
from accounts.permissions import (
    Refused,
    authority_ids,
    can_deactivate,
    can_remove_factors,
    can_send_invitation,
    check_can_deactivate,
)
from accounts.querysets import UserQuerySet
from ui.lists import Column, list_response


def people_of(request: HttpRequest) -> UserQuerySet:
    """People the reader manages; everyone else is 404."""
    people: UserQuerySet = User.objects.of_authorities(authority_ids(request.user, Permission.MANAGE_PEOPLE))  # type: ignore[arg-type]
    return people


@access(Permission.MANAGE_PEOPLE)
def person_list(request: HttpRequest) -> HttpResponseBase:
    now = timezone.now()
    today = timezone.localdate(now)
    ids = authority_ids(request.user, Permission.MANAGE_PEOPLE)  # type: ignore[arg-type]
    grants = RoleGrant.objects.filter(authority_id__in=ids).select_related("area")
    people = people_of(request).prefetch_related(
        Prefetch("grants", queryset=grants, to_attr="shown_grants"), "invitations"
    )
    columns = [
        Column("name", "Name", sort="name", link=lambda person: person.get_absolute_url()),
        Column("email", "E-mail address", sort="email"),
        Column("roles", "Roles today", value=lambda p: presenters.roles_on(p.shown_grants, today)),
        Column("account", "Account", value=lambda p: presenters.account_tag(p, p.invitations.all(), now)),
        Column("last_login", "Last sign-in", value=lambda p: p.last_login or "Never", sort="last_login"),
    ]
    return list_response(
        request,
        queryset=people,
        columns=columns,
        title="People",
        filterset=PeopleFilter,
        search=("name", "email"),
        search_label="Search by name or e-mail address",
        default_sort="name",
        noun=("person", "people"),
        filename="people",
        template="accounts/person_list.html",
    )


@access(Permission.MANAGE_PEOPLE)
def person_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    reader: User = request.user  # type: ignore[assignment]
    person = get_object_or_404(people_of(request), public_id=public_id)
    now = timezone.now()
    today = timezone.localdate(now)
    invitations = list(person.invitations.select_related("created_by"))
    grants = presenters.grants_of(person, reader=reader, on=today)
    factors = presenters.factors_in_words(person)
    values = {
        "person": person,
        "account": presenters.account_facts(person, invitations, factors, now),
        "current": grants.now,
        "future": grants.future,
        "past": grants.past,
        "invitation": any(i.accepted_at is None and i.revoked_at is None for i in invitations),
        "can_send_invitation": can_send_invitation(reader, person),
        "send_text": "Send the invitation again" if invitations else "Send an invitation",
        "can_deactivate": can_deactivate(reader, person, today),
        "can_remove_factors": bool(factors) and can_remove_factors(reader, person),
        "deactivate_refusal": _reason(check_can_deactivate, reader, person, today)
        if person.is_active
        else "",
    }
    return render(request, "accounts/person_detail.html", values)


@access(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def person_invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, manager=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        try:
            invited = actions.invite(**form.cleaned_data, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except (Refused, ValidationError) as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _what_was_sent(invited))
            return redirect(invited.user)
    return render(request, "accounts/person_invite.html", {"form": form})


def _what_was_sent(invited: actions.Invited) -> str:
    person = invited.user
    if invited.link is None:
        return f"{person.name} has an account already and now holds the role. A message to {person.email} says so."
    return f"An invitation is on its way to {person.email}. It works once, for seven days."


@access(Permission.MANAGE_PEOPLE, methods=("POST",))
def invitation_send(request: HttpRequest, public_id: str) -> HttpResponse:
    person = get_object_or_404(people_of(request), public_id=public_id)
    return _done(
        request,
        person,
        lambda: actions.send_invitation_again(user=person, by=request.user, at=timezone.now()),  # type: ignore[arg-type]
        f"A new invitation is on its way to {person.email}. The earlier link no longer works.",
    )


@access(Permission.MANAGE_PEOPLE, methods=("POST",))
def invitation_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    person = get_object_or_404(people_of(request), public_id=public_id)
    return _done(
        request,
        person,
        lambda: actions.revoke_invitation(user=person, by=request.user, at=timezone.now()),  # type: ignore[arg-type]
        "The invitation is withdrawn: its link no longer works.",
    )


@access(Permission.MANAGE_PEOPLE, methods=("GET", "POST"))
def person_deactivate(request: HttpRequest, public_id: str) -> HttpResponse:
    person = get_object_or_404(people_of(request), public_id=public_id)
    if request.method == "POST":
        return _done(
            request,
            person,
            lambda: actions.deactivate(user=person, by=request.user, at=timezone.now()),  # type: ignore[arg-type]
            f"{person.name} can no longer sign in.",
        )
    refusal = _reason(check_can_deactivate, request.user, person, timezone.localdate())
    return render(request, "accounts/person_deactivate.html", {"person": person, "refusal": refusal})


@access(Permission.MANAGE_PEOPLE, methods=("POST",))
def person_reactivate(request: HttpRequest, public_id: str) -> HttpResponse:
    person = get_object_or_404(people_of(request), public_id=public_id)
    return _done(
        request,
        person,
        lambda: actions.reactivate(user=person, by=request.user, at=timezone.now()),  # type: ignore[arg-type]
        f"{person.name} may sign in again.",
    )


@access(signed_in="Everyone may see what the service holds about their own account")
def own_account(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    values = {
        "account": presenters.facts(("Name", user.name), ("E-mail address", user.email)),
        "factors": presenters.factors_in_words(user),
        "roles": presenters.own_grants(user, timezone.localdate()),
    }
    return render(request, "accounts/own_account.html", values)


def add_refusal(form: Any, refusal: Refused | ValidationError) -> None:
    """Why an action refused, on the form, beside the field where the reason names one."""
    if isinstance(refusal, ValidationError):
        form.add_error(None, refusal)
    else:
        form.add_error(None, str(refusal))


def _done(request: HttpRequest, person: User, act: Callable[[], object], success: str) -> HttpResponse:
    """Do one thing and return to the person's page, which says what came of it."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, success)
    return redirect(person)


def _reason(check: Callable[..., None], *args: Any) -> str:
    try:
        check(*args)
    except Refused as refusal:
        return str(refusal)
    return ""
