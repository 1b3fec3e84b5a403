"""Two people at the very same moment, each in a connection of their own."""

import threading

import pytest
from django.db import connection

from accounts.models import ChangeLogEntry
from reports.models import Document
from tests.visits.conftest import AT
from tests.visits.test_visit_actions import MADE
from visits import actions
from visits.models import Note, NoteVersion, Visit

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls):
    """Run the calls at once; what each returned or raised, in their order."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        gate.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def saving(note, by, text):
    return lambda: actions.save_note(note=note, texts={"strengths": (text, 0)}, by=by, at=AT)


def test_two_editors_of_one_section_keep_both_texts(note, adviser, colleague):
    results = together(saving(note, adviser, "Ada's."), saving(note, colleague, "Ben's."))
    won = [result for result in results if result.changed]
    (lost,) = [result for result in results if result.conflicts]
    assert len(won) == 1
    conflict = lost.conflicts[0]
    assert {conflict.mine, conflict.theirs} == {"Ada's.", "Ben's."}
    assert note.sections.get(key="strengths").text == conflict.theirs


def test_two_clicks_on_final_make_one_version(note, adviser):
    def click():
        return actions.finalise_note(note=note, expected_revision=0, by=adviser, at=AT)

    first, second = together(click, click)
    assert first == second
    assert NoteVersion.objects.count() == 1
    assert ChangeLogEntry.objects.filter(action="visits.finalise_note").count() == 1


@pytest.mark.usefixtures("quick_pdf")
def test_two_clicks_on_release_make_one_document(final, adviser, head):
    def click():
        return actions.release_report(note=final, by=adviser, at=AT)

    first, second = together(click, click)
    assert first == second
    assert Document.objects.count() == 1


@pytest.mark.usefixtures("quick_pdf")
def test_releasing_and_reopening_at_once_never_releases_a_draft(final, adviser, manager):
    together(
        lambda: actions.release_report(note=final, by=adviser, at=AT),
        lambda: actions.reopen_note(note=final, reason="A wrong date", by=manager, at=AT),
    )
    note = Note.objects.get(pk=final.pk)
    assert note.is_draft
    # Released before it was reopened, or not at all; never a version that was not final.
    assert [d.source_version for d in Document.objects.all()] in ([], [1])


def test_two_clicks_on_the_form_record_one_visit(school, adviser):
    def click():
        return actions.record_visit(school=school, facts=MADE, by=adviser, at=AT, form_key="abc")

    first, second = together(click, click)
    assert first == second
    assert Visit.objects.count() == 1
