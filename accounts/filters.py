"""Filters of the lists of people and of the logs."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.choices import Permission, Role
from accounts.models import Area, RoleGrant
from accounts.permissions import authority_ids
from ui.lists import ChoicesFilter, DateFilter, FilterSet, ModelChoicesFilter, YesNoFilter


def _areas(request: HttpRequest) -> QuerySet[Area]:
    ids = authority_ids(request.user, Permission.MANAGE_PEOPLE)  # type: ignore[arg-type]
    return Area.objects.filter(authority_id__in=ids)


class PeopleFilter(FilterSet):
    """Role and area mean a role held today, past or to come, in the authorities the reader manages."""

    role = ChoicesFilter(label="Role", choices=Role.choices, method="with_grant")
    area = ModelChoicesFilter(label="Area", queryset=_areas, method="with_grant")
    current = YesNoFilter(label="Has a role today", method="holding_today")
    active = YesNoFilter(label="Account active", field_name="is_active")

    def _grants(self) -> Any:
        ids = authority_ids(self.request.user, Permission.MANAGE_PEOPLE)
        return RoleGrant.objects.filter(user=OuterRef("pk"), authority_id__in=ids)

    def with_grant(self, people: QuerySet[Any], name: str, values: Any) -> QuerySet[Any]:
        if not values:
            return people
        return people.filter(Exists(self._grants().filter(**{f"{name}__in": values})))

    def holding_today(self, people: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        held = Exists(self._grants().in_force(timezone.localdate()))
        return people.filter(held if value == "yes" else ~held)


class _LogFilter(FilterSet):
    since = DateFilter(label="From", field_name="at", lookup_expr="date__gte")
    until = DateFilter(label="To", field_name="at", lookup_expr="date__lte")


class ChangeLogFilter(_LogFilter):
    urn = django_filters.NumberFilter(label="School's URN", field_name="shown_urn")


class ReadLogFilter(_LogFilter):
    urn = django_filters.NumberFilter(label="School's URN")
