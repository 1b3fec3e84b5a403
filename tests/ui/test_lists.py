"""List pages: searching, filtering, sorting, paging and the files that hold exactly what is shown."""

import csv
import datetime as dt
import io
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django import forms as django_forms
from django.db import connection
from django.db.models.functions import Lower
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString
from openpyxl import load_workbook

from schools.choices import SchoolPhase
from schools.models import School
from tests import factories as make
from tests.ui.urls import SchoolFilter
from ui import forms, lists
from ui.lists import chips, columns, exports, page

pytestmark = [pytest.mark.urls("tests.ui.urls"), pytest.mark.django_db]


def soup_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def names(soup):
    return [link.get_text(strip=True) for link in soup.select("tbody th a")]


def count(soup):
    return soup.find(class_="app-list__count").get_text(strip=True)


def chip_links(soup):
    return {
        link.get_text(" ", strip=True).removeprefix("Remove").strip(): link["href"]
        for link in soup.select(".app-chips__chip")
    }


@pytest.fixture
def three(authority):
    return [
        make.SchoolFactory(
            authority=authority, name="Abbey Park", phase=SchoolPhase.PRIMARY, opened_on=dt.date(2001, 9, 1)
        ),
        make.SchoolFactory(
            authority=authority, name="Beck Lane", phase=SchoolPhase.SECONDARY, opened_on=dt.date(2010, 9, 1)
        ),
        make.SchoolFactory(
            authority=authority,
            name="Cross <Hill>",
            phase=SchoolPhase.NURSERY,
            closed_on=dt.date(2020, 8, 31),
        ),
    ]


def test_a_list_shows_its_rows_with_links_dates_and_statuses_in_words(client, three):
    soup = soup_of(client, "/schools")
    assert names(soup) == ["Abbey Park", "Beck Lane", "Cross <Hill>"]
    assert soup.find("a", string="Abbey Park")["href"] == f"/schools/{three[0].urn}"
    first = soup.find("a", string="Abbey Park").find_parent("tr")
    assert first.find(attrs={"data-heading": "Opened"}).get_text(strip=True) == "1 September 2001"
    assert first.find(class_="govuk-tag--green").get_text(strip=True) == "Open"
    assert count(soup) == "3 schools"
    assert soup.title.get_text() == "Schools – Kirkdale school improvement – Kirkdale Council"
    assert soup.find(class_="govuk-pagination") is None


def test_nothing_at_all_and_nothing_found_are_said_apart(client, three):
    found = soup_of(client, "/schools?q=zzz")
    assert count(found) == "No schools found"
    assert "clear the search and filters" in found.get_text()
    assert found.find("table") is None
    assert soup_of(client, "/schools").find("table")
    School.objects.all().delete()
    empty = soup_of(client, "/schools")
    assert "No schools have been imported." in empty.get_text()
    assert empty.find(class_="app-list__count") is None  # said once is enough


def test_every_word_of_a_search_must_be_found_somewhere(client, three):
    assert names(soup_of(client, "/schools?q=+beck++lane+")) == ["Beck Lane"]
    assert names(soup_of(client, f"/schools?q={three[1].urn}")) == ["Beck Lane"]
    assert names(soup_of(client, f"/schools?q=abbey+{three[1].urn}")) == []
    soup = soup_of(client, "/schools?q=%3Chill")
    assert names(soup) == ["Cross <Hill>"]
    assert soup.find(id="list-search")["value"] == "<hill"
    assert soup.find("hill") is None


