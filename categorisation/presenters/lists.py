"""Suggestions beside schools in lists, filters, counts and exports.

Whoever may not see a school's suggestion as the authority does finds none there: not in a column, nor by sorting,
filtering or counting.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts.choices import Permission, Reach
from accounts.models import Authority, User
from accounts.permissions import holds, powers_of
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import Suggestion
from schools.models import School
from schools.querysets import SchoolQuerySet

# Names of levels by rank, for each authority by primary key
LevelNames = Mapping[int, Mapping[int, str]]

_AS_THE_AUTHORITY = (Reach.SCOPE, Reach.ASSIGNED)


def suggestible(user: User, *, on: dt.date) -> SchoolQuerySet:
    """The schools whose suggestion the person may see as the authority does."""
    return School.objects.with_permission(user, Permission.VIEW_SUGGESTION, on, reaches=_AS_THE_AUTHORITY)


def sees_every_suggestion(user: User, *, on: dt.date) -> bool:
    """Whether the suggestions of a whole authority, area or phase are the person's to see, not of single schools."""
    return any(
        power.permission == Permission.VIEW_SUGGESTION and power.reach == Reach.SCOPE
        for power in powers_of(user, on)
    )


def with_suggestions(user: User, schools: SchoolQuerySet, *, on: dt.date) -> SchoolQuerySet:
    """The schools with `suggested`, `suggested_low` and `suggested_high`: ranks, null where there is none to see."""
    row = Suggestion.objects.filter(school=OuterRef("pk"), school__in=suggestible(user, on=on))
    return schools.annotate(
        suggested=Subquery(row.values("on_record")[:1]),
        suggested_low=Subquery(row.values("low")[:1]),
        suggested_high=Subquery(row.values("high")[:1]),
    )


def at_level(user: User, schools: SchoolQuerySet, rank: int | None, *, on: dt.date) -> SchoolQuerySet:
    """Those suggested a level, or with None those not placed yet, of the schools whose suggestion may be seen."""
    allowed = schools.filter(pk__in=suggestible(user, on=on).values("pk"))
    if rank is None:
        return allowed.filter(suggestion__on_record__isnull=True)
    return allowed.filter(suggestion__on_record=rank)


def support_text(school: Any, names: LevelNames) -> str:
    """What `with_suggestions` found of a school: "Enhanced support (3, could be 4)"; empty where there is none to see."""
    if school.suggested_low is None:
        return ""
    low, high, rank = school.suggested_low, school.suggested_high, school.suggested
    if rank is None:
        return f"Not placed yet ({low} to {high})"
    span = "" if high == rank else f", could be {high}"
    name = names.get(school.authority_id, {}).get(rank, "")
    return f"{name} ({rank}{span})" if name else f"{rank}{span}"


def level_names(user: User, *, on: dt.date) -> LevelNames:
    """What the frameworks in force call their levels, for every authority the person acts for. Three queries each."""
    found: dict[int, dict[int, str]] = {}
    acting_for = {power.authority_id for power in powers_of(user, on)}
    for authority in Authority.objects.filter(pk__in=acting_for):
        version = version_for(authority, on)
        if version is not None:
            found[authority.pk] = {level.rank: level.name for level in compiled(version).document.levels}
    return found


def level_choices(user: User, names: LevelNames, *, on: dt.date) -> list[tuple[str, str]]:
    """Levels to filter by, for those who may see suggestions; without their names where frameworks differ."""
    if not holds(user, Permission.VIEW_SUGGESTION, on):
        return []
    ranks = sorted({rank for levels in names.values() for rank in levels})
    return [(str(rank), level_text(rank, names)) for rank in ranks]


def level_text(rank: int, names: LevelNames) -> str:
    """ "3: Enhanced support", or "3" where authorities call it differently."""
    called = {levels.get(rank) for levels in names.values()}
    name = called.pop() if len(called) == 1 else None
    return f"{rank}: {name}" if name else str(rank)
