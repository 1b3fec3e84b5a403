"""Framework documents: all faults at once with their place, canonical bytes, citations, generated documentation."""

from __future__ import annotations

import copy
import json

import pytest

from categorisation.schema import DocumentError, dump_yaml, load_data, load_yaml, schema_markdown, to_data

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
