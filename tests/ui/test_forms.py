"""The form kit: what each widget prints, what is said of errors, and that everything typed comes back."""

import datetime as dt
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django import forms as django_forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import formset_factory
from django.template import Context, Template
from django.test import RequestFactory

from schools.models import School
from tests.ui.urls import EveryWidget
from ui import forms
from ui.forms import rendering, wording

HOSTILE = "<script>alert('1')</script>"
VALID = {
    "name": "Anne",
    "email": "anne@example.org",
    "pupils": "212",
    "cost": "£1,250.50",
    "days": "2½",
    "visited_on_day": "27",
    "visited_on_month": "3",
    "visited_on_year": "2026",
    "note": "Calm",
    "area": "n",
    "level": "1",
    "phases": ["1", "2"],
    "agreed": "on",
    "secret": " pass ",
}


def files():
    return {"report": SimpleUploadedFile("report.pdf", b"%PDF")}


def soup_of(form, tag="{% crispy_form form %}", **values):
    printed = Template(tag).render(Context({"form": form, "csrf_token": "abc", **values}))
    return BeautifulSoup(printed, "html.parser")


def test_everything_typed_well_is_read():
    form = EveryWidget(VALID, files())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["cost"] == Decimal("1250.50")
    assert form.cleaned_data["days"] == Decimal("2.5")
    assert form.cleaned_data["visited_on"] == dt.date(2026, 3, 27)
    assert form.cleaned_data["phases"] == ["1", "2"]
    assert form.cleaned_data["secret"] == "pass"


def test_labels_hints_and_choices_are_printed_as_text():
    soup = soup_of(EveryWidget())
    assert soup.find("label", attrs={"for": "id_name"}).get_text(strip=True) == "Name & <b>title</b>"
    assert soup.find(id="id_name_helptext").get_text(strip=True) == "As in <GIAS>"
    assert soup.find("label", attrs={"for": "id_level_1"}).get_text(strip=True) == "Level <2>"
    assert soup.find(id="id_level_0-item-hint").get_text(strip=True) == "Up to <two> days"
    assert soup.find("label", attrs={"for": "id_agreed"}).get_text(strip=True) == "I agree with <everything>"


def test_every_id_is_there_once_and_every_reference_leads_somewhere():
    for form in (EveryWidget(), EveryWidget({}), EveryWidget({**VALID, "level": "other"}, files())):
        soup = soup_of(form)
        ids = [tag["id"] for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids))
        for tag in soup.find_all(attrs={"aria-describedby": True}):
            assert set(tag["aria-describedby"].split()) <= set(ids)
        for label in soup.find_all("label"):
            assert label["for"] in ids
        for link in soup.select(".govuk-error-summary a"):
            assert link["href"].removeprefix("#") in ids


def test_hints_and_errors_have_the_ids_django_gives_them():
    soup = soup_of(EveryWidget({}))
    assert soup.find(id="id_name")["aria-describedby"] == "id_name_helptext id_name_error"
    assert soup.find(id="id_level_error").find_parent("fieldset")["aria-describedby"] == (
        "id_level_helptext id_level_error"
    )
    assert soup.find(id="id_visited_on_error").find_parent("fieldset")["role"] == "group"


