"""The file of groups: it fills in the trust a school has, and changes none that is recorded."""

import datetime as dt

import pytest
from django.utils import timezone

from schools.choices import SchoolType
from schools.importing import batches, plans, reading
from schools.models import ImportBatch, School, Trust
from tests import factories as make
from tests.schools.importing import made, made_kinds
from tests.schools.importing.made import Direct, figures, import_files, preview

pytestmark = pytest.mark.django_db

FILE = "2022-03_901_groups.csv"
GIAS = "gias_20230705.csv"


@pytest.fixture
def academy(authority):
    return make.SchoolFactory(urn=100001, authority=authority, type=SchoolType.ACADEMY_CONVERTER)


def trust_of(urn=100001):
    return School.objects.get(urn=urn).trust


@pytest.mark.requirement("K-007", "K-030")
def test_a_school_gets_the_trust_it_belongs_to(authority, academy):
    _, [before] = preview({FILE: made_kinds.groups()}, authority)
    assert not Trust.objects.exists()
    row = import_files({FILE: made_kinds.groups()}, authority)[FILE]
    assert (trust_of().uid, trust_of().name) == ("3206", "Moor Trust")
    assert figures(row) == tuple(before.figures().values()) == (1, 0, 0, 0)
    assert figures(import_files({FILE: made_kinds.groups()}, authority)[FILE]) == (0, 0, 1, 0)


def test_schools_of_one_group_share_one_trust(authority, academy):
    make.SchoolFactory(urn=100002, authority=authority, type=SchoolType.FREE_SCHOOL)
    import_files({FILE: made_kinds.groups({}, {"URN": "100002"})}, authority)
    assert trust_of() == trust_of(100002)


def test_a_recorded_trust_is_left_as_it_is_and_counted(authority, academy):
    School.objects.update(trust=Trust.objects.create(uid="9", name="Other Trust"))
    row = import_files({FILE: made_kinds.groups()}, authority)[FILE]
    assert (trust_of().name, row.summary["trusts_differ"], figures(row)) == ("Other Trust", 1, (0, 0, 0, 0))


def test_federations_sponsors_and_childrens_centres_are_counted_and_left_out(authority, academy):
    rows = [{"Group Type (code)": code} for code in ("1", "5", "8", "9")]
    row = import_files({FILE: made_kinds.groups(*rows)}, authority)[FILE]
    assert (row.summary["not_trusts"], figures(row), trust_of()) == (4, (0, 0, 0, 0), None)


def test_another_authoritys_school_is_left_alone_and_one_that_is_missing_is_named(authority, far_school):
    rows = [{"URN": str(far_school.urn), "LA (code)": "902"}, {"URN": "100009"}]
    row = import_files({FILE: made_kinds.groups(*rows)}, authority)[FILE]
    assert (row.summary["elsewhere"], row.summary["unknown"]) == (1, 1)
    assert [(p["row"], p["column"], p["value"]) for p in row.problems] == [(3, "URN", "100009")]


def test_bad_cells_are_named_and_the_other_rows_kept(authority, academy):
    rows = [
        {"URN": "x"},
        {"Group Type (code)": "77"},
        {"Group UID": "MAT"},
        {"Group Name": " "},
        {},
        {"Group UID": "9"},
    ]
    row = import_files({FILE: made_kinds.groups(*rows)}, authority)[FILE]
    assert [(p["row"], p["column"], p["value"]) for p in row.problems] == [
        (2, "URN", "x"),
        (3, "Group Type (code)", "77"),
        (4, "Group UID", "MAT"),
        (5, "Group Name", ""),
    ]
    assert (trust_of().uid, row.summary["doubled"]) == ("3206", 1)


def test_a_school_of_a_type_without_trusts_gets_none(authority):
    make.SchoolFactory(urn=100001, authority=authority, type=SchoolType.COMMUNITY)
    row = import_files({FILE: made_kinds.groups()}, authority)[FILE]
    assert (trust_of(), figures(row)) == (None, (0, 0, 0, 1))
    assert "no trust" in row.problems[0]["message"]


def test_the_first_of_two_files_is_believed(authority, academy):
    newer = {"2023-03_groups.csv": made_kinds.groups({"Group UID": "9", "Group Name": "New Trust"})}
    rows = import_files({FILE: made_kinds.groups(), **newer}, authority)
    assert (trust_of().name, rows[FILE].summary["doubled"]) == ("New Trust", 1)


# --- beside the register


def test_a_register_that_leaves_an_academys_trust_blank_does_not_take_it_away(authority):
    gias = made.gias({"TypeOfEstablishment (code)": "34", "Trusts (code)": "", "Trusts (name)": ""})
    files = {GIAS: gias, FILE: made_kinds.groups()}
    import_files(files, authority)
    assert trust_of().name == "Moor Trust"
    assert all(figures(row)[:2] == (0, 0) for row in import_files(files, authority).values())
    assert trust_of().name == "Moor Trust"


def test_a_newer_register_knows_better_whether_a_foundation_school_has_a_trust(authority):
    gias = made.gias({"TypeOfEstablishment (code)": "05"})
    files = {GIAS: gias, FILE: made_kinds.groups({"Group Type (code)": "2"})}
    _, tallies = preview(files, authority)
    assert tallies[1].older == 1
    row = import_files(files, authority)[FILE]
    assert (trust_of(), row.summary["older"]) == (None, 1)
    later = {"2024-03_901_groups.csv": made_kinds.groups({"Group Type (code)": "2"})}
    import_files(later, authority)
    assert trust_of().name == "Moor Trust"


def test_a_file_without_a_day_is_taken_as_old(authority):
    import_files({GIAS: made.gias({"TypeOfEstablishment (code)": "05"})}, authority)
    [plan] = plans.prepare([reading.from_bytes("groups.csv", made_kinds.groups())])
    assert plan.as_at is None
    assert import_files({"groups.csv": made_kinds.groups()}, authority)["groups.csv"].summary["older"] == 1


def test_a_killed_import_goes_on_where_it_stopped(authority, academy, monkeypatch):
    monkeypatch.setattr("schools.importing.running.LOT", 1)
    make.SchoolFactory(urn=100002, authority=authority, type=SchoolType.FREE_SCHOOL)
    content = made_kinds.groups({"URN": "x"}, {}, {"URN": "100002"}, {"Group Type (code)": "5"})
    found, tallies = preview({FILE: content}, authority)
    batch = ImportBatch.objects.create(
        authority=authority, status=ImportBatch.Status.APPLYING, created_at=timezone.now()
    )
    batches.store_files(batch, found, tallies, [""])
    with pytest.raises(made.Killed):
        batches.apply_files(batch, found, list(batch.files.all()), Direct(stop_after=2), trusted=False)
    batches.apply_files(batch, found, list(batch.files.all()), Direct(), trusted=False)
    [row] = batch.files.all()
    assert figures(row) == (2, 0, 0, 1)
    assert trust_of() == trust_of(100002)
    assert found[0].as_at == dt.date(2022, 3, 31)