def test_chips_take_away_just_their_own_value(client, three):
    soup = soup_of(
        client,
        "/schools?q=a&phase=2&phase=4&opened_after_day=1&opened_after_month=1&opened_after_year=2000&sort=-urn&x=y",
    )
    assert names(soup) == ["Beck Lane", "Abbey Park"]
    links = chip_links(soup)
    assert list(links) == [
        "Name or URN: a",
        "Phase: Primary",
        "Phase: Secondary",
        "Opened after: 1 January 2000",
    ]
    without_primary = parse_qs(urlsplit(links["Phase: Primary"]).query)
    assert without_primary == {
        "q": ["a"],
        "phase": ["4"],
        "opened_after_day": ["1"],
        "opened_after_month": ["1"],
        "opened_after_year": ["2000"],
        "sort": ["-urn"],
        "x": ["y"],
    }
    assert names(soup_of(client, "/schools" + links["Phase: Primary"])) == ["Beck Lane"]
    assert "opened_after" not in links["Opened after: 1 January 2000"]
    clear = soup.find("a", string="Clear filters")["href"]
    assert parse_qs(urlsplit(clear).query) == {"sort": ["-urn"], "x": ["y"]}


def test_the_last_chip_leads_to_the_bare_list(client, three):
    links = chip_links(soup_of(client, "/schools?phase=2"))
    assert links == {"Phase: Primary": "?"}


def test_ranges_yes_or_no_and_rows_are_filters_too(client, three, far_authority):
    make.SchoolFactory(authority=far_authority, name="Far away")
    number = three[1].establishment_number
    soup = soup_of(client, f"/schools?numbers_min={number}&numbers_max={number}")
    assert names(soup) == ["Beck Lane"]
    assert list(chip_links(soup)) == [f"Numbers: {number} to {number}"]
    assert list(chip_links(soup_of(client, f"/schools?numbers_min={number}"))) == [f"Numbers: from {number}"]
    assert list(chip_links(soup_of(client, f"/schools?numbers_max={number}"))) == [f"Numbers: up to {number}"]
    closed = soup_of(client, "/schools?closed=yes")
    assert names(closed) == ["Cross <Hill>"]
    assert list(chip_links(closed)) == ["Closed: Yes"]
    assert "Cross <Hill>" not in names(soup_of(client, "/schools?closed=no"))
    far = soup_of(client, f"/schools?authority={far_authority.pk}")
    assert names(far) == ["Far away"]
    assert list(chip_links(far)) == ["Authority: Soarbridge"]
    assert list(chip_links(soup_of(client, f"/schools?number={number}"))) == [f"Number: {number}"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("phase=primary", "Choose phase from the list"),
        ("number=many", "Number must be a number, like 2.5"),
        (
            "opened_after_day=31&opened_after_month=2&opened_after_year=2020",
            "Opened after must be a real date",
        ),
        ("authority=999999999999999999999999999999", "Choose authority from the list"),
        ("authority=x", "Choose authority from the list"),
        ("closed=maybe", "Choose closed from the list"),
    ],
)
def test_a_filter_that_cannot_be_read_says_so_and_narrows_nothing(client, three, query, said):
    soup = soup_of(client, f"/schools?{query}")
    assert soup.select_one(".govuk-error-summary a").get_text(strip=True) == said
    assert soup.title.get_text().startswith("Error: ")
    assert soup.select_one("details.app-filter__more").has_attr("open")
    assert len(names(soup)) == 3
    assert chip_links(soup) == {}


@pytest.mark.parametrize(
    "query",
    [
        "q=a%00b&phase=%00",
        "q=" + "x" * 5000,
        "q=" + "+".join("abcdefghijklmnop"),
        "number=1e400",
        "number=" + "9" * 60,
        "number=NaN",
        "number=Infinity",
        "numbers_min=" + "9" * 40,
        "page=" + "9" * 6000,
        "page=-1",
        "page=%F0%9F%98%80",
        "page=٣",
        "page=²",
        "sort=--name",
        "sort=status",
        "sort=password",
        "export=pdf",
        "opened_after=" + "9" * 50,
        "opened_after_day=1&opened_after_month=1&opened_after_year=9999",
        "phase=" + "&phase=".join("1" * 50),
        "q=%27%22%5C%25_",
    ],
)
def test_no_address_breaks_a_list(client, three, query):
    assert client.get(f"/schools?{query}").status_code == 200
    assert b"".join(client.get(f"/schools?export=csv&{query}")).startswith(
        b"\xef\xbb\xbf" if "export=pdf" not in query else b""
    )