def test_the_summary_comes_first_in_the_order_of_the_form_and_links_to_first_inputs():
    soup = soup_of(EveryWidget({}))
    links = {link.get_text(strip=True): link["href"] for link in soup.select(".govuk-error-summary a")}
    assert links == {
        "Enter name & <b>title</b>": "#id_name",
        "Enter email address": "#id_email",
        "Enter number of pupils": "#id_pupils",
        "Enter cost": "#id_cost",
        "Enter partner days": "#id_days",
        "Enter date of visit": "#id_visited_on_day",
        "Enter note": "#id_note",
        "Select area": "#id_area",
        "Select level": "#id_level_0",
        "Select phases": "#id_phases_0",
        "Select to confirm: I agree with <everything>": "#id_agreed",
        "Select report": "#id_report",
        "Enter password": "#id_secret",
    }
    assert soup.find(class_="govuk-error-summary").find_next("form")


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("name", "x" * 61, "Name & <b>title</b> must be 60 characters or less"),
        ("name", "a\x00b", "Name & <b>title</b> contains characters that cannot be stored"),
        ("email", "anne", "Enter email address in the correct format, like name@example.com"),
        ("website", "not a site", "Enter website in full, like https://www.example.org"),
        ("pupils", "many", "Number of pupils must be a whole number"),
        ("pupils", "0", "Number of pupils must be 1 or more"),
        ("pupils", "4001", "Number of pupils must be 4000 or less"),
        ("pupils", "9" * 5000, "Number of pupils must be a whole number"),
        ("score", "12..3", "Score must be a number, like 2.5"),
        ("score", "1.234", "Score has too many decimal places"),
        ("score", "123456", "Score has too many digits"),
        ("cost", "lots", "Cost must be a number, like 2.5"),
        ("days", "2.3", "Partner days must be in half days, like 2 or 2.5"),
        ("starts_at", "late", "Start time must be a time, like 14:30"),
        ("area", "zz", "Choose area from the list"),
        ("level", "zz", "Choose level from the list"),
        ("phases", ["zz"], "Choose phases from the list"),
    ],
)
def test_errors_say_what_to_do_in_the_words_of_the_label(name, typed, said):
    form = EveryWidget({**VALID, name: typed}, files())
    assert form.errors.get(name) == [said]


def test_what_was_typed_comes_back_whole():
    typed = {
        **VALID,
        "name": f'{HOSTILE}" autofocus x="',
        "pupils": "a lot",
        "visited_on_day": "31",
        "visited_on_month": "febuary",
        "visited_on_year": "26",
        "note": "\nFirst line\r\n    indented </textarea> & more, which makes it too long",
        "level": "other",
        "other_level": "one\ntwo\n  three",
        "phases": ["2", "4"],
        "area": "e",
    }
    soup = soup_of(EveryWidget(typed))
    assert soup.find("script") is None
    assert soup.find(attrs={"autofocus": True}) is None
    assert soup.find(id="id_name")["value"] == typed["name"]
    assert soup.find(id="id_pupils")["value"] == "a lot"
    assert [soup.find(id=f"id_visited_on_{p}")["value"] for p in ("day", "month", "year")] == [
        "31",
        "febuary",
        "26",
    ]
    # The parser drops one line break after <textarea>, as browsers do.
    assert str(soup.find(id="id_note").string).removeprefix("\n") == (
        "\nFirst line\n    indented </textarea> & more, which makes it too long"
    )
    assert soup.find(id="id_other_level").string == "one\ntwo\n  three"
    assert [
        box["value"]
        for box in soup.select("#id_phases_1, #id_phases_2, #id_phases_4")
        if box.has_attr("checked")
    ]
    assert {box["value"] for box in soup.select('[name="phases"][checked]')} == {"2", "4"}
    assert soup.select_one('[name="level"][checked]')["value"] == "other"
    assert soup.select_one("#id_area option[selected]")["value"] == "e"
    assert not soup.find(id="id_secret").has_attr("value")


def test_a_line_break_counts_as_one_character():
    form = EveryWidget({**VALID, "note": "x" * 19 + "\r\n" + "y" * 20}, files())
    assert form.is_valid()
    assert form.cleaned_data["note"] == "x" * 19 + "\n" + "y" * 20


def test_spaces_seen_and_unseen_are_dropped_around_text():
    form = EveryWidget({**VALID, "name": " \u00a0Anne\u200b ", "email": " anne@example.org\ufeff"}, files())
    assert form.is_valid()
    assert form.cleaned_data["name"] == "Anne"
    assert form.cleaned_data["email"] == "anne@example.org"


def test_optional_fields_say_so():
    soup = soup_of(EveryWidget())
    assert soup.find("label", attrs={"for": "id_website"}).get_text(strip=True) == "Website (optional)"
    legends = [legend.get_text(strip=True) for legend in soup.find_all("legend")]
    assert "Groups (optional)" in legends
    assert "Phases" in legends


