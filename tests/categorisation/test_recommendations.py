"""Recommending a level, moderating it, sending it back and withdrawing it."""

import datetime as dt
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import actions, permissions
from categorisation.actions import recommendations as writing
from categorisation.choices import Occasion, RecommendationStatus, RoundStatus
from categorisation.models import Recommendation
from categorisation.rules.recommending import Faulty
from categorisation.workflow import RECOMMENDATION, NotPossible, check_recommendation_moves
from schools.choices import Audience, SchoolStatus
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)


@pytest.fixture
def second(authority):
    """Another who moderates."""
    return make.UserFactory(name="Mo Moderator", grants=[(Role.AREA_MANAGER, authority)])


@pytest.fixture
def good(leeds, school):
    """A school that the policy places in 1 or 2, nothing locked."""
    make.InspectionFactory(school=school, overall_grade="2")
    return school


def say(school, by, **said):
    given = {
        "rank": 3,
        "reason": "What was seen at the visit.",
        "occasion": Occasion.IN_YEAR,
        "starts_on": TODAY,
        "head_consulted_on": TODAY - DAY,
        "governors_consulted_on": TODAY - DAY,
        **said,
    }
    return actions.recommend(school=school, by=by, at=NOW, **given)


def faults_of(school, by, **said):
    with pytest.raises(Faulty) as caught:
        say(school, by, **said)
    return {fault.field: fault.message for fault in caught.value.faults}


# The table of transitions


@pytest.mark.parametrize(("start", "end"), list(product(RecommendationStatus, repeat=2)))
def test_every_step_is_in_the_table_or_refused_in_words(start, end):
    if (start, end) in RECOMMENDATION:
        assert check_recommendation_moves(start, end).verb
    else:
        with pytest.raises(NotPossible, match="cannot become"):
            check_recommendation_moves(start, end)


def test_nothing_leads_out_of_what_is_over():
    over = {RecommendationStatus.DECIDED, RecommendationStatus.RETURNED, RecommendationStatus.WITHDRAWN}
    assert not [pair for pair in RECOMMENDATION if pair[0] in over]


# Recommending


@pytest.mark.requirement("L-059", "K-043", "L-064")
def test_a_recommendation_keeps_what_was_suggested_the_facts_and_both_consultations(good, adviser):
    made = say(good, adviser, to_next_level=" Two more good visits.\r\n")
    assert (made.status, made.rank, made.recommended_by) == (RecommendationStatus.RECOMMENDED, 3, adviser)
    assert made.suggested_low <= made.suggested_high
    assert made.facts["on"] == TODAY.isoformat()
    assert made.facts["inspections"][0]["overall"] == "2"
    assert made.trace["on_record"] == made.suggested
    assert {"on", "rules", "tests", "series"} <= made.trace.keys()
    assert set(made.thresholds) <= {one["key"] for one in made.version.document["thresholds"]}
    assert made.head_consulted_on == made.governors_consulted_on == TODAY - DAY
    assert made.to_next_level == "Two more good visits."
    entry = ChangeLogEntry.objects.get(action="categorisation.recommend")
    assert (entry.by, entry.urn, entry.audience, entry.after["rank"]) == (adviser, good.urn, "authority", 3)


def test_what_only_the_register_may_know_is_not_kept(good, adviser):
    make.CircumstanceFactory(school=good, kind="finance_concern", audience=Audience.REGISTER)
    make.CircumstanceFactory(school=good, kind="at_risk_of_ri", audience=Audience.AUTHORITY)
    assert set(say(good, adviser).facts["circumstances"]) == {"at_risk_of_ri"}


@pytest.mark.requirement("L-059")
def test_another_level_than_the_one_suggested_needs_a_reason(good, adviser):
    assert "say why you recommend" in faults_of(good, adviser, reason=" \n")["reason"]


