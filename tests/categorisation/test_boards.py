"""Boards and rounds as people see them: whose schools, which numbers, what is in the files."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ReadLogEntry
from categorisation import actions
from categorisation.actions import refresh_suggestions
from categorisation.choices import Occasion, RoundStatus
from categorisation.models import Decision, Round
from categorisation.presenters import boards, round_tasks, rounds
from categorisation.presenters.round_tasks import confirmed_by, due_on
from jobs.models import Job
from schools.models import School
from tests import factories as make
from ui.forms import date_parts

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def head_of_service(authority):
    return make.UserFactory(name="Hugo Head of Service", grants=[(Role.HEAD_OF_SERVICE, authority)])


@pytest.fixture
def annual(leeds, authority):
    return make.RoundFactory(authority=authority)


@pytest.fixture
def suggested(leeds, school, other_school):
    """`school` is suggested 2 and could be more, `other_school` is suggested 1."""
    make.InspectionFactory(school=school, overall_grade="3")
    make.InspectionFactory(school=other_school, overall_grade="2")
    refresh_suggestions(School.objects.select_related("authority"), on=TODAY, now=NOW)


@pytest.fixture
def see(client):
    def get(user, name, *arguments, query="", status=200):
        client.force_login(user)
        response = client.get(reverse(f"categorisation:{name}", args=arguments) + query)
        assert response.status_code == status
        return response.getvalue().decode() if response.streaming else response.content.decode()

    return get


def names(text):
    return re.findall(r'role="rowheader"[^>]*><a[^>]*>([^<]+)</a>', text)


# Whose schools


@pytest.mark.requirement("L-271", "K-048")
def test_an_adviser_sees_their_schools_and_a_leader_all_in_scope(
    see, annual, adviser, manager, school, other_school
):
    assert names(see(adviser, "round-board", annual.public_id)) == ["St Anne&#x27;s Primary School"]
    text = see(manager, "round-board", annual.public_id)
    assert len(names(text)) == 2
    assert "2 schools wait for a recommendation" in text
    assert reverse("categorisation:recommend", args=[other_school.urn]) in text


def test_a_leader_of_a_phase_or_an_area_sees_that_part(see, annual, authority, school, other_school):
    area = make.AreaFactory(authority=authority)
    School.objects.filter(pk=other_school.pk).update(area=area)
    secondary = make.SchoolFactory(authority=authority, phase=4, name="Upper School")
    of_area, of_phase = make.UserFactory(), make.UserFactory()
    make.RoleGrantFactory(user=of_area, role=Role.AREA_MANAGER, authority=authority, area=area)
    make.RoleGrantFactory(user=of_phase, role=Role.HEAD_OF_SERVICE, authority=authority, phase="11-19")
    assert names(see(of_area, "round-board", annual.public_id)) == [other_school.name]
    assert names(see(of_phase, "round-board", annual.public_id)) == [secondary.name]


def test_a_round_of_another_authority_is_not_there(see, annual, far_authority):
    far = make.UserFactory(grants=[(Role.HEAD_OF_SERVICE, far_authority)])
    for name in ("round-detail", "round-board", "round-overrides", "round-publish", "round-confirm"):
        see(far, name, annual.public_id, status=404)


def test_people_at_schools_have_no_rounds(see, annual, head):
    for name in ("round-detail", "round-board"):
        see(head, name, annual.public_id, status=403)
    see(head, "round-list", status=403)


def test_looking_at_a_board_is_logged_with_its_schools(see, annual, manager, school):
    see(manager, "round-board", annual.public_id)
    entry = ReadLogEntry.objects.get()
    assert (entry.kind, entry.identifiers) == ("recommendation", [f"recommendation:{school.urn}"])


# Numbers and rows


@pytest.fixture
def varied(annual, suggested, authority, school, other_school, adviser, manager):
    """One of each: schools not recommended, above and below the suggestion, moderated otherwise, confirmed, sent back."""

    def one(name, **given):
        made = make.SchoolFactory(authority=authority, name=name)
        given.setdefault("recommended_by", adviser)
        return make.RecommendationFactory(round=annual, school=made, **given)

    one("Above", suggested=2, rank=3)
    one("Below", suggested=3, rank=2)
    one("Moderated above", suggested=2, moderated_rank=4)
    one("Moderated below", suggested=3, moderated_rank=2, recommended_by=manager)
    decided = one("Decided", moderated_rank=2, status="decided")
    make.DecisionFactory(
        school=decided.school, recommendation=decided, round=annual, start_on=annual.starts_on
    )
    sure = one("Sure", moderated_rank=2, status="decided")
    make.DecisionFactory(
        school=sure.school, recommendation=sure, round=annual, start_on=annual.starts_on,
        confirmed_at=NOW, confirmed_by=manager,
    )  # fmt: skip
    one("Sent back", status="returned", ended_at=NOW, ended_by=manager, ended_reason="Ask the governors")
    return annual


@pytest.mark.requirement("L-060")
def test_every_number_on_the_board_equals_the_rows_behind_it(see, varied, manager):
    text = see(manager, "round-board", varied.public_id)
    rows = boards.board(manager, varied, on=TODAY)
    tallies = boards.tallies(rows, varied)
    assert {tally.text: tally.count for tally in tallies if "facts" not in tally.text.lower()} == {
        "All schools": 9,
        "Not recommended yet": 3,
        "Waiting for moderation": 2,
        "Moderated, not published": 2,
        "Decided, to be confirmed": 1,
        "Confirmed": 1,
        "Any disagreement": 4,
        "Suggestion changed since the recommendation": 6,
        "No validated self-evaluation": 9,
    }
    for tally in tallies:
        shown = see(
            manager,
            "round-board",
            varied.public_id,
            query=tally.href.partition("?")[2] and "?" + tally.href.partition("?")[2],
        )
        assert len(names(shown)) == tally.count, tally.text
        assert (f"{tally.text}: {tally.count}" if tally.count else f"{tally.text}: none") in text
    assert "Sent back to the adviser" in text
    assert "Moderated above the recommendation" in text


@pytest.mark.parametrize("key", list(boards.DIRECTIONS))
def test_departures_are_counted_by_who_recommended_and_open_their_rows(see, varied, head_of_service, key):
    found = rounds.overrides(head_of_service, varied, on=TODAY)
    text = see(head_of_service, "round-overrides", varied.public_id)
    for line in found:
        query = f"?recommender={line.user.pk}&differs={key}"
        shown = see(head_of_service, "round-board", varied.public_id, query=query)
        assert len(names(shown)) == line.of(key)
        assert (query.replace("&", "&amp;") in text) is bool(line.of(key))
    assert sum(line.of(key) for line in found) == 1


def test_departures_come_as_a_file_and_are_not_an_advisers_to_see(
    see, varied, head_of_service, adviser, annual
):
    rows = list(
        csv.DictReader(
            io.StringIO(
                see(head_of_service, "round-overrides", varied.public_id, query="?export=csv").removeprefix(
                    "\ufeff"
                )
            )
        )
    )
    assert [row["Schools"] for row in rows] == ["5", "1"]
    see(adviser, "round-overrides", varied.public_id, status=403)


def test_nothing_recommended_is_no_table_of_departures(see, annual, head_of_service):
    assert "Nothing has been recommended yet" in see(head_of_service, "round-overrides", annual.public_id)


def test_the_file_of_a_board_holds_what_is_shown_and_why(see, varied, manager, school, suggested):
    text = see(manager, "round-board", varied.public_id, query="?differs=any&export=csv")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["School"] for row in rows] == ["Above", "Below", "Moderated above", "Moderated below"]
    assert rows[0]["Differences"].startswith("Recommended above the suggestion of 2")
    assert "What was seen at the visit." in rows[0]["Why this category"]
    assert "The whole authority considered." in rows[2]["Why this category"]
    everything = see(manager, "round-board", varied.public_id, query="?export=csv")
    assert "St Anne's Primary School" in everything


def test_the_why_of_a_row_opens_in_place_with_reasons(see, varied, manager):
    text = see(manager, "round-board", varied.public_id)
    assert "<details" in text
    assert "Recommended 3</strong> by Ada Adviser" in text
    assert "Headteacher: consulted on 12 May 2026" in text
    assert "Ask the governors" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?stage=ruined", 9), ("?differs=%00", 9), ("?missing=everything", 9), ("?adviser=999999", 9),
        ("?recommender=abc", 9), ("?missing=recommendation", 3), ("?sort=recommended", 9), ("?sort=-stage", 9),
        ("?q=above", 2), ("?phase=4", 0),
    ],
)  # fmt: skip
def test_the_board_is_narrowed_or_left_as_it_is(see, varied, manager, query, found):
    assert len(names(see(manager, "round-board", varied.public_id, query=query))) == found


def test_the_board_is_narrowed_to_an_advisers_schools(see, varied, manager, adviser, school):
    assert names(see(manager, "round-board", varied.public_id, query=f"?adviser={adviser.pk}")) == [
        "St Anne&#x27;s Primary School"
    ]


def test_a_board_of_ten_costs_what_one_does(
    see, annual, suggested, authority, manager, adviser, count_queries
):
    def look():
        see(manager, "round-board", annual.public_id)

    first = make.RecommendationFactory(
        round=annual, school=School.objects.first(), recommended_by=adviser, moderated_rank=3
    )
    look()
    one = count_queries(look)
    for _ in range(10):
        school = make.SchoolFactory(authority=authority)
        make.OfficerAssignmentFactory(school=school)
        make.RecommendationFactory(round=annual, school=school, moderated_rank=4)
    refresh_suggestions(School.objects.select_related("authority"), on=TODAY, now=NOW)
    assert count_queries(look) == one
    assert first.round == annual


# The round's own pages


def test_the_levels_page_names_what_is_there_and_what_is_not(see, leeds, authority, head_of_service, adviser):
    text = see(head_of_service, "round-list")
    assert "No round has been opened yet" in text
    assert "names no months for this" in text
    make.RoundFactory(authority=authority)
    text = see(adviser, "round-list")
    assert "Categories for 2026-27" in text
    assert "Schools at risk" not in text
    assert "Open a round" not in text


def test_several_authorities_stand_apart(see, leeds, authority, far_authority):
    both = make.UserFactory(grants=[(Role.HEAD_OF_SERVICE, authority), (Role.HEAD_OF_SERVICE, far_authority)])
    text = see(both, "round-list")
    assert authority.name in text
    assert far_authority.name in text


def test_a_round_is_opened_with_its_day_and_refused_in_words(client, leeds, authority, head_of_service):
    client.force_login(head_of_service)
    page = reverse("categorisation:round-open", args=[authority.code])
    assert 'value="2026"' in client.get(page).content.decode()
    given = date_parts("starts_on", dt.date(2026, 9, 1))
    response = client.post(page, given)
    opened = Round.objects.get()
    assert response["Location"] == opened.get_absolute_url()
    again = client.post(page, given).content.decode()
    assert "The round for 2026-27 is open already" in again
    assert 'value="2027"' in client.get(page).content.decode()


def test_an_authority_without_a_policy_is_told_what_comes_first(see, authority, head_of_service):
    assert "has not chosen a policy yet" in see(head_of_service, "round-open", authority.code)


def test_publishing_says_what_it_will_do_and_does_it(client, see, varied, head_of_service):
    text = see(head_of_service, "round-publish", varied.public_id)
    assert "2 schools get their category" in text
    assert "5 schools</strong> are not moderated yet" in text
    client.post(reverse("categorisation:round-publish", args=[varied.public_id]))
    assert Job.objects.filter(kind="categorisation.publish_round").count() == 1
    text = see(head_of_service, "round-detail", varied.public_id)
    assert "Publishing levels" in text  # its progress


def test_publishing_nothing_is_said_so(client, see, annual, head_of_service):
    assert "No moderated recommendation awaits" in see(head_of_service, "round-publish", annual.public_id)
    page = reverse("categorisation:round-publish", args=[annual.public_id])
    assert "awaits publication" in client.post(page, follow=True).content.decode()


@pytest.fixture
def provisional(leeds, authority, suggested, school, other_school):
    annual = make.RoundFactory(authority=authority, status=RoundStatus.PROVISIONAL)
    for one in (school, other_school):
        made = make.RecommendationFactory(round=annual, school=one, moderated_rank=2, status="decided")
        make.DecisionFactory(school=one, recommendation=made, round=annual, start_on=annual.starts_on, rank=2)
    return annual


@pytest.mark.requirement("L-099", "X-38")
def test_levels_are_confirmed_as_ticked_then_the_round(client, see, provisional, head_of_service, run_jobs):
    text = see(head_of_service, "round-confirm", provisional.public_id)
    assert "(1 suggested now)" in text
    page = reverse("categorisation:round-confirm", args=[provisional.public_id])
    assert "Select the schools to confirm" in client.post(page).content.decode()
    ids = [one.public_id for one in Decision.objects.all()]
    assert client.post(page, {"decisions": ids}).status_code == 302
    run_jobs()
    assert not Decision.objects.filter(confirmed_at__isnull=True).exists()
    assert "Nothing is left that you can confirm" in see(
        head_of_service, "round-confirm", provisional.public_id
    )
    assert "Confirm the round" in see(head_of_service, "round-detail", provisional.public_id)
    close = reverse("categorisation:round-close", args=[provisional.public_id])
    assert "The round is confirmed" in client.post(close, follow=True).content.decode()
    assert "Only a round published" in client.post(close, follow=True).content.decode()


@pytest.mark.requirement("L-099")
def test_what_keeps_a_level_from_being_confirmed_is_said(
    client, see, provisional, school, other_school, head, head_of_service, authority
):
    make.RecommendationFactory(
        round=provisional, school=other_school, occasion=Occasion.AUTUMN, starts_on=dt.date(2026, 11, 30)
    )
    actions.disagree(
        decision=Decision.objects.get(school=school), text="We see it otherwise", by=head, at=NOW
    )
    late = make.RecommendationFactory(
        round=provisional, school=make.SchoolFactory(authority=authority), moderated_rank=2, status="decided"
    )
    make.DecisionFactory(school=late.school, recommendation=late, round=provisional, published_at=None)
    text = see(head_of_service, "round-confirm", provisional.public_id)
    assert "another recommendation (2) is under way" in text
    assert "the school disagrees, and has no answer yet" in text
    assert "not published yet" in text
    page = reverse("categorisation:round-confirm", args=[provisional.public_id])
    forced = client.post(page, {"decisions": [Decision.objects.first().public_id]}).content.decode()
    assert "There is a problem" in forced
    assert not Job.objects.filter(kind="categorisation.confirm_levels").exists()


def test_a_confirmation_overtaken_is_refused_at_the_top(client, provisional, head_of_service, monkeypatch):
    from categorisation.workflow import NotPossible

    def overtaken(**given):
        raise NotPossible("None of these can be confirmed.")

    monkeypatch.setattr(actions, "confirm_levels", overtaken)
    client.force_login(head_of_service)
    page = reverse("categorisation:round-confirm", args=[provisional.public_id])
    ids = [one.public_id for one in Decision.objects.all()]
    assert "None of these can be confirmed" in client.post(page, {"decisions": ids}).content.decode()


def test_an_open_round_has_nothing_to_confirm(see, annual, head_of_service):
    assert "Nothing is published yet" in see(head_of_service, "round-confirm", annual.public_id)


# What waits


@pytest.mark.requirement("L-058", "L-271")
def test_home_names_what_waits_in_a_round(varied, adviser, manager, head_of_service, head, school, client):
    (task,) = round_tasks(adviser, TODAY)
    assert (task.text, task.href.partition("?")[2]) == (
        "Recommend a category for 1 school", f"stage=none&adviser={adviser.pk}",
    )  # fmt: skip
    assert [task.text for task in round_tasks(manager, TODAY)] == ["Moderate 2 recommendations"]
    assert [task.text for task in round_tasks(head_of_service, TODAY)] == [
        "Moderate 2 recommendations",
        "Publish the categories of 2 schools",
        "Confirm the categories of 1 school, or change them",
    ]
    assert round_tasks(head, TODAY) == []
    client.force_login(adviser)
    assert "Recommend a category for 1 school" in client.get("/").content.decode()


def test_a_round_is_due_by_the_months_of_its_policy(leeds, authority):
    early = dt.datetime(2026, 5, 5, tzinfo=dt.UTC)
    annual = make.RoundFactory(authority=authority, opened_at=early)
    assert due_on(annual) == dt.date(2026, 7, 31)
    assert confirmed_by(annual) == dt.date(2026, 12, 31)
    annual.opened_at = dt.datetime(2026, 7, 31, 23, 30, tzinfo=dt.UTC)  # half past midnight here
    assert due_on(annual) == dt.date(2026, 12, 31)
    annual.opened_at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert due_on(annual) == dt.date(2026, 12, 31)
    annual.version.document["decisions"] = {"provisional_months": [10], "confirmed_months": [1]}
    annual.opened_at = early
    assert due_on(annual) == confirmed_by(annual) == dt.date(2027, 1, 31)
    annual.version.document["decisions"] = {}
    assert due_on(annual) == dt.date(2026, 12, 31)


def test_the_next_round_is_proposed_for_the_first_year_without_one(leeds, authority):
    on = dt.date(2026, 11, 21)
    assert rounds.next_start(authority, on, 9) == dt.date(2026, 9, 1)
    make.RoundFactory(authority=authority)
    assert rounds.next_start(authority, on, 9) == dt.date(2027, 9, 1)
    assert rounds.next_start(authority, on, 1) == dt.date(2028, 1, 1)
