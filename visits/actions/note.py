"""Saving, finalising, reopening and releasing notes.

The change log says which sections changed and by how much, not what they say: the text of a draft is in the note
alone, that of a final note in its `NoteVersion`, each read under its own rule.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.logs import record_change
from accounts.models import User
from jobs.actions import emit, enqueue, send_email
from reports import actions as reports
from reports.composer import clean
from reports.models import Document
from schools.choices import Audience
from schools.models import SchoolContact
from visits import documents, permissions, rules
from visits.choices import TOLD_OF_REPORTS, NoteStatus
from visits.models import Note, NoteSection, NoteVersion
from visits.workflow import NotPossible


class Stale(NotPossible):
    """The note changed after the person last saw it."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A section that someone else changed meanwhile. Nothing of `mine` was written, and nothing of it is lost."""

    key: str
    heading: str
    mine: str
    theirs: str
    theirs_by: str
    revision: int  # of their text; saving mine against it replaces theirs knowingly


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did. `revisions` holds every section's revision as it now stands."""

    note: Note
    changed: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    revisions: Mapping[str, int]
    at: dt.datetime


def save_note(*, note: Note, texts: Mapping[str, tuple[str, int]], by: User, at: dt.datetime) -> Saved:
    """Save a note's sections, each given as (text, the revision it was written on).

    A section that someone else changed meanwhile is left as it is and reported as a conflict; the others are
    saved. Text equal to what stands is neither a change nor a conflict, so saving twice is saving once.
    Raises NotPossible when the note is final or the visit cancelled, ValueError when a text is too long (nothing
    is saved then), KeyError for a section the note does not have.
    """
    return _save("visits.save_note", note, texts, by=by, at=at)


def autosave_section(
    *, note: Note, key: str, text: str, expected_revision: int, by: User, at: dt.datetime
) -> Saved:
    """Save one section as it is being typed; otherwise as `save_note`."""
    return _save("visits.autosave_section", note, {key: (text, expected_revision)}, by=by, at=at)


@transaction.atomic
def _save(
    action: str, note: Note, texts: Mapping[str, tuple[str, int]], *, by: User, at: dt.datetime
) -> Saved:
    locked = _locked(note)
    permissions.check_can_edit(by, locked)
    sections = {section.key: section for section in locked.sections.select_related("saved_by")}
    changed: list[NoteSection] = []
    conflicts: list[Conflict] = []
    before: dict[str, Any] = {}
    for key, (typed, expected) in texts.items():
        section = sections[key]
        text = rules.checked_text(typed)
        if text == section.text:
            continue
        if section.revision != expected:
            conflicts.append(
                Conflict(
                    key=key,
                    heading=section.heading,
                    mine=text,
                    theirs=section.text,
                    theirs_by=section.saved_by.name if section.saved_by else "",
                    revision=section.revision,
                )
            )
            continue
        before[key] = _measure(section)
        section.text = text
        section.revision += 1
        section.saved_by, section.saved_at = by, at
        changed.append(section)
    if changed:
        NoteSection.objects.bulk_update(changed, ["text", "revision", "saved_by", "saved_at"])
        locked.revision += 1
        locked.saved_at, locked.saved_by = at, by
        locked.save(update_fields=["revision", "saved_at", "saved_by"])
        _record(
            action,
            locked,
            by=by,
            at=at,
            before=before,
            after={section.key: _measure(section) for section in changed},
        )
    return Saved(
        note=locked,
        changed=tuple(section.key for section in changed),
        conflicts=tuple(conflicts),
        revisions={key: section.revision for key, section in sections.items()},
        at=at,
    )


@transaction.atomic
def finalise_note(*, note: Note, expected_revision: int, by: User, at: dt.datetime) -> NoteVersion:
    """Make a note final: its sections and the visit's facts are kept as they stand. A second click changes nothing.

    Raises NotReady naming what is missing, Stale when the text changed after `expected_revision`.
    """
    locked = _locked(note)
    if not locked.is_draft:
        permissions.check_can_write(by, locked.visit)
        return locked.versions.get(version=locked.version)
    sections = list(locked.sections.all())
    permissions.check_can_finalise(by, locked, sections)
    if locked.revision != expected_revision:
        raise Stale("The note has changed since you looked at it. Read it again before making it final.")
    locked.status = NoteStatus.FINAL
    locked.finalised_at, locked.finalised_by = at, by
    locked.save(update_fields=["status", "finalised_at", "finalised_by"])
    version = NoteVersion.objects.create(
        note=locked,
        version=locked.version,
        content=documents.content_of(locked.visit, sections),
        finalised_at=at,
        finalised_by=by,
    )
    _record(
        "visits.finalise_note",
        locked,
        by=by,
        at=at,
        before={"status": NoteStatus.DRAFT},
        after={"status": NoteStatus.FINAL, "version": version.version},
    )
    emit(
        "visit_note_finalised",
        {
            "visit_id": locked.visit_id,
            "school_id": locked.visit.school_id,
            "note_version_id": version.pk,
        },
        by=by,
        now=at,
    )
    return version


