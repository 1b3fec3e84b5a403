"""The look at every school's level in each of the three terms (L-058, L-273, K-047)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import User
from categorisation.models import Decision, TermReview
from categorisation.permissions import check_holds_over
from reports.composer import clean
from schools.choices import Audience
from schools.models import School


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the reviewer makes of one school's level: kept, or another one is sought; and a word on it."""

    school: School
    is_kept: bool
    note: str = ""


@transaction.atomic
def review_levels(
    *, year: int, term: int, reviewed: Sequence[Reviewed], by: User, at: dt.datetime
) -> list[TermReview]:
    """Record the review of a term (1 autumn, 2 spring, 3 summer) at several schools, all or none; returns the new ones.

    The same said twice by the same person is one review. Raises PermissionDenied; ValidationError by URN where a school
    has no level to review, has been reviewed in the term, or another level is sought without saying why.
    """
    ids = [one.school.pk for one in reviewed]
    schools = {
        school.pk: school
        for school in School.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    }
    check_holds_over(by, Permission.RECOMMEND_LEVEL, list(schools.values()))
    today = timezone.localdate(at)
    levels = {row.school_id: row for row in Decision.objects.in_force(today).filter(school__in=ids)}
    held = {
        row.school_id: row
        for row in TermReview.objects.filter(school__in=ids, year=year, term=term).select_related(
            "recorded_by"
        )
    }
    refusals: dict[str, str] = {}
    rows: list[TermReview] = []
    for one in reviewed:
        key, note = str(one.school.urn), clean(one.note).strip()
        standing = held.get(one.school.pk)
        if standing is not None:
            if (standing.recorded_by_id, standing.is_kept, standing.note) != (by.pk, one.is_kept, note):
                refusals[key] = f"{standing.recorded_by.name} has reviewed this school in this term already."
        elif one.school.pk not in levels:
            refusals[key] = "Nothing has been decided for the school yet, so there is nothing to review."
        elif not one.is_kept and not note:
            refusals[key] = "Say why another one is sought."
        else:
            rows.append(
                TermReview(
                    decision=levels[one.school.pk],
                    school=schools[one.school.pk],
                    year=year,
                    term=term,
                    reviewed_on=today,
                    is_kept=one.is_kept,
                    note=note,
                    recorded_at=at,
                    recorded_by=by,
                )
            )
    if refusals:
        raise ValidationError(refusals)
    for row in TermReview.objects.bulk_create(rows):
        record_change(
            action="categorisation.review_level",
            by=by,
            at=at,
            subject=row,
            after={"year": year, "term": term, "is_kept": row.is_kept, "note": row.note},
            authority_id=row.school.authority_id,
            urn=row.school.urn,
            audience=Audience.AUTHORITY,
        )
    return rows
