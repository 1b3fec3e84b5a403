"""Importing published files: give them, see what they would change, apply or leave them."""

import csv
import io

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from accounts.permissions import authority_ids
from schools import actions
from schools.forms.imports import ImportForm
from schools.models import ImportBatch, ImportFile
from schools.presenters.imports import import_page, problem_rows, status_tag, title_of
from ui.lists import Column, Tag, list_response

_NAMES = Prefetch("files", ImportFile.objects.only("batch_id", "name", "position"))


def _giver(batch: ImportBatch) -> str:
    return batch.created_by.name if batch.created_by else "Command line"


@access(Permission.IMPORT_DATA)
def import_list(request: SignedInRequest) -> HttpResponseBase:
    return list_response(
        request,
        queryset=_visible(request).prefetch_related(_NAMES).defer("failure"),
        title="Imports",
        filename="imports",
        noun=("import", "imports"),
        columns=(
            Column(
                "files", "Files", lambda batch: title_of(batch.files.all()), link=ImportBatch.get_absolute_url
            ),
            Column("authority", "Authority", "authority.name", sort="authority__name"),
            Column(
                "status", "Status", lambda batch: Tag(*status_tag(batch, batch.files.all())), sort="status"
            ),
            Column("created_by", "Given by", _giver, sort="created_by__name"),
            Column("created_at", "Given", "created_at", sort="created_at"),
            Column("applied_at", "Imported", "applied_at", sort="applied_at"),
        ),
        search=("files__name",),
        search_label="Search by file name",
        empty="Nothing has been imported yet.",
        template="schools/import_list.html",
        context={"may_import": bool(authority_ids(request.user, Permission.IMPORT_DATA))},
    )


@access(Permission.IMPORT_DATA, methods=("GET", "HEAD", "POST"))
def import_new(request: SignedInRequest) -> HttpResponse:
    authorities = list(Authority.objects.filter(pk__in=authority_ids(request.user, Permission.IMPORT_DATA)))
    if not authorities:
        # The permission reaches part of an authority only; files are for the whole of one
        return render(request, "schools/import_new.html", {"form": None})
    is_posted = request.method == "POST"
    form = ImportForm(authorities, request.POST, request.FILES) if is_posted else ImportForm(authorities)
    if is_posted and form.is_valid():
        batch = actions.start_import(
            authority=form.chosen_authority,
            uploads=form.cleaned_data["uploads"],
            year=form.cleaned_data["year"],
            by=request.user,
            at=timezone.now(),
        )
        return redirect(batch)
    return render(request, "schools/import_new.html", {"form": form})


@access(Permission.IMPORT_DATA)
def import_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    batch = _batch(request, public_id)
    return render(
        request, "schools/import_detail.html", {"page": import_page(batch, list(batch.files.all()))}
    )


@access(Permission.IMPORT_DATA)
def import_problems(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Every problem by file and row, for a spreadsheet."""
    batch = _batch(request, public_id)
    text = io.StringIO()
    csv.writer(text).writerows(problem_rows(list(batch.files.all())))
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="import-problems-{batch.created_at:%Y-%m-%d}.csv"'
    )
    return response


@access(Permission.IMPORT_DATA, methods=("POST",))
def import_apply(request: SignedInRequest, public_id: str) -> HttpResponse:
    batch = _batch(request, public_id)
    try:
        actions.apply_import(batch=batch, by=request.user, at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(batch)


@access(Permission.IMPORT_DATA, methods=("POST",))
def import_discard(request: SignedInRequest, public_id: str) -> HttpResponse:
    batch = _batch(request, public_id)
    try:
        actions.discard_import(batch=batch, by=request.user, at=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(batch)
    messages.success(request, "The files were left alone and deleted. Nothing of them is recorded.")
    return redirect("schools:import-list")


def _visible(request: SignedInRequest) -> "QuerySet[ImportBatch]":
    return ImportBatch.objects.visible_to(request.user).select_related("authority", "created_by", "job")


def _batch(request: SignedInRequest, public_id: str) -> ImportBatch:
    return get_object_or_404(_visible(request), public_id=public_id)
