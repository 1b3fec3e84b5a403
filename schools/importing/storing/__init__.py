"""Comparing what files say with what is recorded, and writing the difference. One module for each kind of record."""

from schools.importing.plans import Plan
from schools.importing.storing.base import Claims, Scope, Store
from schools.importing.storing.inspections import InspectionStore
from schools.importing.storing.links import LinkStore
from schools.importing.storing.measures import MeasureStore
from schools.importing.storing.schools import SchoolStore
from schools.importing.storing.trusts import GroupStore

__all__ = ["Claims", "Scope", "Store", "store_for"]

_STORES: dict[str, type[Store]] = {
    "measures": MeasureStore,
    "schools": SchoolStore,
    "links": LinkStore,
    "groups": GroupStore,
    "inspections": InspectionStore,
}


def store_for(plan: Plan, scope: Scope, claims: Claims) -> Store:
    return _STORES[plan.handler](plan, scope, claims)
