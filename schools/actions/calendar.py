"""Half-terms of an authority or of a school, and days made working or not by hand."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.logs import record_change
from accounts.models import Authority, User
from schools.models import HalfTerm, School, WorkingDayOverride
from schools.permissions import check_can_change_half_terms, check_can_change_working_days
from schools.rules.academic_years import label
from schools.rules.terms import faults

Dates = Mapping[int, tuple[dt.date, dt.date]]


@transaction.atomic
def set_half_terms(
    *,
    authority: Authority,
    year: int,
    dates: Dates,
    school: School | None = None,
    by: User,
    at: dt.datetime,
) -> bool:
    """Replace the half-terms of an academic year, `number -> (first day, last day)`: an authority's, or one school's.

    Those left out are not entered; a school falls back on its authority's for them. Answers whether anything
    changed. Raises ValidationError by field ("start_on_2") when they overlap, run backwards or leave the year.
    """
    Authority.objects.select_for_update().get(pk=authority.pk)
    check_can_change_half_terms(by, authority)
    if school is not None and school.authority_id != authority.pk:
        raise ValidationError(f"{school.name} is not a school of {authority.name}.")
    kept = dict(dates)
    if school is not None:
        shared = HalfTerm.objects.filter(authority=authority, school__isnull=True, year=year)
        kept = {row.number: (row.start_on, row.end_on) for row in shared} | kept
    _check(year, kept, dates)

    standing = HalfTerm.objects.filter(authority=authority, school=school, year=year)
    before = {row.number: (row.start_on, row.end_on) for row in standing}
    if before == dict(dates):
        return False
    standing.delete()
    HalfTerm.objects.bulk_create(
        HalfTerm(authority=authority, school=school, year=year, number=number, start_on=start, end_on=end)
        for number, (start, end) in dates.items()
    )
    record_change(
        action="schools.set_half_terms",
        by=by,
        at=at,
        subject=school or authority,
        before={"year": label(year), "half_terms": before},
        after={"year": label(year), "half_terms": dict(dates)},
        authority_id=authority.pk,
        urn=school.urn if school else None,
    )
    return True


@transaction.atomic
def set_working_day(*, day: dt.date, is_working: bool, reason: str, by: User, at: dt.datetime) -> bool:
    """Say of one day, in England, that it is a working day or is none, and why. Answers whether anything changed."""
    check_can_change_working_days(by)
    standing = WorkingDayOverride.objects.select_for_update().filter(day=day).first()
    before = _as_logged(standing) if standing else None
    after: dict[str, object] = {"day": day, "is_working": is_working, "reason": reason}
    if before == after:
        return False
    override, _ = WorkingDayOverride.objects.update_or_create(
        day=day, defaults={"is_working": is_working, "reason": reason}
    )
    record_change(
        action="schools.set_working_day", by=by, at=at, subject=override, before=before, after=after
    )
    return True


@transaction.atomic
def remove_working_day(*, override: WorkingDayOverride, by: User, at: dt.datetime) -> bool:
    """The day is again what the calendar of England says. Answers whether anything changed."""
    check_can_change_working_days(by)
    standing = WorkingDayOverride.objects.select_for_update().filter(pk=override.pk).first()
    if standing is None:
        return False
    before, pk = _as_logged(standing), standing.pk
    standing.delete()
    standing.pk = pk
    record_change(action="schools.remove_working_day", by=by, at=at, subject=standing, before=before)
    return True


def _check(year: int, kept: Dates, given: Dates) -> None:
    found: dict[str, list[str]] = {}
    for fault in faults(year, kept):
        # A clash with a date of the authority's is shown at the school's own date nearest to it
        number = (
            fault.number if fault.number in given else max((n for n in given if n < fault.number), default=0)
        )
        found.setdefault(f"{fault.field}_{number}" if number else "__all__", []).append(fault.message)
    if found:
        raise ValidationError(found)


def _as_logged(override: WorkingDayOverride) -> dict[str, object]:
    return {"day": override.day, "is_working": override.is_working, "reason": override.reason}
