"""Profiles through the browser's door, without JavaScript, for those who may and the others."""

import html
import json

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.choices import Role
from accounts.models import ReadLogEntry
from categorisation import actions
from categorisation.actions.profiles import revision_of
from categorisation.models import Profile, ProfileCheck
from categorisation.rules.profiles import Typed
from categorisation.workflow import NotPossible
from reports import rendering
from reports.models import Document
from tests import factories as make
from tests.categorisation.profile_steps import (
    AT,
    EVIDENCE,
    MODERATED,
    REASON,
    SCHOOL,
    VALIDATED,
    again,
    fill,
    rows,
    save,
    sent,
    validated,
)
from ui.forms import date_parts

pytestmark = pytest.mark.usefixtures("leeds")


@pytest.fixture
def profile(leeds, school):
    return make.ProfileFactory(school=school)


@pytest.fixture
def director(authority):
    return make.UserFactory(name="Di Director", grants=[(Role.DIRECTOR, authority)])


@pytest.fixture
def ask(client):
    """ask(user, page, profile, data=…, row=…) gets a page, or posts to it."""

    def ask(user, page, profile, data=None, **more):
        client.force_login(user)
        address = at(page, profile, **more)
        return client.get(address) if data is None else client.post(address, data)

    return ask


def at(page, profile, **more):
    kwargs = {"urn": profile.school.urn, "year": profile.year, **more}
    return reverse(f"categorisation:profile-{page}", kwargs=kwargs)


def text_of(response):
    return html.unescape(response.content.decode())


def boxes(profile, stage, **typed):
    """The editor's form as it stands, with changes: row key to Typed."""
    posted = {}
    for row in rows(profile):
        held = profile.judgements.filter(stage=stage, row=row.key).first()
        said = typed.get(row.key) or Typed(
            grade=str(held.grade or "") if held else "",
            text=held.text if held else "",
            revision=held.revision if held else 0,
        )
        posted |= {
            f"grade-{row.key}": said.grade,
            f"text-{row.key}": said.text,
            f"trend-{row.key}": said.trend,
            f"revision-{row.key}": said.revision,
        }
    return posted


# The page


def page(client, user, school):
    client.force_login(user)
    return client.get(reverse("categorisation:profile", args=[school.urn]))


@pytest.mark.requirement("L-277", "K-043")
def test_a_head_begins_and_is_led_to_the_rows(client, head, school):
    assert "Begin the self-evaluation" in text_of(page(client, head, school))
    answer = client.post(reverse("categorisation:profile-begin", args=[school.urn]))
    assert answer["Location"] == at("write", Profile.objects.get())


def test_an_adviser_may_begin_without_the_school_and_is_led_to_validating(client, adviser, school):
    assert "Begin without the school" in text_of(page(client, adviser, school))
    answer = client.post(reverse("categorisation:profile-begin", args=[school.urn]))
    assert answer["Location"] == at("validate", Profile.objects.get())


def test_where_no_policy_is_chosen_it_is_said(client, far_authority, far_school):
    manager = make.UserFactory(grants=[(Role.AREA_MANAGER, far_authority)])
    client.force_login(manager)
    answer = client.post(reverse("categorisation:profile-begin", args=[far_school.urn]), follow=True)
    assert "has not chosen a policy" in text_of(answer)


def test_a_year_without_a_profile_is_not_found(client, head, school):
    client.force_login(head)
    assert client.get(reverse("categorisation:profile-year", args=[school.urn, 2019])).status_code == 404
    assert (
        client.get(reverse("categorisation:profile-year", args=[school.urn, 99999999999])).status_code == 404
    )


