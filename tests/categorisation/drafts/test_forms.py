"""Forms made from the schema: every clause of both policies opens and is saved unchanged; what is wrong is said."""

import json
import re
from contextlib import suppress

import pytest
from django.http import QueryDict

from categorisation.drafting import changing, places
from categorisation.forms.drafts import ClauseForm
from categorisation.forms.drafts.conditions import LONGEST_KEPT, kept, read_back
from categorisation.presenters.draft_clauses import can_add
from categorisation.schema import DocumentError, Fault, load_data
from tests.categorisation.worked_cases import framework

from .posting import clauses, posted

RULE = {"title": "Exclusions", "role": "raises", "floor": "3", "audience": "shared", "paragraph": "§9"}
DEEP = {
    "kind": "all",
    "of": [
        {
            "kind": "any",
            "of": [{"kind": "any", "of": [{"kind": "circumstance", "circumstance": "ieb_in_place"}]}],
        },
        {"kind": "circumstance", "circumstance": "priority_programme"},
    ],
}


def clause(which, place, part=None):
    return ClauseForm(document=framework(which), place=place, part=part)


def bound(which, place, data, part=None):
    return ClauseForm(_query(data), document=framework(which), place=place, part=part)


def _query(data):
    if isinstance(data, QueryDict):
        return data
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def errors(form):
    return {
        one.add_prefix(name) if name != "__all__" else "__all__": list(messages)
        for one in form.forms()
        for name, messages in one.errors.items()
    }


@pytest.mark.requirement("L-068", "K-042")
@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_every_clause_opens_in_its_form_and_is_saved_back_byte_for_byte(which):
    document = framework(which)
    data = changing.plain(document)
    rules = 0
    for place, part in clauses(data):
        form = ClauseForm(document=document, place=place, part=part)
        again = ClauseForm(posted(form), document=document, place=place, part=part)
        saved = again.part()
        assert saved is not None, (place, errors(again))
        model, _ = places.shape_of(place)
        assert changing.plain(model.model_validate(saved)) == part, place
        if form.builders and "when" in part:
            rules += 1
            assert again.sentences() == form.sentences()
            assert form.sentences()[0].text
            assert changing.changed(data, place, saved) == data, place
    assert rules > 20


def test_what_a_form_does_not_show_stays_as_it_was():
    part = changing.plain(framework("leeds"))["levels"][0]
    form = clause("leeds", "levels.category_1", part)
    assert not {"key", "rank", "requirements", "features"} & set(form.fields.fields)
    saved = bound("leeds", "levels.category_1", posted(form, headline="Doing well"), part).part()
    assert {**saved, **part} == {**part, "features_apply": "all"}
    assert saved["headline"] == "Doing well"


def test_time_is_typed_in_the_unit_of_the_authority_and_kept_in_half_days():
    place = "levels.medium.entitlement.consultancy"
    part = places.find(changing.plain(framework("leicester")), place)
    form = clause("leicester", place, part)
    assert form.fields["maximum"].value() == "10"
    assert bound("leicester", place, posted(form, maximum="7.5"), part).part()["maximum"] == 15


