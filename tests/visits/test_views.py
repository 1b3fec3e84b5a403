"""Visits and notes through the browser's door, without JavaScript, for those who may and the others."""

import html
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ReadLogEntry
from reports import rendering
from reports.actions import withdraw
from reports.models import Document
from tests import factories as make
from tests.visits.conftest import AT, TEXTS
from visits import actions, rules
from visits.choices import VisitKind, VisitStatus
from visits.documents import build
from visits.models import Note, Visit


def at(page, visit, *more):
    return reverse(f"visits:{page}", args=[visit.school.urn, visit.public_id, *more])


def of(school, page="visit-list"):
    return reverse(f"visits:{page}", args=[school.urn])


def form(**changes):
    return {
        "state": "took_place",
        "took_place_on_day": "12",
        "took_place_on_month": "11",
        "took_place_on_year": "2025",
        "days": "0.75",
        "kind": "core",
        "activities": ["standards", "self_evaluation"],
        "attendees": "Hana Head, headteacher",
        "form_key": "abc",
        **changes,
    }


def boxes(note, **typed):
    posted = {}
    for section in note.sections.all():
        posted[f"text-{section.key}"] = typed.get(section.key, section.text)
        posted[f"revision-{section.key}"] = section.revision
    return posted


def text_of(response):
    return html.unescape(response.content.decode())


# Recording


@pytest.mark.requirement("L-122")
def test_an_adviser_records_a_visit_and_goes_on_to_its_note(client, adviser, school):
    client.force_login(adviser)
    assert "Record a visit" in text_of(client.get(of(school)))
    response = client.post(of(school, "visit-record"), form())
    visit = Visit.objects.get()
    assert response["Location"] == at("note-edit", visit)
    assert (visit.adviser, visit.duration, visit.attendees) == (adviser, "¾ day", "Hana Head, headteacher")


def test_sending_the_form_twice_records_one_visit(client, adviser, school):
    client.force_login(adviser)
    first = client.post(of(school, "visit-record"), form())
    second = client.post(of(school, "visit-record"), form())
    assert first["Location"] == second["Location"]
    assert Visit.objects.count() == 1


def test_each_form_has_a_key_of_its_own(client, adviser, school):
    client.force_login(adviser)
    keys = {client.get(of(school, "visit-record")).context["form"]["form_key"].value() for _ in range(2)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"took_place_on_day": ""}, "must include a day"),
        (
            {"took_place_on_day": "", "took_place_on_month": "", "took_place_on_year": ""},
            "Enter the date on which",
        ),
        ({"took_place_on_year": "2099"}, "cannot have a date in the future"),
        ({"state": "planned"}, "Enter the date for which it is planned"),
        ({"state": ""}, "Select whether the visit has taken place"),
        ({"kind": "party"}, "There is a problem"),
        ({"days": "0.3"}, "steps of 0.25"),
        ({"days": "many"}, "number"),
        ({"days": "11"}, "10"),
        ({"starts_at": "soon"}, "like 09:30"),
        ({"activities": ["dancing"]}, "There is a problem"),
        ({"attendees": "x" * 2001}, "2,000"),
    ],
)
def test_wrong_input_is_answered_in_words_and_kept(client, adviser, school, changes, words):
    client.force_login(adviser)
    response = client.post(of(school, "visit-record"), form(**{"attendees": "Kept words", **changes}))
    assert response.status_code == 200
    page = text_of(response)
    assert words.replace(",", "") in page.replace(",", "")
    assert changes.get("attendees", "Kept words") in page
    assert not Visit.objects.exists()


@pytest.mark.parametrize("typed", ["09:30", "9.30", "9:30am", "9am"])
def test_a_start_time_is_read_as_people_write_it(client, adviser, school, typed):
    client.force_login(adviser)
    client.post(of(school, "visit-record"), form(starts_at=typed))
    assert f"{Visit.objects.get().starts_at:%H}" == "09"


def test_a_visit_is_not_recorded_for_a_school_out_of_reach(client, adviser, other_school, far_school):
    client.force_login(adviser)
    for school in (other_school, far_school):
        assert client.get(of(school, "visit-record")).status_code == 404
        assert client.post(of(school, "visit-record"), form()).status_code == 404
    assert not Visit.objects.exists()


# Changing and cancelling


