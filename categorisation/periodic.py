"""What falls due in this room: returns go stale overnight, so suggestions are worked out each night."""

import datetime as dt

from accounts.models import Authority
from jobs.actions import enqueue
from jobs.registry import every


@every(days=1, name="categorisation.refresh_suggestions")
def refresh_suggestions(now: dt.datetime) -> None:
    for authority_id in Authority.objects.values_list("pk", flat=True):
        enqueue(
            kind="categorisation.refresh_authority",
            payload={"authority_id": authority_id},
            key=str(authority_id),
            now=now,
        )
