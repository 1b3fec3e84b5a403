"""Recording, changing and cancelling visits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.logs import record_change
from accounts.models import User
from reports.composer import clean
from schools.choices import Audience
from schools.models import School
from visits import choices, permissions, rules
from visits.choices import VisitKind, VisitStatus
from visits.models import Note, NoteSection, Visit, VisitActivity
from visits.workflow import NotPossible, check_visit_moves


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What is recorded of a visit. With `took_place_on` it took place; otherwise it is planned for `planned_on`."""

    kind: VisitKind
    planned_on: dt.date | None = None
    took_place_on: dt.date | None = None
    starts_at: dt.time | None = None
    half_days: Decimal | None = None
    attendees: str = ""
    activities: Sequence[str] = ()

    @property
    def status(self) -> VisitStatus:
        return VisitStatus.TOOK_PLACE if self.took_place_on else VisitStatus.PLANNED


def record_visit(
    *, school: School, facts: VisitFacts, by: User, at: dt.datetime, form_key: str | None = None
) -> Visit:
    """A visit by `by`, planned or made, with an empty draft note. The same `form_key` twice is one visit.

    Raises PermissionDenied, and ValueError with a message for people when the facts cannot be.
    """
    permissions.check_can_record(by, school)
    _check(facts, at)
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                school=school,
                adviser=by,
                status=facts.status,
                created_at=at,
                created_by=by,
                form_key=form_key,
                **_columns(facts),
            )
            _write_activities(visit, facts.activities)
            note = Note.objects.create(visit=visit)
            NoteSection.objects.bulk_create(
                NoteSection(
                    note=note,
                    key=template.key,
                    position=position,
                    heading=template.heading,
                    prompt=template.prompt,
                    audience=template.audience,
                    is_required=template.required,
                )
                for position, template in enumerate(choices.section_templates(), start=1)
            )
            _record("visits.record_visit", visit, by=by, at=at, after=asdict(facts))
    except IntegrityError:
        # The form was sent twice: the first time made the visit.
        if form_key and (first := Visit.objects.filter(form_key=form_key, created_by=by).first()):
            return first
        raise
    return visit


@transaction.atomic
def change_visit(
    *, visit: Visit, facts: VisitFacts, expected_revision: int, by: User, at: dt.datetime
) -> Visit:
    """Change what is recorded of a visit while its note is a draft.

    Raises NotPossible when someone else has changed it since `expected_revision`, or its state does not allow it.
    """
    locked = _locked(visit)
    permissions.check_can_change(by, locked)
    _check(facts, at)
    if locked.revision != expected_revision:
        raise NotPossible(
            "Someone else changed this visit while you were changing it. "
            "What you typed is still here: check it against the visit, then save again."
        )
    if locked.status != facts.status:
        check_visit_moves(locked.status, facts.status)
    before = _facts(locked)
    if before == facts:
        return locked
    for name, value in _columns(facts).items():
        setattr(locked, name, value)
    locked.status = facts.status
    locked.revision += 1
    locked.save()
    locked.activities.all().delete()
    _write_activities(locked, facts.activities)
    _record("visits.change_visit", locked, by=by, at=at, before=asdict(before), after=asdict(facts))
    return locked


@transaction.atomic
def cancel_visit(*, visit: Visit, reason: str, by: User, at: dt.datetime) -> Visit:
    """Cancel a visit, planned or recorded by mistake. A second click changes nothing.

    Raises NotPossible once its note has been final, ValueError without a reason.
    """
    locked = _locked(visit)
    if locked.is_cancelled:
        permissions.check_can_write(by, locked)
        return locked
    permissions.check_can_cancel(by, locked)
    reason = clean(reason).strip()
    if not reason:
        raise ValueError("Say why the visit is cancelled.")
    before = locked.status
    locked.status = VisitStatus.CANCELLED
    locked.cancelled_at, locked.cancelled_by, locked.cancellation_reason = at, by, reason
    locked.revision += 1
    locked.save()
    _record(
        "visits.cancel_visit",
        locked,
        by=by,
        at=at,
        before={"status": before},
        after={"status": locked.status, "cancellation_reason": reason},
    )
    return locked


def _locked(visit: Visit) -> Visit:
    return (
        Visit.objects.select_for_update(of=("self",))
        .select_related("school", "adviser", "note")
        .get(pk=visit.pk)
    )


def _check(facts: VisitFacts, at: dt.datetime) -> None:
    if not facts.took_place_on and not facts.planned_on:
        raise ValueError("Enter the date of the visit.")
    if facts.took_place_on and facts.took_place_on > timezone.localdate(at):
        raise ValueError("A visit that took place cannot have a date in the future.")
    if facts.half_days is not None:
        rules.check_half_days(facts.half_days)
    unknown = set(facts.activities) - set(choices.activities())
    if unknown:
        raise ValueError(f"There is no activity called {', '.join(sorted(unknown))}.")


def _columns(facts: VisitFacts) -> dict[str, Any]:
    columns = {name: value for name, value in asdict(facts).items() if name != "activities"}
    return {**columns, "attendees": clean(facts.attendees)}


def _facts(visit: Visit) -> VisitFacts:
    return VisitFacts(
        kind=VisitKind(visit.kind),
        planned_on=visit.planned_on,
        took_place_on=visit.took_place_on,
        starts_at=visit.starts_at,
        half_days=visit.half_days,
        attendees=visit.attendees,
        activities=tuple(visit.activities.values_list("key", flat=True)),
    )


def _write_activities(visit: Visit, keys: Sequence[str]) -> None:
    VisitActivity.objects.bulk_create(VisitActivity(visit=visit, key=key) for key in keys)


def _record(action: str, visit: Visit, *, by: User, at: dt.datetime, **values: Any) -> None:
    record_change(
        action=action,
        by=by,
        at=at,
        subject=visit,
        authority_id=visit.school.authority_id,
        urn=visit.school.urn,
        audience=Audience.AUTHORITY,
        **values,
    )
