"""What each reader is shown of a suggestion."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from categorisation import presenters
from categorisation.actions import choose_framework, refresh_suggestions
from categorisation.frameworks_in_force import compiled
from categorisation.models import FrameworkVersion
from categorisation.presenters.why import _DEEDS
from categorisation.rules.entitlement import entitlement_texts, lower_first
from categorisation.schema.support import EntitlementLine, Level, Words
from schools.choices import Audience, ConcernCategory, SchoolStatus, ValueStatus
from schools.models import Indicator, School
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def why(user, school):
    return presenters.why(user, School.objects.select_related("authority").get(pk=school.pk), on=TODAY)


@pytest.fixture
def in_special_measures(school):
    make.InspectionFactory(school=school, overall_grade="4", category=ConcernCategory.SPECIAL_MEASURES)


def test_the_authority_reads_the_label_first_and_the_head_the_support(
    leeds, adviser, head, school, in_special_measures
):
    assert why(adviser, school).summary == (
        "In an Ofsted category (category 5) is suggested: 12 half-days (monitoring visits).",
    )
    support, label = why(head, school).summary
    assert support == "Your school would get 12 half-days (monitoring visits), with other support."
    assert label.startswith("That is category 5 (In an Ofsted category), on what is recorded.")


def test_the_range_is_said_to_the_authority(leeds, adviser, school):
    make.InspectionFactory(school=school, overall_grade="2")
    view = why(adviser, school)
    assert view.is_range
    assert view.summary[1].startswith("Category 1 on what is recorded; could be")


def test_nothing_recorded_places_nobody(leeds, adviser, head, school):
    for reader in (adviser, head):
        view = why(reader, school)
        assert view.summary == ("Nothing recorded places the school yet.",)
        assert (view.entitlement, view.support, view.more_support) == ([], (), ())


def test_much_support_is_folded(leeds, head, school, in_special_measures):
    view = why(head, school)
    assert len(view.support) == 5
    assert len(view.support) + len(view.more_support) == len(view.level.support)


def test_what_decides_stands_open_and_the_rest_is_folded(leeds, adviser, school, in_special_measures):
    first, *rest = why(adviser, school).groups
    assert (first.heading, first.folded) == ("Why it is 5", False)
    assert all(group.folded for group in rest)
    deciding = first.rules[0]
    assert (deciding.label, deciding.automatic, deciding.has_detail) == ("category 5", True, True)
    assert any("recorded by the authority" in line for line in deciding.evidence)


def test_signs_are_grouped_by_whether_they_are_seen(leeds, adviser, school):
    make.CircumstanceFactory(school=school, kind="recruitment_problems", audience=Audience.SCHOOL)
    seen, unknown = why(adviser, school).flags
    assert (seen.heading, unknown.heading, unknown.folded) == ("Seen", "Early signs not known yet", True)
    assert all(rule.label == "" for rule in seen.rules)


def test_a_suppressed_figure_says_so_in_its_evidence(leeds, adviser, school):
    year = (TODAY.year if TODAY.month >= 8 else TODAY.year - 1) - 1
    for indicator in Indicator.objects.filter(key__in=["ks2_rwm_exp"]):
        for group in ("all", "disadvantaged"):
            make.IndicatorValueFactory(
                school=school, indicator=indicator, year=year, group=group, status=ValueStatus.SUPPRESSED
            )
    lines = [line for group in why(adviser, school).groups for rule in group.rules for line in rule.evidence]
    assert any("suppressed by the publisher" in line for line in lines)


# Who sees it at all


def test_only_those_it_concerns_see_it(
    leeds, school, adviser, head, manager, other_head, stranger, policy_admin
):
    consultant = make.UserFactory(grants=[(Role.CONSULTANT, school.authority)])
    make.OfficerAssignmentFactory(school=school, user=consultant, role="area_manager")
    assert all(why(reader, school) for reader in (adviser, head, manager, policy_admin))
    assert not any(why(reader, school) for reader in (other_head, stranger, consultant))


def test_a_closed_school_is_suggested_nothing(leeds, manager, school):
    school.status = SchoolStatus.CLOSED
    school.save()
    assert why(manager, school) is None


def test_an_authority_without_a_framework_suggests_nothing(frameworks, manager, school):
    assert why(manager, school) is None


def test_an_officer_who_heads_another_school_reads_each_with_its_own_eyes(leeds, school, other_school, head):
    make.RoleGrantFactory(user=head, role=Role.ADVISER, authority=school.authority)
    make.OfficerAssignmentFactory(school=other_school, user=head)
    both = School.objects.filter(pk__in=[school.pk, other_school.pk]).select_related("authority")
    found = presenters.whys(head, both, on=TODAY)
    assert (found[school.pk].for_school, found[other_school.pk].for_school) == (True, False)


@pytest.mark.requirement("L-257")
@pytest.mark.parametrize("kind", ["at_risk_of_ri", "leadership_capacity_limited"])
def test_a_restricted_cause_shows_a_head_as_no_cause(leeds, head, adviser, school, kind):
    make.InspectionFactory(school=school, overall_grade="2")
    before, known_before = why(head, school), why(adviser, school)
    make.CircumstanceFactory(school=school, kind=kind, audience=Audience.AUTHORITY, note="Secret reason")
    after, known_after = why(head, school), why(adviser, school)
    assert after.outcome.to_dict() == before.outcome.to_dict()
    assert after.summary == before.summary
    assert after.groups == before.groups
    assert known_after.outcome.low == 3 != known_before.outcome.low


# What would settle it


def test_each_missing_fact_names_the_deed_and_where(leeds, school, adviser, manager, head, policy_admin):
    make.InspectionFactory(school=school, overall_grade="2")

    def deeds(user):
        return {item.deed.text: item.deed.href for item in why(user, school).narrowing}

    circumstances = f"/schools/{school.urn}/circumstances/"
    assert deeds(adviser)["Answer it on the circumstances page"] == circumstances
    assert deeds(manager)["Answer it on the circumstances page"] == circumstances
    assert deeds(head)["The school’s adviser records the answer."] == ""
    assert all(item.could_lead_to > 1 and item.sentence for item in why(head, school).narrowing)


@pytest.mark.parametrize(
    ("kind", "who", "page"),
    [
        ("indicator", "policy_admin", "/imports/new/"),
        ("inspection", "policy_admin", "/schools/{urn}/inspections/"),
        ("fact", "manager", "/schools/{urn}/people/"),
        ("aspect", "adviser", "/schools/{urn}/self-evaluation/"),
        ("area", "manager", "/schools/{urn}/self-evaluation/"),
    ],
)
def test_each_kind_of_fact_has_its_page(request, leeds, school, head, kind, who, page):
    doer = request.getfixturevalue(who)
    deed = why(doer, school)._deed(f"{kind}.anything", "unknown")
    assert deed.href == page.format(urn=school.urn)
    assert why(head, school)._deed(f"{kind}.anything", "unknown").href == ""


@pytest.mark.parametrize("kind", ["confirmed"])
def test_what_nobody_records_here_says_where_it_comes_from(leeds, school, manager, kind):
    deed = why(manager, school)._deed(f"{kind}.anything", "unknown")
    assert deed == presenters.Deed(_DEEDS[kind].wait)


def test_what_the_publisher_withholds_nobody_can_record(leeds, school, policy_admin):
    assert "withholds" in why(policy_admin, school)._deed("indicator.ks2_rwm_exp", "suppressed").text


# Time in words


def words(unit):
    return Words.model_construct(level="level", day_unit=unit, adviser="adviser")


def line(key, quantifier, amount, what="Consultancy", exclusive_with=None):
    slot = {"exactly": "planned", "at_least": "minimum", "up_to": "maximum"}[quantifier]
    return EntitlementLine.model_construct(
        key=key, what=what, quantifier=quantifier, exclusive_with=exclusive_with, **{slot: Decimal(amount)}
    )


@pytest.mark.parametrize(
    ("given", "unit", "said"),
    [
        (line("a", "exactly", "10"), "days", "5 days (consultancy)"),
        (line("a", "exactly", "2"), "days", "1 day (consultancy)"),
        (line("a", "at_least", "3"), "days", "At least 1.5 days (consultancy)"),
        (line("a", "up_to", "60"), "days", "Up to 30 days (consultancy)"),
        (line("a", "exactly", "1"), "half_days", "1 half-day (consultancy)"),
        (line("a", "exactly", "3", "NLE time"), "half_days", "3 half-days (NLE time)"),
    ],
)
def test_time_is_said_in_the_authoritys_own_unit(given, unit, said):
    level = Level.model_construct(entitlement=(given,))
    assert entitlement_texts(level, words(unit)) == [said]


def test_lines_that_exclude_each_other_are_one():
    level = Level.model_construct(
        entitlement=(
            line("core", "exactly", "10", "Core"),
            line("a", "up_to", "20", exclusive_with="b"),
            line("b", "up_to", "10", "Advice", exclusive_with="a"),
        )
    )
    assert entitlement_texts(level, words("days")) == [
        "5 days (core)",
        "Up to 10 days (consultancy), or up to 5 days (advice) instead",
    ]


def test_a_name_in_capitals_keeps_them():
    assert (lower_first("NLE time"), lower_first("Core"), lower_first("")) == ("NLE time", "core", "")


# In lists


@pytest.fixture
def worked_out(leeds, school, other_school):
    make.InspectionFactory(school=school, overall_grade="4", category=ConcernCategory.SPECIAL_MEASURES)
    make.InspectionFactory(school=other_school, overall_grade="2")
    refresh_suggestions(School.objects.select_related("authority"), on=TODAY, now=NOW)


def in_list(user):
    names = presenters.level_names(user, on=TODAY)
    rows = presenters.with_suggestions(user, School.objects.order_by("name"), on=TODAY)
    return {row.name: presenters.support_text(row, names) for row in rows}


def test_an_adviser_finds_support_only_beside_their_schools(
    worked_out, adviser, manager, school, other_school
):
    assert in_list(adviser) == {school.name: "In an Ofsted category (5)", other_school.name: ""}
    assert in_list(manager)[other_school.name].startswith("Good or outstanding (1, could be ")


def test_a_head_finds_none_in_a_list(worked_out, head):
    assert set(in_list(head).values()) == {""}


def test_levels_without_a_common_name_are_numbers(worked_out, manager, far_school):
    choose_framework(
        authority=far_school.authority, slug="leicester-2007", start_on=make.LONG_AGO, by=None, now=NOW
    )
    make.RoleGrantFactory(user=manager, role=Role.AREA_MANAGER, authority=far_school.authority)
    refresh_suggestions([far_school], on=TODAY, now=NOW)
    names = presenters.level_names(manager, on=TODAY)
    choices = presenters.level_choices(manager, names, on=TODAY)
    assert choices == [(str(rank), str(rank)) for rank in range(1, 6)]
    assert in_list(manager)[far_school.name] == "Not placed yet (1 to 4)"
    row = presenters.with_suggestions(manager, School.objects.all(), on=TODAY)[0]
    row.suggested_low, row.suggested_high, row.suggested = 2, 3, 2
    assert presenters.support_text(row, {}) == "2, could be 3"


def test_who_sees_no_suggestion_has_no_level_to_choose(worked_out, auditor):
    assert presenters.level_choices(auditor, presenters.level_names(auditor, on=TODAY), on=TODAY) == []


def test_an_authority_without_a_framework_has_no_names(frameworks, manager):
    assert presenters.level_names(manager, on=TODAY) == {}


def test_schools_at_a_level_are_only_those_whose_suggestion_one_may_see(
    worked_out, adviser, manager, school, other_school
):
    everything = School.objects.all()
    assert list(presenters.at_level(adviser, everything, 5, on=TODAY)) == [school]
    assert not presenters.at_level(adviser, everything, 1, on=TODAY)
    assert list(presenters.at_level(manager, everything, 1, on=TODAY)) == [other_school]
    new = make.SchoolFactory(authority=school.authority)
    assert list(presenters.at_level(manager, everything, None, on=TODAY)) == [new]
    assert not presenters.at_level(adviser, everything, None, on=TODAY)


def test_a_head_who_is_also_an_officer_cannot_filter_their_own_school(worked_out, head, school):
    """The stored suggestion is the authority's, restricted causes included."""
    make.RoleGrantFactory(user=head, role=Role.ADVISER, authority=school.authority)
    assert not presenters.at_level(head, School.objects.all(), 5, on=TODAY)


