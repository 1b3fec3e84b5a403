"""Unattended work of this room: suggestions brought level with the facts when something changes."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Authority
from categorisation.actions import drop_suggestions_of_closed_schools, refresh_suggestions
from jobs.registry import Stopped, Work, on, task
from schools.models import School

BATCH = 200  # schools a transaction


@on("data_imported", key=lambda payload: f"{payload.get('authority_id')}")
@task("categorisation.refresh_authority", title="Working out what is suggested for every school")
def refresh_authority(work: Work) -> dict[str, Any]:
    """Every open school of the payload's `authority_id`, or of every authority where it names none."""
    authorities = Authority.objects.order_by("pk")
    if work.payload.get("authority_id"):
        authorities = authorities.filter(pk=work.payload["authority_id"])
    today = _day(work)
    schools = School.objects.filter(authority__in=authorities).open()
    with work.writing():
        drop_suggestions_of_closed_schools(authorities)
    total, held, seen = schools.count(), 0, 0
    for authority in authorities:
        ids = list(schools.filter(authority=authority).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            if work.cancelled:
                raise Stopped
            batch = School.objects.filter(pk__in=ids[start : start + BATCH]).select_related("authority")
            with work.writing():
                held += refresh_suggestions(batch, on=today, now=timezone.now())
            seen += len(ids[start : start + BATCH])
            work.progress(seen, total, "Working out suggestions")
    return {"schools": held}


@on("inspection_recorded", key=lambda payload: f"{payload['school_id']}")
@on("circumstance_changed", key=lambda payload: f"{payload['school_id']}")
@on("profile_changed", key=lambda payload: f"{payload['school_id']}")
@on("rule_confirmed", key=lambda payload: f"{payload['school_id']}")
@task("categorisation.refresh_school", title="Working out what is suggested for a school")
def refresh_school(work: Work) -> dict[str, Any]:
    """The school of the payload's `school_id`."""
    schools = School.objects.filter(pk=work.payload["school_id"]).select_related("authority")
    with work.writing():
        return {"schools": refresh_suggestions(schools, on=_day(work), now=timezone.now())}


def _day(work: Work) -> dt.date:
    """The day fixed when the job was made, so that a second run answers as the first would have."""
    return timezone.localdate(work.job.created_at)
