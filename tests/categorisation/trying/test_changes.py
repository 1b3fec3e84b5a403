"""What a change of a document changes in an answer, and why."""

from dataclasses import replace
from decimal import Decimal

import pytest

from categorisation.benching import Cause, Comparer, Tally, direction, ranks
from categorisation.benching.asked import asked
from categorisation.benching.changes import Ranks
from categorisation.benching.parameters import parameter_changes
from categorisation.engine import (
    Circumstance,
    Grade,
    Inspection,
    Point,
    SchoolFacts,
    compile_framework,
    series,
)
from categorisation.schema.document import Base
from tests.categorisation.worked_cases import NATIONAL, base_school, compiled, framework

LEEDS, LEICESTER = "leeds", "leicester"


def changed(which, *, rules=None, parameters=None, without=(), **fields):
    """A shipped document with other fields of some rules, other parameters, or without some rules; compiled."""
    document = framework(which)
    kept = tuple(
        rule.model_copy(update=(rules or {}).get(rule.key, {}))
        for rule in document.rules
        if rule.key not in without
    )
    values = tuple(
        item.model_copy(update={"chosen": parameters[item.key]}) if item.key in (parameters or {}) else item
        for item in document.parameters
    )
    return compile_framework(
        document.model_copy(update={"rules": kept, "parameters": values, **fields}), NATIONAL
    )


def answers(which, after, facts):
    before = compiled(which)
    return Comparer(before, after), before.evaluate(facts), after.evaluate(facts)


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (Ranks(2, 2, 4), Ranks(2, 2, 4), ""),
        (Ranks(2, 2, 4), Ranks(3, 3, 4), "up"),
        (Ranks(2, 2, 4), Ranks(1, 1, 4), "down"),
        (Ranks(None, 1, 4), Ranks(3, 3, 4), "placed"),
        (Ranks(3, 3, 4), Ranks(None, 1, 4), "unplaced"),
        (Ranks(2, 2, 3), Ranks(2, 2, 4), "wider"),
        (Ranks(2, 2, 4), Ranks(2, 2, 3), "narrower"),
        (Ranks(None, 1, 3), Ranks(None, 2, 4), "other"),
    ],
)
def test_each_way_a_school_can_move_has_its_name(before, after, way):
    assert direction(before, after) == way


def test_a_rule_that_leads_higher_is_the_cause_of_the_rise():
    comparer, old, new = answers(
        LEEDS, changed(LEEDS, rules={"ofsted_good": {"floor": 2}}), base_school(LEEDS)
    )
    (cause,) = comparer.causes(old, new)
    assert (cause.name, cause.text) == (
        "rule:ofsted_good:floor",
        "“Judged good or outstanding” leads to 2 instead of 1.",
    )


def test_a_fall_is_caused_by_all_that_held_the_school_above_and_no_longer_does():
    facts = base_school(LEEDS)
    facts = replace(
        facts, circumstances={**facts.circumstances, "senior_leadership_change": Circumstance(True)}
    )
    comparer, old, new = answers(LEEDS, changed(LEEDS, without=("leadership_changed",)), facts)
    assert (old.on_record, new.on_record) == (2, 1)
    (cause,) = comparer.causes(old, new)
    assert (cause.key, cause.became) == ("leadership_changed", "lapses")
    assert cause.text.endswith("is taken out of the policy.")


def test_a_parameter_behind_a_rule_is_named_as_the_reason():
    facts = base_school(LEEDS)
    facts = replace(
        facts,
        series={**facts.series, ("complaints_n", "all"): series({2025: Point(Decimal(4))})},
    )
    after = changed(LEEDS, parameters={"high_mobility": Decimal(1)})
    mobile = replace(facts, series={**facts.series, ("mobility", "all"): series({2025: Point(Decimal(3))})})
    comparer = Comparer(compiled(LEEDS), after)
    texts = [d.text for d in comparer.differences(compiled(LEEDS).evaluate(mobile), after.evaluate(mobile))]
    assert comparer._parameters == {"high_mobility": "High pupil turnover: 1% instead of 15%"}
    assert all("High pupil turnover: 1% instead of 15%." in text for text in texts)


def test_a_possibility_that_is_new_or_gone_moves_the_range_alone():
    unknown = replace(base_school(LEEDS), circumstances={})
    without = changed(LEEDS, without=tuple(r.key for r in framework(LEEDS).rules if (r.floor or 0) >= 3))
    comparer, old, new = answers(LEEDS, without, unknown)
    assert direction(ranks(old), ranks(new)) == "narrower"
    assert {cause.became for cause in comparer.causes(old, new)} == {"may_not"}
    back = Comparer(without, compiled(LEEDS))
    causes = back.causes(new, old)
    assert {cause.became for cause in causes} == {"may"}
    assert all(cause.text.endswith("It is new.") for cause in causes)


def test_the_same_document_changes_nothing():
    for which in (LEEDS, LEICESTER):
        comparer, old, new = answers(which, compiled(which), base_school(which))
        assert comparer.causes(old, new) == ()
        assert comparer.differences(old, new) == ()


def leicester_with(grade):
    facts = base_school(LEICESTER)
    return replace(facts, profile={**facts.profile, "leadership": Grade(validated=grade)})


