"""Changes to frameworks in force, and suggestions brought level with the facts."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max

from accounts.logs import record_change
from accounts.models import Authority, User
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import FrameworkChoice, FrameworkVersion, Suggestion
from categorisation.permissions import check_can_choose_framework
from categorisation.schema import Framework, dump_yaml, load_yaml, to_data
from categorisation.school_facts import AUTHORITY_AUDIENCES, facts_for
from jobs.actions import enqueue
from schools.choices import OPEN_STATUSES
from schools.models import School

SHIPPED = Path(__file__).parent / "frameworks"


def load_shipped(*, now: dt.datetime) -> list[FrameworkVersion]:
    """Publish every document that comes with the product and is not yet held. Running it twice changes nothing.

    Raises DocumentError, with every fault and its place, for a document that does not hold together.
    """
    return [
        version
        for path in sorted(SHIPPED.glob("*.yaml"))
        if (version := _publish(path.read_bytes(), now=now)) is not None
    ]


@lru_cache(maxsize=8)
def _read(content: bytes) -> tuple[Framework, dict[str, Any], str]:
    """A document, the same as plain data, and the hash of its canonical form. Reading YAML takes a second or so."""
    document = load_yaml(content)
    data = json.loads(json.dumps(to_data(document), cls=DjangoJSONEncoder))
    return document, data, hashlib.sha256(dump_yaml(document)).hexdigest()


@transaction.atomic
def _publish(content: bytes, *, now: dt.datetime) -> FrameworkVersion | None:
    document, data, sha256 = _read(content)
    held = FrameworkVersion.objects.select_for_update().filter(slug=document.identity.slug)
    if held.filter(sha256=sha256).exists():
        return None
    last = held.aggregate(number=Max("number"))["number"] or 0
    version = FrameworkVersion.objects.create(
        slug=document.identity.slug,
        number=last + 1,
        title=document.identity.title,
        document=data,
        sha256=sha256,
        effective_from=document.identity.effective_from,
        published_at=now,
    )
    record_change(
        action="categorisation.load_shipped",
        by=None,
        at=now,
        subject=version,
        after={"slug": version.slug, "number": version.number, "sha256": sha256},
    )
    choices = FrameworkChoice.objects.filter(slug=version.slug)
    for authority_id in sorted(set(choices.values_list("authority_id", flat=True))):
        _work_out(authority_id, by=None, now=now)
    return version


def _work_out(authority_id: int, *, by: User | None, now: dt.datetime) -> None:
    """Unattended: the authority's suggestions afresh."""
    enqueue(
        kind="categorisation.refresh_authority",
        payload={"authority_id": authority_id},
        key=str(authority_id),
        by=by,
        now=now,
    )


@transaction.atomic
def choose_framework(
    *, authority: Authority, slug: str, start_on: dt.date, by: User | None, now: dt.datetime
) -> FrameworkChoice:
    """From `start_on` the authority works to `slug`. Choosing the same again changes nothing.

    `by` is None for the command line. Raises PermissionDenied, and ValueError naming the frameworks there are if
    none has that slug. The authority's suggestions are then worked out afresh, unattended.
    """
    if by is not None:
        check_can_choose_framework(by, authority)
    held = sorted(set(FrameworkVersion.objects.values_list("slug", flat=True)))
    if slug not in held:
        raise ValueError(f"There is no framework “{slug}”. There are: {', '.join(held) or 'none yet'}.")
    choice, created = FrameworkChoice.objects.select_for_update().get_or_create(
        authority=authority, start_on=start_on, defaults={"slug": slug}
    )
    before = {} if created else {"slug": choice.slug}
    if created or choice.slug != slug:
        choice.slug = slug
        choice.save()
        record_change(
            action="categorisation.choose_framework",
            by=by,
            at=now,
            subject=choice,
            authority_id=authority.pk,
            before=before,
            after={"slug": slug, "start_on": start_on},
        )
        _work_out(authority.pk, by=by, now=now)
    return choice


def refresh_suggestions(schools: Iterable[School], *, on: dt.date, now: dt.datetime) -> int:
    """Bring the stored suggestions of these schools level with their facts on a day. Idempotent.

    All belong to one authority. Returns how many are held afterwards: a closed school, or an authority without a
    framework, has none. The number of queries does not grow with the number of schools.
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
