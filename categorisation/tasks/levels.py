"""Unattended work that follows a level."""

from typing import Any

from django.utils import timezone

from categorisation import actions
from categorisation.models import Decision
from jobs.registry import Work, on, task


@on("level_published", key=lambda payload: f"{payload['decision_id']}")
@task("categorisation.tell_of_level", title="Telling the school that news of its support waits")
def tell_of_level(work: Work) -> dict[str, Any]:
    """Messages to head and chair. Each has a key of its own, so a second run sends nothing twice."""
    decision = Decision.objects.select_related("school__authority").get(pk=work.payload["decision_id"])
    with work.writing():
        return {"told": actions.tell_of_level(decision=decision, now=timezone.now())}
