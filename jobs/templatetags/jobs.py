"""{% load jobs %}{% job_panel job %}"""

from typing import Any

from django import template
from django.utils import timezone

from jobs.models import Job
from jobs.presenters import panel

register = template.Library()


@register.inclusion_tag("jobs/job_panel.html")
def job_panel(job: Job) -> dict[str, Any]:
    """How far the job has come: moves with JavaScript, and has a link to refresh the page without."""
    return {"panel": panel(job, timezone.now())}
