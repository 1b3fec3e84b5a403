"""The published files themselves, where REAL_DATA_DIR names their folder. Expected counts are taken from the files
with the csv module alone, or were counted by hand.
"""

import csv
import io
import json
import resource
import time
from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.models import Authority
from schools.importing import layouts, plans, reading
from schools.models import (
    ComparatorValue,
    ImportFile,
    IndicatorValue,
    School,
    SchoolContact,
    SchoolLink,
    SchoolSource,
)

pytestmark = [pytest.mark.real_data, pytest.mark.django_db]


def run(*arguments):
    """{file name: result} of manage.py import_data, and its exit code."""
    out = io.StringIO()
    code = 0
    try:
        call_command("import_data", *map(str, arguments), "--json", stdout=out)
    except SystemExit as stopped:
        code = stopped.code
    return {result["name"]: result for result in json.loads(out.getvalue())["files"]}, code


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def state():
    """Everything an import may write, provenance and times included."""
    return [
        list(School.objects.order_by("pk").values_list()),
        list(IndicatorValue.objects.order_by("pk").values_list()),
        list(ComparatorValue.objects.order_by("pk").values_list()),
        list(SchoolLink.objects.order_by("pk").values_list()),
        list(SchoolContact.objects.order_by("pk").values_list()),
        list(SchoolSource.objects.order_by("pk").values_list()),
    ]


def test_every_file_is_recognised_or_named_for_what_it_is(folder):
    sources, _ = reading.from_folder(folder)
    found = plans.prepare(sources, 2018)
    unknown = [plan.name for plan in found if plan.refusal.startswith("Not recognised")]
    # Whatever is not imported is a third party's, or holds no data about schools
    assert all("third party" in plan.refusal or "meta/" in plan.name for plan in found if plan.refusal)
    assert [name for name in unknown if "methodology" not in name] == []
    kinds = Counter(plan.layout.key for plan in found if not plan.refusal)
    assert kinds == {
        "gias": 4, "spine": 2, "gias_links": 6, "gias_groups": 3, "ks2": 10, "ks4": 10, "ks5": 10,
        "ks4_provisional": 4, "ks4_destinations": 4, "ks5_destinations": 2, "absence": 5, "census": 5, "workforce": 1,
        "pupil_premium": 2, "third_party_finance": 10,
    }  # fmt: skip


@pytest.mark.requirement("L-019", "L-021", "K-015", "K-019")
@pytest.mark.parametrize(
    ("place", "code", "schools", "open_schools"), [("leeds", "383", 767, 302), ("leicester", "856", 149, 128)]
)
def test_an_authoritys_folder_imports_into_an_empty_installation(folder, place, code, schools, open_schools):
    results, exit_code = run(folder / place, "--authority", code)
    assert exit_code == 0
    assert Authority.objects.get().name == place.capitalize()
    assert School.objects.count() == schools
    assert School.objects.open().count() == open_schools
    assert all(result["changed"] == 0 for result in results.values())
    # Every row of a data file is a school of the register, one that is not, or a double
    for name, result in results.items():
        if result["kind"] in ("ks2", "ks4", "census", "absence", "pupil_premium", "workforce"):
            assert result["schools"] + result["unknown"] == len(rows(folder / place / name)), name

    before = state()
    again, _ = run(folder / place, "--authority", code)
    assert all((result["added"], result["changed"]) == (0, 0) for result in again.values())
    assert state() == before


def test_each_school_of_the_leeds_register_is_as_its_row_says(folder):
    path = folder / "leeds/as_published/edubase-leeds_20230705.csv"
    run(path, "--authority", "383")
    universities = {"29"}
    expected = {
        int(row["URN"]): (
            " ".join(row["EstablishmentName"].split()),
            int(row["TypeOfEstablishment (code)"]),
            int(row["EstablishmentStatus (code)"]),
            int(row["PhaseOfEducation (code)"]),
            int(row["SchoolCapacity"]) if row["SchoolCapacity"] else None,
            row["CloseDate"],
        )
        for row in rows(path)
        if row["TypeOfEstablishment (code)"] not in universities
    }
    found = {
        s.urn: (
            s.name,
            s.type,
            s.status,
            s.phase,
            s.capacity,
            s.closed_on.strftime("%d-%m-%Y") if s.closed_on else "",
        )
        for s in School.objects.all()
    }
    assert len(expected) == 766
    assert found == expected