def test_headings_sort_and_say_how_the_list_is_sorted(client, three):
    soup = soup_of(client, "/schools?q=e&page=1")
    headings = {th.get_text(strip=True): th for th in soup.select("thead th")}
    assert headings["School"]["aria-sort"] == "ascending"
    assert headings["School"].a["href"] == "?q=e&sort=-name"
    assert headings["URN"]["aria-sort"] == "none"
    assert headings["URN"].a["href"] == "?q=e&sort=urn"
    assert not headings["Status"].has_attr("aria-sort")
    assert headings["Status"].a is None
    descending = soup_of(client, "/schools?sort=-name")
    assert names(descending) == ["Cross <Hill>", "Beck Lane", "Abbey Park"]
    heading = descending.select_one('th[aria-sort="descending"]')
    assert heading.get_text(strip=True) == "School"
    assert heading.a["href"] == "?sort=name"


def test_empty_values_come_last_whichever_way_a_list_is_sorted(client, three):
    assert names(soup_of(client, "/schools?sort=opened")) == ["Abbey Park", "Beck Lane", "Cross <Hill>"]
    assert names(soup_of(client, "/schools?sort=-opened")) == ["Beck Lane", "Abbey Park", "Cross <Hill>"]


def test_fifty_rows_a_page_each_row_once(client, authority):
    for number in range(120):
        make.SchoolFactory(authority=authority, name=f"Same name {number % 2}")
    seen = []
    for number in (1, 2, 3):
        soup = soup_of(client, f"/schools?q=same&sort=name&page={number}")
        seen += [td.get_text(strip=True) for td in soup.select('td[data-heading="URN"]')]
    assert len(seen) == len(set(seen)) == 120
    first = soup_of(client, "/schools?q=same&sort=name")
    assert count(first) == "120 schools, 1 to 50 shown"
    assert first.find("a", attrs={"rel": "next"})["href"] == "?q=same&sort=name&page=2"
    assert first.find("a", attrs={"rel": "prev"}) is None
    assert first.find("a", attrs={"aria-current": "page"}).get_text(strip=True) == "1"
    last = soup_of(client, "/schools?q=same&page=3")
    assert count(last) == "120 schools, 101 to 120 shown"
    assert last.find("a", attrs={"rel": "next"}) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 1), ("x", 1), ("0", 1), ("-5", 1), ("2", 2), ("99", 7), ("9" * 6000, 7), ("²", 7)],
)
def test_a_page_that_is_not_there_is_the_nearest_that_is(text, number):
    assert page._nearest_page(text, 7) == number


def test_pages_far_apart_are_shown_with_gaps(rf):
    def numbers(number, last):
        items = page._pagination(number, last, rf.get("/").GET)["items"]
        return ["…" if item.get("ellipsis") else item["number"] for item in items]

    assert numbers(1, 20) == [1, 2, "…", 20]
    assert numbers(10, 20) == [1, "…", 9, 10, 11, "…", 20]
    assert numbers(4, 6) == [1, 2, 3, 4, 5, 6]
    assert page._pagination(1, 1, rf.get("/").GET) is None


def test_a_csv_file_holds_what_is_shown_on_all_pages(client, three, authority):
    for number in range(60):
        make.SchoolFactory(authority=authority, name=f"Many {number:02}")
    response = client.get("/schools?q=many&sort=-name&page=2&export=csv")
    content = b"".join(response).decode()
    assert content.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert rows[0] == ["URN", "School", "Authority", "Phase", "Opened", "Status"]
    assert [row[1] for row in rows[1:]] == [f"Many {number:02}" for number in reversed(range(60))]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="schools-of-kirkdale-2')
    assert response["Cache-Control"] == "no-store"


def test_the_links_to_the_files_keep_search_filters_and_sort(client, three):
    soup = soup_of(client, "/schools?q=a&phase=2&sort=-name&page=1")
    links = [link["href"] for link in soup.select(".app-list__exports a")]
    assert links == ["?q=a&phase=2&sort=-name&export=csv", "?q=a&phase=2&sort=-name&export=xlsx"]


