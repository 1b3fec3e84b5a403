"""Framework documents: all faults at once with their place, canonical bytes, citations, generated documentation."""

from __future__ import annotations

import copy
import json
import re

import pytest
from pydantic import BaseModel

from categorisation.schema import DocumentError, dump_yaml, load_data, load_yaml, schema_markdown, to_data
from categorisation.schema.parts import Cited

from .worked_cases import FRAMEWORKS, SLUGS, framework

WHICH = ["leeds", "leicester"]


def _file(which: str) -> bytes:
    return (FRAMEWORKS / f"{SLUGS[which]}.yaml").read_bytes()


def _data(which: str = "leeds") -> dict:
    return json.loads(json.dumps(to_data(framework(which)), default=str))


def _faults(data) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_data(data)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("which", WHICH)
def test_a_document_exports_to_the_bytes_it_was_read_from(which: str):
    assert dump_yaml(load_yaml(_file(which))) == _file(which)


@pytest.mark.parametrize("which", WHICH)
def test_a_document_goes_through_json_unchanged(which: str):
    assert load_data(_data(which)) == framework(which)


def _cited(part: BaseModel, place: str):
    if isinstance(part, Cited):
        yield place, part
    for name in type(part).model_fields:
        value = getattr(part, name)
        for number, item in enumerate(value if isinstance(value, tuple) else [value]):
            if isinstance(item, BaseModel):
                yield from _cited(item, f"{place}.{name}.{getattr(item, 'key', number)}")


@pytest.mark.parametrize("which", WHICH)
def test_every_item_carries_a_paragraph_of_its_policy(which: str):
    pattern = {"leeds": r"(A\d|B\d)", "leicester": r"(§\d|App \d)"}[which]
    items = list(_cited(framework(which), which))
    assert len(items) > 150
    assert [place for place, item in items if not re.match(pattern, item.paragraph)] == []


@pytest.mark.parametrize(("which", "first", "last"), [("leeds", 40, 103), ("leicester", 65, 83)])
def test_every_rule_names_its_requirement_and_every_row_is_answered(which: str, first: int, last: int):
    document = framework(which)
    assert [rule.key for rule in document.rules if not rule.requirements] == []
    letter = {"leeds": "K", "leicester": "L"}[which]
    answered = {requirement for _, item in _cited(document, "") for requirement in item.requirements}
    wanted = {f"{letter}-{number:03}" for number in range(first, last + 1)}
    # Workflow and roles, which a document cannot hold: who ratifies, who sits where, how often tracking runs.
    elsewhere = {"K-045", "K-049", "K-050", "K-066", "K-067", "K-068", "K-069"}
    assert wanted - answered - elsewhere == set()


def test_grids_and_levels_are_whole():
    leicester, leeds = framework("leicester"), framework("leeds")
    assert [level.name for level in leicester.levels] == ["Light touch", "Medium", "Enhanced", "High"]
    assert len(leicester.areas) == 12
    assert all([cell.level for cell in area.cells] == [1, 2, 3, 4] for area in leicester.areas)
    assert [len(level.features) for level in leicester.levels] == [8, 21, 8, 22]
    assert [len(level.features) for level in leeds.levels] == [10, 9, 9, 5, 1]
    assert len(leeds.qualitative_indicators) == 29


@pytest.mark.requirement("L-105", "L-124", "L-126", "L-128", "X-40")
def test_leicester_time_is_kept_in_half_days():
    lines = {
        (level.rank, line.key): (line.quantifier, line.maximum)
        for level in framework("leicester").levels
        for line in level.entitlement
    }
    assert lines[2, "consultancy"] == ("up_to", 20)
    assert lines[2, "advice"] == ("up_to", 10)
    assert lines[3, "consultancy"] == ("up_to", 60)
    assert lines[3, "advice"] == ("up_to", 30)
    assert lines[4, "advice"] == ("up_to", 76)
    medium = framework("leicester").levels[1]
    assert {line.key: line.exclusive_with for line in medium.entitlement if line.exclusive_with} == {
        "consultancy": "advice",
        "advice": "consultancy",
    }


@pytest.mark.requirement("K-107", "K-108", "K-109", "K-110", "K-111", "X-01", "X-02")
def test_leeds_visits():
    lines = [level.entitlement[0] for level in framework("leeds").levels]
    assert [(line.quantifier, line.minimum, line.planned, line.maximum) for line in lines] == [
        ("exactly", 1, 1, 1),
        ("exactly", 3, 3, 3),
        ("at_least", 4, 4, None),
        ("up_to", 4, 6, 6),
        ("exactly", None, 12, None),
    ]