def test_a_planned_visit_is_recorded_as_made(client, adviser, school):
    visit = make.NoteFactory(
        visit=make.VisitFactory(school=school, adviser=adviser, status=VisitStatus.PLANNED)
    ).visit
    client.force_login(adviser)
    page = text_of(client.get(at("visit-change", visit)))
    assert 'value="2026"' in page
    client.post(at("visit-change", visit), form(revision=0))
    visit.refresh_from_db()
    assert visit.took_place


def test_a_planned_visit_reads_as_planned(client, adviser, school):
    make.NoteFactory(visit=make.VisitFactory(school=school, adviser=adviser, status=VisitStatus.PLANNED))
    client.force_login(adviser)
    assert "Planned" in str(rows(client.get(of(school))))


def test_the_form_of_a_visit_shows_what_stands(client, adviser, visit):
    visit.activities.create(key="standards")
    client.force_login(adviser)
    initial = client.get(at("visit-change", visit)).context["form"].initial
    assert (initial["days"], initial["activities"], initial["state"]) == ("0.5", ["standards"], "took_place")


def test_a_change_on_old_facts_keeps_what_was_typed_and_may_be_made_knowingly(client, adviser, visit):
    Visit.objects.filter(pk=visit.pk).update(revision=4)
    client.force_login(adviser)
    refused = client.post(at("visit-change", visit), form(revision=0, attendees="My words"))
    page = text_of(refused)
    assert "Someone else changed this visit" in page
    assert "My words" in page
    assert 'name="revision" value="4"' in page
    client.post(at("visit-change", visit), form(revision=4, attendees="My words"))
    visit.refresh_from_db()
    assert visit.attendees == "My words"


def test_a_visit_is_cancelled_with_a_reason(client, adviser, visit):
    client.force_login(adviser)
    assert "Enter" in text_of(client.post(at("visit-cancel", visit), {"reason": " "}))
    assert "can be read" in text_of(client.post(at("visit-cancel", visit), {"reason": "\x01"}))
    client.post(at("visit-cancel", visit), {"reason": "Snow"})
    visit.refresh_from_db()
    assert visit.is_cancelled
    page = text_of(client.get(at("visit-detail", visit)))
    assert "Snow" in page
    assert at("note-edit", visit) not in page
    assert client.get(at("visit-cancel", visit)).status_code == 302


def test_a_final_notes_visit_says_why_it_does_not_change(client, adviser, final):
    client.force_login(adviser)
    for page in ("visit-change", "visit-cancel", "note-edit", "note-finalise"):
        response = client.get(at(page, final.visit), follow=True)
        assert "Reopen it" in text_of(response)


# The list


def rows(response):
    return [[str(cell.text) for cell in row] for row in response.context["list"].rows]


def test_the_list_tells_each_reader_of_a_draft_only_where_they_may_open_it(
    client, adviser, director, note, school
):
    actions.save_note(note=note, texts={"strengths": ("More.", 0)}, by=adviser, at=AT)
    for user, words in ((adviser, "Draft"), (director, "")):
        client.force_login(user)
        assert rows(client.get(of(school)))[0][-1] == words


def test_the_list_says_when_a_note_is_final_or_reopened(client, adviser, director, final, school):
    client.force_login(adviser)
    assert rows(client.get(of(school)))[0][-1] == "Final"
    actions.reopen_note(note=final, reason="A wrong date", by=adviser, at=AT)
    assert rows(client.get(of(school)))[0][-1] == "Final, reopened"
    client.force_login(director)
    assert rows(client.get(of(school)))[0][-1] == "Final"


@pytest.mark.usefixtures("quick_pdf")
def test_a_head_sees_their_visits_and_reports_and_nothing_of_notes(client, head, adviser, final, school):
    make.VisitFactory(school=school, adviser=adviser, kind=VisitKind.AUTHORITY_MEETING)
    cancelled = make.NoteFactory(visit=make.VisitFactory(school=school, adviser=adviser)).visit
    actions.cancel_visit(visit=cancelled, reason="Snow", by=adviser, at=AT)
    client.force_login(head)
    for export in ("", "?export=csv"):
        response = client.get(of(school) + export)
        page = b"".join(response) if response.streaming else response.content
        for word in ("Final", "Draft", "own meeting", "Cancelled", "Record a visit"):
            assert word not in page.decode()
    assert len(rows(client.get(of(school)))) == 1
    document = actions.release_report(note=final, by=adviser, at=AT)
    page = text_of(client.get(of(school)))
    assert document.reference in page
    assert document.get_absolute_url() in page


def test_the_list_of_a_school_out_of_reach_is_not_found(client, head, adviser, other_school, far_school):
    for user in (head, adviser):
        client.force_login(user)
        for school in (other_school, far_school):
            assert client.get(of(school)).status_code == 404


