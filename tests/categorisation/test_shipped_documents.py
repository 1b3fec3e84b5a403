"""The two shipped documents: whole, cited, and in the words and figures that the product holds."""

from __future__ import annotations

import re
from functools import cache

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from categorisation.engine import academic_year
from categorisation.engine.inspections import _POOR_PROGRESS
from categorisation.schema.parts import Cited
from categorisation.schema.support import Frequency
from schools.rules.ofsted.frameworks import FRAMEWORKS as INSPECTION_FRAMEWORKS
from schools.rules.ofsted.frameworks import POOR_PROGRESS

from .worked_cases import ROOT, framework

WHICH = ["leeds", "leicester"]


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


def _rows(letter: str, first: int, last: int) -> set[str]:
    return {f"{letter}-{number:03}" for number in range(first, last + 1)}


def _contradictions(*numbers: int) -> set[str]:
    return {f"X-{number:02}" for number in numbers}


ANSWERED = {
    "leeds": {"K-024", "K-034", "K-035", "K-258"}
    | _rows("K", 40, 106)
    | _contradictions(*range(1, 11), 14, 15, 16, 17, 19, 72),
    "leicester": _rows("L", 55, 104)
    | _rows("L", 261, 277)
    | _contradictions(*range(30, 42), 42, 46, 60, 61, 62, 63, 64, 65, 66, 68, 69),
}


@pytest.mark.parametrize("which", WHICH)
def test_every_row_of_the_checklist_is_answered_by_an_item(which: str):
    answered = {row for _, item in _cited(framework(which), "") for row in item.requirements}
    assert ANSWERED[which] - answered == set()


@pytest.mark.parametrize("which", WHICH)
def test_whatever_decides_names_its_row(which: str):
    document = framework(which)
    items = [*document.rules, *document.areas, *document.aspects, *document.levels, *document.circumstances]
    items += [cell for area in document.areas for cell in area.cells]
    assert [item for item in items if not item.requirements] == []


@pytest.mark.requirement("L-055", "L-084", "L-087", "L-089", "L-090", "L-092", "L-096", "L-097")
def test_the_grid_and_the_levels_of_leicester_are_whole():
    document = framework("leicester")
    assert [level.name for level in document.levels] == ["Light touch", "Medium", "Enhanced", "High"]
    assert len(document.areas) == 12
    assert all([cell.level for cell in area.cells] == [1, 2, 3, 4] for area in document.areas)
    features = [[row for item in level.features for row in item.requirements] for level in document.levels]
    assert [(rows.count("L-087"), len(rows)) for rows in features[:1]] == [(8, 8)]
    assert (features[1].count("L-089"), features[1].count("L-090")) == (13, 8)
    assert features[2].count("L-092") == 8
    assert (features[3].count("L-096"), features[3].count("L-097")) == (13, 9)
    assert [level.features_apply for level in document.levels] == ["all", *["some_or_all"] * 3]
    assert all(len(level.expectations) == 12 for level in document.levels)


@pytest.mark.requirement("K-040", "K-070", "K-080", "K-089", "K-098", "K-103")
def test_the_categories_of_leeds_are_whole():
    levels = framework("leeds").levels
    assert [level.rank for level in levels] == [1, 2, 3, 4, 5]
    rows = [row for level in levels for item in level.features for row in item.requirements if row[0] == "K"]
    assert rows == sorted(_rows("K", 70, 103))


@pytest.mark.requirement(*sorted(_rows("K", 51, 65)), "K-066")
def test_the_fifteen_criteria_of_a6_inform_in_their_order():
    flags = [
        rule for rule in framework("leeds").rules if rule.role == "flag" and "K-066" in rule.requirements
    ]
    numerals = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]
    assert [rule.paragraph for rule in flags] == [f"A6 {numeral}" for numeral in numerals]
    assert [rule.requirements[0] for rule in flags] == sorted(_rows("K", 51, 65))


@pytest.mark.requirement("K-024")
def test_each_qualitative_indicator_has_a_service_that_rates_it():
    indicators = framework("leeds").qualitative_indicators
    assert len(indicators) == 29
    assert all(30 <= item.stale_after_days <= 366 for item in indicators)


@pytest.mark.requirement("K-034", "K-035", "L-085", "X-60")
def test_the_rows_and_checklists_of_self_evaluation_are_whole():
    leeds, leicester = framework("leeds"), framework("leicester")
    assert (len(leeds.self_evaluation.qualities), len(leeds.self_evaluation.evidence_sources)) == (7, 7)
    assert set(leeds.self_evaluation.rows) == {aspect.key for aspect in leeds.aspects}
    rows = leicester.self_evaluation.rows
    assert rows == (*(area.key for area in leicester.areas), "overall_effectiveness")
    assert (leicester.self_evaluation.trend, leeds.self_evaluation.trend) == (True, False)


