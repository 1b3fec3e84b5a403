"""Concern identified at many schools at a sitting, three times a year (L-101). Officers with the permission alone."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from categorisation import actions
from categorisation.choices import Finding
from categorisation.forms.rounds import SittingForm, SittingRow
from categorisation.models import IdentificationRound
from categorisation.presenters import identification as presenter
from categorisation.presenters.reviews import is_year
from categorisation.querysets import authorities_where
from categorisation.views.sittings import SITTING, again, count, in_order, posted
from categorisation.workflow import NotPossible


@access(Permission.IDENTIFY_CONCERN, methods=("POST",))
def identification_open(request: SignedInRequest, code: str, year: int, month: int) -> HttpResponse:
    """Begin the round of a month."""
    mine = authorities_where(request.user, [Permission.IDENTIFY_CONCERN])
    authority = get_object_or_404(Authority.objects.filter(pk__in=mine), code=code)
    if not is_year(year):
        raise Http404("There is no such year.")
    try:
        opened = actions.open_identification(
            authority=authority, year=year, month=month, by=request.user, at=timezone.now()
        )
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("categorisation:round-list")
    return redirect(opened)


@access(Permission.IDENTIFY_CONCERN, methods=("GET", "POST"), reads="identification")
def identification_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Every school with its signs: no concern with one key, or what the concern is."""
    found = _identification(request, public_id)
    now = timezone.now()
    page = presenter.identification_page(request.user, found, on=timezone.localdate(now))
    if page is None:
        raise Http404("The authority works to no policy.")
    show = request.GET.get("show", "")
    show = show if show in presenter.SHOWN else "open"
    asked = request.POST.getlist("row")[:SITTING]
    rows_shown = (
        [row for row in page.rows if str(row.school.urn) in asked]
        if request.method == "POST"
        else page.of(show)[:SITTING]
    )
    rows = [_finding_row(row, found) for row in rows_shown]
    in_order(rows, asked)
    form = SittingForm(rows, "What the concern is", posted(request))
    if form.is_valid():
        try:
            done = actions.record_findings(
                identification=found,
                found=[
                    actions.Found(said.row.about.school, Finding(said.choice), said.words, said.revision)
                    for said in form.said
                ],
                by=request.user,
                at=now,
            )
        except ValidationError as refusal:
            form.show(refusal)
        except NotPossible as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{count(done, 'finding')} recorded.")
            return again(request)
    request.shown.extend(f"identification:{row.school.urn}" for row in rows_shown)
    context = {"page": page, "identification": found, "form": form, "show": show}
    return render(request, "categorisation/identification_detail.html", context)


@access(Permission.IDENTIFY_CONCERN, methods=("POST",))
def identification_close(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Every school has its finding."""
    found = _identification(request, public_id)
    try:
        actions.close_identification(identification=found, by=request.user, at=timezone.now())
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The round is closed.")
    return redirect(found)


def _identification(request: SignedInRequest, public_id: str) -> IdentificationRound:
    found: IdentificationRound = get_object_or_404(
        IdentificationRound.objects.visible_to(request.user).select_related("authority"), public_id=public_id
    )
    request.shown.about(authority_id=found.authority_id)
    return found


def _finding_row(row: presenter.IdentificationRow, found: IdentificationRound) -> SittingRow:
    held = row.finding
    return SittingRow(
        key=str(row.school.urn),
        name=row.school.name,
        choices=[(str(value), label) for value, label in Finding.choices],
        plain=frozenset({Finding.NO_CONCERN.value}),
        owed="Say what the concern is",
        bulk="" if row.signals or held else Finding.NO_CONCERN.value,
        keys={Finding.NO_CONCERN.value: "a"},
        refused="The round is closed." if found.closed_at else "",
        choice=held.finding if held else "",
        words=held.reason if held else "",
        revision=held.revision if held else 0,
        about=row,
    )
