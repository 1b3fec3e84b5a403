"""What profiles tell the engine: only what was handed over, of this framework, this year's or the last's."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.choices import Role
from categorisation.engine.facts import Grade
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import Suggestion
from categorisation.profile_facts import profile_grades
from categorisation.rules.profiles import Typed
from categorisation.school_facts import facts_for
from tests import factories as make
from tests.categorisation.profile_steps import (
    AT,
    MODERATED,
    REASON,
    SCHOOL,
    VALIDATED,
    fill,
    hand_over,
    save,
    sent,
    validated,
)

TODAY = AT.date()
pytestmark = pytest.mark.usefixtures("leeds")


@pytest.fixture
def profile(leeds, school):
    return make.ProfileFactory(school=school, year=2026)


def grades(school, on=TODAY, slug="leeds-2013"):
    return profile_grades([school], on=on, slugs=[slug]).get(school.pk, {})


@pytest.mark.requirement("L-061", "L-062")
def test_a_grade_counts_once_its_stage_is_handed_over(profile, school, head, adviser, manager):
    sent(profile, head)
    fill(profile, VALIDATED, adviser, grade="3", text=REASON)
    assert grades(school) == {}
    hand_over(profile, VALIDATED, adviser)
    assert grades(school)["teaching"] == Grade(
        2, 3, None, "self-evaluation 2026 to 2027, validated 21 November 2026"
    )
    save(profile, MODERATED, manager, teaching=Typed("4", REASON))
    assert grades(school)["teaching"].in_force == 3
    hand_over(profile, MODERATED, manager)
    assert grades(school)["teaching"] == Grade(
        2, 3, 4, "self-evaluation 2026 to 2027, moderated 21 November 2026"
    )
    assert grades(school)["leadership"].in_force == 3


def test_the_schools_own_grade_decides_nothing(profile, school, head):
    sent(profile, head)
    assert grades(school) == {}


def test_an_unsent_grade_of_the_school_is_in_no_fact(profile, school, head, adviser):
    fill(profile, SCHOOL, head)
    validated(profile, adviser)
    assert grades(school)["teaching"].school is None


def test_a_row_without_a_validated_grade_is_not_known(profile, school, head, adviser):
    sent(profile, head)
    validated(profile, adviser, teaching=Typed("", "No lessons seen"))
    assert grades(school)["teaching"].in_force is None
    assert grades(school)["leadership"].in_force == 2


def test_on_an_earlier_day_it_was_not_known_yet(profile, school, adviser):
    validated(profile, adviser)
    assert grades(school, on=TODAY - dt.timedelta(days=1)) == {}


def test_another_frameworks_grades_mean_something_else(profile, school, adviser):
    validated(profile, adviser)
    assert grades(school, slug="leicester-2007") == {}


@pytest.mark.requirement("L-277")
@pytest.mark.parametrize(("year", "counts"), [(2026, True), (2025, True), (2024, False), (2027, False)])
def test_last_years_stands_until_this_years_and_older_ones_are_no_news(school, adviser, year, counts):
    validated(make.ProfileFactory(school=school, year=year), adviser)
    assert bool(grades(school)) is counts


def test_a_profile_begun_this_year_does_not_hide_last_years_until_it_is_validated(
    profile, school, adviser, head
):
    validated(make.ProfileFactory(school=school, year=2025), adviser, grade="4")
    sent(profile, head)
    assert grades(school)["teaching"].in_force == 4
    validated(profile, adviser)
    assert grades(school)["teaching"].in_force == 2


@pytest.mark.parametrize("as_school", [False, True])
def test_the_engine_is_given_them_for_both_pairs_of_eyes(profile, school, authority, adviser, as_school):
    validated(profile, adviser)
    framework = compiled(version_for(authority, TODAY))
    facts = facts_for([school], on=TODAY, framework=framework, as_school=as_school)
    assert facts[school.urn].profile["teaching"].in_force == 2


def test_ten_schools_cost_as_many_queries_as_one(authority, count_queries):
    adviser = make.UserFactory(grants=[(Role.HEAD_OF_SERVICE, authority)])
    schools = make.SchoolFactory.create_batch(10, authority=authority)
    for school in schools:
        validated(make.ProfileFactory(school=school, year=2026), adviser)

    def read(*of):
        return lambda: profile_grades(of, on=TODAY, slugs=["leeds-2013"])

    assert count_queries(read(*schools)) == count_queries(read(schools[0])) == 2


@pytest.mark.requirement("L-061", "K-043")
def test_the_suggestion_follows_when_a_profile_is_validated_and_when_it_is_moderated(
    school, adviser, manager, run_jobs
):
    now = timezone.now()
    profile = make.ProfileFactory(school=school)
    make.InspectionFactory(school=school, overall_grade="2")
    for stage, user, word in ((VALIDATED, adviser, "validated"), (MODERATED, manager, "moderated")):
        fill(profile, stage, user, grade="1", at=now)
        hand_over(profile, stage, user, at=now)
        run_jobs()
        assert f"{word} {date_format(timezone.localdate(now), 'j F Y')}" in str(
            Suggestion.objects.get().trace
        )