def _set(data: dict, path: str, value) -> dict:
    changed = copy.deepcopy(data)
    *steps, last = path.split(".")
    at = changed
    for step in steps:
        at = next(item for item in at if item.get("key") == step) if isinstance(at, list) else at[step]
    at[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("rules.places_short.floor", 9, "rules.places_short.floor", "no level of rank 9"),
        (
            "rules.places_short.when",
            {"kind": "circumstance", "circumstance": "x"},
            "rules.places_short.when",
            "“x”",
        ),
        ("rules.places_short.role", "flag", "rules.places_short", "a flag has no floor"),
        ("rules.places_short.locked", True, "rules.places_short", "can be locked"),
        ("rules.places_short.colour", "red", "rules.places_short.colour", "not permitted"),
        ("rules.places_short.paragraph", "", "rules.places_short.paragraph", "at least 1 character"),
        ("rules.places_short.inferred", True, "rules.places_short", "needs a note"),
        ("parameters.consistently.default", "two", "parameters.consistently", "not a number"),
        ("parameters.consistently.default", 1.5, "parameters.consistently", "not a whole number"),
        (
            "parameters.report_card_below_areas.default",
            "all",
            "parameters.report_card_below_areas",
            "not one of",
        ),
        ("inspections.report_card_below", "flat", "parameters.flat.choices", "any_area"),
        ("base.kind", "highest_area", "base.areas", "name the areas"),
        (
            "thresholds.floor_ks2_attainment.key",
            "floor_ks2",
            "measures.floor",
            "no threshold “floor_ks2_attainment”",
        ),
        ("indicators", [], "measures.attainment", "no indicator"),
        ("parameters", [], "parameters", "is missing"),
    ],
)
def test_a_fault_is_reported_at_its_place(path, value, place, words):
    found = _faults(_set(_data(), path, value))
    assert any(fault.startswith(place) and words in fault for fault in found), found


def test_all_faults_are_reported_at_once():
    data = _set(_set(_data(), "rules.places_short.floor", 9), "rules.structure_changing.floor", 8)
    found = _faults(data)
    assert any(fault.startswith("rules.places_short.floor") for fault in found)
    assert any(fault.startswith("rules.structure_changing.floor") for fault in found)


def test_a_key_used_twice_is_a_fault():
    data = _data()
    data["rules"].append(copy.deepcopy(data["rules"][0]))
    assert any("used 2 times" in fault for fault in _faults(data))


def test_faults_of_yaml_have_a_line():
    with pytest.raises(DocumentError) as caught:
        load_yaml("identity: {slug: a\nlevels: [")
    assert caught.value.faults[0].place.startswith("line ")


def test_the_same_key_twice_in_yaml_is_a_fault():
    with pytest.raises(DocumentError, match="duplicate"):
        load_yaml("words: 1\nwords: 2\n")


def test_a_list_is_not_a_document():
    assert _faults([]) == ["document: the file must hold one framework document"]


CONDITIONS = [
    ({"kind": "all", "of": []}, "at least 1 item"),
    (
        {"kind": "at_least", "of": [{"kind": "circumstance", "circumstance": "basic_need"}], "number": 2},
        "never be met",
    ),
    (
        {"kind": "any", "number": 1, "of": [{"kind": "circumstance", "circumstance": "basic_need"}]},
        "belongs to",
    ),
    ({"kind": "indicator", "indicator": "roll", "test": "below"}, "needs “than”"),
    ({"kind": "indicator", "indicator": "roll", "test": "falling"}, "is a trend"),
    (
        {
            "kind": "indicator",
            "indicator": "roll",
            "test": "below",
            "than": {"value": 1, "parameter": "flat"},
        },
        "exactly one",
    ),
    (
        {
            "kind": "indicator",
            "indicator": "roll",
            "test": "below",
            "than": {"value": 1},
            "years": {"over_last": 2},
        },
        "looks at single years",
    ),
    ({"kind": "indicator", "indicator": "roll", "test": "falling", "years": {"over_last": 1}}, "is a trend"),
    (
        {"kind": "indicator", "indicator": "roll", "test": "below", "than": {"parameter": "nothing"}},
        "no numeric parameter",
    ),
    (
        {"kind": "indicator", "indicator": "roll", "test": "below", "than": {"threshold": "nothing"}},
        "no threshold",
    ),
    (
        {"kind": "indicator", "indicator": "roll", "test": "below", "than": {"value": 1}, "gap_to": "all"},
        "two different",
    ),
    ({"kind": "measure", "measure": "nothing", "tests": [{"test": "below_floor"}]}, "no measure"),
    ({"kind": "measure", "measure": "progress", "tests": [{"test": "below_floor"}]}, "has a floor"),
    (
        {"kind": "measure", "measure": "attainment", "tests": [{"test": "below", "than": "centre"}]},
        "needs a centre",
    ),
    (
        {"kind": "measure", "measure": "floor", "tests": [{"test": "below_floor", "than": "centre"}]},
        "takes no “than”",
    ),
    ({"kind": "inspection", "test": "band"}, "“bands” belongs"),
    ({"kind": "inspection", "test": "aspect", "aspects": ["nothing"]}, "no inspected aspect"),
    ({"kind": "area", "area": "standards", "at_least": 3}, "no area"),
    ({"kind": "aspect", "aspect": "nothing", "at_least": 3}, "no aspect"),
    ({"kind": "fact", "fact": "nothing", "test": "is_true"}, "no fact"),
    ({"kind": "spell", "of": []}, "does not match any of the expected tags"),
]


@pytest.mark.parametrize(("condition", "words"), CONDITIONS)
def test_a_condition_that_makes_no_sense_is_refused(condition, words):
    found = _faults(_set(_data(), "rules.places_short.when", condition))
    assert any(fault.startswith("rules.places_short.when") and words in fault for fault in found), found


def test_the_documentation_has_every_field():
    text = schema_markdown()
    assert "## Framework" in text
    assert "| `locked` |" in text
    assert "| `otherwise` |" in text
    assert text == schema_markdown()
