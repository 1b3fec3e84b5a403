"""What is so at a school that no file holds, and the returns that say there is nothing to report."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.logs import record_change
from accounts.models import User
from jobs.actions import emit
from schools.choices import Audience
from schools.models import Circumstance, CircumstanceReturn, School
from schools.permissions import check_can_record_circumstance, recordable_kinds
from schools.rules.circumstances import catalogue
from schools.rules.circumstances import kind as kind_of
from schools.rules.dates import in_words

# Text for the register belongs to the register's room; the governors' panel reads notes, not circumstances
AUDIENCES = (Audience.SCHOOL, Audience.AUTHORITY)


@transaction.atomic
def record_circumstance(
    *,
    school: School,
    kind: str,
    audience: Audience,
    source: str,
    start_on: dt.date,
    note: str = "",
    end_on: dt.date | None = None,
    by: User,
    at: dt.datetime,
) -> Circumstance:
    """Something is so at a school from a day; emits `circumstance_changed`.

    The same one twice is one. Raises ValidationError for a kind the catalogue lacks, an audience that is not the
    school's or the authority's, and one already open of the same kind: that one is ended, or stands.
    """
    school = School.objects.select_for_update().get(pk=school.pk)
    check_can_record_circumstance(by, school, kind)
    try:
        kind_of(kind)
    except ValueError as error:
        raise ValidationError({"kind": str(error)}) from None
    if audience not in AUDIENCES:
        raise ValidationError({"audience": "Choose the school and the authority, or the authority only."})
    if end_on is not None and end_on < start_on:
        raise ValidationError({"end_on": "The last day is before the first day."})
    values = {
        "kind": kind,
        "audience": audience,
        "source": source,
        "start_on": start_on,
        "note": note,
        "end_on": end_on,
    }
    same = school.circumstances.filter(**values).first()
    if same is not None:
        return same
    standing = school.circumstances.filter(Q(end_on__isnull=True) | Q(end_on__gte=start_on), kind=kind)
    if end_on is not None:
        standing = standing.filter(start_on__lte=end_on)
    clash = standing.first()
    if clash is not None:
        raise ValidationError(
            {
                "kind": f"“{catalogue()[kind].title}” is recorded already, since {in_words(clash.start_on)}. "
                "End that one first if something new has begun."
            }
        )
    circumstance = Circumstance.objects.create(school=school, recorded_by=by, recorded_at=at, **values)
    _settle("schools.record_circumstance", circumstance, None, by, at)
    return circumstance


@transaction.atomic
def end_circumstance(*, circumstance: Circumstance, end_on: dt.date, by: User, at: dt.datetime) -> bool:
    """The last day it was so; emits `circumstance_changed`. Answers whether anything changed.

    What follows is not known until a return says so. Raises ValidationError for a day before it began or after the
    day it already ended.
    """
    school = School.objects.select_for_update().get(pk=circumstance.school_id)
    check_can_record_circumstance(by, school, circumstance.kind)
    current = school.circumstances.get(pk=circumstance.pk)
    if current.end_on == end_on:
        return False
    if end_on < current.start_on:
        raise ValidationError({"end_on": f"It began on {in_words(current.start_on)}, after that day."})
    if current.end_on is not None and current.end_on < end_on:
        raise ValidationError({"end_on": f"It ended on {in_words(current.end_on)}. Record it again instead."})
    before = _as_logged(current)
    current.end_on = end_on
    current.save(update_fields=["end_on"])
    _settle("schools.end_circumstance", current, before, by, at)
    return True


def return_nothing_to_report(
    *, school: School, kinds: Collection[str] = (), on: dt.date, by: User, at: dt.datetime
) -> tuple[str, ...]:
    """There is nothing of these kinds (all, unless given) to report at a school; emits `circumstance_changed`.

    Kinds recorded as so on that day are left out: they are known. Answers with the kinds returned, those already
    returned that day included; nothing new writes nothing. Raises ValidationError for a kind the catalogue lacks.
    """
    return return_nothing_to_report_at(kinds={school: kinds}, on=on, by=by, at=at)[school.pk]


@transaction.atomic
def return_nothing_to_report_at(
    *, kinds: Mapping[School, Collection[str]], on: dt.date, by: User, at: dt.datetime
) -> dict[int, tuple[str, ...]]:
    """The same at many schools at once (by id), all or none. One entry in the log and one event for each school.

    Seven queries at most, and a few more for each school at which something new is returned.
    """
    unknown = [key for wanted in kinds.values() for key in wanted if key not in catalogue()]
    if unknown:
        raise ValidationError({"kinds": f"“{unknown[0]}” is not a kind of circumstance."})
    wanted_at = {school.pk: wanted for school, wanted in kinds.items()}
    locked = list(School.objects.select_for_update().filter(pk__in=wanted_at))
    may = recordable_kinds(by, locked)
    for school in locked:
        if not may[school.pk] >= set(wanted_at[school.pk] or catalogue()):
            check_can_record_circumstance(by, school)
    so = set(Circumstance.objects.in_force(on).filter(school__in=locked).values_list("school_id", "kind"))
    standing = set(
        CircumstanceReturn.objects.filter(school__in=locked, returned_on=on).values_list("school_id", "kind")
    )
    returned = {
        school.pk: tuple(
            key
            for key in catalogue()
            if (not wanted_at[school.pk] or key in wanted_at[school.pk]) and (school.pk, key) not in so
        )
        for school in locked
    }
    for school in locked:
        new = [key for key in returned[school.pk] if (school.pk, key) not in standing]
        if new:
            _return(school, new, on, by, at)
    return returned


def _return(school: School, kinds: Sequence[str], on: dt.date, by: User, at: dt.datetime) -> None:
    CircumstanceReturn.objects.bulk_create(
        CircumstanceReturn(
            school=school,
            kind=key,
            returned_on=on,
            stale_on=on + dt.timedelta(days=catalogue()[key].stale_after_days),
            returned_by=by,
        )
        for key in kinds
    )
    record_change(
        action="schools.return_nothing_to_report",
        by=by,
        at=at,
        subject=school,
        after={"kinds": list(kinds), "returned_on": on},
        authority_id=school.authority_id,
        urn=school.urn,
    )
    emit("circumstance_changed", {"school_id": school.pk}, by=by, now=at)


def _as_logged(circumstance: Circumstance) -> dict[str, object]:
    return {
        name: getattr(circumstance, name)
        for name in ("kind", "note", "audience", "source", "start_on", "end_on")
    }


def _settle(
    action: str, circumstance: Circumstance, before: dict[str, object] | None, by: User, at: dt.datetime
) -> None:
    school = circumstance.school
    record_change(
        action=action,
        by=by,
        at=at,
        subject=circumstance,
        before=before,
        after=_as_logged(circumstance),
        authority_id=school.authority_id,
        urn=school.urn,
        audience=circumstance.audience,
    )
    emit("circumstance_changed", {"school_id": school.pk}, by=by, now=at)