# The framework as a page


def test_every_level_and_rule_of_the_framework_is_on_its_page(leeds, head, authority):
    page = presenters.framework_page(head, on=TODAY)
    document = compiled(FrameworkVersion.objects.get(slug="leeds-2013")).document
    assert [level.level.rank for level in page.levels] == [1, 2, 3, 4, 5]
    assert sum(len(group.rules) for group in page.rules) == len(document.rules)
    assert page.rules[0].heading == "What leads to category 5"
    assert page.rules[-1].heading == "Early signs, which decide nothing"


def test_someone_of_two_authorities_reads_either_policy(leeds, adviser, far_authority):
    choose_framework(authority=far_authority, slug="leicester-2007", start_on=TODAY, by=None, now=NOW)
    make.RoleGrantFactory(user=adviser, role=Role.ADVISER, authority=far_authority)
    here = presenters.framework_page(adviser, on=TODAY)
    assert (here.authority.name, [other.name for other in here.others]) == ("Kirkdale", ["Soarbridge"])
    there = presenters.framework_page(adviser, on=TODAY, code="902")
    assert there.version.slug == "leicester-2007"
    assert presenters.framework_page(adviser, on=TODAY, code="999").authority == here.authority


def test_without_a_framework_or_an_authority_there_is_no_page(frameworks, head, stranger):
    assert presenters.framework_page(head, on=TODAY) is None
    assert presenters.framework_page(stranger, on=TODAY) is None


