"""Results after 16, destinations, pupil premium, workforce and finance: what each cell becomes."""

from decimal import Decimal

import pytest

from schools.importing.tally import sentence
from schools.models import ComparatorValue, Indicator, IndicatorValue
from tests import factories as make
from tests.schools.importing import made, made_kinds
from tests.schools.importing.made import figures, import_files, preview, refusal

pytestmark = pytest.mark.django_db

KS5 = "2023-2024_ks5final.csv"
KS4_DESTINATIONS = "2024-2025_ks4-pupdest.csv"
KS5_DESTINATIONS = "2024-2025_ks5-studest.csv"
PUPIL_PREMIUM = "2019-2020_pupil-premium.csv"
WORKFORCE = "2019-2020q_swf.csv"
FINANCE = "balances_2017_901.csv"


@pytest.fixture(autouse=True)
def moor_top(authority):
    return make.SchoolFactory(urn=100001, authority=authority, name="Moor Top")


def held(year):
    """{(indicator, group): (value or status, cohort)} of a year."""
    rows = IndicatorValue.objects.filter(year=year).select_related("indicator")
    return {
        (row.indicator.key, row.group): (row.status if row.value is None else float(row.value), row.cohort)
        for row in rows
    }


@pytest.mark.requirement("K-020", "L-021")
def test_results_after_16_keep_their_groups_cohorts_and_codes(authority):
    row = import_files({KS5: made_kinds.ks5()}, authority)[KS5]
    assert row.summary["title"] == "KS5 results 2023-24"
    assert held(2023) == {
        ("ks5_aps", "all"): (34.67, 150),
        ("ks5_aps", "disadvantaged"): (28.06, 21),
        ("ks5_aps", "not_disadvantaged"): (35.85, 129),
        ("ks5_academic_aps", "all"): (34.76, 151),
        ("ks5_applied_aps", "all"): ("suppressed", 6),
        ("ks5_technical_aps", "all"): ("no_entries", None),
        ("ks5_best3", "all"): (36.72, 122),
        ("ks5_aab", "all"): (18.6, 118),
        ("ks5_retained", "all"): (97.2, 145),
        ("ks5_va", "all"): (0.28, None),
    }
    added = IndicatorValue.objects.get(indicator__key="ks5_va")
    assert (added.ci_low, added.ci_high, added.source_row) == (Decimal("0.19"), Decimal("0.38"), 2)


def test_value_added_after_16_was_not_produced_while_gcses_had_no_examinations(authority):
    absent = {"VA_INS_ALEV": "NA", "UCI_INS_ALEV": "NA", "LCI_INS_ALEV": "NA"}
    import_files({"2021-2022_ks5final.csv": made_kinds.ks5(absent)}, authority)
    assert held(2021)["ks5_va", "all"] == ("not_produced", None)


def test_the_first_layout_after_16_has_fewer_columns_and_imports_what_it_has(authority):
    header = [column for column in made_kinds.KS5_HEADER if not column.endswith(("DIS", "_22"))]
    row = import_files({"2015-2016_ks5final.csv": made_kinds.ks5(header=header)}, authority)[
        "2015-2016_ks5final.csv"
    ]
    assert figures(row) == (8, 0, 0, 0)


def test_state_funded_schools_and_colleges_are_england_after_16(authority):
    blank = made_kinds.blank
    header = made_kinds.KS5_HEADER
    england = [
        blank(header, RECTYPE="7", TALLPPE_ALEV_1618="34.38", TALLPPE_ALEV_1618_DIS="30.15"),
        blank(header, RECTYPE="5", TALLPPE_ALEV_1618="35.55"),
        blank(header, RECTYPE="4", LEA="901", TALLPPE_ALEV_1618="33.45"),
    ]
    import_files({KS5: made_kinds.ks5({}, *england)}, authority)
    assert {(c.comparator, c.group): float(c.value) for c in ComparatorValue.objects.filter(year=2023)} == {
        ("national", "all"): 34.38,
        ("national", "disadvantaged"): 30.15,
        ("authority", "all"): 33.45,
    }


