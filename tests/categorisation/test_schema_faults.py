"""Every fault a document can have, with the place it is reported at and the words it is reported in."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from categorisation.schema import DocumentError, load_data, to_data

from .worked_cases import framework

AREA = {
    "paragraph": "B1",
    "key": "standards",
    "title": "Standards",
    "assessed_by": "facts",
    "cells": [
        {"paragraph": "B1", "level": level, "descriptor": f"Level {level}"}
        | ({"when": {"kind": "circumstance", "circumstance": "basic_need"}} if level == 5 else {})
        for level in range(1, 6)
    ],
}
PROFILE_AREA = AREA | {"assessed_by": "profile"}
UNCONDITIONAL = [{"paragraph": "B1", "level": level, "descriptor": f"Level {level}"} for level in range(1, 6)]


def _data() -> dict[str, Any]:
    return json.loads(json.dumps(to_data(framework("leeds")), default=str))


def _faults(data: dict[str, Any]) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_data(data)
    return [str(fault) for fault in caught.value.faults]


def _at(data: dict[str, Any], path: str) -> Any:
    found: Any = data
    for step in path.split("."):
        found = (
            next(item for item in found if step in (item.get("key"), item.get("indicator")))
            if isinstance(found, list)
            else found[step]
        )
    return found


def _changed(path: str, **values: Any) -> dict[str, Any]:
    """The document with fields of one of its parts set."""
    data = _data()
    (_at(data, path) if path else data).update(copy.deepcopy(values))
    return data


def _twice(path: str) -> dict[str, Any]:
    """The document with one of its parts given a second time."""
    data = _data()
    holder, _, _ = path.rpartition(".")
    rows = _at(data, holder)
    rows.append(copy.deepcopy(_at(data, path)))
    return data


def _more(holder: str, path: str, **values: Any) -> dict[str, Any]:
    """The document with another part like one it has."""
    data = _data()
    _at(data, holder).append(copy.deepcopy(_at(data, path)) | values)
    return data


def _another_line(**values: Any) -> dict[str, Any]:
    """The document with a second line of entitlement at the first level."""
    return _more("levels.category_1.entitlement", LINE, key="more", **values)


LINE = "levels.category_1.entitlement.monitoring_visits"
ROWS = list(framework("leeds").self_evaluation.rows)
KS2_FLOOR = "measures.floor.strands.ks2.sources.ks2_rwm_exp"
SAME_YEAR = {"kind": "indicator", "indicator": "roll", "test": "below", "than": {"value": 1}}

DOCUMENTS = {
    "a line of entitlement twice": (
        _twice(LINE),
        [f"{LINE}: the key is used 2 times"],
    ),
    "a strand of a measure twice": (
        _twice("measures.gap_attainment.strands.ks2"),
        ["measures.gap_attainment.ks2: the key is used 2 times"],
    ),
    "a line of a checklist twice": (
        _twice("self_evaluation.qualities.concise"),
        ["self_evaluation.qualities.concise: the key is used 2 times"],
    ),
    "a source of evidence twice": (
        _twice("self_evaluation.evidence_sources.surveys"),
        ["self_evaluation.evidence_sources.surveys: the key is used 2 times"],
    ),
    "a row of the profile twice": (
        _changed("self_evaluation", rows=[*ROWS, "smsc"]),
        ["self_evaluation.rows.smsc: the key is used 2 times"],
    ),
    "a row of the profile that is neither area nor aspect": (
        _changed("self_evaluation", rows=[*ROWS, "standards"]),
        ["self_evaluation.rows: there is no area or aspect “standards”"],
    ),
    "an aspect without a row": (
        _changed("self_evaluation", rows=ROWS[1:]),
        [f"self_evaluation.rows: “{ROWS[0]}” is graded in the profile and needs a row"],
    ),
    "an area and an aspect of one key": (
        _changed("", areas=[AREA | {"key": "smsc"}]),
        ["aspects.smsc: an area has the same key, and a grade could be meant for either"],
    ),
    "an audience twice": (
        _twice("report_audiences.governors"),
        ["report_audiences.governors: the key is used 2 times; each key may be used once"],
    ),
    "tracking by a parameter that is not there": (
        _changed("tracking", inspection_due="next_week", inspection_due_if_below="today"),
        [
            "tracking: there is no numeric parameter “next_week” in this document’s parameters",
            "tracking: there is no numeric parameter “today” in this document’s parameters",
        ],
    ),
    "a month that is not there": (
        _changed("decisions", starts_month=13),
        ["decisions.starts_month: Input should be less than or equal to 12"],
    ),
    "ranks with a hole": (
        _more("levels", "levels.category_5", key="category_7", rank=7),
        ["levels: ranks must run 1, 2, 3 … in order; they are 1, 2, 3, 4, 5, 7"],
    ),
    "an area without a cell for every level": (
        _changed("", areas=[AREA | {"cells": AREA["cells"][1:]}]),
        ["areas.standards.cells: there must be one cell for each level"],
    ),
    "an area assessed by profile with a condition": (
        _changed("", areas=[PROFILE_AREA]),
        [
            "areas.standards: an area assessed by profile has no conditions in its cells",
            "self_evaluation.rows: “standards” is graded in the profile and needs a row",
        ],
    ),
    "an area assessed by facts without a condition": (
        _changed("", areas=[AREA | {"cells": UNCONDITIONAL}]),
        ["areas.standards: an area assessed by facts needs a condition in at least one cell"],
    ),
    "a cell that asks about an area": (
        _changed(
            "",
            areas=[
                AREA
                | {
                    "cells": [
                        *UNCONDITIONAL[:4],
                        UNCONDITIONAL[4] | {"when": {"kind": "area", "area": "standards", "at_least": 2}},
                    ]
                }
            ],
        ),
        [
            "areas.standards.cells.5.when: a cell of the grid may not ask about an area: "
            "the grid would depend on itself"
        ],
    ),
    "a line that excludes itself": (
        _changed(LINE, exclusive_with="monitoring_visits"),
        [f"{LINE}.exclusive_with: there is no other line “monitoring_visits” at this level"],
    ),
    "a line that excludes one of another level": (
        _changed(LINE, exclusive_with="advice"),
        [f"{LINE}.exclusive_with: there is no other line “advice” at this level"],
    ),
    "a review group for a level that is not there": (
        _changed("review_groups.joint_review_group", levels=[4, 6]),
        ["review_groups.joint_review_group.levels: there is no level of rank 6"],
    ),
    "a plan for a level that is not there": (
        _changed("plan_kinds.support_plan", levels=[0, 2]),
        ["plan_kinds.support_plan.levels: there is no level of rank 0"],
    ),
    "a rule about a criterion of a level that is not there": (
        _changed("rules.not_yet_inspected", criterion_of=7),
        ["rules.not_yet_inspected.criterion_of: there is no level of rank 7"],
    ),
    "a base of an area that is not there": (
        _changed("base", kind="highest_area", areas=["standards"]),
        ["base.areas: there is no area “standards”"],
    ),
    "a base of gates without a gate": (
        _changed("", rules=[_at(_data(), "rules.places_short")]),
        ["base: the base is the highest gate, and no rule is a gate"],
    ),
    "a source that ends before it begins": (
        _changed("measures.gap_attainment.strands.ks4.sources.ks4_5ac_em", to_year=2004),
        ["measures.gap_attainment.ks4.ks4_5ac_em: to_year is before from_year"],
    ),
    "a condition beside a floor with years of its own": (
        _changed(KS2_FLOOR, and_any=[SAME_YEAR | {"years": {"any_of_last": 2}}]),
        [
            "measures.floor.ks2.ks2_rwm_exp: a condition beside a floor is asked of the same year; "
            "leave “years” out"
        ],
    ),
    "a trend of one year, by a parameter": (
        _changed("parameters.recent_years", chosen=1),
        ["parameters.recent_years: a window of years holds between 2 and 10 of them"],
    ),
    "a window of no years, by a parameter": (
        _changed("parameters.consistently", chosen=0),
        ["parameters.consistently: a window of years holds between 1 and 10 of them"],
    ),
    "a threshold with two values in a year": (
        _changed(
            "thresholds.floor_ks2_attainment",
            values=[{"value": 60, "from_year": 2016}, {"value": 55, "from_year": 2010, "to_year": 2016}],
        ),
        ["thresholds.floor_ks2_attainment: two values hold in 2016"],
    ),
    "amounts that cross": (
        _another_line(minimum=3, planned=2, maximum=4),
        ["levels.category_1.entitlement.more: minimum, planned and maximum must not cross"],
    ),
    "at least without a minimum": (
        _another_line(quantifier="at_least", minimum=None),
        ["levels.category_1.entitlement.more: “at least” needs a minimum"],
    ),
    "up to without a maximum": (
        _another_line(quantifier="up_to", maximum=None),
        ["levels.category_1.entitlement.more: “up to” needs a maximum"],
    ),
    "exactly without the amount": (
        _another_line(planned=None),
        ["levels.category_1.entitlement.more: “exactly” needs the planned amount"],
    ),
    "a rule that raises by itself with only_if": (
        _changed("rules.places_short", only_if={"kind": "circumstance", "circumstance": "basic_need"}),
        ["rules.places_short: “only_if” belongs to rules that describe"],
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_faulty_document_is_refused_with_the_place_and_the_reason(name: str):
    data, expected = DOCUMENTS[name]
    assert _faults(data) == expected


def test_values_of_a_threshold_may_follow_one_another():
    values = [{"value": 55, "from_year": 2010, "to_year": 2015}, {"value": 60, "from_year": 2016}]
    document = load_data(_changed("thresholds.floor_ks2_attainment", values=values))
    assert [len(item.values) for item in document.thresholds if item.key == "floor_ks2_attainment"] == [2]


def test_an_area_that_is_whole_is_accepted():
    assert [area.key for area in load_data(_changed("", areas=[AREA])).areas] == ["standards"]


INDICATOR = {"kind": "indicator", "indicator": "roll", "test": "below", "than": {"value": 1}}
MEASURE = {"kind": "measure", "measure": "attainment", "tests": [{"test": "below", "than": {"value": 1}}]}
WHEN = "rules.places_short.when"

CONDITIONS = {
    "a reference both above and below": (
        INDICATOR | {"than": {"value": 1, "plus": "flat", "minus": "flat"}},
        f"{WHEN}.than: give plus or minus, not both",
    ),
    "two windows of years": (
        INDICATOR | {"years": {"each_of_last": 2, "any_of_last": 2}},
        f"{WHEN}.years: give one of each_of_last, any_of_last, over_last; none of them means the latest year",
    ),
    "a window of no years": (
        INDICATOR | {"years": {"each_of_last": 0}},
        f"{WHEN}.years: a window holds between 1 and 10 years",
    ),
    "a window of eleven years": (
        INDICATOR | {"years": {"any_of_last": 11}},
        f"{WHEN}.years: a window holds between 1 and 10 years",
    ),
    "a trend held against a figure": (
        INDICATOR | {"test": "falling", "years": {"over_last": 3}},
        f"{WHEN}: “falling” is a trend and takes no “than”",
    ),
    "the significance of a gap": (
        INDICATOR | {"test": "significantly_below", "group": "girls", "gap_to": "boys"},
        f"{WHEN}: no confidence interval of a gap is published, so it cannot be tested for significance",
    ),
    "a strand held against nothing": (
        MEASURE | {"tests": [*MEASURE["tests"], {"test": "below"}]},
        f"{WHEN}.tests.2: “below” needs “than”: what the value is held against",
    ),
    "a measure's gap of a group with itself": (
        MEASURE | {"groups": ["girls", "boys"], "gap_to": "boys"},
        f"{WHEN}: a gap needs two different groups",
    ),
    "the floor of a gap": (
        MEASURE | {"groups": ["girls"], "gap_to": "boys", "tests": [{"test": "below_floor"}]},
        f"{WHEN}: a gap has neither a floor nor a published confidence interval",
    ),
    "bands outside their test": (
        {"kind": "inspection", "test": "not_yet", "bands": ["BELOW"]},
        f"{WHEN}: “bands” belongs to the test “band”, which needs it",
    ),
    "consecutive inspections without a number": (
        {"kind": "inspection", "test": "consecutive"},
        f"{WHEN}: “number” belongs to the test “consecutive”, which needs it",
    ),
    "a grade that is not given": (
        {"kind": "inspection", "test": "grade"},
        f"{WHEN}: “grade” belongs to the test “grade”, which needs it",
    ),
    "features without their grade": (
        {"kind": "inspection", "test": "grade", "grade": 3, "features": "flat"},
        f"{WHEN}: “features” and “feature_grade” go together, with the test “grade”",
    ),
    "features outside their test": (
        {"kind": "inspection", "test": "not_yet", "features": "flat", "feature_grade": 2},
        f"{WHEN}: “features” and “feature_grade” go together, with the test “grade”",
    ),
    "a date without the number of years": (
        {"kind": "fact", "fact": "started", "test": "less_than_years_ago"},
        f"{WHEN}: “years” belongs to the test “less_than_years_ago”, which needs it",
    ),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_faulty_condition_is_refused_with_the_place_and_the_reason(name: str):
    condition, expected = CONDITIONS[name]
    assert _faults(_changed("rules.places_short", when=condition)) == [expected]


def test_the_place_names_a_field_that_is_called_as_its_condition_is():
    assert _faults(_changed("rules.places_short", when=INDICATOR | {"indicator": "Roll!"})) == [
        f"{WHEN}.indicator: String should match pattern '^[a-z][a-z0-9_]*$'"
    ]
    assert _faults(_changed(KS2_FLOOR, and_any=[SAME_YEAR | {"indicator": "Roll!"}])) == [
        "measures.floor.strands.ks2.sources.3.and_any.1.indicator: "
        "String should match pattern '^[a-z][a-z0-9_]*$'"
    ]


def test_a_field_that_may_be_of_several_types_is_named_for_each_of_them():
    found = _faults(_changed("rules.places_short", when=INDICATOR | {"years": {"each_of_last": "Two!"}}))
    assert len(found) == 2
    assert all(fault.startswith(f"{WHEN}.years.each_of_last.") for fault in found), found
    assert any("valid integer" in fault for fault in found)
