"""Which framework an authority works to on a day, compiled and ready to evaluate.

A document never changes under its hash, so what is compiled is kept for the life of the process.
"""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from accounts.models import Authority
from categorisation.engine import CompiledFramework, Threshold, Thresholds, compile_framework
from categorisation.models import FrameworkChoice, FrameworkVersion
from categorisation.schema import load_data
from schools.models import Threshold as NationalThreshold

_Rows = tuple[tuple[str, str, int, int | None], ...]


def version_for(authority: Authority, on: dt.date) -> FrameworkVersion | None:
    """The version in force for the authority, or None where it has chosen no framework. Two queries."""
    choice = FrameworkChoice.objects.filter(authority=authority, start_on__lte=on).first()
    return FrameworkVersion.objects.in_force(choice.slug, on, authority.pk).first() if choice else None


def compiled(version: FrameworkVersion) -> CompiledFramework:
    """The version compiled with the national thresholds held now. One query."""
    rows = NationalThreshold.objects.order_by("key", "first_year").values_list(
        "key", "value", "first_year", "last_year"
    )
    return _compiled(
        version.sha256, tuple((key, str(value), first, last) for key, value, first, last in rows)
    )


@lru_cache(maxsize=32)
def _compiled(sha256: str, rows: _Rows) -> CompiledFramework:
    document = load_data(FrameworkVersion.objects.filter(sha256=sha256)[0].document)
    thresholds = Thresholds(Threshold(key, Decimal(value), first, last) for key, value, first, last in rows)
    return compile_framework(document, thresholds)