@pytest.mark.parametrize(
    ("which", "place", "typed", "wrong"),
    [
        ("leicester", "levels.medium.entitlement.consultancy", {"maximum": ""}, "maximum"),
        ("leicester", "levels.medium.entitlement.consultancy", {"minimum": "20"}, "planned"),
        ("leicester", "levels.medium.entitlement.consultancy", {"maximum": "many"}, "maximum"),
        ("leeds", "parameters.small_cohort", {"note": ""}, "note"),
        ("leeds", "parameters.small_cohort", {"chosen": "1e400"}, "chosen"),
        ("leeds", "parameters.small_cohort", {"chosen": "nan"}, "chosen"),
        ("leeds", "identity", {"title": "x" * 201}, "title"),
        ("leeds", "identity", {"title": "null \x00"}, "title"),
        ("leicester", "thresholds.floor_ks2_reading.values.1", {"to_year": "2001"}, "to_year"),
        ("leicester", "thresholds.floor_ks2_reading.values.1", {"from_year": "1066"}, "from_year"),
        ("leicester", "measures.standards.strands.ks2_writing.sources.1", {"except_years": "19"}, "except_years"),
        ("leicester", "aspects.overall_effectiveness", {"grades": "One\nTwo"}, "grades"),
        ("leeds", "cycle.autumn_visit", {"who": "\n".join("abc" * 20)}, "who"),
        ("leeds", "cycle.autumn_visit", {"months": ["13"]}, "months"),
        ("leeds", "tracking", {"inspection_due": "none"}, "inspection_due"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(which, place, typed, wrong):
    part = places.find(changing.plain(framework(which)), place)
    form = bound(which, place, posted(clause(which, place, part), **typed), part)
    assert form.part() is None
    assert list(errors(form)) == [wrong]


def test_lists_are_typed_one_on_each_line_and_keep_their_order():
    part = places.find(changing.plain(framework("leeds")), "self_evaluation")
    form = clause("leeds", "self_evaluation", part)
    data = posted(form)
    data.setlist("rows", sorted(part["rows"]))
    assert bound("leeds", "self_evaluation", data, part).part()["rows"] == part["rows"]
    step = places.find(changing.plain(framework("leeds")), "cycle.autumn_visit")
    typed = posted(clause("leeds", "cycle.autumn_visit", step), who=" One \r\n\r\nTwo")
    assert bound("leeds", "cycle.autumn_visit", typed, step).part()["who"] == ["One", "Two"]


def test_a_value_that_is_one_of_several_is_chosen():
    part = places.find(changing.plain(framework("leicester")), "parameters.report_card_below_areas")
    form = clause("leicester", "parameters.report_card_below_areas", part)
    assert ("any_area", "Any area") in form.fields.fields["chosen"].choices
    saved = bound("leicester", form.place, posted(form, chosen="any_area"), part).part()
    assert saved["chosen"] == "any_area"


def test_a_new_number_gets_a_key_and_its_kind():
    form = clause("leeds", "parameters")
    typed = {"title": "Many fires", "type": "whole_number", "unit": "number", "default": "4",
             "help": "So many a term.", "paragraph": "B4"}  # fmt: skip
    saved = bound("leeds", "parameters", typed).part()
    assert saved["key"] == "many_fires"
    assert {"type", "unit"} <= set(form.fields.fields)
    data, _ = changing.added(changing.plain(framework("leeds")), "parameters", saved)
    assert load_data(data).parameters[-1].in_force == 4


def test_a_new_level_has_all_that_a_level_needs():
    typed = {"name": "Highest", "headline": "In great need", "features_apply": "all", "tracking": "month",
             "features": "One\nTwo", "support": "Help", "time_for": "Visits", "time": "12", "paragraph": "B9"}  # fmt: skip
    saved = bound("leeds", "levels", typed).part()
    assert (saved["rank"], saved["key"], len(saved["features"])) == (6, "highest", 2)
    changing.added(changing.plain(framework("leeds")), "levels", saved)


def test_a_new_area_has_its_cells_described_later():
    saved = bound("leicester", "areas", {"title": "Premises", "paragraph": "§1"}).part()
    data, place = changing.added(changing.plain(framework("leicester")), "areas", saved)
    assert len(places.find(data, place)["cells"]) == 4


# Rules


def rule(**typed):
    return bound("leicester", "rules", {**RULE, **typed})


def test_a_rule_without_a_condition_is_refused():
    form = rule()
    assert form.part() is None
    assert "Add a condition" in errors(form)["__all__"][0]


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"role": "flag"}, "floor", "An early sign leads to nothing"),
        ({"floor": ""}, "floor", "Select the level of support"),
        ({"role": "reason", "locked": "on"}, "locked", "decides by itself"),
        ({"role": ""}, "role", "Select"),
        ({"floor": "17"}, "floor", "from the list"),
    ],
)
def test_a_rule_does_what_its_kind_of_rule_can_do(typed, field, words):
    form = rule(**typed, **CIRCUMSTANCE)
    assert form.part() is None
    assert words in errors(form)[field][0]


CIRCUMSTANCE = {
    "when-1-kind": "circumstance",
    "when-1-shown": "circumstance",
    "when-1-circumstance": "ieb_in_place",
}


