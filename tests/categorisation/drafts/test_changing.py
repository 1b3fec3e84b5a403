"""Places in a document, and changes that keep it whole."""

import copy

import pytest

from categorisation.drafting import changing, places
from categorisation.drafting.changing import StillReferredTo
from categorisation.drafting.places import UnknownPlace
from categorisation.schema import DocumentError
from tests.categorisation.worked_cases import framework

from .posting import clauses

CITED = {"paragraph": "§1"}


@pytest.fixture
def leeds():
    return changing.plain(framework("leeds"))


@pytest.fixture
def leicester():
    return changing.plain(framework("leicester"))


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_every_clause_is_found_at_its_place_and_put_back_unchanged(which):
    data = changing.plain(framework(which))
    found = list(clauses(data))
    assert len(found) > 300
    for place, part in found:
        assert places.find(data, place) == part
    for place, part in found[::25]:
        assert changing.changed(data, place, part) == data


@pytest.mark.parametrize(
    "place",
    ["rules.x.when", "identity.title", "schema_version", "self_evaluation.rows", "nothing", "levels.a.b", "",
     "measures.standards.strands.ks2_maths.sources.1.and_any"],
)  # fmt: skip
def test_what_is_no_clause_has_no_shape(place):
    with pytest.raises(UnknownPlace):
        places.shape_of(place)


@pytest.mark.parametrize(
    "place", ["rules.none", "levels.category_1.features.99", "levels.category_1.features.0", "identity.title",
              "identity.title.more"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(leeds, place):
    with pytest.raises(UnknownPlace):
        places.find(leeds, place)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (places.replace, ("nothing", {})),
        (places.replace, ("rules.none", {})),
        (places.add, ("rules.none.more", {})),
        (places.add, ("levels.category_1.features.1", {})),
        (places.remove, ("identity",)),
        (places.remove, ("identity.title",)),
        (places.move, ("rules.none", 1)),
    ],
)
def test_changing_what_is_not_there_is_refused(leeds, function, arguments):
    before = copy.deepcopy(leeds)
    with pytest.raises(UnknownPlace):
        function(leeds, *arguments)
    assert leeds == before


def test_an_item_goes_to_the_end_of_its_list_which_need_not_be_there_yet(leeds):
    data, place = changing.added(leeds, "levels.category_1.features", {**CITED, "text": "New"})
    assert place == f"levels.category_1.features.{len(data['levels'][0]['features'])}"
    assert places.find(data, place)["text"] == "New"
    del leeds["glossary"]
    data, place = changing.added(leeds, "glossary", {"term": "A", "meaning": "B"})
    assert (place, data["glossary"]) == ("glossary.1", [{"term": "A", "meaning": "B"}])


def test_moving_stops_at_the_ends_of_the_list(leeds):
    terms = [item["term"] for item in leeds["glossary"]]
    data, place = changing.moved(leeds, "glossary.1", 1)
    assert place == "glossary.2"
    assert [item["term"] for item in data["glossary"]] == [terms[1], terms[0], *terms[2:]]
    assert changing.moved(leeds, "glossary.1", -1) == (leeds, "glossary.1")


@pytest.mark.parametrize("place", ["levels.category_1", "areas.standards.cells.1", "identity"])
def test_what_has_a_rank_or_no_list_is_not_moved(leeds, leicester, place):
    with pytest.raises(UnknownPlace):
        changing.moved(leicester, place, 1)


@pytest.mark.requirement("L-068", "K-042")
def test_a_part_that_breaks_the_document_is_refused_with_the_place_of_every_fault(leeds):
    rule = leeds["rules"][0]
    place = f"rules.{rule['key']}"
    with pytest.raises(DocumentError) as refused:
        changing.changed(leeds, place, {**rule, "title": "", "floor": 77})
    assert {fault.place for fault in refused.value.faults} == {f"{place}.title", f"{place}.floor"}
    with pytest.raises(DocumentError) as refused:
        changing.changed(leeds, place, {**rule, "when": {"kind": "circumstance", "circumstance": "none"}})
    assert [fault.place for fault in refused.value.faults] == [f"{place}.when"]


