"""Indicator values of schools, and figures for England and whole authorities."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from schools.choices import Comparator, ValueStatus
from schools.importing.plans import Plan
from schools.importing.reading import Row
from schools.importing.records import ComparatorValues, Problem, SchoolValues, Value
from schools.importing.storing.base import PENDING, Claims, Scope, Store, drained
from schools.importing.tally import Tally
from schools.models import ComparatorValue, Indicator, IndicatorValue
from schools.rules.standing import Standing, standing


class Item(NamedTuple):
    """One value of one school, ready to be compared."""

    urn: int
    school_id: int
    year: int
    row: int
    value: Value


_Recorded = tuple[Decimal | None, str, Decimal | None, Decimal | None, int | None]


class ValueWriter:
    """Compares values with what is recorded and upserts the difference. Two queries for a few hundred schools.

    A value stays where its file is believed before the one these are of. One of lesser standing is replaced even by the
    same figure, so that what is final is known to be.
    """

    def __init__(self) -> None:
        self.indicators = dict(Indicator.objects.values_list("key", "pk"))

    def store(
        self,
        items: Sequence[Item],
        tally: Tally,
        *,
        write: bool,
        source_id: int | None,
        now: dt.datetime,
        rank: Standing = Standing.FINAL,
    ) -> None:
        recorded = self._recorded(items)
        rows: list[IndicatorValue] = []
        for item in items:
            value = item.value
            indicator_id = self.indicators.get(value.indicator, PENDING)
            new: _Recorded = (value.value, value.status, value.low, value.high, value.cohort)
            old, of = recorded.get((item.school_id, indicator_id, item.year, value.group), (None, rank))
            if of < rank:
                tally.outranked += 1
                continue
            tally.statuses[value.status] += 1
            if old is not None and (value.blank or (old == new and of == rank)):
                tally.unchanged += 1
                continue
            if old is None:
                tally.added += 1
            else:
                tally.changed += 1
            if write:
                rows.append(
                    IndicatorValue(
                        school_id=item.school_id,
                        indicator_id=indicator_id,
                        year=item.year,
                        group=value.group,
                        value=value.value,
                        status=value.status,
                        ci_low=value.low,
                        ci_high=value.high,
                        cohort=value.cohort,
                        source_id=source_id,
                        source_row=item.row,
                        recorded_at=now,
                    )
                )
        if rows:
            IndicatorValue.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["school", "indicator", "year", "group"],
                update_fields=[
                    "value",
                    "status",
                    "ci_low",
                    "ci_high",
                    "cohort",
                    "source",
                    "source_row",
                    "recorded_at",
                ],
            )

    def _recorded(self, items: Sequence[Item]) -> dict[tuple[int, int, int, str], tuple[_Recorded, Standing]]:
        ids = {item.school_id for item in items} - {PENDING}
        if not ids:
            return {}
        rows = IndicatorValue.objects.filter(
            school_id__in=ids,
            year__in={item.year for item in items},
            indicator_id__in={self.indicators.get(item.value.indicator, PENDING) for item in items},
        ).values_list(
            "school_id",
            "indicator_id",
            "year",
            "group",
            "value",
            "status",
            "ci_low",
            "ci_high",
            "cohort",
            "source__kind",
        )
        return {row[:4]: (row[4:9], standing(row[9])) for row in rows}


class MeasureStore(Store):
    def __init__(self, plan: Plan, scope: Scope, claims: Claims) -> None:
        super().__init__(plan, scope, claims)
        assert plan.values_year is not None
        self._year = plan.values_year
        self._parser = plan.measures()
        self._writer = ValueWriter()
        self._claimed = claims.values.setdefault(self._year, {})
        # Figures of rows that are no schools, the preferred row for each: few, and written at the end
        self._figures: dict[tuple[str, str, str, str], tuple[int, int, Value]] = {}

    def take(self, rows: Sequence[Row], *, write: bool) -> None:
        items: list[Item] = []
        for row in rows:
            self.tally.rows += 1
            record = self._parser.parse(row)
            problems = drained(self._parser.problems)
            if isinstance(record, SchoolValues):
                school_id = self.scope.schools.get(record.urn)
                if school_id is None:
                    self.unknown(record.row, "URN", record.urn, record.authority)
                    continue
                self.tally.schools += 1
                items += self._unclaimed(record, school_id)
            elif isinstance(record, ComparatorValues):
                self._figure(record)
            self.refuse(problems)
        if items:
            self._writer.store(
                items,
                self.tally,
                write=write,
                source_id=self.plan.row_id,
                now=self.scope.now,
                rank=self.plan.standing,
            )

    def skip(self, rows: Sequence[Row]) -> None:
        for row in rows:
            record = self._parser.parse(row)
            if isinstance(record, SchoolValues):
                school_id = self.scope.schools.get(record.urn)
                if school_id is not None:
                    for _ in self._unclaimed(record, school_id, count=False):
                        pass
            elif isinstance(record, ComparatorValues):
                self._figure(record)
        self._parser.problems.clear()

    def _unclaimed(self, record: SchoolValues, school_id: int, count: bool = True) -> Iterable[Item]:
        for value in record.values:
            if (value.indicator, value.group) in self.plan.shared_keys:
                key = (record.urn, value.indicator, value.group)
                said = self._claimed.get(key)
                # Where one file says nothing, another of the same standing may
                if said is not None and (said[0] < self.plan.standing or not said[1]):
                    self.tally.doubled += count
                    continue
                self._claimed[key] = (self.plan.standing, value.blank)
            yield Item(record.urn, school_id, self._year, record.row, value)

    def _figure(self, record: ComparatorValues) -> None:
        if record.comparator == Comparator.AUTHORITY and record.authority not in self.scope.authorities:
            return
        for value in record.values:
            if value.status != ValueStatus.PUBLISHED:
                continue
            key = (record.comparator, record.authority, value.indicator, value.group)
            present = self._figures.get(key)
            if present is None or record.preference < present[0]:
                self._figures[key] = (record.preference, record.row, value)

    def finish(self, *, write: bool) -> None:
        recorded = self._recorded_figures()
        for (comparator, code, indicator, group), (_, row, value) in self._figures.items():
            claim = (comparator, code, self._year, indicator, group)
            if claim in self.claims.comparators:
                self.tally.doubled += 1
                continue
            self.claims.comparators.add(claim)
            self.tally.comparators += 1
            authority_id = self.scope.authorities.get(code) if comparator == Comparator.AUTHORITY else None
            indicator_id = self._writer.indicators.get(indicator, PENDING)
            old = recorded.get((comparator, authority_id, indicator_id, group))
            rank = self.plan.standing
            of = standing(old.source.kind) if old is not None and old.source else Standing.FINAL
            if old is not None and of < rank:
                self.tally.outranked += 1
                continue
            if old is not None and old.value == value.value and of == rank:
                self.tally.unchanged += 1
                continue
            shared = comparator != Comparator.AUTHORITY and not self.scope.may_change_shared
            if old is not None and shared and of == rank:
                self._refuse_shared(row, indicator, old.value, value.value)
                continue
            if old is None:
                self.tally.added += 1
            else:
                self.tally.changed += 1
            if write:
                identity: dict[str, Any] = {"authority_id": authority_id, "school": None}
                ComparatorValue.objects.update_or_create(
                    indicator_id=indicator_id,
                    year=self._year,
                    group=group,
                    comparator=comparator,
                    **identity,
                    defaults={
                        "value": value.value,
                        "status": value.status,
                        "source_id": self.plan.row_id,
                        "source_row": row,
                        "recorded_at": self.scope.now,
                    },
                )

    def _recorded_figures(self) -> dict[tuple[str, int | None, int, str], ComparatorValue]:
        if not self._figures:
            return {}
        rows = ComparatorValue.objects.filter(year=self._year, school=None).select_related("source")
        return {(row.comparator, row.authority_id, row.indicator_id, row.group): row for row in rows}

    def _refuse_shared(self, row: int, indicator: str, old: Decimal | None, new: Decimal | None) -> None:
        message = (
            f"England’s figure is recorded as {(old or Decimal(0)).normalize():f}. It is shared with other authorities here, so "
            "only someone at the command line changes it (manage.py import_data)."
        )
        self.refuse([Problem(row, indicator, f"{(new or Decimal(0)).normalize():f}", message)])
