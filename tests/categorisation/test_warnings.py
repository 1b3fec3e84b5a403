"""A suggestion that new facts changed is noticed the same day, by those concerned and nobody else."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission, Role
from accounts.models import ChangeLogEntry, ReadLogEntry
from categorisation import presenters
from categorisation.actions import choose_framework, refresh_suggestions, take_note, tell_of_warnings
from categorisation.models import Suggestion, SuggestionChange
from categorisation.workflow import NotPossible
from jobs.models import OutboxMessage
from schools.actions import record_circumstance
from schools.choices import Audience, OfficerRole
from schools.models import School
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)

pytestmark = pytest.mark.requirement("L-102", "L-103")


@pytest.fixture
def settled(leeds, school, run_jobs):
    """The school is suggested something already: what comes now is a change."""
    run_jobs()
    return school


def refresh(school, on=TODAY):
    refresh_suggestions(School.objects.filter(pk=school.pk).select_related("authority"), on=on, now=NOW)


def fail(school):
    return make.InspectionFactory(school=school, category="special_measures", overall_grade="4")


def change_of(school):
    return SuggestionChange.objects.get(school=school, noted_at=None)


def test_a_failed_inspection_is_noticed_with_the_rules_it_changed(settled):
    before = Suggestion.objects.get(school=settled)
    fail(settled)
    refresh(settled)
    change = change_of(settled)
    assert (change.before, change.after, change.noticed_on) == (before.on_record, 5, TODAY)
    assert {"key": "category_5_inspection", "before": "not_known", "after": "met"}["after"] in {
        rule["after"] for rule in change.rules
    }


def test_a_first_suggestion_is_no_warning(settled):
    assert not SuggestionChange.objects.exists()


def test_another_policy_is_no_warning(settled, authority):
    choose_framework(authority=authority, slug="leicester-2007", start_on=TODAY, by=None, now=NOW)
    refresh(settled)
    assert Suggestion.objects.get(school=settled).version.slug == "leicester-2007"
    assert not SuggestionChange.objects.exists()


def test_working_out_again_writes_one_warning_and_no_more(settled):
    fail(settled)
    for _ in range(2):
        refresh(settled)
    assert SuggestionChange.objects.count() == 1


def test_a_change_back_takes_the_warning_back(settled):
    inspection = fail(settled)
    refresh(settled)
    inspection.delete()
    refresh(settled)
    assert not SuggestionChange.objects.exists()


def test_a_further_change_is_told_with_the_first(settled):
    before = Suggestion.objects.get(school=settled).on_record
    make.InspectionFactory(school=settled, overall_grade="3", started_on=dt.date(2024, 5, 1))
    refresh(settled)
    first = change_of(settled)
    make.InspectionFactory(
        school=settled, category="special_measures", overall_grade="4", started_on=dt.date(2025, 5, 1)
    )
    refresh(settled)
    change = change_of(settled)
    assert (change.pk, change.before, change.after) == (first.pk, before, 5)


def test_a_warning_noted_stands_and_the_next_change_is_another(settled, adviser):
    inspection = fail(settled)
    refresh(settled)
    take_note(change=change_of(settled), response="We visit on Monday.", by=adviser, at=NOW)
    inspection.delete()
    refresh(settled)
    assert SuggestionChange.objects.count() == 2
    assert change_of(settled).before == 5


def test_under_another_policy_a_new_change_takes_the_place_of_the_old_one(settled, authority):
    old = make.SuggestionChangeFactory(school=settled)
    choose_framework(authority=authority, slug="leicester-2007", start_on=TODAY, by=None, now=NOW)
    refresh(settled)
    fail(settled)
    refresh(settled)
    assert change_of(settled).version.slug == "leicester-2007"
    assert change_of(settled).pk != old.pk


def test_an_answer_gone_stale_is_a_reminder_and_no_warning(leeds, settled):
    for key in [
        item["key"] for item in Suggestion.objects.get(school=settled).version.document["circumstances"]
    ]:
        make.CircumstanceReturnFactory(school=settled, kind=key)
    refresh(settled)
    known = Suggestion.objects.get(school=settled).high
    refresh(settled, on=TODAY + dt.timedelta(days=121))
    assert Suggestion.objects.get(school=settled).high >= known
    assert not SuggestionChange.objects.exists()


def test_ten_warnings_cost_as_many_queries_as_one(settled, authority, count_queries):
    others = make.SchoolFactory.create_batch(10, authority=authority)
    schools = School.objects.filter(authority=authority).select_related("authority")
    refresh_suggestions(schools, on=TODAY, now=NOW)
    fail(settled)
    one = count_queries(lambda: refresh_suggestions(schools, on=TODAY, now=NOW))
    for school in others:
        fail(school)
    eleven = count_queries(lambda: refresh_suggestions(schools, on=TODAY, now=NOW))
    assert SuggestionChange.objects.count() == 11
    assert one >= eleven - 1  # the second time the first school's warning is looked at as well


# The same day


def test_what_is_recorded_in_the_morning_is_among_the_advisers_tasks_at_noon(
    settled, adviser, manager, head, run_jobs
):
    record_circumstance(
        school=settled, kind="at_risk_of_ri", audience=Audience.AUTHORITY, source="Visit",
        start_on=TODAY, by=manager, at=NOW,
    )  # fmt: skip
    run_jobs()
    assert [task.school for task in presenters.warning_tasks(adviser, TODAY)] == [settled]
    assert [task.school for task in presenters.warning_tasks(manager, TODAY)] == [settled]
    assert presenters.warning_tasks(head, TODAY) == []


def test_beyond_three_the_rest_is_one_line(authority, manager, frameworks):
    for rise in range(5):
        make.SuggestionChangeFactory(school__authority=authority, before=1, after=1 + rise, after_high=5)
    tasks = presenters.warning_tasks(manager, TODAY)
    assert [task.text for task in tasks] == [
        "Read an early warning: 5 suggested, was 1",
        "Read an early warning: 4 suggested, was 1",
        "Read an early warning: 3 suggested, was 1",
        "Read 2 more early warnings",
    ]
    assert tasks[-1].school is None


def test_tasks_say_what_is_not_placed_and_what_is_only_possible(authority, manager, frameworks):
    make.SuggestionChangeFactory(school__authority=authority, before=None, after=2, after_high=4)
    make.SuggestionChangeFactory(school__authority=authority, before=2, after=None)
    make.SuggestionChangeFactory(school__authority=authority, before=2, before_high=3, after=2, after_high=4)
    make.SuggestionChangeFactory(school__authority=authority, before=4, after=1)
    assert {task.text for task in presenters.warning_tasks(manager, TODAY)} == {
        "Read an early warning: 2 suggested, was not placed",
        "Read an early warning: could now be 4",
        "Read an early warning: not placed suggested, was 2",
        "Read 1 more early warning",
    }


def test_officers_hear_of_it_by_a_message_that_names_nothing(settled, adviser, manager, authority, run_jobs):
    make.OfficerAssignmentFactory(school=settled, user=manager, role=OfficerRole.AREA_MANAGER)
    # An external adviser sees no level, so there is nothing to tell
    external = make.UserFactory(grants=[(Role.EXTERNAL_ADVISER, authority)])
    elsewhere = make.SchoolFactory(authority=authority)
    make.OfficerAssignmentFactory(school=elsewhere, user=external)
    refresh(elsewhere)
    fail(elsewhere)
    fail(settled)
    refresh(settled)
    refresh(elsewhere)
    run_jobs()
    messages = OutboxMessage.objects.all()
    assert {message.to for message in messages} == {adviser.email, manager.email}
    for message in messages:
        said = message.subject + message.body
        assert settled.name not in said
        assert str(settled.urn) not in said
        assert "/early-warnings/" in said


def test_nobody_hears_twice_a_day(settled, adviser, authority):
    make.SuggestionChangeFactory(school=settled)
    for _ in range(2):
        assert tell_of_warnings(authority=authority, on=TODAY, now=NOW) == 1
    assert OutboxMessage.objects.count() == 1


# Taking note


def test_taking_note_is_logged_and_ends_the_task(settled, adviser):
    change = make.SuggestionChangeFactory(school=settled)
    for _ in range(2):
        take_note(change=change, response="We visit on Monday.", by=adviser, at=NOW)
    change.refresh_from_db()
    assert (change.noted_by, change.response) == (adviser, "We visit on Monday.")
    assert ChangeLogEntry.objects.filter(action="categorisation.take_note").count() == 1
    assert presenters.warning_tasks(adviser, TODAY) == []


def test_note_is_taken_once_with_words_and_by_those_who_may(settled, adviser, manager, head):
    change = make.SuggestionChangeFactory(school=settled)
    with pytest.raises(ValidationError, match="Say what you make of it"):
        take_note(change=change, response=" ", by=adviser, at=NOW)
    with pytest.raises(PermissionDenied):
        take_note(change=change, response="Mine", by=head, at=NOW)
    take_note(change=change, response="First", by=adviser, at=NOW)
    with pytest.raises(NotPossible, match="already"):
        take_note(change=change, response="Second", by=manager, at=NOW)


# Pages


def detail(change):
    return reverse("categorisation:warning-detail", args=[change.school.urn, change.public_id])


def test_the_page_says_what_changed_and_takes_note(client, settled, adviser):
    make.DecisionFactory(school=settled, rank=2)
    fail(settled)
    refresh(settled)
    change = change_of(settled)
    client.force_login(adviser)
    page = client.get(detail(change)).content.decode()
    assert "New facts suggest category 5" in page
    assert "Suggested 5, decided 2." in page
    assert "special measures" in page.lower()
    assert "Say what you make of it" in client.post(detail(change), {"response": ""}).content.decode()
    page = client.post(detail(change), {"response": "We visit on Monday."}, follow=True).content.decode()
    assert "We visit on Monday." in page
    assert f"{adviser.name} took note of it" in page
    assert "<textarea" not in page


def test_whoever_is_second_keeps_their_words_and_reads_the_first(client, settled, adviser, manager):
    change = make.SuggestionChangeFactory(school=settled)
    take_note(change=change, response="First words", by=adviser, at=NOW)
    client.force_login(manager)
    page = client.post(detail(change), {"response": "Second words"}).content.decode()
    assert "already" in page
    assert "First words" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"before": None, "after": 3}, "New facts suggest category 3; before, it was none."),
        ({"before": 3, "after": None}, "New facts suggest no category; before, it was 3."),
        ({"after": 2, "after_high": 5}, "New facts could lead to category 5; before, 4 was the most."),
        ({"after": 2, "after_high": 4}, "how far moderation may go"),
    ],
)
def test_every_kind_of_change_has_its_words(client, settled, adviser, values, words):
    change = make.SuggestionChangeFactory(school=settled, **values)
    client.force_login(adviser)
    page = client.get(detail(change)).content.decode()
    assert words in page
    assert "No category has been decided yet." in page
    assert "No rule changed its answer" in page


def test_a_leader_reads_and_does_not_take_note(client, settled, authority):
    change = make.SuggestionChangeFactory(school=settled)
    client.force_login(make.UserFactory(grants=[(Role.DIRECTOR, authority)]))
    page = client.get(detail(change)).content.decode()
    assert "<textarea" not in page
    assert "The school’s adviser or a manager takes note of it." in page


def test_the_list_shows_open_ones_with_the_level_decided_and_exports_them(
    client, settled, other_school, far_school, manager
):
    make.DecisionFactory(school=settled, rank=3)
    rules = [
        {"key": "a6_floor", "before": "not_met", "after": "met"},
        {"key": "a6_roll", "before": "met", "after": "not_met"},
        {"key": "a6_staffing", "before": "met", "after": "not_known"},
    ]
    change = make.SuggestionChangeFactory(school=settled, rules=rules)
    noted = make.SuggestionChangeFactory(school=other_school)
    take_note(change=noted, response="Seen.", by=manager, at=NOW)
    far = make.SuggestionChangeFactory(school=far_school)
    client.force_login(manager)
    address = reverse("categorisation:warning-list")

    page = client.get(address).content.decode()
    assert "4, could be 5" in page
    assert "Now so:" in page
    assert "No longer so:" in page
    assert "Not known any more:" in page
    assert other_school.name not in page
    assert far_school.name not in page
    export = b"".join(client.get(address + "?export=csv").streaming_content).decode()
    assert str(settled.urn) in export
    assert str(far.school.urn) not in export
    shown = {one for entry in ReadLogEntry.objects.all() for one in entry.identifiers}
    assert shown == {f"early_warning:{change.public_id}"}


def test_the_list_is_narrowed(client, settled, other_school, adviser, manager, authority):
    area = make.AreaFactory(authority=authority)
    School.objects.filter(pk=other_school.pk).update(area=area)
    make.DecisionFactory(school=settled, rank=4)
    make.SuggestionChangeFactory(school=settled, after=4)
    make.DecisionFactory(school=other_school, rank=2)
    make.SuggestionChangeFactory(school=other_school, before=3, after=1)
    same = make.SuggestionChangeFactory(school__authority=authority, after=2)
    noted = make.SuggestionChangeFactory(school__authority=authority)
    take_note(change=noted, response="Seen.", by=manager, at=NOW)
    client.force_login(manager)

    def found(query):
        page = client.get(f"{reverse('categorisation:warning-list')}?{query}").context["list"]
        return {row.school for row in page.objects}

    assert found("way=up") == {settled}
    assert found("way=down") == {other_school}
    assert found("way=range") == {same.school}
    assert found("decided=differs") == {other_school}
    assert found(f"area={area.pk}") == {other_school}
    assert found(f"adviser={adviser.pk}") == {settled}
    assert found("state=noted") == {noted.school}
    assert found("state=all") == {settled, other_school, same.school, noted.school}


def test_the_list_costs_the_same_for_ten_as_for_one(client, authority, manager, frameworks, count_queries):
    client.force_login(manager)
    address = reverse("categorisation:warning-list")
    make.SuggestionChangeFactory(school__authority=authority)
    client.get(address)
    one = count_queries(lambda: client.get(address))
    for _ in range(9):
        make.SuggestionChangeFactory(school__authority=authority)
    assert count_queries(lambda: client.get(address)) == one


def test_people_at_the_school_learn_of_no_warning_anywhere(client, settled, head):
    change = make.SuggestionChangeFactory(school=settled)
    client.force_login(head)
    assert client.get(reverse("categorisation:warning-list")).status_code == 404
    assert client.get(detail(change)).status_code == 404
    for address in (
        reverse("workspace:home"),
        reverse("workspace:school", args=[settled.urn]),
        reverse("categorisation:why", args=[settled.urn]),
    ):
        assert "arly warning of" not in client.get(address).content.decode()
        assert "Early warning" not in client.get(address).content.decode()


def test_an_officer_elsewhere_finds_no_warning(client, settled, far_authority):
    change = make.SuggestionChangeFactory(school=settled)
    client.force_login(make.UserFactory(grants=[(Role.AREA_MANAGER, far_authority)]))
    assert client.get(detail(change)).status_code == 404
    assert settled.name not in client.get(reverse("categorisation:warning-list")).content.decode()


def test_home_school_page_and_why_show_the_warning_to_staff(client, settled, adviser, authority):
    change = make.SuggestionChangeFactory(school=settled)
    client.force_login(adviser)
    for address in (
        reverse("workspace:home"),
        reverse("workspace:school", args=[settled.urn]),
        reverse("categorisation:why", args=[settled.urn]),
    ):
        assert detail(change) in client.get(address).content.decode()
    client.force_login(make.UserFactory(grants=[(Role.DIRECTOR, authority)]))
    assert "1 early warning to take note of" in client.get(reverse("workspace:home")).content.decode()


def test_the_permission_to_see_levels_alone_does_not_open_the_list():
    from accounts.roles import POWERS

    assert Permission.VIEW_SUGGESTION in POWERS[Role.HEADTEACHER]  # or the test above would show nothing
