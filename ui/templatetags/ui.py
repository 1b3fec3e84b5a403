"""Template tags every page has without loading: components, forms, charts, dates."""

from collections.abc import Iterator
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import template
from django.conf import settings
from django.contrib.messages import constants as levels
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django_filters.filterset import BaseFilterSet

from ui import components, theme
from ui.forms import rendering

register = template.Library()


@register.simple_tag
def component(component_name: str, params: dict[str, Any] | None = None, **more: Any) -> SafeString:
    """{% component "button" text="Save" %} or {% component "table" params=table %}; keywords win over params."""
    return components.render(component_name, {**(params or {}), **more})


@register.simple_block_tag(name="component_block")
def component_block(
    content: str, component_name: str, params: dict[str, Any] | None = None, **more: Any
) -> SafeString:
    """{% component_block "details" summaryText="More" %}…markup…{% endcomponent_block %}: the inside is `html`."""
    return components.render(component_name, {**(params or {}), **more, "html": SafeString(content)})


@register.simple_tag(takes_context=True)
def crispy_form(
    context: Context,
    form: BaseForm,
    submit: str = "Save",
    *,
    action: str = "",
    cancel: str = "",
    warning: bool = False,
    method: str = "post",
    form_id: str = "",
) -> str:
    """The whole <form novalidate>: error summary, fields, token, buttons. `cancel` is the address of a link."""
    helper = _helper(form)
    helper.form_tag = True
    helper.form_action = action or helper.form_action
    helper.form_method = method
    helper.form_id = form_id or helper.form_id
    values = context.flatten()
    values.update(govuk_submit=submit, govuk_cancel=cancel, govuk_warning=warning)
    return render_crispy_form(form, helper, values)


@register.simple_tag(takes_context=True)
def form_fields(context: Context, form: BaseForm) -> str:
    """Error summary and fields of a form (or formset) inside your own <form>; the token is yours to print."""
    helper = _helper(form)
    helper.form_tag = False
    helper.disable_csrf = True
    return render_crispy_form(form, helper, context.flatten())


def _helper(form: BaseForm) -> FormHelper:
    """The form's own helper (its layout), or a plain one. A copy per rendering: tags must not change the form's."""
    own = getattr(form, "helper", None)
    helper = FormHelper()
    if own is not None:
        helper.__dict__.update(own.__dict__)
    return helper


@register.simple_tag
def form_controls(form: BaseForm) -> SafeString:
    """The fields alone, without summary or token: filters of a list."""
    return SafeString("".join(rendering.render_field(field) for field in form))


@register.filter
def as_label(text: str) -> dict[str, str]:
    """A text as the `label` parameter of a component."""
    return {"text": text}


@register.simple_tag
def form_field(field: Any) -> SafeString:
    """One bound field as its GOV.UK component."""
    return rendering.render_field(field)


@register.simple_tag
def error_summary(*forms: Any) -> SafeString:
    """What is wrong, linked to the first input of each field; nothing when nothing is."""
    return rendering.error_summary(*(form for form in forms if form))


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """`Error: ` before the page's title when a form of this page has errors, as screen readers read titles first."""
    return "Error: " if any(form.is_bound and not form.is_valid() for form in _forms(context)) else ""


@register.simple_tag(takes_context=True)
def page_errors(context: Context) -> SafeString:
    """The error summary of every form among the page's variables, above its heading."""
    forms = [form for form in _forms(context) if form.is_bound]
    for form in forms:
        form.summarised = False  # the same form may be printed on a page again
    return rendering.error_summary(*forms)


def _forms(context: Context) -> Iterator[Any]:
    """Forms, formsets and filters among the page's variables. Asks types only, lest a lazy variable wake up."""
    values: list[Any] = list(context.flatten().values())
    for value in values:
        if issubclass(type(value), BaseForm | BaseFormSet):
            yield value
        elif issubclass(type(value), BaseFilterSet):
            yield value.form


@register.filter
def academic_year(year: int | None) -> str:
    """2017 (the year it starts in) as 2017-18; nothing for None."""
    return f"{year}-{(year + 1) % 100:02d}" if year is not None else ""


@register.simple_tag
def message_banner(message: Any, number: int = 1) -> SafeString:
    """A message of the last action as a notification banner; success is announced at once (role=alert)."""
    params = {"titleId": f"message-{number}", "text": str(message)}
    if message.level == levels.SUCCESS:
        params["type"] = "success"
    elif message.level >= levels.ERROR:
        params.update(titleText="There is a problem", role="alert")
    return components.render("notification-banner", params)


@register.simple_tag
def asset(name: str) -> str:
    """Address of a built asset. One that was never built costs its look, not the page (a system check says so)."""
    try:
        return static(f"build/{name}")
    except ValueError:
        return f"{settings.STATIC_URL}build/{name}"


@register.simple_tag
def theme_url(colour: str) -> str:
    """Address of the authority's colours; nothing for a colour that is none."""
    return theme.address(colour)


@register.simple_tag
def chart(drawn: Any) -> str:
    """A chart of ui.charts, with its table folded beneath."""
    return render_to_string("components/chart.html", {"chart": drawn})
