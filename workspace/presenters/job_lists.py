"""Unattended work as people see it: their own, and for administrators their authority's."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.access import SignedInRequest
from accounts.choices import Permission
from accounts.models import RoleGrant, User
from accounts.permissions import authority_ids
from jobs.choices import JobStatus
from jobs.models import Job
from jobs.presenters import panel
from ui.lists import ChoicesFilter, Column, FilterSet, Tag, list_response


class JobFilter(FilterSet):
    status = ChoicesFilter(label="Status", choices=JobStatus.choices)

    class Meta:
        model = Job
        fields = ["status"]


def visible_jobs(user: User) -> QuerySet[Job]:
    """One's own jobs, and with VIEW_JOBS those of the authority: work that names it, and what was started by people
    who hold or held roles there and nowhere else. What somebody does for another authority stays there."""
    authorities = authority_ids(user, Permission.VIEW_JOBS)
    if not authorities:
        return Job.objects.filter(created_by=user)
    roles = RoleGrant.objects.filter(user=OuterRef("created_by"))
    colleagues = Q(Exists(roles.filter(authority__in=authorities))) & ~Q(
        Exists(roles.exclude(authority__in=authorities))
    )
    return Job.objects.filter(
        Q(created_by=user)
        | Q(payload__authority_id__in=list(authorities))
        | (Q(payload__authority_id__isnull=True) & colleagues)
    )


def response(request: SignedInRequest, jobs: QuerySet[Job]) -> HttpResponseBase:
    now = timezone.now()
    return list_response(
        request,
        queryset=jobs.select_related("created_by"),
        columns=[
            Column("kind", "Work", value=lambda job: panel(job, now).title, link=Job.get_absolute_url),
            Column("status", "Status", value=lambda job: _status(job, now), sort="status"),
            Column(
                "by",
                "Started by",
                value=lambda job: job.created_by.name if job.created_by else "The schedule",
            ),
            Column("created", "Started", value="created_at", sort="created_at"),
            Column("error", "What went wrong", value="error"),
        ],
        title="Unattended work",
        filterset=JobFilter,
        default_sort="-created",
        noun=("piece of work", "pieces of work"),
        empty="Nothing has been done unattended yet: imports and nightly work appear here.",
        filename="unattended-work",
    )


def _status(job: Job, now: dt.datetime) -> Tag:
    view = panel(job, now)
    return Tag(view.status, view.colour)
