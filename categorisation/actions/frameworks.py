"""Frameworks published and chosen."""

import datetime as dt
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Max

from accounts.logs import record_change
from accounts.models import Authority, User
from categorisation.models import FrameworkChoice, FrameworkVersion
from categorisation.permissions import check_can_choose_framework
from categorisation.schema import Framework, dump_yaml, load_yaml, to_data
from jobs.actions import enqueue

SHIPPED = Path(__file__).parent.parent / "frameworks"


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
    held = FrameworkVersion.objects.select_for_update().filter(
        slug=document.identity.slug, authority__isnull=True
    )
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
        work_out_suggestions(authority_id, by=None, now=now)
    return version


def work_out_suggestions(authority_id: int, *, by: User | None, now: dt.datetime) -> None:
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

    `by` is None for the command line. Raises PermissionDenied, and ValueError naming the frameworks the authority can
    choose if none has that slug. The authority's suggestions are then worked out afresh, unattended.
    """
    if by is not None:
        check_can_choose_framework(by, authority)
    known = FrameworkVersion.objects.known_to(authority.pk)
    held = sorted(set(known.values_list("slug", flat=True)))
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
        work_out_suggestions(authority.pk, by=by, now=now)
    return choice
