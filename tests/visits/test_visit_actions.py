"""Recording, changing and cancelling visits."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import ChangeLogEntry
from tests import factories as make
from tests.visits.conftest import AT
from visits import actions
from visits.actions import VisitFacts
from visits.choices import VisitKind, VisitStatus, section_templates
from visits.models import Visit
from visits.workflow import NotPossible

MADE = VisitFacts(
    kind=VisitKind.CORE,
    took_place_on=dt.date(2026, 11, 12),
    half_days=Decimal("1.5"),
    attendees="Hana Head, headteacher",
    activities=("standards", "self_evaluation"),
)
PLANNED = VisitFacts(kind=VisitKind.SHARED_REVIEW, planned_on=dt.date(2026, 12, 3), starts_at=dt.time(9, 30))


def record(school, by, facts=MADE, **more):
    return actions.record_visit(school=school, facts=facts, by=by, at=AT, **more)


@pytest.mark.requirement("L-122", "K-113")
def test_a_visit_links_school_adviser_purposes_and_an_empty_note(school, adviser):
    visit = Visit.objects.get(pk=record(school, adviser).pk)
    assert (visit.school, visit.adviser, visit.status) == (school, adviser, VisitStatus.TOOK_PLACE)
    assert (visit.on, visit.half_days, visit.attendees) == (
        dt.date(2026, 11, 12),
        Decimal("1.5"),
        "Hana Head, headteacher",
    )
    assert [activity.key for activity in visit.activities.all()] == ["standards", "self_evaluation"]
    assert visit.note.is_draft
    assert [s.key for s in visit.note.sections.all()] == [t.key for t in section_templates()]
    assert {s.text for s in visit.note.sections.all()} == {""}


def test_a_visit_without_a_date_of_its_own_is_planned(school, adviser):
    visit = record(school, adviser, PLANNED)
    assert (visit.status, visit.on, visit.duration) == (VisitStatus.PLANNED, dt.date(2026, 12, 3), "")


def test_recording_is_logged_once(school, adviser):
    visit = record(school, adviser)
    (entry,) = ChangeLogEntry.objects.all()
    assert (entry.action, entry.by, entry.urn) == ("visits.record_visit", adviser, school.urn)
    assert entry.subject == f"visits.visit:{visit.pk}"
    assert entry.after["half_days"] == "1.5"


def test_the_same_form_sent_twice_is_one_visit(school, adviser):
    first = record(school, adviser, form_key="abc")
    second = record(school, adviser, form_key="abc")
    assert first == second
    assert Visit.objects.count() == ChangeLogEntry.objects.count() == 1


def test_somebody_elses_form_key_is_no_way_to_their_visit(school, adviser, manager):
    record(school, adviser, form_key="abc")
    with pytest.raises(IntegrityError), transaction.atomic():
        record(school, manager, form_key="abc")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (VisitFacts(VisitKind.CORE), "Enter the date"),
        (VisitFacts(VisitKind.CORE, took_place_on=dt.date(2026, 11, 22)), "in the future"),
        (
            VisitFacts(VisitKind.CORE, took_place_on=dt.date(2026, 11, 12), half_days=Decimal("0.7")),
            "quarter",
        ),
        (
            VisitFacts(VisitKind.CORE, took_place_on=dt.date(2026, 11, 12), activities=["dancing"]),
            "no activity called dancing",
        ),
    ],
)
def test_facts_that_cannot_be_are_refused_in_words(school, adviser, wrong, words):
    with pytest.raises(ValueError, match=words):
        record(school, adviser, wrong)
    assert not Visit.objects.exists()


def test_only_who_may_write_for_the_school_records(school, other_school, far_school, adviser, head, director):
    for by, where in ((adviser, other_school), (adviser, far_school), (head, school), (director, school)):
        with pytest.raises(PermissionDenied):
            record(where, by)


def change(visit, by, facts=MADE, revision=0):
    return actions.change_visit(visit=visit, facts=facts, expected_revision=revision, by=by, at=AT)


def test_a_planned_visit_becomes_one_that_took_place(school, adviser):
    visit = change(record(school, adviser, PLANNED), adviser)
    assert (visit.status, visit.on, visit.revision) == (VisitStatus.TOOK_PLACE, dt.date(2026, 11, 12), 1)
    assert visit.activities.count() == 2
    entry = ChangeLogEntry.objects.get(action="visits.change_visit")
    assert (entry.before["took_place_on"], entry.after["took_place_on"]) == (None, "2026-11-12")


def test_a_visit_that_took_place_does_not_become_planned(school, adviser):
    with pytest.raises(NotPossible, match="cannot become"):
        change(record(school, adviser), adviser, PLANNED)


def test_a_change_made_on_old_facts_is_refused(school, adviser, manager):
    visit = record(school, adviser, PLANNED)
    change(visit, manager)
    with pytest.raises(NotPossible, match="Someone else changed"):
        change(visit, adviser)
    assert ChangeLogEntry.objects.filter(action="visits.change_visit").count() == 1


def test_a_change_to_the_same_is_no_change(school, adviser):
    visit = record(school, adviser)
    assert change(visit, adviser).revision == 0
    assert not ChangeLogEntry.objects.filter(action="visits.change_visit").exists()


def test_a_visit_whose_note_is_final_does_not_change(final, adviser):
    with pytest.raises(NotPossible, match="Reopen it"):
        change(final.visit, adviser)
    with pytest.raises(NotPossible, match="Reopen it"):
        actions.cancel_visit(visit=final.visit, reason="Mistake", by=adviser, at=AT)


def test_a_cancelled_visit_keeps_its_reason_and_does_not_change(school, adviser):
    visit = actions.cancel_visit(visit=record(school, adviser), reason=" Snow ", by=adviser, at=AT)
    assert (visit.status, visit.cancelled_by, visit.cancellation_reason) == (
        VisitStatus.CANCELLED,
        adviser,
        "Snow",
    )
    again = actions.cancel_visit(visit=visit, reason="Once more", by=adviser, at=AT)
    assert again.cancellation_reason == "Snow"
    assert ChangeLogEntry.objects.filter(action="visits.cancel_visit").count() == 1
    with pytest.raises(NotPossible, match="was cancelled"):
        change(visit, adviser, revision=visit.revision)


def test_cancelling_owes_a_reason(school, adviser):
    with pytest.raises(ValueError, match="Say why"):
        actions.cancel_visit(visit=record(school, adviser), reason=" ", by=adviser, at=AT)


def test_a_visit_whose_note_was_ever_final_is_not_cancelled(final, adviser):
    actions.reopen_note(note=final, reason="A wrong date", by=adviser, at=AT)
    with pytest.raises(NotPossible, match="has been final before"):
        actions.cancel_visit(visit=final.visit, reason="Mistake", by=adviser, at=AT)


def test_outsiders_change_and_cancel_nothing(visit, head, director, other_head, stranger):
    for by in (head, director, other_head, stranger):
        with pytest.raises(PermissionDenied):
            change(visit, by)
        with pytest.raises(PermissionDenied):
            actions.cancel_visit(visit=visit, reason="Mistake", by=by, at=AT)


def test_the_database_refuses_visits_that_contradict_themselves(school, adviser):
    visit = make.VisitFactory(school=school, adviser=adviser)
    for wrong in (
        {"took_place_on": None},
        {"status": VisitStatus.PLANNED},
        {"status": VisitStatus.CANCELLED},
        {"cancelled_at": AT},
        {"half_days": Decimal(0)},
        {"half_days": Decimal(21)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**wrong)
