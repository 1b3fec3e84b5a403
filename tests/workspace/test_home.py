"""Home: what needs each person, and nothing they may not know."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from categorisation.actions import choose_framework, load_shipped, refresh_suggestions
from schools.choices import ContactRole
from schools.models import HalfTerm, ImportFile
from schools.rules.academic_years import academic_year
from tests import factories as make
from tests.workspace.test_school_lists import names
from visits.choices import VisitStatus
from workspace.presenters import home

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def days(number):
    return TODAY + dt.timedelta(days=number)


@pytest.mark.requirement("L-247")
def test_an_adviser_reads_first_what_is_due_then_the_week_then_their_schools(
    page, suggested, adviser, school
):
    make.NoteFactory(visit__school=school, visit__adviser=adviser, visit__took_place_on=days(-30))
    make.NoteFactory(visit__school=school, visit__adviser=adviser, visit__took_place_on=days(-1))
    make.NoteFactory(
        visit=make.VisitFactory(
            school=school, adviser=adviser, status=VisitStatus.PLANNED, planned_on=days(2)
        )
    )
    text = page(adviser, "workspace:home")
    order = [
        "Today</h2>",
        "Finish the note of",
        "Overdue",
        "This week",
        "Core visit, St Anne",
        "My schools</h2>",
        "2 tasks",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "In an Ofsted category (5)" in text


def test_more_than_seven_things_are_folded(page, adviser, school):
    for number in range(9):
        make.NoteFactory(visit__school=school, visit__adviser=adviser, visit__took_place_on=days(-number))
    text = page(adviser, "workspace:home")
    assert "2 more, due later than these" in text
    assert text.count("Finish the note of") == 9


def test_schools_that_need_the_adviser_stand_first(suggested, adviser, school, other_school):
    make.OfficerAssignmentFactory(school=other_school, user=adviser)
    waiting = make.SchoolFactory(authority=school.authority, name="Waiting School")
    make.OfficerAssignmentFactory(school=waiting, user=adviser)
    make.NoteFactory(visit__school=waiting, visit__adviser=adviser)
    part = home.build(adviser, NOW).officer
    assert [row.school for row in part.schools] == [waiting, school, other_school]
    assert [row.tasks for row in part.schools] == [1, 0, 0]


def test_an_adviser_without_schools_is_told_who_assigns_them(page, authority):
    lonely = make.UserFactory(grants=[(Role.ADVISER, authority)])
    assert "Your area manager assigns schools." in page(lonely, "workspace:home")
    authority.contact_email = "schools@kirkdale.example"
    authority.save()
    assert "mailto:schools@kirkdale.example" in page(lonely, "workspace:home")


@pytest.mark.requirement("L-251", "L-257")
def test_a_head_finds_documents_support_visits_and_whom_to_call(page, suggested, head, adviser, school):
    document = make.DocumentFactory(school=school)
    own = make.DocumentFactory(school=school, audience="authority", title="For the authority only")
    make.NoteFactory(visit=make.VisitFactory(school=school, adviser=adviser, kind="core"))
    text = page(head, "workspace:home")
    assert "Report of a core visit (PDF)" in text
    assert document.public_id in text
    assert own.title not in text
    assert "Your school would get 12 half-days (monitoring visits)" in text
    assert "Last: Core visit on 12 November 2026" in text
    assert "No visit is planned yet." in text
    assert adviser.email in text
    assert "Overdue" not in text


def test_a_head_of_whom_nothing_is_recorded_reads_what_is_not_there(page, authority):
    school = make.SchoolFactory(authority=authority)
    head = make.UserFactory(grants=[(Role.HEADTEACHER, authority)])
    make.SchoolContactFactory(school=school, user=head)
    text = page(head, "workspace:home")
    for words in (
        "No report has been released",
        "No visit is recorded yet",
        "No adviser is assigned to your school",
    ):
        assert words in text
    assert "Your support, and why" not in text  # the authority has no framework


@pytest.mark.parametrize("role", [Role.HEADTEACHER, Role.CHAIR])
def test_someone_of_two_schools_finds_both(page, suggested, authority, role):
    user = make.UserFactory(grants=[(role, authority)])
    both = [make.SchoolFactory(authority=authority, name=f"School {n}") for n in ("One", "Two")]
    for school in both:
        make.SchoolContactFactory(school=school, user=user, role=role, is_acting=role == Role.HEADTEACHER)
    text = page(user, "workspace:home")
    assert all(school.get_absolute_url() in text for school in both)
    assert f'<h1 class="govuk-heading-l">{user.name}</h1>' in text


# Leaders


@pytest.mark.requirement("L-244")
def test_a_leader_reads_how_many_schools_are_suggested_what(page, suggested, manager, school, other_school):
    make.SchoolFactory(authority=school.authority)
    text = page(manager, "workspace:home")
    assert "3 open schools" in text
    assert "5: In an Ofsted category: 1 school<" in text
    assert "3: At risk: none" in text
    assert "Not placed yet: 1 school<" in text
    assert "Today" not in text  # who serves no school begins with what they lead


def test_every_count_is_a_link_to_exactly_those_rows(page, suggested, manager, school):
    make.SchoolFactory(authority=school.authority)
    overview = home.build(manager, NOW).overview
    for level in overview.levels:
        rows = names(page(manager, "workspace:school-list", query="?" + level.href.split("?")[1]))
        assert len(rows) == level.count
    assert overview.total == len(names(page(manager, "workspace:school-list"))) == 3


def test_counts_are_of_the_leaders_own_part_of_the_authority(suggested, authority, school):
    area = make.AreaFactory(authority=authority)
    manager = make.UserFactory()
    make.RoleGrantFactory(user=manager, role=Role.AREA_MANAGER, authority=authority, area=area)
    assert home.build(manager, NOW).overview.total == 0
    school.area = area
    school.save()
    assert home.build(manager, NOW).overview.total == 1


def test_a_level_that_the_framework_no_longer_has_is_still_counted(suggested, manager, school):
    school.suggestion.on_record = 9
    school.suggestion.save()
    assert home.build(manager, NOW).overview.levels[0].text == "9"


def test_a_leader_with_visits_of_their_own_has_both(page, suggested, manager, school):
    make.OfficerAssignmentFactory(school=school, user=manager, role="area_manager")
    text = page(manager, "workspace:home")
    assert text.index("Today") < text.index("Suggested support")


# Others


def test_a_policy_administrator_finds_imports(page, policy_admin, authority, far_authority):
    assert "Import files" in page(policy_admin, "workspace:home")
    batch = make.ImportBatchFactory(authority=authority)
    for name in ("gias.csv", "ks2.csv"):
        ImportFile.objects.create(batch=batch, name=name, sha256=name, kind="")
    far = make.ImportBatchFactory(authority=far_authority)
    text = page(policy_admin, "workspace:home")
    assert "gias.csv and 1 more" in text
    assert far.public_id not in text


def test_a_new_authority_is_led_from_step_to_step_until_all_are_begun(page, policy_admin, authority):
    def done():
        (part,) = home.build(policy_admin, NOW).first_steps
        return [step.done for step in part.steps]

    assert done() == [False] * 5
    text = page(policy_admin, "workspace:home")
    assert f"First steps for {authority.name}" in text
    assert "Across" not in text  # no school yet to count
    assert reverse("categorisation:framework-choose", args=[authority.code]) in text
    load_shipped(now=NOW)
    choose_framework(authority=authority, slug="leeds-2013", start_on=TODAY, by=policy_admin, now=NOW)
    assert done() == [True, False, False, False, False]
    school = make.SchoolFactory(authority=authority)
    assert done() == [True, True, False, False, False]
    adviser = make.UserFactory(grants=[(Role.ADVISER, authority)])
    assert done() == [True, True, True, False, False]
    make.OfficerAssignmentFactory(school=school, user=adviser)
    assert done() == [True, True, True, True, False]
    year = academic_year(TODAY)
    HalfTerm.objects.create(
        authority=authority, year=year, number=1, start_on=dt.date(year, 9, 2), end_on=dt.date(year, 10, 23)
    )
    assert home.build(policy_admin, NOW).first_steps == ()
    assert "Nothing has been imported yet." in page(policy_admin, "workspace:home")
    # Only for whoever keeps the authority
    assert home.build(adviser, NOW).first_steps == ()


def test_who_may_see_no_support_has_no_column_of_it(page, suggested, school, authority):
    external = make.UserFactory(grants=[(Role.EXTERNAL_ADVISER, authority)])
    make.OfficerAssignmentFactory(school=school, user=external, role="area_manager")
    text = page(external, "workspace:home")
    assert "St Anne" in text
    assert "Suggested support" not in text


def test_an_auditor_finds_the_logs(page, auditor):
    assert "Who read what" in page(auditor, "workspace:home")


def test_a_member_waits_for_reports_and_may_read_the_policy(page, leeds, authority):
    member = make.UserFactory(grants=[(Role.LEAD_MEMBER, authority)])
    text = page(member, "workspace:home")
    assert "Reports meant for you will appear on this page." in text
    assert "Read the policy in force" in text


def test_someone_without_a_role_is_told_whom_to_ask(page, stranger):
    text = page(stranger, "workspace:home")
    assert "Ask the person who invited you" in text
    assert "Read the policy in force" not in text


@pytest.mark.requirement("L-257")
def test_a_restricted_circumstance_changes_nothing_on_a_heads_home(suggested, head, school):
    before = home.build(head, NOW).own_schools[0].support.why.outcome.to_dict()
    make.CircumstanceFactory(school=school, kind="finance_concern", audience="authority")
    make.CircumstanceFactory(school=school, kind="at_risk_of_ri", audience="authority")
    refresh_suggestions([school], on=TODAY, now=NOW)
    assert home.build(head, NOW).own_schools[0].support.why.outcome.to_dict() == before


@pytest.mark.parametrize("who", ["adviser", "head", "manager", "policy_admin"])
def test_ten_schools_cost_as_many_queries_as_one(
    request, page, suggested, authority, school, count_queries, who
):
    user = request.getfixturevalue(who)
    belongs = {
        "adviser": lambda one: make.OfficerAssignmentFactory(school=one, user=user),
        "head": lambda one: make.SchoolContactFactory(school=one, user=user),
    }.get(who, lambda one: None)

    def busy(one):
        make.NoteFactory(visit__school=one, visit__adviser=user)
        make.DocumentFactory(school=one)
        make.InspectionFactory(school=one, started_on=dt.date(2021, 5, 4))

    busy(school)
    page(user, "workspace:home")
    one = count_queries(lambda: page(user, "workspace:home"))
    for _ in range(9):
        more = make.SchoolFactory(authority=authority)
        belongs(more)
        busy(more)
    assert count_queries(lambda: page(user, "workspace:home")) == one


def test_who_may_not_know_of_visits_and_documents_is_not_told_that_there_are_none(client, authority, school):
    priest = make.UserFactory(grants=[(Role.FAITH_REPRESENTATIVE, authority)])
    make.SchoolContactFactory(school=school, user=priest, role=ContactRole.FAITH_REPRESENTATIVE)
    make.VisitFactory(school=school)
    client.force_login(priest)
    for address in (reverse("workspace:home"), school.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "St Anne" in page
        assert "visit" not in page.split("<h1")[1].split("<footer")[0].lower()
        assert "released" not in page
