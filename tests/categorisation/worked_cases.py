"""The shipped documents, compiled with the national standards, and their worked cases."""

from __future__ import annotations

import functools
from decimal import Decimal
from pathlib import Path

from ruamel.yaml import YAML

from categorisation.cases import Case, cases_of
from categorisation.engine import CompiledFramework, SchoolFacts, Threshold, Thresholds, compile_framework
from categorisation.schema import Framework, load_yaml

ROOT = Path(__file__).parents[2]
FRAMEWORKS = ROOT / "categorisation" / "frameworks"
SLUGS = {"leeds": "leeds-2013", "leicester": "leicester-2007"}

NATIONAL = Thresholds(
    Threshold(row["key"], Decimal(str(row["value"])), row["first"], row.get("last"))
    for row in YAML(typ="safe", pure=True).load((ROOT / "schools/reference/thresholds.yaml").read_text())
)


@functools.cache
def framework(which: str) -> Framework:
    """A shipped document."""
    return load_yaml((FRAMEWORKS / f"{SLUGS[which]}.yaml").read_bytes())


@functools.cache
def compiled(which: str) -> CompiledFramework:
    """A shipped document, compiled with the national thresholds."""
    return compile_framework(framework(which), NATIONAL)


@functools.cache
def cases(which: str) -> tuple[Case, ...]:
    """Every worked case of a framework."""
    return cases_of(framework(which))


def base_school(which: str) -> SchoolFacts:
    """The school the cases start from."""
    return cases(which)[0].facts
