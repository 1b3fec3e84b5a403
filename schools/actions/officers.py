"""Which officer of the authority serves a school: one of each role at a time, each a dated row."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.logs import record_change
from accounts.models import User
from accounts.roles import SCHOOL_ROLES
from schools.choices import OfficerRole
from schools.models import OfficerAssignment, School
from schools.permissions import check_can_assign_officer
from schools.rules.dates import in_words

_DAY = dt.timedelta(days=1)


@transaction.atomic
def assign_officer(
    *,
    school: School,
    officer: User,
    role: OfficerRole,
    start_on: dt.date,
    end_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> OfficerAssignment:
    """The officer serves the school in a role from a day, which may lie ahead; the standing one ends the day before.

    The same assignment twice is one. Raises ValidationError when the officer holds no role of this authority on the
    first day, already serves in it, or when another is to start before this one ends.
    """
    school = School.objects.select_for_update().get(pk=school.pk)
    check_can_assign_officer(by, school)
    if end_on is not None and end_on < start_on:
        raise ValidationError({"end_on": "The last day is before the first day."})
    _check_is_officer(officer, school, start_on)

    serving = school.officers.filter(role=role).select_related("user")
    same = serving.filter(user=officer, start_on=start_on, end_on=end_on).first()
    if same is not None:
        return same
    standing = serving.filter(
        Q(end_on__isnull=True) | Q(end_on__gte=start_on), start_on__lte=start_on
    ).first()
    if standing is not None:
        _check_can_follow(standing, officer, start_on)
    later = serving.filter(start_on__gt=start_on).order_by("start_on").first()
    if later is not None and (end_on is None or end_on >= later.start_on):
        raise ValidationError(
            {
                "end_on": f"{later.user.name} is to start on {in_words(later.start_on)}. Give a last day before then, "
                "or end that assignment first."
            }
        )

    before = _as_logged(standing) if standing else None
    if standing is not None:
        standing.end_on = start_on - _DAY
        standing.save(update_fields=["end_on"])
    assignment = OfficerAssignment.objects.create(
        school=school, user=officer, role=role, start_on=start_on, end_on=end_on
    )
    record_change(
        action="schools.assign_officer",
        by=by,
        at=at,
        subject=assignment,
        before=before,
        after=_as_logged(assignment),
        authority_id=school.authority_id,
        urn=school.urn,
    )
    return assignment


@transaction.atomic
def end_assignment(*, assignment: OfficerAssignment, end_on: dt.date, by: User, at: dt.datetime) -> bool:
    """The officer's last day. An assignment that has not begun by then never was, and is removed.

    Answers whether anything changed. Raises ValidationError when the assignment already ended earlier.
    """
    school = School.objects.select_for_update().get(pk=assignment.school_id)
    check_can_assign_officer(by, school)
    # Locked through the school. A double click finds it gone.
    current = school.officers.filter(pk=assignment.pk).select_related("user").first()
    if current is None or current.end_on == end_on:
        return False
    if current.end_on is not None and current.end_on < end_on:
        raise ValidationError(
            {
                "end_on": f"{current.user.name}'s last day was {in_words(current.end_on)}. Assign them again instead."
            }
        )
    before = _as_logged(current)
    if end_on < current.start_on:
        pk = current.pk
        current.delete()
        current.pk = pk  # the log names what is gone
        after: dict[str, object] = {"removed": "It had not begun"}
    else:
        current.end_on = end_on
        current.save(update_fields=["end_on"])
        after = _as_logged(current)
    record_change(
        action="schools.end_assignment",
        by=by,
        at=at,
        subject=current,
        before=before,
        after=after,
        authority_id=school.authority_id,
        urn=school.urn,
    )
    return True


def _check_is_officer(officer: User, school: School, on: dt.date) -> None:
    holds_role = (
        officer.grants.in_force(on)
        .filter(authority_id=school.authority_id)
        .exclude(role__in=SCHOOL_ROLES)
        .exists()
    )
    if not officer.is_active or not holds_role:
        raise ValidationError(
            {
                "officer": f"{officer.name} holds no role at {school.authority.name} on {in_words(on)}. "
                "Grant one first."
            }
        )


def _check_can_follow(standing: OfficerAssignment, officer: User, start_on: dt.date) -> None:
    if standing.user_id == officer.pk:
        raise ValidationError(
            {"officer": f"{officer.name} already serves the school, since {in_words(standing.start_on)}."}
        )
    if standing.start_on == start_on:
        raise ValidationError(
            {
                "start_on": f"{standing.user.name} starts on {in_words(start_on)} too. Choose another day, or end that "
                "assignment first."
            }
        )


def _as_logged(assignment: OfficerAssignment) -> dict[str, object]:
    return {
        "role": assignment.role,
        "officer": assignment.user.name,
        "start_on": assignment.start_on,
        "end_on": assignment.end_on,
    }
