"""Which parameters differ between two documents, and which rules and areas rest on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from categorisation.engine.wording import amount
from categorisation.schema import Framework
from categorisation.schema.conditions import IndicatorCondition, InspectionCondition, MeasureCondition
from categorisation.schema.document import Parameter

_NAMED_IN: Final = (
    "parameter", "plus", "minus", "by", "features", "years", "each_of_last", "any_of_last", "over_last",
)  # fmt: skip

_BEHIND_FIGURES: Final = ("small_cohort", "stale_after_years")  # the engine asks them of every figure


def parameter_changes(before: Framework, after: Framework) -> dict[str, str]:
    """Parameters whose value in force differs, in words: “Level, for percentages: 3 points instead of 1 point”."""
    old = {item.key: item for item in before.parameters}
    found = {}
    for item in after.parameters:
        was = old.get(item.key)
        if was is not None and was.in_force != item.in_force:
            found[item.key] = f"{item.title}: {parameter_value(item)} instead of {parameter_value(was)}"
    return found


def parameter_value(parameter: Parameter) -> str:
    """A parameter's value in force as people write it."""
    value = parameter.in_force
    if isinstance(value, str):
        return value.replace("_", " ")
    text = amount(value, parameter.unit)
    return text.removesuffix("s") if abs(value) == 1 else text


def parameters_of(document: Framework, part: BaseModel) -> Iterator[str]:
    """Keys of the parameters that a rule or an area rests on, through the measures and indicators it speaks of."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name in _NAMED_IN and isinstance(value, str):
            yield value
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, BaseModel):
                yield from parameters_of(document, item)
    if isinstance(part, IndicatorCondition):
        yield from (item.flat for item in document.indicators if item.key == part.indicator and item.flat)
        yield from _BEHIND_FIGURES
    elif isinstance(part, MeasureCondition):
        measure = next(item for item in document.measures if item.key == part.measure)
        indicators = {source.indicator for strand in measure.strands for source in strand.sources}
        yield from (item.flat for item in document.indicators if item.key in indicators and item.flat)
        yield from parameters_of(document, measure)
        yield from _BEHIND_FIGURES
    elif isinstance(part, InspectionCondition):
        yield document.inspections.report_card_below
