"""A likely inspection and fragile areas raise how often a school is tracked (K-067, K-068, K-258)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from categorisation import presenters
from categorisation.actions import refresh_suggestions
from categorisation.choices import Rating
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import TermReview
from categorisation.rules.tracking import LastInspection, inspection_likely, tracking_for
from schools.models import School
from tests import factories as make

D = dt.date
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
ON = D(2026, 11, 21)

pytestmark = pytest.mark.requirement("K-067", "K-068", "K-258")


@pytest.fixture
def document(leeds, authority):
    return compiled(version_for(authority, TODAY)).document


def test_a_level_has_its_own_rhythm(document):
    tracking = tracking_for(document, 2, on=ON)
    assert (tracking.every, tracking.because) == ("term", ("That is usual for category 2.",))
    assert tracking.text == "Tracked each term"
    assert tracking_for(document, 9, on=ON) is None


def test_early_signs_raise_it(document):
    tracking = tracking_for(document, 1, signs=("Falling roll", "Finance (some concern)"), on=ON)
    assert tracking.every == "half_term"
    assert tracking.because == ("There are early signs: Falling roll; Finance (some concern).",)


def test_nothing_makes_it_rarer(document):
    assert tracking_for(document, 5, signs=("Falling roll",), on=ON).every == "month"


def test_all_reasons_for_the_same_rhythm_are_told(document):
    tracking = tracking_for(
        document, 4, signs=("Falling roll",), last_inspection=LastInspection(D(2019, 3, 1), False), on=ON
    )
    assert tracking.every == "half_term"
    assert len(tracking.because) == 3


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (None, ""),
        (
            LastInspection(D(2023, 7, 31), False),
            "An inspection is likely by July 2027: the last was in July 2023.",
        ),
        (LastInspection(D(2023, 8, 1), False), ""),
        (
            LastInspection(D(2022, 11, 21), False),
            "An inspection is likely at any time: the last was in November 2022, 4 years ago or more.",
        ),
        (
            LastInspection(D(2022, 11, 22), None),
            "An inspection is likely by July 2027: the last was in November 2022.",
        ),
        (
            LastInspection(D(2025, 7, 31), True),
            "An inspection is likely by July 2027: the last was in July 2025.",
        ),
        (LastInspection(D(2025, 8, 1), True), ""),
    ],
)
def test_an_inspection_is_likely_in_the_year_it_falls_due(document, last, words):
    assert inspection_likely(document, last, ON) == words


@pytest.mark.parametrize(
    ("rank", "last", "due"),
    [
        (1, D(2026, 2, 28), D(2027, 2, 28)),
        (2, D(2026, 10, 31), D(2027, 2, 28)),
        (5, D(2026, 12, 31), D(2027, 1, 31)),
    ],
)
def test_the_next_look_is_due_after_that_many_months(document, rank, last, due):
    assert tracking_for(document, rank, on=ON).next_look(last) == due


# Schools


def of(user, school):
    schools = School.objects.filter(pk=school.pk).select_related("authority")
    return presenters.tracked(user, list(schools), TODAY).get(school.pk)


def test_by_the_level_decided_before_the_one_suggested(leeds, school, adviser, run_jobs):
    assert of(adviser, school) is None
    make.RuleConfirmationFactory(school=school)
    run_jobs()
    refresh_suggestions(School.objects.filter(pk=school.pk).select_related("authority"), on=TODAY, now=NOW)
    suggested = of(adviser, school)
    assert suggested.tracking.because[0] == "That is usual for category 3."
    assert suggested.next_look is None
    make.DecisionFactory(school=school, rank=5, start_on=TODAY)
    decided = of(adviser, school)
    assert decided.tracking.every == "month"
    assert decided.last_look == TODAY


def test_concerns_of_services_and_early_signs_make_a_school_fragile(leeds, school, adviser, run_jobs):
    make.DecisionFactory(school=school, rank=1)
    make.ServiceRatingFactory(school=school, rating=Rating.SERIOUS_CONCERN)
    make.ServiceRatingFactory(school=school, key="music", rating=Rating.SOME_CONCERN)
    make.ServiceRatingFactory(school=school, key="buildings", rating=Rating.STRONG)
    make.ServiceRatingFactory(
        school=school, key="human_resources", rating=Rating.SERIOUS_CONCERN, stale_on=TODAY,
        rated_on=TODAY - dt.timedelta(days=1),
    )  # fmt: skip
    make.CircumstanceFactory(school=school, kind="parental_complaints")
    make.CircumstanceFactory(school=school, kind="governance_concern")
    run_jobs()
    refresh_suggestions(School.objects.filter(pk=school.pk).select_related("authority"), on=TODAY, now=NOW)
    (text,) = of(adviser, school).tracking.because
    assert text.startswith("There are early signs: Finance (serious concern); Music (some concern); ")
    assert text.endswith(" more.")
    assert "Human resources" not in text


def test_a_poor_inspection_is_followed_sooner(leeds, school, adviser):
    make.DecisionFactory(school=school, rank=2)
    started = TODAY - dt.timedelta(days=2 * 365 + 10)
    make.InspectionFactory(school=school, overall_grade="2", started_on=started)
    assert of(adviser, school).tracking.every == "term"
    school.inspections.update(overall_grade="3")
    assert of(adviser, school).tracking.every == "half_term"
    school.inspections.update(overall_grade="")
    assert of(adviser, school).tracking.every == "term"


def test_a_review_or_a_note_counts_as_a_look(leeds, school, adviser):
    decision = make.DecisionFactory(school=school, rank=2, start_on=D(2025, 9, 1))
    TermReview.objects.create(
        decision=decision, school=school, year=2025, term=2, reviewed_on=D(2026, 2, 3), is_kept=True,
        recorded_at=NOW, recorded_by=adviser,
    )  # fmt: skip
    assert of(adviser, school).last_look == D(2026, 2, 3)
    make.SuggestionChangeFactory(school=school, noted_at=NOW, noted_by=adviser, response="Seen.")
    assert of(adviser, school).last_look == TODAY


def test_it_is_for_the_authoritys_staff_and_open_schools(leeds, school, adviser, head):
    make.DecisionFactory(school=school, rank=2)
    assert of(head, school) is None
    School.objects.filter(pk=school.pk).update(status=2)
    assert of(adviser, school) is None


def test_without_a_policy_nothing_is_tracked(school, adviser):
    assert of(adviser, school) is None


def test_pages_of_the_school_say_it_to_staff(client, leeds, school, adviser, head):
    make.DecisionFactory(school=school, rank=2)
    for address in (
        reverse("workspace:school", args=[school.urn]),
        reverse("categorisation:why", args=[school.urn]),
    ):
        client.force_login(adviser)
        assert "Tracked each term." in client.get(address).content.decode()
        client.force_login(head)
        assert "Tracked each" not in client.get(address).content.decode()


def test_a_look_due_is_among_the_advisers_tasks(leeds, school, other_school, adviser, manager, authority):
    make.DecisionFactory(school=school, rank=5, start_on=TODAY - dt.timedelta(days=40))
    make.DecisionFactory(school=other_school, rank=5, start_on=TODAY - dt.timedelta(days=40))
    (task,) = presenters.look_tasks(adviser, TODAY)
    assert (task.school, task.is_often) == (school, True)
    assert task.due_on < TODAY
    assert presenters.look_tasks(manager, TODAY) == []  # assigned to none
    assert presenters.look_tasks(make.UserFactory(grants=[(Role.DIRECTOR, authority)]), TODAY) == []


def test_looks_due_are_one_line_that_leads_to_exactly_their_schools(leeds, school, adviser, client):
    other = make.SchoolFactory(authority=school.authority, name="Zetland Primary School")
    make.SchoolFactory(authority=school.authority, name="Not Due Primary School")
    make.OfficerAssignmentFactory(school=other, user=adviser)
    for one in (school, other):
        make.DecisionFactory(school=one, rank=5, start_on=TODAY - dt.timedelta(days=40))
    (line,) = presenters.looks_together(presenters.look_tasks(adviser, TODAY), TODAY)
    assert line.text == "Look again at the categories of 2 schools tracked more often"
    client.force_login(adviser)
    home = client.get("/").content.decode()
    assert home.count("Look again at the categor") == 1
    page = client.get(line.href).content.decode()
    assert "Here are the schools due for another look." in page
    assert f"row-{school.urn}" in page
    assert f"row-{other.urn}" in page
    assert "Not Due" not in page
    client.post(
        line.href, {"row": str(school.urn), f"choice-{school.urn}": "keep", f"revision-{school.urn}": "0"}
    )
    (look,) = presenters.look_tasks(adviser, TODAY)
    assert look.school == other


def test_a_look_due_at_a_level_tracked_each_term_is_not_called_more_often(leeds, school, adviser):
    make.DecisionFactory(school=school, rank=2, start_on=TODAY - dt.timedelta(days=150))
    (line,) = presenters.looks_together(presenters.look_tasks(adviser, TODAY), TODAY)
    assert line.text == "Look again at the categories of 1 school"


def test_the_school_page_counts_a_visit_and_names_a_look_that_is_due(client, leeds, school, adviser):
    make.DecisionFactory(school=school, rank=5, start_on=TODAY - dt.timedelta(days=40))
    client.force_login(adviser)
    page = reverse("workspace:school", args=[school.urn])
    assert "Look again at the category" in client.get(page).content.decode()
    make.NoteFactory(visit__school=school, visit__adviser=adviser, visit__took_place_on=TODAY)
    assert "Look again at the category" not in client.get(page).content.decode()


def test_a_visit_is_a_look(leeds, school, adviser):
    make.DecisionFactory(school=school, rank=5, start_on=TODAY - dt.timedelta(days=40))
    assert presenters.look_tasks(adviser, TODAY, visited={school.pk: TODAY}) == []
    (task,) = presenters.look_tasks(adviser, TODAY, visited={school.pk: make.LONG_AGO})
    assert task.due_on < TODAY


def test_a_look_due_later_waits(leeds, school, adviser):
    make.DecisionFactory(school=school, rank=1, start_on=TODAY)
    assert presenters.look_tasks(adviser, TODAY) == []


def test_ten_schools_cost_as_many_queries_as_one(leeds, school, authority, manager, count_queries):
    def all_of_them():
        return presenters.tracked(
            manager, list(School.objects.filter(authority=authority).select_related("authority")), TODAY
        )

    def fill(one):
        make.DecisionFactory(school=one)
        make.InspectionFactory(school=one)
        make.ServiceRatingFactory(school=one, rating=Rating.SOME_CONCERN)

    fill(school)
    all_of_them()
    one = count_queries(all_of_them)
    for another in make.SchoolFactory.create_batch(9, authority=authority):
        fill(another)
    assert count_queries(all_of_them) == one
    assert len(all_of_them()) == 10
