"""Frameworks published and chosen; suggestions brought level with the facts."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import ChangeLogEntry
from categorisation.actions import choose_framework, load_shipped, refresh_suggestions
from categorisation.engine import Thresholds, compile_framework
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import FrameworkVersion, Suggestion
from categorisation.schema import dump_yaml, load_data
from schools.models import School, Threshold
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate()


def test_shipped_documents_are_published_once(frameworks):
    assert {version.slug for version in frameworks} == {"leeds-2013", "leicester-2007"}
    assert load_shipped(now=NOW) == []
    assert FrameworkVersion.objects.count() == 2


def test_a_published_document_exports_as_the_file_it_came_from(frameworks):
    from categorisation.actions.frameworks import SHIPPED

    for version in frameworks:
        assert dump_yaml(load_data(version.document)) == (SHIPPED / f"{version.slug}.yaml").read_bytes()


def test_every_national_standard_the_documents_name_is_held_and_has_one_value_a_year(frameworks):
    held = {row.key for row in Threshold.objects.all()}
    for version in frameworks:
        framework = compiled(version)  # raises where a key has two values in one year
        named = {
            source.floor
            for measure in framework.document.measures
            for strand in measure.strands
            for source in strand.sources
            if source.floor
        }
        own = {threshold.key for threshold in framework.document.thresholds if threshold.values}
        assert named <= held | own
    assert compile_framework(framework.document, Thresholds()) is not framework


def test_an_authority_works_to_its_latest_choice(frameworks, authority):
    assert version_for(authority, TODAY) is None
    choose_framework(
        authority=authority, slug="leicester-2007", start_on=dt.date(2020, 9, 1), by=None, now=NOW
    )
    choose_framework(authority=authority, slug="leeds-2013", start_on=dt.date(2024, 9, 1), by=None, now=NOW)
    assert version_for(authority, dt.date(2024, 8, 31)).slug == "leicester-2007"
    assert version_for(authority, dt.date(2024, 9, 1)).slug == "leeds-2013"


def test_choosing_the_same_framework_twice_changes_nothing(leeds, authority):
    before = ChangeLogEntry.objects.count()
    again = choose_framework(authority=authority, slug="leeds-2013", start_on=make.LONG_AGO, by=None, now=NOW)
    assert again == leeds
    assert ChangeLogEntry.objects.count() == before


def test_a_framework_that_is_not_there_is_refused_by_name(frameworks, authority):
    with pytest.raises(ValueError, match=r"no framework “york”\. There are: leeds-2013, leicester-2007"):
        choose_framework(authority=authority, slug="york", start_on=TODAY, by=None, now=NOW)


def schools_of(authority):
    return School.objects.filter(authority=authority).select_related("authority")


def test_a_suggestion_follows_the_facts(leeds, school, authority):
    refresh_suggestions(schools_of(authority), on=TODAY, now=NOW)
    assert (school.suggestion.low, school.suggestion.high) == (1, 5)

    make.InspectionFactory(school=school, category="special_measures", overall_grade="4")
    refresh_suggestions(schools_of(authority), on=TODAY, now=NOW)
    suggestion = Suggestion.objects.get(school=school)
    assert (suggestion.on_record, suggestion.locked_floor) == (5, 5)


def test_bringing_suggestions_level_twice_changes_nothing(leeds, school, authority):
    for _ in range(2):
        assert refresh_suggestions(schools_of(authority), on=TODAY, now=NOW) == 1
    assert Suggestion.objects.count() == 1


def test_without_a_framework_there_is_no_suggestion(frameworks, leeds, school, authority):
    refresh_suggestions(schools_of(authority), on=TODAY, now=NOW)
    leeds.delete()
    assert refresh_suggestions(schools_of(authority), on=TODAY, now=NOW) == 0
    assert not Suggestion.objects.exists()
    assert refresh_suggestions([], on=TODAY, now=NOW) == 0


def test_ten_schools_cost_as_many_queries_as_one(leeds, school, authority, count_queries):
    refresh_suggestions(schools_of(authority), on=TODAY, now=NOW)
    one = count_queries(lambda: refresh_suggestions(schools_of(authority), on=TODAY, now=NOW))
    make.SchoolFactory.create_batch(9, authority=authority)
    ten = count_queries(lambda: refresh_suggestions(schools_of(authority), on=TODAY, now=NOW))
    assert one == ten
