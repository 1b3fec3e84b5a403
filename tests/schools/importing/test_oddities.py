"""The oddities of the published files, one test each, numbered as the list that came with them."""

from decimal import Decimal

import pytest

from schools.models import IndicatorValue, School
from tests import factories as make
from tests.schools.importing import made
from tests.schools.importing.made import import_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def beck_lane(authority):
    return make.SchoolFactory(urn=100001, authority=authority)


def recorded(indicator, group="all", **where):
    return IndicatorValue.objects.get(indicator__key=indicator, group=group, **where)


def test_1_rows_shorter_and_longer_than_the_header(authority, beck_lane):
    short = ["1", "901", "2001", "100001", "Beck Lane", "210", "30", "14", "16", "9", "65%"]
    longer = [*short[:3], "100002", *short[4:], *["1"] * 30]
    import_files({"2017-18.csv": made.ks2(short, longer)}, authority)
    assert recorded("ks2_rwm_exp").value == 65


@pytest.mark.parametrize(
    "how",
    [
        {"encoding": "utf-8-sig", "newline": "\n"},
        {"encoding": "cp1252", "newline": "\r\n"},
        {"encoding": "utf-8", "newline": "\n"},
    ],
)
def test_2_encodings_and_line_endings(authority, how):
    import_files(
        {"edubase_20230705.csv": made.gias({"EstablishmentName": "École du Beck – Nord"}, **how)}, authority
    )
    assert School.objects.get().name == "École du Beck – Nord"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("SUPP", "suppressed"), ("NE", "no_entries"), ("NA", "not_applicable"), ("NP", "not_published"),
        ("LOWCOV", "low_coverage"), ("NEW", "new_school"), ("SP", "suppressed"), ("SUPPMAT", "suppressed"),
        ("", "not_published"), (" ", "not_published"),
    ],
)  # fmt: skip
def test_3_codes_where_numbers_belong(authority, beck_lane, code, status):
    import_files({"2017-18.csv": made.ks2({"PTRWM_EXP": code})}, authority)
    found = recorded("ks2_rwm_exp")
    assert (found.value, found.status) == (None, status)


@pytest.mark.parametrize(
    ("text", "number"), [("65%", 65), ("66.50%", Decimal("66.5")), ("49.5", Decimal("49.5"))]
)
def test_4_percentages_however_written(authority, beck_lane, text, number):
    import_files({"2017-18.csv": made.ks2({"PTRWM_EXP": text})}, authority)
    assert recorded("ks2_rwm_exp").value == number


@pytest.mark.parametrize("spelling", ["LA", "LEA", "LA Number", "la (code)", "LA\n (code)"])
def test_5_headers_drift_between_years(authority, beck_lane, spelling):
    header = [spelling if c == "LA" else "ESTAB" if c == "Estab" else c for c in made.CENSUS_HEADER]
    content = made.file(
        header, ["100001", "901", "2001", "", "200", "2%", "30", "15%", "50", "25%", "41", "190", "22.11%"]
    )
    row = import_files({"2018-19.csv": content}, authority)["2018-19.csv"]
    assert row.summary["schools"] == 1
    drifted = [c.replace("NotFSM6CLA1A", "NOTFSM6CLA1A") for c in made.KS2_HEADER]
    import_files(
        {"2017-18.csv": made.ks2().replace(",".join(made.KS2_HEADER).encode(), ",".join(drifted).encode())},
        authority,
    )
    assert recorded("ks2_rwm_exp", "not_disadvantaged").value == 71


def test_6_kinds_of_row(authority, beck_lane):
    rows = (
        {},
        {"RECTYPE": "2", "URN": "100002"},
        {"RECTYPE": "3", "URN": ""},
        {"RECTYPE": "4", "URN": ""},
        {"RECTYPE": "5", "URN": ""},
    )
    make.SchoolFactory(urn=100002, authority=authority)
    row = import_files({"2017-18.csv": made.ks2(*rows)}, authority)["2017-18.csv"]
    assert (row.summary["schools"], row.refused) == (2, 0)
    assert row.summary["comparators"] > 0


def test_7_measures_not_produced_in_a_year(authority, beck_lane):
    import_files({"2024-25.csv": made.ks4({"P8MEA": "", "P8CILOW": "", "P8CIUPP": ""})}, authority)
    assert recorded("ks4_p8").status == "not_produced"
    import_files({"2023-24.csv": made.ks2({"READPROG": ""})}, authority)
    assert recorded("ks2_prog_read").status == "not_produced"


def test_8_dates_and_open_schools_without_numbers(authority):
    row = {"OpenDate": "01-09-2014", "NumberOfPupils": "", "EstablishmentNumber": ""}
    import_files({"edubase_20230705.csv": made.gias(row)}, authority)
    school = School.objects.get()
    assert (school.opened_on.isoformat(), school.pupils, school.establishment_number, school.is_open) == (
        "2014-09-01",
        None,
        None,
        True,
    )


def test_9_the_urn_is_the_key_and_a_new_urn_is_linked_to_the_old(authority):
    closed = {"URN": "100001", "EstablishmentStatus (code)": "2"}
    same_number = {"URN": "100009", "TypeOfEstablishment (code)": "34"}
    files = {
        "edubase_20230705.csv": made.gias(closed, same_number),
        "links_20230705.csv": made.links(["100009", "100001", "", "Predecessor", "01-09-2021"]),
    }
    import_files(files, authority)
    old, new = School.objects.order_by("urn")
    assert old.establishment_number == new.establishment_number
    assert new.predecessor_links.get().predecessor == old


def test_10_the_year_is_in_the_name_or_given_never_in_the_rows(authority, beck_lane):
    assert "academic year" in made.refusal("results.csv", made.ks2())
    import_files({"results.csv": made.ks2()}, authority, year=2018)
    assert recorded("ks2_rwm_exp").year == 2018
