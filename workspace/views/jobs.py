"""Pages of unattended work: the list, one piece of work, and its progress for polling."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from jobs.presenters import panel as panel_of
from workspace.presenters.job_lists import response, visible_jobs

STOP_POLLING = 286  # htmx's own status: the answer is final


@access(Permission.VIEW_JOBS)
def job_list(request: SignedInRequest) -> HttpResponseBase:
    return response(request, visible_jobs(request.user))


@access(signed_in="Whoever started a piece of work may watch it")
def job(request: SignedInRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(visible_jobs(request.user), public_id=public_id)
    return render(request, "workspace/job.html", {"job": found})


@access(signed_in="Whoever started a piece of work may watch it")
def panel(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The progress panel alone, for polling; the last answer tells the browser to stop."""
    found = get_object_or_404(visible_jobs(request.user), public_id=public_id)
    view = panel_of(found, timezone.now())
    return render(request, "jobs/panel.html", {"panel": view}, status=STOP_POLLING if view.finished else 200)
