import datetime as dt

import pytest

from schools.choices import LinkKind, SchoolPhase, SchoolType
from schools.importing.register import as_at_in_name
from tests.schools.importing import made


def parsed(content, name="edubase_20230705.csv"):
    found = made.plan(name, content)
    assert found.refusal == ""
    parser = found.register()
    return [record for row in found.rows() if (record := parser.parse(row))], parser.problems


def one(row=None, **how):
    [record], problems = parsed(made.gias(row or {}, **how))
    assert problems == []
    return record


def test_a_full_row_gives_every_fact():
    record = one()
    assert (record.urn, record.authority, record.authority_name) == (100001, "901", "Kirkdale")
    assert record.facts == {
        "name": "Beck Lane Primary School", "establishment_number": 2001, "type": 1, "phase": 2, "status": 1,
        "opened_on": None, "closed_on": None, "closure_reason": "", "low_age": 3, "high_age": 11, "gender": "Mixed",
        "has_nursery": True, "has_sixth_form": False, "religious_character": "", "diocese": "", "capacity": 210,
        "pupils": 200, "street": "Beck Lane", "town": "Kirkdale", "postcode": "KD1 2AB", "telephone": "01130000000",
        "website": "www.becklane.example",
    }  # fmt: skip
    assert (record.trust, record.head, record.links) == (("", ""), ("Grace Holroyd", False), [])


@pytest.mark.requirement("L-019")
def test_capacity_and_unfilled_places_belong_to_the_year_of_the_rows_census():
    record = one()
    assert record.values_year == 2022
    assert [(v.indicator, float(v.value)) for v in record.values] == [
        ("capacity", 210.0),
        ("surplus_pct", 4.8),
    ]
    assert [v.indicator for v in one({"NumberOfPupils": ""}).values] == ["capacity"]
    assert one({"CensusDate": ""}).values == one({"SchoolCapacity": ""}).values == []


def test_columns_a_layout_lacks_give_no_facts():
    header = [c for c in made.GIAS_HEADER if "(code)" not in c or c == "LA (code)"]
    header = [
        c
        for c in header
        if c not in ("SchoolCapacity", "CensusDate", "Trusts (name)", "HeadLastName", "HeadFirstName")
    ]
    record = one(header=header)
    assert "capacity" not in record.facts
    assert (record.facts["type"], record.facts["phase"], record.facts["status"]) == (1, 2, 1)
    assert (record.trust, record.head, record.values) == (None, None, [])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Academy - Converter mainstream", SchoolType.ACADEMY_CONVERTER),
        ("Free school  16-19", SchoolType.FREE_SCHOOL_16_19),
        ("Voluntary aided school", SchoolType.VOLUNTARY_AIDED),
        ("Academy 16 to 19 sponsor led", SchoolType.ACADEMY_16_19_SPONSOR_LED),
    ],
)
def test_types_are_known_by_every_wording_the_publishers_use(name, kind):
    assert one({"TypeOfEstablishment (code)": "", "TypeOfEstablishment (name)": name}).facts["type"] == kind


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"URN": "x"}, "URN"),
        ({"EstablishmentName": "Not applicable"}, "EstablishmentName"),
        ({"EstablishmentName": "n" * 201}, "EstablishmentName"),
        (
            {"TypeOfEstablishment (code)": "999", "TypeOfEstablishment (name)": "Academy of dance"},
            "TypeOfEstablishment (name)",
        ),
        ({"EstablishmentStatus (code)": "", "EstablishmentStatus (name)": "?"}, "EstablishmentStatus (name)"),
    ],
)
def test_a_row_without_what_a_school_needs_is_left_out(row, column):
    records, problems = parsed(made.gias(row, {"URN": "100002"}))
    assert [record.urn for record in records] == [100002]
    assert [(p.row, p.column) for p in problems] == [(2, column)]


@pytest.mark.parametrize(
    ("row", "column", "field", "kept"),
    [
        ({"OpenDate": "soon"}, "OpenDate", "opened_on", None),
        ({"SchoolCapacity": "many"}, "SchoolCapacity", "capacity", "missing"),
        ({"EstablishmentNumber": "12345"}, "EstablishmentNumber", "establishment_number", "missing"),
        ({"Postcode": "KD1 2AB, KD1 2AC"}, "Postcode", "postcode", "missing"),
        ({"StatutoryLowAge": "11", "StatutoryHighAge": "7"}, "StatutoryLowAge", "low_age", "missing"),
    ],
)
def test_a_fact_that_makes_no_sense_is_left_out_alone(row, column, field, kept):
    [record], [problem] = parsed(made.gias(row))
    assert problem.column == column
    assert record.facts.get(field, "missing") == kept
    assert record.facts["name"] == "Beck Lane Primary School"


def test_a_school_twice_keeps_its_first_row():
    records, [problem] = parsed(made.gias({}, {"Town": "Elsewhere"}))
    assert records[0].facts["town"] == "Kirkdale"
    assert "twice" in problem.message


