"""A bound field as GOV.UK parameters: which component, and what to tell it."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.html import escape
from django.utils.safestring import SafeString

from ui import components
from ui.forms.dates import PARTS, DateWidget

Params = dict[str, Any]


def render_field(field: BoundField) -> SafeString:
    """The component of one field, with its label, hint and errors. A field revealed by a choice prints nothing here."""
    if field.name in _revealed(field.form):
        return SafeString("")
    return _render(field)


def _render(field: BoundField) -> SafeString:
    if field.is_hidden:
        return SafeString(str(field))
    name, params = _component(field)
    params = _merged(params, getattr(field.field, "govuk_params", {}))
    params = _merged(params, getattr(field.form, "params", {}).get(field.name, {}))
    return _with_django_ids(components.render(name, params), field.auto_id)


def _with_django_ids(html: str, auto_id: str) -> SafeString:
    """GOV.UK's `-hint` and `-error` as Django's `_helptext` and `_error`, in ids and references only.

    Text people typed is escaped, so it holds no raw quotation mark and cannot look like an attribute here.
    """
    own = re.escape(auto_id)

    def renamed(match: re.Match[str]) -> str:
        ids = match[2].split()
        names = {f"{auto_id}-hint": f"{auto_id}_helptext", f"{auto_id}-error": f"{auto_id}_error"}
        return f'{match[1]}="{" ".join(names.get(id_, id_) for id_ in ids)}"'

    return SafeString(
        re.sub(rf'\b(id|aria-describedby)="([^"]*\b{own}-(?:hint|error)\b[^"]*)"', renamed, html)
    )


def _component(field: BoundField) -> tuple[str, Params]:
    widget = field.field.widget
    # CheckboxSelectMultiple is a RadioSelect to Python, and both are Selects.
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes", _choices(field)
    if isinstance(widget, forms.RadioSelect):
        return "radios", _choices(field)
    if isinstance(widget, forms.SelectMultiple):
        return "checkboxes", _choices(field)
    if isinstance(widget, forms.Select):
        return "select", _select(field)
    if isinstance(widget, forms.CheckboxInput):
        return "checkboxes", _checkbox(field)
    if isinstance(widget, DateWidget):
        return "date-input", _date(field)
    if isinstance(widget, forms.Textarea):
        return _textarea(field)
    if isinstance(widget, forms.FileInput):
        return "file-upload", _file(field)
    if isinstance(widget, forms.PasswordInput):
        return "password-input", _password(field)
    return "input", _input(field)


def _label(field: BoundField) -> str:
    form = field.form
    optional = getattr(form, "mark_optional", False) and not field.field.required
    return f"{field.label} (optional)" if optional else str(field.label)


def _common(field: BoundField) -> Params:
    params: Params = {"id": field.auto_id, "name": field.html_name}
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


# Attributes the components set themselves. `maxlength` would cut what people paste without telling them.
_OURS = {
    "class",
    "rows",
    "cols",
    "autocomplete",
    "inputmode",
    "id",
    "maxlength",
    "minlength",
    "required",
    "step",
}


def _labelled(field: BoundField) -> Params:
    return {**_common(field), "label": {"text": _label(field)}}


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
        whole = isinstance(field.field, forms.IntegerField) and type(field.field) is forms.IntegerField
        params.update(spellcheck=False, inputmode="numeric" if whole else "decimal")
        params.setdefault("classes", "govuk-input--width-5")
        for limit in ("min", "max"):
            params.get("attributes", {}).pop(limit, None)
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


def _choices(field: BoundField) -> Params:
    params = _grouped(field)
    params["idPrefix"] = params.pop("id")
    chosen = _chosen(field)
    hints = getattr(field.form, "item_hints", {}).get(field.name, {})
    items: list[Params] = []
    for index, (value, text, _group) in enumerate(_options(field)):
        if value == "" and not isinstance(field.field.widget, forms.RadioSelect):
            continue
        item: Params = {
            "id": f"{field.auto_id}_{index}",
            "value": value,
            "text": text,
            "checked": value in chosen,
        }
        if field.field.disabled:
            item["disabled"] = True
        if value in hints:
            item["hint"] = {"text": hints[value]}
        shown = getattr(field.form, "reveals", {}).get((field.name, value))
        if shown:
            item["conditional"] = {"html": SafeString("".join(_render(field.form[name]) for name in shown))}
        items.append(item)
    params["items"] = items
    return params


def _checkbox(field: BoundField) -> Params:
    params = _common(field)
    params["idPrefix"] = params.pop("id")
    item: Params = {
        "id": field.auto_id,
        "value": "on",
        "text": str(field.label),
        "checked": field.field.widget.check_test(field.value()),
    }
    hint = params.pop("hint", None)
    if hint:
        item["hint"] = hint
    shown = getattr(field.form, "reveals", {}).get((field.name, "on"))
    if shown:
        item["conditional"] = {"html": SafeString("".join(_render(field.form[name]) for name in shown))}
    if field.field.disabled:
        item["disabled"] = True
    params["items"] = [item]
    return params


def _date(field: BoundField) -> Params:
    params = _grouped(field)
    params["fieldset"]["role"] = "group"
    wrong = _wrong_parts(field)
    values = dict(zip(PARTS, DateWidget.shown(field.value()), strict=True))
    items = []
    for part, width in (("day", 2), ("month", 2), ("year", 4)):
        classes = f"govuk-input--width-{width}" + (" govuk-input--error" if part in wrong else "")
        item: Params = {
            "id": f"{field.auto_id}_{part}",
            "name": f"{field.html_name}_{part}",
            "label": part.capitalize(),
            "classes": classes,
            "value": values[part],
        }
        if part == "month" and values[part] and not values[part].isdigit():
            item["inputmode"] = "text"
        items.append(item)
    params["items"] = items
    params.pop("name")
    return params


def _wrong_parts(field: BoundField) -> tuple[str, ...]:
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
    value = field.value()
    values = value if isinstance(value, list | tuple | set) or hasattr(value, "values_list") else [value]
    prepare = getattr(field.field, "prepare_value", lambda v: v)
    return {_text(prepare(one)) for one in values}


def _revealed(form: forms.BaseForm) -> set[str]:
    return {name for names in getattr(form, "reveals", {}).values() for name in names}


def _merged(base: Params, over: Mapping[str, Any]) -> Params:
    merged = dict(base)
    for key, value in over.items():
        merged[key] = (
            _merged(merged[key], value)
            if isinstance(value, Mapping) and isinstance(merged.get(key), dict)
            else value
        )
    return merged


def first_input(field: BoundField) -> str:
    """Id of the field's first input, which an error links to."""
    widget = field.field.widget
    if isinstance(widget, DateWidget):
        wrong = _wrong_parts(field)
        return f"{field.auto_id}_{wrong[0] if wrong else 'day'}"
    if isinstance(widget, forms.RadioSelect | forms.SelectMultiple):
        return f"{field.auto_id}_0"
    return field.auto_id


def error_summary(*forms_: Any) -> SafeString:
    """GOV.UK's error summary over forms and formsets; empty when there is nothing wrong.

    A form is summarised once: base.html does it above the heading for every form among the page's variables, and
    {% crispy_form %} for those it could not find there.
    """
    items: list[Params] = []
    for form in forms_:
        if getattr(form, "summarised", False):
            continue
        form.summarised = True
        if isinstance(form, BaseFormSet):
            items += [{"text": str(error)} for error in form.non_form_errors()]
            for one in form.forms:
                items += _errors(one)
        else:
            items += _errors(form)
    if not items:
        return SafeString("")
    return components.render("error-summary", {"titleText": "There is a problem", "errorList": items})


def _errors(form: forms.BaseForm) -> list[Params]:
    items: list[Params] = [{"text": str(error)} for error in form.non_field_errors()]
    for name in form.errors:
        if name not in form.fields:
            continue
        field = form[name]
        for error in field.errors:
            item: Params = {"text": str(error)}
            if not field.is_hidden:
                item["href"] = f"#{first_input(field)}"
            items.append(item)
    return items
