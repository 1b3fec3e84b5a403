"""Documentation of the document format, written from the models so that it cannot go stale."""

from __future__ import annotations

import inspect
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from .document import Framework


def schema_markdown() -> str:
    """The whole schema as Markdown: one section a model, in the order in which a reader meets them."""
    lines = [
        "# The framework document",
        "",
        "Generated from the models of `categorisation/schema`; do not edit.",
        "",
        "Academic years are given by the year they start in: 2017 is 1 August 2017 to 31 July 2018.",
        "",
    ]
    for model in _models(Framework):
        lines += _section(model)
    return "\n".join(lines).rstrip() + "\n"


def _models(start: type[BaseModel]) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    waiting = [start]
    while waiting:
        model = waiting.pop(0)
        if model in found:
            continue
        found.append(model)
        for field in model.model_fields.values():
            waiting += _models_in(field.annotation)
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]


def _section(model: type[BaseModel]) -> list[str]:
    lines = [f"## {model.__name__}", "", inspect.cleandoc(model.__doc__ or ""), ""]
    lines += ["| Field | Holds | Needed | |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        needed = "yes" if field.is_required() else _default(field)
        lines.append(f"| `{name}` | {_holds(field.annotation)} | {needed} | {field.description or ''} |")
    return [*lines, ""]


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value is PydanticUndefined or value == ():
        return "no"
    return "no" if isinstance(value, BaseModel) else f"no: `{value}`"


def _holds(annotation: Any) -> str:
    arguments = [item for item in get_args(annotation) if item is not type(None) and item is not Ellipsis]
    origin = getattr(annotation, "__origin__", None)
    if isinstance(annotation, type) and origin is None:
        return (
            f"[{annotation.__name__}](#{annotation.__name__.lower()})"
            if annotation.__module__.startswith("categorisation")
            else {"str": "text", "int": "whole number", "bool": "true or false", "Decimal": "number"}.get(
                annotation.__name__, annotation.__name__
            )
        )
    if origin is tuple:
        return "list of " + " or ".join(dict.fromkeys(_holds(item) for item in arguments))
    if getattr(origin, "__name__", str(origin)) == "Literal" or "Literal" in str(annotation).split("[")[0]:
        return ", ".join(f"`{item}`" for item in arguments)
    return " or ".join(dict.fromkeys(_holds(item) for item in arguments if not _is_metadata(item)))


def _is_metadata(item: Any) -> bool:
    return isinstance(item, FieldInfo) or type(item).__name__ == "StringConstraints"
