"""Recommending a level, and one recommendation: moderating it, sending it back, withdrawing it, deciding."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.permissions import Refused
from categorisation import actions, permissions, presenters
from categorisation.choices import RoundStatus
from categorisation.forms.decisions import (
    ModerateForm,
    RecommendForm,
    WhyForm,
    add_faults,
    new_form_key,
)
from categorisation.models import Recommendation, Round
from categorisation.querysets import STAFF_REACHES
from categorisation.rules.recommending import Faulty
from schools.models import School

_CHANGES = ("GET", "HEAD", "POST")


@access(Permission.RECOMMEND_LEVEL, reads="suggestion", methods=_CHANGES)
def recommend(request: SignedInRequest, urn: int) -> HttpResponse:
    """The form, and beside it what is suggested and why."""
    school = get_object_or_404(_schools(request, Permission.RECOMMEND_LEVEL), urn=urn)
    now = timezone.now()
    today = timezone.localdate(now)
    view = presenters.why(request.user, school, on=today)
    if view is None:
        messages.error(
            request,
            "The school is closed, or its authority has not chosen a policy, so nothing is recommended.",
        )
        return redirect("categorisation:why", urn)
    of_round = Round.objects.filter(authority=school.authority).exclude(status=RoundStatus.CONFIRMED).first()
    form = RecommendForm(
        request.POST or None,
        document=view.document,
        of_round=of_round,
        today=today,
        initial={"form_key": new_form_key(), "rank": view.outcome.on_record},
    )
    if form.is_valid():
        try:
            made = actions.recommend(school=school, by=request.user, at=now, **form.said())
        except Faulty as error:
            add_faults(form, error)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Your recommendation is made. Somebody else moderates it.")
            return redirect(made)
    _shown(request, school, f"school:{school.urn}")
    return render(
        request,
        "categorisation/recommend.html",
        {
            "school": school,
            "form": form,
            "why": view,
            "level": presenters.level_page(request.user, school, today),
        },
    )


@access(Permission.VIEW_SUGGESTION, reads="recommendation")
def recommendation(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    """What was recommended, on which facts, and what came of it. The authority's staff alone."""
    return _page(request, _found(request, urn, public_id))


@access(Permission.MODERATE_LEVEL, reads="recommendation", methods=("POST",))
def recommendation_moderate(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    found = _found(request, urn, public_id, Permission.MODERATE_LEVEL)
    page = presenters.recommendation_page(request.user, found, timezone.localdate())
    form = ModerateForm(request.POST, document=page.then.document)
    if form.is_valid():
        try:
            actions.moderate(recommendation=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Faulty as error:
            add_faults(form, error)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The recommendation is moderated.")
            return redirect(found)
    return _page(request, found, form)


@access(Permission.MODERATE_LEVEL, methods=_CHANGES)
def recommendation_send_back(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    found = _found(request, urn, public_id, Permission.MODERATE_LEVEL)
    return _with_reason(
        request,
        found,
        permissions.check_can_send_back,
        actions.send_back,
        title="Send the recommendation back",
        lead="It ends here. Whoever made it reads your reason and recommends anew.",
        label="Why is it sent back?",
        button="Send back",
        done="The recommendation is sent back.",
    )


@access(Permission.MODERATE_LEVEL, methods=_CHANGES)
def recommendation_reopen(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    found = _found(request, urn, public_id, Permission.MODERATE_LEVEL)
    return _with_reason(
        request,
        found,
        permissions.check_can_reopen,
        actions.reopen,
        title="Take the moderation back",
        lead="The recommendation waits for moderation again. What was moderated stays in the log.",
        label="Why is it taken back?",
        button="Take the moderation back",
        done="The recommendation waits for moderation again.",
    )


@access(Permission.RECOMMEND_LEVEL, methods=_CHANGES)
def recommendation_withdraw(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    """Its author's alone: for others there is nothing here."""
    found = _found(request, urn, public_id, Permission.RECOMMEND_LEVEL, recommended_by=request.user)
    return _with_reason(
        request,
        found,
        permissions.check_can_withdraw,
        actions.withdraw,
        title="Withdraw your recommendation",
        lead="It stays in the school’s history, with your reason. You can recommend anew.",
        label="Why do you withdraw it?",
        button="Withdraw",
        done="Your recommendation is withdrawn.",
    )


@access(Permission.DECIDE_LEVEL, methods=("POST",))
def recommendation_decide(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    found = _found(request, urn, public_id, Permission.DECIDE_LEVEL)
    try:
        decision = actions.decide(recommendation=found, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    then = (
        ", and the school is told."
        if decision.published_at
        else ". The school is told when the round is published."
    )
    messages.success(request, f"The {found.version.document['words']['level']} is decided{then}")
    return redirect("categorisation:why", urn)


def _page(request: SignedInRequest, found: Recommendation, form: ModerateForm | None = None) -> HttpResponse:
    page = presenters.recommendation_page(request.user, found, timezone.localdate())
    if form is None and page.can_moderate:
        form = ModerateForm(document=page.then.document, initial={"rank": found.rank})
    _shown(request, found.school, f"recommendation:{found.public_id}")
    return render(
        request,
        "categorisation/recommendation.html",
        {"school": found.school, "page": page, "one": found, "form": form},
    )


def _with_reason(
    request: SignedInRequest,
    found: Recommendation,
    check: Callable[..., None],
    act: Callable[..., Any],
    *,
    title: str,
    lead: str,
    label: str,
    button: str,
    done: str,
) -> HttpResponse:
    """A page that asks for a reason and does one thing. Where it cannot be done, the recommendation's page says why."""
    try:
        check(request.user, found)
        form = WhyForm(request.POST or None, label=label)
        if form.is_valid():
            act(
                recommendation=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, done)
            return redirect(found)
    except Faulty as error:
        add_faults(form, error)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(found)
    return render(
        request,
        "categorisation/recommendation_reason.html",
        {"school": found.school, "one": found, "form": form, "title": title, "lead": lead, "button": button},
    )


def _schools(request: SignedInRequest, permission: Permission) -> Any:
    return School.objects.with_permission(request.user, permission, reaches=STAFF_REACHES).select_related(
        "authority"
    )


def _found(
    request: SignedInRequest,
    urn: int,
    public_id: str,
    permission: Permission = Permission.VIEW_SUGGESTION,
    **more: Any,
) -> Recommendation:
    """A recommendation the person may see, of a school over which they hold the permission, or 404."""
    return get_object_or_404(
        Recommendation.objects.visible_to(request.user)
        .filter(school__in=_schools(request, permission), **more)
        .select_related(
            "school__authority", "version", "round", "recommended_by", "moderated_by", "ended_by", "decision"
        ),
        school__urn=urn,
        public_id=public_id,
    )


def _shown(request: SignedInRequest, school: School, identifier: str) -> None:
    request.shown.append(identifier)
    request.shown.about(urn=school.urn, authority_id=school.authority_id)
