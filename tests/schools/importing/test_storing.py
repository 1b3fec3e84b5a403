"""What importing does to the database: the difference, and nothing else."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import ChangeLogEntry
from schools.choices import LinkKind, ValueStatus
from schools.models import (
    ComparatorValue,
    ImportBatch,
    Indicator,
    IndicatorValue,
    Inspection,
    School,
    SchoolContact,
    SchoolLink,
    SchoolSource,
    Trust,
)
from tests import factories as make
from tests.schools.importing import made
from tests.schools.importing.made import figures, import_files, preview

pytestmark = pytest.mark.django_db

GIAS = "edubase_20230705.csv"
KS2 = "2017-2018_ks2.csv"


@pytest.fixture
def beck_lane(authority):
    return make.SchoolFactory(urn=100001, authority=authority, name="Beck Lane")


def value(indicator, year=2017, group="all"):
    return IndicatorValue.objects.get(indicator__key=indicator, year=year, group=group)


# --- values


def test_every_value_remembers_its_file_row_and_time(authority, beck_lane):
    row = import_files({KS2: made.ks2()}, authority)[KS2]
    found = value("ks2_prog_read")
    assert (found.value, found.ci_low, found.ci_high, found.cohort) == (
        Decimal("-1.2"),
        Decimal("-3.1"),
        Decimal("0.7"),
        30,
    )
    assert (found.source, found.source_row, found.status) == (row, 2, "published")
    assert (timezone.now() - found.recorded_at).total_seconds() < 60
    assert figures(row) == (9, 0, 0, 0)
    assert row.summary["title"] == "KS2 results 2017-18"


def test_a_preview_says_what_applying_does_and_writes_nothing(authority, beck_lane):
    _, [before] = preview({KS2: made.ks2()}, authority)
    assert not IndicatorValue.objects.exists()
    assert figures(import_files({KS2: made.ks2()}, authority)[KS2]) == tuple(before.figures().values())


def test_importing_twice_changes_nothing(authority, beck_lane):
    files = {
        GIAS: made.gias(),
        KS2: made.ks2(),
        "links_20230421.csv": made.links([100001, 100009, "", "Successor", ""]),
        "ofsted.csv": made.ofsted(),
        "2018-19.csv": made.absence(),
    }
    first = import_files(files, authority)
    kept = list(IndicatorValue.objects.order_by("pk").values_list("pk", "recorded_at", "source_id"))
    sources = list(SchoolSource.objects.values_list("source_id", "recorded_at"))
    second = import_files(files, authority)
    assert all(figures(row)[:2] == (0, 0) for row in second.values())
    assert [figures(row)[2] for row in second.values()] == [sum(figures(row)[:3]) for row in first.values()]
    assert list(IndicatorValue.objects.order_by("pk").values_list("pk", "recorded_at", "source_id")) == kept
    assert list(SchoolSource.objects.values_list("source_id", "recorded_at")) == sources


def test_a_changed_value_moves_its_source_and_the_others_stay(authority, beck_lane):
    import_files({KS2: made.ks2()}, authority)
    row = import_files({KS2: made.ks2({"PTRWM_EXP": "66%"})}, authority)[KS2]
    assert figures(row) == (0, 1, 8, 0)
    assert value("ks2_rwm_exp").source == row
    assert value("ks2_rwm_high").source != row


def test_a_blank_never_replaces_what_is_known_and_a_code_does(authority, beck_lane):
    import_files({KS2: made.ks2()}, authority)
    import_files({KS2: made.ks2({"PTRWM_EXP": "", "PTRWM_HIGH": "SUPP"})}, authority)
    assert value("ks2_rwm_exp").value == 65
    assert (value("ks2_rwm_high").value, value("ks2_rwm_high").status) == (None, "suppressed")


def test_every_code_is_kept_apart_from_zero_and_from_the_others(authority, beck_lane):
    row = {
        "PTRWM_EXP": "SUPP",
        "PTRWM_HIGH": "0%",
        "READPROG": "LOWCOV",
        "PTREAD_EXP": "NE",
        "READ_AVERAGE": "",
        "PTRWM_EXP_B": "NA",
        "PTRWM_EXP_G": "NP",
    }
    import_files({KS2: made.ks2(row)}, authority)
    found = {
        (v.indicator.key, v.group): (v.value, v.status)
        for v in IndicatorValue.objects.select_related("indicator").exclude(group__contains="dis")
    }
    assert found == {
        ("ks2_rwm_exp", "all"): (None, "suppressed"),
        ("ks2_rwm_high", "all"): (0, "published"),
        ("ks2_prog_read", "all"): (None, "low_coverage"),
        ("ks2_read_exp", "all"): (None, "no_entries"),
        ("ks2_read_score", "all"): (None, "not_published"),
        ("ks2_rwm_exp", "boys"): (None, "not_applicable"),
        ("ks2_rwm_exp", "girls"): (None, "not_published"),
    }


def test_schools_not_in_the_register_are_reported_and_never_invented(authority, beck_lane):
    row = import_files({KS2: made.ks2({}, {"URN": "100002"}, {"URN": "100003", "LEA": "902"})}, authority)[
        KS2
    ]
    assert (row.summary["schools"], row.summary["unknown"], row.summary["elsewhere"]) == (1, 1, 1)
    assert [(p["row"], p["value"]) for p in row.problems] == [(3, "100002")]
    assert School.objects.count() == 1


def test_a_refused_row_never_stops_the_rest_and_a_refused_file_changes_nothing(authority, beck_lane):
    rows = import_files({KS2: made.ks2({"URN": "x"}, {}), "pets.csv": b"a,b\n1,2"}, authority)
    assert figures(rows[KS2]) == (9, 0, 0, 1)
    assert "Not recognised" in rows["pets.csv"].refusal


def test_another_authoritys_school_is_left_alone_whatever_the_file_says(authority, far_school):
    row = import_files({KS2: made.ks2({"URN": str(far_school.urn)})}, authority)[KS2]
    assert not IndicatorValue.objects.exists()
    assert row.summary["unknown"] == 1  # the file says it is ours; the register knows better


def test_the_first_file_of_an_import_to_say_something_is_believed(authority, beck_lane):
    fuller = made.ks2({"PTRWM_EXP": "65%", "PTRWM_HIGH": ""})
    subset = made.ks2({"PTRWM_EXP": "64%", "PTRWM_HIGH": "11%"}, header=made.KS2_HEADER[:12])
    files = {"2017-18_subset.csv": subset, "2017-18_full.csv": fuller}
    rows = import_files(files, authority)
    assert (value("ks2_rwm_exp").value, value("ks2_rwm_high").value) == (65, 11)
    assert rows["2017-18_subset.csv"].summary["doubled"] == 1
    again = import_files(files, authority)
    assert all(figures(row)[:2] == (0, 0) for row in again.values())


def test_a_school_of_the_same_import_counts_as_in_the_register(authority):
    _, tallies = preview({KS2: made.ks2(), GIAS: made.gias()}, authority)
    assert [tally.figures()["added"] for tally in tallies] == [1, 9]
    import_files({KS2: made.ks2(), GIAS: made.gias()}, authority)
    assert value("ks2_rwm_exp").school.urn == 100001


# --- England and the authority


def rows_of_england(national="64%", authority="68%"):
    blank = dict.fromkeys(made.KS2_HEADER, " ")
    return (
        {**blank, "RECTYPE": "3", "LEA": "901", "PTRWM_EXP": authority, "PTRWM_EXP_B": "60%"},
        {**blank, "RECTYPE": "4", "PTRWM_EXP": "62%", "PTRWM_HIGH": "9%"},
        {**blank, "RECTYPE": "5", "PTRWM_EXP": national},
        {**blank, "RECTYPE": "3", "LEA": "902", "PTRWM_EXP": "1%"},
    )


@pytest.mark.requirement("L-024", "L-029")
def test_figures_for_england_and_the_authority_become_comparators(authority, beck_lane):
    file = made.ks2({}, *rows_of_england())
    row = import_files({"2021-22.csv": file}, authority)["2021-22.csv"]
    found = {
        (c.indicator.key, c.group, c.comparator): (float(c.value), c.authority, c.source_row)
        for c in ComparatorValue.objects.filter(year=2021).select_related("indicator", "authority")
    }
    assert found == {
        ("ks2_rwm_exp", "all", "authority"): (68.0, authority, 3),
        ("ks2_rwm_exp", "boys", "authority"): (60.0, authority, 3),
        ("ks2_rwm_exp", "all", "national"): (64.0, None, 5),  # state-funded schools before all schools
        ("ks2_rwm_high", "all", "national"): (9.0, None, 4),
    }
    assert row.summary["comparators"] == 4
    assert figures(import_files({"2021-22.csv": file}, authority)["2021-22.csv"])[:2] == (0, 0)


def test_a_figure_several_authorities_share_is_changed_at_the_command_line_only(
    authority, beck_lane, far_authority
):
    import_files({"2021-22.csv": made.ks2({}, *rows_of_england())}, authority)
    changed = {"2021-22.csv": made.ks2({}, *rows_of_england("50%", "70%"))}
    row = import_files(changed, authority)["2021-22.csv"]
    national = ComparatorValue.objects.get(indicator__key="ks2_rwm_exp", year=2021, comparator="national")
    assert national.value == 64
    assert (
        ComparatorValue.objects.get(
            indicator__key="ks2_rwm_exp", year=2021, comparator="authority", group="all"
        ).value
        == 70
    )
    [problem] = row.problems
    assert "shared with other authorities" in problem["message"]
    import_files(changed, authority, trusted=True)
    national.refresh_from_db()
    assert national.value == 50


def test_the_only_authority_may_change_englands_figures(authority, beck_lane):
    import_files({"2021-22.csv": made.ks2({}, *rows_of_england())}, authority)
    import_files({"2021-22.csv": made.ks2({}, *rows_of_england("50%"))}, authority)
    assert (
        ComparatorValue.objects.get(indicator__key="ks2_rwm_exp", year=2021, comparator="national").value
        == 50
    )


def test_two_files_of_one_import_agree_on_england(authority, beck_lane):
    files = {
        "2021-22_a.csv": made.ks2({}, *rows_of_england()),
        "2021-22_b.csv": made.ks2(*rows_of_england("50%"), header=made.KS2_HEADER[:12]),
    }
    import_files(files, authority)
    assert (
        ComparatorValue.objects.get(indicator__key="ks2_rwm_exp", year=2021, comparator="national").value
        == 64
    )
    assert all(figures(row)[:2] == (0, 0) for row in import_files(files, authority).values())


# --- the register


@pytest.mark.requirement("L-036")
def test_the_register_makes_and_changes_schools(authority):
    row = import_files({GIAS: made.gias()}, authority)[GIAS]
    school = School.objects.get(urn=100001)
    assert (school.name, school.authority, school.capacity, school.has_nursery) == (
        "Beck Lane Primary School",
        authority,
        210,
        True,
    )
    assert figures(row) == (1, 0, 0, 0)
    changed = {
        "EstablishmentName": "Beck Lane Academy",
        "EstablishmentStatus (code)": "2",
        "CloseDate": "31-08-2023",
        "ReasonEstablishmentClosed (name)": "For Academy",
    }
    row = import_files({"edubase_20231001.csv": made.gias(changed)}, authority)["edubase_20231001.csv"]
    school.refresh_from_db()
    assert (school.name, school.is_open, school.closed_on, school.closure_reason) == (
        "Beck Lane Academy",
        False,
        dt.date(2023, 8, 31),
        "For Academy",
    )
    assert figures(row) == (0, 1, 0, 0)
    assert school.register_source.source == row


@pytest.mark.requirement("L-019")
def test_unfilled_places_come_with_the_register(authority):
    import_files({GIAS: made.gias()}, authority)
    assert (value("surplus_pct", 2022).value, value("capacity", 2022).value) == (Decimal("4.8"), 210)


def test_what_the_authority_recorded_is_never_touched(authority, beck_lane):
    area = make.AreaFactory(authority=authority)
    School.objects.filter(pk=beck_lane.pk).update(area=area, has_nursery=False)
    make.SchoolContactFactory(school=beck_lane, name="Someone Else")
    row = import_files({GIAS: made.gias()}, authority)[GIAS]
    beck_lane.refresh_from_db()
    assert (beck_lane.area, beck_lane.has_nursery, beck_lane.has_sixth_form) == (area, False, False)
    assert SchoolContact.objects.get().name == "Someone Else"
    assert (row.outcome["heads"], row.outcome["heads_differ"]) == (0, 1)


def test_a_heads_name_is_recorded_where_there_is_none(authority):
    closed = {"URN": "100002", "EstablishmentStatus (code)": "2"}
    row = import_files({GIAS: made.gias({"HeadPreferredJobTitle": "Acting Headteacher"}, closed)}, authority)[
        GIAS
    ]
    contact = SchoolContact.objects.get()
    assert (contact.name, contact.role, contact.is_acting, contact.start_on) == (
        "Grace Holroyd",
        "headteacher",
        True,
        None,
    )
    assert (row.outcome["heads"], row.outcome["heads_differ"]) == (1, 0)
    assert import_files({GIAS: made.gias()}, authority)[GIAS].outcome["heads_differ"] == 0


def test_a_head_whose_time_ended_is_not_brought_back(authority, beck_lane):
    make.SchoolContactFactory(school=beck_lane, name="Grace Holroyd", end_on=dt.date(2023, 1, 1))
    row = import_files({GIAS: made.gias()}, authority)[GIAS]
    assert SchoolContact.objects.count() == 1
    assert (row.outcome["heads"], row.outcome["heads_differ"]) == (0, 0)


def test_rows_of_other_authorities_and_places_that_are_no_schools_are_left(authority, far_authority):
    rows = (
        {},
        {"URN": "100002", "LA (code)": "902"},
        {"URN": "100003", "TypeOfEstablishment (code)": "29"},
        {"URN": "100004", "LA (code)": "902", "EstablishmentName": ""},
    )
    row = import_files({GIAS: made.gias(*rows)}, authority)[GIAS]
    assert [school.urn for school in School.objects.all()] == [100001]
    assert (row.summary["elsewhere"], row.summary["not_schools"]) == (1, 1)


def test_a_school_another_authority_holds_is_left_to_it(authority, far_authority):
    make.SchoolFactory(urn=100001, authority=far_authority, name="Theirs")
    row = import_files({GIAS: made.gias()}, authority)[GIAS]
    assert School.objects.get().name == "Theirs"
    assert (figures(row), row.summary["elsewhere"]) == ((0, 0, 0, 0), 1)


def test_an_older_register_never_undoes_a_newer_one(authority):
    import_files({GIAS: made.gias()}, authority)
    old = {"edubase_20220705.csv": made.gias({"EstablishmentName": "Old name"}, {"URN": "100002"})}
    row = import_files(old, authority)["edubase_20220705.csv"]
    assert School.objects.get(urn=100001).name == "Beck Lane Primary School"
    assert (row.summary["older"], figures(row)) == (1, (1, 0, 0, 0))


def test_what_a_newer_register_confirms_is_protected_from_then_on(authority):
    import_files({GIAS: made.gias()}, authority)
    first = SchoolSource.objects.get()
    import_files({"edubase_20240705.csv": made.gias()}, authority)
    confirmed = SchoolSource.objects.get()
    assert (confirmed.as_at, confirmed.source_id, confirmed.recorded_at) == (
        dt.date(2024, 7, 5),
        first.source_id,
        first.recorded_at,
    )
    row = import_files({"edubase_20231005.csv": made.gias({"Town": "Old"})}, authority)[
        "edubase_20231005.csv"
    ]
    assert row.summary["older"] == 1


def test_of_two_registers_in_one_import_the_newer_is_believed(authority):
    files = {"edubase_20220705.csv": made.gias({"Town": "Old"}, {"URN": "100002"}), GIAS: made.gias()}
    rows = import_files(files, authority)
    assert School.objects.get(urn=100001).town == "Kirkdale"
    assert rows["edubase_20220705.csv"].summary["doubled"] == 1
    assert all(figures(row)[:2] == (0, 0) for row in import_files(files, authority).values())


def test_a_school_without_a_type_column_cannot_be_made(authority):
    header = "URN,LA,ESTAB,SCHNAME,ICLOSE,MINORGROUP,ISPRIMARY,ISSECONDARY"
    content = f"{header}\n100001,901,2001,Beck Lane,1,Maintained,1,0".encode()
    row = import_files({"2017-2018_spine.csv": content}, authority)["2017-2018_spine.csv"]
    assert "has no type" in row.problems[0]["message"]
    assert not School.objects.exists()


def test_the_performance_tables_register_only_fills_in(authority):
    header = "URN,LA,ESTAB,SCHNAME,ICLOSE,MINORGROUP,NFTYPE,ISPRIMARY,ISSECONDARY"
    content = f"{header}\n100001,901,2001,Old Name,1,Maintained,Community school,1,0\n100002,901,2002,Gone School,2,Maintained,Community school,1,0".encode()
    import_files({"2017-2018_spine.csv": content, GIAS: made.gias()}, authority)
    assert {s.urn: s.name for s in School.objects.all()} == {
        100001: "Beck Lane Primary School",
        100002: "Gone School",
    }


def test_trusts_are_one_whether_a_file_gives_their_number_or_not(authority):
    named = [c for c in made.GIAS_HEADER if c != "Trusts (code)"]
    import_files({"gias_20220101.csv": made.gias({"Trusts (name)": "MOOR TRUST"}, header=named)}, authority)
    rows = (
        {"Trusts (code)": "3206", "Trusts (name)": "Moor Trust"},
        {"URN": "100002", "Trusts (code)": "3206", "Trusts (name)": "Moor Trust"},
        {"URN": "100003", "Trusts (code)": "77", "Trusts (name)": "Other Trust"},
        {"URN": "100004", "Trusts (name)": "Third Trust"},
        {"URN": "100005", "Trusts (name)": "third trust"},
    )
    _, [tally] = preview({GIAS: made.gias(*rows)}, authority)
    assert tally.figures() == {"added": 4, "changed": 0, "unchanged": 1, "refused": 0}
    import_files({GIAS: made.gias(*rows)}, authority)
    assert sorted(Trust.objects.values_list("uid", "name"), key=str) == [
        ("3206", "MOOR TRUST"),
        ("77", "Other Trust"),
        (None, "Third Trust"),
    ]
    assert School.objects.get(urn=100005).trust == School.objects.get(urn=100004).trust
    assert figures(import_files({GIAS: made.gias(*rows)}, authority)[GIAS]) == (0, 0, 5, 0)
    left = ({"Trusts (name)": "Not applicable"}, *rows[1:])
    assert figures(import_files({GIAS: made.gias(*left)}, authority)[GIAS]) == (0, 1, 4, 0)
    assert School.objects.get(urn=100001).trust is None


def test_a_trust_already_numbered_is_not_taken_over_by_another_of_its_name(authority):
    Trust.objects.create(uid="1", name="Moor Trust")
    import_files({GIAS: made.gias({"Trusts (code)": "2", "Trusts (name)": "Moor Trust"})}, authority)
    assert sorted(Trust.objects.values_list("uid", flat=True)) == ["1", "2"]
    assert School.objects.get().trust.uid == "2"


# --- links


@pytest.mark.requirement("L-033")
def test_a_link_is_recorded_once_from_both_sides(authority, beck_lane):
    successor = make.SchoolFactory(urn=100009, authority=authority)
    content = made.links(
        [100001, 100009, "", "Successor", "01-03-2021"],
        [100009, 100001, "", "Predecessor", ""],
        [5, 6, "", "Successor", ""],
    )
    row = import_files({"links_20230421.csv": content}, authority)["links_20230421.csv"]
    link = SchoolLink.objects.get()
    assert (link.predecessor, link.successor, link.kind, link.established_on) == (
        beck_lane,
        successor,
        "successor",
        dt.date(2021, 3, 1),
    )
    assert (figures(row), row.summary["elsewhere"]) == ((1, 0, 0, 0), 1)


def test_a_link_to_a_school_not_held_keeps_its_number_and_is_joined_later(authority, beck_lane):
    import_files({"links_20230421.csv": made.links([100001, 100009, "", "Successor", ""])}, authority)
    link = SchoolLink.objects.get()
    assert (link.predecessor, link.successor, link.successor_urn) == (beck_lane, None, 100009)
    import_files({GIAS: made.gias({"URN": "100009"})}, authority)
    link.refresh_from_db()
    assert link.successor.urn == 100009


def test_a_link_is_never_made_vaguer(authority, beck_lane):
    specific = made.links([100001, 100009, "", "Successor - merged", "01-03-2021"])
    import_files({"links_20230421.csv": specific}, authority)
    row = import_files({"links_20230422.csv": made.links([100001, 100009, "", "Successor", ""])}, authority)
    assert figures(row["links_20230422.csv"]) == (0, 0, 1, 0)
    row = import_files(
        {"links_20230423.csv": made.links([100001, 100009, "", "Successor - amalgamated", "02-03-2021"])},
        authority,
    )
    assert figures(row["links_20230423.csv"]) == (0, 1, 0, 0)
    link = SchoolLink.objects.get()
    assert (link.kind, link.established_on) == (LinkKind.SUCCESSOR_AMALGAMATED, dt.date(2021, 3, 2))


def test_the_same_link_in_two_files_of_an_import_is_the_newer_files(authority, beck_lane):
    files = {
        "links_20230421.csv": made.links([100001, 100009, "", "Successor", "01-01-2020"]),
        "links_20250422.csv": made.links([100001, 100009, "", "Successor", "01-03-2021"]),
    }
    rows = import_files(files, authority)
    assert SchoolLink.objects.get().established_on == dt.date(2021, 3, 1)
    assert rows["links_20230421.csv"].summary["doubled"] == 1


def test_open_schools_that_others_have_followed_are_counted(authority):
    files = {
        GIAS: made.gias(),
        "links_20250422.csv": made.links([100001, 100009, "", "Successor", "01-03-2025"]),
    }
    row = import_files(files, authority)["links_20250422.csv"]
    assert row.outcome["followed"] == 1


def test_links_in_the_search_export_are_recorded_too(authority):
    header = [*made.GIAS_HEADER, "Linked establishments"]
    text = made.gias(header=header).decode("utf-8-sig").rstrip() + "100009 Predecessor,100010 Successor\r\n"
    import_files({GIAS: text.encode()}, authority)
    assert SchoolLink.objects.count() == 2
    import_files({GIAS: text.encode()}, authority)
    assert SchoolLink.objects.count() == 2


# --- inspections


def test_inspections_are_recorded_with_their_areas_and_source(authority, beck_lane):
    row = import_files({"ofsted.csv": made.ofsted()}, authority)["ofsted.csv"]
    assert figures(row) == (2, 0, 0, 0)
    latest, previous = Inspection.objects.all()
    assert (latest.overall_grade, latest.framework, latest.source, latest.source_row) == (
        "2",
        "EIF_2019",
        row,
        2,
    )
    assert latest.judgements.get(area="behaviour_attitudes").grade == "1"
    assert (previous.category, previous.judgements.count()) == ("significant_improvement", 0)


def test_a_corrected_inspection_changes_and_a_blank_keeps_what_is_known(authority, beck_lane):
    import_files({"ofsted.csv": made.ofsted()}, authority)
    row = import_files(
        {
            "ofsted.csv": made.ofsted(
                {
                    "Quality of education": "3",
                    "Behaviour and attitudes": "",
                    "Publication date": "",
                    "Overall effectiveness": "3",
                }
            )
        },
        authority,
    )["ofsted.csv"]
    assert figures(row) == (0, 1, 1, 0)
    latest = Inspection.objects.first()
    assert (latest.overall_grade, latest.published_on) == ("3", dt.date(2023, 7, 12))
    assert dict(latest.judgements.values_list("area", "grade"))["behaviour_attitudes"] == "1"
    assert dict(latest.judgements.values_list("area", "grade"))["quality_of_education"] == "3"


def test_an_inspection_recorded_by_hand_is_left_as_it_is(authority, beck_lane):
    Inspection.objects.create(
        school=beck_lane,
        framework="EIF_2019",
        kind="graded",
        started_on=dt.date(2023, 6, 14),
        overall_grade="4",
    )
    row = import_files({"ofsted.csv": made.ofsted()}, authority)["ofsted.csv"]
    assert figures(row) == (1, 0, 0, 1)
    assert "recorded by hand" in row.problems[0]["message"]
    assert Inspection.objects.get(started_on=dt.date(2023, 6, 14)).overall_grade == "4"


@pytest.mark.requirement("L-070")
def test_a_category_never_passes_to_the_school_that_followed(authority, beck_lane):
    listed = make.SchoolFactory(urn=100009, authority=authority)
    content = made.ofsted(
        {
            "URN": "100009",
            "URN at time of latest full inspection": "100009",
            "URN at time of previous full inspection": "100001",
        }
    )
    import_files({"ofsted.csv": content}, authority)
    assert listed.inspections.get().category == ""
    assert beck_lane.inspections.get().category == "significant_improvement"


def test_an_inspection_of_a_school_not_held_is_reported_not_moved(authority):
    listed = make.SchoolFactory(urn=100009, authority=authority)
    content = made.ofsted(
        {"URN": "100009", "URN at time of latest full inspection": "100009"}, {"URN": "5"}, {"URN": "x"}
    )
    row = import_files({"ofsted.csv": content}, authority)["ofsted.csv"]
    assert listed.inspections.count() == 1
    assert (row.summary["unknown"], row.summary["elsewhere"]) == (1, 1)
    assert "100009 has followed" in row.problems[0]["message"]


def test_the_same_inspection_in_two_files_is_recorded_once(authority, beck_lane):
    files = {"a.csv": made.ofsted(), "b.csv": made.ofsted(header=made.OFSTED_HEADER[:21])}
    rows = import_files(files, authority)
    assert Inspection.objects.count() == 2
    assert sum(row.summary["doubled"] for row in rows.values()) == 1


# --- the batch


def test_an_applied_import_writes_one_entry_and_tells_the_rooms_above(authority, beck_lane, monkeypatch):
    told = []
    monkeypatch.setattr("schools.importing.batches.emit", lambda *args, **kwargs: told.append((args, kwargs)))
    import_files({KS2: made.ks2(), "pets.csv": b"a,b\n1,2"}, authority)
    entry = ChangeLogEntry.objects.get(action="schools.apply_import")
    assert entry.authority == authority
    assert [(f["name"], f["added"]) for f in entry.after["files"]] == [(KS2, 9)]
    [((event, payload), _)] = told
    assert event == "data_imported"
    assert (payload["kinds"], payload["years"], payload["changed"]) == (["ks2"], [2017], 9)


def test_a_killed_job_goes_on_where_it_stopped_with_the_same_figures(authority, monkeypatch):
    monkeypatch.setattr("schools.importing.running.LOT", 2)
    for urn in range(100001, 100008):
        make.SchoolFactory(urn=urn, authority=authority)
    rows = [{"URN": str(urn)} for urn in range(100001, 100008)]
    files = {
        GIAS: made.gias(*rows, {"URN": "100011", "LA (code)": "902"}),
        "2017-18_full.csv": made.ks2({"URN": "5"}, {"URN": "x"}, *rows, *rows_of_england()),
        "2017-18_subset.csv": made.ks2(*rows, *rows_of_england("1%"), header=made.KS2_HEADER[:12]),
        "links_20230421.csv": made.links(
            *[[urn, urn + 100, "", "Successor", ""] for urn in range(100001, 100006)]
        ),
        "ofsted.csv": made.ofsted(
            *(
                {**row, **{c: row["URN"] for c in made.OFSTED_HEADER if c.startswith("URN at")}}
                for row in ({"URN": "5"}, *rows)
            )
        ),
    }
    found, tallies = preview(files, authority)
    from schools.importing import batches

    batch = ImportBatch.objects.create(authority=authority, status="applying", created_at=timezone.now())
    batches.store_files(batch, found, tallies, [""] * len(found))
    runs = 0
    while True:
        runs += 1
        plans = [made.plan(p.name, files[p.name]) for p in found]
        for plan, original in zip(plans, found, strict=True):
            plan.shared_keys = original.shared_keys
        try:
            batches.apply_files(
                batch, plans, list(batch.files.all()), made.Direct(stop_after=3), trusted=True
            )
            break
        except made.Killed:
            continue
    assert runs > 4
    assert [made.figures(row) for row in batch.files.all()] == [tuple(t.figures().values()) for t in tallies]
    assert (
        ComparatorValue.objects.get(indicator__key="ks2_rwm_exp", year=2017, comparator="national").value
        == 64
    )
    again = import_files(files, authority, trusted=True)
    assert all(figures(row)[:2] == (0, 0) for row in again.values())


def test_the_number_of_queries_does_not_grow_with_the_rows(authority, django_assert_num_queries):
    for urn in range(100001, 100012):
        make.SchoolFactory(urn=urn, authority=authority)
    rows = [{"URN": str(urn)} for urn in range(100001, 100012)]

    def queries(count):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        _found, _ = preview({KS2: made.ks2(*rows[:1])}, authority)
        with CaptureQueriesContext(connection) as captured:
            preview({KS2: made.ks2(*rows[:count])}, authority)
        return len(captured)

    assert queries(1) == queries(11)


@pytest.mark.requirement("L-026")
def test_reference_data_is_loaded_once_and_again(db):
    from schools.importing.loading import load_reference

    first = load_reference(now=timezone.now())
    stamps = list(ComparatorValue.objects.values_list("pk", "recorded_at"))
    assert load_reference(now=timezone.now()) == first
    assert list(ComparatorValue.objects.values_list("pk", "recorded_at")) == stamps
    assert Indicator.objects.get(key="ks4_p8").produced_in(2017)
    assert not Indicator.objects.get(key="ks4_p8").produced_in(2024)


def test_an_imported_figure_for_england_outlives_the_shipped_one(authority, beck_lane):
    from schools.importing.loading import load_reference

    import_files({KS2: made.ks2({}, *rows_of_england("63.7%"))}, authority)
    load_reference(now=timezone.now())
    figure = ComparatorValue.objects.get(indicator__key="ks2_rwm_exp", year=2017, comparator="national")
    assert figure.value == Decimal("63.7")
    ComparatorValue.objects.filter(pk=figure.pk).update(source=None)
    load_reference(now=timezone.now())
    figure.refresh_from_db()
    assert figure.value == 64


def test_trends_stop_at_a_changed_definition():
    absence = Indicator(key="abs_persistent", breaks=[2010, 2015])
    assert absence.comparable(2015, 2018)
    assert not absence.comparable(2014, 2015)
    assert absence.comparable(2010, 2014)


def test_statuses_are_all_worded_for_the_sentence():
    from schools.importing.tally import _STATUS_WORDS

    assert set(_STATUS_WORDS) == set(ValueStatus) - {ValueStatus.PUBLISHED}


def test_a_file_that_vanishes_between_looking_and_reading_is_refused(authority, tmp_path):
    from schools.importing import batches, plans, reading, running

    for name, content in {KS2: made.ks2(), GIAS: made.gias()}.items():
        (tmp_path / name).write_bytes(content)
    found = plans.prepare([reading.from_path(tmp_path / name) for name in (KS2, GIAS)])
    (tmp_path / GIAS).unlink()
    tallies = running.preview(found, batches.scope_of(authority, now=timezone.now(), trusted=False))
    assert "cannot be opened" in found[0].refusal
    assert [tally.unknown for tally in tallies] == [0, 1]
