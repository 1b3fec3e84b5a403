"""Changing a draft clause by clause. Each has a small form; what was typed is never lost, whoever else is at work."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from categorisation import actions
from categorisation.actions import DraftConflict
from categorisation.drafting import changing, places
from categorisation.drafting.changing import StillReferredTo
from categorisation.drafting.places import Data, UnknownPlace
from categorisation.forms.drafts import ClauseForm
from categorisation.models import FrameworkDraft
from categorisation.presenters import drafts as shown
from categorisation.presenters.draft_clauses import can_add
from categorisation.schema import DocumentError, Framework, load_data
from categorisation.views.drafts import CHANGED_MEANWHILE, draft_for, may_change, revision_of, to_draft

_EDIT = Permission.EDIT_FRAMEWORK


def _document(draft: FrameworkDraft) -> Framework:
    """A draft that does not hold together has no clauses to open: its page says what is wrong."""
    try:
        return load_data(draft.document)
    except DocumentError as error:
        raise Http404 from error


def _posted(request: SignedInRequest) -> Any:
    """What was typed, even if it is nothing; None before anything was."""
    return request.POST if request.method == "POST" else None


def _shape(place: str, *, of_list: bool) -> None:
    """404 for what is no clause, or no list that grows."""
    try:
        _, is_list = places.shape_of(place)
    except UnknownPlace as error:
        raise Http404 from error
    if is_list != of_list or (of_list and not can_add(place)):
        raise Http404


def _part(draft: FrameworkDraft, place: str) -> Data | None:
    try:
        part: Data = places.find(draft.document, place)
    except UnknownPlace:
        return None
    return part or None


def _section(draft: FrameworkDraft, place: str, *, anchor: bool = True) -> HttpResponse:
    """The page that shows a place, at that place."""
    key = shown.section_of(_document(draft), place)
    address = reverse("categorisation:draft-section", args=[draft.authority.code, draft.public_id, key])
    return redirect(f"{address}#{shown.anchor_of(place)}" if anchor else address)


@access(_EDIT, methods=("GET", "POST"))
def draft_edit(request: SignedInRequest, code: str, public_id: str, place: str) -> HttpResponse:
    """Change one clause."""
    draft = draft_for(request, code, public_id, _EDIT)
    if answer := may_change(request, draft):
        return answer
    _shape(place, of_list=False)
    document, part = _document(draft), _part(draft, place)
    if part is None and (request.method == "GET" or revision_of(request) >= draft.revision):
        raise Http404
    form = ClauseForm(_posted(request), document=document, place=place, part=part)
    context: dict[str, Any] = {
        "seen": request.POST.get("seen", changing.fingerprint(part)),
        "revision": draft.revision,
    }
    if request.method == "POST":
        context["revision"] = revision_of(request)
        wanted = _checked(request, form, context)
        if part is None:
            context["conflict"] = {"removed": True}
        elif wanted is not None:
            try:
                draft = actions.change_draft(
                    draft=draft,
                    place=place,
                    part=wanted,
                    revision=context["revision"],
                    seen=context["seen"],
                    by=request.user,
                    at=timezone.now(),
                )
            except DocumentError as error:
                form.refuse(error.faults, place)
            except DraftConflict as conflict:
                context |= _conflict(conflict, place)
            else:
                messages.success(request, "Saved in the draft.")
                return _section(draft, place)
    if part is not None:
        context["title"] = shown.called(document, place)
    return _page(request, draft, place, form, context)


@access(_EDIT, methods=("GET", "POST"))
def draft_add(request: SignedInRequest, code: str, public_id: str, place: str) -> HttpResponse:
    """Add an item to a list."""
    draft = draft_for(request, code, public_id, _EDIT)
    if answer := may_change(request, draft):
        return answer
    _shape(place, of_list=True)
    document = _document(draft)
    try:
        number = len(places.find(draft.document, place)) + 1
    except UnknownPlace as error:
        raise Http404 from error
    form = ClauseForm(_posted(request), document=document, place=place, part=None)
    context: dict[str, Any] = {"revision": draft.revision, "item": shown.item_of(place)}
    if request.method == "POST":
        part = _checked(request, form, context)
        if part is not None:
            try:
                draft, new = actions.add_to_draft(
                    draft=draft, place=place, part=part, by=request.user, at=timezone.now()
                )
            except DocumentError as error:
                form.refuse(error.faults, f"{place}.{places.name_of(part, number)}")
            else:
                messages.success(request, "Added to the draft.")
                return _section(draft, new)
    return _page(request, draft, place, form, context)


def _checked(request: SignedInRequest, form: ClauseForm, context: dict[str, Any]) -> Data | None:
    """The part to save; None where something is wrong, or where the button only changed the form."""
    if request.POST.get("do"):
        context["sentences"] = form.sentences()
        form.forget_errors()
        return None
    return form.part()


def _conflict(conflict: DraftConflict, place: str) -> dict[str, Any]:
    """Both sides: what the form holds, and what stands now. Saving again replaces it knowingly."""
    if conflict.theirs is None:
        return {"conflict": {"removed": True}}
    theirs = _document(conflict.draft)
    return {
        "conflict": {
            "clause": shown.clause_of(theirs, place, conflict.theirs),
            "by": conflict.draft.saved_by,
        },
        "seen": changing.fingerprint(conflict.theirs),
        "revision": conflict.draft.revision,
    }


def _page(
    request: SignedInRequest, draft: FrameworkDraft, place: str, form: ClauseForm, context: dict[str, Any]
) -> HttpResponse:
    conditions = {
        f"condition_{number}": one for number, one in enumerate(form.forms())
    }  # for the error summary
    context = {"draft": draft, "place": place, "clause": form, **conditions, **context}
    context.setdefault("sentences", form.sentences())
    context["back"] = shown.section_of(_document(draft), place)
    status = 409 if "conflict" in context else 200
    return render(request, "categorisation/draft_edit.html", context, status=status)


@access(_EDIT, methods=("POST",))
def draft_preview(request: SignedInRequest, code: str, public_id: str, place: str) -> HttpResponse:
    """What the conditions typed so far say, for the page to show while they are typed."""
    draft = draft_for(request, code, public_id, _EDIT)
    try:
        _, is_list = places.shape_of(place)
    except UnknownPlace as error:
        raise Http404 from error
    document, part = _document(draft), None if is_list else _part(draft, place)
    form = ClauseForm(request.POST, document=document, place=place, part=part)
    return render(request, "categorisation/draft_sentences.html", {"sentences": form.sentences()})


@access(_EDIT, methods=("GET", "POST"))
def draft_remove(request: SignedInRequest, code: str, public_id: str, place: str) -> HttpResponse:
    """Take an item out, after asking; refused while something refers to it, saying what."""
    draft = draft_for(request, code, public_id, _EDIT)
    if answer := may_change(request, draft):
        return answer
    _shape(place, of_list=False)
    parent, part = places.parent_of(place)[0], _part(draft, place)
    if not parent or not can_add(parent):
        raise Http404
    if part is None:
        if request.method == "POST" and revision_of(request) < draft.revision:
            return _section(draft, parent, anchor=False)  # a second click, or somebody else was first
        raise Http404
    document = _document(draft)
    refused: StillReferredTo | None = None
    if request.method == "POST":
        try:
            draft = actions.remove_from_draft(
                draft=draft,
                place=place,
                revision=revision_of(request),
                seen=request.POST.get("seen", ""),
                by=request.user,
                at=timezone.now(),
            )
        except StillReferredTo as error:
            refused = error
        except DraftConflict:
            messages.error(request, CHANGED_MEANWHILE)
            return redirect("categorisation:draft-remove", code, public_id, place)
        else:
            messages.success(request, "Taken out of the draft.")
            return _section(draft, parent, anchor=False)
    context = {
        "draft": draft,
        "place": place,
        "title": shown.called(document, place),
        "told": shown.clause_of(document, place, part),
        "seen": changing.fingerprint(part),
        "refused": refused,
        "referrers": shown.referrers(document, refused) if refused else (),
        "back": shown.section_of(document, place),
    }
    return render(request, "categorisation/draft_remove.html", context)


@access(_EDIT, methods=("POST",))
def draft_move(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """Move an item up or down its list: the button's name says which way, its value which item."""
    draft = draft_for(request, code, public_id, _EDIT)
    if answer := may_change(request, draft):
        return answer
    steps = -1 if "up" in request.POST else 1
    place = request.POST.get("up") or request.POST.get("down") or ""
    if not place:
        return to_draft(draft)
    try:
        draft, new = actions.move_in_draft(
            draft=draft,
            place=place,
            steps=steps,
            revision=revision_of(request),
            by=request.user,
            at=timezone.now(),
        )
    except UnknownPlace as error:
        raise Http404 from error
    return _section(draft, new)
