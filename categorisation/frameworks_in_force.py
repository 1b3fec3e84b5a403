"""Which framework an authority works to on a day, compiled and ready to evaluate.

A document never changes under its hash, so what is compiled is kept for the life of the process.
"""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from accounts.models import Authority
from categorisation.engine import CompiledFramework, Threshold, Thresholds, compile_framework
from categorisation.models import FrameworkChoice, FrameworkVersion
from categorisation.schema import load_data
from schools.models import Threshold as NationalThreshold

ThresholdRows = tuple[tuple[str, str, int, int | None], ...]


def version_for(authority: Authority, on: dt.date) -> FrameworkVersion | None:
    """The version in force for the authority, or None where it has chosen no framework. Two queries."""
    choice = FrameworkChoice.objects.filter(authority=authority, start_on__lte=on).first()
    return FrameworkVersion.objects.in_force(choice.slug, on, authority.pk).first() if choice else None


def compiled(version: FrameworkVersion) -> CompiledFramework:
    """The version compiled with the national thresholds held now. One query."""
    return compiled_with(version, national_thresholds())


def national_thresholds() -> ThresholdRows:
    """Every national threshold held: key, value, first and last academic year (None: it still holds). One query."""
    rows = NationalThreshold.objects.order_by("key", "first_year").values_list(
        "key", "value", "first_year", "last_year"
    )
    return tuple((key, str(value), first, last) for key, value, first, last in rows)


def compiled_with(version: FrameworkVersion, thresholds: ThresholdRows) -> CompiledFramework:
    """The version compiled with these national thresholds. One query the first time."""
    return _compiled(version.sha256, thresholds)


@lru_cache(maxsize=32)
def _compiled(sha256: str, rows: ThresholdRows) -> CompiledFramework:
    document = load_data(FrameworkVersion.objects.filter(sha256=sha256)[0].document)
    thresholds = Thresholds(Threshold(key, Decimal(value), first, last) for key, value, first, last in rows)
    return compile_framework(document, thresholds)


def compiled_document(document: Mapping[str, Any]) -> CompiledFramework:
    """A document that is no version's, such as a draft's, as plain data. Raises DocumentError with every fault.
    One query."""
    return _compiled_text(json.dumps(document), national_thresholds())


@lru_cache(maxsize=16)
def _compiled_text(text: str, rows: ThresholdRows) -> CompiledFramework:
    thresholds = Thresholds(Threshold(key, Decimal(value), first, last) for key, value, first, last in rows)
    return compile_framework(load_data(json.loads(text)), thresholds)


def circumstances_asked(authority: Authority, on: dt.date) -> list[str] | None:
    """The kinds of circumstance the policy in force asks about; None where the authority works to none. Two queries."""
    version = version_for(authority, on)
    return [item["key"] for item in version.document.get("circumstances", ())] if version else None
