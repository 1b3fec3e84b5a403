"""The statement of a level, a school's formal disagreement with it, and the answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission, Reach
from accounts.permissions import Refused
from categorisation import actions, permissions, presenters
from categorisation.forms.decisions import AnswerForm, DisagreeForm, add_faults
from categorisation.models import Decision, Disagreement
from categorisation.querysets import STAFF_REACHES
from categorisation.rules.recommending import Faulty
from reports.actions import RendererMissing
from schools.models import School

_CHANGES = ("GET", "HEAD", "POST")


@access(Permission.DECIDE_LEVEL, methods=("POST",))
def statement_release(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    decision = get_object_or_404(
        Decision.objects.visible_to(request.user).filter(
            school__in=School.objects.with_permission(request.user, Permission.DECIDE_LEVEL)
        ),
        school__urn=urn,
        public_id=public_id,
    )
    try:
        document = actions.release_statement(decision=decision, by=request.user, at=timezone.now())
    except (Refused, RendererMissing) as error:
        messages.error(request, str(error))
        return redirect("categorisation:why", urn)
    messages.success(request, f"The statement is released as {document.reference}.")
    return redirect(document)


@access(Permission.DISAGREE, methods=_CHANGES)
def disagree(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    own = School.objects.with_permission(request.user, Permission.DISAGREE, reaches=(Reach.OWN,))
    decision = get_object_or_404(
        Decision.objects.visible_to(request.user)
        .filter(school__in=own, published_at__isnull=False)
        .select_related("school__authority", "version", "recommendation"),
        school__urn=urn,
        public_id=public_id,
    )
    form = DisagreeForm(request.POST or None)
    try:
        if request.method != "POST":
            permissions.check_can_disagree(request.user, decision)
        elif form.is_valid():
            actions.disagree(
                decision=decision, by=request.user, at=timezone.now(), text=form.cleaned_data["text"]
            )
            messages.success(request, "Your disagreement is sent. You hear by e-mail when it is answered.")
            return redirect(decision)
    except Faulty as error:
        add_faults(form, error)
    except Refused as refused:
        if request.method != "POST":
            messages.error(request, str(refused))
            return redirect(decision)
        form.add_error(None, str(refused))
    return render(
        request,
        "categorisation/disagree.html",
        {
            "school": decision.school,
            "form": form,
            "decision": decision,
            "name": presenters.level_name(decision),
        },
    )


@access(Permission.MODERATE_LEVEL, reads="disagreement", methods=_CHANGES)
def disagreement_answer(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    """What the school says, and the form to answer it, for a moderator who did not recommend the level."""
    schools = School.objects.with_permission(request.user, Permission.MODERATE_LEVEL, reaches=STAFF_REACHES)
    found = get_object_or_404(
        Disagreement.objects.filter(
            decision__school__in=schools, decision__in=Decision.objects.visible_to(request.user)
        ).select_related(
            "decision__school__authority",
            "decision__version",
            "decision__recommendation",
            "made_by",
            "answered_by",
        ),
        decision__school__urn=urn,
        public_id=public_id,
    )
    decision = found.decision
    form = AnswerForm(request.POST or None) if permissions.can_answer(request.user, found) else None
    if form is None and request.method == "POST":
        messages.error(request, "It has been answered, or it is not for you to answer.")
        return redirect(found)
    if form is not None and form.is_valid():
        try:
            actions.answer(disagreement=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Faulty as error:
            add_faults(form, error)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The school is told that there is an answer.")
            return redirect(decision)
    request.shown.append(f"disagreement:{found.public_id}")
    request.shown.about(urn=urn, authority_id=decision.school.authority_id)
    return render(
        request,
        "categorisation/disagreement.html",
        {
            "school": decision.school,
            "one": found,
            "decision": decision,
            "form": form,
            "name": presenters.level_name(decision),
        },
    )