def test_a_reveal_stands_under_its_choice_and_nowhere_else():
    soup = soup_of(EveryWidget({**VALID, "level": "other"}))
    assert len(soup.select("#id_other_level")) == 1
    conditional = soup.find(id="id_other_level").find_parent(class_="govuk-radios__conditional")
    assert conditional.find_previous_sibling(class_="govuk-radios__item").input["value"] == "other"
    assert soup.find(id="id_other_level_error").get_text(" ", strip=True) == "Error: Enter which level"
    assert soup.select('.govuk-error-summary a[href="#id_other_level"]')


def test_one_box_reveals_too():
    class Signed(forms.Form):
        signed = django_forms.BooleanField(label="Signed", required=False)
        signed_by = django_forms.CharField(label="By", required=False)
        reveals = {("signed", "on"): ["signed_by"]}

    soup = soup_of(Signed())
    assert soup.find(id="id_signed_by").find_parent(class_="govuk-checkboxes__conditional")


def test_errors_of_the_form_as_a_whole_are_in_the_summary_without_a_link():
    soup = soup_of(EveryWidget({**VALID, "pupils": "13"}, files()))
    summary = soup.find(class_="govuk-error-summary")
    assert summary.li.get_text(strip=True) == "Thirteen pupils and <b>one</b> page"
    assert summary.find("a") is None


def test_files_are_sent_as_files_and_forms_go_where_they_are_told():
    soup = soup_of(
        EveryWidget(),
        '{% crispy_form form submit="Go" action="/there" cancel="/back" warning=True form_id="f" %}',
    )
    form = soup.form
    assert (form["enctype"], form["action"], form["method"], form["id"]) == (
        "multipart/form-data",
        "/there",
        "post",
        "f",
    )
    assert form.has_attr("novalidate")
    assert soup.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"] == "abc"
    button = soup.find("button", attrs={"type": "submit"})
    assert "govuk-button--warning" in button["class"]
    assert button["data-prevent-double-click"] == "true"
    assert soup.find("a", string="Cancel")["href"] == "/back"


def test_a_form_that_asks_sends_no_token():
    soup = soup_of(forms.FilterForm(), '{% crispy_form form method="get" %}')
    assert soup.find("input") is None
    assert soup.form["method"] == "get"


def test_fields_alone_bring_no_form_no_button_and_no_token():
    soup = soup_of(EveryWidget({}), "<form>{% form_fields form %}</form>")
    assert len(soup.find_all("form")) == 1
    assert soup.find("button", attrs={"type": "submit"}) is None
    assert soup.find("input", attrs={"name": "csrfmiddlewaretoken"}) is None
    assert soup.find(class_="govuk-error-summary")


def test_the_tags_leave_the_forms_own_layout_alone():
    from crispy_forms.helper import FormHelper
    from crispy_forms.layout import Div, Fieldset, Layout

    class LaidOut(forms.Form):
        first = django_forms.CharField()
        second = django_forms.CharField()

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.helper = FormHelper()
            self.helper.layout = Layout(Fieldset("The second", "second"), Div("first", css_class="app-panel"))

    form = LaidOut()
    soup = soup_of(form)
    assert [tag["id"] for tag in soup.find_all("input", type="text")] == ["id_second", "id_first"]
    assert soup.legend.get_text(strip=True) == "The second"
    assert soup.find(id="id_first").find_parent(class_="app-panel")
    assert form.helper.form_tag is True
    assert form.helper.form_id == ""


def test_a_formset_summarises_all_its_forms_and_prints_their_fields():
    class Line(forms.Form):
        action = django_forms.CharField(label="Action")

    lines = formset_factory(Line, extra=2, min_num=1, validate_min=True)
    bound = lines(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-action": "", "form-1-action": "Do"}
    )
    assert not bound.is_valid()
    soup = soup_of(bound)
    assert [link["href"] for link in soup.select(".govuk-error-summary a")] == ["#id_form-0-action"]
    assert soup.find(id="id_form-0-action")["aria-describedby"] == "id_form-0-action_error"
    assert soup.find("input", attrs={"name": "form-TOTAL_FORMS"})
    assert soup.find(id="id_form-1-action")["value"] == "Do"


def test_a_form_without_automatic_ids_still_ties_labels_to_inputs():
    soup = soup_of(EveryWidget({}, auto_id=False))
    assert soup.find(id="name")["aria-describedby"] == "name_helptext name_error"
    assert soup.find("label", attrs={"for": "name"})