@pytest.mark.requirement("L-058", "L-098", "L-099", "L-101", "X-38", "K-046", "K-047")
def test_the_months_of_decisions():
    leicester, leeds = framework("leicester").decisions, framework("leeds").decisions
    assert (leicester.provisional_months, leicester.confirmed_months) == ((5, 6), (9, 10, 11))
    assert leicester.identification_months == (10, 2, 5)
    assert leeds.identification_months == ()
    assert (leicester.reviews_a_year, leeds.reviews_a_year) == (3, 3)
    assert (leicester.starts_month, leeds.starts_month) == (9, 9)


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.requirement("K-067", "K-068", "K-105", "K-258", "L-056", "L-094", "X-68")
def test_more_concern_never_means_less_tracking_and_every_level_but_the_lowest_has_a_way_down(which: str):
    document = framework(which)
    often = list(Frequency.__args__)
    tracked = [often.index(level.tracking) for level in document.levels]
    assert tracked == sorted(tracked)
    assert often.index(document.tracking.fragile) > tracked[0]
    assert often.index(document.tracking.inspection_likely) > tracked[0]
    assert [bool(level.exit_conditions) for level in document.levels] == [False, *[True] * (len(tracked) - 1)]


@pytest.mark.requirement("K-212", "K-214", "K-216", "K-219", "L-221", "L-222", "L-223", "L-226", "L-256")
def test_what_reports_show_of_the_register_stops_at_the_group_that_runs_it():
    audiences = {audience.key: audience for audience in framework("leicester").report_audiences}
    assert "by name" in " ".join(audiences["intervention_group"].may_see)
    assert "by name" not in " ".join(audiences["scrutiny"].may_see + audiences["lead_member"].may_see)
    leeds = {audience.key for audience in framework("leeds").report_audiences}
    assert {"school", "governors", "senior_officers", "director", "department", "inspectors"} <= leeds


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


@cache
def _reference(name: str):
    return YAML(typ="safe", pure=True).load((ROOT / "schools" / "reference" / f"{name}.yaml").read_text())


UNITS = {
    "percent": "%",
    "points": "points",
    "score": "score",
    "pounds": "£",
    "days": "days",
    "number": ("number", "pupils"),
}
BETTER = {"up": "up", "down": "down", "neither": "neutral"}


@pytest.mark.parametrize("which", WHICH)
def test_every_indicator_is_one_the_product_holds_in_its_unit(which: str):
    held = {row["key"]: row for row in _reference("indicators")["indicators"]}
    for item in framework(which).indicators:
        assert held[item.key]["better"] == BETTER[item.better], item.key
        assert held[item.key]["unit"] in UNITS[item.unit], item.key


@pytest.mark.parametrize("which", WHICH)
def test_every_source_is_used_in_years_in_which_it_was_published_about_schools(which: str):
    held = {row["key"]: row for row in _reference("indicators")["indicators"]}
    for measure in framework(which).measures:
        for source in (source for strand in measure.strands for source in strand.sources):
            row, place = held[source.indicator], f"{measure.key} {source.indicator}"
            assert source.from_year >= row.get("first", 0), place
            assert (source.to_year or 9999) <= row.get("last", 9999), place
            missing = [
                y for y in row.get("not_produced", ()) if source.from_year <= y <= (source.to_year or 9999)
            ]
            assert list(source.except_years) == missing, place


@pytest.mark.parametrize("which", WHICH)
def test_every_year_a_floor_is_asked_of_has_a_value(which: str):
    """A national one or the authority's own, from the results that were out when the policy began."""
    document = framework(which)
    first = academic_year(document.identity.effective_from) - 1
    national = {
        (row["key"], year)
        for row in _reference("thresholds")
        for year in range(row["first"], row["last"] + 1)
    }
    own = {item.key: item for item in document.thresholds}
    assert {key for key, _ in national} >= {key for key, item in own.items() if not item.values}
    for measure in document.measures:
        for source in (source for strand in measure.strands for source in strand.sources if source.floor):
            for year in range(max(source.from_year, first), (source.to_year or 2025) + 1):
                held = any(v.from_year <= year <= (v.to_year or year) for v in own[source.floor].values)
                assert held or not source.covers(year) or (source.floor, year) in national, (
                    measure.key,
                    source.floor,
                    year,
                )


@pytest.mark.parametrize("which", WHICH)
def test_inspections_are_read_in_the_words_of_every_framework_there_was(which: str):
    inspections = framework(which).inspections
    known = {str(code): item for code, item in INSPECTION_FRAMEWORKS.items()}
    assert [band.framework for band in inspections.bands] == list(known)
    for band in inspections.bands:
        assert band.overall == known[band.framework].has_overall
        assert set(band.below_areas) <= set(known[band.framework].areas)
    judged = {key for item in known.values() for key in item.areas}
    named = [judgement for aspect in inspections.aspects for judgement in aspect.judgements]
    assert len(named) == len(set(named))
    assert set(named) <= judged
    assert {item.leadership for item in known.values()} == set(inspections.aspects[0].judgements)


def test_the_engine_reads_poor_progress_as_inspections_record_it():
    assert {str(progress) for progress in POOR_PROGRESS} == _POOR_PROGRESS


def test_every_fact_is_one_the_product_gives():
    given = (ROOT / "categorisation" / "school_facts.py").read_text()
    named = {item.key for which in WHICH for item in framework(which).facts}
    assert named
    assert all(f'"{key}"' in given for key in named)
