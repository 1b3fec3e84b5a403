"""Why a school has the level it has."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import SignedInRequest, access
from accounts.choices import Permission
from categorisation import presenters
from schools.models import School
from schools.presenters import people_panel


@access(Permission.VIEW_SUGGESTION, reads="suggestion")
def why(request: SignedInRequest, urn: int) -> HttpResponse:
    """The answer on what is recorded, the range, what would narrow it, and every rule with its evidence."""
    school = get_object_or_404(
        School.objects.with_permission(request.user, Permission.VIEW_SUGGESTION).select_related("authority"),
        urn=urn,
    )
    today = timezone.localdate()
    view = presenters.why(request.user, school, on=today)
    people = people_panel(school, request.user, today)
    request.shown.append(f"school:{school.urn}")
    request.shown.about(urn=urn, authority_id=school.authority_id)
    return render(
        request,
        "categorisation/why.html",
        {
            "school": school,
            "why": view,
            "level": presenters.level_page(request.user, school, today),
            "signals": presenters.signals(request.user, school, view, today),
            "officers": presenters.in_policy_words(
                (line for line in people.officers if line.is_current),
                presenters.adviser_word(school.authority, today),
            ),
        },
    )
