"""Writing a note: the editor and its self-saving, preview, making final, reopening, releasing."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.permissions import Refused
from reports.actions import RendererMissing, imprint_of
from visits import actions, documents, permissions, presenters, rules
from visits.actions import Conflict, Saved, Stale
from visits.forms import FinaliseForm, ReasonForm
from visits.models import NoteSection
from visits.permissions import NotReady
from visits.views.visits import refusal, shown, staff_visit, writable_visit

# After saving, the form's other buttons go on to these pages.
_NEXT = {"preview": "visits:note-preview", "finalise": "visits:note-finalise"}


@dataclass(frozen=True, slots=True)
class _Box:
    """One section as the editor shows it: what is in the box, and what stands in its way."""

    section: NoteSection
    text: str
    revision: int
    conflict: Conflict | None = None
    error: str = ""

    @property
    def is_unsaved(self) -> bool:
        return bool(self.conflict or self.error)

    @property
    def textarea(self) -> dict[str, Any]:
        """Parameters of GOV.UK's textarea, the audience's tag standing under the heading."""
        section = self.section
        return {
            "id": f"text-{section.key}",
            "name": f"text-{section.key}",
            "label": {"text": section.heading, "classes": "govuk-label--m"},
            "hint": {
                "html": render_to_string(
                    "visits/section_hint.html",
                    {"section": section, "tag_classes": presenters.tag_classes(section.audience)},
                )
            },
            "value": self.text,
            "rows": max(5, min(20, self.text.count("\n") + len(self.text) // 90 + 2)),
            "spellcheck": True,
            "autocomplete": "off",
            "attributes": {"dir": "auto"},
            **({"errorMessage": {"text": self.error}} if self.error else {}),
        }


@access(Permission.WRITE_VISIT, reads="draft_note", methods=("GET", "HEAD", "POST"))
def note_edit(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    visit = writable_visit(request, urn, public_id)
    sections = list(visit.note.sections.all())
    refused: Refused | None = None
    boxes = [_Box(section, section.text, section.revision) for section in sections]
    if request.method == "POST":
        typed = _typed(request, sections)
        try:
            saved = actions.save_note(note=visit.note, texts=typed, by=request.user, at=timezone.now())
        except ValueError:
            boxes = _boxes_with_errors(sections, typed)
        except Refused as error:
            # The note was made final, or the visit cancelled, while this was written: the words stay on the page.
            # Only those: what else the note says is read where its audiences are kept.
            refused = error
            boxes = [_Box(section, *typed[section.key]) for section in sections if section.key in typed]
        else:
            if not saved.conflicts:
                messages.success(request, f"Saved {_clock(saved)}.")
                return redirect(_NEXT.get(request.POST.get("next", ""), "visits:note-edit"), urn, public_id)
            boxes = _boxes_with_conflicts(sections, typed, saved)
    elif answer := refusal(request, permissions.check_can_edit, visit, visit.note):
        return answer
    if visit.adviser_id != request.user.pk:
        shown(request, visit)
    response = render(
        request,
        "visits/note_edit.html",
        {
            "visit": visit,
            "school": visit.school,
            "note": visit.note,
            "boxes": boxes,
            "refused": refused,
            "problems": [box for box in boxes if box.is_unsaved],
        },
        status=409 if refused else 200,
    )
    # Kept for the Back button, so that a session that ran out costs no words; never shared, always asked again.
    response["Cache-Control"] = "private, no-cache"
    return response


@access(Permission.WRITE_VISIT, reads="draft_note", methods=("POST",))
def section_save(request: SignedInRequest, urn: int, public_id: str, key: str) -> JsonResponse:
    """Save one section, posted as JSON {"text", "revision"} by static/src/note.js.

    200 {"saved", "revision"} · 400 {"error"} · 409 {"theirs", "by", "revision"}, or {"error"} when the note is
    closed.
    """
    visit = writable_visit(request, urn, public_id)
    try:
        posted = json.loads(request.body)
        text, revision = str(posted["text"]), int(posted["revision"])
        saved = actions.autosave_section(
            note=visit.note,
            key=key,
            text=text,
            expected_revision=revision,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=409)
    except KeyError as error:
        return JsonResponse({"error": f"This note has no {error}."}, status=400)
    except (
        ValueError,
        TypeError,
        OverflowError,
        RecursionError,
    ) as error:  # also infinite, or endlessly nested
        return JsonResponse({"error": str(error)}, status=400)
    if saved.conflicts:
        conflict = saved.conflicts[0]
        if visit.adviser_id != request.user.pk:
            shown(request, visit)
        return JsonResponse(
            {"theirs": conflict.theirs, "by": conflict.theirs_by, "revision": conflict.revision}, status=409
        )
    return JsonResponse({"saved": _clock(saved), "revision": saved.revisions[key]})


@access(Permission.WRITE_VISIT, reads="draft_note")
def note_preview(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    """Exactly what the report would show, made by the same code from the note as it stands."""
    visit = writable_visit(request, urn, public_id)
    if visit.adviser_id != request.user.pk:
        shown(request, visit)
    content = documents.content_of(visit, visit.note.sections.all())
    return render(
        request,
        "visits/note_preview.html",
        {
            "visit": visit,
            "school": visit.school,
            "composition": documents.compose(content),
            "imprint": imprint_of(documents.REPORT, visit.school),
        },
    )


@access(Permission.WRITE_VISIT, methods=("GET", "HEAD", "POST"))
def note_finalise(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    visit = writable_visit(request, urn, public_id)
    note = visit.note
    form = FinaliseForm(request.POST or None, initial={"revision": note.revision})
    if request.method == "POST" and form.is_valid():
        try:
            actions.finalise_note(
                note=note,
                expected_revision=form.cleaned_data["revision"],
                by=request.user,
                at=timezone.now(),
            )
        except (Stale, NotReady) as error:
            messages.error(request, str(error))
            return redirect("visits:note-finalise", urn, public_id)
        except Refused as error:
            messages.error(request, str(error))
            return redirect(visit)
        messages.success(request, "The note is final.")
        return redirect(visit)
    if answer := refusal(request, permissions.check_can_edit, visit, note):
        return answer
    sections = list(note.sections.all())
    return render(
        request,
        "visits/note_finalise.html",
        {
            "visit": visit,
            "school": visit.school,
            "form": form,
            "missing": permissions.missing_of(note, sections),
            "can_release": permissions.can_release_later(request.user, visit),
        },
    )


@access(Permission.WRITE_VISIT, methods=("GET", "HEAD", "POST"))
def note_reopen(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    visit = writable_visit(request, urn, public_id)
    if answer := refusal(request, permissions.check_can_reopen, visit, visit.note):
        return answer
    form = ReasonForm(request.POST or None, label="Why is the note reopened?")
    if request.method == "POST" and form.is_valid():
        actions.reopen_note(
            note=visit.note, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
        messages.success(request, "The note is a draft again.")
        return redirect("visits:note-edit", urn, public_id)
    return render(request, "visits/note_reopen.html", {"visit": visit, "school": visit.school, "form": form})


@access(Permission.RELEASE_DOCUMENT, methods=("GET", "HEAD", "POST"))
def note_release(request: SignedInRequest, urn: int, public_id: str) -> HttpResponse:
    visit = staff_visit(request, urn, public_id)
    version = visit.note.versions.filter(version=visit.note.version).first()
    if answer := refusal(request, permissions.check_can_release, visit, visit.note, version):
        return answer
    assert version is not None  # the check has seen to it
    released = documents.reports_of(visit).filter(source_version=version.version).with_names().first()
    if released and request.method != "POST":
        return redirect(released)
    if request.method == "POST":
        try:
            document = actions.release_report(note=visit.note, by=request.user, at=timezone.now())
        except (Refused, RendererMissing) as error:
            messages.error(request, str(error))
            return redirect(visit)
        messages.success(request, f"The report is released as {document.reference}.")
        return redirect(document)
    return render(
        request,
        "visits/note_release.html",
        {
            "visit": visit,
            "school": visit.school,
            "readers": presenters.readers_of(visit.school, timezone.localdate()),
        },
    )


def _typed(request: SignedInRequest, sections: list[NoteSection]) -> dict[str, tuple[str, int]]:
    """What was typed, for each section the form had. A revision that is no number counts as the oldest."""
    typed = {}
    for section in sections:
        if (text := request.POST.get(f"text-{section.key}")) is not None:
            revision = request.POST.get(f"revision-{section.key}", "")
            typed[section.key] = (text, int(revision) if revision.isdecimal() and len(revision) < 10 else 0)
    return typed


def _boxes_with_conflicts(
    sections: list[NoteSection], typed: dict[str, tuple[str, int]], saved: Saved
) -> list[_Box]:
    conflicts = {conflict.key: conflict for conflict in saved.conflicts}
    return [
        _Box(
            section,
            typed[section.key][0] if section.key in typed else section.text,
            saved.revisions[section.key],
            conflicts.get(section.key),
        )
        for section in sections
    ]


def _boxes_with_errors(sections: list[NoteSection], typed: dict[str, tuple[str, int]]) -> list[_Box]:
    """Every box as it was typed, and the reason at those that are too long: nothing was saved."""
    boxes = []
    for section in sections:
        text, revision = typed.get(section.key, (section.text, section.revision))
        reason = ""
        try:
            rules.checked_text(text)
        except ValueError as own:
            reason = f"“{section.heading}”: {own}"
        boxes.append(_Box(section, text, revision, error=reason))
    return boxes


def _clock(saved: Saved) -> str:
    return date_format(timezone.localtime(saved.at), "H:i")
