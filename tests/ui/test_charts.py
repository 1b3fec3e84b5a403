"""Charts: where things stand on them, and that what is missing looks missing."""

import re

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template

from ui.charts import Point, Series, bars, nice_ticks, trend

SCHOOL = [
    ("2015-16", 48.0),
    ("2016-17", 55.0),
    ("2017-18", None, "Suppressed by the publisher"),
    ("2018-19", 61.0),
    ("2021-22", 64.0),
    ("2022-23", 52.0, "New headteacher"),
]


def drawn(chart):
    return BeautifulSoup(Template("{% chart chart %}").render(Context({"chart": chart})), "html.parser")


def inside(chart):
    left, top, right, bottom = chart.plot
    return all(
        left <= marker.x <= right
        and all(top <= y <= bottom for y in (marker.y, marker.low_y, marker.high_y) if y is not None)
        for line in chart.lines
        for marker in line.markers
    )


def test_every_value_stands_inside_the_plot_higher_values_higher():
    chart = trend("RWM", [Series("School", SCHOOL)], unit="%")
    line = chart.lines[0]
    assert inside(chart)
    assert len(line.markers) == 5
    by_value = sorted(zip((48, 55, 61, 64, 52), (marker.y for marker in line.markers), strict=True))
    assert [y for _, y in by_value] == sorted((y for _, y in by_value), reverse=True)


def test_a_missing_year_breaks_the_line_and_so_does_one_left_out():
    chart = trend("RWM", [Series("School", SCHOOL)])
    # 2015-16 to 2016-17, then 2018-19 alone, then 2021-22 to 2022-23
    assert [len(segment.split()) for segment in chart.lines[0].segments] == [2, 2]


def test_years_stand_as_far_apart_as_they_are():
    places = {label.text: label.at for label in trend("RWM", [Series("School", SCHOOL)]).labels}
    year = places["2016-17"] - places["2015-16"]
    assert places["2021-22"] - places["2018-19"] == pytest.approx(3 * year, abs=0.5)


def test_years_are_put_in_order_and_other_labels_kept_as_given():
    assert [label.text for label in trend("A", [Series("S", [(2019, 1), (2017, 2)])]).labels] == [
        "2017",
        "2019",
    ]
    assert [label.text for label in trend("A", [Series("S", [("Spring", 1), ("Autumn", 2)])]).labels] == [
        "Spring",
        "Autumn",
    ]


def test_one_value_is_a_marker_in_the_middle_and_no_line():
    chart = trend("Progress", [Series("School", [("2022-23", -1.4)])], decimals=1)
    marker = chart.lines[0].markers[0]
    assert chart.lines[0].segments == ()
    assert marker.x == (chart.plot[0] + chart.plot[2]) / 2
    assert inside(chart)
    assert drawn(chart).select("svg.app-chart__drawing path")


def test_values_that_never_change_are_a_level_line_inside_the_plot():
    chart = trend("Pupils", [Series("School", [(str(year), 100) for year in range(2015, 2020)])])
    assert len({marker.y for marker in chart.lines[0].markers}) == 1
    assert inside(chart)
    assert chart.plot[1] < chart.lines[0].markers[0].y < chart.plot[3]


def test_a_scale_that_crosses_nought_shows_where_it_is():
    chart = trend("Progress", [Series("School", [("2017", -2.0), ("2018", 1.5)])])
    below, above = chart.lines[0].markers
    assert above.y < chart.zero_at < below.y
    assert trend("A", [Series("S", [("2017", 5), ("2018", 9)])]).zero_at is None


def test_intervals_reach_as_far_as_they_say():
    chart = trend(
        "Progress", [Series("School", [Point("2017", 1.0, "", -0.5, 2.5), ("2018", 1.2)])], decimals=1
    )
    first, second = chart.lines[0].markers
    assert first.high_y < first.y < first.low_y
    assert second.low_y is None
    assert inside(chart)
    assert "1.0 (−0.5 to 2.5)" in chart.description


def test_nothing_but_missing_values_says_so_instead_of_drawing():
    chart = trend("RWM", [Series("School", [("2020-21", None, "Not produced nationally")])])
    assert chart.empty
    soup = drawn(chart)
    assert soup.find("svg") is None
    assert "There is nothing to draw" in soup.get_text()
    assert "Not produced nationally" in soup.find("table").get_text()
    assert trend("RWM", []).empty
    assert trend("RWM", [Series("School")]).description == ""


def test_lines_differ_in_more_than_colour():
    chart = trend("RWM", [Series(name, SCHOOL) for name in "abcd"])
    assert len({line.style.dash for line in chart.lines}) == 4
    assert len({re.sub(r"[\d. -]", "", line.key) + line.style.shape for line in chart.lines}) == 4
    repeated = trend("RWM", [Series(name, SCHOOL) for name in "abcde"])
    assert repeated.lines[4].style == repeated.lines[0].style


