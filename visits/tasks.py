"""Unattended work of this room."""

from typing import Any

from django.utils import timezone

from jobs.registry import Work, task
from reports.models import Document
from visits import actions


@task("visits.tell_of_report", title="Telling the school that a document awaits")
def tell_of_report(work: Work) -> dict[str, Any]:
    """Messages to head and chair. Each has a key of its own, so a second run sends nothing twice."""
    document = Document.objects.select_related("school__authority").get(pk=work.payload["document_id"])
    with work.writing():
        return {"told": actions.tell_of_report(document=document, now=timezone.now())}
