"""The only writers of schools and what belongs to them (imports apart, which write in batches: `schools.importing`).

Each takes the person (`by`) and the time (`at`; `on` where it is a day), checks what that person may do, refuses with
ValidationError in words (by field where one is to blame), and writes one entry in the change log. A second call with
the same values writes nothing: what returns a bool answers whether anything changed.
"""

from schools.actions.authorities import add_area, remove_area, rename_area, update_authority
from schools.actions.calendar import remove_working_day, set_half_terms, set_working_day
from schools.actions.circumstances import (
    end_circumstance,
    record_circumstance,
    return_nothing_to_report,
    return_nothing_to_report_at,
)
from schools.actions.contacts import add_contact, change_contact, end_contact, join_contacts
from schools.actions.delegates import add_delegate, end_delegate
from schools.actions.imports import apply_import, discard_import, start_import
from schools.actions.inspections import correct_inspection, record_inspection
from schools.actions.officers import assign_officer, end_assignment
from schools.actions.remits import end_remit, give_remits
from schools.actions.schools import update_settings

__all__ = [
    "add_area",
    "add_contact",
    "add_delegate",
    "apply_import",
    "assign_officer",
    "change_contact",
    "correct_inspection",
    "discard_import",
    "end_assignment",
    "end_circumstance",
    "end_contact",
    "end_delegate",
    "end_remit",
    "give_remits",
    "join_contacts",
    "record_circumstance",
    "record_inspection",
    "remove_area",
    "remove_working_day",
    "rename_area",
    "return_nothing_to_report",
    "return_nothing_to_report_at",
    "set_half_terms",
    "set_working_day",
    "start_import",
    "update_authority",
    "update_settings",
]