def test_an_xlsx_file_keeps_numbers_and_dates_as_such(client, three):
    response = client.get("/schools?sort=name&export=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(response))).active
    assert sheet.title == "Schools"
    assert [cell.value for cell in sheet[1]] == ["URN", "School", "Authority", "Phase", "Opened", "Status"]
    urn, name, _, phase, opened, status = sheet[2]
    assert (urn.value, urn.data_type) == (three[0].urn, "n")
    assert (name.value, phase.value, status.value) == ("Abbey Park", "Primary", "Open")
    assert opened.is_date
    assert opened.value == dt.datetime(2001, 9, 1)  # noqa: DTZ001  # a spreadsheet knows no zones
    assert sheet.freeze_panes == "A2"
    assert "xlsx" in response["Content-Disposition"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_file_is_a_formula(client, authority, start):
    make.SchoolFactory(authority=authority, name=f"{start}HYPERLINK(1)")
    written = b"".join(client.get("/schools?export=csv")).decode()
    assert f"'{start}HYPERLINK(1)" in written
    cell = load_workbook(io.BytesIO(b"".join(client.get("/schools?export=xlsx")))).active["B2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_control_characters_do_not_break_a_file(client, authority):
    make.SchoolFactory(authority=authority, name="Bell\x07 tower")
    cell = load_workbook(io.BytesIO(b"".join(client.get("/schools?export=xlsx")))).active["B2"]
    assert cell.value == "Bell tower"


@pytest.mark.parametrize(
    ("value", "in_csv", "in_xlsx"),
    [
        (True, "Yes", "Yes"),
        (False, "No", "No"),
        (None, None, None),
        (-3, -3, -3),
        (Decimal("-2.50"), Decimal("-2.50"), Decimal("-2.50")),
        (Decimal("NaN"), Decimal("NaN"), None),
        (dt.date(2026, 11, 21), "2026-11-21", dt.date(2026, 11, 21)),
        ("-3", "'-3", "'-3"),
        ("nul\x00", "nul", "nul"),
    ],
)
def test_values_in_files(value, in_csv, in_xlsx):
    assert str(exports._csv_value(value)) == str(in_csv)
    assert str(exports._xlsx_value(value)) == str(in_xlsx)


def test_times_are_written_as_clocks_here_showed_them():
    summer = dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC)
    assert columns.plain(summer) == dt.datetime(2026, 7, 1, 9, 30)  # noqa: DTZ001
    assert exports._csv_value(columns.plain(summer)) == "2026-07-01 09:30"
    assert columns.shown(summer) == "1 July 2026, 09:30"
    naive = dt.datetime(2026, 7, 1, 8, 30)  # noqa: DTZ001
    assert columns.plain(naive) == naive
    assert columns.shown(naive) == "1 July 2026, 08:30"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (0, "0"),
        (True, "Yes"),
        (False, "No"),
        (Decimal("2.50"), "2.50"),
        ("<b>", "<b>"),
        (SafeString("<b>x</b>"), "<b>x</b>"),
        (dt.date(2026, 11, 21), "21 November 2026"),
    ],
)
def test_values_on_pages(value, text):
    assert columns.shown(value) == text


def test_markup_is_exported_as_its_text_and_other_things_as_what_they_are_called():
    assert columns.plain(SafeString("<b>Open</b> ")) == "Open"
    assert columns.plain(lists.Tag("Late", "red")) == "Late"
    assert columns.plain(SchoolPhase.PRIMARY) == 2
    assert columns.plain(make.SchoolFactory.build(name="Anne")) == "Anne"
    assert "govuk-tag " not in columns.shown(lists.Tag("Late"))


def test_columns_walk_attributes_dictionaries_and_methods():
    school = (
        make.SchoolFactory.build(name="Anne", headteacher=None) if hasattr(School, "headteacher") else None
    )
    assert school is None or school.name == "Anne"
    row = {"school": {"name": "Anne"}, "nothing": None, "call": str}
    assert lists.Column("n", "N", value="school.name").of(row) == "Anne"
    assert lists.Column("n", "N", value="nothing.at.all").of(row) is None
    assert lists.Column("call", "N").of(row) == ""
    assert lists.Column("n", "N", value=lambda r: len(r)).of(row) == 3
    assert lists.Column("n", "N", value="school.name", export=lambda r: 7).exported(row) == 7