def test_a_framework_without_signs_has_no_heading_for_them(leeds, head, monkeypatch):
    document = compiled(FrameworkVersion.objects.get(slug="leeds-2013")).document
    from categorisation.presenters import framework

    only = document.model_copy(update={"rules": tuple(rule for rule in document.rules if rule.floor)})
    assert all("Early" not in group.heading for group in framework._rules(only))


def test_ten_schools_cost_as_many_queries_as_one(leeds, manager, authority, count_queries):
    for _ in range(10):
        make.InspectionFactory(school=make.SchoolFactory(authority=authority))
    schools = list(School.objects.select_related("authority"))
    presenters.whys(manager, schools, on=TODAY)
    one = count_queries(lambda: presenters.whys(manager, schools[:1], on=TODAY))
    assert count_queries(lambda: presenters.whys(manager, schools, on=TODAY)) == one


@pytest.mark.requirement("L-257")
def test_a_head_is_not_asked_what_the_policy_asks_of_the_authority_alone(leeds, head, adviser, school):
    make.InspectionFactory(school=school, overall_grade="2")

    def said(reader):
        view = why(reader, school)
        return " ".join(rule.sentence for group in view.groups for rule in group.rules).lower()

    restricted = "limited capacity to bring improvement about"
    assert restricted in said(adviser)
    assert restricted not in said(head)


def test_a_schools_adviser_is_called_what_the_policy_calls_them(
    client, frameworks, authority, school, adviser, head, policy_admin
):
    now = timezone.now()
    choose_framework(
        authority=authority,
        slug="leicester-2007",
        start_on=timezone.localdate(now),
        by=policy_admin,
        now=now,
    )
    for address in (
        "/",
        reverse("workspace:school", args=[school.urn]),
        reverse("categorisation:why", args=[school.urn]),
    ):
        client.force_login(head)
        text = client.get(address).content.decode()
        assert "School Improvement Partner: Ada Adviser" in text
        assert "School improvement adviser" not in text