@pytest.mark.requirement("L-063", "L-064", "L-085", "X-60")
def test_the_three_columns_stand_side_by_side_with_a_reason_where_two_differ(
    client, profile, school, head, adviser, manager
):
    profile = validated(sent(profile, head), adviser, teaching=Typed("3", REASON))
    save(profile, MODERATED, manager, teaching=Typed("4", "Three lessons were inadequate"))
    hidden = text_of(page(client, head, school))
    assert "Three lessons" not in hidden
    assert "Not yet" in hidden
    actions.hand_over_profile(
        profile=profile, stage=MODERATED, expected=revision_of(profile, MODERATED), by=manager, at=AT
    )
    for user in (head, adviser, manager):
        text = text_of(page(client, user, school))
        order = [">School<", ">Validated<", ">Moderated<", EVIDENCE, REASON, "Three lessons were inadequate"]
        places = [text.index(words) for words in order]
        assert places == sorted(places)
        assert text.count("Differs") == 2


def test_last_years_grades_stand_beside_as_far_as_they_were_handed_over(
    client, profile, school, head, adviser
):
    last = make.ProfileFactory(school=school, year=profile.year - 1)
    fill(last, SCHOOL, head, grade="1")
    validated(last, adviser, grade="3")
    text = text_of(page(client, head, school))
    assert "Validated 3" in text
    assert "chool 1" not in text
    assert f'href="{at("year", last)}"' in text


def test_the_checklist_is_shown_as_the_school_ticked_it(client, profile, school, head, adviser):
    ProfileCheck.objects.create(profile=profile, item="concise", ticked_at=AT, ticked_by=head)
    ProfileCheck.objects.create(profile=profile, item="past_results", ticked_at=AT, ticked_by=head)
    words = "It says the essential briefly"
    assert words in text_of(page(client, head, school))
    assert words not in text_of(page(client, adviser, school))
    sent(profile, head)
    text = text_of(page(client, adviser, school))
    assert words in text
    assert "How pupils attained and progressed in earlier years" in text


# What the other side does not see


@pytest.mark.requirement("L-257", "L-062")
@pytest.mark.parametrize("who", ["adviser", "manager", "director", "policy_admin"])
def test_the_authority_sees_nothing_of_the_schools_column_until_it_is_sent(
    request, client, profile, school, head, who
):
    fill(profile, SCHOOL, head)
    user = request.getfixturevalue(who)
    before = text_of(page(client, user, school))
    assert "not sent yet." in before
    assert "CONFIDENTIAL" not in before
    assert "Evidence and reasons" not in before
    assert "written" not in before
    sent(profile, head)
    assert "CONFIDENTIAL" in text_of(page(client, user, school))


@pytest.mark.requirement("L-257", "L-062")
@pytest.mark.parametrize("who", ["head", "director", "policy_admin"])
def test_nobody_but_validators_sees_a_validation_that_is_not_finished(
    request, client, profile, school, head, adviser, who
):
    profile = sent(profile, head, text="Open")
    fill(profile, VALIDATED, adviser, grade="4", text=REASON)
    text = text_of(page(client, request.getfixturevalue(who), school))
    assert "CONFIDENTIAL" not in text
    assert "Waiting to be validated." in text
    assert "8 of 8 rows validated." in text_of(page(client, adviser, school))


def test_an_editor_shows_nothing_of_what_has_not_been_sent(ask, profile, head, adviser):
    fill(profile, SCHOOL, head)
    text = text_of(ask(adviser, "validate", profile))
    assert "CONFIDENTIAL" not in text
    assert "The school has not sent grades of its own" in text


def test_a_reader_of_the_authority_is_logged_and_the_school_is_not(client, profile, school, head, adviser):
    page(client, head, school)
    assert not ReadLogEntry.objects.exists()
    page(client, adviser, school)
    entry = ReadLogEntry.objects.get()
    assert (entry.kind, entry.identifiers) == ("profile", [f"profile:{profile.public_id}"])


STAGES = [("write", "head"), ("validate", "adviser"), ("moderate", "manager")]


