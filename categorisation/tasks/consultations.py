"""Telling schools that their view is asked for."""

from typing import Any

from django.utils import timezone

from categorisation.actions.consultations import tell_schools
from categorisation.models import Consultation
from jobs.registry import Work, task


@task("categorisation.announce_consultation", title="Telling schools of a consultation")
def announce_consultation(work: Work) -> dict[str, Any]:
    """The heads and chairs of the authority of the payload's `consultation_id`."""
    consultation = Consultation.objects.select_related("draft__authority").get(
        pk=work.payload["consultation_id"]
    )
    with work.writing():
        return {"messages": tell_schools(consultation=consultation, now=timezone.now())}