def test_a_change_during_the_year_needs_a_reason_though_it_is_the_one_suggested(good, adviser):
    suggested = say(good, adviser)
    actions.withdraw(recommendation=suggested, reason="To look again", by=adviser, at=NOW)
    if suggested.suggested is None:
        make.InspectionFactory(school=good, overall_grade="3")
    again = say(good, adviser)
    actions.withdraw(recommendation=again, reason="To look again", by=adviser, at=NOW)
    found = faults_of(good, adviser, rank=again.suggested, reason="")
    assert found == {"reason": "Say why the category is to change during the year"}


def test_in_the_annual_round_what_is_suggested_owes_no_reason(good, adviser):
    annual = make.RoundFactory(authority=good.authority, year=TODAY.year + (TODAY.month >= 8))
    make.CircumstanceFactory(school=good, kind="at_risk_of_ri", audience=Audience.AUTHORITY)
    said = {"occasion": Occasion.ANNUAL, "round": annual, "starts_on": annual.starts_on}
    first = say(good, adviser, **said)
    actions.withdraw(recommendation=first, reason="To look again", by=adviser, at=NOW)
    assert first.suggested is not None
    assert say(good, adviser, **said, rank=first.suggested, reason="").reason == ""


@pytest.mark.requirement("L-070", "K-103")
def test_below_a_locked_floor_is_refused_with_its_rule_its_fact_and_its_paragraph(leeds, school, adviser):
    make.InspectionFactory(school=school, overall_grade="4", category="special_measures")
    message = faults_of(school, adviser)["rank"]
    assert message.startswith("It cannot be below category 5 while this stands:")
    assert "B1" in message
    assert "It rests on:" in message


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"rank": 9}, "rank", "Select a category of the policy"),
        ({"head_consulted_on": None}, "head_consulted_on", "when the headteacher was consulted, or say why"),
        ({"governors_consulted_on": None}, "governors_consulted_on", "when the governors were consulted"),
        ({"head_not_consulted": "Ill"}, "head_not_consulted", "there is no reason why not"),
        ({"governors_consulted_on": TODAY + DAY}, "governors_consulted_on", "cannot be in the future"),
        ({"starts_on": dt.date(2020, 1, 1)}, "starts_on", "before this academic year"),
        ({"starts_on": TODAY + 500 * DAY}, "starts_on", "more than a year ahead"),
    ],
)
def test_what_cannot_stand_is_named_at_its_place_and_changes_nothing(good, adviser, said, field, words):
    assert words in faults_of(good, adviser, **said)[field]
    assert not Recommendation.objects.exists()


def test_why_somebody_was_not_consulted_stands_in_for_the_day(good, adviser):
    made = say(good, adviser, head_consulted_on=None, head_not_consulted="The post is vacant")
    assert (made.head_consulted_on, made.head_not_consulted) == (None, "The post is vacant")


@pytest.mark.requirement("L-094")
def test_less_support_says_what_it_took_to_get_there(good, adviser):
    make.DecisionFactory(school=good, rank=3)
    assert "less support than at category 3" in faults_of(good, adviser, rank=2)["to_next_level"]
    assert say(good, adviser, rank=2, to_next_level="All targets met.").to_next_level


@pytest.mark.requirement("L-094")
def test_less_support_is_less_than_the_level_it_takes_the_place_of_though_that_is_still_to_come(
    good, adviser
):
    make.DecisionFactory(school=good, rank=2, start_on=TODAY - DAY)
    make.DecisionFactory(school=good, rank=4, start_on=TODAY + 10 * DAY)
    later = {"rank": 3, "starts_on": TODAY + 20 * DAY}
    assert "less support than at category 4" in faults_of(good, adviser, **later)["to_next_level"]
    assert say(good, adviser, rank=3, starts_on=TODAY + DAY).to_next_level == ""


def test_ranks_of_another_policy_are_not_compared(good, adviser, frameworks):
    leicester = next(version for version in frameworks if version.slug == "leicester-2007")
    make.DecisionFactory(school=good, rank=4, version=leicester)
    assert say(good, adviser, rank=2).to_next_level == ""


