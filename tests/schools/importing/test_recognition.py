"""What a file is, is in its header; its year is in its name."""

import pytest

from schools.importing import layouts, plans, reading
from schools.importing.layouts import Header, Unrecognised, all_layouts, recognise
from schools.importing.measures import Measures
from tests.schools.importing import made, made_kinds
from tests.schools.importing.made import plan, refusal


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (made.gias(), "gias"),
        (made.ks2(), "ks2"),
        (made.ks4(), "ks4"),
        (made.census(), "census"),
        (made.absence(), "absence"),
        (made.links([100001, 100002, "x", "Successor", ""]), "gias_links"),
        (made.ofsted(), "ofsted_mi"),
        (made.report_cards(), "ofsted_report_cards"),
        (made_kinds.ks5(), "ks5"),
        (made_kinds.ks4_provisional(), "ks4_provisional"),
        (made_kinds.ks4_destinations(), "ks4_destinations"),
        (made_kinds.ks5_destinations(), "ks5_destinations"),
        (made_kinds.pupil_premium(), "pupil_premium"),
        (made_kinds.workforce(), "workforce"),
        (made_kinds.finance(), "third_party_finance"),
        (made_kinds.groups(), "gias_groups"),
    ],
)
def test_each_kind_is_recognised_by_its_header_whatever_its_name(content, key):
    found = plan("nonsense_2018-19_20230705.csv", content)
    assert (found.layout.key, found.refusal) == (key, "")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("URN,KS2 Pupils,Reading Progress", "third party’s copy of KS2"),
        ("URN,KS4 Pupils,Progress 8", "third party’s copy of KS4"),
        ("RECTYPE,URN,READPROG,OFSTEDRATING,INSPECTIONDT", "third party’s mixture"),
        ("URN,Rating,Inspection Date", "third party’s list of Ofsted grades"),
        ("Column,Field Name,Label/Description", "a description of columns"),
        ("LEA,LA Name,REGION,REGION NAME", "a list of authorities"),
    ],
)
def test_kinds_that_are_not_imported_are_named_for_what_they_are(header, words):
    found = plan("2018-19.csv", f"{header}\n1,2,3".encode())
    assert words in found.refusal
    assert found.left


def test_what_nobody_knows_is_refused_with_its_first_columns():
    words = refusal("2018-19.csv", b"Pets,Names,Ages,Colours,Legs,Tails\n1,2,3,4,5,6")
    assert words.startswith("Not recognised: the first columns are Pets, Names, Ages, Colours, Legs …")


def test_a_header_may_have_a_title_above_it():
    found = plan("2018-19.csv", b"State-funded schools\n\n" + made.census(encoding="utf-8"))
    assert (found.layout.key, found.header_row) == ("census", 3)
    assert [row.number for row in found.rows()] == [4]


def test_a_header_too_far_down_is_not_looked_for():
    assert "Not recognised" in refusal("2018-19.csv", b"x\n" * 20 + made.census(encoding="utf-8"))


@pytest.mark.requirement("L-026")
def test_headers_are_compared_without_case_line_breaks_or_double_spaces():
    header = Header(["\ufeffURN", "Latest  OEIF\n safeguarding", "la (CODE)"])
    assert header.position(["latest oeif safeguarding"]) == 1
    assert header.position(["LA", "LA (code)"]) == 2
    assert header.position(["nothing"]) is None
    assert (header.name(1), header.name(9)) == ("Latest OEIF safeguarding", "column 10")


def test_a_column_that_is_there_twice_is_refused_only_when_it_is_needed():
    assert "NOR is in the file twice" in refusal(
        "2018-19.csv", made.census(header=[*made.CENSUS_HEADER, "NOR"])
    )
    assert refusal("2018-19.csv", made.census(header=[*made.CENSUS_HEADER, "X", "X", ""])) == ""


def test_a_header_of_two_kinds_is_refused_naming_both(monkeypatch):
    twin = layouts.Layout(
        "twin",
        "Twin of the census",
        "measures",
        True,
        30,
        (("URN",), ("NOR",), ("PNUMEAL",), ("TSENELK",)),
        (),
        "",
        {},
    )
    monkeypatch.setattr(layouts, "all_layouts", lambda: (_census(), twin))
    with pytest.raises(Unrecognised, match="School census or Twin of the census"):
        recognise(made.CENSUS_HEADER)


def _census():
    return next(layout for layout in _LAYOUTS if layout.key == "census")


_LAYOUTS = all_layouts()


def test_every_layout_has_a_key_and_a_name_of_its_own():
    assert (
        len({layout.key for layout in _LAYOUTS}) == len({layout.name for layout in _LAYOUTS}) == len(_LAYOUTS)
    )
    assert layouts.by_key("ks2").name == "KS2 results"