def figure(prefix="when-1", **typed):
    fields = {"kind": "indicator", "shown": "indicator", "indicator": "abs_overall", "group": "all", "test": "above",
              "against": "national", **typed}  # fmt: skip
    return {f"{prefix}-{name}": value for name, value in fields.items()}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, {"than": {"comparator": "national"}}),
        ({"against": "value", "value": "5.5"}, {"than": {"value": 5.5}}),
        ({"against": "parameter", "parameter": "flat"}, {"than": {"parameter": "flat"}}),
        ({"against": "threshold", "threshold": "floor_ks2_maths"}, {"than": {"threshold": "floor_ks2_maths"}}),
        ({"shift": "plus", "shift_by": "flat"}, {"than": {"comparator": "national", "plus": "flat"}}),
        ({"window": "each_of_last", "count": "3"}, {"years": {"each_of_last": 3}}),
        ({"window": "any_of_last", "count": "stale_after_years"}, {"years": {"any_of_last": "stale_after_years"}}),
        ({"window": "each_of_last"}, {"years": {"each_of_last": 1}}),
        ({"gap_to": "disadvantaged"}, {"gap_to": "disadvantaged"}),
        ({"test": "rising", "window": "over_last", "count": "3", "by": "flat"},
         {"test": "rising", "by": "flat", "years": {"over_last": 3}}),
    ],
)  # fmt: skip
def test_a_figure_is_held_against_something_in_some_years(typed, expected):
    form = rule(**figure(**typed))
    part = form.part()
    assert part is not None, errors(form)
    assert {**part["when"], **expected} == part["when"]
    assert form.sentences()[0].text.startswith(("Absence", "The gap between"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"against": ""}, "when-1-against"),
        ({"against": "value"}, "when-1-value"),
        ({"against": "value", "value": "high"}, "when-1-value"),
        ({"shift": "plus"}, "when-1-shift_by"),
        ({"test": "rising"}, "when-1-window"),
        ({"test": "rising", "window": "over_last", "count": "1"}, "when-1-window"),
        ({"window": "over_last", "count": "3"}, "when-1-window"),
        ({"indicator": "none"}, "when-1-indicator"),
        ({"gap_to": "all"}, "__all__"),
        ({"test": "significantly_above", "gap_to": "eal"}, "__all__"),
    ],
)
def test_what_no_figure_can_do_is_said_where_it_was_typed(typed, field):
    form = rule(**figure(**typed))
    assert form.part() is None
    assert field in errors(form)
    assert form.sentences()[0].text == ""


def measure(**typed):
    fields = {"kind": "measure", "shown": "measure", "measure": "standards", "strands": "2", "groups": ["all"],
              "test": "below_floor", **typed}  # fmt: skip
    return {f"when-1-{name}": value for name, value in fields.items()}


def test_a_measure_may_have_a_second_test_and_a_gap():
    part = rule(**measure(test_2="falling", window_2="over_last", count_2="3")).part()
    assert [one["test"] for one in part["when"]["tests"]] == ["below_floor", "falling"]
    part = rule(**measure(test="below", against="centre", measure="cva", gap_to="eal")).part()
    assert part["when"]["tests"] == [{"test": "below", "than": "centre"}]
    assert part["when"]["gap_to"] == "eal"


def test_what_is_asked_where_a_measure_cannot_be_had_is_kept_or_dropped():
    otherwise = {"kind": "area", "area": "progress", "at_least": 4}
    form = rule(**measure(otherwise=json.dumps(otherwise), ask_otherwise="on"))
    assert form.part()["when"]["otherwise"] == otherwise
    (row,) = form.builders[0].rows.rows
    assert "progress is at level of support 4" in row.form.fields["ask_otherwise"].label
    assert "otherwise" not in rule(**measure(otherwise=json.dumps(otherwise))).part()["when"]


