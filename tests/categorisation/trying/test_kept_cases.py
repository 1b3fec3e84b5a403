"""Cases: kept from the bench, tried with those that came with the policy, changed and removed."""

import datetime as dt
import json
import time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import ChangeLogEntry
from categorisation.actions.cases import change_case, keep_case, remove_case
from categorisation.engine import SchoolFacts
from categorisation.models import FrameworkCase, FrameworkChoice
from categorisation.presenters.cases import case_rows
from categorisation.presenters.trials import trial
from tests import factories as make
from tests.categorisation.trying.steps import NOW, TODAY, address, set_floor, text

FACTS = SchoolFacts(on=dt.date(2026, 11, 21), attributes={"phase": "primary", "low_age": 4, "high_age": 11})
GOOD = {**json.loads('{"on": "2026-11-21", "attributes": {"phase": "primary"}}'),
        "inspections": [{"framework": "EIF_2019", "started_on": "2024-01-01", "overall": "2"}]}  # fmt: skip
EXPECT = {"on_record": None, "low": 1, "high": 5, "locked": None}
ANSWER = {
    "name": "The good are at 2",
    "paragraph": "B1",
    "on_record": "2",
    "low": "2",
    "high": "3",
    "locked": "none",
}
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def case(authority, policy_admin, leeds):
    return keep(authority, policy_admin)


def keep(authority, by, **changes):
    values = {"name": "Nothing known", "paragraph": "", "facts": FACTS, "expect": EXPECT, **changes}
    return keep_case(authority=authority, slug="leeds-2013", by=by, at=NOW, **values)


def change(case, by, **changes):
    values = {
        "name": case.name,
        "paragraph": "",
        "facts": FACTS,
        "expect": EXPECT,
        "seen": case.kept_at,
        **changes,
    }
    return change_case(case=case, by=by, at=LATER, **values)


def test_a_double_click_keeps_a_case_once_and_a_name_is_for_one_case(case, authority, policy_admin):
    assert keep(authority, policy_admin) == case
    with pytest.raises(ValidationError, match="Another case has this name"):
        keep(authority, policy_admin, expect={**EXPECT, "high": 4})
    assert FrameworkCase.objects.count() == 1
    assert ChangeLogEntry.objects.filter(action="categorisation.keep_case").count() == 1


def test_two_people_changing_a_case_lose_nothing(case, policy_admin):
    changed = change(case, policy_admin, expect={**EXPECT, "high": 4})
    assert (changed.expect["high"], changed.kept_at) == (4, LATER)
    with pytest.raises(ValidationError, match="Somebody changed this case while you did"):
        change(case, policy_admin, expect={**EXPECT, "high": 3})
    assert change(case, policy_admin, expect={**EXPECT, "high": 4}).kept_at == LATER  # the same is no change
    entry = ChangeLogEntry.objects.get(action="categorisation.change_case")
    assert (entry.before["expect"]["high"], entry.after["expect"]["high"]) == (5, 4)


def test_a_case_cannot_take_anothers_name(case, authority, policy_admin):
    keep(authority, policy_admin, name="Another")
    with pytest.raises(ValidationError, match="Another case has this name"):
        change(case, policy_admin, name="Another")


def test_a_removed_case_leaves_what_it_was_in_the_log(case, policy_admin):
    remove_case(case=case, by=policy_admin, at=NOW)
    assert not FrameworkCase.objects.exists()
    entry = ChangeLogEntry.objects.get(action="categorisation.remove_case")
    assert entry.before["facts"]["attributes"]["phase"] == "primary"