@pytest.mark.parametrize(
    ("place", "needed_by"),
    [
        ("indicators.abs_overall", "areas.attendance.cells.2"),
        ("areas.leadership", "rules.leadership_unsatisfactory"),
        ("thresholds.floor_ks2_maths", "measures.standards"),
        ("levels.medium.entitlement.advice", "levels.medium.entitlement.consultancy"),
    ],
)
def test_what_is_referred_to_stays_and_whoever_needs_it_is_named(leicester, place, needed_by):
    with pytest.raises(StillReferredTo, match="used elsewhere") as refused:
        changing.removed(leicester, place)
    assert any(one.place.startswith(needed_by) for one in refused.value.referrers)


def test_the_last_of_a_list_that_may_not_be_empty_stays(leeds):
    with pytest.raises(StillReferredTo, match="the only one") as refused:
        changing.removed(leeds, "levels.category_1.entitlement.monitoring_visits")
    assert refused.value.referrers == []


def test_a_number_that_the_engine_reads_stays(leeds):
    with pytest.raises(StillReferredTo, match="used elsewhere"):
        changing.removed(leeds, "parameters.small_cohort")


def test_only_the_highest_level_is_removed_and_its_cells_go_with_it(leicester):
    with pytest.raises(StillReferredTo, match="Only the highest"):
        changing.removed(leicester, "levels.medium")
    leicester["rules"] = [rule for rule in leicester["rules"] if rule.get("floor") != 4]
    for rule in leicester["rules"]:
        if rule["when"]["kind"] == "area":
            rule["when"]["at_least"] = 3
    leicester["review_groups"] = [
        {key: value for key, value in one.items() if key != "levels"} for one in leicester["review_groups"]
    ]
    leicester["plan_kinds"] = []
    try:
        data = changing.removed(leicester, "levels.high")
    except StillReferredTo as refused:
        raise AssertionError(refused.referrers) from refused
    assert {cell["level"] for area in data["areas"] for cell in area["cells"]} == {1, 2, 3}


def test_a_new_level_has_a_cell_in_every_area(leicester):
    level = {**leicester["levels"][-1], "key": "highest", "rank": 5, "name": "Highest"}
    data, place = changing.added(leicester, "levels", level)
    assert place == "levels.highest"
    assert {area["cells"][-1]["descriptor"] for area in data["areas"]} == {changing.UNDESCRIBED}


def test_a_new_area_is_graded_in_the_profile_until_a_cell_has_a_condition(leicester):
    area = {**CITED, "key": "premises", "title": "Premises", "assessed_by": "profile", "cells": []}
    data, _ = changing.added(leicester, "areas", area)
    assert "premises" in data["self_evaluation"]["rows"]
    cell = places.find(data, "areas.premises.cells.3")
    condition = {"kind": "circumstance", "circumstance": "ieb_in_place"}
    data = changing.changed(data, "areas.premises.cells.3", {**cell, "when": condition})
    assert places.find(data, "areas.premises")["assessed_by"] == "facts"
    data = changing.changed(data, "areas.premises.cells.3", cell)
    assert places.find(data, "areas.premises")["assessed_by"] == "profile"
    assert "premises" not in changing.removed(data, "areas.premises")["self_evaluation"]["rows"]


def test_new_keys_are_made_of_the_title_and_given_once(leicester):
    assert changing.new_key(leicester, "parameters", "Many fires!") == "many_fires"
    assert changing.new_key(leicester, "parameters", "Flat") == "flat_2"
    assert changing.new_key(leicester, "aspects", "Leadership") == "leadership_2"
    assert changing.new_key(leicester, "parameters", "14 days") == "item_14_days"
    assert changing.new_key(leicester, "parameters", "…") == "item"
    assert changing.new_key(leicester, "levels.medium.entitlement", "SIP days") == "sip_days_2"


def test_a_fault_outside_every_clause_belongs_to_none(leeds):
    assert changing.clause_of(leeds, "document") == ""
    assert changing.clause_of(leeds, "levels.category_1.features.0.text") == "levels.category_1"
    assert changing.clause_of(leeds, "words.level") == "words"
