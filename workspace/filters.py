"""What lists of schools can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import SignedInRequest
from accounts.choices import AreaKind, Role
from accounts.models import Area, RoleGrant, User
from accounts.permissions import powers_of
from categorisation.presenters import at_decided_level, at_level, level_choices, level_names
from schools.choices import (
    ACADEMY_TYPES,
    MAINTAINED_TYPES,
    OPEN_STATUSES,
    OfficerRole,
    SchoolPhase,
    SchoolStatus,
)
from schools.models import OfficerAssignment, School
from schools.querysets import SchoolQuerySet
from ui.lists import ChoicesFilter, FilterSet, ModelChoicesFilter

_GOVERNANCE = (("maintained", "Maintained by the authority"), ("academy", "Academies and free schools"))
NOT_PLACED = "none"


def _authorities(request: SignedInRequest) -> set[int]:
    return {power.authority_id for power in powers_of(request.user)}


def _areas(request: SignedInRequest) -> QuerySet[Area]:
    return Area.objects.filter(authority__in=_authorities(request), kind=AreaKind.AREA)


def _advisers(request: SignedInRequest) -> QuerySet[User]:
    grants = RoleGrant.objects.in_force(timezone.localdate())
    return User.objects.filter(
        pk__in=grants.filter(authority__in=_authorities(request), role=Role.ADVISER).values("user")
    )


class SchoolFilter(FilterSet):
    """Open schools unless a status is asked for. Choices are those of the authorities the person acts for."""

    status = django_filters.ChoiceFilter(
        label="Status",
        choices=[("all", "Open and closed"), *[(str(v), label) for v, label in SchoolStatus.choices]],
        method="by_status",
        empty_label="Open now",
    )
    phase = ChoicesFilter(label="Phase", choices=SchoolPhase.choices)
    governance = django_filters.ChoiceFilter(
        label="Governance", choices=_GOVERNANCE, method="by_governance", empty_label="Any"
    )
    area = ModelChoicesFilter(label="Area", queryset=_areas)
    adviser = ModelChoicesFilter(label="Adviser", queryset=_advisers, method="by_adviser")
    support = django_filters.ChoiceFilter(label="Support", choices=[], method="by_support", empty_label="Any")
    level = django_filters.ChoiceFilter(
        label="Suggested support", choices=[], method="by_level", empty_label="Any"
    )

    class Meta:
        model = School
        fields = ["status", "phase", "governance", "area", "adviser", "support", "level"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate()
        user = self.request.user
        levels = level_choices(user, level_names(user, on=self.today), on=self.today)
        if levels:
            self.filters["support"].extra["choices"] = [*levels, (NOT_PLACED, "Not decided yet")]
            self.filters["level"].extra["choices"] = [*levels, (NOT_PLACED, "Not placed yet")]
        else:
            del self.filters["support"]
            del self.filters["level"]

    @property
    def qs(self) -> QuerySet[School]:
        rows = super().qs
        return rows if self.form.cleaned_data.get("status") else rows.filter(status__in=OPEN_STATUSES)

    def by_status(self, queryset: QuerySet[School], name: str, value: str) -> QuerySet[School]:
        return queryset if value == "all" else queryset.filter(status=value)

    def by_governance(self, queryset: QuerySet[School], name: str, value: str) -> QuerySet[School]:
        return queryset.filter(type__in=MAINTAINED_TYPES if value == "maintained" else ACADEMY_TYPES)

    def by_adviser(self, queryset: QuerySet[School], name: str, value: QuerySet[User]) -> QuerySet[School]:
        if not value:
            return queryset
        served = OfficerAssignment.objects.in_force(self.today).filter(
            user__in=value, role=OfficerRole.ADVISER
        )
        return queryset.filter(pk__in=served.values("school"))

    def by_level(self, queryset: SchoolQuerySet, name: str, value: str) -> QuerySet[School]:
        """Only among schools over which the person may see the suggestion, so that a count betrays nothing."""
        rank = None if value == NOT_PLACED else int(value)
        return at_level(self.request.user, queryset, rank, on=self.today)

    def by_support(self, queryset: SchoolQuerySet, name: str, value: str) -> QuerySet[School]:
        """By the level decided and in force, among the same schools."""
        rank = None if value == NOT_PLACED else int(value)
        return at_decided_level(self.request.user, queryset, rank, on=self.today)
