"""What the state of a visit or a note allows: the transition tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.permissions import Refused
from visits.choices import NoteStatus, VisitStatus


class NotPossible(Refused):
    """The state of the thing does not allow this. The message is for people."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A permitted step: the verb people read, and whether a reason is owed."""

    verb: str
    needs_reason: bool = False


VISIT: Mapping[tuple[VisitStatus, VisitStatus], Transition] = {
    (VisitStatus.PLANNED, VisitStatus.TOOK_PLACE): Transition("Record that it took place"),
    (VisitStatus.PLANNED, VisitStatus.CANCELLED): Transition("Cancel", needs_reason=True),
    # Recorded under the wrong school or date: taken back while nothing final rests on it.
    (VisitStatus.TOOK_PLACE, VisitStatus.CANCELLED): Transition("Cancel", needs_reason=True),
}

NOTE: Mapping[tuple[NoteStatus, NoteStatus], Transition] = {
    (NoteStatus.DRAFT, NoteStatus.FINAL): Transition("Make final"),
    (NoteStatus.FINAL, NoteStatus.DRAFT): Transition("Reopen", needs_reason=True),
}


def check_visit_moves(status: str, to: VisitStatus) -> Transition:
    """The transition, or NotPossible with the reason."""
    step = VISIT.get((VisitStatus(status), to))
    if step is None:
        raise NotPossible(
            f"A visit that is “{VisitStatus(status).label.lower()}” cannot become “{to.label.lower()}”."
        )
    return step


def check_note_moves(status: str, to: NoteStatus) -> Transition:
    """The transition, or NotPossible with the reason."""
    step = NOTE.get((NoteStatus(status), to))
    if step is None:
        raise NotPossible(
            f"A note that is {NoteStatus(status).label.lower()} cannot become {to.label.lower()}."
        )
    return step
