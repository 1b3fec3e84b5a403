"""Puts the shipped reference data into the database. Idempotent: rows are the product's, upserted by key."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from schools.importing import reference
from schools.models import ComparatorValue, Indicator, Threshold

_INDICATOR_FIELDS = (
    "name", "short_name", "family", "stage", "unit", "decimals", "better", "first_year", "last_year",
    "years_not_produced", "breaks", "description", "position",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows the reference data has of each."""

    indicators: int
    thresholds: int
    national: int


@transaction.atomic
def load_reference(*, now: dt.datetime) -> Loaded:
    """Upsert indicators, thresholds and national figures: a handful of queries. What an import gave is left alone."""
    definitions = reference.indicators().values()
    Indicator.objects.bulk_create(
        [
            Indicator(
                **{
                    **asdict(definition),
                    "years_not_produced": list(definition.years_not_produced),
                    "breaks": list(definition.breaks),
                }
            )
            for definition in definitions
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=_INDICATOR_FIELDS,
    )
    ids = dict(Indicator.objects.values_list("key", "pk"))
    Threshold.objects.bulk_create(
        [
            Threshold(
                key=threshold.key,
                name=threshold.name,
                indicator_id=ids[threshold.indicator],
                value=threshold.value,
                first_year=threshold.first_year,
                last_year=threshold.last_year,
                source=threshold.source,
            )
            for threshold in reference.thresholds()
        ],
        update_conflicts=True,
        unique_fields=["key", "indicator", "first_year"],
        update_fields=["name", "value", "last_year", "source"],
    )
    _load_national(ids, now)
    return Loaded(len(definitions), len(reference.thresholds()), len(reference.national_values()))


def _load_national(ids: dict[str, int], now: dt.datetime) -> None:
    recorded = {
        (row.indicator_id, row.year, row.group, row.comparator): row
        for row in ComparatorValue.objects.filter(authority=None, school=None)
    }
    new: list[ComparatorValue] = []
    for figure in reference.national_values():
        key = (ids[figure.indicator], figure.year, figure.group, figure.comparator)
        present = recorded.get(key)
        if present is None:
            indicator_id, year, group, comparator = key
            new.append(
                ComparatorValue(
                    indicator_id=indicator_id,
                    year=year,
                    group=group,
                    comparator=comparator,
                    value=figure.value,
                    recorded_at=now,
                )
            )
        elif present.source_id is None and present.value != figure.value:
            present.value, present.recorded_at = figure.value, now
            present.save(update_fields=["value", "recorded_at"])
    ComparatorValue.objects.bulk_create(new)
