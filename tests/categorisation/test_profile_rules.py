"""Rows of a profile, what a stage lacks, and which stage may be written or reopened. No database."""

import pytest

from categorisation.actions.frameworks import SHIPPED
from categorisation.choices import ProfileStage
from categorisation.rules.profiles import (
    MOST_CHARACTERS,
    Judged,
    Row,
    Typed,
    differs,
    items_of,
    judged,
    last_handed_over,
    missing,
    rows_of,
    why_closed,
    year_text,
)
from categorisation.schema import load_yaml

SCHOOL, VALIDATED, MODERATED = ProfileStage
ROW = Row("teaching", "Teaching", "App 2", {1: "Outstanding", 2: "Good", 3: "Satisfactory", 4: "Poor"})


@pytest.fixture(scope="module")
def leicester():
    return load_yaml((SHIPPED / "leicester-2007.yaml").read_bytes())


@pytest.fixture(scope="module")
def leeds_document():
    return load_yaml((SHIPPED / "leeds-2013.yaml").read_bytes())


@pytest.mark.requirement("L-053", "L-084", "L-085", "X-46", "X-60")
def test_leicesters_rows_are_the_twelve_areas_and_overall_effectiveness_each_with_what_its_grades_mean(
    leicester,
):
    rows = rows_of(leicester)
    assert [row.key for row in rows[:3]] == ["leadership", "teaching", "standards"]
    assert (len(rows), rows[-1].key) == (13, "overall_effectiveness")
    assert all(list(row.meanings) == [1, 2, 3, 4] for row in rows)
    assert rows[9].meanings[3] == "In place but not robust"


@pytest.mark.requirement("K-071", "K-079")
def test_leedss_rows_are_the_aspects_its_first_category_asks_for(leeds_document):
    rows = {row.key: row for row in rows_of(leeds_document)}
    assert {"leadership", "behaviour_safety", "teaching", "achievement", "overall"} <= rows.keys()
    assert rows["self_evaluation"].meanings[1] == "Accurate, with clear effect"


@pytest.mark.requirement("K-034", "K-035")
def test_there_are_seven_qualities_and_seven_sources_of_evidence_to_tick(leeds_document):
    wanted = leeds_document.self_evaluation
    assert (len(wanted.qualities), len(wanted.evidence_sources)) == (7, 7)
    assert len(items_of(leeds_document)) == 14


def test_two_cells_of_one_level_are_both_said(leicester):
    area = leicester.areas[0]
    cells = (*area.cells, area.cells[0].model_copy(update={"descriptor": "Or so"}))
    changed = leicester.model_copy(
        update={"areas": (area.model_copy(update={"cells": cells}), *leicester.areas[1:])}
    )
    assert rows_of(changed)[0].meanings[1] == f"{area.cells[0].descriptor}; Or so"


def test_what_is_typed_is_tidied_and_kept():
    found = judged(ROW, Typed("2", "  Good.\r\n\r\n", "up"), with_trend=True)
    assert found == Judged(2, "  Good.", "up")
    assert judged(ROW, Typed(), with_trend=False) == Judged()


@pytest.mark.parametrize("grade", ["0", "5", "-1", "two", "2.0", "²", "999999999999999999999"])
def test_a_grade_outside_the_scale_is_refused(grade):
    with pytest.raises(ValueError, match="“Teaching”: choose a grade from 1 to 4"):
        judged(ROW, Typed(grade), with_trend=True)


@pytest.mark.parametrize(("trend", "with_trend"), [("sideways", True), ("up", False)])
def test_a_trend_the_framework_does_not_have_is_refused(trend, with_trend):
    with pytest.raises(ValueError, match="choose a trend"):
        judged(ROW, Typed("2", "", trend), with_trend=with_trend)


def test_a_text_too_long_is_refused_with_both_figures():
    with pytest.raises(ValueError, match=r"at most 20,000 characters; this one has 20,001"):
        judged(ROW, Typed("2", "x" * (MOST_CHARACTERS + 1)), with_trend=True)


# What is missing: stage, what it says, what was said before, and what the person is told


@pytest.mark.requirement("L-062", "X-60")
@pytest.mark.parametrize(
    ("stage", "said", "before", "told"),
    [
        (SCHOOL, Judged(2, "Books"), None, ""),
        (SCHOOL, Judged(None, "We are new"), None, ""),
        (SCHOOL, Judged(2), None, "Write the evidence for “Teaching”"),
        (SCHOOL, Judged(), None, "Write the evidence for “Teaching”"),
        (VALIDATED, Judged(2), None, ""),
        (VALIDATED, Judged(2), Judged(2), ""),
        (VALIDATED, Judged(), Judged(2), "Grade “Teaching”, or say why it has no grade"),
        (VALIDATED, Judged(None, "No results"), Judged(2), ""),
        (VALIDATED, Judged(3), Judged(2), "Say why your grade of “Teaching” differs from the school’s"),
        (VALIDATED, Judged(3, "Books"), Judged(2), ""),
        (VALIDATED, Judged(3), Judged(None), "Say why your grade of “Teaching” differs from the school’s"),
        (MODERATED, Judged(), Judged(2), ""),
        (MODERATED, Judged(None, "Agreed"), Judged(2), ""),
        (MODERATED, Judged(2), Judged(2), ""),
        (MODERATED, Judged(4), Judged(2), "Say why your grade of “Teaching” differs from the validated one"),
        (MODERATED, Judged(4, "Fire"), Judged(2), ""),
    ],
)
def test_a_reason_is_owed_where_two_differ_and_the_row_is_named(stage, said, before, told):
    earlier = None if before is None else {"teaching": before}
    found = missing(stage, [ROW], {"teaching": said}, earlier)
    assert [item.message for item in found] == ([told] if told else [])
    assert all(item.row == "teaching" for item in found)


def test_two_stages_differ_only_once_both_have_spoken():
    assert differs(Judged(2), Judged(3))
    assert not differs(None, Judged(3))
    assert not differs(Judged(2), None)


# Stages: what was handed over, and whether each may be written; what may be reopened


@pytest.mark.parametrize(
    ("done", "open_to", "last"),
    [
        ((), (SCHOOL, VALIDATED), None),
        ((SCHOOL,), (VALIDATED,), SCHOOL),
        ((VALIDATED,), (MODERATED,), VALIDATED),
        ((SCHOOL, VALIDATED), (MODERATED,), VALIDATED),
        ((SCHOOL, VALIDATED, MODERATED), (), MODERATED),
    ],
)
def test_every_state_says_who_may_write_and_what_may_be_reopened(done, open_to, last):
    assert tuple(stage for stage in ProfileStage if not why_closed(stage, done)) == open_to
    assert last_handed_over(done) == last


def test_a_year_is_said_as_people_say_it():
    assert year_text(2026) == "2026 to 2027"
