"""Lists of schools: the same columns wherever schools are listed."""

from typing import Any

from django.db.models import F, Prefetch, Value
from django.db.models.functions import Replace
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.access import SignedInRequest
from categorisation.presenters import (
    decided_names,
    decided_text,
    level_choices,
    level_names,
    sees_every_suggestion,
    support_text,
    with_levels,
    with_suggestions,
)
from schools.choices import OfficerRole
from schools.models import OfficerAssignment, School
from schools.querysets import SchoolQuerySet
from ui.lists import Column, FilterSet, list_response
from workspace.filters import SchoolFilter

ALL, OWN = "Schools", "My schools"
SEARCH = ("name", "bare_name", "curly_name", "urn__startswith", "postcode")
SEARCH_LABEL = "Search by name, URN or postcode"


def searchable(schools: SchoolQuerySet) -> SchoolQuerySet:
    """With what SEARCH looks in: "St Annes" and a phone's "St Anne’s" find St Anne's too."""
    return schools.annotate(
        bare_name=Replace("name", Value("'"), Value("")), curly_name=Replace("name", Value("'"), Value("’"))
    )


def response(
    request: SignedInRequest,
    schools: SchoolQuerySet,
    *,
    title: str,
    filterset: type[FilterSet] = SchoolFilter,
) -> HttpResponseBase:
    """A page of schools, or its export. Suggested support stands only beside schools whose suggestion one may see."""
    today = timezone.localdate()
    columns = [
        Column("name", "School", sort="name", link=School.get_absolute_url),
        Column("urn", "URN", numeric=True, sort="urn"),
        Column("phase", "Phase", value="get_phase_display", sort="phase"),
        Column("type", "Kind", value="get_type_display", sort="type"),
        Column("area", "Area", value="area.name", sort="area__name"),
        Column("adviser", "Adviser", value=_adviser),
    ]
    names = level_names(request.user, on=today)
    lead = ""
    if level_choices(request.user, names, on=today):
        schools = with_levels(request.user, schools, on=today)
        decided = decided_names()
        columns.append(
            Column(
                "level",
                "Support",
                value=lambda school: decided_text(school, decided),
                sort=F("level_rank"),
            )
        )
        columns.append(
            Column(
                "support",
                "Suggested support",
                value=lambda school: support_text(school, names),
                sort=F("suggested"),
            )
        )
        if title == ALL and not sees_every_suggestion(request.user, on=today):
            lead = "Support, decided and suggested, stands beside the schools you are assigned to."
    current = (
        OfficerAssignment.objects.in_force(today).filter(role=OfficerRole.ADVISER).select_related("user")
    )
    return list_response(
        request,
        queryset=searchable(with_suggestions(request.user, schools, on=today))
        .select_related("area")
        .prefetch_related(Prefetch("officers", queryset=current, to_attr="current_advisers")),
        columns=columns,
        title=title,
        filterset=filterset,
        search=SEARCH,
        search_label=SEARCH_LABEL,
        default_sort="name",
        noun=("school", "schools"),
        empty="No schools yet. They come with the first import of a GIAS file.",
        filename=title.lower().replace(" ", "-"),
        context={"lead": lead},
    )


def _adviser(school: Any) -> str:
    return ", ".join(assignment.user.name for assignment in school.current_advisers)
