"""What the list of early warnings can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.choices import AreaKind
from accounts.models import Area, User
from categorisation.models import SuggestionChange
from schools.choices import OfficerRole
from schools.models import OfficerAssignment
from ui.lists import FilterSet, ModelChoicesFilter

_STATES = (("noted", "Noted"), ("all", "Noted or not"))
_WAYS = (
    ("up", "More support suggested"),
    ("down", "Less support suggested"),
    ("range", "Only what is possible"),
)


class WarningFilter(FilterSet):
    """Those nobody has noted unless a state is asked for. Choices are those of the warnings the reader may see."""

    state = django_filters.ChoiceFilter(
        label="State", choices=_STATES, method="by_state", empty_label="To be noted"
    )
    way = django_filters.ChoiceFilter(label="Which way", choices=_WAYS, method="by_way", empty_label="Any")
    decided = django_filters.ChoiceFilter(
        label="Level decided",
        choices=(("differs", "Differs from what is suggested now"),),
        method="by_decided",
        empty_label="Any",
    )
    area = ModelChoicesFilter(label="Area", field_name="school__area", queryset=Area.objects.none())
    adviser = ModelChoicesFilter(label="Adviser", queryset=User.objects.none(), method="by_adviser")

    class Meta:
        model = SuggestionChange
        fields = ["state", "way", "decided", "area", "adviser"]

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        self.served = OfficerAssignment.objects.in_force(timezone.localdate()).filter(
            role=OfficerRole.ADVISER
        )
        ids = self.queryset.order_by().values("school")
        areas = Area.objects.filter(schools__in=ids, kind=AreaKind.AREA).distinct()
        self.filters["area"].queryset = areas.order_by("name")
        advisers = User.objects.filter(pk__in=self.served.filter(school__in=ids).values("user"))
        self.filters["adviser"].queryset = advisers.order_by("name")

    @property
    def qs(self) -> QuerySet[SuggestionChange]:
        rows: QuerySet[SuggestionChange] = super().qs
        return rows if self.form.cleaned_data.get("state") else rows.filter(noted_at__isnull=True)

    def by_state(
        self, queryset: QuerySet[SuggestionChange], name: str, value: str
    ) -> QuerySet[SuggestionChange]:
        return queryset if value == "all" else queryset.filter(noted_at__isnull=False)

    def by_way(
        self, queryset: QuerySet[SuggestionChange], name: str, value: str
    ) -> QuerySet[SuggestionChange]:
        if value == "range":
            return queryset.filter(after=F("before"))
        return (
            queryset.filter(after__gt=F("before"))
            if value == "up"
            else queryset.filter(after__lt=F("before"))
        )

    def by_decided(
        self, queryset: QuerySet[SuggestionChange], name: str, value: str
    ) -> QuerySet[SuggestionChange]:
        # `decided` is annotated by presenters.warnings.with_decided
        known: QuerySet[Any] = queryset
        return known.filter(decided__isnull=False).exclude(decided=F("after"))

    def by_adviser(
        self, queryset: QuerySet[SuggestionChange], name: str, value: QuerySet[User]
    ) -> QuerySet[SuggestionChange]:
        if not value:
            return queryset
        return queryset.filter(school__in=self.served.filter(user__in=value).values("school"))