def test_attributes_classes_and_govuk_parameters_reach_the_input():
    class Search(forms.Form):
        urn = django_forms.CharField(
            widget=django_forms.TextInput(
                attrs={
                    "class": "govuk-input--width-10",
                    "autocomplete": "off",
                    "data-x": '"',
                    "autofocus": True,
                }
            )
        )
        upload = django_forms.FileField(widget=django_forms.FileInput(attrs={"accept": ".csv"}))
        locked = django_forms.ChoiceField(
            choices=[("a", "A")], disabled=True, widget=django_forms.RadioSelect
        )
        tick = django_forms.BooleanField(disabled=True)
        params = {
            "urn": {"label": {"isPageHeading": True, "classes": "govuk-label--l"}, "prefix": {"text": "#"}}
        }

    soup = soup_of(Search(initial={"locked": "a"}))
    urn = soup.find(id="id_urn")
    assert "govuk-input--width-10" in urn["class"]
    assert (urn["autocomplete"], urn["data-x"], urn["autofocus"]) == ("off", '"', "")
    assert soup.h1.label.get_text(strip=True) == "Urn"
    assert soup.find(class_="govuk-input__prefix").get_text() == "#"
    assert soup.find(id="id_upload")["accept"] == ".csv"
    assert soup.select_one("#id_locked_0[disabled][checked]")
    assert soup.select_one("#id_tick[disabled]")


def test_messages_a_form_sets_itself_stand():
    class Own(forms.Form):
        name = django_forms.CharField(error_messages={"required": "Say who you are"})

        email = django_forms.EmailField(error_messages={"invalid": "That is no address"})
        note = django_forms.CharField(max_length=3, error_messages={"max_length": "Too long"})

    assert Own({"email": "x", "note": "abcd"}).errors == {
        "name": ["Say who you are"],
        "email": ["That is no address"],
        "note": ["Too long"],
    }


def test_dates_of_models_have_three_boxes():
    class SchoolDates(forms.ModelForm):
        class Meta:
            model = School
            fields = ["name", "opened_on", "closed_on"]
            widgets = {"opened_on": django_forms.DateInput()}

    form = SchoolDates(instance=School(opened_on=dt.date(2001, 9, 3)))
    assert all(isinstance(form.fields[name], forms.DateField) for name in ("opened_on", "closed_on"))
    assert soup_of(form).find(id="id_opened_on_year")["value"] == "2001"
    changed = SchoolDates(
        {"name": "A", **forms.date_parts("opened_on", dt.date(2001, 9, 3))}, instance=form.instance
    )
    assert "opened_on" not in changed.changed_data
    emptied = SchoolDates({"name": "A", "opened_on_day": ""}, instance=form.instance)
    assert "opened_on" in emptied.changed_data
    assert emptied.fields["opened_on"].clean(None) is None


class Visit(forms.Form):
    visited_on = forms.DateField(label="Date of visit")


@pytest.mark.parametrize(
    ("day", "month", "year", "said", "wrong"),
    [
        ("", "3", "2026", "Date of visit must include a day", ["day"]),
        ("1", "", "2026", "Date of visit must include a month", ["month"]),
        ("1", "3", "", "Date of visit must include a year", ["year"]),
        ("1", "", "", "Date of visit must include a month and year", ["month", "year"]),
        ("1", "3", "26", "Year must include 4 numbers", ["year"]),
        ("1", "3", "MMXX", "Year must include 4 numbers", ["year"]),
        ("1", "3", "٢٠٢٦", "Year must include 4 numbers", ["year"]),
        ("1", "1", "0001", "Year must be between 1800 and 2199", ["year"]),
        ("31", "12", "9999", "Year must be between 1800 and 2199", ["year"]),
        ("1", "13", "2026", "Date of visit must be a real date", ["month"]),
        ("1", "0", "2026", "Date of visit must be a real date", ["month"]),
        ("1", "ma", "2026", "Date of visit must be a real date", ["month"]),
        ("1", "brumaire", "2026", "Date of visit must be a real date", ["month"]),
        ("0", "3", "2026", "Date of visit must be a real date", ["day"]),
        ("x", "3", "2026", "Date of visit must be a real date", ["day"]),
        ("9" * 5000, "3", "2026", "Date of visit must be a real date", ["day"]),
        ("29", "2", "2026", "Date of visit must be a real date", ["day", "month", "year"]),
        ("1", "1", "0000", "Date of visit must be a real date", ["day", "month", "year"]),
    ],
)
def test_a_date_that_is_none_is_refused_in_words_and_only_its_wrong_boxes_are_marked(
    day, month, year, said, wrong
):
    form = Visit({"visited_on_day": day, "visited_on_month": month, "visited_on_year": year})
    assert form.errors["visited_on"] == [said]
    soup = soup_of(form)
    marked = [box["id"].rsplit("_", 1)[1] for box in soup.select("input.govuk-input--error")]
    assert marked == wrong
    assert soup.select_one(".govuk-error-summary a")["href"] == f"#id_visited_on_{wrong[0]}"


