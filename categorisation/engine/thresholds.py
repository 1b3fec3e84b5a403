"""National thresholds (floor standards and the like): reference data that the caller brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True, slots=True)
class Threshold:
    """A national threshold and the academic years in which it held; ``to_year`` None means it still does."""

    key: str
    value: Decimal
    from_year: int
    to_year: int | None = None


class Thresholds:
    """National thresholds by key and academic year."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Iterable[Threshold] = ()) -> None:
        self._rows = tuple(rows)

    def by_year(self, key: str) -> dict[int, Decimal]:
        """The value in each year the threshold held. Raises ``ValueError`` if two values hold in one year."""
        found: dict[int, Decimal] = {}
        for row in self._rows:
            if row.key == key:
                for year in range(row.from_year, (row.to_year or LAST_YEAR) + 1):
                    if year in found:
                        raise ValueError(f"two national thresholds “{key}” hold in {year}")
                    found[year] = row.value
        return found
