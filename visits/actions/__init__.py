"""Every change of a visit or a note."""

from visits.actions.note import (
    Conflict,
    Saved,
    Stale,
    autosave_section,
    finalise_note,
    release_report,
    reopen_note,
    save_note,
    tell_of_report,
)
from visits.actions.visit import VisitFacts, cancel_visit, change_visit, record_visit

__all__ = [
    "Conflict",
    "Saved",
    "Stale",
    "VisitFacts",
    "autosave_section",
    "cancel_visit",
    "change_visit",
    "finalise_note",
    "record_visit",
    "release_report",
    "reopen_note",
    "save_note",
    "tell_of_report",
]