def test_a_trust_has_a_number_or_only_a_name():
    assert one({"Trusts (code)": "3206", "Trusts (name)": "Moor  Trust"}).trust == ("3206", "Moor Trust")
    assert one({"Trusts (code)": "x", "Trusts (name)": "Moor Trust"}).trust == ("", "Moor Trust")
    assert one().trust == ("", "")


def test_a_heads_name_says_whether_they_act():
    assert one({"HeadPreferredJobTitle": "Acting Headteacher"}).head == ("Grace Holroyd", True)
    assert one({"HeadFirstName": "", "HeadLastName": ""}).head is None


@pytest.mark.parametrize(
    ("stages", "phase"),
    [
        ("1,0,0", SchoolPhase.PRIMARY), ("0,1,1", SchoolPhase.SECONDARY), ("1,1,0", SchoolPhase.ALL_THROUGH),
        ("0,0,1", SchoolPhase.SIXTEEN_PLUS), ("0,0,0", SchoolPhase.NOT_APPLICABLE),
    ],
)  # fmt: skip
def test_the_performance_tables_own_register_gives_the_phase_by_stages(stages, phase):
    header = "URN,LA,ESTAB,SCHNAME,ICLOSE,OPENDATE,MINORGROUP,NFTYPE,ISPRIMARY,ISSECONDARY,ISPOST16,AGEL,AGEH"
    row = f"100001,901,2001,Beck Lane,2,2018-11-01 00:00:00,Maintained School,Community school,{stages},3,11"
    [record], problems = parsed(f"{header}\n{row}".encode(), "2017-2018_spine.csv")
    assert (record.facts["phase"], record.facts["status"], record.facts["opened_on"]) == (
        phase,
        2,
        dt.date(2018, 11, 1),
    )
    assert problems == []
    special = row.replace("Community school", "Community special school")
    [record], _ = parsed(f"{header}\n{special}".encode(), "2017-2018_spine.csv")
    assert record.facts["phase"] == SchoolPhase.NOT_APPLICABLE


def test_the_search_export_has_its_links_after_the_last_column():
    header = [*made.GIAS_HEADER, "Linked establishments"]
    [cells] = [made.gias(header=header).decode("utf-8-sig").splitlines()[1]]
    text = (
        ",".join(header)
        + "\n"
        + cells
        + "100009 Predecessor,100010 Successor - merged,Does not have links,100001 Successor\n"
    )
    [record], problems = parsed(text.encode())
    assert [(link.predecessor, link.successor, link.kind) for link in record.links] == [
        (100009, 100001, "successor"),
        (100001, 100010, "successor_merged"),
    ]
    assert problems == []


# --- links


def linked(*rows):
    found = made.plan("links_20230421.csv", made.links(*rows))
    parser = found.links()
    return [tuple(link)[1:] for row in found.rows() if (link := parser.parse(row))], parser.problems


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Predecessor", (2, 1, LinkKind.SUCCESSOR)), ("Successor", (1, 2, LinkKind.SUCCESSOR)),
        ("Predecessor - amalgamated", (2, 1, LinkKind.SUCCESSOR_AMALGAMATED)),
        ("Successor - Split School", (1, 2, LinkKind.SUCCESSOR_SPLIT)),
        ("Result of Amalgamation", (1, 2, LinkKind.SUCCESSOR_AMALGAMATED)),
        ("Merged - expansion in school capacity and changer in age range", (1, 2, LinkKind.EXPANSION)),
        ("Other", (1, 2, LinkKind.OTHER)),
    ],
)  # fmt: skip
def test_every_wording_of_a_link_is_read_as_who_followed_whom(kind, expected):
    [link], problems = linked([100001, 100002, "x", kind, "01-03-2021"])
    predecessor, successor, value = expected
    assert link == (100000 + predecessor, 100000 + successor, value, dt.date(2021, 3, 1))
    assert problems == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["x", 100002, "", "Successor", ""], "URN"),
        ([100001, "x", "", "Successor", ""], "LinkURN"),
        ([100001, 100001, "", "Successor", ""], "LinkURN"),
        ([100001, 100002, "", "Cousin", ""], "LinkType"),
    ],
)
def test_a_link_that_makes_no_sense_is_left_out(row, column):
    found, [problem] = linked(row)
    assert (found, problem.column) == ([], column)


def test_a_link_keeps_its_ends_when_its_date_makes_no_sense():
    [link], [problem] = linked([100001, 100002, "", "Successor", "soon"])
    assert (link[3], problem.column) == (None, "LinkEstablishedDate")


# --- the day a register shows


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("edubase_20230705.csv", "2023-07-05"), ("search_2022-04-20_850.csv", "2022-04-20"), ("gias_2022-07.csv", "2022-07-31"),
        ("links_edubasealldata20240229.csv", "2024-02-29"), ("results.csv", None), ("gias_20231399.csv", None),
        ("gias_20230231.csv", None), ("20230705/edubase.csv", None),
    ],
)  # fmt: skip
def test_the_day_is_read_from_the_files_name(name, day):
    assert as_at_in_name(name) == (dt.date.fromisoformat(day) if day else None)