def test_an_adviser_who_handed_the_school_over_finds_their_own_visits(client, adviser, manager, note, school):
    make.NoteFactory(visit=make.VisitFactory(school=school, adviser=manager))
    adviser.assignments.all().delete()
    client.force_login(adviser)
    assert len(rows(client.get(of(school)))) == 1


@pytest.mark.parametrize("reader", ["adviser", "head"])
def test_the_list_takes_as_many_queries_for_ten_as_for_one(client, request, reader, adviser, school):
    client.force_login(request.getfixturevalue(reader))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(of(school)).status_code == 200
        return len(captured)

    def one_more():
        visit = make.NoteFactory(visit=make.VisitFactory(school=school, adviser=adviser)).visit
        make.DocumentFactory(school=school, source=f"visit:{visit.public_id}")

    one_more()
    one = queries()
    for _ in range(9):
        one_more()
    assert queries() == one


# One visit


def test_the_page_of_a_visit_shows_staff_the_final_note_with_its_audiences(client, director, final):
    client.force_login(director)
    page = text_of(client.get(at("visit-detail", final.visit)))
    assert TEXTS["authority_notes"] in page
    assert "Authority only" in page
    assert "Shared with the school" in page
    assert ReadLogEntry.objects.get().identifiers == [f"visit:{final.visit.public_id}"]


def test_ones_own_note_is_read_without_a_log(client, adviser, final):
    client.force_login(adviser)
    client.get(at("visit-detail", final.visit))
    assert not ReadLogEntry.objects.exists()


def test_a_draft_is_not_mentioned_to_who_may_not_open_it(client, director, colleague, note, adviser):
    actions.save_note(note=note, texts={"strengths": ("More.", 0)}, by=adviser, at=AT)
    client.force_login(director)
    page = text_of(client.get(at("visit-detail", note.visit)))
    assert "There is no final note of this visit" in page
    assert "draft" not in page.lower()
    client.force_login(colleague)
    assert "Last saved by Ada Adviser" in text_of(client.get(at("visit-detail", note.visit)))


def test_a_reopened_note_shows_readers_what_was_final(client, director, adviser, final):
    actions.reopen_note(note=final, reason="A wrong date", by=adviser, at=AT)
    actions.save_note(note=final, texts={"strengths": ("Half-written.", 0)}, by=adviser, at=AT)
    client.force_login(director)
    page = text_of(client.get(at("visit-detail", final.visit)))
    assert TEXTS["strengths"] in page
    assert "Half-written" not in page
    assert "A wrong date" in page


def test_a_section_for_a_governors_panel_is_for_its_author(client, director, adviser, note):
    note.sections.filter(key="impact_of_support").update(text="Panel paper.", audience="governors_panel")
    actions.finalise_note(note=note, expected_revision=0, by=adviser, at=AT)
    for user, seen in ((adviser, True), (director, False)):
        client.force_login(user)
        assert ("Panel paper" in text_of(client.get(at("visit-detail", note.visit)))) == seen


PAGES = (
    "visit-detail",
    "visit-change",
    "visit-cancel",
    "note-edit",
    "note-preview",
    "note-finalise",
    "note-reopen",
    "note-release",
)


@pytest.mark.parametrize("page", PAGES)
def test_the_school_itself_is_refused_and_another_adviser_finds_nothing(
    client, head, note, page, authority, other_school
):
    client.force_login(head)
    assert client.get(at(page, note.visit)).status_code == 403
    elsewhere = make.UserFactory(grants=[("adviser", authority)])
    make.OfficerAssignmentFactory(school=other_school, user=elsewhere)
    client.force_login(elsewhere)
    assert client.get(at(page, note.visit)).status_code == 404


def test_a_visit_is_not_found_under_another_schools_address(client, manager, note, other_school):
    client.force_login(manager)
    for page in PAGES:
        url = reverse(f"visits:{page}", args=[other_school.urn, note.visit.public_id])
        assert client.get(url).status_code == 404


# The editor


def test_the_editor_shows_each_section_with_its_prompt_and_audience(client, adviser, note):
    client.force_login(adviser)
    page = text_of(client.get(at("note-edit", note.visit)))
    for section in note.sections.all():
        assert section.heading in page
        assert section.prompt.split(".")[0] in page
    assert page.count("Shared with the school") == 7
    assert page.count("Authority only") == 1
    assert "Nothing saved yet" in page


