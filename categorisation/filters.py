"""What a board is narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.choices import AreaKind
from accounts.models import Area, User
from categorisation.models import Recommendation
from categorisation.presenters.boards import DIFFERENCES, MISSING, STAGES
from schools.choices import OfficerRole, SchoolPhase
from schools.models import OfficerAssignment, School
from ui.lists import ChoicesFilter, FilterSet, ModelChoicesFilter


def _choices(table: Any) -> list[tuple[str, str]]:
    return [(key, text) for key, (text, _) in table.items()]


class BoardFilter(FilterSet):
    """Choices of people and places are those of the schools on the reader's board."""

    stage = django_filters.ChoiceFilter(
        label="Where it stands", choices=_choices(STAGES), method="by_stage", empty_label="Any"
    )
    differs = django_filters.ChoiceFilter(
        label="Differences", choices=_choices(DIFFERENCES), method="by_difference", empty_label="Any"
    )
    missing = django_filters.ChoiceFilter(
        label="Missing", choices=_choices(MISSING), method="by_missing", empty_label="Any"
    )
    phase = ChoicesFilter(label="Phase", choices=SchoolPhase.choices)
    area = ModelChoicesFilter(label="Area", queryset=Area.objects.none())
    adviser = ModelChoicesFilter(label="Adviser", queryset=User.objects.none(), method="by_adviser")
    recommender = ModelChoicesFilter(
        label="Recommended by", queryset=User.objects.none(), method="by_recommender"
    )

    class Meta:
        model = School
        fields = ["stage", "differs", "missing", "phase", "area", "adviser", "recommender"]

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        self.served = OfficerAssignment.objects.in_force(timezone.localdate()).filter(
            role=OfficerRole.ADVISER
        )
        ids = self.queryset.order_by().values("pk")
        given = Recommendation.objects.filter(school__in=ids)
        choices = {
            "area": Area.objects.filter(schools__in=ids, kind=AreaKind.AREA).distinct(),
            "adviser": User.objects.filter(pk__in=self.served.filter(school__in=ids).values("user")),
            "recommender": User.objects.filter(pk__in=given.values("recommended_by")),
        }
        for name, rows in choices.items():
            self.filters[name].queryset = rows.order_by("name")

    def by_stage(self, queryset: QuerySet[School], name: str, value: str) -> QuerySet[School]:
        return queryset.filter(STAGES[value][1])

    def by_difference(self, queryset: QuerySet[School], name: str, value: str) -> QuerySet[School]:
        return queryset.filter(DIFFERENCES[value][1])

    def by_missing(self, queryset: QuerySet[School], name: str, value: str) -> QuerySet[School]:
        return queryset.filter(MISSING[value][1])

    def by_adviser(self, queryset: QuerySet[School], name: str, value: QuerySet[User]) -> QuerySet[School]:
        if not value:
            return queryset
        return queryset.filter(pk__in=self.served.filter(user__in=value).values("school"))

    def by_recommender(
        self, queryset: QuerySet[School], name: str, value: QuerySet[User]
    ) -> QuerySet[School]:
        # Annotated by `boards.board`
        return queryset.filter(Q(r_by__in=[user.pk for user in value])) if value else queryset
