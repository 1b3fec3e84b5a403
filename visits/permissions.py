"""Who may do what with visits and notes, their state included.

Each check raises with a reason for people: PermissionDenied where the person may not, NotPossible where the state
does not allow it. Each `can_` is its answer as a bool. The reach of a permission costs one query a check.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.choices import Permission
from accounts.models import User
from reports.permissions import can_release as can_release_about
from reports.permissions import check_can_release as check_can_release_about
from schools.models import School
from visits import documents, rules
from visits.choices import KINDS_SHOWN_TO_SCHOOLS, NoteStatus, VisitStatus
from visits.models import Note, NoteSection, NoteVersion, Visit
from visits.querysets import schools_for
from visits.workflow import NotPossible, check_note_moves, check_visit_moves


class NotReady(NotPossible):
    """A note lacks what it needs to be final; `missing` says what and where."""

    def __init__(self, missing: Sequence[rules.Missing]) -> None:
        super().__init__("; ".join(item.message for item in missing))
        self.missing = tuple(missing)


def check_can_record(user: User, school: School) -> None:
    if not schools_for(user, Permission.WRITE_VISIT).filter(pk=school.pk).exists():
        raise PermissionDenied("Your roles do not let you record visits to this school.")


def check_can_write(user: User, visit: Visit) -> None:
    """The author, or someone who may write for the school, whatever the state."""
    if not Visit.objects.writable_by(user).filter(pk=visit.pk).exists():
        raise PermissionDenied("Your roles do not let you write about this visit.")


def check_can_change(user: User, visit: Visit) -> None:
    check_can_write(user, visit)
    if visit.is_cancelled:
        raise NotPossible("The visit was cancelled.")
    if not visit.note.is_draft:
        raise NotPossible("The note is final. Reopen it to change the visit.")


def check_can_cancel(user: User, visit: Visit) -> None:
    check_can_change(user, visit)
    check_visit_moves(visit.status, VisitStatus.CANCELLED)
    if visit.note.version > 1:
        raise NotPossible("The note has been final before, so the visit cannot be cancelled.")


def check_can_edit(user: User, note: Note) -> None:
    check_can_write(user, note.visit)
    if note.visit.is_cancelled:
        raise NotPossible("The visit was cancelled, so its note cannot be changed.")
    if not note.is_draft:
        raise NotPossible("The note is final. Reopen it to change it.")


def check_can_finalise(user: User, note: Note, sections: Sequence[NoteSection]) -> None:
    """Also raises NotReady, naming what the note lacks."""
    check_can_edit(user, note)
    check_note_moves(note.status, NoteStatus.FINAL)
    if lacking := missing_of(note, sections):
        raise NotReady(lacking)


def check_can_reopen(user: User, note: Note) -> None:
    check_can_write(user, note.visit)
    check_note_moves(note.status, NoteStatus.DRAFT)


def check_can_release(user: User, note: Note, version: NoteVersion | None) -> None:
    check_can_release_about(user, note.visit.school)
    if note.visit.kind not in KINDS_SHOWN_TO_SCHOOLS:
        raise NotPossible(
            "The school is not shown the authority's own meetings, so there is nothing to release."
        )
    if note.is_draft or version is None or version.version != note.version:
        raise NotPossible("Only a final note can be released.")
    if (
        documents.reports_of(note.visit)
        .filter(source_version=version.version, withdrawn_at__isnull=False)
        .exists()
    ):
        raise NotPossible("The report of this version was withdrawn. Reopen the note to release another.")


def can_record(user: User, school: School) -> bool:
    return _holds(check_can_record, user, school)


def can_write(user: User, visit: Visit) -> bool:
    return _holds(check_can_write, user, visit)


def can_change(user: User, visit: Visit) -> bool:
    return _holds(check_can_change, user, visit)


def can_cancel(user: User, visit: Visit) -> bool:
    return _holds(check_can_cancel, user, visit)


def can_reopen(user: User, note: Note) -> bool:
    return _holds(check_can_reopen, user, note)


def can_release(user: User, note: Note, version: NoteVersion | None) -> bool:
    return _holds(check_can_release, user, note, version)


def can_release_later(user: User, visit: Visit) -> bool:
    """Whether the person will be able to release the report once the note is final."""
    return visit.kind in KINDS_SHOWN_TO_SCHOOLS and can_release_about(user, visit.school)


def missing_of(note: Note, sections: Sequence[NoteSection]) -> tuple[rules.Missing, ...]:
    """What the note lacks before it can be final. Reads `note.visit`."""
    return rules.missing(
        took_place=note.visit.took_place,
        has_duration=note.visit.half_days is not None,
        sections=[
            rules.SectionText(section.key, section.heading, section.is_required, section.text)
            for section in sections
        ],
    )


def _holds(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except (PermissionDenied, NotPossible):
        return False
    return True
