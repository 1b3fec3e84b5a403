"""Bound fields and the error summary as markup."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ui import components
from ui.forms import parameters
from ui.forms.dates import DateWidget

Params = parameters.Params


def render_field(field: BoundField) -> SafeString:
    """The component of one field, with its label, hint and errors. A field revealed by a choice prints nothing here."""
    if field.name in _revealed(field.form):
        return SafeString("")
    return _render(field)


def _render(field: BoundField) -> SafeString:
    if field.is_hidden:
        return SafeString(str(field))
    name, params = parameters.of(field, _render)
    params = _merged(params, getattr(field.field, "govuk_params", {}))
    params = _merged(params, getattr(field.form, "params", {}).get(field.name, {}))
    html: str = components.render(name, params)
    if name == "fieldset":
        wrong = " govuk-form-group--error" if field.errors else ""
        return format_html('<div class="govuk-form-group{}">{}</div>', wrong, html)
    if name in ("radios", "checkboxes"):
        html = _reveal_by_style(html)
    return _with_django_ids(html, parameters.id_of(field))


def _reveal_by_style(html: str) -> str:
    """Reveals without GOV.UK's script, which puts aria-expanded on inputs, where ARIA does not allow it.

    The style sheet shows what follows a ticked choice (:has), scripts or none; a browser without :has shows it all.
    """
    html = re.sub(r'(<input [^>]*) data-aria-controls="[^"]*"', r"\1", html)
    return re.sub(r'(<div class="govuk-(?:radios|checkboxes)__conditional) [^"]*"', r'\1"', html)


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
    """Id of the first input at fault, which an error links to."""
    widget = field.field.widget
    if isinstance(widget, DateWidget):
        return f"{parameters.id_of(field)}_{parameters.wrong_parts(field)[0]}"
    if isinstance(widget, forms.RadioSelect | forms.SelectMultiple | forms.MultiWidget):
        return f"{parameters.id_of(field)}_0"
    return parameters.id_of(field)


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
