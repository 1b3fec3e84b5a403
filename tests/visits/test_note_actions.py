"""Saving without losing a word, making final, reopening, releasing."""

import dataclasses
import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from jobs.models import Job, OutboxMessage
from reports import actions as reports
from reports.composer import restore
from reports.models import Document
from schools.choices import ContactRole
from schools.models import SchoolContact
from tests import factories as make
from tests.visits.conftest import AT, TEXTS
from visits import actions, documents, rules
from visits.choices import NoteStatus, VisitKind
from visits.models import Note, NoteVersion, Visit
from visits.permissions import NotReady
from visits.workflow import NotPossible

LATER = AT + dt.timedelta(minutes=5)


def save(note, by, at=AT, **texts):
    """save(note, ada, strengths=("text", 0))"""
    return actions.save_note(note=note, texts=texts, by=by, at=at)


def texts_of(note):
    return dict(note.sections.values_list("key", "text"))


def test_saving_writes_what_changed_and_nothing_else(note, adviser):
    saved = save(note, adviser, strengths=("Better.", 0), looked_at=(TEXTS["looked_at"], 0))
    assert (saved.changed, saved.conflicts) == (("strengths",), ())
    assert saved.revisions["strengths"] == 1
    assert saved.revisions["looked_at"] == 0
    assert texts_of(note)["strengths"] == "Better."
    note.refresh_from_db()
    assert (note.revision, note.saved_by, note.saved_at) == (1, adviser, AT)


def test_a_save_is_logged_once_and_the_log_holds_no_words_of_the_note(note, adviser):
    save(note, adviser, strengths=("Better.", 0), authority_notes=("Secret.", 0))
    (entry,) = ChangeLogEntry.objects.all()
    assert entry.action == "visits.save_note"
    assert entry.after["strengths"] == {"revision": 1, "characters": 7}
    assert "Secret" not in str((entry.before, entry.after))


def test_saving_the_same_twice_is_saving_once(note, adviser):
    save(note, adviser, strengths=("Better.", 0))
    again = save(note, adviser, at=LATER, strengths=("Better.", 0))
    assert (again.changed, again.conflicts) == ((), ())
    assert ChangeLogEntry.objects.count() == 1
    note.refresh_from_db()
    assert note.saved_at == AT


def test_two_people_in_different_sections_both_keep_their_words(note, adviser, colleague):
    save(note, adviser, strengths=("Ada's.", 0))
    save(note, colleague, areas_to_develop=("Ben's.", 0))
    assert (texts_of(note)["strengths"], texts_of(note)["areas_to_develop"]) == ("Ada's.", "Ben's.")


def test_two_people_in_one_section_lose_nothing(note, adviser, colleague):
    save(note, adviser, strengths=("Ada's.", 0))
    second = save(note, colleague, strengths=("Ben's.", 0), impact_of_support=("More.", 0))
    (conflict,) = second.conflicts
    assert (conflict.mine, conflict.theirs, conflict.theirs_by) == ("Ben's.", "Ada's.", "Ada Adviser")
    assert second.changed == ("impact_of_support",)
    assert texts_of(note)["strengths"] == "Ada's."
    # Having seen both, Ben's words may take the place.
    third = save(note, colleague, strengths=("Ada's and Ben's.", conflict.revision))
    assert third.changed == ("strengths",)
    assert texts_of(note)["strengths"] == "Ada's and Ben's."


def test_a_conflict_with_a_section_nobody_signed_names_nobody(note, adviser):
    note.sections.filter(key="strengths").update(revision=3)
    (conflict,) = save(note, adviser, strengths=("Mine.", 0)).conflicts
    assert conflict.theirs_by == ""


def test_a_text_too_long_saves_nothing_of_the_note(note, adviser):
    with pytest.raises(ValueError, match="at most"):
        save(note, adviser, looked_at=("New.", 0), strengths=("x" * (rules.MOST_CHARACTERS + 1), 0))
    assert texts_of(note)["looked_at"] == TEXTS["looked_at"]


def test_a_section_the_note_does_not_have_is_an_error(note, adviser):
    with pytest.raises(KeyError):
        save(note, adviser, nowhere=("Text", 0))


