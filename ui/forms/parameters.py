"""A bound field as a GOV.UK component's name and parameters."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString

from ui import components
from ui.forms.dates import PARTS, DateWidget

Params = dict[str, Any]
Render = Callable[[BoundField], str]

# Attributes the components set themselves. `maxlength` would cut what people paste without telling them.
_OURS = frozenset(
    [
        "autocomplete",
        "class",
        "cols",
        "id",
        "inputmode",
        "max",
        "maxlength",
        "min",
        "minlength",
        "required",
        "rows",
        "step",
    ]
)
_RANGE_ENDS = {"min": "From", "max": "To", "after": "From", "before": "To"}


def of(field: BoundField, render: Render) -> tuple[str, Params]:
    """Name and parameters of the field's component; `render` prints the fields that its choices reveal."""
    widget = field.field.widget
    # CheckboxSelectMultiple is a RadioSelect to Python, and both are Selects.
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes", _choices(field, "checkboxes", render)
    if isinstance(widget, forms.RadioSelect):
        return "radios", _choices(field, "radios", render)
    if isinstance(widget, forms.SelectMultiple):
        return "checkboxes", _choices(field, "checkboxes", render)
    if isinstance(widget, forms.Select):
        return "select", _select(field)
    if isinstance(widget, forms.CheckboxInput):
        return "checkboxes", _checkbox(field, render)
    if isinstance(widget, DateWidget):
        return "date-input", _date(field)
    if isinstance(widget, forms.MultiWidget):
        return "fieldset", _several(field, widget)
    if isinstance(widget, forms.Textarea):
        return _textarea(field)
    if isinstance(widget, forms.FileInput):
        return "file-upload", _file(field)
    if isinstance(widget, forms.PasswordInput):
        return "password-input", _password(field)
    return "input", _input(field)


def id_of(field: BoundField) -> str:
    return field.auto_id or field.html_name


def _label(field: BoundField) -> str:
    form = field.form
    optional = getattr(form, "mark_optional", False) and not field.field.required
    return f"{field.label} (optional)" if optional else str(field.label)


def _common(field: BoundField) -> Params:
    params: Params = {"id": id_of(field), "name": field.html_name}
    if field.help_text:
        params["hint"] = {"text": field.help_text}
    if field.errors:
        params["errorMessage"] = {"text": " ".join(str(error) for error in field.errors)}
    attrs = {key: value for key, value in field.field.widget.attrs.items() if key not in _OURS}
    if attrs:
        params["attributes"] = {
            key: {"value": value, "optional": True} if isinstance(value, bool) else value
            for key, value in attrs.items()
        }
    if field.field.widget.attrs.get("class"):
        params["classes"] = field.field.widget.attrs["class"]
    if field.field.disabled:
        params["disabled"] = True
    return params


def _labelled(field: BoundField) -> Params:
    return {**_common(field), "label": {"text": _label(field), "classes": "govuk-label--s"}}


def _grouped(field: BoundField) -> Params:
    return {
        **_common(field),
        "fieldset": {"legend": {"text": _label(field), "classes": "govuk-fieldset__legend--s"}},
    }


def _input(field: BoundField) -> Params:
    widget = field.field.widget
    params = _labelled(field)
    value = widget.format_value(field.value()) if hasattr(widget, "format_value") else field.value()
    if value not in (None, ""):
        params["value"] = str(value)
    params["autocomplete"] = widget.attrs.get("autocomplete")
    if isinstance(widget, forms.EmailInput):
        params.update(type="email", spellcheck=False)
        params["autocomplete"] = params["autocomplete"] or "email"
    elif isinstance(widget, forms.URLInput):
        params.update(type="url", spellcheck=False)
    elif isinstance(widget, forms.NumberInput):
        # Text, as GOV.UK advises: number boxes change under the mouse wheel and swallow what they cannot read.
        whole = not isinstance(field.field, forms.DecimalField | forms.FloatField)
        params.update(spellcheck=False, inputmode="numeric" if whole else "decimal")
        params.setdefault("classes", "govuk-input--width-5")
    params["inputmode"] = widget.attrs.get("inputmode") or params.get("inputmode")
    return params


def _textarea(field: BoundField) -> tuple[str, Params]:
    params = _labelled(field)
    params["rows"] = field.field.widget.attrs.get("rows") if _rows_set(field) else None
    params["value"] = _verbatim(field.value())
    limit = getattr(field.field, "max_length", None)
    if limit is None:
        return "textarea", params
    params.update(maxlength=limit, threshold=50)
    return "character-count", params


def _rows_set(field: BoundField) -> bool:
    """Whether the form says how tall the box is: Django's own default of ten rows is nobody's wish."""
    return str(field.field.widget.attrs.get("rows")) != "10"


def _verbatim(value: Any) -> SafeString:
    """Text for a <textarea> whose line breaks survive the components' indentation and the parser's first-line rule."""
    text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("\n"):
        text = "\n" + text
    return SafeString(escape(text).replace("\n", "&#10;"))


def _password(field: BoundField) -> Params:
    params = _labelled(field)
    params["autocomplete"] = field.field.widget.attrs.get("autocomplete")
    return params


def _file(field: BoundField) -> Params:
    params = _labelled(field)
    params["multiple"] = bool(getattr(field.field.widget, "allow_multiple_selected", False))
    return params


