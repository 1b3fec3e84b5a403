"""Drafts of a framework: beginning one, reading it, ending it, its file."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from accounts.permissions import Refused, authority_ids
from categorisation import actions, permissions
from categorisation.actions import DraftConflict
from categorisation.actions.drafts import LONGEST_FILE
from categorisation.choices import DraftStatus
from categorisation.forms.drafts.publishing import UploadForm
from categorisation.models import FrameworkDraft, FrameworkVersion
from categorisation.presenters import drafts as shown
from categorisation.presenters.dry_runs import draft_effect
from categorisation.schema import DocumentError, dump_yaml, load_data

READERS = (Permission.EDIT_FRAMEWORK, Permission.PUBLISH_FRAMEWORK)
CHANGED_MEANWHILE = "Somebody changed the draft meanwhile, and nothing was done. Look at it again."


def authority_for(request: SignedInRequest, code: str, *needed: Permission) -> Authority:
    """The authority, if the person holds one of the permissions for all of it; else 404."""
    held = frozenset().union(*(authority_ids(request.user, one) for one in needed))
    return get_object_or_404(Authority, pk__in=held, code=code)


def draft_for(request: SignedInRequest, code: str, public_id: str, *needed: Permission) -> FrameworkDraft:
    authority = authority_for(request, code, *needed)
    drafts = FrameworkDraft.objects.select_related(
        "authority", "based_on", "created_by", "saved_by", "published_as"
    )
    return get_object_or_404(drafts, authority=authority, public_id=public_id)


def may_change(request: SignedInRequest, draft: FrameworkDraft) -> HttpResponse | None:
    """What to answer where the draft no longer changes: its page, saying why."""
    try:
        permissions.check_can_change_draft(request.user, draft)
    except Refused as refused:
        messages.error(request, str(refused))
        return to_draft(draft)
    return None


def effect_of(request: SignedInRequest, draft: FrameworkDraft) -> dict[str, object]:
    """What an open draft would do, for its pages; whoever only publishes does not try it out."""
    is_open = draft.status == DraftStatus.OPEN
    return {
        "effect": draft_effect(draft, on=timezone.localdate()) if is_open else None,
        "may_try": permissions.can_edit_framework(request.user, draft.authority),
    }


def to_draft(draft: FrameworkDraft) -> HttpResponse:
    return redirect("categorisation:draft-detail", draft.authority.code, draft.public_id)


@access(*READERS)
def draft_list(request: SignedInRequest, code: str) -> HttpResponse:
    """Open drafts, the versions one can begin from, and what came of earlier drafts."""
    authority = authority_for(request, code, *READERS)
    view = shown.draft_list(authority, on=timezone.localdate())
    context = {
        "view": view,
        "authority": authority,
        "may_edit": permissions.can_edit_framework(request.user, authority),
    }
    return render(request, "categorisation/draft_list.html", context)


@access(Permission.EDIT_FRAMEWORK, methods=("POST",))
def draft_start(request: SignedInRequest, code: str, version: int) -> HttpResponse:
    authority = authority_for(request, code, Permission.EDIT_FRAMEWORK)
    base = get_object_or_404(FrameworkVersion.objects.known_to(authority.pk), pk=version)
    draft = actions.start_draft(version=base, authority=authority, by=request.user, at=timezone.now())
    if draft.based_on_id != base.pk:
        messages.info(request, "A draft of this policy is open already. This is it.")
    return to_draft(draft)


@access(*READERS)
def draft_detail(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """The contents of the draft, with what differs from the version it was begun from."""
    draft = draft_for(request, code, public_id, *READERS)
    context = {
        "draft": draft,
        "page": shown.draft_page(draft),
        "may_change": permissions.can_change_draft(request.user, draft),
        **effect_of(request, draft),
    }
    return render(request, "categorisation/draft_detail.html", context)


@access(*READERS)
def draft_section(request: SignedInRequest, code: str, public_id: str, section: str) -> HttpResponse:
    """One part of the policy, each clause with its link to change it."""
    draft = draft_for(request, code, public_id, *READERS)
    page = shown.draft_page(draft)
    view = page.section(section)
    if view is None:
        raise Http404
    context = {
        "draft": draft,
        "section": view,
        "may_change": permissions.can_change_draft(request.user, draft),
        **effect_of(request, draft),
    }
    return render(request, "categorisation/draft_section.html", context)


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "POST"))
def draft_abandon(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """End the draft without publishing it, after asking."""
    draft = draft_for(request, code, public_id, Permission.EDIT_FRAMEWORK)
    if request.method == "POST":
        try:
            actions.abandon_draft(draft=draft, by=request.user, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
            return to_draft(draft)
        messages.success(request, "The draft is abandoned. The policy in force stays as it is.")
        return redirect("categorisation:draft-list", code)
    if answer := may_change(request, draft):
        return answer
    return render(request, "categorisation/draft_abandon.html", {"draft": draft})


@access(*READERS)
def draft_download(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """The draft as a file."""
    draft = draft_for(request, code, public_id, *READERS)
    try:
        document = load_data(draft.document)
    except DocumentError:
        messages.error(request, "The draft does not hold together, so there is no file of it.")
        return to_draft(draft)
    return _file(dump_yaml(document), f"{draft.slug}-draft.yaml")


@access(*READERS)
def draft_version_download(request: SignedInRequest, code: str, version: int) -> HttpResponse:
    """A published version as a file: the same bytes each time."""
    authority = authority_for(request, code, *READERS)
    held = get_object_or_404(FrameworkVersion.objects.known_to(authority.pk), pk=version)
    return _file(dump_yaml(load_data(held.document)), f"{held.slug}-version-{held.number}.yaml")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/yaml; charset=utf-8", headers=headers)


@access(Permission.EDIT_FRAMEWORK, methods=("GET", "POST"))
def draft_upload(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """A file in place of all that the draft says; every fault with its place, or all of it taken."""
    draft = draft_for(request, code, public_id, Permission.EDIT_FRAMEWORK)
    if answer := may_change(request, draft):
        return answer
    form = UploadForm(request.POST or None, request.FILES or None, longest=LONGEST_FILE)
    faults = []
    if form.is_valid():
        try:
            actions.replace_draft(
                draft=draft,
                content=form.cleaned_data["file"],
                revision=revision_of(request),
                by=request.user,
                at=timezone.now(),
            )
        except DocumentError as error:
            faults = error.faults
        except DraftConflict:
            messages.error(request, CHANGED_MEANWHILE)
            return redirect("categorisation:draft-upload", code, public_id)
        else:
            messages.success(request, "The draft now says what the file says.")
            return to_draft(draft)
    context = {"draft": draft, "form": form, "faults": faults}
    return render(request, "categorisation/draft_upload.html", context)


def revision_of(request: SignedInRequest) -> int:
    """The draft's revision that the page was made from; a number no draft has where it is none."""
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