def test_a_level_starts_after_the_one_the_school_has(good, adviser):
    make.DecisionFactory(school=good, start_on=TODAY, rank=2)
    assert "must start after it" in faults_of(good, adviser)["starts_on"]


def test_two_levels_never_start_on_one_day(good, adviser):
    coming = make.DecisionFactory(school=good, start_on=TODAY + dt.timedelta(days=30), rank=2)
    refused = faults_of(good, adviser, starts_on=coming.start_on)
    assert "already: choose another day" in refused["starts_on"]


@pytest.mark.requirement("L-059")
def test_a_second_live_recommendation_is_refused_with_the_name_of_who_made_the_first(good, adviser, second):
    say(good, adviser)
    with pytest.raises(NotPossible, match="Ada Adviser has recommended 3 for this school already"):
        say(good, second)


def test_a_double_click_makes_one(good, adviser):
    first = say(good, adviser, form_key="once")
    assert say(good, adviser, form_key="once") == first
    assert ChangeLogEntry.objects.filter(action="categorisation.recommend").count() == 1


def test_the_form_of_another_school_or_person_makes_nothing_here(good, manager, second, other_school):
    say(good, manager, form_key="once")
    for by in (manager, second):
        with pytest.raises(NotPossible, match="has been sent before"):
            say(other_school, by, form_key="once")
    assert Recommendation.objects.get().school == good


@pytest.mark.parametrize("same_form", [True, False])
def test_of_two_at_the_same_moment_one_is_made(good, adviser, second, monkeypatch, same_form):
    """The other request writes between our looking and our writing."""
    other = say(good, adviser, form_key="once")
    seen = iter([None, other if same_form else None])
    monkeypatch.setattr(writing, "_sent_before", lambda key, school, by: next(seen))
    checks = iter([None])
    real = writing._check_none_live
    monkeypatch.setattr(writing, "_check_none_live", lambda school: next(checks, True) and real(school))
    if same_form:
        assert say(good, adviser, form_key="once") == other
    else:
        with pytest.raises(NotPossible, match="already"):
            say(good, second, form_key="twice")
    assert Recommendation.objects.count() == 1


def test_a_row_the_database_refuses_for_another_reason_is_an_error(good, adviser, monkeypatch):
    monkeypatch.setattr(writing, "_recommend", lambda *args, **kwargs: (_ for _ in ()).throw(IntegrityError))
    with pytest.raises(IntegrityError):
        say(good, adviser)


def test_who_may_not_recommend_is_told(good, head, other_school, adviser, stranger):
    for person, school in ((head, good), (stranger, good), (adviser, other_school)):
        with pytest.raises(PermissionDenied):
            say(school, person)
        assert not permissions.can_recommend(person, school)
    assert permissions.can_recommend(adviser, good)
    good.status = SchoolStatus.CLOSED
    with pytest.raises(NotPossible, match="not open"):
        say(good, adviser)


def test_without_a_policy_nothing_is_recommended(frameworks, school, adviser):
    with pytest.raises(NotPossible, match="has not chosen a policy"):
        say(school, adviser)


def test_an_annual_recommendation_is_of_the_authoritys_round(leeds, good, adviser, far_authority):
    starts_on = dt.date(TODAY.year + 1, 9, 1)
    annual = make.RoundFactory(authority=good.authority, year=starts_on.year)
    said = {"occasion": Occasion.ANNUAL, "starts_on": starts_on}
    with pytest.raises(NotPossible, match="belongs to a round"):
        say(good, adviser, **said)
    with pytest.raises(NotPossible, match="another authority’s"):
        say(good, adviser, **said, round=make.RoundFactory(authority=far_authority))
    with pytest.raises(NotPossible, match=f"starts on 1 September {starts_on.year}"):
        say(good, adviser, **{**said, "starts_on": TODAY}, round=annual)
    made = say(good, adviser, **said, round=annual)
    assert (made.round, made.version) == (annual, annual.version)
    closed = make.RoundFactory(
        authority=good.authority, year=starts_on.year + 1, status=RoundStatus.CONFIRMED
    )
    with pytest.raises(NotPossible, match="is confirmed"):
        say(good, adviser, **{**said, "starts_on": closed.starts_on}, round=closed)


