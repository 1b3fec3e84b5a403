"""The lines other rooms show of visits."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.visits.conftest import AT
from visits import actions, presenters
from visits.choices import VisitKind, VisitStatus
from visits.models import Visit

TODAY = dt.date(2026, 11, 21)


def planned(school, adviser, on, **more):
    return make.NoteFactory(
        visit=make.VisitFactory(
            school=school, adviser=adviser, status=VisitStatus.PLANNED, planned_on=on, **more
        )
    ).visit


def made(school, adviser, on, **more):
    return make.NoteFactory(
        visit=make.VisitFactory(school=school, adviser=adviser, took_place_on=on, **more)
    ).visit


def texts(user, on=TODAY):
    return [(task.text, task.due_on) for task in presenters.tasks(user, on)]


def test_an_adviser_is_asked_to_finish_release_and_record_by_due_date(final, adviser, school, manager):
    made(school, adviser, dt.date(2026, 11, 3))
    planned(school, adviser, dt.date(2026, 11, 20))
    planned(school, adviser, TODAY)
    made(school, manager, dt.date(2026, 11, 1))
    assert texts(adviser) == [
        ("Finish the note of 3 November", dt.date(2026, 11, 17)),
        ("Say how the visit planned for 20 November went", dt.date(2026, 11, 20)),
        ("Release the report of 12 November", dt.date(2026, 11, 26)),
    ]


@pytest.mark.usefixtures("quick_pdf")
def test_what_is_done_is_no_task(final, adviser):
    actions.release_report(note=final, by=adviser, at=AT)
    assert texts(adviser) == []
    actions.reopen_note(note=final, reason="A wrong date", by=adviser, at=AT)
    assert texts(adviser) == [("Finish the note of 12 November", dt.date(2026, 11, 26))]
    actions.finalise_note(note=final, expected_revision=0, by=adviser, at=AT)
    assert texts(adviser) == [("Release the report of 12 November", dt.date(2026, 11, 26))]


def test_nobody_is_asked_to_release_what_they_may_not_or_what_no_school_is_shown(colleague, adviser, school):
    for who, kind in ((colleague, VisitKind.CORE), (adviser, VisitKind.AUTHORITY_MEETING)):
        visit = made(school, who, dt.date(2026, 11, 3), kind=kind)
        visit.note.sections.update(text="Written.")
        actions.finalise_note(note=visit.note, expected_revision=0, by=who, at=AT)
        assert texts(who) == []


def test_a_cancelled_visit_is_no_task_and_a_head_has_none(note, adviser, head):
    assert texts(head) == []
    actions.cancel_visit(visit=note.visit, reason="Snow", by=adviser, at=AT)
    assert texts(adviser) == []


def test_last_and_next_are_the_nearest_on_either_side(school, other_school, manager):
    made(school, manager, dt.date(2026, 9, 10))
    made(school, manager, dt.date(2026, 11, 12))
    planned(school, manager, dt.date(2026, 11, 20))
    planned(school, manager, dt.date(2027, 1, 20))
    planned(school, manager, dt.date(2026, 12, 3))
    found = presenters.last_and_next(manager, [school, other_school], TODAY)
    assert (found[school.pk].last.on, found[school.pk].next.on) == (
        dt.date(2026, 11, 12),
        dt.date(2026, 12, 3),
    )
    assert found[other_school.pk] == presenters.LastAndNext()


def test_a_head_hears_of_their_visits_without_a_link_they_could_not_open(school, other_school, head, manager):
    made(school, manager, dt.date(2026, 11, 12), kind=VisitKind.AUTHORITY_MEETING)
    seen = made(school, manager, dt.date(2026, 11, 10))
    made(other_school, manager, dt.date(2026, 11, 11))
    found = presenters.last_and_next(head, [school, other_school], TODAY)
    assert found[school.pk].last.on == seen.on
    assert found[school.pk].last.href == f"/schools/{school.urn}/visits/"
    assert found[other_school.pk].last is None


def test_the_week_holds_ones_own_visits_in_order(school, adviser, manager):
    planned(school, adviser, dt.date(2026, 11, 27))
    planned(school, adviser, dt.date(2026, 11, 23), starts_at=dt.time(9))
    planned(school, adviser, dt.date(2026, 11, 28))
    planned(school, manager, dt.date(2026, 11, 24))
    week = presenters.upcoming(adviser, start=TODAY, end=dt.date(2026, 11, 27))
    assert [line.on.day for line in week] == [23, 27]


def test_the_time_line_is_newest_first(school, adviser, head):
    made(school, adviser, dt.date(2026, 9, 10))
    made(school, adviser, dt.date(2026, 11, 12))
    planned(school, adviser, dt.date(2026, 12, 3))
    assert [line.on.month for line in presenters.time_line(adviser, school)] == [11, 9]
    assert len(presenters.time_line(head, school, limit=1)) == 1


def test_a_school_without_visits_has_an_empty_time_line(adviser, school):
    assert presenters.time_line(adviser, school) == []


def test_the_lines_take_as_many_queries_for_ten_schools_as_for_one(authority, manager):
    schools = []

    def one_more():
        school = make.SchoolFactory(authority=authority)
        made(school, manager, dt.date(2026, 11, 12))
        planned(school, manager, dt.date(2026, 11, 20))
        planned(school, manager, dt.date(2026, 11, 23))
        schools.append(school)

    def queries():
        manager.__dict__.pop("_powers", None)
        with CaptureQueriesContext(connection) as captured:
            assert len(presenters.last_and_next(manager, schools, TODAY)) == len(schools)
            assert len(presenters.tasks(manager, TODAY)) == 2 * len(schools)
            assert len(presenters.upcoming(manager, start=TODAY, end=dt.date(2026, 11, 30))) == len(schools)
        return len(captured)

    one_more()
    one = queries()
    for _ in range(9):
        one_more()
    assert queries() == one


def test_the_pages_of_a_visit_take_as_many_queries_for_ten_versions_as_for_one(final, director, adviser):
    def queries():
        director.__dict__.pop("_powers", None)
        visit = Visit.objects.select_related("school", "note").get(pk=final.visit_id)
        with CaptureQueriesContext(connection) as captured:
            page = presenters.visit_page(director, visit)
        return len(captured), len(page.history)

    one = queries()
    for _ in range(9):
        actions.reopen_note(note=final, reason="Once more", by=adviser, at=AT)
        actions.finalise_note(note=final, expected_revision=final.revision, by=adviser, at=AT)
        final.refresh_from_db()
    assert queries() == (one[0], 10)