def test_one_section_is_saved_by_itself_under_its_own_name_in_the_log(note, adviser):
    saved = actions.autosave_section(
        note=note, key="strengths", text="Better.", expected_revision=0, by=adviser, at=AT
    )
    assert saved.revisions["strengths"] == 1
    assert ChangeLogEntry.objects.get().action == "visits.autosave_section"


def test_outsiders_save_nothing(note, head, director, other_head, stranger, manager, far_authority):
    far = make.UserFactory(grants=[(Role.AREA_MANAGER, far_authority)])
    for by in (head, director, other_head, stranger, far):
        with pytest.raises(PermissionDenied):
            save(note, by, strengths=("Mine.", 0))
    assert save(note, manager, strengths=("The manager may.", 0)).changed


def test_the_author_keeps_their_note_after_a_hand_over_but_not_after_leaving(note, adviser):
    adviser.assignments.update(end_on=dt.date(2021, 1, 1))
    assert save(note, adviser, strengths=("Still mine.", 0)).changed
    adviser.grants.update(end_on=dt.date(2021, 1, 1))
    adviser.__dict__.pop("_powers", None)
    with pytest.raises(PermissionDenied):
        save(note, adviser, strengths=("No more.", 1))


def test_a_cancelled_visits_note_is_closed(note, adviser):
    actions.cancel_visit(visit=note.visit, reason="Snow", by=adviser, at=AT)
    with pytest.raises(NotPossible, match="was cancelled"):
        save(note, adviser, strengths=("More.", 0))


# Final


def finalise(note, by, revision=None, at=AT):
    note.refresh_from_db()
    return actions.finalise_note(
        note=note, expected_revision=note.revision if revision is None else revision, by=by, at=at
    )


def test_a_final_note_is_kept_as_it_stood(note, adviser):
    version = finalise(note, adviser)
    note.refresh_from_db()
    assert (note.status, note.finalised_by, note.finalised_at) == (NoteStatus.FINAL, adviser, AT)
    assert version.content["visit"]["on"] == "2026-11-12"
    assert {s["key"]: s["text"] for s in version.content["sections"] if s["text"]} == TEXTS
    assert ChangeLogEntry.objects.get().action == "visits.finalise_note"


def test_making_final_twice_is_making_final_once(note, adviser):
    assert finalise(note, adviser) == finalise(note, adviser, revision=99, at=LATER)
    assert NoteVersion.objects.count() == ChangeLogEntry.objects.count() == 1


def test_the_rooms_above_hear_of_a_final_note_once(note, adviser, monkeypatch):
    heard = []
    monkeypatch.setattr(
        "visits.actions.note.emit", lambda event, payload, *, by, now: heard.append((event, payload))
    )
    version = finalise(note, adviser)
    finalise(note, adviser)
    assert heard == [
        (
            "visit_note_finalised",
            {"visit_id": note.visit_id, "school_id": note.visit.school_id, "note_version_id": version.pk},
        )
    ]


def test_a_note_that_lacks_something_says_what_and_where(note, adviser):
    note.sections.filter(key="next_steps").update(text=" ")
    Visit.objects.filter(pk=note.visit_id).update(half_days=None)
    with pytest.raises(NotReady) as raised:
        finalise(note, adviser)
    assert [item.section for item in raised.value.missing] == ["", "next_steps"]
    assert "how long" in str(raised.value)


def test_nobody_makes_final_what_they_have_not_seen(note, adviser, colleague):
    save(note, colleague, strengths=("Ben was here.", 0))
    with pytest.raises(actions.Stale, match="has changed since"):
        finalise(note, adviser, revision=0)


def test_a_final_note_does_not_change(final, adviser):
    with pytest.raises(NotPossible, match="Reopen it"):
        save(final, adviser, strengths=("More.", 0))


def test_a_reopened_note_is_a_new_version_and_the_old_one_stays(final, adviser):
    actions.reopen_note(note=final, reason=" A wrong date ", by=adviser, at=LATER)
    final.refresh_from_db()
    assert (final.status, final.version, final.finalised_at) == (NoteStatus.DRAFT, 2, None)
    (kept,) = final.versions.all()
    assert (kept.version, kept.reopened_by, kept.reopening_reason) == (1, adviser, "A wrong date")
    save(final, adviser, strengths=("Corrected.", 0))
    second = finalise(final, adviser, at=LATER)
    assert second.version == 2
    assert [v.version for v in final.versions.all()] == [2, 1]