@pytest.mark.requirement("K-002", "L-027")
def test_destinations_are_of_the_year_the_pupils_finished_two_before_the_tables(authority):
    blank = made_kinds.blank
    header = made_kinds.KS4_DESTINATIONS_HEADER
    rows = [
        {},
        blank(header, RECTYPE="LA", LEA="901", OVERALL_DESTPER="89%"),
        blank(header, RECTYPE="NAT", OVERALL_DESTPER="91%"),
    ]
    row = import_files({KS4_DESTINATIONS: made_kinds.ks4_destinations(*rows)}, authority)[KS4_DESTINATIONS]
    assert (row.year, row.summary["title"]) == (2024, "Destinations after KS4 2024-25")
    assert held(2022) == {
        ("ks4_dest_sustained", "all"): (91.0, 226),
        ("ks4_dest_sustained", "disadvantaged"): (75.0, 44),
        ("ks4_dest_sustained", "not_disadvantaged"): (95.0, 182),
        ("ks4_dest_education", "all"): (82.0, 226),
        ("ks4_dest_apprenticeship", "all"): (7.0, 226),
        ("ks4_dest_apprenticeship", "disadvantaged"): ("suppressed", 44),
        ("ks4_dest_not_sustained", "all"): (4.0, 226),
    }
    assert not held(2024)
    assert {c.comparator: float(c.value) for c in ComparatorValue.objects.filter(year=2022)} == {
        "authority": 89.0,
        "national": 91.0,
    }


def test_destinations_after_16_count_every_level_together(authority):
    import_files({KS5_DESTINATIONS: made_kinds.ks5_destinations()}, authority)
    assert held(2022) == {
        ("ks5_dest_sustained", "all"): (88.0, 129),
        ("ks5_dest_sustained", "disadvantaged"): ("suppressed", 30),
        ("ks5_dest_higher_education", "all"): (62.0, 129),
        ("ks5_dest_apprenticeship", "all"): ("suppressed", 129),
        ("ks5_dest_not_sustained", "all"): (8.0, 129),
    }


@pytest.mark.requirement("K-011", "K-016")
def test_a_pupil_premium_allocation_becomes_pupils_share_and_money(authority):
    import_files({PUPIL_PREMIUM: made_kinds.pupil_premium()}, authority)
    assert held(2019) == {
        ("pupil_premium_n", "all"): (145.0, None),
        ("pupil_premium_pct", "all"): (41.5, None),
        ("pupil_premium_gbp", "all"): (191620.0, None),
    }


@pytest.mark.requirement("L-034")
def test_the_workforce_is_read_with_its_pounds_commas_and_wide_spaces(authority):
    import_files({WORKFORCE: made_kinds.workforce()}, authority)
    assert held(2019) == {
        ("teachers_fte", "all"): (14.5, None),
        ("assistants_fte", "all"): (18.9, None),
        ("pupil_teacher_ratio", "all"): (21.6, None),
        ("teacher_pay_gbp", "all"): (36401.0, None),
    }


def test_a_suppressed_salary_is_no_nought(authority):
    import_files({WORKFORCE: made_kinds.workforce({made_kinds.WORKFORCE_HEADER[-1]: "SUPP"})}, authority)
    assert held(2019)["teacher_pay_gbp", "all"] == ("suppressed", None)


@pytest.mark.requirement("K-011")
def test_a_third_partys_balance_is_of_one_year_and_never_the_balance_carried_forward(authority):
    row = import_files({FINANCE: made_kinds.finance()}, authority)[FINANCE]
    assert (row.kind, row.year) == ("third_party_finance", 2016)
    assert held(2016) == {
        ("in_year_balance_gbp", "all"): (-100000.5, None),
        ("in_year_balance_pct", "all"): (-5.0, None),
    }
    assert not IndicatorValue.objects.filter(indicator__key__startswith="balance_").exists()


