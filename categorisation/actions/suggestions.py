"""Suggestions brought level with the facts."""

import datetime as dt
import json
from collections.abc import Iterable

from django.db import transaction

from accounts.models import Authority
from categorisation.actions.warnings import notice_changes
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import Suggestion
from categorisation.school_facts import AUTHORITY_AUDIENCES, facts_for
from schools.choices import OPEN_STATUSES
from schools.models import School


@transaction.atomic
def refresh_suggestions(schools: Iterable[School], *, on: dt.date, now: dt.datetime) -> int:
    """Bring the stored suggestions of these schools level with their facts on a day. Idempotent.

    What moves a suggestion is noticed as an early warning. All belong to one authority. Returns how many are held
    afterwards: a closed school, or an authority without a framework, has none. The number of queries does not grow with
    the number of schools.
    """
    given = list(schools)
    batch = [school for school in given if school.is_open]
    Suggestion.objects.filter(school__in=[school for school in given if not school.is_open]).delete()
    if not batch:
        return 0
    version = version_for(batch[0].authority, on)
    if version is None:
        Suggestion.objects.filter(school__in=batch).delete()
        return 0
    framework = compiled(version)
    facts = facts_for(batch, on=on, framework=framework)
    rows = []
    for school in batch:
        outcome = framework.evaluate(facts[school.urn], AUTHORITY_AUDIENCES)
        rows.append(
            Suggestion(
                school=school,
                version=version,
                on=on,
                on_record=outcome.on_record,
                low=outcome.low,
                high=outcome.high,
                locked_floor=outcome.locked_floor,
                trace=json.loads(outcome.to_json()),
                computed_at=now,
            )
        )
    stored = Suggestion.objects.select_for_update().filter(school__in=batch)
    notice_changes({row.school_id: row for row in stored}, rows, now=now)
    Suggestion.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["school"],
        update_fields=["version", "on", "on_record", "low", "high", "locked_floor", "trace", "computed_at"],
        batch_size=500,
    )
    return len(rows)


def drop_suggestions_of_closed_schools(authorities: Iterable[Authority]) -> None:
    """A school that has closed is suggested nothing. Two queries."""
    closed = School.objects.exclude(status__in=OPEN_STATUSES).filter(authority__in=authorities)
    Suggestion.objects.filter(school__in=closed).delete()
