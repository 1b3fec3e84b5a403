"""GOV.UK Frontend's components, rendered by govuk-frontend-jinja's macros.

Parameter names are GOV.UK Frontend's own (camelCase). Text is escaped; `html` parameters take only text that is
marked safe already (rendered templates, format_html), so nothing people typed can become markup.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from jinja2.exceptions import TemplateNotFound


class UnknownComponent(LookupError):
    """No component of that name in GOV.UK Frontend."""


class UnsafeHtml(TypeError):
    """Plain text was given where a component prints markup."""


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        auto_reload=False,  # the macros change only with the installed library
        undefined=ChainableUndefined,  # the macros read optional parameters of optional parameters
        trim_blocks=True,
        lstrip_blocks=True,
        loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    )


@cache
def _macro(name: str) -> Any:
    try:
        template = _environment().get_template(f"govuk_frontend_jinja/components/{name}/macro.html")
    except TemplateNotFound:
        raise UnknownComponent(f"GOV.UK Frontend has no component called {name!r}.") from None
    return getattr(template.module, "govuk" + "".join(part.capitalize() for part in name.split("-")))


def render(name: str, params: Mapping[str, Any]) -> SafeString:
    """The markup of one component.

    Raises UnknownComponent, or UnsafeHtml naming the parameter that prints markup but was given plain text.
    """
    prepared = _prepared(params, name)
    if name in _NEWER:
        prepared = _NEWER[name](prepared)
    return SafeString(str(_macro(name)(prepared)).strip())


def _prepared(value: Any, path: str) -> Any:
    """A copy the macros can read: lazy text made text, absent parameters left out, markup checked."""
    if isinstance(value, Promise):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        value = {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Mapping):
        return {
            key: _checked(key, child, f"{path}.{key}") for key, child in value.items() if child is not None
        }
    if isinstance(value, list | tuple):
        return [_prepared(child, f"{path}[{number}]") for number, child in enumerate(value)]
    return value


def _checked(key: str, value: Any, path: str) -> Any:
    if key == "slots":
        for slot, html in value.items():
            _require_safe(html, f"{path}.{slot}")
        return value
    if (
        key == "html"
        or key.endswith("Html")
        or (key.lower().endswith("attributes") and isinstance(value, str))
    ):
        _require_safe(value, path)
    return _prepared(value, path)


def _require_safe(value: Any, path: str) -> None:
    if value and not hasattr(value, "__html__"):
        raise UnsafeHtml(
            f"{path} prints markup: give safe text (format_html, a rendered template) or use text."
        )


# GOV.UK Frontend 6.4 to 6.6 gave the date input parameters that the macros, in step with 6.3, do not know.


def _date_input(params: dict[str, Any]) -> dict[str, Any]:
    """`day`, `month`, `year` and `values`, widths by name, and `error` on single boxes, said as plain items."""
    values = params.get("values") or {}
    boxes = {}
    for name, width in (("day", 2), ("month", 2), ("year", 4)):
        boxes[name] = params.get(name, {"name": name, "value": values.get(name)})
        if boxes[name]:
            boxes[name] = {"name": name, "value": values.get(name), "width": width, **boxes[name]}
    by_name = {box["name"]: box for box in boxes.values() if box}
    given = [item for item in params.get("items") or boxes.values() if item]
    single = any(item.get("error") or "govuk-input--error" in item.get("classes", "") for item in given)
    prefix = f"{params['namePrefix']}-" if params.get("namePrefix") else ""
    items = []
    for item in given:
        box = by_name.get(item["name"], boxes.get(item["name"]) or {})
        classes = item.get("classes", "")
        if "govuk-input--width-" not in classes:
            classes = f"govuk-input--width-{box.get('width', 2)} {classes}"
        wrong = item.get("error") or (
            item.get("error") is not False and params.get("errorMessage") and not single
        )
        if wrong and "govuk-input--error" not in classes:
            classes = f"govuk-input--error {classes}"
        value = item.get("value", box.get("value"))
        if value is None:
            value = values.get(prefix + item["name"])
        items.append({**item, "classes": classes.strip(), **({} if value is None else {"value": value})})
    return {**params, "items": items}


_NEWER = {"date-input": _date_input}