def test_every_ks2_value_of_hampshire_is_the_one_in_its_cell(folder):
    place = folder / "hampshire/as_published"
    path = place / "2017-2018_850_ks2final.csv"
    run(place, "--authority", "850")
    source = ImportFile.objects.get(name=path.name)
    assert source.refused == source.summary["unknown"]
    cells = {int(row["URN"]): row for row in rows(path) if row["RECTYPE"] in ("1", "2")}
    columns = {
        ("ks2_rwm_exp", "all"): "PTRWM_EXP",
        ("ks2_rwm_exp", "boys"): "PTRWM_EXP_B",
        ("ks2_prog_read", "all"): "READPROG",
        ("ks2_math_score", "low_prior"): "MAT_AVERAGE_L",
        ("ks2_rwm_high", "not_disadvantaged"): "PTRWM_HIGH_NotFSM6CLA1A",
    }
    codes = {
        "SUPP": "suppressed",
        "NA": "not_applicable",
        "LOWCOV": "low_coverage",
        "NEW": "new_school",
        "": "not_published",
        "NE": "no_entries",
        "NP": "not_published",
    }
    compared = 0
    for value in IndicatorValue.objects.filter(source=source).select_related("school", "indicator"):
        column = columns.get((value.indicator.key, value.group))
        if column is None:
            continue
        cell = (cells[value.school.urn][column] or "").strip()
        compared += 1
        if value.status == "published":
            assert value.value == Decimal(cell.rstrip("%")), (value.school.urn, column)
        elif value.status != "new_school":
            assert value.status == codes[cell], (value.school.urn, column, cell)
    assert compared == source.summary["schools"] * len(columns)


CODES = {
    "SUPP": "suppressed",
    "SP": "suppressed",
    "NA": "not_applicable",
    "LOWCOV": "low_coverage",
    "": "not_published",
    "NE": "no_entries",
    "NP": "not_published",
}


@pytest.mark.parametrize(
    ("name", "year", "columns"),
    [
        (
            "2015-2016_383_ks5final.csv",
            2015,
            {("ks5_aps", "all"): "TALLPPE_ALEV_1618", ("ks5_va", "all"): "VA_INS_ALEV"},
        ),
        (
            "2016-2017_383_ks5final.csv",
            2016,
            {("ks5_best3", "all"): "TB3PTSE", ("ks5_aps", "not_disadvantaged"): "TALLPPE_ALEV_1618_NOTDIS"},
        ),
        (
            "2021-2022_383_ks5final.csv",
            2021,
            {("ks5_aab", "all"): "PTAAB_2FAC", ("ks5_applied_aps", "all"): "TALLPPE_AGEN"},
        ),
        (
            "2022-2023_383_ks5final.csv",
            2022,
            {
                ("ks5_technical_aps", "all"): "TALLPPE_TLEV",
                ("ks5_aps", "disadvantaged"): "TALLPPE_ALEV_1618_DIS",
            },
        ),
        (
            "2023-2024_383_ks5final.csv",
            2023,
            {("ks5_va", "all"): "VA_INS_ALEV", ("ks5_retained", "all"): "PT_Retained_ALEV_Ret"},
        ),
        (
            "2018-2019_383_ks4-pupdest.csv",
            2016,
            {
                ("ks4_dest_sustained", "all"): "OVERALL_DESTPER",
                ("ks4_dest_not_sustained", "all"): "NOT_SUSTAINEDPER",
            },
        ),
        (
            "2024-2025_383_ks4-pupdest.csv",
            2022,
            {
                ("ks4_dest_education", "disadvantaged"): "EDUCATIONPER_DIS",
                ("ks4_dest_sustained", "all"): "OVERALL_DESTPER",
            },
        ),
        (
            "2024-2025_383_ks5-studest.csv",
            2022,
            {
                ("ks5_dest_higher_education", "all"): "TOT_HEPER",
                ("ks5_dest_apprenticeship", "all"): "TOT_APPRENPER",
            },
        ),
        (
            "2019-2020_383_pupil-premium.csv",
            2019,
            {("pupil_premium_gbp", "all"): "Total allocation for the Deprivation Pupil Premium"},
        ),
        (
            "2019-2020q_383_swf.csv",
            2019,
            {
                ("teacher_pay_gbp", "all"): "Mean Gross FTE Salary of All Teachers (£s)",
                ("teachers_fte", "all"): "Total Number of Teachers (Full-Time Equivalent)",
            },
        ),
    ],
)
def test_every_value_of_leeds_is_the_one_in_its_cell(folder, name, year, columns):
    place = folder / "leeds/as_published"
    run(place / "edubase-leeds_20230705.csv", place / name, "--authority", "383")
    source = ImportFile.objects.get(name=name)
    assert source.refused == source.summary["unknown"]
    cells = {int(row["URN"]): row for row in rows(place / name) if (row["URN"] or "").isdecimal()}
    compared = 0
    for value in IndicatorValue.objects.filter(source=source).select_related("school", "indicator"):
        assert value.year == year
        column = columns.get((value.indicator.key, value.group))
        if column is None:
            continue
        cell = (cells[value.school.urn][column] or "").strip()
        compared += 1
        if value.status == "published":
            assert value.value == Decimal(cell.strip("%£").replace(",", "")), (value.school.urn, column)
        elif value.status != "not_produced":
            assert value.status == CODES[cell], (value.school.urn, column, cell)
    assert compared == source.summary["schools"] * len(columns)
    assert compared > 20


