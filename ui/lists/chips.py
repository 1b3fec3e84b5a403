"""Chips: what a list is narrowed by, each with the address that takes just that away."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import QueryDict

from ui.forms import parameters
from ui.lists.columns import shown


@dataclass(frozen=True, slots=True)
class Chip:
    name: str
    value: str
    href: str


def address(params: QueryDict, without: Iterable[str] = (), **changed: Any) -> str:
    """`?…` with some parameters left out or changed. Any change but the page's own starts again at the first page."""
    kept = params.copy()
    for key in ("page", "export", *without):
        kept.pop(key, None)
    for key, value in changed.items():
        kept[key] = str(value)
    for key in [key for key in kept if not any(kept.getlist(key))]:
        del kept[key]
    return f"?{kept.urlencode()}" if kept else "?"


def keys(form: BaseForm) -> set[str]:
    """Every parameter the form reads."""
    return {key for field in form for key in _keys(field)}


def of(params: QueryDict, form: BaseForm) -> tuple[Chip, ...]:
    """A chip for each value a filter is set to. A value that could not be read is no filter, so it has no chip."""
    form.is_valid()
    found: list[Chip] = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value is None or value == "" or not _given(params, field):
            continue
        texts = dict(_choices(field))
        names = params.getlist(field.html_name)
        if texts and names:
            found += [
                Chip(str(field.label), texts[one], _without_value(params, field.html_name, one))
                for one in dict.fromkeys(names)
                if one and one in texts
            ]
        else:
            found.append(Chip(str(field.label), _said(value), address(params, without=_keys(field))))
    return tuple(found)


def _keys(field: BoundField) -> list[str]:
    """The parameters a field is read from; a date may also come as one ISO text under the field's own name."""
    return [field.html_name, *parameters.part_names(field)]


def _given(params: QueryDict, field: BoundField) -> bool:
    return any(any(params.getlist(key)) for key in _keys(field))


def _choices(field: BoundField) -> Iterable[tuple[str, str]]:
    for value, text in getattr(field.field, "choices", ()):
        if isinstance(text, list | tuple):
            yield from ((str(v), str(t)) for v, t in text)
        else:
            yield str(value), str(text)


def _without_value(params: QueryDict, key: str, value: str) -> str:
    kept = params.copy()
    kept.setlist(key, [one for one in params.getlist(key) if one != value])
    return address(kept)


def _said(value: Any) -> str:
    if isinstance(value, slice):
        low, high = value.start, value.stop
        if low is None or high is None:
            return f"from {shown(low)}" if high is None else f"up to {shown(high)}"
        return f"{shown(low)} to {shown(high)}"
    return str(shown(value))
