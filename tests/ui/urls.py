"""Pages that only these tests have: every widget, a list of schools, charts, and the error pages."""

import django_filters
from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path, re_path

from accounts.access import public
from accounts.models import Authority
from schools.choices import SchoolPhase
from schools.models import School
from ui import charts, forms, lists
from ui.views import theme

CHROME = {
    "service_name": "Kirkdale school improvement",
    "authority_name": "Kirkdale Council",
    "user_name": "Ada Adviser",
    "colour": "#ffdd00",
    "navigation": [
        {"text": "Home", "href": "/", "active": True},
        {"text": "My schools", "href": "/schools"},
        {"text": "All schools", "href": "/schools"},
    ],
    "account_navigation": [
        {"text": "Change password", "href": "/form"},
        {"text": "Sign out", "href": "/form", "post": True},
    ],
    "footer_links": [{"text": "Accessibility", "href": "/a"}, {"text": "Privacy", "href": "/p"}],
}
LEVELS = [("1", "Level 1"), ("2", "Level <2>"), ("other", "Another level")]


class EveryWidget(forms.Form):
    name = django_forms.CharField(label="Name & <b>title</b>", max_length=60, help_text="As in <GIAS>")
    email = django_forms.EmailField(label="Email address")
    website = django_forms.URLField(label="Website", required=False, assume_scheme="https")
    pupils = django_forms.IntegerField(label="Number of pupils", min_value=1, max_value=4000)
    score = django_forms.DecimalField(label="Score", required=False, max_digits=5, decimal_places=2)
    cost = forms.MoneyField(label="Cost")
    days = forms.HalfDayField(label="Partner days", help_text="In half days")
    visited_on = forms.DateField(label="Date of visit", hint="For example, 27 3 2026")
    starts_at = django_forms.TimeField(label="Start time", required=False)
    note = django_forms.CharField(
        label="Note", widget=django_forms.Textarea, max_length=40, help_text="A <hint>"
    )
    remarks = django_forms.CharField(
        label="Remarks", widget=django_forms.Textarea(attrs={"rows": 3}), required=False
    )
    area = django_forms.ChoiceField(
        label="Area",
        choices=[("", "Choose an area"), ("n", "North"), ("Outer", [("e", "East"), ("w", "West")])],
    )
    level = django_forms.ChoiceField(
        label="Level", choices=LEVELS, widget=django_forms.RadioSelect, help_text="Of support"
    )
    other_level = django_forms.CharField(label="Which level", required=False, widget=django_forms.Textarea)
    phases = django_forms.MultipleChoiceField(
        label="Phases", choices=SchoolPhase.choices, widget=django_forms.CheckboxSelectMultiple
    )
    groups = django_forms.MultipleChoiceField(label="Groups", choices=LEVELS, required=False)
    agreed = django_forms.BooleanField(label="I agree with <everything>", help_text="Both of us")
    report = django_forms.FileField(label="Report")
    secret = django_forms.CharField(label="Password", widget=django_forms.PasswordInput)
    token = django_forms.CharField(widget=django_forms.HiddenInput, required=False)

    reveals = {("level", "other"): ["other_level"]}
    item_hints = {"level": {"1": "Up to <two> days"}}
    params = {"name": {"classes": "govuk-!-width-one-half"}}

    def clean(self):
        if self.cleaned_data.get("level") == "other" and not self.cleaned_data.get("other_level"):
            self.add_error("other_level", "Enter which level")
        if self.cleaned_data.get("pupils") == 13:
            raise django_forms.ValidationError("Thirteen pupils and <b>one</b> page")
        return self.cleaned_data


class SchoolFilter(lists.FilterSet):
    phase = lists.ChoicesFilter(label="Phase", choices=SchoolPhase.choices)
    opened_after = lists.DateFilter(label="Opened after", field_name="opened_on", lookup_expr="gte")
    number = django_filters.NumberFilter(label="Number", field_name="establishment_number")
    numbers = django_filters.RangeFilter(label="Numbers", field_name="establishment_number")
    authority = lists.ModelChoicesFilter(label="Authority", queryset=lambda request: Authority.objects.all())
    closed = lists.YesNoFilter(label="Closed", field_name="closed_on", lookup_expr="isnull", exclude=True)