def test_a_provisional_file_of_leeds_gives_only_what_no_final_one_does(folder):
    final = folder / "leeds/reconstructed/2018-2019_383_ks4final_RECONSTRUCTED_subset.csv"
    first = folder / "leeds/as_published/2018-2019_383_ks4provisional.csv"
    register = folder / "leeds/as_published/edubase-leeds_20230705.csv"
    run(register, first, "--authority", "383")
    alone = IndicatorValue.objects.filter(source__kind="ks4_provisional").count()
    results, _ = run(final, "--authority", "383")
    [result] = results.values()
    assert result["changed"] > 0
    left = IndicatorValue.objects.filter(source__kind="ks4_provisional")
    assert alone - left.count() == result["changed"]
    again, _ = run(first, "--authority", "383")
    assert [(r["added"], r["changed"]) for r in again.values()] == [(0, 0)]


def test_leicesters_academies_get_their_trusts_from_the_file_of_groups(folder):
    place = folder / "leicester"
    groups = place / "as_published/2022-03_856_gias_group_links_resaved.csv"
    register = place / "reconstructed/gias_2022-07_856_RECONSTRUCTED.csv"
    run(register, groups, "--authority", "856")
    told = {
        int(row["URN"]): str(int(float(row["Group UID"])))
        for row in rows(groups)
        if row["Group Type (code)"] in ("6", "10")
    }
    academies = School.objects.filter(urn__in=told).select_related("trust")
    assert {school.urn: school.trust.uid for school in academies} == {
        urn: uid for urn, uid in told.items() if urn in {school.urn for school in academies}
    }
    assert academies.count() > 40


def test_a_third_partys_balances_are_income_less_spending(folder):
    path = folder / "leicester/thirdparty/waiky8_financials_2018_856.csv"
    run(folder / "leicester/reconstructed/gias_2022-07_856_RECONSTRUCTED.csv", path, "--authority", "856")
    cells = {int(row["URN"]): row for row in rows(path)}
    held = IndicatorValue.objects.filter(indicator__key="in_year_balance_gbp").select_related("school")
    assert {value.year for value in held} == {2017}
    for value in held:
        row = cells[value.school.urn]
        spending = Decimal(row["Income"]) - Decimal(row["Expenditure"])
        assert value.value == Decimal(row["Balance"])
        assert abs(value.value - spending) < 1  # and so not a balance carried forward
    assert held.count() > 50