def test_a_date_refused_by_the_form_is_marked_whole():
    form = Visit(forms.date_parts("visited_on", dt.date(2026, 3, 1)))
    form.add_error("visited_on", "Date of visit must be in the past")
    soup = soup_of(form)
    assert len(soup.select("input.govuk-input--error")) == 3
    assert soup.select_one(".govuk-error-summary a")["href"] == "#id_visited_on_day"


@pytest.mark.parametrize("month", ["11", "November", "nov", " NOV ", "nov."])
def test_a_month_may_be_a_name(month):
    form = Visit({"visited_on_day": " 5 ", "visited_on_month": month, "visited_on_year": "2026"})
    assert form.is_valid()
    assert form.cleaned_data["visited_on"] == dt.date(2026, 11, 5)


def test_sept_is_september_and_leap_days_are_real():
    assert forms.DateField().clean(("29", "feb", "2024")) == dt.date(2024, 2, 29)
    assert forms.DateField().clean(("1", "sept", "2024")) == dt.date(2024, 9, 1)
    assert forms.DateField().clean("1800-01-01") == dt.date(1800, 1, 1)
    with pytest.raises(django_forms.ValidationError, match="between 1800 and 2199"):
        forms.DateField().clean("0001-01-01")


def test_one_iso_text_is_read_as_a_date_and_shown_in_the_boxes():
    form = Visit({"visited_on": "2026-11-05"})
    assert form.is_valid()
    assert form.cleaned_data["visited_on"] == dt.date(2026, 11, 5)
    assert soup_of(form).find(id="id_visited_on_month")["value"] == "11"
    wrong = Visit({"visited_on": "soon"})
    assert wrong.errors["visited_on"] == ["Date of visit must be a real date"]
    assert soup_of(wrong).find(id="id_visited_on_day")["value"] == "soon"


def test_a_date_takes_dates_and_times_as_they_are_and_knows_what_changed():
    field = forms.DateField(hint="In the spring term", input_formats=["%d"])
    assert field.help_text == "In the spring term"
    assert field.to_python(dt.date(2026, 3, 1)) == dt.date(2026, 3, 1)
    assert field.to_python(dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)) == dt.date(2026, 3, 1)
    assert not field.has_changed(dt.date(2026, 3, 1), ("1", "3", "2026"))
    assert field.has_changed(dt.date(2026, 3, 1), ("1", "x", "2026"))
    widget = field.widget
    assert widget.value_omitted_from_data({}, {}, "on")
    assert not widget.value_omitted_from_data({"on_day": ""}, {}, "on")
    assert widget.id_for_label("id_on") == "id_on_day"
    assert widget.id_for_label("") == ""


def test_a_label_with_braces_is_no_template():
    class Odd(forms.Form):
        on = forms.DateField(label="Date {of} visit")

    assert Odd({}).errors["on"] == ["Enter date {of} visit"]
    assert Odd({"on_day": "1"}).errors["on"] == ["Date {of} visit must include a month and year"]


@pytest.mark.parametrize(
    ("typed", "read"), [("2", "2"), ("2.5", "2.5"), ("½", "0.5"), ("10 ½", "10.5"), (Decimal("1.5"), "1.5")]
)
def test_half_days_are_read_as_people_write_them(typed, read):
    assert forms.HalfDayField().clean(typed) == Decimal(read)