def test_saving_without_javascript_keeps_every_section(client, adviser, note):
    client.force_login(adviser)
    response = client.post(
        at("note-edit", note.visit), boxes(note, strengths="Better.", impact_of_support="New."), follow=True
    )
    assert "Saved" in text_of(response)
    saved = dict(note.sections.values_list("key", "text"))
    assert saved == {**dict.fromkeys(saved, ""), **TEXTS, "strengths": "Better.", "impact_of_support": "New."}


@pytest.mark.parametrize(
    ("button", "page"), [("", "note-edit"), ("preview", "note-preview"), ("finalise", "note-finalise")]
)
def test_each_button_saves_first_and_then_goes_on(client, adviser, note, button, page):
    client.force_login(adviser)
    response = client.post(at("note-edit", note.visit), boxes(note, strengths="Better.") | {"next": button})
    assert response["Location"] == at(page, note.visit)
    assert note.sections.get(key="strengths").text == "Better."


def test_a_conflict_shows_both_texts_and_the_next_save_knows(client, adviser, colleague, note):
    client.force_login(adviser)
    mine = boxes(note, strengths="Ada's words.", impact_of_support="Kept too.")
    actions.save_note(note=note, texts={"strengths": ("Ben's words.", 0)}, by=colleague, at=AT)
    page = text_of(client.post(at("note-edit", note.visit), mine))
    assert "Ben Colleague changed “Strengths” while you were writing" in page
    assert "Ada's words." in page
    assert "Ben's words." in page
    assert 'name="revision-strengths" value="1"' in page
    assert note.sections.get(key="impact_of_support").text == "Kept too."
    client.post(
        at("note-edit", note.visit), mine | {"revision-strengths": 1, "revision-impact_of_support": 1}
    )
    assert note.sections.get(key="strengths").text == "Ada's words."


def test_a_text_too_long_is_kept_on_the_page_with_the_reason(client, adviser, note):
    client.force_login(adviser)
    long = "x" * (rules.MOST_CHARACTERS + 1)
    page = text_of(client.post(at("note-edit", note.visit), boxes(note, strengths=long, looked_at="New.")))
    assert "“Strengths”: A section holds at most 100,000 characters" in page
    assert long in page
    assert "New." in page
    assert note.sections.get(key="looked_at").text == TEXTS["looked_at"]


def test_words_written_while_the_note_was_made_final_stay_on_the_page(client, adviser, manager, note):
    client.force_login(adviser)
    mine = boxes(note, strengths="Not yet saved.")
    actions.finalise_note(note=note, expected_revision=0, by=manager, at=AT)
    response = client.post(at("note-edit", note.visit), mine)
    assert response.status_code == 409
    page = text_of(response)
    assert "Your words are not saved" in page
    assert "Not yet saved." in page


def test_posting_nothing_to_a_final_note_shows_nothing_of_it(client, colleague, final):
    client.force_login(colleague)
    response = client.post(
        at("note-edit", final.visit), {"text-strengths": "Mine.", "revision-strengths": "0"}
    )
    assert response.status_code == 409
    page = text_of(response)
    assert "Mine." in page
    assert not [text for text in TEXTS.values() if text in page]


def test_a_form_without_its_numbers_overwrites_nothing_unseen(client, adviser, note):
    note.sections.filter(key="strengths").update(revision=2)
    client.force_login(adviser)
    page = text_of(
        client.post(at("note-edit", note.visit), {"text-strengths": "Mine.", "revision-strengths": "²"})
    )
    assert "Someone changed “Strengths”" in page
    assert note.sections.get(key="strengths").text == TEXTS["strengths"]


def test_opening_somebody_elses_draft_is_logged_and_opening_ones_own_is_not(client, adviser, colleague, note):
    for user, count in ((adviser, 0), (colleague, 2)):
        client.force_login(user)
        for page in ("note-edit", "note-preview"):
            client.get(at(page, note.visit))
        assert ReadLogEntry.objects.filter(kind="draft_note").count() == count


@pytest.mark.requirement("L-256")
def test_reading_somebody_elses_draft_by_saving_on_an_old_revision_is_logged(
    client, adviser, colleague, note
):
    for user, count in ((adviser, 0), (colleague, 1)):
        client.force_login(user)
        response = autosave(client, note, text="Mine.", revision=7)
        assert response.json()["theirs"] == TEXTS["strengths"]
        assert ReadLogEntry.objects.filter(kind="draft_note").count() == count


