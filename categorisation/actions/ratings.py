"""Services say how they see their part of a school's life (K-024, K-026)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import User
from categorisation.choices import Rating
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import ServiceRating
from schools.choices import Audience
from schools.models import School
from schools.querysets import remits_of


@dataclass(frozen=True, slots=True)
class Rated:
    """One school's rating as given. `seen`: public id of the latest rating the person had before them, if any."""

    school: School
    rating: Rating
    comment: str = ""
    audience: Audience = Audience.AUTHORITY
    seen: str = ""


@transaction.atomic
def rate(
    *, key: str, rows: Sequence[Rated], on: dt.date, by: User, at: dt.datetime
) -> tuple[ServiceRating, ...]:
    """Rate one qualitative indicator at schools of one authority, all or none; a second rating of a day replaces the
    first, and the change log keeps both. What is the same as today's is left alone and not answered with.

    Raises PermissionDenied outside the person's remit or schools, and ValidationError, by URN where a school is to
    blame: the policy asks nothing of the kind, the audience is neither, a serious concern is not explained, or somebody
    rated the school meanwhile. A fixed number of queries and two a school rated.
    """
    if not rows:
        return ()
    ids = [row.school.pk for row in rows]
    locked = list(
        School.objects.select_for_update(of=("self",)).select_related("authority").filter(pk__in=ids)
    )
    authority = rows[0].school.authority
    allowed = School.objects.with_permission(by, Permission.RATE_INDICATOR, on).filter(
        pk__in=ids, authority=authority
    )
    if key not in remits_of(by, on).get(authority.pk, ()) or allowed.count() < len(locked):
        raise PermissionDenied("Your roles do not let you rate this for every one of these schools.")
    version = version_for(authority, on)
    asked = {item.key: item for item in compiled(version).document.qualitative_indicators} if version else {}
    if version is None or key not in asked:
        raise ValidationError("The policy in force does not ask for this rating.")
    latest = {
        row.school_id: row
        for row in ServiceRating.objects.standing(on).filter(school__in=ids, slug=version.slug, key=key)
    }
    faults = {str(row.school.urn): fault for row in rows if (fault := _fault(row, latest.get(row.school.pk)))}
    if faults:
        raise ValidationError(faults)
    stale_on = on + dt.timedelta(days=asked[key].stale_after_days)
    return tuple(
        _write(row, latest.get(row.school.pk), version.slug, key, on, stale_on, by, at)
        for row in rows
        if not _is_same(row, latest.get(row.school.pk), on)
    )


def _fault(row: Rated, latest: ServiceRating | None) -> str:
    name = row.school.name
    if row.audience not in (Audience.SCHOOL, Audience.AUTHORITY):
        return f"{name}: choose whether the school may read this."
    if row.rating == Rating.SERIOUS_CONCERN and not row.comment.strip():
        return f"{name}: say what the serious concern is."
    if latest is not None and latest.public_id != row.seen and not _is_same(row, latest, latest.rated_on):
        return (
            f"{name}: somebody rated it meanwhile. Look at their rating, then save again if you still differ."
        )
    return ""


def _is_same(row: Rated, latest: ServiceRating | None, on: dt.date) -> bool:
    return (
        latest is not None
        and latest.rated_on == on
        and (latest.rating, latest.comment, latest.audience) == (row.rating, row.comment, row.audience)
    )


def _write(
    row: Rated,
    latest: ServiceRating | None,
    slug: str,
    key: str,
    on: dt.date,
    stale_on: dt.date,
    by: User,
    at: dt.datetime,
) -> ServiceRating:
    replaced = latest if latest is not None and latest.rated_on == on else None
    before = _as_logged(replaced) if replaced else {}
    rating = replaced or ServiceRating(school=row.school, slug=slug, key=key, rated_on=on)
    rating.rating, rating.comment, rating.audience = row.rating, row.comment, row.audience
    rating.stale_on, rating.rated_at, rating.rated_by = stale_on, at, by
    rating.save()
    record_change(
        action="categorisation.rate",
        by=by,
        at=at,
        subject=rating,
        before=before,
        after=_as_logged(rating),
        authority_id=row.school.authority_id,
        urn=row.school.urn,
        audience=rating.audience,
    )
    return rating


def _as_logged(rating: ServiceRating) -> dict[str, object]:
    return {name: getattr(rating, name) for name in ("key", "rating", "comment", "audience", "rated_on")}