@pytest.mark.parametrize(
    "address", ["write", "send", "validate", "finish-validating", "moderate", "finish-moderating"]
)
def test_other_schools_heads_and_advisers_find_nothing(
    ask, profile, other_school, other_head, adviser, address
):
    answer = ask(other_head, address, profile)
    assert answer.status_code == (404 if address in ("write", "send") else 403)
    other = make.ProfileFactory(school=other_school)
    answer = ask(adviser, address, other)
    assert answer.status_code == (404 if "validat" in address else 403)


# Writing without JavaScript


def test_everything_is_saved_and_the_page_says_when(ask, client, profile, head):
    answer = ask(
        head, "write", profile, {**boxes(profile, SCHOOL, teaching=Typed("2", "Books")), "check": "shared"}
    )
    assert answer["Location"] == at("write", profile)
    text = text_of(client.get(answer["Location"]))
    assert "Books" in text
    assert "Saved " in text
    assert ProfileCheck.objects.get().item == "shared"
    judgement = profile.judgements.get()
    assert (judgement.row, judgement.grade) == ("teaching", 2)


def test_what_was_ticked_before_and_is_not_now_is_unticked(ask, profile, head):
    ProfileCheck.objects.create(profile=profile, item="concise", ticked_at=AT, ticked_by=head)
    ProfileCheck.objects.create(profile=profile, item="in_use", ticked_at=AT, ticked_by=head)
    ask(
        head,
        "write",
        profile,
        {**boxes(profile, SCHOOL), "check-was": ["concise", "nonsense"], "check": ["shared", "no"]},
    )
    assert set(ProfileCheck.objects.values_list("item", flat=True)) == {"in_use", "shared"}


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (Typed("9", "Kept words"), "choose a grade from 1 to 4"),
        (Typed("2", "Kept words", "up"), "choose a trend"),
        (Typed("2", "Kept words" + "x" * 20_001), "at most 20,000 characters"),
    ],
)
def test_wrong_input_is_answered_in_words_kept_and_nothing_saved(ask, profile, head, bad, words):
    posted = {**boxes(profile, SCHOOL, teaching=bad, overall=Typed("1", "Other words")), "check": "shared"}
    answer = ask(head, "write", profile, posted)
    text = text_of(answer)
    assert answer.status_code == 200
    assert words in text
    assert "Kept words" in text
    assert "Other words" in text
    assert 'href="#grade-teaching"' in text
    assert 'value="shared" checked' in text
    assert not profile.judgements.exists()
    assert not ProfileCheck.objects.exists()


def test_a_form_with_few_boxes_or_odd_revisions_is_no_fault(ask, profile, head):
    answer = ask(head, "write", profile, {"text-teaching": "Books", "revision-teaching": "many"})
    assert answer.status_code == 302
    assert profile.judgements.get().text == "Books"
    answer = ask(head, "write", profile, {"text-teaching": "Other", "revision-teaching": "9" * 30})
    assert "Books" in text_of(answer)
    bad = {"text-teaching": "Other", "grade-teaching": "7"}
    assert "choose a grade" in text_of(ask(head, "write", profile, bad))


def test_two_who_write_at_once_see_both_texts_and_lose_none(ask, profile, head, school):
    form = boxes(profile, SCHOOL, teaching=Typed("2", "Mine"), overall=Typed("2", "Also mine"))
    save(profile, SCHOOL, head, teaching=Typed("3", "Theirs"))
    answer = ask(head, "write", profile, form)
    text = text_of(answer)
    assert "changed “Quality of teaching” while you were writing" in text
    assert "Mine" in text
    assert "Theirs" in text
    assert "with grade 3" in text
    assert profile.judgements.get(row="overall").text == "Also mine"
    again_typed = boxes(profile, SCHOOL, teaching=Typed("2", "Mine", "", 1))
    assert ask(head, "write", profile, again_typed).status_code == 302
    assert profile.judgements.get(row="teaching").text == "Mine"