def test_a_school_not_in_the_register_is_counted_though_the_file_does_not_say_whose_it_is(authority):
    row = import_files({FINANCE: made_kinds.finance({}, {"URN": "100002"})}, authority)[FINANCE]
    assert (row.summary["unplaced"], row.summary["elsewhere"], row.problems) == (1, 0, [])
    assert "1 row of a school not in the register" in sentence(row.summary["title"], row.figures, row.summary)


def test_a_balance_above_the_whole_income_is_a_share_above_a_hundred(authority):
    import_files({FINANCE: made_kinds.finance({"Income": "10", "Balance": "12"})}, authority)
    assert held(2016)["in_year_balance_pct", "all"] == (120.0, None)


def test_a_list_of_several_years_or_of_none_is_refused_saying_what_to_do():
    several = made_kinds.finance({}, {"URN": "100002", "Academic Year": "2018"})
    assert "rows are of several years" in refusal(FINANCE, several)
    assert "“this” is no year" in refusal(FINANCE, made_kinds.finance({"Academic Year": "this"}))
    assert "“” is no year" in refusal(
        FINANCE, made.file(made_kinds.FINANCE_HEADER, ["100001", "1", "2", "3"])
    )


def test_the_year_in_a_files_name_goes_before_the_one_in_its_column():
    assert made.plan("2017-2018_balances.csv", made_kinds.finance()).year == 2017
    assert made.plan(FINANCE, made_kinds.finance(), 2020).year == 2016


ALL = {
    KS5: made_kinds.ks5({}, {"URN": "x"}),
    KS4_DESTINATIONS: made_kinds.ks4_destinations({"APPRENPER": "lots"}),
    KS5_DESTINATIONS: made_kinds.ks5_destinations({"TOT_HEPER": "101%"}),
    PUPIL_PREMIUM: made_kinds.pupil_premium({"LA": "901", "Number of pupils on roll (7)": "10"}),
    WORKFORCE: made_kinds.workforce({"Pupil:     Teacher Ratio": "-1"}),
    FINANCE: made_kinds.finance({"Income": "much"}),
}


def test_importing_every_kind_twice_changes_nothing(authority):
    import_files(ALL, authority)
    kept = list(IndicatorValue.objects.order_by("pk").values_list())
    again = import_files(ALL, authority)
    assert all(figures(row)[:2] == (0, 0) for row in again.values())
    assert list(IndicatorValue.objects.order_by("pk").values_list()) == kept


def test_a_preview_of_every_kind_says_what_applying_does(authority):
    plans, tallies = preview(ALL, authority)
    said = {plan.name: tuple(tally.figures().values()) for plan, tally in zip(plans, tallies, strict=True)}
    assert {name: figures(row) for name, row in import_files(ALL, authority).items()} == said


def test_bad_cells_are_named_by_row_and_column_and_the_rest_is_kept(authority):
    rows = import_files(ALL, authority)
    assert {
        (name, p["row"], p["column"], p["value"]) for name, row in rows.items() for p in row.problems
    } == {
        (KS5, 3, "URN", "x"),
        (KS4_DESTINATIONS, 2, "APPRENPER", "lots"),
        (KS5_DESTINATIONS, 2, "TOT_HEPER", "101%"),
        (PUPIL_PREMIUM, 2, "Total number of pupils eligible for the Deprivation Pupil Premium", "145"),
        (WORKFORCE, 2, "Pupil: Teacher Ratio", "-1"),
        (FINANCE, 2, "Income", "much"),
    }
    assert all(figures(row)[0] for row in rows.values())


def test_an_installation_of_an_earlier_version_gets_the_indicators_it_lacks(authority):
    from django.utils import timezone

    from schools.importing import batches

    batches.reference_present(now=timezone.now())
    Indicator.objects.filter(key__startswith="ks5_").delete()
    batches.reference_present(now=timezone.now())
    assert Indicator.objects.filter(key="ks5_va").exists()
