"""Asking schools about a draft, comments on the policy at any time, and answers (L-218, K-229)."""

import datetime as dt
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from categorisation.actions import consultations as actions
from categorisation.frameworks_in_force import version_for
from categorisation.models import Consultation, FrameworkComment, FrameworkDraft, FrameworkVersion
from jobs.models import Job, OutboxMessage
from tests.factories import (
    AuthorityFactory,
    SchoolContactFactory,
    SchoolFactory,
    UserFactory,
)
from ui.forms import date_parts

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L-218", "K-229")]

NOW = dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture
def editor(leeds, authority):
    return UserFactory(name="Eddie Editor", grants=[(Role.POLICY_ADMIN, authority)])


@pytest.fixture
def draft(editor, authority):
    version = version_for(authority, TODAY)
    document = json.loads(json.dumps(version.document))
    document["words"]["plan"] = "Improvement plan"
    document["rules"][0]["title"] = "Judged at least good"
    return FrameworkDraft.objects.create(
        authority=authority,
        slug=version.slug,
        based_on=version,
        document=document,
        created_at=NOW,
        created_by=editor,
        saved_at=NOW,
        saved_by=editor,
    )


def _open(draft, editor, **changes):
    values = {
        "introduction": "We propose clearer words.",
        "opens_on": TODAY,
        "closes_on": TODAY + dt.timedelta(days=20),
        "at": NOW,
        **changes,
    }
    return actions.open_consultation(draft=draft, by=editor, **values)


@pytest.fixture
def consultation(draft, editor):
    return _open(draft, editor)


def _signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


class TestOpening:
    def test_a_draft_is_kept_as_it_was_when_schools_were_asked(self, consultation, draft):
        draft.document["words"]["plan"] = "Something else"
        draft.save()
        consultation.refresh_from_db()
        assert consultation.document["words"]["plan"] == "Improvement plan"

    def test_the_same_twice_is_one(self, consultation, draft, editor):
        assert _open(draft, editor) == consultation

    def test_another_while_one_is_open_is_refused(self, consultation, draft, editor):
        with pytest.raises(ValidationError, match="open until 11 December 2026"):
            _open(draft, editor, introduction="Again")

    def test_days_out_of_order_are_refused(self, draft, editor):
        with pytest.raises(ValidationError, match="before the first day"):
            _open(draft, editor, closes_on=TODAY - dt.timedelta(days=1))

    def test_a_faulty_draft_is_refused_with_its_first_fault(self, draft, editor):
        draft.document["rules"][0]["floor"] = 8
        draft.document["rules"][1]["floor"] = 8
        draft.save()
        with pytest.raises(ValidationError, match="and 1 more"):
            _open(draft, editor)
        draft.document["rules"][1]["floor"] = 2
        draft.save()
        with pytest.raises(ValidationError, match="no level of rank 8"):
            _open(draft, editor)

    def test_a_draft_that_is_closed_is_refused(self, draft, editor):
        draft.status = "abandoned"
        draft.save()
        with pytest.raises(ValidationError, match="no longer open"):
            _open(draft, editor)

    def test_only_those_who_draft_may_ask(self, draft, head):
        with pytest.raises(PermissionDenied):
            _open(draft, head)

    def test_heads_and_chairs_are_told_once_on_the_first_day(self, consultation, school, head):
        SchoolContactFactory(school=school, role="clerk", email="clerk@example.org")
        elsewhere = SchoolFactory(authority=AuthorityFactory(code="777"))
        SchoolContactFactory(school=elsewhere, role="headteacher", email="far@example.org")
        job = Job.objects.get(kind="categorisation.announce_consultation")
        assert timezone.localdate(job.run_after) == TODAY
        told = actions.tell_schools(consultation=consultation, now=NOW)
        assert actions.tell_schools(consultation=consultation, now=NOW) == told
        messages = OutboxMessage.objects.filter(key__startswith="categorisation.consultation")
        assert messages.count() == told
        addresses = set(messages.values_list("to", flat=True))
        assert head.email in addresses
        assert not addresses & {"clerk@example.org", "far@example.org"}

    def test_the_unattended_job_tells_them(self, consultation, head, run_jobs):
        Job.objects.filter(kind="categorisation.announce_consultation").update(run_after=NOW)
        run_jobs()
        assert OutboxMessage.objects.filter(to=head.email, subject__contains="asks for your view").exists()

    def test_nobody_is_asked_about_a_draft_that_was_ended_before(self, consultation, draft, head):
        draft.status = "abandoned"
        draft.save()
        consultation.refresh_from_db()
        assert actions.tell_schools(consultation=consultation, now=NOW) == 0
        assert not OutboxMessage.objects.exists()