def test_days_may_go_in_quarters():
    field = forms.HalfDayField(step=Decimal("0.25"), required=False)
    assert field.clean("2¼") == Decimal("2.25")
    assert field.clean("1¾") == Decimal("1.75")
    assert field.clean("") is None
    with pytest.raises(django_forms.ValidationError, match=r"Days must be in steps of 0\.25"):
        field.clean("2.1")


def test_money_is_read_with_its_sign_and_commas():
    assert forms.MoneyField().clean(" £ 12,000.5 ") == Decimal("12000.5")
    assert forms.MoneyField().clean(Decimal("3")) == Decimal("3")


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Date of visit", "date of visit"),
        ("URN", "URN"),
        ("KS2 results", "KS2 results"),
        ("Who?", "who"),
        ("A", "a"),
    ],
)
def test_labels_read_inside_a_sentence(label, inside):
    assert wording.in_sentence(label) == inside


def test_the_pages_title_says_when_a_form_has_errors():
    def title(**values):
        return Template("{% error_prefix %}").render(Context(values))

    assert title(form=EveryWidget({})) == "Error: "
    assert title(anything=EveryWidget({})) == "Error: "
    assert title(form=EveryWidget()) == ""
    assert title(form=EveryWidget(VALID, files())) == ""
    assert title() == ""


def test_a_summary_printed_above_the_heading_is_not_printed_again():
    tag = "{% page_errors %}<h1>Visit</h1>{% crispy_form form %}"
    form = EveryWidget({})
    for _ in range(2):
        soup = soup_of(form, tag)
        assert len(soup.select(".govuk-error-summary")) == 1
        assert soup.find(class_="govuk-error-summary").find_next("h1")


def test_a_widget_of_several_boxes_is_a_fieldset_with_its_hint_and_errors():
    class Moment(forms.Form):
        at = django_forms.SplitDateTimeField(label="Moment", help_text="Day and time")

    soup = soup_of(Moment({"at_0": "x", "at_1": "y"}))
    assert soup.find(id="id_at_0")["value"] == "x"
    assert soup.find(id="id_at_1")["name"] == "at_1"
    assert soup.fieldset["aria-describedby"] == "id_at_helptext id_at_error"
    assert soup.find(class_="govuk-form-group--error")
    fresh = soup_of(Moment(initial={"at": dt.datetime(2026, 3, 1, 9, 30)}))  # noqa: DTZ001  # as the widget gives it
    assert fresh.find(id="id_at_0")["value"] == "01/03/2026"
    assert not soup_of(Moment()).find(id="id_at_0").has_attr("value")


def test_a_hidden_field_prints_its_input_only():
    soup = soup_of(EveryWidget(initial={"token": "t"}))
    assert soup.find("input", attrs={"name": "token", "type": "hidden"})["value"] == "t"
    assert soup.find("label", attrs={"for": "id_token"}) is None


def test_a_hidden_field_in_error_has_no_link():
    class Odd(forms.Form):
        token = django_forms.IntegerField(widget=django_forms.HiddenInput)

    soup = soup_of(Odd({"token": "x"}))
    assert soup.select_one(".govuk-error-summary li").get_text(strip=True) == "Token must be a whole number"
    assert soup.select_one(".govuk-error-summary a") is None


def test_plain_django_forms_are_rendered_by_the_same_pack():
    class Plain(django_forms.Form):
        name = django_forms.CharField(required=False)
        truth = django_forms.NullBooleanField(required=False)

    soup = soup_of(Plain({"truth": "true"}))
    assert soup.find("label", attrs={"for": "id_name"}).get_text(strip=True) == "Name"
    assert soup.select_one("#id_truth option[selected]").get_text(strip=True) == "Yes"


def test_the_token_comes_from_the_request():
    request = RequestFactory().get("/")
    printed = Template("{% crispy_form form %}").render(
        Context({"form": Visit(), "request": request, "csrf_token": "t"})
    )
    assert 'name="csrfmiddlewaretoken" value="t"' in printed


def test_the_first_input_of_a_plain_field_is_itself():
    assert rendering.first_input(EveryWidget()["name"]) == "id_name"
