from decimal import Decimal

import pytest

from schools.choices import ValueStatus as S
from schools.importing import layouts, reference
from schools.importing.layouts import Header
from schools.importing.measures import Measures
from schools.importing.reading import Row
from schools.importing.records import ComparatorValues, SchoolValues
from tests.schools.importing import made


def parsed(content, name="2017-18.csv"):
    found = made.plan(name, content)
    assert found.refusal == ""
    parser = found.measures()
    return [record for row in found.rows() if (record := parser.parse(row))], parser.problems


def values(content, name="2017-18.csv"):
    [record], problems = parsed(content, name)
    assert problems == []
    return {(v.indicator, v.group): v for v in record.values}


def shown(v):
    return (v.value, v.status.value, v.low, v.high, v.cohort)


@pytest.mark.requirement("L-021", "K-015")
def test_ks2_results_give_values_groups_intervals_and_cohorts():
    found = values(made.ks2())
    assert shown(found["ks2_rwm_exp", "all"]) == (65, "published", None, None, 30)
    assert shown(found["ks2_rwm_exp", "boys"]) == (57, "published", None, None, 14)
    assert shown(found["ks2_rwm_exp", "girls"]) == (72, "published", None, None, 16)
    assert shown(found["ks2_rwm_exp", "disadvantaged"]) == (None, "suppressed", None, None, 9)
    assert shown(found["ks2_rwm_exp", "not_disadvantaged"]) == (71, "published", None, None, None)
    assert shown(found["ks2_prog_read", "all"]) == (
        Decimal("-1.2"),
        "published",
        Decimal("-3.1"),
        Decimal("0.7"),
        30,
    )
    assert shown(found["ks2_read_score", "all"]) == (104, "published", None, None, 30)
    assert ("ks2_math_exp", "all") not in found  # the file has no such column


@pytest.mark.requirement("K-019")
def test_ks4_results_use_the_cohort_of_each_measure():
    found = values(made.ks4())
    assert shown(found["ks4_p8", "all"]) == (
        Decimal("0.12"),
        "published",
        Decimal("-0.07"),
        Decimal("0.31"),
        171,
    )
    assert shown(found["ks4_a8", "all"])[4] == 180
    assert shown(found["ks4_em4", "all"])[0] == Decimal("66.5")
    assert shown(found["ks4_p8", "girls"]) == (
        Decimal("0.3"),
        "published",
        Decimal("0.05"),
        Decimal("0.55"),
        None,
    )
    assert shown(found["ks4_ebacc_entry", "all"])[0] == 38


@pytest.mark.requirement("K-011", "K-016", "L-033")
def test_the_census_gives_context_and_works_out_free_school_meals():
    found = values(made.census())
    assert {key: v.value for (key, _), v in found.items()} == {
        "roll": 200, "sen_support_pct": 15, "ehcp_pct": 2, "eal_pct": 25, "fsm6_pct": Decimal("22.11"),
        "fsm_pct": Decimal("20.5"),
    }  # fmt: skip
    assert found["fsm6_pct", "all"].cohort == 190


def test_a_share_is_only_worked_out_where_both_numbers_are_there():
    assert shown(values(made.census({"NUMFSM": "NA"}))["fsm_pct", "all"]) == (
        None,
        "not_applicable",
        None,
        None,
        200,
    )
    assert values(made.census({"NOR": "NA"}))["fsm_pct", "all"].status == S.NOT_APPLICABLE
    assert values(made.census({"NOR": "0", "NUMFSM": "0"}))["fsm_pct", "all"].blank
    header = [column for column in made.CENSUS_HEADER if column != "NUMFSM"]
    assert ("fsm_pct", "all") not in values(made.census(header=header))


@pytest.mark.requirement("L-035")
@pytest.mark.parametrize(("column", "name"), [("PPERSABS10", "2018-19.csv"), ("PPERSABS15", "2012-13.csv")])
def test_persistent_absence_is_read_under_the_name_of_its_years(column, name):
    found = values(made.absence(column=column), name)
    assert (found["abs_overall", "all"].value, found["abs_persistent", "all"].value) == (
        Decimal("4.7"),
        Decimal("13.5"),
    )


def test_a_row_may_stop_before_the_headers_end():
    found = values(made.ks2(["1", "901", "2001", "100001", "Beck Lane", "210", "30", "14", "16", "9", "65%"]))
    assert found["ks2_rwm_exp", "all"].value == 65
    assert found["ks2_rwm_exp", "boys"].blank


def test_a_new_school_without_results_is_told_from_one_that_published_nothing():
    cells = ["1", "901", "2001", "100001", "Beck Lane"]
    assert values(made.ks2([*cells, "NEW"]))["ks2_rwm_exp", "all"].status == S.NEW_SCHOOL
    assert values(made.ks2([*cells, "210"]))["ks2_rwm_exp", "all"].status == S.NOT_PUBLISHED


@pytest.mark.parametrize("text", ["", " ", "NP", "NA"])
def test_a_measure_not_produced_in_a_year_says_so(text):
    row = {"P8MEA": text, "P8MEA_GIRLS": text}
    assert values(made.ks4(row), "2024-25.csv")["ks4_p8", "all"].status == S.NOT_PRODUCED
    assert values(made.ks4(row), "2017-18.csv")["ks4_p8", "all"].status != S.NOT_PRODUCED


