"""What of a changed suggestion is an early warning."""

import pytest

from categorisation.rules.warning import (
    RuleChange,
    Stand,
    flags_met,
    has_only_lapsed,
    is_warning,
    merged,
    rules_changed,
)

NOT_MET, NOT_KNOWN, MET = 0, 1, 2

pytestmark = pytest.mark.requirement("L-102", "L-103")


def fact(name, state, kind="circumstance"):
    return [kind, name, "", None, None, "published", "", "", None, state]


def trace(*rules):
    """Each rule as (key, state, facts)."""
    evidence, found = [], []
    for key, state, facts in rules:
        numbers = list(range(len(evidence), len(evidence) + len(facts)))
        evidence += facts
        found.append([key, state, numbers])
    return {"rules": found, "tests": evidence}


@pytest.mark.parametrize(
    ("before", "after", "lapsed", "warns"),
    [
        (Stand(2, 4, None), Stand(3, 4, None), False, True),
        (Stand(3, 4, None), Stand(2, 4, None), False, True),
        (Stand(None, 4, None), Stand(2, 4, None), False, True),
        (Stand(4, 4, None), Stand(4, 4, 4), False, True),
        (Stand(2, 4, None), Stand(2, 5, None), False, True),
        (Stand(2, 4, None), Stand(2, 5, None), True, False),
        (Stand(2, 5, None), Stand(2, 3, None), False, False),
        (Stand(2, 4, None), Stand(3, 4, None), True, True),
    ],
)
def test_people_hear_of_what_moves_the_level_and_of_new_facts_that_let_it_reach_further(
    before, after, lapsed, warns
):
    assert is_warning(before, after, lapsed=lapsed) is warns


def test_an_answer_gone_stale_is_no_news():
    before = trace(("finance", NOT_MET, [fact("finance_concern", NOT_MET)]))
    after = trace(("finance", NOT_KNOWN, [fact("finance_concern", NOT_KNOWN)]))
    assert has_only_lapsed(before, after)


def test_a_new_inspection_that_leaves_a_rule_open_is_news():
    before = trace(("below", NOT_MET, [fact("latest", NOT_MET, "inspection")]))
    after = trace(
        ("below", NOT_KNOWN, [fact("latest", MET, "inspection"), fact("finance_concern", NOT_KNOWN)])
    )
    assert not has_only_lapsed(before, after)


def test_with_no_rule_changed_nothing_has_lapsed():
    same = trace(("finance", NOT_MET, [fact("finance_concern", NOT_MET)]))
    assert not has_only_lapsed(same, same)


def test_only_rules_whose_answer_differs_are_named():
    before = trace(("a", NOT_MET, []), ("b", MET, []), ("gone", MET, []))
    after = trace(("a", MET, []), ("b", MET, []), ("new", MET, []))
    assert rules_changed(before, after) == (RuleChange("a", "not_met", "met"),)


def test_two_changes_read_as_one_and_a_way_back_as_none():
    first = [RuleChange("a", "not_met", "met"), RuleChange("b", "not_known", "met")]
    then = [
        RuleChange("a", "met", "not_met"),
        RuleChange("b", "met", "not_met"),
        RuleChange("c", "met", "not_met"),
    ]
    assert merged(first, then) == (RuleChange("b", "not_known", "not_met"), RuleChange("c", "met", "not_met"))


def test_flags_are_those_met():
    found = trace(("a", MET, []), ("b", NOT_MET, []), ("c", MET, []))
    assert flags_met(found, frozenset({"a", "b"})) == ("a",)
