"""Puts the shipped reference data into the database. Idempotent: rows are the product's, upserted by key."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from schools.importing import reference
from schools.models import ComparatorValue, Indicator, Threshold


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows the reference data has of each."""

    indicators: int
    thresholds: int
    national: int


def load_reference(*, now: dt.datetime) -> Loaded:
    """Upsert indicators, thresholds and national figures. A national figure that an import gave is left alone."""
    with transaction.atomic():
        for definition in reference.indicators().values():
            fields = asdict(definition)
            for name in ("years_not_produced", "breaks"):
                fields[name] = list(fields[name])
            Indicator.objects.update_or_create(key=fields.pop("key"), defaults=fields)
        ids = dict(Indicator.objects.values_list("key", "pk"))
        for threshold in reference.thresholds():
            fields = asdict(threshold)
            Threshold.objects.update_or_create(
                key=fields.pop("key"),
                indicator_id=ids[fields.pop("indicator")],
                first_year=fields.pop("first_year"),
                defaults=fields,
            )
        for figure in reference.national_values():
            identity = {
                "indicator_id": ids[figure.indicator],
                "year": figure.year,
                "group": figure.group,
                "comparator": figure.comparator,
                "authority": None,
                "school": None,
            }
            present = ComparatorValue.objects.filter(**identity).first()
            if present is None:
                ComparatorValue.objects.create(**identity, value=figure.value, recorded_at=now)
            elif present.source_id is None and present.value != figure.value:
                present.value, present.recorded_at = figure.value, now
                present.save(update_fields=["value", "recorded_at"])
    return Loaded(len(ids), len(reference.thresholds()), len(reference.national_values()))