def test_national_and_authority_rows_of_hampshire_become_comparators(folder):
    run(folder / "hampshire/as_published", "--authority", "850")

    def figure(indicator, year, comparator, group="all"):
        return ComparatorValue.objects.get(
            indicator__key=indicator, year=year, comparator=comparator, group=group
        ).value

    # Read off the files' last rows by hand
    assert figure("ks2_rwm_exp", 2017, "national") == 64
    assert figure("ks2_rwm_exp", 2017, "authority") == 68
    assert figure("ks2_rwm_exp", 2017, "national", "disadvantaged") == 51
    assert figure("ks4_a8", 2017, "national") == Decimal("46.5")
    assert figure("ks4_p8", 2017, "national") == Decimal("-0.02")
    assert figure("ks4_p8", 2017, "national", "disadvantaged") == Decimal("-0.44")
    assert figure("ks4_em5", 2017, "authority") == Decimal("45.2")


def test_the_search_exports_rows_longer_than_its_header_give_links(folder):
    path = folder / "hampshire/as_published/gias_search_export_with_links_2022-04-20_850.csv"
    run(path, "--authority", "850")
    told = set()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for cells in csv.reader(stream):
            for cell in cells[110:]:
                number, _, kind = cell.partition(" ")
                if number.isdecimal():
                    pair = (
                        (int(number), int(cells[0]))
                        if kind.startswith("Predecessor")
                        else (int(cells[0]), int(number))
                    )
                    told.add(tuple(sorted(pair)))
    found = {
        tuple(sorted(pair)) for pair in SchoolLink.objects.values_list("predecessor_urn", "successor_urn")
    }
    assert found == told
    assert len(told) > 20


def test_persistent_absence_of_2012_13_is_kept_apart_from_todays(folder):
    run(folder / "leeds", "--authority", "383")
    suppressed = sum(
        row[column] == "SUPP"
        for row in rows(folder / "leeds/as_published/2012-2013_383_abs.csv")
        for column in ("PERCTOT", "PPERSABS15")
    )
    old = IndicatorValue.objects.filter(year=2012, indicator__family="attendance")
    assert old.filter(status="suppressed").count() == suppressed == 34
    indicator = old.filter(indicator__key="abs_persistent").first().indicator
    assert not indicator.comparable(2012, 2018)


@pytest.mark.parametrize(
    ("file", "year", "limit"),
    [("2024-2025_england_census.csv", None, 60), ("KSP_england_abs.csv", "2018-19", 60)],
)
def test_a_national_file_imports_in_under_a_minute_with_flat_memory(folder, file, year, limit, capsys):
    path = folder / "national" / file
    schools = [row for row in rows(path) if row["URN"].isdecimal() and row["LA"].isdecimal()]
    codes = {row["LA"].zfill(3) for row in schools}
    Authority.objects.bulk_create(Authority(code=code, name=f"Authority {code}") for code in codes)
    ids = dict(Authority.objects.values_list("code", "pk"))
    School.objects.bulk_create(
        (
            School(
                urn=row["URN"],
                authority_id=ids[row["LA"].zfill(3)],
                name=f"School {row['URN']}",
                type=1,
                phase=2,
            )
            for row in schools
        ),
        batch_size=1000,
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, busy = time.monotonic(), time.process_time()
    results, _ = run(path, *(["--year", year] if year else []))
    seconds = time.monotonic() - start
    busy = time.process_time() - busy
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    [result] = results.values()
    with capsys.disabled():
        print(
            f"\n{file}: {result['rows']:,} rows, {result['added']:,} values, {seconds:.0f} s ({busy:.0f} s of processor), {grown:.0f} MB more at the peak"
        )
    assert result["schools"] == len(schools)
    assert busy < limit  # a machine busy with other things takes longer by the clock
    assert grown < 60
    again, _ = run(path, *(["--year", year] if year else []))
    assert [(r["added"], r["changed"]) for r in again.values()] == [(0, 0)]


def test_no_header_of_the_folder_fits_two_kinds(folder):
    for source in reading.from_folder(folder)[0]:
        for table in reading.tables(source):
            layouts.recognise(next(table.rows()).cells)  # raises when it does
