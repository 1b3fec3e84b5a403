"""The cast of a visit: `note` is the adviser's draft, ready to be final; `final` the same note made final."""

import datetime as dt

import pytest

from accounts.choices import Role
from reports import rendering
from tests import factories as make
from visits import actions
from visits.models import Note

AT = dt.datetime(2026, 11, 21, 14, 30, tzinfo=dt.UTC)
TEXTS = {
    "looked_at": "Early reading in Reception.",
    "strengths": "Phonics is taught every day.",
    "areas_to_develop": "Writing in Year 4.",
    "next_steps": "- the head plans a training day by March",
    "authority_notes": "CONFIDENTIAL the head may retire.",
}


@pytest.fixture
def quick_pdf(monkeypatch):
    """The PDF has its own tests; elsewhere it is its HTML in bytes."""
    monkeypatch.setattr(rendering, "to_pdf", lambda html, colour: html.encode())


@pytest.fixture
def visit(note):
    return note.visit


@pytest.fixture
def note(school, adviser):
    visit = make.VisitFactory(school=school, adviser=adviser)
    return make.NoteFactory(visit=visit, texts=TEXTS)


@pytest.fixture
def final(note, adviser):
    actions.finalise_note(note=note, expected_revision=note.revision, by=adviser, at=AT)
    return Note.objects.select_related("visit__school", "visit__adviser").get(pk=note.pk)


@pytest.fixture
def colleague(school):
    """Another adviser who may write for the same school."""
    user = make.UserFactory(name="Ben Colleague", grants=[(Role.EXTERNAL_ADVISER, school.authority)])
    make.OfficerAssignmentFactory(school=school, user=user, role="area_manager")
    return user


@pytest.fixture
def director(school):
    """Reads the authority's final notes and writes none."""
    return make.UserFactory(name="Di Director", grants=[(Role.DIRECTOR, school.authority)])