class TestCommenting:
    def _comment(self, consultation, by, **changes):
        values = {"text": "Clearer, thank you.", "form_key": "k1", "at": NOW, **changes}
        return actions.comment(authority=consultation.draft.authority, about=consultation, by=by, **values)

    def test_a_double_click_is_one_comment(self, consultation, head, school):
        made = self._comment(consultation, head, school=school)
        assert self._comment(consultation, head, school=school) == made
        assert FrameworkComment.objects.count() == 1

    def test_the_form_of_somebody_else_or_about_something_else_makes_none(
        self, consultation, head, other_head, leeds, client, today
    ):
        self._comment(consultation, head)
        with pytest.raises(ValidationError, match="has been sent before"):
            self._comment(consultation, other_head)
        client.force_login(head)
        typed = {"text": "Another word.", "place": "", "form_key": "k1"}
        answer = client.post(reverse("categorisation:framework-comment"), typed)
        assert "has been sent before" in answer.content.decode()
        assert FrameworkComment.objects.count() == 1

    def test_nobody_speaks_for_a_school_that_is_not_theirs(self, consultation, head, other_school):
        with pytest.raises(PermissionDenied, match="not yours"):
            self._comment(consultation, head, school=other_school)

    def test_somebody_the_policy_does_not_apply_to_is_refused(self, consultation, stranger):
        with pytest.raises(PermissionDenied, match="no role"):
            self._comment(consultation, stranger)

    def test_a_closed_consultation_takes_none(self, consultation, head):
        with pytest.raises(ValidationError, match="from 21 November 2026 to 11 December 2026"):
            self._comment(consultation, head, at=NOW + dt.timedelta(days=30))

    def test_an_answer_reaches_whoever_asked(self, consultation, head, editor):
        made = self._comment(consultation, head)
        assert actions.reply(comment=made, text="We agree.", by=editor, at=NOW)
        assert not actions.reply(comment=made, text="We agree.", by=editor, at=NOW)
        assert actions.reply(comment=made, text="We do agree.", by=editor, at=NOW + dt.timedelta(minutes=1))
        message = OutboxMessage.objects.filter(to=head.email, subject__contains="answer").first()
        assert consultation.public_id in message.body
        assert "agree" not in message.body

    def test_an_answer_to_a_comment_on_the_policy_itself_leads_to_its_page(
        self, leeds, authority, head, editor
    ):
        version = version_for(authority, TODAY)
        made = actions.comment(
            authority=authority, about=version, text="Too long.", form_key="k2", by=head, at=NOW
        )
        actions.reply(comment=made, text="So it is.", by=editor, at=NOW)
        assert "/framework/comment/" in OutboxMessage.objects.get(to=head.email).body

    def test_a_second_answer_by_someone_else_is_refused(self, consultation, head, editor, authority):
        made = self._comment(consultation, head)
        actions.reply(comment=made, text="We agree.", by=editor, at=NOW)
        other = UserFactory(grants=[(Role.POLICY_ADMIN, authority)])
        with pytest.raises(ValidationError, match="meanwhile"):
            actions.reply(comment=made, text="We do not.", by=other, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.reply(comment=made, text="I say so myself.", by=head, at=NOW)


@pytest.mark.usefixtures("today")
class TestPages:
    def test_a_head_reads_what_would_change_comments_and_finds_the_answer(self, consultation, head, editor):
        page = reverse("categorisation:consultation-detail", args=[consultation.public_id])
        client = _signed_in(head)
        shown = client.get(page).content.decode()
        assert "Improvement plan" in shown
        assert "until 11 December 2026" in shown
        sent = client.post(page, {"text": "Good words.", "place": "Words", "form_key": "abc"})
        assert sent.status_code == 302
        made = FrameworkComment.objects.get()
        assert (made.school, made.place) == (head.school_contacts.get().school, "Words")
        answer = reverse(
            "categorisation:comment-reply", args=[consultation.draft.authority.code, made.public_id]
        )
        assert _signed_in(editor).post(answer, {"text": "Thank you."}).status_code == 302
        assert "Thank you." in client.get(page).content.decode()

    def test_a_head_does_not_read_the_comments_of_another(self, consultation, head, other_head, editor):
        page = reverse("categorisation:consultation-detail", args=[consultation.public_id])
        _signed_in(head).post(page, {"text": "Between us.", "form_key": "abc"})
        assert "Between us." not in _signed_in(other_head).get(page).content.decode()
        assert "Between us." in _signed_in(editor).get(page).content.decode()

    def test_an_empty_comment_is_refused_in_words(self, consultation, head):
        page = reverse("categorisation:consultation-detail", args=[consultation.public_id])
        assert "Enter your comment" in _signed_in(head).post(page, {"text": " "}).content.decode()

    def test_a_comment_as_the_consultation_closes_keeps_what_was_typed(self, consultation, head, monkeypatch):
        page = reverse("categorisation:consultation-detail", args=[consultation.public_id])
        Consultation.objects.update(opens_on=dt.date(2026, 10, 1), closes_on=dt.date(2026, 10, 2))
        client = _signed_in(head)
        assert "Send the comment" not in client.get(page).content.decode()
        refused = client.post(page, {"text": "Too late.", "form_key": "abc"})
        assert refused.status_code == 200
        assert not FrameworkComment.objects.exists()

    def test_before_its_first_day_only_those_who_draft_see_it(self, draft, editor, head):
        coming = _open(draft, editor, opens_on=TODAY + dt.timedelta(days=3))
        page = reverse("categorisation:consultation-detail", args=[coming.public_id])
        assert _signed_in(head).get(page).status_code == 404
        assert "from 24 November 2026" in _signed_in(editor).get(page).content.decode()

    def test_nobody_of_another_authority_sees_it(self, consultation, leeds):
        far = UserFactory(grants=[(Role.POLICY_ADMIN, AuthorityFactory(code="777"))])
        page = reverse("categorisation:consultation-detail", args=[consultation.public_id])
        assert _signed_in(far).get(page).status_code == 404

    def test_one_who_has_several_schools_says_for_which_they_speak(
        self, consultation, head, school, authority
    ):
        second = SchoolFactory(authority=authority, name="Second School")
        SchoolContactFactory(school=second, user=head, role="headteacher")
        page = reverse("categorisation:consultation-detail", args=[consultation.public_id])
        client = _signed_in(head)
        assert "For which school do you speak?" in client.get(page).content.decode()
        client.post(page, {"text": "For the second.", "school": str(second.urn), "form_key": "a"})
        client.post(page, {"text": "For myself.", "school": "", "form_key": "b"})
        assert list(FrameworkComment.objects.values_list("school__name", flat=True)) == [
            "Second School",
            None,
        ]

    def test_the_policy_in_force_may_be_commented_on_at_any_time(self, leeds, head, editor, authority):
        page = reverse("categorisation:framework-comment")
        client = _signed_in(head)
        assert client.post(page, {"text": "Too many words.", "form_key": "k"}).status_code == 302
        assert "Too many words." in client.get(page).content.decode()
        listed = _signed_in(editor).get(reverse("categorisation:consultation-list", args=[authority.code]))
        assert "Too many words." in listed.content.decode()
        made = FrameworkComment.objects.get()
        answer = reverse("categorisation:comment-reply", args=[authority.code, made.public_id])
        assert _signed_in(editor).post(answer, {"text": "True."}).url.endswith("/consultations/")
        other = UserFactory(grants=[(Role.POLICY_ADMIN, authority)])
        assert "meanwhile" in _signed_in(other).post(answer, {"text": "False."}).content.decode()

    def test_without_a_policy_there_is_nothing_to_comment_on(self, stranger):
        page = _signed_in(stranger).get(reverse("categorisation:framework-comment")).content.decode()
        assert "No policy is in force" in page

    def test_an_editor_asks_and_says_what_came_of_it(self, draft, editor, authority, head):
        client = _signed_in(editor)
        page = reverse("categorisation:consultation-open", args=[authority.code, draft.public_id])
        listed = reverse("categorisation:consultation-list", args=[authority.code])
        assert page in client.get(listed).content.decode()
        days = date_parts("opens_on", TODAY) | date_parts("closes_on", TODAY + dt.timedelta(9))
        assert client.post(page, {"introduction": "Words.", **days}).status_code == 302
        again = client.post(page, {"introduction": "More words.", **days})
        assert "open until" in again.content.decode()
        assert "More words." in again.content.decode()
        consultation = Consultation.objects.get()
        outcome = reverse(
            "categorisation:consultation-outcome", args=[authority.code, consultation.public_id]
        )
        assert client.get(outcome).status_code == 200
        client.post(outcome, {"outcome": "We changed a word."})
        client.post(outcome, {"outcome": "We changed a word."})
        shown = reverse("categorisation:consultation-detail", args=[consultation.public_id])
        assert "We changed a word." in _signed_in(head).get(shown).content.decode()


@pytest.mark.usefixtures("today")
class TestVersions:
    def test_one_version_has_nothing_to_compare(self, leeds, head):
        page = _signed_in(head).get(reverse("categorisation:framework-versions")).content.decode()
        assert "nothing to compare" in page

    def test_two_versions_are_compared_in_words(self, draft, editor, authority, head):
        own = FrameworkVersion.objects.create(
            authority=authority,
            slug=draft.slug,
            number=2,
            title=draft.based_on.title,
            document=draft.document,
            sha256="0" * 64,
            effective_from=TODAY,
            based_on=draft.based_on,
            published_at=draft.based_on.published_at + dt.timedelta(days=1),
            published_by=editor,
            summary="Clearer words",
        )
        client = _signed_in(head)
        page = client.get(reverse("categorisation:framework-versions")).content.decode()
        assert "Improvement plan" in page
        assert "Clearer words" in page
        same = client.get(reverse("categorisation:framework-versions"), {"before": own.pk, "after": own.pk})
        assert "Nothing differs" in same.content.decode()

    def test_whoever_acts_for_nobody_finds_none(self, stranger):
        page = _signed_in(stranger).get(reverse("categorisation:framework-versions"))
        assert "No policy is in force" in page.content.decode()


def test_home_asks_the_school_until_it_has_said_something(consultation, head, authority, today):
    client = _signed_in(head)
    ask = "Say what you think of the changes proposed to the policy"
    assert ask in client.get("/").content.decode()
    actions.comment(
        authority=authority, about=consultation, text="Too many words.", form_key="once", by=head, at=NOW
    )
    assert ask not in client.get("/").content.decode()
