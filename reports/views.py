"""A school's documents: the list, one document as a page, its PDF, and its withdrawal."""

import hashlib

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.permissions import Refused
from reports import actions, permissions, presenters
from reports.composer import restore
from reports.forms import WithdrawForm
from reports.models import Document
from schools.models import School
from ui.lists import Column, Tag, list_response


@access(Permission.READ_DOCUMENT)
def document_list(request: SignedInRequest, urn: int) -> HttpResponseBase:
    school = get_object_or_404(
        School.objects.with_permission(request.user, Permission.READ_DOCUMENT), urn=urn
    )
    return list_response(
        request,
        queryset=Document.objects.visible_to(request.user).filter(school=school).with_names(),
        columns=_COLUMNS,
        title="Documents",
        search=("title",),
        search_label="Search by title",
        default_sort="-released",
        filename=f"documents-{school.urn}",
        noun=("document", "documents"),
        empty="No documents have been released.",
        template="reports/document_list.html",
        context={"school": school},
    )


@access(Permission.READ_DOCUMENT, reads="document")
def document_detail(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    document = _document(request, urn, public_id)
    composition, imprint = restore(document.rendering.snapshot)
    _shown(request, document)
    return render(
        request,
        "reports/document_detail.html",
        {
            "document": document,
            "composition": composition,
            "imprint": imprint,
            "replacement": Document.objects.visible_to(request.user)
            .filter(supersedes=document)
            .select_related("school")
            .first(),
            "can_withdraw": permissions.can_withdraw(request.user, document),
            "download_text": f"Download the PDF ({presenters.size_in_words(len(document.rendering.pdf))})",
        },
    )


@access(Permission.READ_DOCUMENT, reads="document")
def document_download(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    """The bytes that were released, and no others."""
    document = _document(request, urn, public_id)
    pdf = bytes(document.rendering.pdf)
    if hashlib.sha256(pdf).hexdigest() != document.rendering.sha256:
        raise SuspiciousOperation(f"Document {document.public_id} is not the one that was released.")
    _shown(request, document)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{document.download_name}"',
            "Cache-Control": "private, no-store",
        },
    )


@access(Permission.RELEASE_DOCUMENT, reads="document", methods=("GET", "HEAD", "POST"))
def document_withdraw(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    document = _document(request, urn, public_id)
    try:
        permissions.check_can_withdraw(request.user, document)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(document)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw(
            document=document, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
        messages.success(request, f"“{document.title}” is withdrawn. The school no longer finds it.")
        return HttpResponseRedirect(reverse("reports:document-list", args=[urn]))
    _shown(request, document)
    return render(request, "reports/document_withdraw.html", {"document": document, "form": form})


def _document(request: SignedInRequest, urn: int, public_id: str) -> Document:
    return get_object_or_404(
        Document.objects.visible_to(request.user).select_related("school__authority", "rendering"),
        school__urn=urn,
        public_id=public_id,
    )


def _shown(request: SignedInRequest, document: Document) -> None:
    request.shown.append(f"document:{document.public_id}")
    request.shown.about(urn=document.school.urn, authority_id=document.authority_id)


def _standing(document: Document) -> Tag | str:
    if document.is_withdrawn:
        return Tag("Withdrawn", "red")
    if presenters.is_replaced(document):
        return Tag("Replaced by a later one", "grey")
    return ""


_COLUMNS = (
    Column("title", "Document", sort="title", link=lambda document: document.get_absolute_url()),
    Column("reference", "Reference", sort="number", value=lambda document: document.reference),
    Column("released", "Released", sort="released_at", value=lambda document: document.released_at.date()),
    Column("audience", "Who may read it", sort="audience", value="get_audience_display"),
    Column("standing", "Standing", value=_standing),
)