@transaction.atomic
def reopen_note(*, note: Note, reason: str, by: User, at: dt.datetime) -> Note:
    """Take a final note up again as a new version; the final one stays readable until the new one is final.

    Raises NotPossible when the note is a draft, ValueError without a reason.
    """
    locked = _locked(note)
    permissions.check_can_reopen(by, locked)
    reason = clean(reason).strip()
    if not reason:
        raise ValueError("Say why the note is reopened.")
    version = locked.versions.get(version=locked.version)
    version.reopened_at, version.reopened_by, version.reopening_reason = at, by, reason
    version.save(update_fields=["reopened_at", "reopened_by", "reopening_reason"])
    locked.status = NoteStatus.DRAFT
    locked.finalised_at = locked.finalised_by = None
    locked.version += 1
    locked.save(update_fields=["status", "finalised_at", "finalised_by", "version"])
    _record(
        "visits.reopen_note",
        locked,
        by=by,
        at=at,
        before={"status": NoteStatus.FINAL, "version": version.version},
        after={"status": NoteStatus.DRAFT, "version": locked.version, "reason": reason},
    )
    return locked


def release_report(*, note: Note, by: User, at: dt.datetime) -> Document:
    """Release the governors' report of a final note to the school; a job tells head and chair that a document awaits.

    Only sections shared with the school are in it. A second click returns the same document and tells nobody again.
    Raises PermissionDenied, NotPossible, reports.rendering.RendererMissing.
    """
    note = Note.objects.select_related("visit__school__authority", "visit__adviser").get(pk=note.pk)
    version = note.versions.filter(version=note.version).first()
    permissions.check_can_release(by, note, version)
    assert version is not None  # the check has seen to it
    school = note.visit.school

    def confirm() -> None:
        permissions.check_can_release(by, _locked(note), version)

    def tell(document: Document) -> None:
        enqueue(
            kind="visits.tell_of_report",
            payload={"document_id": document.pk},
            key=document.public_id,
            by=by,
            now=at,
        )

    return reports.release(
        kind=documents.REPORT,
        composition=documents.REPORT.build(version),
        school=school,
        source=documents.source_of(note.visit),
        version=version.version,
        by=by,
        at=at,
        confirm=confirm,
        on_release=tell,
    )


@transaction.atomic
def tell_of_report(*, document: Document, now: dt.datetime) -> int:
    """Write one message to each head and chair with an address, once ever; how many there are.

    It says that a document awaits, and nothing of it. A document withdrawn or replaced meanwhile is not announced.
    """
    if not Document.objects.standing().filter(pk=document.pk).exists():
        return 0
    school = document.school
    contacts = SchoolContact.objects.in_force(timezone.localdate(now)).filter(
        school=school, role__in=TOLD_OF_REPORTS
    )
    addresses = {
        (contact.user.email if contact.user else contact.email).lower()
        for contact in contacts.select_related("user")
    } - {""}
    for address in sorted(addresses):
        send_email(
            key=f"visits.report:{document.public_id}:{address}",
            to=address,
            subject="A document is waiting for you",
            body=(
                f"{school.authority.name} has released a document to you.\n\n"
                f"Sign in to read it: {settings.BASE_URL.rstrip('/')}{document.get_absolute_url()}\n"
            ),
            now=now,
        )
    return len(addresses)


def _locked(note: Note) -> Note:
    return (
        Note.objects.select_for_update(of=("self",))
        .select_related("visit__school", "visit__adviser")
        .get(pk=note.pk)
    )


def _measure(section: NoteSection) -> dict[str, int]:
    return {"revision": section.revision, "characters": len(section.text)}


def _record(
    action: str,
    note: Note,
    *,
    by: User,
    at: dt.datetime,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    record_change(
        action=action,
        by=by,
        at=at,
        subject=note,
        authority_id=note.visit.school.authority_id,
        urn=note.visit.school.urn,
        audience=Audience.AUTHORITY,
        before=before,
        after=after,
    )