def test_the_editor_may_be_gone_back_to_but_is_never_shared(client, adviser, note):
    client.force_login(adviser)
    assert client.get(at("note-edit", note.visit))["Cache-Control"] == "private, no-cache"


# Saving by itself


def autosave(client, note, key="strengths", **posted):
    body = {"text": "Better.", "revision": 0, **posted}
    return client.post(at("section-save", note.visit, key), json.dumps(body), content_type="application/json")


def test_a_section_saves_itself_and_says_when(client, adviser, note):
    client.force_login(adviser)
    response = autosave(client, note)
    assert response.status_code == 200
    assert response.json()["revision"] == 1
    assert response.json()["saved"].count(":") == 1
    assert note.sections.get(key="strengths").text == "Better."


def test_a_conflict_is_answered_with_the_other_text(client, adviser, colleague, note):
    actions.save_note(note=note, texts={"strengths": ("Ben's.", 0)}, by=colleague, at=AT)
    client.force_login(adviser)
    response = autosave(client, note)
    assert response.status_code == 409
    assert response.json() == {"theirs": "Ben's.", "by": "Ben Colleague", "revision": 1}


@pytest.mark.parametrize(
    "posted",
    [
        {"text": "x" * (rules.MOST_CHARACTERS + 1)},
        {"revision": None},
        {"revision": "many"},
        {"revision": []},
        {"key": "nowhere"},
    ],
)
def test_what_cannot_be_saved_is_answered_in_words(client, adviser, note, posted):
    client.force_login(adviser)
    response = autosave(client, note, **posted)
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "3", '{"text": "x"}', b"\xff", '{"text": "x", "revision": Infinity}', "[" * 100_000],
    ids=range(8),
)
def test_a_body_that_is_no_section_is_refused(client, adviser, note, body):
    client.force_login(adviser)
    url = at("section-save", note.visit, "strengths")
    assert client.post(url, body, content_type="application/json").status_code == 400


def test_text_no_database_could_hold_is_saved_without_what_offends(client, adviser, note):
    client.force_login(adviser)
    assert autosave(client, note, text="a\x00b\ud800c").status_code == 200
    assert note.sections.get(key="strengths").text == "abc"


def test_a_final_note_answers_that_it_is_closed(client, adviser, final):
    client.force_login(adviser)
    response = autosave(client, final)
    assert response.status_code == 409
    assert "Reopen" in response.json()["error"]


def test_a_session_that_ended_is_sent_to_sign_in_and_outsiders_find_nothing(client, note, head, authority):
    assert autosave(client, note).status_code == 302
    client.force_login(head)
    assert autosave(client, note).status_code == 403
    client.force_login(make.UserFactory(grants=[("adviser", authority)]))
    assert autosave(client, note).status_code == 404


# Preview, final, release


def test_the_preview_is_what_the_report_will_say(client, adviser, note):
    client.force_login(adviser)
    preview = client.get(at("note-preview", note.visit))
    page = text_of(preview)
    assert TEXTS["strengths"] in page
    assert "CONFIDENTIAL" not in page
    assert "Notes for the authority" not in page
    assert page.count("<h1") == 1
    actions.finalise_note(note=note, expected_revision=0, by=adviser, at=AT)
    version = Note.objects.get(pk=note.pk).versions.get()
    assert preview.context["composition"] == build(version)
    assert at("visit-detail", note.visit) in text_of(client.get(at("note-preview", note.visit)))


def test_the_page_before_final_links_to_what_is_missing(client, adviser, note):
    note.sections.filter(key="strengths").update(text="")
    Visit.objects.filter(pk=note.visit_id).update(half_days=None)
    client.force_login(adviser)
    page = text_of(client.get(at("note-finalise", note.visit)))
    assert f"{at('note-edit', note.visit)}#text-strengths" in page
    assert at("visit-change", note.visit) in page
    response = client.post(at("note-finalise", note.visit), {"revision": 0}, follow=True)
    assert "Write “Strengths”" in text_of(response)
    assert Note.objects.get().is_draft


def test_a_note_is_made_final_in_two_steps_and_a_double_click_does_it_once(client, adviser, note):
    client.force_login(adviser)
    page = client.get(at("note-finalise", note.visit))
    assert "When the note is final" in text_of(page)
    revision = page.context["form"]["revision"].value()
    for _ in range(2):
        response = client.post(at("note-finalise", note.visit), {"revision": revision}, follow=True)
        assert "The note is final." in text_of(response)
    assert note.versions.count() == 1
    assert "Release to the school" in text_of(response)