def test_only_those_who_draft_the_policy_keep_its_cases(case, authority, manager):
    for attempt in (
        lambda: keep(authority, manager, name="Mine"),
        lambda: change(case, manager, name="Mine"),
        lambda: remove_case(case=case, by=manager, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.requirement("L-064")
def test_every_shipped_case_comes_out_as_expected_of_the_published_policy(case, authority):
    rows = case_rows(trial(authority, on=TODAY))
    assert len(rows) > 70
    assert [row.name for row in rows if row.fails] == []
    assert all(row.draft is None for row in rows)


def test_cases_the_draft_fails_come_first_and_own_ones_among_them(draft, authority, policy_admin):
    keep(authority, policy_admin, expect={**EXPECT, "on_record": 3})
    keep(authority, policy_admin, name="Right")
    rows = case_rows(trial(authority, on=TODAY))
    failing = [bool(row.draft) for row in rows]
    assert failing == sorted(failing, reverse=True)
    assert (rows[0].name, rows[0].own is not None) == ("Nothing known", True)
    assert rows[0].published == ("On what is recorded the category is none, expected 3.",)
    assert not next(row for row in rows if row.name == "Right").fails


def test_all_cases_take_well_under_a_second(draft, authority):
    documents = trial(authority, on=TODAY)
    case_rows(documents)  # the file of cases is read once in a process
    begun = time.perf_counter()
    case_rows(documents)
    assert time.perf_counter() - begun < 0.5


def test_the_page_lists_failing_cases_with_their_reasons(
    signed_in, draft, authority, policy_admin, count_queries
):
    own = keep(authority, policy_admin)
    shown = text(signed_in.get(address("case-list")))
    assert "cases fail under the draft" in shown
    assert shown.index("Cases that fail") < shown.index("come out as expected")
    assert "expected 1." in shown
    assert f"?case={own.public_id}" in shown
    one = count_queries(lambda: signed_in.get(address("case-list")))
    for number in range(9):
        keep(authority, policy_admin, name=f"Another {number}")
    assert count_queries(lambda: signed_in.get(address("case-list"))) == one


def test_the_page_says_when_all_is_well_or_the_published_policy_itself_fails(signed_in, case):
    assert "All" in text(signed_in.get(address("case-list")))
    change_to = {**EXPECT, "high": 2}
    case.expect = change_to
    case.save()
    assert "1 of" in (shown := text(signed_in.get(address("case-list"))))
    assert "fail as published." in shown


def test_a_case_is_kept_from_the_bench_filled_with_what_comes_out(signed_in, draft):
    first = text(signed_in.post(address("case-keep"), {"facts": json.dumps(GOOD)}))
    assert "Keep as a case" in first
    assert '<option value="2" selected' in first
    response = signed_in.post(address("case-keep"), {"facts": json.dumps(GOOD), **ANSWER})
    assert response.url == address("case-list")
    case = FrameworkCase.objects.get()
    assert case.expect == {"on_record": 2, "low": 2, "high": 3, "locked": None}
    assert case.facts["inspections"][0]["overall"] == "2"
    again = signed_in.get(f"{address('bench')}?case={case.public_id}")
    assert "The case “The good are at 2”" in text(again)
    assert "Change the case to this" in text(again)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": ""}, "Enter name of the case"),
        ({"name": "Nothing known"}, "Another case has this name"),
        ({"low": "4"}, "The highest cannot be below the lowest"),
        ({"low": "1"}, "What is recorded is a minimum"),
        ({"high": "9"}, "Choose at the highest from the list"),
        ({"locked": ""}, "Select moderation may not go below"),
    ],
)
def test_what_cannot_be_kept_says_why_and_keeps_what_was_typed(signed_in, draft, case, changes, refusal):
    answer = {**ANSWER, **changes}
    shown = text(signed_in.post(address("case-keep"), {"facts": json.dumps(GOOD), **answer}))
    assert refusal in shown
    assert 'value="B1"' in shown
    assert FrameworkCase.objects.count() == 1


def test_facts_that_cannot_be_read_lead_back_to_the_bench(signed_in, case):
    for response in (
        signed_in.get(address("case-keep")),
        signed_in.post(address("case-keep"), {"facts": "{", **ANSWER}),
        signed_in.post(address("case-change", case.public_id), {"facts": "{", **ANSWER}),
    ):
        assert response.url == address("bench")


def test_a_case_is_changed_by_its_page(signed_in, draft, case):
    page = address("case-change", case.public_id)
    shown = text(signed_in.get(page))
    assert 'value="Nothing known"' in shown
    seen = case.kept_at.isoformat()
    brought = text(signed_in.post(page, {"facts": json.dumps(GOOD)}))  # from the bench, with other facts
    assert f'name="seen" value="{seen}"' in brought
    response = signed_in.post(page, {"facts": json.dumps(GOOD), "seen": seen, **ANSWER})
    assert response.url == address("case-list")
    case.refresh_from_db()
    assert (case.name, case.expect["on_record"]) == ("The good are at 2", 2)
    for other in (seen, "nonsense", "9999-99-99T99:99", "2026-01-01T00:00"):
        late = signed_in.post(page, {"facts": json.dumps(GOOD), "seen": other, **ANSWER, "name": "Mine"})
        assert "Somebody changed this case while you did" in text(late)
        assert 'value="Mine"' in text(late)


def test_a_case_is_removed_by_its_page(signed_in, case):
    page = address("case-remove", case.public_id)
    assert "Remove this case?" in text(signed_in.get(page))
    assert signed_in.post(page).url == address("case-list")
    assert not FrameworkCase.objects.exists()


def test_a_case_of_a_policy_no_longer_in_force_is_not_tried(case, authority):
    FrameworkChoice.objects.filter(authority=authority).update(slug="leicester-2007")
    assert case.name not in {row.name for row in case_rows(trial(authority, on=TODAY))}


def test_another_authoritys_cases_are_not_there(signed_in, case, far_authority):
    theirs = make.FrameworkCaseFactory(authority=far_authority)
    for name in ("case-change", "case-remove"):
        assert signed_in.get(address(name, theirs.public_id)).status_code == 404
        assert (
            signed_in.get(reverse(f"categorisation:{name}", args=["902", theirs.public_id])).status_code
            == 404
        )


def test_without_a_policy_there_is_no_case_to_keep(signed_in, authority):
    assert signed_in.post(address("case-keep"), {"facts": "{}"}).status_code == 404


def test_a_faulty_draft_is_left_out_of_the_cases(signed_in, draft):
    set_floor(draft, "ofsted_good", 9)
    shown = text(signed_in.get(address("case-list")))
    assert "so only the published policy can be tried" in shown
    assert "As drafted" not in shown
