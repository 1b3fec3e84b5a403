"""What a browser posts for the forms of the editor."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from categorisation.drafting import places
from categorisation.forms.drafts import ClauseForm
from categorisation.forms.drafts.builder import Rows


def posted(form: ClauseForm, **changes: Any) -> QueryDict:
    """Everything that stands in the form's boxes, as a browser would send it; `changes` typed over it."""
    found: dict[str, Any] = dict(_fields(form.fields))
    for builder in form.builders:
        found |= dict(_rows(builder.rows))
    data = QueryDict(mutable=True)
    for name, value in {**found, **changes}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def _fields(form: Any) -> Iterator[tuple[str, Any]]:
    for name, field in form.fields.items():
        bound = form[name]
        value = bound.value()
        if isinstance(field.widget, forms.CheckboxInput):
            if value:
                yield bound.html_name, "on"
        elif isinstance(value, list):
            yield bound.html_name, [str(item) for item in value]
        else:
            yield bound.html_name, "" if value is None else str(value)


def _rows(rows: Rows) -> Iterator[tuple[str, Any]]:
    yield from _fields(rows.match)
    for row in rows.rows:
        yield f"{row.prefix}-kind", row.kind
        if row.form:
            yield f"{row.prefix}-shown", row.kind
            yield from _fields(row.form)
        if row.carried:
            yield f"{row.prefix}-kept", row.carried_text
        if row.rows:
            yield from _rows(row.rows)


def clauses(data: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every clause of a document with its place."""
    for name, value in data.items():
        inner = f"{place}.{name}" if place else name
        try:
            _, is_list = places.shape_of(inner)
        except places.UnknownPlace:
            continue
        if not is_list:
            yield inner, value
            yield from clauses(value, inner)
            continue
        for number, item in enumerate(value, 1):
            here = f"{inner}.{places.name_of(item, number)}"
            yield here, item
            yield from clauses(item, here)