def test_who_may_not_release_is_not_told_that_release_is_theirs(client, adviser, colleague, note):
    for user, theirs in ((adviser, True), (colleague, False)):
        client.force_login(user)
        assert ("yours to take" in text_of(client.get(at("note-finalise", note.visit)))) == theirs


def test_a_note_changed_meanwhile_is_looked_at_again_before_it_is_final(client, adviser, colleague, note):
    client.force_login(adviser)
    actions.save_note(note=note, texts={"strengths": ("Ben's.", 0)}, by=colleague, at=AT)
    response = client.post(at("note-finalise", note.visit), {"revision": 0}, follow=True)
    assert "has changed since you looked" in text_of(response)
    assert Note.objects.get().is_draft
    assert client.post(at("note-finalise", note.visit), {"revision": "x"}).status_code == 200


def test_a_cancelled_visits_note_cannot_be_made_final(client, adviser, note):
    actions.cancel_visit(visit=note.visit, reason="Snow", by=adviser, at=AT)
    client.force_login(adviser)
    response = client.post(at("note-finalise", note.visit), {"revision": 0}, follow=True)
    assert "was cancelled" in text_of(response)


def test_a_final_note_is_reopened_with_a_reason(client, adviser, final):
    client.force_login(adviser)
    assert "version 2" in text_of(client.get(at("note-reopen", final.visit)))
    assert "Enter" in text_of(client.post(at("note-reopen", final.visit), {"reason": ""}))
    response = client.post(at("note-reopen", final.visit), {"reason": "A wrong date"})
    assert response["Location"] == at("note-edit", final.visit)
    again = client.post(at("note-reopen", final.visit), {"reason": "Again"}, follow=True)
    assert "cannot become draft" in text_of(again)


@pytest.mark.usefixtures("quick_pdf")
def test_the_page_before_release_says_who_will_read_it(client, adviser, final, head, school):
    make.SchoolContactFactory(school=school, role="chair", name="Cora Chair", email="chair@example.org")
    make.SchoolContactFactory(school=school, role="clerk", name="Clem Clerk", email="clerk@example.org")
    client.force_login(adviser)
    page = " ".join(text_of(client.get(at("note-release", final.visit))).split())
    assert "Hana Head, headteacher. They get an e-mail" in page
    assert "Cora Chair, chair of governors, once they have an account. They get an e-mail" in page
    assert "Clem" not in page


def test_the_page_before_release_says_when_nobody_will_read_it(client, adviser, final):
    client.force_login(adviser)
    assert "Nobody at this school has an account yet" in text_of(client.get(at("note-release", final.visit)))


@pytest.mark.usefixtures("quick_pdf")
@pytest.mark.requirement("K-213", "L-221", "K-246")
def test_a_report_is_released_once_and_its_head_downloads_it(client, adviser, head, other_head, final):
    client.force_login(adviser)
    for _ in range(2):
        response = client.post(at("note-release", final.visit), follow=True)
        assert "The report is released as" in text_of(response)
    document = Document.objects.get()
    assert client.get(at("note-release", final.visit))["Location"] == document.get_absolute_url()
    assert at("note-release", final.visit) not in text_of(client.get(at("visit-detail", final.visit)))
    download = reverse("reports:document-download", args=[document.school.urn, document.public_id])
    client.force_login(head)
    assert b"Phonics is taught" in client.get(download).content
    client.force_login(other_head)
    assert client.get(download).status_code == 404


def test_a_draft_is_not_released(client, adviser, note):
    client.force_login(adviser)
    assert "Only a final note" in text_of(client.post(at("note-release", note.visit), follow=True))


@pytest.mark.usefixtures("quick_pdf")
def test_a_withdrawn_report_says_how_another_is_released(client, adviser, final):
    document = actions.release_report(note=final, by=adviser, at=AT)
    withdraw(document=document, reason="Too early", by=adviser, at=AT)
    client.force_login(adviser)
    assert "was withdrawn" in text_of(client.post(at("note-release", final.visit), follow=True))


def test_a_machine_that_cannot_make_pdfs_says_so_and_releases_nothing(client, adviser, final, monkeypatch):
    def missing(html, colour):
        raise rendering.RendererMissing(f"PDFs need libraries: {rendering.PACKAGES}")

    monkeypatch.setattr(rendering, "to_pdf", missing)
    client.force_login(adviser)
    assert "apt-get install" in text_of(client.post(at("note-release", final.visit), follow=True))
    assert not Document.objects.exists()
