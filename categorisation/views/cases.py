"""Cases: the framework's own tests, those that came with it and those the authority keeps."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from categorisation.actions.cases import change_case, keep_case, remove_case
from categorisation.engine import SchoolFacts
from categorisation.forms.bench import CaseForm, TextForm
from categorisation.models import FrameworkCase
from categorisation.presenters.bench import as_text, tried
from categorisation.presenters.cases import case_rows, own_case
from categorisation.presenters.trials import Trial, trial
from categorisation.views.dry_runs import authority_of

LONG_AGO = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


@access(Permission.EDIT_FRAMEWORK)
def case_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Every case, those that fail first."""
    authority = authority_of(request, code)
    documents = trial(authority, on=timezone.localdate())
    rows = case_rows(documents) if documents else []
    return render(
        request,
        "categorisation/case_list.html",
        {
            "authority": authority,
            "trial": documents,
            "rows": rows,
            "failing": [row for row in rows if row.fails],
            "passing": [row for row in rows if not row.fails],
            "failing_draft": sum(bool(row.draft) for row in rows),
            "failing_published": sum(bool(row.published) for row in rows),
        },
    )


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "HEAD", "POST"))
def case_keep(request: SignedInRequest, code: str) -> HttpResponse:
    """Keep the facts of the bench as a case. Comes first with the facts alone, then with what the person says."""
    authority = authority_of(request, code)
    documents = _trial(authority)
    text = TextForm(request.POST or None, frameworks=documents.frameworks)
    if not text.is_valid():
        return redirect("categorisation:bench", code=code)
    facts = text.cleaned_data["facts"]
    form = _form(request, documents, facts, {})
    if form.is_valid():
        try:
            case = keep_case(
                authority=authority,
                slug=documents.version.slug,
                name=form.cleaned_data["name"],
                paragraph=form.cleaned_data["paragraph"],
                facts=facts,
                expect=form.expect,
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"The case “{case.name}” is kept.")
            return redirect("categorisation:case-list", code=code)
    return _page(request, authority, documents, facts, form, None)


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "HEAD", "POST"))
def case_change(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """Another name or answer for a kept case; other facts come from the bench."""
    authority = authority_of(request, code)
    documents = _trial(authority)
    case = _case(authority, public_id)
    facts = own_case(case).facts
    text = TextForm(request.POST or None, frameworks=documents.frameworks)
    if "facts" in request.POST:
        if not text.is_valid():
            return redirect("categorisation:bench", code=code)
        facts = text.cleaned_data["facts"]
    form = _form(request, documents, facts, {"name": case.name, "paragraph": case.paragraph, **_words(case)})
    if form.is_valid():
        try:
            change_case(
                case=case,
                name=form.cleaned_data["name"],
                paragraph=form.cleaned_data["paragraph"],
                facts=facts,
                expect=form.expect,
                seen=_moment(request.POST.get("seen", "")),
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "The case is changed.")
            return redirect("categorisation:case-list", code=code)
    return _page(request, authority, documents, facts, form, case)


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "HEAD", "POST"))
def case_remove(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    authority = authority_of(request, code)
    case = _case(authority, public_id)
    if request.method == "POST":
        remove_case(case=case, by=request.user, at=timezone.now())
        messages.success(request, f"The case “{case.name}” is removed.")
        return redirect("categorisation:case-list", code=code)
    return render(request, "categorisation/case_remove.html", {"authority": authority, "case": case})


def _form(
    request: SignedInRequest, documents: Trial, facts: SchoolFacts, initial: dict[str, Any]
) -> CaseForm:
    """Bound once the person has answered; before that filled from the case, and from what comes out."""
    answered = request.POST if "name" in request.POST else None
    comes_out = CaseForm.filled(tried(documents, facts).latest)
    return CaseForm(
        [framework.document for framework in documents.frameworks], answered, initial={**comes_out, **initial}
    )


def _page(
    request: SignedInRequest,
    authority: Authority,
    documents: Trial,
    facts: SchoolFacts,
    form: CaseForm,
    case: FrameworkCase | None,
) -> HttpResponse:
    return render(
        request,
        "categorisation/case_keep.html",
        {
            "authority": authority,
            "trial": documents,
            "form": form,
            "case": case,
            "seen": request.POST.get("seen") or (case.kept_at.isoformat() if case else ""),
            "facts_text": as_text(facts),
            "tried": tried(documents, facts),
        },
    )


def _trial(authority: Authority) -> Trial:
    documents = trial(authority, on=timezone.localdate())
    if documents is None:
        raise Http404
    return documents


def _case(authority: Authority, public_id: str) -> FrameworkCase:
    return get_object_or_404(FrameworkCase.objects.filter(authority=authority), public_id=public_id)


def _words(case: FrameworkCase) -> dict[str, str]:
    return {name: str(rank or "none") for name, rank in case.expect.items()}


def _moment(text: str) -> dt.datetime:
    """When the case the person saw was kept; long ago where the page did not say."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return moment if moment is not None and moment.tzinfo else LONG_AGO
