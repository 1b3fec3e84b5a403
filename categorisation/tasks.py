"""Unattended work of this room: suggestions brought level with the facts when something changes."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Authority
from categorisation.actions import refresh_suggestions
from jobs.registry import Work, on, task
from schools.models import School

BATCH = 200  # schools a transaction


@on("data_imported", key=lambda payload: f"{payload.get('authority_id')}")
@task("categorisation.refresh_authority")
def refresh_authority(work: Work) -> dict[str, Any]:
    """Every open school of the payload's `authority_id`, or of every authority where it names none."""
    authorities = Authority.objects.order_by("pk")
    if work.payload.get("authority_id"):
        authorities = authorities.filter(pk=work.payload["authority_id"])
    today = _day(work)
    schools = School.objects.filter(authority__in=authorities).open()
    total, done = schools.count(), 0
    for authority in authorities:
        ids = list(schools.filter(authority=authority).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            batch = School.objects.filter(pk__in=ids[start : start + BATCH]).select_related("authority")
            with work.writing():
                done += refresh_suggestions(batch, on=today, now=timezone.now())
            work.progress(start + len(batch), total, "Working out suggestions")
    return {"schools": done}


@on("inspection_recorded", key=lambda payload: f"{payload['school_id']}")
@on("circumstance_changed", key=lambda payload: f"{payload['school_id']}")
@task("categorisation.refresh_school")
def refresh_school(work: Work) -> dict[str, Any]:
    """The school of the payload's `school_id`."""
    schools = School.objects.filter(pk=work.payload["school_id"]).select_related("authority")
    with work.writing():
        return {"schools": refresh_suggestions(schools, on=_day(work), now=timezone.now())}


def _day(work: Work) -> dt.date:
    """The day fixed when the job was made, so that a second run answers as the first would have."""
    return timezone.localdate(work.job.created_at)