def test_reopening_owes_a_reason_and_a_final_note(final, adviser):
    with pytest.raises(ValueError, match="Say why"):
        actions.reopen_note(note=final, reason="\n", by=adviser, at=AT)
    actions.reopen_note(note=final, reason="A wrong date", by=adviser, at=AT)
    with pytest.raises(NotPossible, match="cannot become draft"):
        actions.reopen_note(note=final, reason="Again", by=adviser, at=AT)


def test_outsiders_neither_finalise_nor_reopen(note, final, head, director, other_head):
    for by in (head, director, other_head):
        with pytest.raises(PermissionDenied):
            finalise(note, by)
        with pytest.raises(PermissionDenied):
            actions.reopen_note(note=final, reason="Because", by=by, at=AT)


def test_the_database_refuses_half_a_finalisation_or_reopening(final):
    for model, wrong in (
        (Note, {"status": NoteStatus.DRAFT}),
        (Note, {"finalised_by": None}),
        (Note, {"saved_at": AT}),
        (NoteVersion, {"reopened_at": AT}),
        (NoteVersion, {"reopening_reason": "Because"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(**wrong)


# Released


@pytest.fixture
def told(school, head):
    chair = make.UserFactory(name="Cora Chair", grants=[(Role.CHAIR, school.authority)])
    make.SchoolContactFactory(school=school, user=chair, role=ContactRole.CHAIR, name="Cora Chair")
    make.SchoolContactFactory(school=school, role=ContactRole.CLERK, name="Clem", email="clerk@example.org")
    return {head.email, chair.email}


def release(note, by):
    return actions.release_report(note=note, by=by, at=AT)


@pytest.mark.usefixtures("quick_pdf")
class TestRelease:
    @pytest.mark.requirement("L-118", "L-221", "K-213", "K-214")
    def test_the_report_holds_the_shared_sections_and_no_others(self, final, adviser):
        document = release(final, adviser)
        composition, _ = restore(document.rendering.snapshot)
        assert composition.title == "Report of a core visit"
        everything = str(document.rendering.snapshot) + document.rendering.html
        for key, text in TEXTS.items():
            assert (text.removeprefix("- ") in everything) == (key != "authority_notes")
        assert "Notes for the authority" not in everything
        assert (document.source, document.source_version) == (f"visit:{final.visit.public_id}", 1)

    def test_it_does_not_say_what_the_school_may_not_know_the_visit_was_for(self, note, adviser):
        for key in ("standards", "headteacher_objectives", "improvement_meeting"):
            note.visit.activities.create(key=key)
        finalise(note, adviser)
        html = release(note, adviser).rendering.html
        assert "Question attainment" in html
        assert "objectives" not in html
        assert "improvement meeting" not in html

    def test_a_visit_without_length_or_people_leaves_those_lines_out(self, note):
        said = documents.content_of(note.visit, note.sections.all())
        said["visit"]["half_days"] = None
        said["visit"]["attendees"] = "Hana Head"
        facts = dict(documents.compose(said).blocks[0].rows)
        assert "Time taken" not in facts
        assert facts["Who took part"] == "Hana Head"

    @pytest.mark.requirement("K-213")
    def test_head_and_chair_are_told_that_a_document_awaits_and_nothing_of_it(self, final, adviser, told):
        document = release(final, adviser)
        assert actions.tell_of_report(document=document, now=AT) == len(told)
        messages = OutboxMessage.objects.all()
        assert {message.to for message in messages} == told
        for message in messages:
            assert document.get_absolute_url() in message.body
            for word in ("Phonics", "St Anne", "visit to", "report", adviser.name):
                assert word.lower() not in (message.subject + message.body).lower().replace(
                    document.get_absolute_url().lower(), ""
                )

    def test_a_school_without_an_address_is_told_nothing(self, final, adviser):
        make.SchoolContactFactory(school=final.visit.school, email="")
        assert actions.tell_of_report(document=release(final, adviser), now=AT) == 0
        assert not OutboxMessage.objects.exists()

    def test_a_head_known_by_address_alone_is_told_too(self, final, adviser):
        make.SchoolContactFactory(school=final.visit.school, email="Office@Example.org")
        actions.tell_of_report(document=release(final, adviser), now=AT)
        assert OutboxMessage.objects.get().to == "office@example.org"

    def test_a_head_who_left_is_not_told(self, final, adviser, head):
        SchoolContact.objects.filter(user=head).update(end_on=dt.date(2026, 11, 20))
        assert actions.tell_of_report(document=release(final, adviser), now=AT) == 0
        assert not OutboxMessage.objects.exists()

    def test_releasing_twice_is_releasing_once(self, final, adviser):
        assert release(final, adviser) == release(final, adviser)
        assert Document.objects.count() == 1
        (job,) = Job.objects.filter(kind="visits.tell_of_report")
        assert job.payload == {"document_id": Document.objects.get().pk}

    def test_telling_twice_is_telling_once(self, final, adviser, told):
        document = release(final, adviser)
        for _ in range(2):
            actions.tell_of_report(document=document, now=AT)
        assert OutboxMessage.objects.count() == len(told)

    def test_a_report_withdrawn_meanwhile_is_not_announced(self, final, adviser, told):
        document = release(final, adviser)
        reports.withdraw(document=document, reason="Too early", by=adviser, at=AT)
        assert actions.tell_of_report(document=document, now=AT) == 0
        assert not OutboxMessage.objects.exists()

    def test_releasing_twice_is_logged_once(self, final, adviser):
        release(final, adviser)
        release(final, adviser)
        assert ChangeLogEntry.objects.filter(action="reports.release").count() == 1

    def test_a_draft_is_not_released_not_even_one_that_was_final(self, note, adviser):
        with pytest.raises(NotPossible, match="Only a final note"):
            release(note, adviser)
        finalise(note, adviser)
        actions.reopen_note(note=note, reason="A wrong date", by=adviser, at=AT)
        with pytest.raises(NotPossible, match="Only a final note"):
            release(note, adviser)

    def test_a_note_reopened_while_its_report_is_laid_out_is_not_released(self, final, adviser, monkeypatch):
        real = reports.render

        def slow(*args):
            actions.reopen_note(note=final, reason="Wait!", by=adviser, at=AT)
            return real(*args)

        monkeypatch.setattr(reports, "render", slow)
        with pytest.raises(NotPossible, match="Only a final note"):
            release(final, adviser)
        assert not Document.objects.exists()

    def test_a_new_version_replaces_the_report(self, final, adviser):
        first = release(final, adviser)
        actions.reopen_note(note=final, reason="A wrong date", by=adviser, at=AT)
        save(final, adviser, strengths=("Corrected.", 0))
        finalise(final, adviser)
        second = release(final, adviser)
        assert second.supersedes == first
        assert "Corrected." in second.rendering.html

    def test_a_withdrawn_report_comes_back_only_as_a_new_version(self, final, adviser):
        document = release(final, adviser)
        reports.withdraw(document=document, reason="Too early", by=adviser, at=AT)
        with pytest.raises(NotPossible, match="was withdrawn"):
            release(final, adviser)

    def test_the_authoritys_own_meeting_has_no_report_for_the_school(self, note, adviser):
        Visit.objects.filter(pk=note.visit_id).update(kind=VisitKind.AUTHORITY_MEETING)
        finalise(Note.objects.get(pk=note.pk), adviser)
        with pytest.raises(NotPossible, match="own meetings"):
            release(note, adviser)

    def test_who_may_write_but_not_release_does_not_release(self, final, colleague, head, director):
        for by in (colleague, head, director):
            with pytest.raises(PermissionDenied):
                release(final, by)

    def test_the_report_says_what_the_note_said_when_final(self, final, adviser):
        final.sections.update(text="Changed behind the note's back.")
        assert "Phonics" in release(final, adviser).rendering.html


def test_a_saved_result_cannot_be_altered(note, adviser):
    saved = save(note, adviser, strengths=("Better.", 0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        saved.changed = ()