def inspection(**typed):
    return {
        f"when-1-{name}": value
        for name, value in {"kind": "inspection", "shown": "inspection", **typed}.items()
    }


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"test": "band", "bands": ["BELOW"], "grade": "3"}, {"test": "band", "bands": ["BELOW"]}),
        ({"test": "not_yet", "bands": ["BELOW"]}, {"test": "not_yet"}),
        ({"test": "grade", "grade": "3"}, {"test": "grade", "grade": 3}),
        ({"test": "aspect"}, {"test": "aspect"}),
        ({"test": "consecutive", "number": "2"}, {"test": "consecutive", "number": 2}),
    ],
)
def test_an_inspection_keeps_only_what_belongs_to_its_finding(typed, expected):
    assert rule(**inspection(**typed)).part()["when"] == {"kind": "inspection", **expected}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"test": "band"}, "when-1-bands"),
        ({"test": "grade"}, "when-1-grade"),
        ({"test": "grade", "grade": "3", "feature_grade": "2"}, "when-1-feature_grade"),
        ({"test": "consecutive"}, "when-1-number"),
        ({"test": ""}, "when-1-test"),
    ],
)
def test_an_inspection_needs_what_its_finding_asks(typed, field):
    form = rule(**inspection(**typed))
    assert form.part() is None
    assert field in errors(form)


def fact(**typed):
    return {f"when-1-{name}": value for name, value in {"kind": "fact", "shown": "fact", **typed}.items()}


def test_a_date_was_some_years_ago_and_a_yes_or_no_is_so():
    part = rule(
        **fact(fact="headteacher_started_on", test="less_than_years_ago", years="stale_after_years")
    ).part()
    assert part["when"]["years"] == "stale_after_years"
    assert rule(**fact(fact="headteacher_acting", test="is_true")).part()
    form = rule(**fact(fact="headteacher_started_on", test="is_true"))
    assert form.part() is None
    assert "when-1-test" in errors(form)


def test_rows_and_areas_are_at_a_grade_or_level():
    area = {"when-1-kind": "area", "when-1-shown": "area", "when-1-area": "progress", "when-1-at_least": "3"}
    assert rule(**area).part()["when"] == {"kind": "area", "area": "progress", "at_least": 3}
    aspect = {"when-1-kind": "aspect", "when-1-shown": "aspect", "when-1-aspect": "overall_effectiveness",
              "when-1-at_least": "3"}  # fmt: skip
    assert rule(**aspect).part()["when"]["at_least"] == 3


# The builder


def builder(data, which="leicester", **part):
    return bound(which, "rules", data).builders[0]


def test_buttons_add_remove_and_choose_and_keep_all_that_was_typed():
    typed = {**RULE, **figure("when-3"), "when-7-kind": "", "when-8-kind": "area"}
    rows = builder({**typed, "do": "add:when"}).rows.rows
    assert [row.prefix for row in rows] == ["when-3", "when-7", "when-8", "when-9"]
    assert rows[0].form["indicator"].value() == "abs_overall"
    assert rows[1].is_open
    assert not rows[2].form.is_bound
    assert [row.prefix for row in builder({**typed, "do": "remove:when-7"}).rows.rows] == ["when-3", "when-8"]
    group = builder({**typed, "do": "group:when"}).rows.rows[-1]
    assert group.kind == "group"
    assert group.rows.match["match"].value() == "any"


def test_a_group_grows_inside_and_never_holds_another():
    typed = {**RULE, "when-1-kind": "group", "when-1-1-kind": "group", "do": "add:when-1"}
    (group,) = builder(typed).rows.rows
    assert [row.prefix for row in group.rows.rows] == ["when-1-1", "when-1-2"]
    assert group.rows.rows[0].is_open


def test_a_group_of_conditions_is_read_back_as_one():
    inside = {
        **figure("when-2-1"),
        **{name.replace("when-1", "when-2-2"): value for name, value in CIRCUMSTANCE.items()},
    }
    form = rule(
        **CIRCUMSTANCE, **inside, **{"when-match": "any", "when-2-kind": "group", "when-2-match": "all"}
    )
    when = form.part()["when"]
    assert (when["kind"], when["of"][1]["kind"], len(when["of"][1]["of"])) == ("any", "all", 2)
    assert re.search("; or .*; and ", form.sentences()[0].text)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"when-1-kind": ""}, "Choose what condition 1 is about"),
        ({"when-1-kind": "area"}, "Fill in condition 1"),
        ({"when-1-kind": "group"}, "Add conditions to group 1"),
        ({"when-1-kind": "group", "when-1-1-kind": ""}, "Choose what condition 1 is about"),
        ({"when-1-kind": "kept", "when-1-kept": "{}"}, "Choose what condition 1 is about"),
        ({"when-match": "at_least", **CIRCUMSTANCE}, "Enter how many"),
        ({"when-match": "at_least", "when-number": "2", **CIRCUMSTANCE}, "There are only 1 conditions"),
        ({"when-match": "none", **CIRCUMSTANCE, **figure("when-2")}, "Choose how many must hold"),
    ],
)
def test_an_unfinished_condition_is_said_and_nothing_is_saved(typed, words):
    form = rule(**typed)
    assert form.part() is None
    assert words in str(errors(form))


