"""Two versions of a document compared in words."""

import json
from typing import Any

import pytest

from categorisation.drafting.comparing import Difference, differences
from categorisation.schema import load_data, to_data
from tests.categorisation.worked_cases import framework


def _data(which: str) -> dict[str, Any]:
    return json.loads(json.dumps(to_data(framework(which)), default=str))


def _changed(which: str, change: Any) -> tuple[Difference, ...]:
    data = _data(which)
    change(data)
    return differences(framework(which), load_data(data))


def _item(data: dict[str, Any], section: str, key: str) -> dict[str, Any]:
    return next(item for item in data[section] if item["key"] == key)


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_a_document_does_not_differ_from_itself(which: str):
    assert differences(framework(which), load_data(_data(which))) == ()


def test_a_word_of_the_policy():
    (found,) = _changed("leicester", lambda data: data["words"].update(plan="Improvement plan"))
    assert (found.place, found.section, found.what, found.kind) == ("words", "Words", "plan", "changed")
    assert found.after == "Improvement plan"


def test_a_rule_is_told_as_a_sentence_when_it_comes_or_goes():
    (gone,) = _changed(
        "leeds",
        lambda data: data["rules"].remove(_item(data, "rules", "attainment_not_above_national")),
    )
    assert (gone.kind, gone.place, gone.after) == ("removed", "rules.attainment_not_above_national", "")
    assert gone.before.endswith("It leads to category 2.")

    def add(data: dict[str, Any]) -> None:
        data["rules"].append({**_item(data, "rules", "ofsted_good"), "key": "another", "title": "Another"})

    (come,) = _changed("leeds", add)
    assert (come.kind, come.title, come.before) == ("added", "Another", "")
    assert "good or better" in come.after


def test_a_changed_condition_and_level_read_in_the_words_of_each_version():
    def change(data: dict[str, Any]) -> None:
        data["words"]["level"] = "band"
        rule = _item(data, "rules", "ofsted_good")
        rule["floor"] = 2
        rule["when"] = {"kind": "inspection", "test": "not_yet"}

    by_what = {item.what: item for item in _changed("leeds", change)}
    assert (by_what["leads to"].before, by_what["leads to"].after) == ("category 1", "band 2")
    assert "not yet had a graded inspection" in by_what["applies where"].after


def test_a_rule_moved_among_the_others_is_no_difference():
    assert _changed("leeds", lambda data: data["rules"].reverse()) == ()


def test_a_parameter_shows_the_default_it_replaces_with_its_unit():
    (found,) = _changed("leeds", lambda data: _item(data, "parameters", "stale_after_years").update(chosen=7))
    assert (found.what, found.before, found.after) == ("value", "4 years", "7 years")


def test_texts_without_a_key_are_paired_in_order():
    def change(data: dict[str, Any]) -> None:
        features = data["levels"][1]["features"]
        features.insert(0, {"paragraph": features[0]["paragraph"], "text": "Something new"})
        features[2]["text"] += " indeed"

    added, changed = _changed("leeds", change)
    assert (added.kind, added.after) == ("added", "Something new")
    assert (changed.kind, changed.after) == ("changed", f"{changed.before} indeed")


def test_months_years_dates_amounts_and_levels_of_cells_are_in_words():
    def change(data: dict[str, Any]) -> None:
        data["identity"]["effective_from"] = "2027-09-01"
        data["cycle"][0]["months"] = [1, 2]
        threshold = next(item for item in data["thresholds"] if item.get("values"))
        threshold["values"][0].update(value=99, to_year=2030)
        threshold["values"].append({"value": 12, "from_year": 2031})
        data["areas"][0]["cells"][0]["descriptor"] = "Quite different"

    found = _changed("leicester", change)
    texts = {(item.before, item.after) for item in found}
    assert any(after == "1 September 2027" for _, after in texts)
    assert any(after == "January and February" for _, after in texts)
    assert any(after == "12 from 2031-32 to now" for _, after in texts)
    assert any(item.after == "Quite different" and item.what == "descriptor" for item in found)


def test_what_is_taken_away_has_no_after():
    def change(data: dict[str, Any]) -> None:
        data["levels"][0]["also_called"] = []

    found = _changed("leeds", change)
    assert [(item.kind, item.after) for item in found] == [("removed", "")]


def test_a_condition_within_a_measure_or_a_base_that_changes_its_kind():
    def change(data: dict[str, Any]) -> None:
        data["base"] = {**data["base"], "kind": "best_fit", "areas": ["standards", "progress"]}

    assert {item.section for item in _changed("leicester", change)} == {"What a suggestion starts from"}


@pytest.mark.parametrize(("one", "other"), [("leeds", "leicester"), ("leicester", "leeds")])
def test_two_wholly_different_policies_are_told_without_a_word_of_code(one: str, other: str):
    found = differences(framework(one), framework(other))
    assert len(found) > 300
    for item in found:
        assert item.title
        assert item.section
        assert item.before != item.after
        for text in (item.title, item.what, item.before, item.after):
            assert "=" not in text, item
            assert "_" not in text, item
            assert "Decimal" not in text, item


def test_a_line_of_time_that_comes_and_a_condition_inside_a_measure_that_changes():
    def change(data: dict[str, Any]) -> None:
        lines = data["levels"][1]["entitlement"]
        lines.append(
            {**lines[0], "key": "extra", "what": "Extra days", "quantifier": "at_least", "minimum": 1}
        )
        source = next(
            source
            for measure in data["measures"]
            for strand in measure["strands"]
            for source in strand["sources"]
            if source.get("and_any")
        )
        source["and_any"][0]["than"] = {"value": 3}

    added, changed = _changed("leeds", change)
    assert added.after == "Extra days (at least)"
    assert changed.kind == "changed"
    assert " 3" in changed.after
    assert changed.before != changed.after


def test_a_source_of_a_measure_is_known_by_its_indicator():
    def change(data: dict[str, Any]) -> None:
        strands = [strand for measure in data["measures"] for strand in measure["strands"]]
        next(strand for strand in strands if len(strand["sources"]) > 1)["sources"].pop()

    (gone,) = _changed("leeds", change)
    assert gone.kind == "removed"
    assert "_" not in gone.title