def test_an_area_that_comes_to_count_is_the_cause():
    document = framework(LEICESTER)
    counted = document.base.areas or tuple(area.key for area in document.areas)
    after = changed(
        LEICESTER, base=document.base.model_copy(update={"areas": tuple({*counted, "leadership"})})
    )
    before = changed(
        LEICESTER,
        base=document.base.model_copy(update={"areas": tuple(k for k in counted if k != "leadership")}),
    )
    comparer = Comparer(before, after)
    old, new = before.evaluate(leicester_with(3)), after.evaluate(leicester_with(3))
    causes = comparer.causes(old, new)
    assert (old.on_record or 0) < (new.on_record or 0)
    assert "area:leadership:area" in {cause.name for cause in causes}


def test_a_base_that_fits_best_is_one_cause():
    best_fit = Base(kind="best_fit", paragraph="6.1")
    facts = replace(base_school(LEICESTER), profile={
        area.key: Grade(validated=4) for area in framework(LEICESTER).areas
    })  # fmt: skip
    before, after = (
        changed(LEICESTER, base=best_fit.model_copy(update={"areas": ("leadership",)})),
        changed(LEICESTER, base=best_fit),
    )
    comparer = Comparer(after, before)
    causes = comparer.causes(after.evaluate(facts), before.evaluate(facts))
    assert [(cause.kind, cause.became) for cause in causes] == [("base", "base")]


def test_a_changed_condition_is_said_to_be_changed():
    good, mixed = (
        next(rule for rule in framework(LEEDS).rules if rule.key == key)
        for key in ("ofsted_good", "not_yet_inspected")
    )
    after = changed(LEEDS, rules={good.key: {"when": mixed.when}})
    comparer, old, new = answers(LEEDS, after, base_school(LEEDS))
    found = {item.key: item for item in comparer.differences(old, new)}
    assert found["ofsted_good"].text.endswith("Its condition is changed.")


def test_a_rule_only_one_document_has_stands_empty_on_the_other_side():
    comparer, old, new = answers(LEEDS, changed(LEEDS, without=("ofsted_good",)), base_school(LEEDS))
    (gone,) = comparer.differences(old, new)
    assert (gone.text, gone.after) == ("Taken out of the policy.", "")
    (added,) = Comparer(new.compiled, old.compiled).differences(new, old)
    assert (added.text, added.before) == ("Not in the policy before.", "")


def test_areas_that_differ_say_where_they_stand():
    document = framework(LEICESTER)
    areas = tuple(area for area in document.areas if area.key != document.areas[-1].key)
    cells = tuple(
        cell.model_copy(update={"when": None}) if cell.level == 4 else cell
        for cell in document.areas[0].cells
    )
    comparer, old, new = answers(
        LEICESTER,
        changed(
            LEICESTER, areas=(document.areas[0].model_copy(update={"cells": cells}), *document.areas[1:])
        ),
        SchoolFacts(
            on=base_school(LEICESTER).on, attributes={"phase": "primary", "low_age": 4, "high_age": 11}
        ),
    )
    found = [item for item in comparer.differences(old, new) if item.kind == "area"]
    assert len(areas) == len(document.areas) - 1
    assert all(item.text.startswith("An area of the grid.") for item in found)
    assert all(item.before != item.after for item in found)


def test_only_parameters_in_both_documents_are_compared():
    before = framework(LEEDS)
    fewer = before.model_copy(update={"parameters": before.parameters[1:]})
    assert parameter_changes(fewer, before) == {}
    one = changed(LEEDS, parameters={"consistently": Decimal(1), "report_card_below_areas": "any_area"})
    assert parameter_changes(before, one.document) == {
        "consistently": "Consistently: 1 year instead of 2 years",
        "report_card_below_areas": "Report cards below the expected standard: any area instead of leadership and governance",
    }


def test_what_is_asked_does_not_hang_on_what_is_answered():
    primary = base_school(LEEDS)
    bare = SchoolFacts(on=primary.on, attributes=primary.attributes)
    first, second = asked([compiled(LEEDS)], primary), asked([compiled(LEEDS)], bare)
    assert set(first.figures) == set(second.figures)
    assert first.circumstances == second.circumstances
    secondary = asked(
        [compiled(LEEDS)], replace(bare, attributes={"phase": "secondary", "low_age": 11, "high_age": 16})
    )
    assert ("ks2_rwm_exp", "all") in first.figures
    assert ("ks2_rwm_exp", "all") not in secondary.figures


def test_inspections_of_every_kind_of_record_can_be_asked_about():
    facts = replace(
        base_school(LEEDS), inspections=(Inspection("EIF_2019", base_school(LEEDS).on, overall="3"),)
    )
    assert asked([compiled(LEEDS), compiled(LEICESTER)], facts).figures


def test_a_tally_counts_each_school_once_in_each_place():
    tally = Tally()
    cause = Cause("rule", "r", "Rule", "applies", "…")
    tally.add(phase=2, area=7, moves="up", before=Ranks(1, 1, 2), after=Ranks(2, 2, 2), causes=[cause, cause])
    tally.add(phase=2, area=None, moves="wider", before=Ranks(1, 1, 2), after=Ranks(1, 1, 3), causes=[cause])
    tally.add(phase=4, area=7, moves="", before=Ranks(1, 1, 2), after=Ranks(1, 1, 2), causes=[])
    tally.add(phase=4, area=7, moves="placed", before=Ranks(None, 1, 2), after=Ranks(2, 2, 2), causes=[])
    assert tally.counts == {
        "tried": 4,
        "moved": 2,
        "directions": {"placed": 1, "up": 1, "wider": 1},
        "moves": [[None, 2, 1], [1, 2, 1]],
        "phases": [[2, 2, 1, 1], [4, 2, 1, 0]],
        "areas": [[7, 3, 2, 0], [None, 1, 0, 1]],
        "rules": [["rule:r:applies", "Rule", "applies", 2]],
    }
