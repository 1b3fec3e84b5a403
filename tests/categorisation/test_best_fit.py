"""The base that fits all areas best, which an authority may choose instead of the highest area."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from categorisation.engine import Circumstance, Grade, SchoolFacts, compile_framework
from categorisation.engine.areas import AreaView, best_fit
from categorisation.schema import DocumentError
from categorisation.schema.document import Base

from .test_properties import SETTINGS, _filled, schools
from .worked_cases import NATIONAL, base_school, framework

pytestmark = pytest.mark.requirement("X-33")


def _fitted(areas: tuple[str, ...] = ()):
    base = Base(paragraph="App 2", kind="best_fit", areas=areas)
    return compile_framework(framework("leicester").model_copy(update={"base": base}), NATIONAL)


ENGINE = _fitted()
GRADED = [area.key for area in framework("leicester").areas if area.assessed_by == "profile"]


def _area(on_record: int | None, low: int, high: int, set_aside: bool = False) -> AreaView:
    return AreaView("area", on_record, low, high, set_aside, "profile", "", ())


def _placed(*levels: int) -> list[AreaView]:
    return [_area(level, level, level) for level in levels]


@pytest.mark.parametrize(
    ("levels", "fits"),
    [((3,), 3), ((1, 2), 2), ((1, 1, 4), 1), ((1, 2, 3, 4), 3), ((1, 1, 4, 4), 4), ((2, 2, 2, 4, 4), 2)],
)
def test_it_is_the_level_that_more_than_half_are_at_or_below_and_an_even_split_goes_up(levels, fits):
    assert best_fit(_placed(*levels)) == (fits, fits, fits)


def test_what_is_not_known_could_be_at_either_end_and_on_record_counts_at_its_lowest():
    assert best_fit([*_placed(2, 3), _area(None, 1, 4)]) == (2, 2, 3)


def test_an_area_set_aside_has_no_part_in_it():
    assert best_fit([*_placed(4, 4), _area(None, 1, 1, set_aside=True)]) == (4, 4, 4)


def test_nothing_placed_puts_nothing_on_record():
    assert best_fit([_area(None, 1, 4), _area(None, 1, 3)]) == (0, 1, 4)
    assert best_fit([_area(None, 1, 1, set_aside=True)]) == (0, 0, 0)


def _graded(facts: SchoolFacts, **grades: int | None) -> SchoolFacts:
    profile = {key: row for key, row in facts.profile.items() if key not in grades}
    given = {key: Grade(validated=grade) for key, grade in grades.items() if grade is not None}
    return dataclasses.replace(facts, profile=profile | given)


def test_only_the_areas_that_are_named_count():
    first, second, third = GRADED[:3]
    facts = _graded(base_school("leicester"), **{first: 4, second: 3, third: 1})
    assert _fitted((first, second, third)).evaluate(facts).base == 3
    assert _fitted((first,)).evaluate(facts).base == 4


def test_none_named_means_all_of_them():
    outcome = ENGINE.evaluate(base_school("leicester"))
    levels = sorted(area.on_record for area in outcome.areas if not area.set_aside)
    assert outcome.base == levels[len(levels) // 2]


def test_what_would_narrow_the_range_is_a_fact_of_an_area_that_could_raise_the_fit():
    first, second, third = GRADED[:3]
    facts = _graded(base_school("leicester"), **{first: 2, second: 3, third: None})
    outcome = _fitted((first, second, third)).evaluate(facts)
    assert (outcome.base, outcome.low, outcome.high) == (2, 2, 3)
    assert [(item.fact, item.could_lead_to) for item in outcome.narrowing][:1] == [(f"aspect.{third}", 3)]


def test_an_area_that_cannot_raise_the_fit_is_not_worth_finding_out():
    first, second, third = GRADED[:3]
    facts = _graded(base_school("leicester"), **{first: 4, second: 4, third: None})
    outcome = _fitted((first, second, third)).evaluate(facts)
    assert (outcome.low, outcome.high) == (4, 4)
    assert outcome.narrowing == ()


def test_a_document_without_areas_has_nothing_to_fit():
    base = Base(paragraph="B1", kind="best_fit")
    with pytest.raises(DocumentError, match="there is no area"):
        compile_framework(framework("leeds").model_copy(update={"base": base}), NATIONAL)


@SETTINGS
@given(schools("leicester"), st.sampled_from(GRADED), st.integers(1, 3))
def test_a_worse_grade_never_lowers_it(facts: SchoolFacts, key: str, grade: int):
    before, after = (ENGINE.evaluate(_graded(facts, **{key: worse})) for worse in (grade, grade + 1))
    assert (before.base or 0) <= (after.base or 0)
    assert (before.low, before.high) <= (after.low, after.high)


@SETTINGS
@given(schools("leicester"), st.sampled_from(GRADED), st.integers(1, 4))
def test_a_grade_where_there_was_none_never_lowers_it(facts: SchoolFacts, key: str, grade: int):
    before, after = (
        ENGINE.evaluate(_graded(facts, **{key: None})),
        ENGINE.evaluate(_graded(facts, **{key: grade})),
    )
    assert (before.base or 0) <= (after.base or 0)
    assert before.low <= after.low <= after.high <= before.high


@SETTINGS
@given(schools("leicester"), st.sampled_from([item.key for item in framework("leicester").circumstances]))
def test_one_more_reported_circumstance_never_lowers_it(facts: SchoolFacts, key: str):
    worse = dataclasses.replace(facts, circumstances={**facts.circumstances, key: Circumstance(True)})
    before, after = ENGINE.evaluate(facts), ENGINE.evaluate(worse)
    assert (before.on_record or 0) <= (after.on_record or 0)
    assert before.low <= after.low


@SETTINGS
@given(schools("leicester"), st.data())
def test_filling_an_unknown_only_narrows_it(facts: SchoolFacts, data: st.DataObject):
    outcome, narrower = (
        ENGINE.evaluate(school) for school in (facts, _filled(framework("leicester"), facts, data))
    )
    assert outcome.low <= narrower.low <= narrower.high <= outcome.high