# Moderating


@pytest.mark.requirement("L-060", "K-048")
def test_another_moderates_with_a_reason_where_it_differs(good, adviser, manager):
    made = say(good, adviser)
    with pytest.raises(Faulty, match="Category 3 is recommended: say why"):
        actions.moderate(recommendation=made, rank=4, reason="", by=manager, at=NOW)
    with pytest.raises(Faulty, match="Select a category"):
        actions.moderate(recommendation=made, rank=8, reason="", by=manager, at=NOW)
    done = actions.moderate(
        recommendation=made, rank=4, reason="Finance too.", share_reason=True, by=manager, at=NOW
    )
    assert (done.status, done.moderated_rank) == (RecommendationStatus.MODERATED, 4)
    assert (done.rank, done.moderated_by, done.moderation_shared) == (3, manager, True)
    entry = ChangeLogEntry.objects.get(action="categorisation.moderate")
    assert (entry.before["status"], entry.after["rank"]) == ("recommended", 4)


def test_agreeing_shares_no_reason_for_there_is_none(good, adviser, manager):
    done = actions.moderate(
        recommendation=say(good, adviser), rank=3, reason="", share_reason=True, by=manager, at=NOW
    )
    assert not done.moderation_shared


def test_moderating_twice_alike_is_once_and_another_after_that_is_refused(good, adviser, manager, second):
    made = say(good, adviser)
    for _ in range(2):
        actions.moderate(recommendation=made, rank=3, reason="", by=manager, at=NOW)
    assert ChangeLogEntry.objects.filter(action="categorisation.moderate").count() == 1
    with pytest.raises(NotPossible, match="“moderated” cannot become"):
        actions.moderate(recommendation=made, rank=4, reason="No", by=second, at=NOW)
    made.refresh_from_db()
    assert (made.moderated_rank, made.moderated_by) == (3, manager)


@pytest.mark.requirement("L-060")
def test_nobody_moderates_their_own(good, manager, adviser):
    made = say(good, manager)
    with pytest.raises(NotPossible, match="You made this recommendation"):
        actions.moderate(recommendation=made, rank=3, reason="", by=manager, at=NOW)
    with pytest.raises(PermissionDenied, match="for this school"):
        actions.moderate(recommendation=made, rank=3, reason="", by=adviser, at=NOW)
    assert not permissions.can_moderate(manager, made)
    assert not permissions.can_send_back(manager, made)


@pytest.mark.requirement("L-070", "K-103", "L-069")
def test_moderation_does_not_go_below_a_floor_that_stands_now(good, adviser, manager):
    made = say(good, adviser)
    make.InspectionFactory(
        school=good, overall_grade="4", category="special_measures", started_on=TODAY - DAY
    )
    with pytest.raises(Faulty, match=r"below category 5 while this stands: .*B1"):
        actions.moderate(recommendation=made, rank=3, reason="", by=manager, at=NOW)
    assert actions.moderate(recommendation=made, rank=5, reason="As Ofsted found.", by=manager, at=NOW)


def test_nor_below_one_that_stood_when_it_was_recommended(leeds, school, adviser, manager):
    inspection = make.InspectionFactory(school=school, overall_grade="4", category="special_measures")
    made = say(school, adviser, rank=5)
    inspection.judgements.all().delete()
    inspection.delete()
    with pytest.raises(Faulty, match="below category 5"):
        actions.moderate(recommendation=made, rank=4, reason="It was an error", by=manager, at=NOW)