COLUMNS = (
    lists.Column("urn", "URN", sort="urn", numeric=True),
    lists.Column("name", "School", sort=("name", "urn"), link=lambda school: f"/schools/{school.urn}"),
    lists.Column("authority", "Authority", value="authority.name", sort="authority__name"),
    lists.Column("phase", "Phase", value="get_phase_display"),
    lists.Column("opened", "Opened", value="opened_on", sort="opened_on"),
    lists.Column(
        "status",
        "Status",
        value=lambda school: lists.Tag("Closed", "grey") if school.closed_on else lists.Tag("Open", "green"),
    ),
    lists.Column("link", "On the page only", value=lambda school: "x", export=False),
)


def page(request, inside, **values):
    template = engines["django"].from_string(
        '{% extends "base.html" %}{% block title %}A page{% endblock %}{% block content %}'
        f'<h1 class="govuk-heading-l">A page</h1>{inside}{{% endblock %}}'
    )
    return HttpResponse(template.render({"chrome": CHROME, **values}, request))


def every_widget(request):
    form = EveryWidget(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "Saved for <Anne>.")
        messages.warning(request, "The head was not told.")
        return redirect("/form")
    return page(request, '{% crispy_form form submit="Save visit" cancel="/schools" %}', form=form)


def school_list(request):
    return lists.list_response(
        request,
        queryset=School.objects.select_related("authority"),
        columns=COLUMNS,
        title="Schools",
        filterset=SchoolFilter,
        search=("name", "urn"),
        search_label="Name or URN",
        default_sort="name",
        noun=("school", "schools"),
        empty="No schools have been imported.",
        filename="Schools of Kirkdale",
        context={"chrome": CHROME},
    )


def restricted_list(request):
    return lists.list_response(
        request,
        queryset=School.objects.all(),
        columns=COLUMNS[:2],
        title="Restricted",
        filename="restricted",
        shown_id=lambda school: str(school.urn),
        context={"chrome": CHROME},
    )


def chart_page(request):
    years = ["2015-16", "2016-17", "2017-18", "2018-19", "2021-22", "2022-23"]
    school = [48.0, 55.0, None, 61.0, 64.5, 52.0]
    national = [53.0, 61.0, 64.0, 65.0, 59.0, 59.0]
    notes = ["", "", "Suppressed by the publisher", "", "", "New headteacher"]
    drawn = charts.trend(
        "Reading, writing and mathematics, expected standard",
        [
            charts.Series(
                "This school",
                [
                    charts.Point(y, v, n, v and v - 8, v and v + 8)
                    for y, v, n in zip(years, school, notes, strict=True)
                ],
            ),
            charts.Series("National", list(zip(years, national, strict=True))),
            charts.Series("Similar schools", [(y, v - 4) for y, v in zip(years, national, strict=True)]),
        ],
        unit="%",
        decimals=1,
    )
    single = charts.trend("Reading progress", [charts.Series("This school", [("2022-23", -1.4)])], decimals=1)
    compared = charts.bars(
        "Absence, 2022-23",
        [
            charts.Series(
                "This school",
                [("All pupils", 7.1), ("Disadvantaged", 11.2), ("With a plan", None, "Suppressed")],
            ),
            charts.Series("National", [("All pupils", 7.4), ("Disadvantaged", 10.9), ("With a plan", 12.1)]),
        ],
        unit="%",
        decimals=1,
    )
    return page(request, "{% chart a %}{% chart b %}{% chart c %}", a=drawn, b=single, c=compared)


def forbidden(request):
    raise PermissionDenied


def broken(request):
    raise RuntimeError("broken on purpose")


def open_page(view):
    return public("Only these tests have it", methods=("GET", "HEAD", "POST"))(view)


# What the frame of the error pages links to
about = (
    [path(name, open_page(chart_page), name=name) for name in ("accessibility", "privacy", "cookies")],
    "workspace",
)

urlpatterns = [
    path("about/", include(about)),
    path("form", open_page(every_widget)),
    path("schools", open_page(school_list)),
    path("restricted", open_page(restricted_list)),
    path("charts", open_page(chart_page)),
    path("forbidden", open_page(forbidden)),
    path("broken", open_page(broken)),
    re_path(r"^theme/(?P<colour>[0-9a-f]{6})\.css$", open_page(theme), name="theme"),
]
