"""A provisional figure stands only until a final one is there, and is known for what it is."""

import pytest

from schools.importing import plans, reading
from schools.models import ComparatorValue, IndicatorValue
from schools.rules.standing import Standing, provisional, standing
from schools.series import series_for
from tests import factories as make
from tests.schools.importing import made, made_kinds
from tests.schools.importing.made import figures, import_files, plan, preview

pytestmark = pytest.mark.django_db

FINAL = "2018-2019_ks4final.csv"
PROVISIONAL = "2018-2019_ks4provisional.csv"
KS2_PROVISIONAL = "2018-2019_901_ks2provisional.csv"


@pytest.fixture(autouse=True)
def moor_top(authority):
    return make.SchoolFactory(urn=100001, authority=authority, name="Moor Top")


def point(school, key="ks4_a8"):
    [found] = series_for([school], [key], years=[2018])[school.urn, key, "all"]
    return found


def test_a_provisional_figure_is_recorded_and_says_so_wherever_it_is_shown(authority, moor_top):
    row = import_files({PROVISIONAL: made_kinds.ks4_provisional()}, authority)[PROVISIONAL]
    assert row.summary["title"] == "KS4 results (provisional) 2018-19"
    assert figures(row) == (6, 0, 0, 0)
    found = point(moor_top)
    assert (float(found.value), found.cohort) == (46.8, 181)
    assert (found.is_published, found.is_provisional, found.words) == (True, True, "Provisional")
    assert found.source == f"{PROVISIONAL} (provisional)"
    progress = point(moor_top, "ks4_p8")
    assert (float(progress.ci_low), float(progress.ci_high), progress.cohort) == (-0.1, 0.28, 172)


def test_a_provisional_gap_keeps_the_words_of_its_code(authority, moor_top):
    import_files({PROVISIONAL: made_kinds.ks4_provisional({"ATT8SCR": "SUPP"})}, authority)
    found = point(moor_top)
    assert (found.value, found.words, found.is_provisional) == (None, "Suppressed by the publisher", True)


def test_the_final_file_replaces_it_even_by_the_same_figure(authority, moor_top):
    import_files({PROVISIONAL: made_kinds.ks4_provisional()}, authority)
    final = {FINAL: made.ks4({"PTL2BASICS_95": "43%"})}
    row = import_files(final, authority)[FINAL]
    assert figures(row)[1] == 6  # Attainment 8, Progress 8, EBacc points and entry, grades 4 and 5
    found = point(moor_top, "ks4_em5")
    assert (float(found.value), found.is_provisional, found.source) == (43.0, False, FINAL)
    assert figures(import_files(final, authority)[FINAL])[:2] == (0, 0)


def test_a_provisional_file_given_after_the_final_one_changes_nothing(authority, moor_top):
    import_files({FINAL: made.ks4()}, authority)
    kept = list(IndicatorValue.objects.order_by("pk").values_list())
    given = {PROVISIONAL: made_kinds.ks4_provisional()}
    _, [tally] = preview(given, authority)
    row = import_files(given, authority)[PROVISIONAL]
    assert (figures(row), tally.outranked, row.summary["outranked"]) == ((0, 0, 0, 0), 6, 6)
    assert list(IndicatorValue.objects.order_by("pk").values_list()) == kept


@pytest.mark.parametrize("said", ["", "SUPP", "NP"])
def test_what_the_final_file_does_not_give_is_not_filled_from_the_provisional_one(authority, moor_top, said):
    files = {
        PROVISIONAL: made_kinds.ks4_provisional(),
        FINAL: made.ks4({"ATT8SCR": said}),
    }
    found, tallies = preview(files, authority)
    assert [p.name for p in found] == [FINAL, PROVISIONAL]
    before = {p.name: tuple(t.figures().values()) for p, t in zip(found, tallies, strict=True)}
    assert {name: figures(row) for name, row in import_files(files, authority).items()} == before
    assert (point(moor_top).value, point(moor_top).is_provisional) == (None, False)
    kept = list(IndicatorValue.objects.order_by("pk").values_list())
    again = import_files(files, authority)
    assert all(figures(row)[:2] == (0, 0) for row in again.values())
    assert list(IndicatorValue.objects.order_by("pk").values_list()) == kept


