"""What services say of schools: one school's page, and rating many at a sitting (K-024)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from accounts.models import Authority
from categorisation import actions, presenters
from categorisation.choices import Rating
from categorisation.forms.ratings import Given, read_ratings
from categorisation.frameworks_in_force import version_for
from categorisation.presenters.ratings import RatingRow, rateable, rating_sitting
from categorisation.schema.support import QualitativeIndicator
from schools.models import School


@access(Permission.VIEW_SUGGESTION, Permission.RATE_INDICATOR, reads="service_rating")
def rating_list(request: SignedInRequest, urn: int) -> HttpResponse:
    """One school as the services see it; each reader what they may know of it."""
    schools = School.objects.with_permission(request.user, Permission.VIEW_SUGGESTION)
    schools |= School.objects.with_permission(request.user, Permission.RATE_INDICATOR)
    school = get_object_or_404(schools.select_related("authority"), urn=urn)
    page = presenters.services_page(request.user, school, timezone.localdate())
    request.shown.extend(page.identifiers)
    request.shown.about(urn=urn, authority_id=school.authority_id)
    return render(request, "categorisation/rating_list.html", {"school": school, "page": page})


@access(Permission.RATE_INDICATOR)
def rating_index(request: SignedInRequest) -> HttpResponse:
    """What the person is asked to rate, with how many schools wait."""
    return render(
        request,
        "categorisation/rating_index.html",
        {"lines": presenters.rating_counts(request.user, timezone.localdate())},
    )


@access(Permission.RATE_INDICATOR, methods=("GET", "POST"), reads="service_rating")
def rating_record(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    """One indicator at the schools of an authority that the person rates for. All that is typed is saved, or none."""
    now = timezone.now()
    today = timezone.localdate(now)
    authority, indicator, slug = _asked(request, code, key)
    schools = list(
        School.objects.with_permission(request.user, Permission.RATE_INDICATOR)
        .filter(authority=authority)
        .open()
        .select_related("authority")
        .order_by("name", "urn")
    )
    again = "again" in request.GET
    whole = rating_sitting(indicator, schools, slug, today, again=again)
    given = Given()
    if request.method == "POST":
        every = [
            *whole.rows,
            *whole.done,
            *(RatingRow(school, None) for school in _beyond(schools, whole.rows, whole.done)),
        ]
        given = read_ratings(request.POST, every)
        if not given.faults:
            try:
                saved = actions.rate(key=key, rows=given.rows, on=today, by=request.user, at=now)
            except ValidationError as refusal:
                given = Given(given.rows, given.typed, _faults(refusal))
                whole = rating_sitting(indicator, schools, slug, today, again=again)
            else:
                many = "1 school" if len(saved) == 1 else f"{len(saved)} schools"
                messages.success(request, f"{indicator.title}: {many} rated.")
                return redirect(request.get_full_path())
    request.shown.extend(row.latest.identifier for row in whole.rows if row.latest)
    request.shown.about(authority_id=authority.pk)
    context = {
        "authority": authority,
        "sitting": whole,
        "rows": [
            (row, given.typed.get(str(row.school.urn)), given.faults.get(str(row.school.urn)))
            for row in whole.rows
        ],
        "faults": list(given.faults.items()),
        "ratings": Rating.choices,
    }
    return render(request, "categorisation/rating_record.html", context)


def _beyond(schools: list[School], *shown: tuple[RatingRow, ...]) -> list[School]:
    """Schools that were on the page when it was opened and are further down now."""
    known = {row.school.pk for rows in shown for row in rows}
    return [school for school in schools if school.pk not in known]


def _asked(request: SignedInRequest, code: str, key: str) -> tuple[Authority, QualitativeIndicator, str]:
    """Http404 for what the person is not asked to rate."""
    today = timezone.localdate()
    authority = get_object_or_404(Authority, code=code)
    for indicator in rateable(request.user, today).get(authority.pk, ()):
        version = version_for(authority, today)
        if indicator.key == key and version is not None:
            return authority, indicator, version.slug
    raise Http404("The person is not asked to rate this.")


def _faults(refusal: ValidationError) -> dict[str, str]:
    if hasattr(refusal, "error_dict"):
        return {urn: " ".join(found) for urn, found in refusal.message_dict.items()}
    return {"": " ".join(refusal.messages)}
