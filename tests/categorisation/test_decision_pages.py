"""The pages of a level: recommending, moderating, deciding, disagreeing, and what each reader sees."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ReadLogEntry
from categorisation import actions, presenters
from categorisation.choices import Occasion, RecommendationStatus, RoundStatus
from categorisation.models import Decision, Disagreement, Recommendation, TermReview
from schools.choices import SchoolStatus
from schools.models import School
from tests import factories as make
from ui.forms import date_parts

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)


@pytest.fixture
def director(authority):
    return make.UserFactory(name="Hedy Service", grants=[(Role.HEAD_OF_SERVICE, authority)])


@pytest.fixture
def recommended(leeds, school, adviser):
    """recommended() is a recommendation of 3 by the adviser."""

    def make_one(**said):
        return actions.recommend(
            **{
                "school": school,
                "rank": 3,
                "reason": "Leaders are new.",
                "occasion": Occasion.IN_YEAR,
                "starts_on": TODAY,
                "head_consulted_on": TODAY,
                "governors_not_consulted": "They meet next week.",
                "by": adviser,
                "at": NOW,
                **said,
            }
        )

    return make_one


@pytest.fixture
def decided(recommended, manager, director):
    made = recommended(to_next_level="Two good terms.")
    actions.moderate(recommendation=made, rank=4, reason="Between ourselves.", by=manager, at=NOW)
    return actions.decide(recommendation=made, by=director, at=NOW)


def url(name, *args):
    return reverse(f"categorisation:{name}", args=args)


def at(name, row):
    school = row.decision.school if isinstance(row, Disagreement) else row.school
    return url(name, school.urn, row.public_id)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def seen(client, user, address):
    client.force_login(user)
    return text_of(client.get(address))


SAID = {
    "rank": "3",
    "reason": "Leaders are new.",
    "head": "yes",
    **date_parts("head_consulted_on", TODAY),
    "governors": "no",
    "governors_not_consulted": "They meet next week.",
    "occasion": "in_year",
    **date_parts("starts_on", TODAY),
    "form_key": "once",
}


# Recommending


@pytest.mark.requirement("L-059", "K-043")
def test_an_adviser_recommends_with_the_suggestion_before_them(client, leeds, adviser, school):
    address = url("recommend", school.urn)
    text = seen(client, adviser, address)
    assert "The reasons" in text
    assert "No category has been decided for the school yet." in text
    assert text.count("The school reads this.") == 2
    for _ in range(2):
        answer = client.post(address, SAID)
        made = Recommendation.objects.get()
        assert answer.url == made.get_absolute_url()
    assert (made.rank, made.occasion, made.head_not_consulted) == (3, Occasion.IN_YEAR, "")
    assert made.governors_not_consulted == "They meet next week."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rank": ""}, "Select the category you recommend"),
        ({"reason": ""}, "say why you recommend"),
        ({"head": ""}, "Select whether the headteacher was consulted"),
        ({"governors": "yes"}, "Enter when the governors were consulted"),
        (date_parts("head_consulted_on", TODAY + DAY), "cannot be in the future"),
        ({"starts_on_day": "", "starts_on_month": "", "starts_on_year": ""}, "Enter the day it starts"),
        ({"starts_on_day": "31", "starts_on_month": "2"}, "must be a real date"),
        ({"occasion": "annual"}, "Select an occasion that is open now"),
    ],
)
def test_a_wrong_answer_is_named_keeps_what_was_typed_and_changes_nothing(
    client, leeds, adviser, school, wrong, words
):
    client.force_login(adviser)
    answer = client.post(url("recommend", school.urn), {**SAID, **wrong})
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert "They meet next week." in text_of(answer)
    assert not Recommendation.objects.exists()


def test_a_second_recommendation_is_refused_beside_the_form(client, recommended, manager, school):
    recommended()
    client.force_login(manager)
    answer = client.post(url("recommend", school.urn), {**SAID, "form_key": ""})
    assert "Ada Adviser has recommended 3 for this school already" in text_of(answer)


def test_in_a_round_the_annual_level_starts_with_it(client, leeds, adviser, school):
    annual = make.RoundFactory(authority=school.authority, year=TODAY.year + (TODAY.month >= 8))
    assert "Annual round" in seen(client, adviser, url("recommend", school.urn))
    client.post(url("recommend", school.urn), {**SAID, "occasion": "annual"})
    made = Recommendation.objects.get()
    assert (made.round, made.starts_on) == (annual, annual.starts_on)


def test_after_it_the_autumn_review_is_one_of_the_occasions(client, leeds, adviser, school):
    make.RoundFactory(authority=school.authority, status=RoundStatus.PROVISIONAL)
    assert "Autumn review" in seen(client, adviser, url("recommend", school.urn))


def test_where_nothing_is_suggested_there_is_no_form(client, frameworks, adviser, school):
    client.force_login(adviser)
    answer = client.get(url("recommend", school.urn), follow=True)
    assert "so nothing is recommended" in text_of(answer)


# One recommendation


@pytest.mark.requirement("L-060")
def test_a_moderator_reads_what_it_rests_on_and_agrees_with_one_click(client, recommended, manager, school):
    make.InspectionFactory(school=school, overall_grade="3")
    made = recommended()
    text = seen(client, manager, made.get_absolute_url())
    for words in ("Suggested then", "Leaders are new.", "They meet next week.", "What it rests on", "Agree"):
        assert words in text
    entry = ReadLogEntry.objects.get()
    assert (entry.kind, entry.urn) == ("recommendation", school.urn)
    client.post(at("recommendation-moderate", made), {"rank": "3"})
    made.refresh_from_db()
    assert (made.moderated_rank, made.moderated_by) == (3, manager)
    assert "Take the moderation back" in seen(client, manager, made.get_absolute_url())


def test_a_recommendation_without_a_suggestion_says_so(client, recommended, manager):
    assert "Not placed yet; could be 1 to 5" in seen(client, manager, recommended().get_absolute_url())


def test_another_level_without_a_reason_is_refused_on_the_page(client, recommended, manager):
    made = recommended()
    client.force_login(manager)
    answer = client.post(at("recommendation-moderate", made), {"rank": "4"})
    assert "Category 3 is recommended: say why you see it otherwise" in text_of(answer)
    assert "Select the category" in text_of(client.post(at("recommendation-moderate", made), {}))
    client.post(at("recommendation-moderate", made), {"rank": "4", "reason": "No", "share_reason": "on"})
    made.refresh_from_db()
    assert (made.moderated_rank, made.moderation_shared) == (4, True)
    assert "The school reads this" in seen(client, manager, made.get_absolute_url())


def test_of_two_moderators_the_second_is_told(client, recommended, manager, director):
    made = recommended()
    actions.moderate(recommendation=made, rank=3, reason="", by=director, at=NOW)
    client.force_login(manager)
    answer = client.post(at("recommendation-moderate", made), {"rank": "4", "reason": "No"})
    assert "“moderated” cannot become “moderated”" in text_of(answer)
    made.refresh_from_db()
    assert (made.moderated_rank, made.moderated_by) == (3, director)


def test_the_page_says_what_the_facts_say_since(client, recommended, manager, school):
    made = recommended()
    make.InspectionFactory(school=school, category="special_measures", started_on=TODAY - DAY)
    assert "On today’s facts: category 5 on what is recorded" in seen(
        client, manager, made.get_absolute_url()
    )


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("recommendation-send-back", "manager", RecommendationStatus.RETURNED),
        ("recommendation-withdraw", "adviser", RecommendationStatus.WITHDRAWN),
        ("recommendation-reopen", "manager", RecommendationStatus.RECOMMENDED),
    ],
)
def test_each_step_back_asks_why(client, recommended, request, manager, name, who, status):
    made = recommended()
    if name == "recommendation-reopen":
        actions.moderate(recommendation=made, rank=3, reason="", by=manager, at=NOW)
    client.force_login(request.getfixturevalue(who))
    assert "Why" in text_of(client.get(at(name, made)))
    assert "Say why" in text_of(client.post(at(name, made), {"reason": ""}))
    assert "Say why" in text_of(client.post(at(name, made), {"reason": "\x07"}))
    assert client.post(at(name, made), {"reason": "A slip"}).url == made.get_absolute_url()
    made.refresh_from_db()
    assert made.status == status
    refused = client.post(at(name, made), {"reason": "A slip"}, follow=True)
    assert "cannot become" in text_of(refused)


def test_deciding_from_the_page_tells_the_school_at_once(client, recommended, manager, director, school):
    made = recommended()
    client.force_login(director)
    refused = client.post(at("recommendation-decide", made), follow=True)
    assert "cannot become “decided”" in text_of(refused)
    actions.moderate(recommendation=made, rank=3, reason="", by=manager, at=NOW)
    assert "Decide: category 3" in seen(client, director, made.get_absolute_url())
    assert "the school is told" in text_of(client.post(at("recommendation-decide", made), follow=True))
    assert Decision.objects.get().rank == 3


def test_deciding_in_a_round_waits_for_its_publication(client, recommended, manager, director, school):
    annual = make.RoundFactory(authority=school.authority, year=TODAY.year + (TODAY.month >= 8))
    made = recommended(occasion=Occasion.ANNUAL, round=annual, starts_on=annual.starts_on)
    actions.moderate(recommendation=made, rank=3, reason="", by=manager, at=NOW)
    client.force_login(director)
    answer = client.post(at("recommendation-decide", made), follow=True)
    assert "told when the round is published" in text_of(answer)
    assert "Not published yet" in text_of(answer)


# Level and why


@pytest.mark.requirement("L-064", "L-251", "K-048")
def test_a_head_reads_support_first_then_level_reason_and_way_on(client, decided, head, adviser, school):
    decided.recommendation.moderation_shared = True
    decided.recommendation.save()
    text = seen(client, head, url("why", school.urn))
    order = [
        "What your school gets",
        "Who to talk to",
        adviser.email,
        "Causing concern (category 4), since",
        "Between ourselves.",
        "To need less support",
        "Two good terms.",
        "What the policy suggests today",
        "disagree formally",
        "How it came about",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.requirement("L-257", "L-251")
def test_a_head_learns_nothing_of_what_is_under_way_or_said_among_officers(
    client, recommended, manager, director, head, school
):
    before = seen(client, head, url("why", school.urn))
    made = recommended()
    actions.moderate(recommendation=made, rank=4, reason="Between ourselves.", by=manager, at=NOW)
    assert seen(client, head, url("why", school.urn)) == before
    decision = actions.decide(recommendation=made, by=director, at=NOW)
    TermReview.objects.create(
        decision=decision,
        school=school,
        year=2026,
        term=1,
        reviewed_on=TODAY,
        is_kept=True,
        note="Watch the roll.",
        recorded_at=NOW,
        recorded_by=manager,
    )
    text = seen(client, head, url("why", school.urn))
    assert "Causing concern (category 4)" in text
    for words in ("Between ourselves.", "Leaders are new.", manager.name + ",", "Watch the roll."):
        assert words not in text
    assert client.get(made.get_absolute_url()).status_code == 404
    Decision.objects.update(published_at=None)
    assert seen(client, head, url("why", school.urn)) == before
    assert "Watch the roll." in seen(client, manager, url("why", school.urn))


def test_staff_read_the_level_in_force_what_is_under_way_and_the_history(
    client, decided, recommended, adviser, manager, school
):
    Decision.objects.update(start_on=TODAY - DAY)
    make.DecisionFactory(school=school, start_on=TODAY + 90 * DAY, rank=2)
    make.DecisionFactory(school=school, start_on=TODAY - 400 * DAY, rank=3)
    make.RecommendationFactory(school=school, recommended_by=manager, moderated_rank=2)
    text = seen(client, adviser, url("why", school.urn))
    for words in (
        "Causing concern (category 4) since",
        "Next: Good or outstanding but vulnerable (category 2) from",
        "Mina Manager recommended 2",
        "recommended 3 by Ada Adviser, moderated 4 by Mina Manager, decided by Hedy Service",
        "Carried over: Records of the year before",
    ):
        assert words in text
    assert "Recommend a category" not in text


def test_a_closed_school_keeps_its_history(client, decided, manager, school):
    School.objects.update(status=SchoolStatus.CLOSED)
    text = seen(client, manager, url("why", school.urn))
    assert "The school is not open" in text
    assert "How it came about" in text


@pytest.mark.requirement("L-098")
def test_the_statement_is_released_from_the_page(client, decided, director, head, school):
    assert "Release the statement to the school" in seen(client, director, url("why", school.urn))
    answer = client.post(at("statement-release", decided), follow=True)
    assert "The statement is released as" in text_of(answer)
    assert "Statement of the category" in seen(client, head, url("why", school.urn))
    Decision.objects.update(published_at=None)
    client.force_login(director)
    answer = client.post(at("statement-release", decided), follow=True)
    assert "before its statement is released" in text_of(answer)


# Disagreeing


@pytest.mark.requirement("L-064")
def test_a_head_disagrees_and_reads_the_answer(client, decided, head, manager, adviser, school):
    client.force_login(head)
    address = at("disagree", decided)
    assert "Somebody who did not recommend it answers you in writing" in text_of(client.get(address))
    assert "Say what you disagree with and why" in text_of(client.post(address, {"text": ""}))
    assert "Say what you disagree with and why" in text_of(client.post(address, {"text": "\x07"}))
    client.post(address, {"text": "Our results rose."})
    assert "has disagreed with this already" in text_of(client.post(address, {"text": "Again."}))
    assert "has disagreed with this already" in text_of(client.get(address, follow=True))
    made = Disagreement.objects.get()
    assert "Not answered yet" in seen(client, head, url("why", school.urn))
    assert "Answer it" not in seen(client, adviser, url("why", school.urn))
    assert "Answer it" in seen(client, manager, url("why", school.urn))
    address = at("disagreement-answer", made)
    assert "Our results rose." in text_of(client.get(address))
    assert ReadLogEntry.objects.filter(kind="disagreement", by=manager).exists()
    assert "Write the answer" in text_of(client.post(address, {"outcome": "stands"}))
    assert "Write the answer" in text_of(client.post(address, {"outcome": "stands", "answer": "\x07"}))
    client.post(address, {"outcome": "stands", "answer": "Attendance has not."})
    assert "Attendance has not." in text_of(client.get(address))
    assert "answered, or it is not for you" in text_of(client.post(address, follow=True))
    text = seen(client, head, url("why", school.urn))
    assert "the level stands" in text
    assert "Attendance has not." in text


def test_whoever_recommended_it_reads_that_another_answers(client, leeds, school, head, manager):
    made = make.RecommendationFactory(school=school, moderated_rank=2, recommended_by=manager)
    decision = make.DecisionFactory(school=school, recommendation=made)
    row = actions.disagree(decision=decision, text="No", by=head, at=NOW)
    assert "so somebody else answers" in seen(client, manager, at("disagreement-answer", row))


def test_an_answer_given_meanwhile_is_not_overwritten(
    client, leeds, school, head, manager, director, monkeypatch
):
    decision = make.DecisionFactory(school=school)
    row = actions.disagree(decision=decision, text="No", by=head, at=NOW)
    actions.answer(disagreement=row, outcome="stands", answer="First.", by=director, at=NOW)
    monkeypatch.setattr(
        "categorisation.views.disagreements.permissions.can_answer", lambda user, disagreement: True
    )
    client.force_login(manager)
    answer = client.post(at("disagreement-answer", row), {"outcome": "stands", "answer": "Second."})
    assert "has been answered" in text_of(answer)
    row.refresh_from_db()
    assert row.answer == "First."


# Tasks, lists, counts


def tasks(user):
    return [(task.text, task.is_own) for task in presenters.decision_tasks(user, TODAY)]


def test_what_waits_waits_for_the_right_person(recommended, adviser, manager, director, head, stranger):
    made = recommended()
    assert tasks(manager) == [("Moderate the recommendation", False)]
    assert tasks(adviser) == tasks(head) == tasks(stranger) == []
    actions.send_back(recommendation=made, reason="Ask", by=manager, at=NOW)
    assert tasks(adviser) == [("Recommend anew: sent back", False)]
    again = recommended(at=NOW + dt.timedelta(minutes=1))
    assert tasks(adviser) == []
    actions.moderate(recommendation=again, rank=3, reason="", by=manager, at=NOW)
    decision = actions.decide(recommendation=again, by=director, at=NOW)
    assert tasks(head) == [("Read what support your school gets", True)]
    row = actions.disagree(decision=decision, text="No", by=head, at=NOW)
    assert tasks(manager) == [("Answer the disagreement", False)]
    actions.answer(disagreement=row, outcome="stands", answer="Yes", by=manager, at=NOW)
    assert ("Read the answer to your disagreement", True) in tasks(head)
    assert presenters.decision_tasks(head, TODAY + 40 * DAY) == []


@pytest.mark.requirement("L-058")
def test_the_level_in_a_sentence_support_first_for_the_school(leeds, school, adviser, head, stranger):
    make.DecisionFactory(school=school, rank=3, start_on=dt.date(2026, 9, 4))
    staff = presenters.level_in_force(adviser, [school], TODAY)[school.pk]
    assert staff.sentence == (
        "At risk (category 3) since 4 September 2026: at least 4 half-days (monitoring visits)."
    )
    own = presenters.supports(head, [school], on=TODAY)[school.pk]
    assert own.summary == (
        "Your school gets at least 4 half-days (monitoring visits), with other support.",
        "That is category 3 (At risk), since 4 September 2026.",
    )
    assert presenters.supports(stranger, [school], on=TODAY) == {}
    Decision.objects.all().delete()
    suggested = presenters.supports(head, [school], on=TODAY)[school.pk]
    assert suggested.held is None
    assert suggested.summary == ("Nothing recorded places the school yet.",)


def test_staff_read_beside_it_what_is_suggested_now_and_that_it_is_provisional(decided, adviser, school):
    make.InspectionFactory(school=school, category="special_measures", started_on=TODAY - DAY)
    summary = presenters.supports(adviser, [school], on=TODAY)[school.pk].summary
    assert summary[-1] == "On what is recorded now, 5 is suggested."
    Decision.objects.update(confirmed_at=None, confirmed_by=None)
    summary = presenters.supports(adviser, [school], on=TODAY)[school.pk].summary
    assert "It is provisional until it is confirmed in the autumn." in summary


def test_lists_show_and_filter_by_the_level_only_where_it_may_be_seen(
    leeds, school, other_school, far_school, adviser, manager, head
):
    make.DecisionFactory(school=school, rank=3)
    make.DecisionFactory(school=other_school, rank=3)
    make.DecisionFactory(school=far_school, rank=3)
    names = presenters.decided_names()
    schools = School.objects.order_by("pk")

    def column(user):
        rows = presenters.with_levels(user, schools, on=TODAY)
        return [presenters.decided_text(row, names) for row in rows]

    assert column(manager) == ["At risk (3)", "At risk (3)", ""]
    assert column(adviser) == ["At risk (3)", "", ""]
    assert column(head) == ["", "", ""]
    assert list(presenters.at_decided_level(adviser, schools, 3, on=TODAY)) == [school]
    assert not presenters.at_decided_level(adviser, schools, None, on=TODAY).exists()
    Decision.objects.filter(school=school).update(published_at=None)
    assert list(presenters.at_decided_level(adviser, schools, None, on=TODAY)) == [school]


def test_ten_cost_as_many_queries_as_one(leeds, authority, manager, count_queries, school):
    def run():
        schools = list(School.objects.filter(authority=authority).select_related("authority"))
        presenters.supports(manager, schools, on=TODAY)
        presenters.decision_tasks(manager, TODAY)
        presenters.level_page(manager, school, TODAY)

    def more(of):
        made = make.RecommendationFactory(school=of, moderated_rank=2)
        make.DecisionFactory(school=of, recommendation=made)
        Recommendation.objects.filter(pk=made.pk).update(status=RecommendationStatus.DECIDED)
        make.RecommendationFactory(school=of)

    more(school)
    run()
    one = count_queries(run)
    for of in make.SchoolFactory.create_batch(9, authority=authority):
        more(of)
    for years in range(1, 9):
        make.DecisionFactory(school=school, start_on=dt.date(2025 - years, 9, 1))
    assert count_queries(run) == one


def test_the_time_line_has_the_levels_the_reader_may_know(leeds, school, head, adviser):
    make.DecisionFactory(school=school, rank=3)
    make.DecisionFactory(school=school, rank=2, start_on=TODAY - DAY, published_at=None)
    make.DecisionFactory(school=school, rank=1, start_on=TODAY + DAY)
    lines = presenters.level_time_line(head, school, TODAY)
    assert [line.text for line in lines] == ["Category 3, At risk, began"]
    assert len(presenters.level_time_line(adviser, school, TODAY)) == 2