@pytest.mark.parametrize(("page_", "who"), STAGES)
def test_words_written_while_the_stage_was_handed_over_stay_on_the_page(
    request, ask, profile, head, adviser, manager, page_, who
):
    profile = validated(sent(profile, head), adviser)
    if page_ == "moderate":
        actions.hand_over_profile(profile=profile, stage=MODERATED, expected=0, by=manager, at=AT)
    stage = {"write": SCHOOL, "validate": VALIDATED, "moderate": MODERATED}[page_]
    answer = ask(
        request.getfixturevalue(who), page_, profile, boxes(profile, stage, teaching=Typed("1", "Late words"))
    )
    assert answer.status_code == 409
    assert "Your words are not saved" in text_of(answer)
    assert "Late words" in text_of(answer)


@pytest.mark.parametrize(("page_", "who"), STAGES)
def test_an_editor_of_a_closed_stage_leads_back_and_says_why(
    request, client, ask, profile, head, adviser, page_, who
):
    if page_ != "moderate":
        profile = validated(sent(profile, head), adviser)
    answer = ask(request.getfixturevalue(who), page_, profile)
    assert answer["Location"] == at("year", profile)
    assert client.get(answer["Location"]).context["messages"]


@pytest.mark.requirement("L-084", "K-034", "K-035")
def test_the_editor_says_what_every_grade_means_beside_it(ask, profile, head):
    text = text_of(ask(head, "write", profile))
    assert "Requires improvement" in text
    assert "It says the essential briefly and points to the evidence" in text
    assert "Trend" not in text


def test_leicesters_editor_asks_for_a_trend_and_has_no_checklist(ask, school, head, frameworks):
    leicester = next(version for version in frameworks if version.slug == "leicester-2007")
    profile = make.ProfileFactory(school=school, version=leicester)
    text = text_of(ask(head, "write", profile))
    assert "Improving" in text
    assert "Not said" in text
    assert "Checklist" not in text


# Saving by itself


def autosave(client, user, profile, page_="write-row", row="teaching", body=None, **data):
    client.force_login(user)
    body = (
        json.dumps({"grade": "2", "text": "Books", "trend": "", "revision": 0, **data})
        if body is None
        else body
    )
    return client.post(at(page_, profile, row=row), body, content_type="application/json")


def test_a_row_saves_itself(client, profile, head):
    answer = autosave(client, head, profile)
    assert answer.json()["revision"] == 1
    assert autosave(client, head, profile).json()["revision"] == 1
    assert profile.judgements.get().text == "Books"


def test_a_conflict_gives_back_what_stands(client, profile, head):
    save(profile, SCHOOL, head, teaching=Typed("3", "Theirs"))
    answer = autosave(client, head, profile)
    assert answer.status_code == 409
    assert answer.json() == {"theirs": "Theirs", "choices": {"grade": "3"}, "by": "Hana Head", "revision": 1}


def test_a_conflict_gives_back_the_trend_where_there_is_one(client, school, head, frameworks):
    leicester = next(version for version in frameworks if version.slug == "leicester-2007")
    profile = make.ProfileFactory(school=school, version=leicester)
    save(profile, SCHOOL, head, teaching=Typed("", "Theirs", "up"))
    assert autosave(client, head, profile).json()["choices"] == {"grade": "", "trend": "up"}