def _select(field: BoundField) -> Params:
    params = _labelled(field)
    chosen = _chosen(field)
    items: list[Params] = []
    for value, text, group in _options(field):
        if group and (not items or items[-1].get("group") != group):
            items.append({"text": group, "disabled": True, "value": "", "group": group})
        items.append({"value": value, "text": text, "selected": value in chosen, "group": group})
    params["items"] = items
    return params


def _choices(field: BoundField, kind: str, render: Render) -> Params:
    params = _grouped(field)
    params["idPrefix"] = params.pop("id")
    chosen = _chosen(field)
    hints = getattr(field.form, "item_hints", {}).get(field.name, {})
    items: list[Params] = []
    for index, (value, text, _group) in enumerate(_options(field)):
        item: Params = {
            "id": f"{id_of(field)}_{index}",
            "value": value,
            "text": text,
            "checked": value in chosen,
        }
        if field.field.disabled:
            item["disabled"] = True
        if value in hints:
            item["hint"] = {"text": hints[value]}
        item["conditional"] = _revealed(field, value, render)
        items.append(item)
    params["items"] = items
    if getattr(field.form, "small", False):
        params["classes"] = f"govuk-{kind}--small"
    return params


def _revealed(field: BoundField, value: str, render: Render) -> Params | None:
    names = getattr(field.form, "reveals", {}).get((field.name, value))
    return {"html": SafeString("".join(render(field.form[name]) for name in names))} if names else None


def _checkbox(field: BoundField, render: Render) -> Params:
    params = _common(field)
    params["idPrefix"] = params.pop("id")
    item: Params = {
        "id": id_of(field),
        "value": "on",
        "text": str(field.label),
        "checked": field.field.widget.check_test(field.value()),
    }
    hint = params.pop("hint", None)
    if hint:
        item["hint"] = hint
    item["conditional"] = _revealed(field, "on", render)
    if field.field.disabled:
        item["disabled"] = True
    params["items"] = [item]
    return params


def _date(field: BoundField) -> Params:
    params = _grouped(field)
    params["fieldset"]["role"] = "group"
    wrong = wrong_parts(field)
    values = dict(zip(PARTS, DateWidget.shown(field.value()), strict=True))
    items = []
    for part, width in (("day", 2), ("month", 2), ("year", 4)):
        item: Params = {
            "id": f"{id_of(field)}_{part}",
            "name": f"{field.html_name}_{part}",
            "label": part.capitalize(),
            "classes": f"govuk-input--width-{width}",
            "error": part in wrong,
            "value": values[part],
        }
        if part == "month" and values[part] and not values[part].isdigit():
            item["inputmode"] = "text"
        items.append(item)
    params["items"] = items
    params.pop("name")
    return params


def _several(field: BoundField, widget: forms.MultiWidget) -> Params:
    """One value from several boxes, such as the two ends of a range, in a fieldset of its own."""
    values = field.value()
    if not isinstance(values, list | tuple):
        values = widget.decompress(values)
    describedby = [
        f"{id_of(field)}_{part}"
        for part, given in (("helptext", field.help_text), ("error", field.errors))
        if given
    ]
    inside = ""
    if field.help_text:
        inside += components.render("hint", {"id": describedby[0], "text": field.help_text})
    if field.errors:
        inside += components.render(
            "error-message", {"id": describedby[-1], "text": " ".join(map(str, field.errors))}
        )
    for number, (name, one) in enumerate(zip(part_names(field), widget.widgets, strict=True)):
        value = values[number] if number < len(values) else None
        label = _RANGE_ENDS.get(name.rsplit("_", 1)[-1], f"{field.label} {number + 1}")
        inside += components.render(
            "input",
            {
                "id": f"{id_of(field)}_{number}",
                "name": name,
                "label": {"text": label},
                "value": None if value in (None, "") else str(one.format_value(value)),
                "classes": "govuk-input--width-10" + (" govuk-input--error" if field.errors else ""),
            },
        )
    return {
        "role": "group",
        "legend": {"text": _label(field), "classes": "govuk-fieldset__legend--s"},
        "describedBy": " ".join(describedby) or None,
        "html": SafeString(inside),
    }


def part_names(field: BoundField) -> list[str]:
    """The names a field's boxes are posted under: one, three of a date, or as many as a widget of several has."""
    widget = field.field.widget
    name = field.html_name
    if isinstance(widget, DateWidget):
        return [f"{name}_{part}" for part in PARTS]
    if hasattr(widget, "suffixes"):  # django-filter's ranges
        return [widget.suffixed(name, suffix) for suffix in widget.suffixes]
    if isinstance(widget, forms.MultiWidget):
        return [name + suffix for suffix in widget.widgets_names]  # type: ignore[attr-defined]
    return [name]


def wrong_parts(field: BoundField) -> tuple[str, ...]:
    """Which boxes of a date are at fault; all of them when the error does not say."""
    if not field.errors:
        return ()
    for error in field.errors.as_data():
        if isinstance(error.params, dict) and "parts" in error.params:
            return tuple(error.params["parts"])
    return PARTS


def _options(field: BoundField) -> list[tuple[str, str, str]]:
    """(value, text, name of its group) of each choice, groups in a row."""
    options = []
    for value, text in field.field.widget.choices:
        if isinstance(text, list | tuple):
            options += [(_text(v), str(t), str(value)) for v, t in text]
        else:
            options.append((_text(value), str(text), ""))
    return options


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _chosen(field: BoundField) -> set[str]:
    values = field.field.widget.format_value(field.value())
    return set(values) if isinstance(values, list) else {values}