def test_a_blank_in_a_later_final_file_leaves_the_provisional_figure_marked(authority, moor_top):
    import_files({PROVISIONAL: made_kinds.ks4_provisional()}, authority)
    import_files({FINAL: made.ks4({"ATT8SCR": ""})}, authority)
    assert (float(point(moor_top).value), point(moor_top).is_provisional) == (46.8, True)


def test_what_a_person_recorded_stands_as_a_final_figure(authority, moor_top):
    preview({}, authority)  # the indicators
    make.IndicatorValueFactory(
        school=moor_top,
        indicator=make.IndicatorFactory._meta.model.objects.get(key="ks4_a8"),
        year=2018,
        value=50,
    )
    import_files({PROVISIONAL: made_kinds.ks4_provisional()}, authority)
    assert (float(point(moor_top).value), point(moor_top).is_provisional) == (50.0, False)


def test_a_file_with_the_final_header_is_provisional_when_its_name_says_so(authority, moor_top):
    row = import_files({KS2_PROVISIONAL: made.ks2()}, authority)[KS2_PROVISIONAL]
    assert (row.kind, row.summary["title"]) == ("ks2_provisional", "KS2 results (provisional) 2018-19")
    assert point(moor_top, "ks2_rwm_exp").is_provisional
    assert plan("provisional/2018-2019_ks2.csv", made.ks2()).kind == "ks2"  # a folder's name says nothing
    assert (
        plan("links_provisional.csv", made.links([100001, 100002, "x", "Successor", ""])).kind == "gias_links"
    )


# --- England


def england(header, **cells):
    return made_kinds.blank(header, RECTYPE="7", **cells)


def test_englands_final_figure_replaces_the_provisional_one_though_others_share_it(
    authority, far_authority, moor_top
):
    header = made_kinds.KS4_PROVISIONAL_HEADER
    first = {PROVISIONAL: made_kinds.ks4_provisional({}, england(header, ATT8SCR="46.5", P8MEA="-0.03"))}
    last = {FINAL: made.ks4({}, england(made.KS4_HEADER, ATT8SCR="46.7", P8MEA="-0.03"))}
    import_files(first, authority)
    row = import_files(last, authority)[FINAL]
    assert (row.summary["comparators"], row.problems) == (2, [])
    figure = ComparatorValue.objects.get(year=2018, indicator__key="ks4_a8")
    assert (float(figure.value), figure.source) == (46.7, row)
    assert ComparatorValue.objects.get(year=2018, indicator__key="ks4_p8").source == row
    late = import_files(first, authority)[PROVISIONAL]
    assert figures(late) == (0, 0, 0, 0)
    assert late.summary["outranked"] == 8
    assert ComparatorValue.objects.get(year=2018, indicator__key="ks4_a8").source == row


# --- standing


def test_a_third_partys_copy_is_believed_last():
    assert standing("ks4") == standing(None) == standing("") == Standing.FINAL
    assert standing("ks4_provisional") == Standing.PROVISIONAL
    assert standing("third_party_finance") == Standing.COPY
    assert provisional("ks2") == "ks2_provisional"
    assert provisional("ks4_provisional") == "ks4_provisional"
    assert provisional("third_party_finance") == "third_party_finance"


def test_files_are_taken_in_the_order_they_are_believed():
    names = {
        "2018-2019_a_ks2provisional.csv": made.ks2(),
        "2018-2019_b_balances.csv": made_kinds.finance(),
        "2018-2019_z_ks2.csv": made.ks2({"PTRWM_EXP": "66%"}),
    }
    found = plans.prepare([reading.from_bytes(name, content) for name, content in names.items()])
    assert [plan.standing for plan in found] == [Standing.FINAL, Standing.PROVISIONAL, Standing.COPY]
