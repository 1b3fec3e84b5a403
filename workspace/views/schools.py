"""Schools as the roof shows them: lists, the school page, its data and its history."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from schools.models import School
from workspace.filters import SchoolFilter
from workspace.presenters import indicators, school_lists, school_page


@access(Permission.EXPORT_LIST)
def school_list(request: SignedInRequest) -> HttpResponseBase:
    """Every school the person may see: open ones unless asked otherwise."""
    return school_lists.response(
        request,
        School.objects.visible_to(request.user),
        title=school_lists.ALL,
        filterset=SchoolFilter,
    )


@access(Permission.WRITE_VISIT)
def my_schools(request: SignedInRequest) -> HttpResponseBase:
    """The schools the person serves as an officer today."""
    return school_lists.response(
        request,
        School.objects.visible_to(request.user).served_by(request.user, timezone.localdate()),
        title=school_lists.OWN,
        filterset=SchoolFilter,
    )


@access(Permission.VIEW_SCHOOL)
def school(request: SignedInRequest, urn: int) -> HttpResponse:
    found = _visible(request, urn)
    return render(
        request, "workspace/school.html", {"page": school_page.build(request.user, found, timezone.now())}
    )


@access(Permission.VIEW_INDICATORS)
def school_data(request: SignedInRequest, urn: int) -> HttpResponse:
    """Every indicator held for the school, its trend beside England's."""
    found = get_object_or_404(
        School.objects.with_permission(request.user, Permission.VIEW_INDICATORS).select_related("authority"),
        urn=urn,
    )
    return render(
        request, "workspace/school_data.html", {"data": indicators.for_school(found, timezone.localdate())}
    )


@access(Permission.VIEW_SCHOOL)
def school_history(request: SignedInRequest, urn: int) -> HttpResponse:
    found = _visible(request, urn)
    return render(
        request,
        "workspace/school_history.html",
        {"school": found, "events": school_page.time_line(request.user, found, timezone.localdate())},
    )


@access(Permission.EXPORT_LIST)
def indicator_list(request: SignedInRequest) -> HttpResponseBase:
    """One indicator and year across every school the person may see the data of."""
    return indicators.across_schools(
        request,
        School.objects.with_permission(request.user, Permission.VIEW_INDICATORS),
    )


def _visible(request: SignedInRequest, urn: int) -> School:
    return get_object_or_404(
        School.objects.visible_to(request.user).select_related("authority", "area", "cluster", "trust"),
        urn=urn,
    )