def test_at_least_so_many_of_several_hold():
    form = rule(**{"when-match": "at_least", "when-number": "1", **CIRCUMSTANCE, **figure("when-2")})
    assert form.part()["when"]["number"] == 1


def test_no_more_than_twenty_conditions_stand_side_by_side():
    many = {f"when-{number}-kind": "" for number in range(1, 40)}
    rows = builder({**many, "do": "add:when"}).rows
    assert rows.is_full
    assert len(rows.rows) == 20


def test_a_condition_too_deep_for_the_builder_is_carried_along_as_a_sentence():
    part = {**changing.plain(framework("leicester"))["rules"][0], "when": DEEP}
    form = clause("leicester", "rules.targets_missed", part)
    carried, plain = form.builders[0].rows.rows
    assert (carried.kind, carried.sentence) == ("kept", "An interim executive board governs the school")
    assert plain.kind == "circumstance"
    assert bound("leicester", "rules.targets_missed", posted(form), part).part()["when"] == DEEP


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        "{}",
        "[" * 15_000,
        "x" * (LONGEST_KEPT + 1),
        '{"kind": "circumstance", "circumstance": "none"}',
    ],
)
def test_what_is_no_condition_of_the_document_is_not_carried_along(text):
    assert kept(framework("leicester"), text) is None
    assert read_back(framework("leicester"), {"kind": "all", "of": []}) == ""


def test_only_rules_that_describe_keep_for_which_schools_they_count():
    only_if = {name.replace("when", "only_if"): value for name, value in CIRCUMSTANCE.items()}
    assert "only_if" in rule(role="describes", **CIRCUMSTANCE, **only_if).part()
    assert "only_if" not in rule(**CIRCUMSTANCE, **only_if).part()


def test_faults_of_the_document_are_shown_at_their_fields():
    form = rule(**CIRCUMSTANCE)
    form.part()
    form.refuse([Fault("rules.x.floor", "no such level"), Fault("rules.x.when", "no"), Fault("base", "no gate")],
                "rules.x")  # fmt: skip
    assert errors(form) == {"floor": ["No such level"], "__all__": ["No", "No gate"]}


@pytest.mark.parametrize("which", ["leeds", "leicester"])
def test_every_list_that_grows_has_a_form_that_asks_for_what_it_needs(which):
    document = framework(which)
    data = changing.plain(document)
    lists = {places.parent_of(place)[0] for place, _ in clauses(data)} - {""}
    for place in sorted(place for place in lists if can_add(place))[::3]:
        assert bound(which, place, {}).part() is None
        form = clause(which, place)
        assert posted(form)
        assert all(str(field.label) for field in form.fields)


@pytest.mark.parametrize("hostile", ["\x00", "9" * 400, "<b>", "-1", "nan", "[]", "rules.none", " "])
def test_whatever_is_typed_is_answered_in_words(hostile):
    data = changing.plain(framework("leicester"))
    for place, part in [*list(clauses(data))[::23], ("rules.below_floor_and_stuck", data["rules"][7])]:
        form = ClauseForm(document=framework("leicester"), place=place, part=part)
        wrong = QueryDict(mutable=True)
        for name in posted(form):
            wrong.setlist(name, [hostile])
        again = ClauseForm(wrong, document=framework("leicester"), place=place, part=part)
        saved = again.part()
        assert (saved is None) == bool(errors(again)), place
        if saved is not None:
            with suppress(DocumentError):
                changing.changed(data, place, saved)
        assert all("None" not in sentence.text for sentence in again.sentences())