# --- years


def test_a_file_that_needs_a_year_and_has_none_is_refused_saying_how_to_give_it():
    words = refusal("results.csv", made.ks2())
    assert words.startswith("KS2 results, but of which academic year?")
    assert "--year 2017-18" in words


def test_the_year_given_is_for_files_whose_name_holds_none():
    assert plan("results.csv", made.ks2(), 2018).year == 2018
    assert plan("2016-17.csv", made.ks2(), 2018).year == 2016


def test_a_name_with_two_years_is_refused():
    assert "two academic years" in refusal("2016-17_2017-18.csv", made.ks2())


def test_files_without_a_year_of_their_own_ignore_one():
    assert plan("2016-17.csv", made.ofsted(), 2018).year is None


# --- what is refused as a whole


def test_a_header_alone_is_refused():
    assert "no rows below it" in refusal("2018-19.csv", made.file(made.CENSUS_HEADER))


def test_a_damaged_file_is_refused_before_anything_of_it_is_used():
    assert "past row" in refusal("2018-19.csv", made.census() + b'100002,901,"' + b"x" * 200_000)
    assert "empty" in refusal("2018-19.csv", b"")


def test_the_same_content_twice_is_read_once():
    sources = [reading.from_bytes(name, made.gias()) for name in ("a_20230705.csv", "b_20230705.csv")]
    assert sorted(found.refusal for found in plans.prepare(sources)) == [
        "",
        "The same content as a_20230705.csv: left out.",
    ]


def test_a_register_without_a_day_is_refused():
    header = [column for column in made.GIAS_HEADER if column != "LastChangedDate"]
    assert "of which day" in refusal("edubase.csv", made.gias(header=header))
    assert plan("edubase_2022-07.csv", made.gias(header=header)).as_at.isoformat() == "2022-07-31"


def test_an_undated_register_is_as_old_as_its_last_change():
    content = made.gias(
        {}, {"URN": "100002", "LastChangedDate": "03-06-2023"}, {"URN": "100003", "LastChangedDate": "x"}
    )
    assert plan("results.csv", content).as_at.isoformat() == "2023-06-03"


def test_persistent_absence_of_another_definition_than_its_years_is_refused():
    assert "PPERSABS15 does not belong to 2018-19" in refusal(
        "2018-19.csv", made.absence(column="PPERSABS15")
    )
    assert plan("2012-13.csv", made.absence(column="PPERSABS15")).refusal == ""


def test_a_file_with_none_of_the_columns_imported_is_refused():
    detail = {
        "school": {"urn": ["URN"]},
        "measures": [{"indicator": "roll", "type": "count", "columns": {"all": "NOR"}}],
    }
    layout = layouts.Layout("x", "Census", "measures", True, 30, (("URN",),), (), "", detail)
    with pytest.raises(Unrecognised, match="none of the columns imported for 2018-19"):
        Measures(layout, Header(["URN"]), 2018, lambda indicator, year: False)


# --- the order of files


def test_the_register_comes_first_newest_first_then_links_then_fuller_files():
    files = {
        "2017-2018_ks2_subset.csv": made.ks2(header=made.KS2_HEADER[:12]),
        "2017-2018_ks2.csv": made.ks2(),
        "links_20230421.csv": made.links([100001, 100002, "x", "Successor", ""]),
        "edubase_20220705.csv": made.gias({"Town": "Old"}),
        "edubase_20230705.csv": made.gias(),
        "pets.csv": b"a,b\n1,2",
    }
    found = plans.prepare([reading.from_bytes(*item) for item in files.items()])
    assert [p.name for p in found] == [
        "edubase_20230705.csv",
        "edubase_20220705.csv",
        "links_20230421.csv",
        "2017-2018_ks2.csv",
        "2017-2018_ks2_subset.csv",
        "pets.csv",
    ]
    assert found[3].shared_keys == found[4].shared_keys == found[4].keys
    assert [p.title for p in found[:4]] == [
        "Register of schools (GIAS)", "Register of schools (GIAS)", "Links between schools (GIAS)", "KS2 results 2017-18",
    ]  # fmt: skip
    assert found[5].title == "pets.csv"


def test_cover_sheets_of_a_workbook_are_passed_over():
    from tests.schools.importing.test_reading import workbook

    content = workbook(("Notes", [["About this file"]]), ("D1", [made.CENSUS_HEADER, ["100001", "901"]]))
    [found] = plans.prepare([reading.from_bytes("census_2024-25.xlsx", content)])
    assert (found.sheet, found.refusal) == ("D1", "")
