"""Dry runs: what a changed policy would do to every school, before anybody publishes it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from accounts.permissions import authority_ids
from categorisation.actions.dry_runs import start_dry_run, stop_dry_run, try_parameter
from categorisation.forms.dry_runs import ParameterForm
from categorisation.frameworks_in_force import compiled, compiled_document
from categorisation.models import DryRun
from categorisation.presenters.bench import compared, sides_of
from categorisation.presenters.dry_run_lists import after_text, before_text, columns, move_filter, moves_of
from categorisation.presenters.dry_runs import dry_run_page, title_of
from categorisation.presenters.lists import suggestible
from categorisation.presenters.trials import trial
from ui.lists import list_response

_LATEST = 20  # dry runs on their page


def authority_of(request: SignedInRequest, code: str) -> Authority:
    """The authority of an address, if its framework is the person's to draft; 404 else."""
    mine = Authority.objects.filter(pk__in=authority_ids(request.user, Permission.EDIT_FRAMEWORK))
    return get_object_or_404(mine, code=code)


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "HEAD", "POST"))
def dry_run_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Start one of the draft, or of another value of one parameter; those there were."""
    authority, now = authority_of(request, code), timezone.now()
    documents = trial(authority, on=timezone.localdate(now))
    form = ParameterForm(documents.published.document, request.POST or None) if documents else None
    if form is not None and form.is_valid():
        try:
            run = try_parameter(
                authority=authority, by=request.user, on=timezone.localdate(now), at=now, **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error("value", refusal)
        else:
            return redirect(run)
    runs = _runs(authority)[:_LATEST]
    return render(
        request,
        "categorisation/dry_run_list.html",
        {
            "authority": authority,
            "trial": documents,
            "form": form,
            "pages": [dry_run_page(run) for run in runs],
        },
    )


@access(Permission.EDIT_FRAMEWORK, methods=("POST",))
def dry_run_start(request: SignedInRequest, code: str) -> HttpResponse:
    """Try the open draft on every school."""
    authority, now = authority_of(request, code), timezone.now()
    documents = trial(authority, on=timezone.localdate(now))
    if documents is None or documents.draft is None:
        messages.error(request, "There is no draft to try. Start a draft first.")
        return redirect("categorisation:dry-run-list", code=code)
    try:
        run = start_dry_run(draft=documents.draft, on=timezone.localdate(now), by=request.user, at=now)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("categorisation:dry-run-list", code=code)
    return redirect(run)


@access(Permission.EDIT_FRAMEWORK)
def dry_run_detail(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """How far it has come; then what would move, from what to what, where, and because of which rule."""
    run = _run(request, code, public_id)
    return render(
        request, "categorisation/dry_run_detail.html", {"authority": run.authority, "page": dry_run_page(run)}
    )


@access(Permission.EDIT_FRAMEWORK, reads="suggestion")
def dry_run_moves(request: SignedInRequest, code: str, public_id: str) -> HttpResponseBase:
    """The schools that would move, each with its reasons; as a file too."""
    run = _run(request, code, public_id)
    request.shown.about(authority_id=run.authority_id)
    return list_response(
        request,
        queryset=moves_of(run, request.user),
        columns=columns(run),
        title=f"{title_of(run)}: schools that would move",
        filename=f"dry-run-{run.started_at:%Y-%m-%d}",
        filterset=move_filter(run),
        search=("school__name", "school__urn__startswith"),
        search_label="Search by name or URN",
        default_sort="school",
        noun=("school", "schools"),
        empty="No school would move, and no range would change.",
        shown_id=lambda move: f"school:{move.school.urn}",
        template="categorisation/dry_run_moves.html",
        context={"authority": run.authority, "run": run},
    )


@access(Permission.EDIT_FRAMEWORK, reads="suggestion")
def dry_run_move(request: SignedInRequest, code: str, public_id: str, urn: int) -> HttpResponse:
    """One school's two answers side by side, from its facts as they are now."""
    run = _run(request, code, public_id)
    school = get_object_or_404(
        suggestible(request.user, on=timezone.localdate()).filter(authority=run.authority).open(), urn=urn
    )
    request.shown.append(f"school:{school.urn}")
    request.shown.about(urn=urn, authority_id=run.authority_id)
    move = run.moves.filter(school=school).first()
    sides = sides_of(
        school,
        (compiled(run.against), compiled_document(run.document)),
        (f"As published, version {run.against.number}", "As tried"),
        on=run.on,
    )
    return render(
        request,
        "categorisation/dry_run_move.html",
        {
            "authority": run.authority,
            "school": school,
            "run": run,
            "title": title_of(run),
            "then": (before_text(move), after_text(move)) if move else None,
            "tried": compared(sides, "what is tried"),
        },
    )


@access(Permission.EDIT_FRAMEWORK, methods=("POST",))
def dry_run_stop(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    run = _run(request, code, public_id)
    stop_dry_run(dry_run=run, by=request.user, at=timezone.now())
    return redirect(run)


def _runs(authority: Authority) -> QuerySet[DryRun]:
    return DryRun.objects.filter(authority=authority).select_related(
        "draft", "against", "job", "authority", "started_by"
    )


def _run(request: SignedInRequest, code: str, public_id: str) -> DryRun:
    return get_object_or_404(_runs(authority_of(request, code)), public_id=public_id)
