"""Reading and writing framework documents as YAML.

There is one canonical form, so that a document exported twice gives the same bytes: fields in the order of the
schema, defaults left out, lines folded at a fixed width, no comments and no aliases.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.representer import SafeRepresenter

from .checking import Fault, check_references
from .document import Framework

WIDTH = 110


class DocumentError(ValueError):
    """A document that cannot be used. ``faults`` holds every fault found, each with its place."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def load_yaml(text: str | bytes) -> Framework:
    """The framework in this YAML text; raises ``DocumentError`` with all faults at once."""
    try:
        data = _yaml().load(text)
    except YAMLError as error:
        raise DocumentError([_yaml_fault(error)]) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        # A date that is none, a number beyond all bounds, lists in lists in lists
        raise DocumentError(
            [Fault("document", "the file holds a date, a number or a nesting that cannot be read")]
        ) from error
    return load_data(data)


def load_data(data: Any) -> Framework:
    """The framework in plain data (as from YAML or JSON); raises ``DocumentError`` with all faults at once."""
    if not isinstance(data, dict):
        raise DocumentError([Fault("document", "the file must hold one framework document")])
    try:
        document = Framework.model_validate(data)
    except ValidationError as error:
        raise DocumentError(part_faults(data, error)) from error
    faults = check_references(document)
    if faults:
        raise DocumentError(faults)
    return document


def dump_yaml(document: Framework) -> bytes:
    """The document in canonical form, UTF-8."""
    out = StringIO()
    _yaml().dump(to_data(document), out)
    return out.getvalue().encode()


def to_data(part: BaseModel) -> dict[str, Any]:
    """Plain data of a document or a part of it: fields in schema order, those at their default left out."""
    data: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if field.is_required() or value != field.default:
            data[name] = _plain(value)
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return to_data(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


class _Representer(SafeRepresenter):
    """Short lists of numbers and keys on one line; everything else in block form; no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_list(self, data: Any) -> Any:
        words = [
            item
            for item in data
            if isinstance(item, int | str) and len(str(item)) < 30 and " " not in str(item)
        ]
        flow = len(words) == len(data) and sum(len(str(item)) + 2 for item in data) < WIDTH - 30
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flow)


_Representer.add_representer(list, _Representer.represent_list)
_Representer.add_representer(
    date, lambda self, data: self.represent_scalar("tag:yaml.org,2002:timestamp", data.isoformat())
)


class _Composer(Composer):
    """No aliases: a small file could otherwise stand for a document without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.parser.check_event(AliasEvent):
            mark = self.parser.peek_event().start_mark
            raise ComposerError(None, None, "aliases are not used in framework documents", mark)
        return super().compose_node(parent, index)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # declared as None
    yaml.allow_unicode = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _yaml_fault(error: YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "document"
    return Fault(place, getattr(error, "problem", None) or str(error))


def part_faults(data: Any, error: ValidationError) -> list[Fault]:
    """The faults of a document or a part of it, each with its place in the data."""
    return sorted(_fault(data, item) for item in error.errors())


def _fault(data: Any, item: Any) -> Fault:
    message = str(item["msg"]).removeprefix("Value error, ")
    return Fault(_place(data, item["loc"]), message)


def _place(data: Any, location: tuple[int | str, ...]) -> str:
    """A path with the keys of list items instead of their numbers: ``rules.below_floor.when``."""
    names: list[str] = []
    passed = False
    for step in location:
        if isinstance(data, dict):
            # Pydantic puts the kind of a condition into the path, except where there is one kind only; people do not
            # look for it there. A field may have the same name as the kind, so only the first is left out.
            if step == data.get("kind") and not passed and names[-2:-1] != ["and_any"]:
                passed = True
                continue
            passed = False
            names.append(str(step))
            data = data.get(step)
        elif isinstance(data, list | tuple) and isinstance(step, int):
            data = data[step] if step < len(data) else None
            key = data.get("key") if isinstance(data, dict) else None
            names.append(str(key or step + 1))
        else:
            names.append(str(step))
            data = None
    return ".".join(names) or "document"