def test_suppression_is_never_turned_into_not_produced():
    assert values(made.ks4({"P8MEA": "SUPP"}), "2024-25.csv")["ks4_p8", "all"].status == S.SUPPRESSED


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ({"PTRWM_EXP": "many"}, "PTRWM_EXP", "a number was expected"),
        ({"PTRWM_EXP": "165%"}, "PTRWM_EXP", "at most 100"),
        ({"TELIG": "3.5"}, "TELIG", "whole number"),
        ({"READPROG_LOWER": "x?"}, "READPROG_LOWER", "a number was expected"),
        ({"READPROG_LOWER": "2", "READPROG_UPPER": "1"}, "READPROG_LOWER", "above the upper limit"),
    ],
)
def test_a_cell_that_makes_no_sense_is_left_out_alone(row, column, message):
    [record], problems = parsed(made.ks2(row))
    assert {p.column for p in problems} == {column}
    assert all(message in p.message and p.row == 2 for p in problems)
    assert any(v.indicator == "ks2_read_score" and v.value == 104 for v in record.values)


def test_an_impossible_share_is_left_out():
    [record], [problem] = parsed(made.census({"NUMFSM": "300"}))
    assert (problem.column, problem.value) == ("NUMFSM", "300")
    [record], [problem] = parsed(made.census({"NUMFSM": "many"}))
    assert problem.column == "NUMFSM"
    [record], problems = parsed(made.census({"NOR": "many"}))
    assert {p.column for p in problems} == {"NOR"}
    assert all(v.indicator != "fsm_pct" for v in record.values)


def test_a_row_without_a_urn_is_left_out_with_its_number():
    records, [problem] = parsed(made.ks2({}, {"URN": "x"}, {"URN": "100002"}))
    assert [record.urn for record in records] == [100001, 100002]
    assert (problem.row, problem.column, problem.value) == (3, "URN", "x")


def test_a_school_twice_in_a_file_keeps_its_first_row():
    records, [problem] = parsed(made.ks2({}, {"PTRWM_EXP": "1%"}))
    assert len(records) == 1
    assert "its first row is 2" in problem.message


def test_special_schools_are_schools_and_unknown_kinds_of_row_are_left_out():
    records, [problem] = parsed(made.ks2({"RECTYPE": "2"}, {"RECTYPE": "9", "URN": "100002"}))
    assert isinstance(records[0], SchoolValues)
    assert (problem.column, problem.value) == ("RECTYPE", "9")


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (
            made.ks2({"RECTYPE": "3", "URN": ""}, {"RECTYPE": "4", "URN": ""}, {"RECTYPE": "5", "URN": ""}),
            [("authority", "901", 0), ("national", "", 1), ("national", "", 0)],
        ),
        (
            made.ks4({"RECTYPE": "4", "URN": ""}, {"RECTYPE": "5", "URN": ""}, {"RECTYPE": "7", "URN": ""}),
            [("authority", "901", 0), ("national", "", 1), ("national", "", 0)],
        ),
    ],
)
def test_rows_of_authorities_and_england_are_told_from_schools(content, kinds):
    records, problems = parsed(content)
    assert [(r.comparator, r.authority, r.preference) for r in records] == kinds
    assert problems == []


def test_england_by_kind_of_school_keeps_its_kind():
    rows = [["NAT", kind, "", "4", "8.2"] for kind in ("PRI", "SEC", "SPE", "ALL")]
    records, _ = parsed(made.absence(*rows), "2018-19.csv")
    assert [r.comparator for r in records] == [
        "national_primary",
        "national_secondary",
        "national_special",
        "national",
    ]
    [record], _ = parsed(made.census({"URN": "NAT", "LA": "", "Estab": "PRI"}))
    assert isinstance(record, ComparatorValues)
    assert all(
        v.indicator != "roll" for v in record.values
    )  # a sum over England is nothing to hold a school against


def test_an_authoritys_number_is_three_digits_however_it_is_written():
    [record], _ = parsed(made.absence(["1.0", "2001", "100001", "4", "8"]), "2018-19.csv")
    assert record.authority == "001"


def test_a_lone_cell_does_no_harm():
    parser = made.plan("2017-18.csv", made.ks2()).measures()
    assert parser.parse(Row(9, ["1"])) is None
    assert [p.row for p in parser.problems] == [9]


def test_every_layout_names_only_indicators_and_groups_that_there_are():
    for layout in layouts.all_layouts():
        for measure in layout.detail.get("measures", ()):
            assert measure["indicator"] in reference.indicators()
            groups = measure.get("columns", layout.detail.get("suffixes", {"all": ""}))
            assert set(groups) <= set(reference.groups())


def test_an_indicator_nobody_shipped_is_taken_as_produced():
    assert not reference.not_produced("local_measure", 2017)


def test_a_share_needs_both_its_columns():
    detail = {
        "school": {"urn": ["URN"]},
        "measures": [
            {"indicator": "fsm_pct", "type": "percent", "part": "A", "whole": "B"},
            {"indicator": "roll", "type": "count", "columns": {"all": "A"}},
        ],
    }
    layout = layouts.Layout("x", "X", "measures", True, 30, (), (), "", detail)
    assert Measures(layout, Header(["URN", "A"]), 2018, reference.not_produced).keys == {("roll", "all")}
