"""What other pages are told of profiles, in words and for whom; and what it costs."""

import datetime as dt

import pytest

from accounts.choices import Role
from categorisation import presenters
from categorisation.documents.profile import build
from categorisation.presenters.profiles import profile_page
from categorisation.rules.profiles import Typed
from tests import factories as make
from tests.categorisation.profile_steps import (
    AT,
    REASON,
    SCHOOL,
    VALIDATED,
    again,
    fill,
    moderated,
    rows,
    save,
    sent,
    validated,
)

TODAY = AT.date()
pytestmark = pytest.mark.usefixtures("leeds")


@pytest.fixture
def profile(leeds, school):
    return make.ProfileFactory(school=school, year=2026, begun_at=AT)


def state(user, school):
    return presenters.profile_panel(user, school, TODAY).state


@pytest.mark.requirement("L-062", "L-267")
def test_where_it_stands_is_said_to_each_in_their_own_way(profile, school, head, adviser, manager):
    save(profile, SCHOOL, head, teaching=Typed("2", "Books"))
    assert state(head, school) == "Begun on 21 November 2026, not sent yet: 1 of 8 rows written."
    assert state(adviser, school) == "Begun on 21 November 2026, not sent yet. 0 of 8 rows validated."
    sent(profile, head, teaching=Typed("2", "Books", "", 1))
    save(profile, VALIDATED, adviser, teaching=Typed("2"), overall=Typed("", "Not seen"))
    assert state(head, school) == "Sent by the school on 21 November 2026. Waiting to be validated."
    assert state(adviser, school) == "Sent by the school on 21 November 2026. 2 of 8 rows validated."
    fill(profile, VALIDATED, adviser)
    validated(profile, adviser)
    assert state(head, school).endswith("Validated by Ada Adviser on 21 November 2026. Not moderated.")
    moderated(again(profile), manager)
    assert state(head, school).endswith("Moderated by Mina Manager on 21 November 2026.")


def test_a_profile_without_the_school_and_a_school_without_a_profile_are_said(school, adviser, head):
    assert state(head, school) == "No self-evaluation has been begun for 2026 to 2027."
    validated(make.ProfileFactory(school=school, year=2026), adviser)
    assert state(head, school).startswith("The school sent no grades of its own. Validated by")


def test_those_who_may_not_know_are_told_nothing(profile, school, other_head, auditor):
    assert presenters.profile_panel(other_head, school, TODAY) is None
    assert presenters.profile_panel(auditor, school, TODAY) is None


# Tasks


def tasks(user):
    return [(task.text, task.school, task.due_on) for task in presenters.profile_tasks(user, TODAY)]


@pytest.mark.requirement("L-277")
def test_a_school_is_reminded_of_its_own_and_its_adviser_of_what_was_sent(
    school, head, adviser, manager, stranger
):
    assert tasks(head) == [("Begin the self-evaluation for 2026 to 2027", school, None)]
    assert tasks(adviser) == []
    profile = make.ProfileFactory(school=school, year=2026)
    assert tasks(head) == [("Finish the self-evaluation for 2026 to 2027", school, None)]
    profile = sent(profile, head)
    assert tasks(head) == []
    assert tasks(adviser) == [("Validate the self-evaluation", school, dt.date(2026, 12, 5))]
    assert tasks(manager) == tasks(stranger) == []
    validated(profile, adviser)
    assert tasks(adviser) == []


def test_where_no_policy_is_chosen_nobody_is_asked_for_anything(far_school, far_authority):
    user = make.UserFactory(grants=[(Role.HEADTEACHER, far_authority)])
    make.SchoolContactFactory(school=far_school, user=user)
    assert tasks(user) == []


def test_ten_schools_cost_as_many_queries_as_one(authority, count_queries):
    def of(number):
        user = make.UserFactory(grants=[(Role.ADVISER, authority)])
        for school in make.SchoolFactory.create_batch(number, authority=authority):
            make.OfficerAssignmentFactory(school=school, user=user)
            make.ProfileFactory(school=school, year=2026, submitted_at=AT, submitted_by=user)
        return user

    one, ten = of(1), of(10)
    assert len(tasks(ten)) == 10
    for user in (one, ten):
        user.__dict__.pop("_powers", None)
    assert count_queries(lambda: tasks(one)) == count_queries(lambda: tasks(ten))


def test_a_full_profile_costs_as_many_queries_as_an_empty_one(profile, other_school, manager, count_queries):
    def read(of):
        return lambda: profile_page(manager, of.school, year=2026, on=TODAY)

    make.ProfileFactory(school=other_school, year=2025)
    empty = make.ProfileFactory(school=other_school, year=2026, begun_at=AT)
    make.ProfileFactory(school=profile.school, year=2025)
    fill(profile, VALIDATED, manager)
    read(empty)()
    assert count_queries(read(profile)) == count_queries(read(empty))


# The printed summary


def words(composition):
    return str(composition)


@pytest.mark.requirement("L-085", "L-063", "K-034")
def test_the_summary_holds_what_was_handed_over_and_nothing_else(profile, head, adviser, manager):
    profile = sent(profile, head, text="Open evidence")
    fill(profile, VALIDATED, adviser, teaching=Typed("3", REASON))
    assert "CONFIDENTIAL" not in words(build(profile))
    profile = validated(
        profile, adviser, teaching=Typed("3", REASON, "", 1), overall=Typed("", "Not seen", "", 1)
    )
    profile.checks.create(item="concise", ticked_at=AT, ticked_by=head)
    composition = build(profile)
    text = words(composition)
    table = next(block for block in composition.blocks if block.kind == "table")
    assert [column.heading for column in table.columns] == ["Row", "School", "Validated"]
    assert ("Quality of teaching", "2", "3") in table.rows
    assert ("Overall effectiveness", "2", "–") in table.rows
    assert "Validation: grade 3" in text
    assert "Validation: no grade" in text
    assert "21 November 2026, by Ada Adviser" in text
    assert "It says the essential briefly" in text
    assert "What it rests on" not in text


@pytest.mark.requirement("X-60")
def test_a_trend_without_words_is_printed(school, adviser, manager, frameworks):
    leicester = next(version for version in frameworks if version.slug == "leicester-2007")
    profile = make.ProfileFactory(school=school, year=2026, version=leicester)
    profile = validated(profile, adviser, standards=Typed("3", "", "down"))
    profile = moderated(profile, manager, standards=Typed("4", "Results fell"))
    profile.agreed_on, profile.agreed_with = TODAY, "Hana Head"
    text = words(build(profile))
    assert "Validation: grade 3, declining" in text
    assert "Trend: declining." in text
    assert "Moderation: grade 4" in text
    assert "21 November 2026, with Hana Head" in text
    assert len(rows(profile)) == 13
