"""Unattended work as people see it: their own jobs, and for administrators everyone's."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import access
from accounts.choices import Permission
from accounts.permissions import authority_ids
from jobs.models import Job
from jobs.presenters import panel as panel_of
from ui.lists import Column, list_response

STOP_POLLING = 286  # htmx's own status: the answer is final


def _visible_jobs(request: HttpRequest) -> QuerySet[Job]:
    """One's own jobs; with VIEW_JOBS also those of colleagues who hold a role in the same authority."""
    own = Job.objects.filter(created_by=request.user)
    authorities = authority_ids(request.user, Permission.VIEW_JOBS)
    if not authorities:
        return own
    return (
        Job.objects.filter(
            pk__in=Job.objects.filter(created_by__grants__authority__in=authorities).values("pk")
        )
        | own
    )


@access(Permission.VIEW_JOBS)
def job_list(request: HttpRequest) -> HttpResponse:
    return list_response(
        request,
        queryset=_visible_jobs(request).select_related("created_by"),
        columns=[
            Column("kind", "Work", value="kind", link=lambda job: job.get_absolute_url(), sort="kind"),
            Column("status", "Status", value=lambda job: job.get_status_display(), sort="status"),
            Column(
                "by", "Started by", value=lambda job: job.created_by.name if job.created_by else "Schedule"
            ),
            Column("created", "Started", value="created_at", sort="created_at"),
            Column("error", "What went wrong", value="error"),
        ],
        title="Unattended work",
        default_sort="-created",
        filename="unattended-work",
    )


@access(signed_in="Whoever started a piece of work may watch it")
def job(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(_visible_jobs(request), public_id=public_id)
    return render(request, "workspace/job.html", {"job": found})


@access(signed_in="Whoever started a piece of work may watch it")
def panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """The progress panel alone, for polling; the last answer tells the browser to stop."""
    found = get_object_or_404(_visible_jobs(request), public_id=public_id)
    view = panel_of(found, timezone.now())
    return render(
        request, "jobs/panel.html", {"panel": view}, status=STOP_POLLING if found.finished_at else 200
    )
