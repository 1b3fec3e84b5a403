"""Schools at risk or causing concern, identified three times a year (L-101, L-266)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import Authority, User
from categorisation.choices import Finding
from categorisation.frameworks_in_force import version_for
from categorisation.models import Identification, IdentificationRound
from categorisation.permissions import check_holds_over
from categorisation.permissions.rounds import check_can_run_identification
from categorisation.rules.identification import first_day, months_of
from categorisation.workflow import NotPossible
from jobs.actions import emit
from reports.composer import clean
from schools.choices import OPEN_STATUSES, Audience
from schools.models import School
from schools.rules.dates import month_in_words


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody finds of a school, having seen the finding of this `revision` (0: none)."""

    school: School
    finding: Finding
    reason: str = ""
    revision: int = 0


@transaction.atomic
def open_identification(
    *, authority: Authority, year: int, month: int, by: User, at: dt.datetime
) -> IdentificationRound:
    """Begin the round of a month (1 to 12) of an academic year. Beginning it twice answers with the first.

    Raises PermissionDenied; NotPossible where the authority's framework names no such month, or it has not begun.
    """
    check_can_run_identification(by, authority)
    authority = Authority.objects.select_for_update().get(pk=authority.pk)
    standing = authority.identification_rounds.filter(year=year, month=month).first()
    if standing is not None:
        return standing
    today = timezone.localdate(at)
    version = version_for(authority, today)
    if version is None or month not in months_of(version.document):
        raise NotPossible("The policy in force names no such month for identifying concern.")
    first = first_day(year, month)
    if first > today:
        raise NotPossible(f"The round of {month_in_words(first)} cannot begin before that month.")
    opened = IdentificationRound.objects.create(
        authority=authority, year=year, month=month, opened_at=at, opened_by=by
    )
    _log_round("categorisation.open_identification", opened, by, at)
    return opened


@transaction.atomic
def record_findings(
    *, identification: IdentificationRound, found: Sequence[Found], by: User, at: dt.datetime
) -> int:
    """What is found of several schools, all or none. Answers how many findings are new or changed.

    Raises PermissionDenied; NotPossible once the round is closed; ValidationError by URN where a concern has no reason,
    or somebody else has recorded another finding since.
    """
    round_ = IdentificationRound.objects.select_for_update().get(pk=identification.pk)
    schools = [one.school for one in found]
    check_holds_over(by, Permission.IDENTIFY_CONCERN, schools)
    if any(school.authority_id != round_.authority_id for school in schools):
        raise NotPossible("This school is another authority’s.")
    if round_.closed_at is not None:
        raise NotPossible("The round is closed.")
    held = {
        row.school_id: row for row in round_.findings.filter(school__in=schools).select_related("found_by")
    }
    refusals: dict[str, str] = {}
    changed: list[tuple[Identification, dict[str, str], School]] = []
    for one in found:
        row = held.get(one.school.pk)
        reason = clean(one.reason).strip()
        if row is not None and (row.finding, row.reason) == (one.finding, reason):
            continue
        if one.finding != Finding.NO_CONCERN and not reason:
            refusals[str(one.school.urn)] = "Say what the concern is."
        elif row is not None and row.revision != one.revision:
            refusals[str(one.school.urn)] = (
                f"{row.found_by.name} has recorded “{row.get_finding_display()}” since you opened the page."
            )
        else:
            before = {} if row is None else {"finding": row.finding, "reason": row.reason}
            row = row or Identification(round=round_, school=one.school)
            row.finding, row.reason, row.found_at, row.found_by = one.finding, reason, at, by
            row.revision += 1
            changed.append((row, before, one.school))
    if refusals:
        raise ValidationError(refusals)
    for row, before, school in changed:
        row.save()
        record_change(
            action="categorisation.identify",
            by=by,
            at=at,
            subject=row,
            before=before,
            after={"finding": row.finding, "reason": row.reason},
            authority_id=school.authority_id,
            urn=school.urn,
            audience=Audience.REGISTER,
        )
    return len(changed)


@transaction.atomic
def close_identification(
    *, identification: IdentificationRound, by: User, at: dt.datetime
) -> IdentificationRound:
    """Every open school has its finding. Emits `concern_identified` (school_id, finding, identification_id) for each at
    risk or causing concern. Closing twice changes nothing. Raises PermissionDenied, and NotPossible with how many
    schools are still to be looked at."""
    round_ = IdentificationRound.objects.select_for_update().get(pk=identification.pk)
    check_can_run_identification(by, round_.authority)
    if round_.closed_at is not None:
        return round_
    schools = round_.authority.schools.filter(status__in=OPEN_STATUSES)
    left = schools.exclude(identifications__round=round_).count()
    if left:
        raise NotPossible(f"{left} school{'' if left == 1 else 's'} still to be looked at.")
    round_.closed_at, round_.closed_by = at, by
    round_.save(update_fields=["closed_at", "closed_by"])
    _log_round("categorisation.close_identification", round_, by, at)
    for row in round_.findings.exclude(finding=Finding.NO_CONCERN).order_by("pk"):
        payload = {"school_id": row.school_id, "finding": row.finding, "identification_id": row.pk}
        emit("concern_identified", payload, by=by, now=at)
    return round_


def _log_round(action: str, round_: IdentificationRound, by: User, at: dt.datetime) -> None:
    record_change(
        action=action,
        by=by,
        at=at,
        subject=round_,
        authority_id=round_.authority_id,
        after={"year": round_.year, "month": round_.month},
    )
