"""How often schools are tracked and when the next look is due, for the authority's staff (K-067, K-068, K-258)."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Max, Q
from django.utils import timezone

from accounts.choices import Permission
from accounts.models import User
from accounts.permissions import holds
from categorisation.choices import Rating
from categorisation.engine import SchoolFacts
from categorisation.engine.inspections import AT_LEAST_GOOD, MIXED, Reader
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import (
    Decision,
    Recommendation,
    ServiceRating,
    Suggestion,
    SuggestionChange,
    TermReview,
)
from categorisation.querysets import known_to_staff
from categorisation.rules.tracking import LastInspection, Tracking, tracking_for
from categorisation.rules.warning import flags_met
from categorisation.schema import Framework
from categorisation.school_facts import inspections_of
from schools.choices import OfficerRole
from schools.models import OfficerAssignment, School

SIGNS_NAMED = 3
_OFTEN = ("half_term", "month")


@dataclass(frozen=True, slots=True)
class Tracked:
    """A school's tracking; `next_look` is empty while no level has been decided."""

    school: School
    tracking: Tracking
    last_look: dt.date | None
    next_look: dt.date | None


def tracked(
    user: User,
    schools: Collection[School],
    on: dt.date,
    *,
    visited: Mapping[int, dt.date] = MappingProxyType({}),
) -> dict[int, Tracked]:
    """The tracking of those of the schools whose level the person sees as the authority does, by primary key.

    By the level decided, else the one suggested on record; a school with neither has none. `visited`: the last day
    each was visited, by primary key, for a visit is a look as well. Fetch `authority` with select_related. A dozen queries for each authority, whatever the number of schools.
    """
    seen = set(
        known_to_staff(user, on).filter(pk__in=[school.pk for school in schools]).values_list("pk", flat=True)
    )
    found: dict[int, Tracked] = {}
    by_authority: dict[int, list[School]] = {}
    for school in schools:
        if school.pk in seen and school.is_open:
            by_authority.setdefault(school.authority_id, []).append(school)
    for batch in by_authority.values():
        version = version_for(batch[0].authority, on)
        if version is not None:
            found |= _tracked(batch, compiled(version).document, on, visited)
    return found


def _tracked(
    schools: Collection[School], document: Framework, on: dt.date, visited: Mapping[int, dt.date]
) -> dict[int, Tracked]:
    decided = dict(
        Decision.objects.in_force(on)
        .filter(school__in=schools, version__slug=document.identity.slug)
        .values_list("school_id", "rank")
    )
    suggested = {
        row.school_id: row
        for row in Suggestion.objects.filter(school__in=schools, version__slug=document.identity.slug)
    }
    concerns = _concerns(schools, document, on)
    inspected = _last_inspections(schools, document, on)
    looked = _last_looks(schools, on)
    flags = {rule.key: rule.title for rule in document.rules if rule.role == "flag"}
    found = {}
    for school in schools:
        row = suggested.get(school.pk)
        rank = decided.get(school.pk) or (row.on_record if row else None)
        if rank is None:
            continue
        met = [flags[key] for key in flags_met(row.trace, frozenset(flags))] if row else []
        tracking = tracking_for(
            document,
            rank,
            signs=_named([*concerns.get(school.pk, ()), *met]),
            last_inspection=inspected.get(school.urn),
            on=on,
        )
        if tracking is not None:
            days = (looked.get(school.pk), visited.get(school.pk))
            last = max((day for day in days if day), default=None)
            due = tracking.next_look(last) if last and school.pk in decided else None
            found[school.pk] = Tracked(school, tracking, last, due)
    return found


def _named(signs: list[str]) -> list[str]:
    more = len(signs) - SIGNS_NAMED
    return signs if more <= 0 else [*signs[:SIGNS_NAMED], f"{more} more"]


def _concerns(schools: Collection[School], document: Framework, on: dt.date) -> dict[int, list[str]]:
    """What services are concerned about and have said lately enough."""
    titles = {item.key: item.title for item in document.qualitative_indicators}
    rows = (
        ServiceRating.objects.standing(on)
        .filter(school__in=schools, slug=document.identity.slug, key__in=titles, stale_on__gt=on)
        .filter(rating__gte=Rating.SOME_CONCERN)
        .order_by("-rating", "key")
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        text = f"{titles[row.key]} ({Rating(row.rating).label.lower()})"
        found.setdefault(row.school_id, []).append(text)
    return found


def _last_inspections(
    schools: Collection[School], document: Framework, on: dt.date
) -> Mapping[int, LastInspection]:
    """The last graded inspection of each school by URN, read by the document's bands."""
    below = next(item for item in document.parameters if item.key == document.inspections.report_card_below)
    reader = Reader(document.inspections, str(below.in_force))
    return {
        urn: LastInspection(
            read.inspection.started_on,
            None if read.band is None else read.band not in (AT_LEAST_GOOD, MIXED),
        )
        for urn, rows in inspections_of(schools).items()
        for read in reader.history(SchoolFacts(on=on, inspections=rows)).graded[:1]
    }


def _last_looks(schools: Collection[School], on: dt.date) -> dict[int, dt.date]:
    """The last day somebody looked at each school's level: decided it, recommended one, reviewed it, or took note of a
    warning."""
    days: dict[int, dt.date] = {}

    def note(rows: Iterable[tuple[int, dt.date | dt.datetime | None]]) -> None:
        for school_id, when in rows:
            if when is not None:
                day = timezone.localdate(when) if isinstance(when, dt.datetime) else when
                days[school_id] = max(day, days.get(school_id, day))

    last = Q(school__in=schools)
    note(Decision.objects.filter(last, start_on__lte=on).values_list("school_id").annotate(Max("start_on")))
    note(Recommendation.objects.filter(last).values_list("school_id").annotate(Max("recommended_at")))
    note(TermReview.objects.filter(last).values_list("school_id").annotate(Max("reviewed_on")))
    note(SuggestionChange.objects.filter(last).values_list("school_id").annotate(Max("noted_at")))
    return days


@dataclass(frozen=True, slots=True)
class LookTask:
    """A school whose next look is due. `is_often`: it is tracked more often than each term."""

    school: School
    due_on: dt.date
    is_often: bool


def look_tasks(
    user: User, on: dt.date, *, visited: Mapping[int, dt.date] = MappingProxyType({}), days: int = 14
) -> list[LookTask]:
    """Looks due within some days at the schools the person is the adviser of, soonest first.

    `visited`: the last day each school was visited, by primary key: a visit is a look as well.
    """
    if not holds(user, Permission.RECOMMEND_LEVEL, on):
        return []
    advised = OfficerAssignment.objects.in_force(on).filter(user=user, role=OfficerRole.ADVISER)
    schools = list(
        School.objects.with_permission(user, Permission.RECOMMEND_LEVEL, on)
        .filter(pk__in=advised.values("school"))
        .open()
        .select_related("authority")
    )
    found = []
    for line in tracked(user, schools, on, visited=visited).values() if schools else ():
        if line.next_look is not None and line.next_look <= on + dt.timedelta(days=days):
            found.append(LookTask(line.school, line.next_look, line.tracking.every in _OFTEN))
    return sorted(found, key=lambda task: (task.due_on, task.school.name))
