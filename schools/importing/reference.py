"""The reference data that ships with the product (schools/reference/*.yaml), as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parent.parent / "reference"
_CONFIDENCE = {"checked": "", "general": "not traced to a text"}


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    key: str
    name: str
    short_name: str
    family: str
    stage: str
    unit: str
    decimals: int
    better: str
    first_year: int | None
    last_year: int | None
    years_not_produced: tuple[int, ...]
    breaks: tuple[int, ...]
    description: str
    position: int


@dataclass(frozen=True, slots=True)
class ThresholdDefinition:
    key: str
    name: str
    indicator: str
    value: Decimal
    first_year: int
    last_year: int | None
    source: str


@dataclass(frozen=True, slots=True)
class NationalValue:
    indicator: str
    year: int
    group: str
    comparator: str
    value: Decimal
    source: str


@cache
def indicators() -> Mapping[str, IndicatorDefinition]:
    """Every indicator by key, in the order of the file."""
    return {
        entry["key"]: IndicatorDefinition(
            key=entry["key"],
            name=entry["name"],
            short_name=entry["short"],
            family=entry["family"],
            stage=entry.get("stage", ""),
            unit=entry["unit"],
            decimals=entry["decimals"],
            better=entry["better"],
            first_year=entry.get("first"),
            last_year=entry.get("last"),
            years_not_produced=tuple(entry.get("not_produced", ())),
            breaks=tuple(entry.get("breaks", ())),
            description=entry.get("description", ""),
            position=position,
        )
        for position, entry in enumerate(_read("indicators.yaml")["indicators"])
    }


@cache
def groups() -> Mapping[str, str]:
    """Learner groups a value may be for, and their names."""
    return dict(_read("indicators.yaml")["groups"])


@cache
def thresholds() -> tuple[ThresholdDefinition, ...]:
    return tuple(
        ThresholdDefinition(
            key=entry["key"],
            name=entry["name"],
            indicator=entry["indicator"],
            value=Decimal(str(entry["value"])),
            first_year=entry["first"],
            last_year=entry.get("last"),
            source=". ".join(part for part in (entry["source"], _CONFIDENCE[entry["confidence"]]) if part),
        )
        for entry in _read("thresholds.yaml")
    )


@cache
def national_values() -> tuple[NationalValue, ...]:
    """Published figures for England, each with the publication it is from."""
    return tuple(
        NationalValue(key, entry["year"], "all", comparator, Decimal(str(value)), entry["source"])
        for entry in _read("national.yaml")
        for comparator, figures in entry["figures"].items()
        for key, value in figures.items()
    )


def not_produced(indicator: str, year: int) -> bool:
    """Whether the measure did not exist, or was not published about schools, in the year starting in `year`."""
    known = indicators().get(indicator)
    return known is not None and (
        (known.first_year is not None and year < known.first_year)
        or (known.last_year is not None and year > known.last_year)
        or year in known.years_not_produced
    )


def _read(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(FOLDER / name)