@pytest.mark.requirement("L-094")
def test_nor_to_less_support_than_the_school_has_where_nobody_said_what_that_took(
    good, adviser, manager, second
):
    make.DecisionFactory(school=good, rank=3)
    made = say(good, adviser, rank=3)
    with pytest.raises(Faulty, match="less support than at category 3, and nothing says what that took"):
        actions.moderate(recommendation=made, rank=2, reason="They are ready.", by=manager, at=NOW)
    actions.send_back(recommendation=made, reason="Say what it took.", by=manager, at=NOW)
    said = say(good, adviser, rank=3, to_next_level="All targets met.")
    assert actions.moderate(recommendation=said, rank=2, reason="They are ready.", by=manager, at=NOW)


def test_many_are_agreed_to_at_once(good, adviser, manager, other_school, count_queries):
    make.OfficerAssignmentFactory(school=other_school, user=adviser)
    made = [say(good, adviser), say(other_school, adviser)]
    for _ in range(2):
        done = actions.moderate_many(recommendations=made, by=manager, at=NOW)
        assert [one.status for one in done] == [RecommendationStatus.MODERATED] * 2
    assert ChangeLogEntry.objects.filter(action="categorisation.moderate").count() == 2


def test_all_of_many_or_none(good, adviser, manager, other_school):
    own = say(other_school, manager)
    made = say(good, adviser)
    make.InspectionFactory(school=good, category="special_measures", started_on=TODAY - DAY)
    with pytest.raises(Faulty) as caught:
        actions.moderate_many(recommendations=[made, own], by=manager, at=NOW)
    assert sorted(fault.message[:10] for fault in caught.value.faults) == ["Beck Lane ", "St Anne's "]
    assert not Recommendation.objects.filter(status=RecommendationStatus.MODERATED).exists()


# Sending back, withdrawing, taking back


def test_a_moderator_sends_it_back_and_the_adviser_recommends_anew(good, adviser, manager):
    made = say(good, adviser)
    with pytest.raises(Faulty, match="Say why"):
        actions.send_back(recommendation=made, reason=" ", by=manager, at=NOW)
    sent = actions.send_back(recommendation=made, reason="Ask the governors first.", by=manager, at=NOW)
    assert (sent.status, sent.ended_by, sent.ended_reason) == (
        RecommendationStatus.RETURNED,
        manager,
        "Ask the governors first.",
    )
    assert say(good, adviser) != made


def test_only_its_author_withdraws_it(good, adviser, manager):
    made = say(good, adviser)
    with pytest.raises(PermissionDenied, match="Only the person who made"):
        actions.withdraw(recommendation=made, reason="Mistake", by=manager, at=NOW)
    assert not permissions.can_withdraw(manager, made)
    assert permissions.can_withdraw(adviser, made)
    done = actions.withdraw(recommendation=made, reason="Mistake", by=adviser, at=NOW)
    assert done.status == RecommendationStatus.WITHDRAWN
    with pytest.raises(NotPossible):
        actions.withdraw(recommendation=made, reason="Mistake", by=adviser, at=NOW)


def test_a_moderation_is_taken_back_while_nothing_is_decided(good, adviser, manager):
    made = say(good, adviser)
    assert not permissions.can_reopen(manager, made)
    actions.moderate(recommendation=made, rank=4, reason="No", by=manager, at=NOW)
    back = actions.reopen(recommendation=made, reason="The wrong row", by=manager, at=NOW)
    assert (back.status, back.moderated_rank, back.moderation_reason) == (
        RecommendationStatus.RECOMMENDED,
        None,
        "",
    )
    entry = ChangeLogEntry.objects.get(action="categorisation.reopen")
    assert (entry.before["rank"], entry.after["reason"]) == (4, "The wrong row")
    assert permissions.can_moderate(manager, back)
    assert permissions.can_send_back(manager, back)
