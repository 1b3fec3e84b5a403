"""Worked facts at the edges of the engine: what is missing, what does not exist, and how either reads."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from categorisation.engine import (
    Circumstance,
    CompiledFramework,
    Inspection,
    Point,
    SchoolFacts,
    Status,
    Threshold,
    Thresholds,
    answers,
    areas,
    compile_framework,
    inspections,
    program,
    series,
    series_block,
    statement,
)
from categorisation.engine import framework as engine_framework
from categorisation.engine.outcome import Outcome, RuleResult
from categorisation.schema import DocumentError, Rule
from categorisation.schema.conditions import IndicatorCondition
from categorisation.schema.document import Base

from .worked_cases import NATIONAL, cases, compiled, framework

PRIMARY = {"phase": "primary", "low_age": 4, "high_age": 11}
SECONDARY = {"phase": "secondary", "low_age": 11, "high_age": 16}
TODAY, AUTUMN_2018 = date(2026, 11, 21), date(2018, 11, 21)


def _engine(condition: dict[str, Any], which: str = "leeds", **changes: Any) -> CompiledFramework:
    """A shipped document with the gate of good schools, where it has one, and one rule of our own at level 3."""
    document = framework(which)
    gates = tuple(rule for rule in document.rules if rule.key == "ofsted_good")
    rule = Rule(paragraph="B1", key="asked", title="What is asked", role="raises", floor=3, when=condition)
    return compile_framework(document.model_copy(update={"rules": (*gates, rule), **changes}), NATIONAL)


def _facts(on: date = TODAY, **given: Any) -> SchoolFacts:
    return SchoolFacts(**{"on": on, "attributes": PRIMARY, **given})


def _series(**lines: dict[int, Any]) -> dict[tuple[str, str], Any]:
    """Points by indicator, “__” before the group: a figure, a status or a point."""
    found = {}
    for name, points in lines.items():
        indicator, _, group = name.partition("__")
        found[indicator, group or "all"] = series(
            {
                year: value
                if isinstance(value, Point)
                else Point(None, value)
                if isinstance(value, Status)
                else Point(Decimal(str(value)))
                for year, value in points.items()
            }
        )
    return found


def _rule(outcome: Outcome) -> RuleResult:
    return outcome.rules[-1]


def _asked(condition: dict[str, Any], facts: SchoolFacts, **changes: Any) -> RuleResult:
    return _rule(_engine(condition, **changes).evaluate(facts))


def _comparisons(rule: RuleResult) -> list[str]:
    return [one.comparison for one in rule.evidence]


def _measure(key: str, source: str, **values: Any) -> dict[str, Any]:
    """The measures of Leeds with fields of the open-ended source of an indicator set."""
    document = framework("leeds")
    measure = next(item for item in document.measures if item.key == key)
    strands = tuple(
        strand.model_copy(
            update={
                "sources": tuple(
                    item.model_copy(update=values) if item.indicator == source else item
                    for item in strand.sources
                )
            }
        )
        for strand in measure.strands
    )
    return {"measures": (measure.model_copy(update={"strands": strands}),)}


# Facts, thresholds and documents that contradict themselves


@pytest.mark.parametrize(("value", "status"), [(None, Status.PUBLISHED), (Decimal(65), Status.SUPPRESSED)])
def test_a_point_has_a_value_exactly_when_it_is_published(value, status):
    with pytest.raises(ValueError, match="a published point has a value, and no other point has one"):
        Point(value, status)


def test_two_national_values_in_one_year_are_refused():
    thresholds = Thresholds(
        [
            Threshold("floor_ks2_attainment", Decimal(60), 2010, 2013),
            Threshold("floor_ks2_attainment", Decimal(65), 2013),
        ]
    )
    with pytest.raises(ValueError, match=r"^two national thresholds “floor_ks2_attainment” hold in 2013$"):
        thresholds.by_year("floor_ks2_attainment")


def test_a_document_changed_in_memory_is_checked_before_it_is_compiled():
    with pytest.raises(DocumentError) as caught:
        _engine({"kind": "circumstance", "circumstance": "nothing"})
    assert [str(fault) for fault in caught.value.faults] == [
        "rules.asked.when: there is no circumstance “nothing” in this document’s circumstances"
    ]


# Indicators

GAP = {
    "kind": "indicator",
    "indicator": "ks2_rwm_exp",
    "group": "disadvantaged",
    "gap_to": "not_disadvantaged",
    "test": "above",
    "than": {"comparator": "national"},
}


@pytest.mark.parametrize(
    ("national", "state", "comparison"),
    [
        ((46, 67), "met", "24 percentage points in 2025-26, above 21 percentage points"),
        ((40, 67), "not_met", "24 percentage points in 2025-26, not above 27 percentage points"),
        ((None, 67), "not_known", "24 percentage points in 2025-26"),
    ],
)
def test_the_gap_of_one_indicator_is_held_against_the_national_gap(national, state, comparison):
    low, high = (None if number is None else Decimal(number) for number in national)
    facts = _facts(
        series=_series(
            ks2_rwm_exp__disadvantaged={2025: Point(Decimal(50), national=low)},
            ks2_rwm_exp__not_disadvantaged={2025: Point(Decimal(74), national=high)},
        )
    )
    rule = _asked(GAP, facts)
    assert (rule.state, _comparisons(rule)) == (state, [comparison])
    assert statement(framework("leeds"), _engine(GAP).rules[-1].rule.when) == (
        "The gap between other pupils and disadvantaged pupils in reading, writing and maths combined was above "
        "the national figure in the latest published year"
    )


def test_what_a_missing_gap_could_lead_to_is_told_as_it_would_turn_out():
    first = _engine(GAP).evaluate(_facts()).narrowing[0]
    assert (first.fact, first.could_lead_to) == ("indicator.ks2_rwm_exp", 3)
    assert first.sentence.endswith(", not yet imported, turns out high")


PROGRESS = {
    "kind": "indicator",
    "indicator": "ks2_prog_read",
    "test": "below",
    "than": {"value": 0},
    "years": {"each_of_last": 2},
}


def test_years_in_which_an_indicator_was_not_produced_are_passed_over():
    points = {2025: -1, 2024: Status.NOT_PRODUCED, 2023: Status.NOT_PRODUCED, 2022: -2, 2021: 1}
    rule = _asked(PROGRESS, _facts(series=_series(ks2_prog_read=points)))
    assert rule.state == "met"
    assert [one.year for one in rule.evidence] == [2025, 2022]


def test_an_indicator_never_produced_sets_the_rule_aside_and_says_so():
    points = {2025: Status.NOT_PRODUCED, 2024: Status.NOT_PRODUCED}
    rule = _asked(PROGRESS, _facts(series=_series(ks2_prog_read=points)))
    assert rule.state == "set_aside"
    assert rule.sentence.startswith("Set aside, because the measure was not produced nationally: ")


AGAINST_FLOOR = {
    "kind": "indicator",
    "indicator": "ks2_rwm_exp",
    "test": "below",
    "than": {"threshold": "floor_ks2_progress_reading"},
}


def test_a_figure_is_held_against_the_threshold_of_its_year():
    rule = _asked(AGAINST_FLOOR, _facts(AUTUMN_2018, series=_series(ks2_rwm_exp={2017: -6})))
    assert rule.state == "met"
    assert "was below the −5% " in rule.sentence


def test_a_figure_of_a_year_without_a_threshold_sets_the_rule_aside_and_says_so():
    rule = _asked(AGAINST_FLOOR, _facts(series=_series(ks2_rwm_exp={2025: 60})))
    assert rule.state == "set_aside"
    assert rule.sentence.startswith("Set aside, because there was no threshold in that year: ")
    assert _comparisons(rule) == ["60% in 2025-26"]


def test_significance_against_a_national_figure_nobody_gave_is_not_known():
    condition = PROGRESS | {"test": "significantly_below", "than": {"comparator": "national"}, "years": {}}
    lone = Point(Decimal(-3), ci_low=Decimal(-4), ci_high=Decimal(-2))
    assert _asked(condition, _facts(series=_series(ks2_prog_read={2025: lone}))).state == "not_known"
    known = dataclasses.replace(lone, national=Decimal(0))
    assert _asked(condition, _facts(series=_series(ks2_prog_read={2025: known}))).state == "met"


def test_money_reads_with_its_sign_before_the_pound():
    indicators = tuple(
        item.model_copy(update={"unit": "pounds"}) if item.key == "roll" else item
        for item in framework("leeds").indicators
    )
    condition = {"kind": "indicator", "indicator": "roll", "test": "below", "than": {"value": 1200}}
    rule = _asked(condition, _facts(series=_series(roll={2025: -3400})), indicators=indicators)
    assert _comparisons(rule) == ["−£3,400 in 2025-26, below £1,200"]


# Measures

FLOOR = {"kind": "measure", "measure": "floor", "tests": [{"test": "below_floor"}]}


@pytest.mark.parametrize(
    ("value", "ci_high", "state"),
    [
        ("-0.6", "-0.1", "met"),
        ("-0.6", "0.1", "not_met"),
        ("-0.6", None, "not_known"),
        ("-0.5", "-0.1", "not_met"),
    ],
)
def test_progress_is_below_the_floor_only_if_it_is_significantly_below_average(value, ci_high, state):
    point = Point(Decimal(value), ci_high=None if ci_high is None else Decimal(ci_high))
    facts = _facts(AUTUMN_2018, attributes=SECONDARY, series=_series(ks4_p8={2017: point}))
    assert _asked(FLOOR, facts).state == state


def test_a_source_without_a_floor_cannot_be_below_it():
    facts = _facts(series=_series(ks2_rwm_exp={2025: 20}))
    assert _asked(FLOOR, facts).state == "met"
    without = _measure("floor", "ks2_rwm_exp", floor=None)
    assert _asked(FLOOR, facts, **without).state == "set_aside"


@pytest.mark.parametrize("test", ["below", "significantly_below"])
def test_below_the_floor_in_attainment_waits_for_the_progress_of_the_same_year(test):
    beside = {
        "kind": "indicator",
        "indicator": "ks2_prog_read",
        "test": test,
        "than": {"value": -5},
    }
    changes = _measure("floor", "ks2_rwm_exp", and_any=(IndicatorCondition.model_validate(beside),))
    of_another_year = _facts(AUTUMN_2018, series=_series(ks2_rwm_exp={2017: 50}, ks2_prog_read={2016: -9}))
    rule = _asked(FLOOR, of_another_year, **changes)
    assert rule.state == "not_known"
    assert _comparisons(rule) == ["50% in 2017-18, floor 65%", "not yet imported in 2017-18"]
    point = Point(Decimal(-9), ci_high=Decimal(-8))
    of_the_same = _facts(AUTUMN_2018, series=_series(ks2_rwm_exp={2017: 50}, ks2_prog_read={2017: point}))
    assert _asked(FLOOR, of_the_same, **changes).state == "met"


@pytest.mark.parametrize("value", [40, Status.SUPPRESSED])
def test_a_figure_whose_source_has_no_floor_is_set_aside(value):
    facts = _facts(series=_series(ks2_rwm_exp={2025: value}))
    assert _asked(FLOOR, facts, **_measure("floor", "ks2_rwm_exp", floor=None)).state == "set_aside"


@pytest.mark.parametrize("test", [{"test": "below_floor"}, {"test": "below", "than": {"value": 50}}])
def test_a_measure_asked_for_more_years_than_there_are_is_not_known(test):
    condition = FLOOR | {"tests": [test | {"years": {"each_of_last": 2}}]}
    rule = _asked(condition, _facts(series=_series(ks2_rwm_exp={2025: 40})))
    assert rule.state == "not_known"
    assert [(one.year, one.comparison.split(" in ")[0]) for one in rule.evidence] == [
        (2025, "40%"),
        (None, "not yet imported"),
    ]
    both = _facts(series=_series(ks2_rwm_exp={2025: 40, 2024: 40}))
    assert _asked(condition, both).state == "met"


# Inspections


def _inspection(**given: Any) -> Inspection:
    return Inspection(**{"framework": "EIF_2024", "started_on": date(2025, 2, 4), **given})


QUALITY, LEADERSHIP, BEHAVIOUR = "quality_of_education", "leadership_management", "behaviour_attitudes"


@pytest.mark.parametrize(
    ("judgements", "band"),
    [
        ({QUALITY: "2", LEADERSHIP: "2", BEHAVIOUR: "4"}, "CONCERN"),
        ({QUALITY: "3", LEADERSHIP: "2", BEHAVIOUR: "2"}, "BELOW"),
        ({QUALITY: "2", LEADERSHIP: "2", BEHAVIOUR: "3"}, "MIXED"),
        ({QUALITY: "2", LEADERSHIP: "1", BEHAVIOUR: "2"}, "AT_LEAST_GOOD"),
        ({QUALITY: "2", BEHAVIOUR: "2"}, None),
    ],
)
def test_an_inspection_without_an_overall_grade_is_placed_by_its_judgements(judgements, band):
    facts = _facts(inspections=(_inspection(judgements=judgements),))
    for asked in ("CONCERN", "BELOW", "MIXED", "AT_LEAST_GOOD"):
        rule = _asked({"kind": "inspection", "test": "band", "bands": [asked]}, facts)
        assert rule.state == ("not_known" if band is None else "met" if asked == band else "not_met")


def test_an_inspection_under_a_framework_the_document_does_not_know_settles_nothing():
    inspections = framework("leeds").inspections
    kept = tuple(band for band in inspections.bands if band.framework != "EIF_2019")
    facts = _facts(inspections=(_inspection(framework="EIF_2019", overall="4"),))
    condition = {"kind": "inspection", "test": "band", "bands": ["CONCERN"]}
    assert _asked(condition, facts).state == "met"
    rule = _asked(condition, facts, inspections=inspections.model_copy(update={"bands": kept}))
    assert (rule.state, _comparisons(rule)) == ("not_known", ["not settled in 2024-25"])


GRADE = {"kind": "inspection", "test": "grade", "grade": 3, "features": "consistently", "feature_grade": 2}


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"judgements": {QUALITY: "2"}}, "not_known"),
        ({"framework": "EIF_2019", "overall": "3"}, "not_known"),
        ({"framework": "EIF_2019", "overall": "3", "judgements": {QUALITY: "3", BEHAVIOUR: "2"}}, "met"),
        (
            {"framework": "EIF_2019", "overall": "3", "judgements": {LEADERSHIP: "2", BEHAVIOUR: "2"}},
            "not_met",
        ),
        ({"framework": "EIF_2019", "overall": "2", "judgements": {BEHAVIOUR: "3"}}, "not_met"),
    ],
)
def test_features_are_counted_only_where_the_grade_and_the_judgements_are_known(given, state):
    assert _asked(GRADE, _facts(inspections=(_inspection(**given),))).state == state


def test_a_lead_without_a_single_fact_to_find_out_still_says_how_far_it_could_go():
    good = _inspection(framework="EIF_2019", overall="2")
    visit = _inspection(kind="monitoring", started_on=date(2026, 2, 3))
    outcome = _engine({"kind": "inspection", "test": "monitoring"}).evaluate(
        _facts(inspections=(good, visit))
    )
    assert outcome.narrowing == ()
    assert outcome.lead == "1 on what is recorded; could be up to 3."


# Areas

INSPECTION_AREA = {"kind": "area", "area": "inspection", "at_least": 2}


def _by_inspection(condition: dict[str, Any]) -> CompiledFramework:
    base = Base(paragraph="App 2", kind="highest_area", areas=("inspection",))
    return _engine(condition, "leicester", base=base)


def test_an_area_that_is_set_aside_neither_is_the_base_nor_meets_a_rule():
    outcome = _by_inspection(INSPECTION_AREA).evaluate(_facts(inspections=()))
    assert (outcome.base, outcome.on_record, _rule(outcome).state) == (None, None, "set_aside")
    assert outcome.lead == "No level of support can be suggested on what is recorded."


def test_an_area_that_meets_a_rule_already_is_not_named_as_worth_finding_out():
    condition = {
        "kind": "all",
        "of": [
            {"kind": "area", "area": "standards", "at_least": 2},
            {"kind": "circumstance", "circumstance": "capacity_doubts"},
        ],
    }
    good = _inspection(framework="EIF_2019", overall="2", judgements={QUALITY: "2"})
    level = _series(ks2_math_exp={2025: 76, 2024: 76, 2023: 76})
    outcome = _by_inspection(condition).evaluate(_facts(inspections=(good,), series=level))
    standards = next(area for area in outcome.areas if area.key == "standards")
    assert (standards.on_record, standards.high) == (2, 4)  # reading is not known and could raise it
    assert (outcome.base, _rule(outcome).state) == (2, "not_known")
    assert [item.fact for item in outcome.narrowing] == ["circumstance.capacity_doubts"]


# Groups and circumstances


def test_so_many_of_several_conditions_read_as_a_list():
    condition = {
        "kind": "at_least",
        "number": 2,
        "of": [
            {"kind": "circumstance", "circumstance": key}
            for key in ("governance_concern", "finance_concern", "basic_need")
        ],
    }
    engine = _engine(condition)
    so = {item.key: item.if_so for item in framework("leeds").circumstances}
    lines = [so[key] for key in ("governance_concern", "finance_concern", "basic_need")]
    assert statement(
        framework("leeds"), engine.rules[-1].rule.when
    ) == "At least 2 of these hold: " + "; ".join(line[0].lower() + line[1:] for line in lines)


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_what_schools_share_is_remembered_without_end_neither_in_size_nor_into_another_answer(
    which, monkeypatch
):
    for module in (answers, areas, inspections, program, series_block):
        monkeypatch.setattr(module, "MOST_KEPT", 2)
    forgetful = compile_framework(framework(which), NATIONAL)
    facts = [
        dataclasses.replace(case.facts, circumstances=_from(case.facts.circumstances, f"Return {number}"))
        for number, case in enumerate(cases(which)[:40])
    ]
    for given in (*facts, *facts):
        assert forgetful.evaluate(given).to_json() == compiled(which).evaluate(given).to_json()
    remembered = [
        kept
        for made in forgetful._programs.values()
        for keeper in (*made._blocks, *made._area_blocks, *made.areas.values(), *made._parts)
        if (kept := getattr(keeper, "_known", getattr(keeper, "known", None))) is not None
    ]
    assert max(map(len, remembered)) == 2


def _from(circumstances: dict[str, Circumstance], source: str) -> dict[str, Circumstance]:
    return {key: dataclasses.replace(answer, source=source) for key, answer in circumstances.items()}


def test_a_framework_keeps_programs_for_so_many_kinds_of_school_and_no_more(monkeypatch):
    monkeypatch.setattr(engine_framework, "_MOST_PROGRAMS", 2)
    engine = compile_framework(framework("leeds"), NATIONAL)
    for year in (2026, 2025, 2024, 2026):
        facts = dataclasses.replace(cases("leeds")[0].facts, on=date(year, 11, 21))
        assert engine.evaluate(facts).to_dict() == compiled("leeds").evaluate(facts).to_dict()
    assert len(engine._programs) <= 2