def test_many_years_keep_their_points_but_not_every_label():
    chart = trend("RWM", [Series("School", [(str(year), year) for year in range(1996, 2020)])])
    assert len(chart.lines[0].markers) == 24
    assert [label.text for label in chart.labels][:3] == ["1996", "1999", "2002"]


def test_the_table_says_what_the_drawing_shows_and_why_values_are_missing():
    chart = trend(
        "RWM",
        [Series("School", SCHOOL), Series("National", [("2015-16", 53.0), ("2017-18", 64.4)])],
        unit="%",
        decimals=1,
    )
    rows = [
        [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])]
        for row in drawn(chart).select("tr")
    ]
    assert rows[0] == ["Year", "School", "National"]
    assert rows[1] == ["2015-16", "48.0%", "53.0%"]
    assert rows[3] == ["2017-18", "Suppressed by the publisher", "64.4%"]
    assert rows[4] == ["2018-19", "61.0%", "No value"]
    assert rows[6] == ["2022-23", "52.0%, New headteacher", "No value"]


def test_a_drawing_names_itself_and_needs_no_style_or_script():
    soup = drawn(trend("RWM <1>", [Series("School <2>", SCHOOL), Series("National", SCHOOL)], unit="%"))
    svg = soup.select_one("svg.app-chart__drawing")
    assert svg["role"] == "img"
    title, description = (soup.find(id=one) for one in svg["aria-labelledby"].split())
    assert title.get_text() == "RWM <1>"
    assert description.get_text().startswith("School <2>: 2015-16 48%; 2016-17 55%; 2017-18 Suppressed")
    assert soup.find("script") is None
    assert not soup.find_all(style=True)
    # Each key has a title of its own, since a PDF knows no hidden pictures.
    legend = [list(item.stripped_strings) for item in soup.select(".app-chart__legend li")]
    assert legend == [["Key", "School <2>"], ["Key", "National"]]
    assert drawn(trend("A", [Series("S", SCHOOL)])).select(".app-chart__legend") == []


def test_the_same_chart_has_the_same_id_and_another_another():
    first, again = trend("A", [Series("S", SCHOOL)]), trend("A", [Series("S", SCHOOL)])
    assert first == again
    assert first.id != trend("B", [Series("S", SCHOOL)]).id


def test_bars_are_as_long_as_their_values_and_start_at_nought():
    chart = bars("Absence", [Series("School", [("All", 5.0), ("Some", 10.0)])], unit="%", decimals=1)
    half, whole = chart.bars
    assert whole.width == pytest.approx(2 * half.width, abs=0.2)
    assert half.x == whole.x == chart.zero_at
    assert [bar.text for bar in chart.bars] == ["5.0%", "10.0%"]
    assert len(drawn(chart).select("svg.app-chart__drawing rect")) == 2


def test_negative_bars_end_at_nought():
    chart = bars("Progress", [Series("School", [("Maths", -2.0), ("Reading", 3.0)])], decimals=1)
    below, above = chart.bars
    assert below.x + below.width == pytest.approx(chart.zero_at, abs=0.2)
    assert above.x == chart.zero_at
    assert chart.plot[0] <= below.x
    assert below.text == "−2.0"


def test_a_missing_bar_says_why_and_groups_do_not_overlap():
    chart = bars(
        "Absence",
        [
            Series("School", [("All", 5.0), ("Some", None, "Suppressed")]),
            Series("National", [("All", 6.0), ("Some", None)]),
        ],
    )
    assert [bar.text for bar in chart.bars] == ["5", "Suppressed", "6", "No value"]
    assert len({bar.y for bar in chart.bars}) == 4
    assert max(bar.y + bar.height for bar in chart.bars) <= chart.height
    assert len(drawn(chart).select("svg.app-chart__drawing rect")) == 2
    assert [tag.get_text(strip=True) for tag in drawn(chart).select("thead th")] == [
        "Group",
        "School",
        "National",
    ]
    assert bars("Nothing", []).empty


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (48, 65, (45, 50, 55, 60, 65)),
        (0, 1, (0, 0.25, 0.5, 0.75, 1)),
        (-2, 1.5, (-2, -1, 0, 1, 2)),
        (0, 10_000, (0, 2500, 5000, 7500, 10_000)),
        (3, 3, (2, 2.5, 3, 3.5, 4)),
        (0, 0.001, (0, 0.00025, 0.0005, 0.00075, 0.001)),
        (0, 36, (0, 10, 20, 30, 40)),
    ],
)
def test_ticks_are_round_and_hold_every_value(low, high, ticks):
    assert nice_ticks(low, high) == ticks


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(-0.04, 1, "0.0"), (-1.25, 2, "−1.25"), (24_473, 0, "24,473"), (-24_473, 0, "−24,473")],
)
def test_figures_have_true_minus_signs_and_commas(value, decimals, text):
    assert trend("A", [Series("S", [("2017", value)])], decimals=decimals).table["rows"][0][1]["text"] == text


def test_units_that_are_words_stand_apart():
    assert "5 days" in trend("A", [Series("S", [("2017", 5)])], unit="days").description