@pytest.mark.parametrize(("page_", "who"), [("validate-row", "adviser"), ("moderate-row", "manager")])
def test_the_other_stages_save_themselves_too(request, client, profile, head, adviser, page_, who):
    profile = sent(profile, head)
    if page_ == "moderate-row":
        profile = validated(profile, adviser)
    assert autosave(client, request.getfixturevalue(who), profile, page_).status_code == 200


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", '"x"', "null", "{}", "[" * 100_000, '{"grade": 2, "text": "x", "revision": 1e400}'],
)
def test_nonsense_is_refused_in_words(client, profile, head, body):
    answer = autosave(client, head, profile, body=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_wrong_grade_or_row_is_refused_and_a_closed_stage_says_so(client, profile, head):
    assert "choose a grade" in autosave(client, head, profile, grade="9").json()["error"]
    assert autosave(client, head, profile, row="standards").status_code == 400
    assert not profile.judgements.exists()
    sent(profile, head)
    answer = autosave(client, head, profile, text="Later", revision=1)
    assert (answer.status_code, "has been sent" in answer.json()["error"]) == (409, True)


def tick(client, user, profile, body):
    client.force_login(user)
    return client.post(at("tick", profile), json.dumps(body), content_type="application/json")


def test_a_tick_saves_itself(client, profile, head):
    assert "saved" in tick(client, head, profile, {"item": "concise", "ticked": True}).json()
    assert ProfileCheck.objects.get().item == "concise"
    tick(client, head, profile, {"item": "concise", "ticked": False})
    assert not ProfileCheck.objects.exists()
    for body in ({"item": "teaching", "ticked": True}, {"item": "concise"}, [], None):
        assert tick(client, head, profile, body).status_code == 400
    sent(profile, head)
    assert tick(client, head, profile, {"item": "concise", "ticked": True}).status_code == 409


# Handing over, reopening, agreeing, releasing


def test_the_school_sends_and_the_adviser_finishes(ask, client, profile, head, adviser, manager):
    fill(profile, SCHOOL, head)
    saved = ask(head, "write", profile, {**boxes(profile, SCHOOL), "next": "hand_over"})
    assert saved["Location"] == at("send", profile)
    text = text_of(client.get(saved["Location"]))
    assert "You can take it back, with a reason, until it is validated." in text
    answer = client.post(saved["Location"], {"revision": revision_of(profile, SCHOOL)}, follow=True)
    assert "The self-evaluation is sent." in text_of(answer)
    fill(profile, VALIDATED, adviser)
    assert "The school then sees the grades" in text_of(ask(adviser, "finish-validating", profile))
    ask(adviser, "finish-validating", profile, {"revision": revision_of(profile, VALIDATED)})
    text = text_of(ask(manager, "finish-moderating", profile))
    assert "These stand as validated: Leadership and management" in text
    ask(manager, "finish-moderating", profile, {"revision": 0})
    assert len(again(profile).handed_over) == 3


def test_what_is_missing_is_named_with_a_link_to_its_row(ask, profile, head, adviser):
    profile = sent(profile, head)
    fill(profile, VALIDATED, adviser, teaching=Typed("3"))
    text = text_of(ask(adviser, "finish-validating", profile))
    assert f'href="{at("validate", profile)}#row-teaching"' in text
    answer = ask(adviser, "finish-validating", profile, {"revision": revision_of(profile, VALIDATED)})
    assert answer["Location"] == at("finish-validating", profile)
    assert again(profile).validated_at is None


def test_a_stale_page_hands_nothing_over(ask, client, profile, head):
    fill(profile, SCHOOL, head)
    answer = ask(head, "send", profile, {"revision": 3})
    assert "changed since you looked" in text_of(client.get(answer["Location"]))
    assert ask(head, "send", profile, {"revision": "x"}).status_code == 200
    assert again(profile).submitted_at is None


def test_handing_over_a_closed_stage_leads_back(ask, client, profile, head, adviser):
    profile = validated(profile, adviser)
    for data in (None, {"revision": 0}):
        answer = ask(head, "send", profile, data)
        assert answer["Location"] == at("year", profile)


def test_without_the_schools_grades_the_adviser_is_told_so_before_finishing(ask, profile, adviser):
    fill(profile, VALIDATED, adviser, overall=Typed("", "Not seen"))
    text = text_of(ask(adviser, "finish-validating", profile))
    assert "The school has not sent grades of its own" in text
    assert "These go without a grade: Overall effectiveness." in text


@pytest.mark.requirement("L-064")
def test_the_reason_for_sending_it_back_is_read_by_the_school(ask, client, profile, school, head, adviser):
    profile = sent(profile, head)
    assert "Send it back to the school" in text_of(page(client, adviser, school))
    assert "Why is it reopened?" in text_of(ask(adviser, "reopen", profile))
    wrong = ask(adviser, "reopen", profile, {"reason": " ", "stage": "school"})
    assert wrong.status_code == 200
    ask(adviser, "reopen", profile, {"reason": "Say more of phonics", "stage": "school"})
    text = text_of(page(client, head, school))
    assert "were taken up again" in text
    assert text.count("Say more of phonics") == 2


def test_reopening_what_has_moved_on_or_is_not_theirs_says_so(ask, client, profile, head, adviser):
    answer = ask(head, "reopen", profile)
    assert "Nothing has been handed over" in text_of(client.get(answer["Location"]))
    profile = validated(sent(profile, head), adviser)
    answer = ask(head, "reopen", profile, {"reason": "Mine", "stage": "validated"})
    assert "your roles do not let you" in text_of(client.get(answer["Location"]))
    answer = ask(adviser, "reopen", profile, {"reason": "Old page", "stage": "school"})
    assert "moved on" in text_of(client.get(answer["Location"]))
    assert len(again(profile).handed_over) == 2


AGREED = {**date_parts("agreed_on", timezone.localdate()), "agreed_with": "Hana Head"}


@pytest.mark.requirement("L-063")
def test_the_agreement_is_recorded_and_shown(ask, client, profile, school, head, adviser):
    answer = ask(adviser, "agree", profile)
    assert "once it is validated" in text_of(client.get(answer["Location"]))
    profile = validated(profile, adviser)
    assert "When was it agreed?" in text_of(ask(adviser, "agree", profile))
    future = ask(adviser, "agree", profile, {**AGREED, "agreed_on_year": "2099"})
    assert "not in the future" in text_of(future)
    assert "Hana Head" in text_of(future)
    ask(adviser, "agree", profile, AGREED)
    today = date_format(timezone.localdate(), "j F Y")
    assert f"Agreed with Hana Head on {today}." in text_of(page(client, head, school))


def test_an_agreement_raced_by_a_reopening_leads_back(ask, client, profile, adviser, monkeypatch):
    profile = validated(profile, adviser)

    def meanwhile(**given):
        raise NotPossible("It was reopened meanwhile.")

    monkeypatch.setattr(actions, "agree_profile", meanwhile)
    answer = ask(adviser, "agree", profile, AGREED)
    assert "reopened meanwhile" in text_of(client.get(answer["Location"]))


@pytest.mark.requirement("L-085")
def test_the_summary_is_read_once_more_and_released(ask, client, profile, school, head, adviser, monkeypatch):
    monkeypatch.setattr(rendering, "to_pdf", lambda html, colour: html.encode())
    answer = ask(adviser, "release", profile)
    assert "Only a validated profile" in text_of(client.get(answer["Location"]))
    profile = validated(sent(profile, head), adviser, teaching=Typed("3", REASON))
    assert REASON in text_of(ask(adviser, "release", profile))
    answer = ask(adviser, "release", profile, {})
    document = Document.objects.get()
    assert answer["Location"] == document.get_absolute_url()
    assert ask(adviser, "release", profile)["Location"] == document.get_absolute_url()
    text = text_of(page(client, head, school))
    assert document.reference in text
    assert "Release the printed summary" not in text_of(page(client, adviser, school))


def test_where_no_pdf_can_be_made_it_is_said(ask, client, profile, adviser, monkeypatch):
    profile = validated(profile, adviser)

    def missing(html, colour):
        raise rendering.RendererMissing("PDFs cannot be made on this machine.")

    monkeypatch.setattr(rendering, "to_pdf", missing)
    answer = ask(adviser, "release", profile, {})
    assert "cannot be made" in text_of(client.get(answer["Location"]))
