"""What early warnings and confirmations set in motion."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Authority
from categorisation.actions import tell_of_warnings
from jobs.registry import Work, on, task


@on("suggestion_changed", key=lambda payload: f"{payload['authority_id']}:{payload['on']}")
@task("categorisation.tell_of_warnings", title="Telling officers that there are early warnings")
def tell_of_early_warnings(work: Work) -> dict[str, Any]:
    """Messages to advisers and area managers. Each has a key of its own, so a second run sends nothing twice."""
    authority = Authority.objects.get(pk=work.payload["authority_id"])
    day = dt.date.fromisoformat(work.payload["on"])
    with work.writing():
        return {"told": tell_of_warnings(authority=authority, on=day, now=timezone.now())}
