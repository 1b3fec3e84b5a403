"""Tests of single values. Values are decimals throughout, so that 64.5 is not below 64.5."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from categorisation.schema.conditions import Reference

from .facts import Status
from .run import Workshop
from .states import MET, NOT_KNOWN, NOT_MET, SET_ASIDE

if TYPE_CHECKING:
    from .readers import AnyPoint

Judge = Callable[[int, "AnyPoint"], tuple[int, Decimal | None]]
"""Of a year and its point: the state, and the reference the value was held against."""

Getter = Callable[[int, "AnyPoint"], Decimal | None]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "below": operator.lt,
    "at_most": operator.le,
    "above": operator.gt,
    "at_least": operator.ge,
}

STATE_WITHOUT_VALUE = {
    Status.SUPPRESSED: NOT_KNOWN,
    Status.NOT_IMPORTED: NOT_KNOWN,
    Status.UNKNOWN: NOT_KNOWN,
    Status.NOT_APPLICABLE: SET_ASIDE,
    Status.NOT_PRODUCED: SET_ASIDE,
}


def judge(shop: Workshop, test: str, reference: Reference) -> Judge:
    """The test of one year's value against the reference."""
    getter, absent = _getter(shop, reference)
    return judge_against(test, getter, absent)


def judge_against(test: str, getter: Getter, absent: int) -> Judge:
    """The same, for a reference already resolved. ``absent`` is the state where there is no reference that year."""
    if test in ("significantly_below", "significantly_above"):
        return _significant(test == "significantly_below", getter, absent)
    compare = _COMPARE[test]

    def one_year(year: int, point: AnyPoint) -> tuple[int, Decimal | None]:
        value = point.value
        if value is None:
            return STATE_WITHOUT_VALUE[point.status], None
        against = getter(year, point)
        if against is None:
            return absent, None
        return (MET if compare(value, against) else NOT_MET), against

    return one_year


def _significant(below: bool, getter: Getter, absent: int) -> Judge:
    """Significance by the confidence interval; a value on the right side of the reference needs none."""

    def one_year(year: int, point: AnyPoint) -> tuple[int, Decimal | None]:
        if point.value is None:
            return STATE_WITHOUT_VALUE[point.status], None
        against = getter(year, point)
        if against is None:
            return absent, None
        if point.value >= against if below else point.value <= against:
            return NOT_MET, against
        limit = point.ci_high if below else point.ci_low
        if limit is None:
            return NOT_KNOWN, against
        return (MET if (limit < against if below else limit > against) else NOT_MET), against

    return one_year


def _getter(shop: Workshop, reference: Reference) -> tuple[Getter, int]:
    """How to find the reference, and the state where there is none: a threshold that did not exist sets the test
    aside; a comparator that is merely not known leaves it open."""
    shift = constant(shop, reference)
    if reference.threshold is not None:
        table = {year: value + shift for year, value in shop.threshold(reference.threshold).items()}
        return (lambda year, point: table.get(year)), SET_ASIDE
    if reference.comparator is not None:
        return _comparator(reference.comparator, shift), NOT_KNOWN
    return (lambda year, point: shift), NOT_KNOWN


def constant(shop: Workshop, reference: Reference) -> Decimal:
    """What of a reference is the same every year: the figure itself, or what is added to a threshold or comparator."""
    shift = Decimal(0)
    if reference.plus:
        shift = shop.number(reference.plus)
    elif reference.minus:
        shift = -shop.number(reference.minus)
    return shift + (
        shop.number(reference.parameter) if reference.parameter else reference.value or Decimal(0)
    )


def _comparator(name: str, shift: Decimal) -> Getter:
    read: Callable[[AnyPoint], Decimal | None] = operator.attrgetter(name)
    if not shift:
        return lambda year, point: read(point)

    def shifted(year: int, point: AnyPoint) -> Decimal | None:
        against = read(point)
        return None if against is None else against + shift

    return shifted