@pytest.mark.parametrize(
    ("title", "sheet"), [("A [b]: c*d?/e\\f'", "A  b   c d  e f"), ("", "List"), ("x" * 40, "x" * 31)]
)
def test_sheets_have_names_excel_takes(title, sheet):
    assert exports._sheet_name(title) == sheet


def test_sorting_may_be_by_several_fields_descending_ones_and_expressions():
    ordered = page._ordered(
        School.objects.all(), (lists.Column("x", "X", sort=("-urn", Lower("name"))), False)
    ).query.order_by
    assert [getattr(term, "descending", None) for term in ordered] == [True, False, None]
    reverse = page._ordered(
        School.objects.all(), (lists.Column("x", "X", sort=["-urn"]), True)
    ).query.order_by
    assert reverse[0].descending is False


def test_a_list_without_a_sort_keeps_its_own_order():
    assert page._ordered(School.objects.order_by("-urn"), None).query.order_by == ("-urn", "pk")
    assert page._ordered(School.objects.order_by(), None).query.order_by == ("pk",)


@pytest.mark.parametrize("query", ["", "?q=e&phase=2&sort=-name", "?export=csv", "?export=xlsx"])
def test_a_list_costs_the_same_with_one_row_and_with_ten(client, authority, query):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            b"".join(client.get(f"/schools{query}"))
        return len(queries)

    make.SchoolFactory(authority=authority, name="Anne")
    one = cost()
    for _ in range(9):
        make.SchoolFactory(authority=authority, name="Anne")
    assert cost() == one
    assert one <= 4


@pytest.mark.parametrize("query", ["", "?export=csv", "?export=xlsx"])
def test_a_restricted_list_names_what_it_showed_for_the_read_log(client, three, query):
    response = client.get(f"/restricted{query}")
    assert b"".join(response)
    assert sorted(response.wsgi_request.shown) == sorted(str(school.urn) for school in three)


def test_chips_know_grouped_choices_and_leave_out_what_means_nothing(rf):
    class Filters(forms.FilterForm):
        area = django_forms.ChoiceField(choices=[("Outer", [("e", "East")])], required=False)
        tags = django_forms.MultipleChoiceField(choices=[("a", "A")], required=False)
        only = django_forms.BooleanField(required=False)
        least = django_forms.IntegerField(required=False)

    params = rf.get("/?area=e&only=&least=0&tags=").GET
    assert [(c.name, c.value) for c in chips.of(params, Filters(params))] == [
        ("Area", "East"),
        ("Least", "0"),
    ]
    off = rf.get("/?only=false").GET
    assert [(c.name, c.value) for c in chips.of(off, Filters(off))] == [("Only", "No")]


def test_a_list_inside_another_page_has_no_files(rf, three):
    shown = lists.list_page(
        RequestFactory().get("/?sort=-name"),
        queryset=School.objects.all(),
        columns=[lists.Column("name", "School", sort="name")],
        default_sort="name",
    )
    assert [school.name for school in shown.objects] == ["Cross <Hill>", "Beck Lane", "Abbey Park"]
    assert shown.exports == ()
    assert shown.form is None
    assert not shown.searchable
    assert not shown.narrowed
    assert shown.rows[0][0].names_row
    assert shown.empty == "There are no rows yet."


def test_the_form_keeps_what_is_not_its_own(client, three):
    soup = soup_of(client, "/schools?sort=-name&view=mine&page=1&q=a&phase=2")
    kept = {tag["name"]: tag["value"] for tag in soup.select('.app-filter input[type="hidden"]')}
    assert kept == {"sort": "-name", "view": "mine"}


def test_any_set_of_filters_gets_the_form_kits_form():
    form = SchoolFilter({"phase": ["2"]}, queryset=School.objects.none()).form
    assert form.mark_optional is False
    assert chips.keys(form) >= {"opened_after", "opened_after_day", "numbers_min", "phase"}
