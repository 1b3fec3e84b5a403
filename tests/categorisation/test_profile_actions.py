"""Profiles written, handed over, reopened, agreed and released; who may not; and two people at once."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import actions
from categorisation.actions import ProfileStale
from categorisation.choices import ProfileStage
from categorisation.models import Profile, ProfileCheck, ProfileJudgement
from categorisation.permissions import profiles as permissions
from categorisation.permissions.profiles import ProfileNotReady
from categorisation.rules.profiles import Ticks, Typed
from categorisation.workflow import NotPossible
from jobs.models import Job
from reports import rendering
from reports.actions import withdraw
from reports.models import Document
from schools.choices import SchoolStatus
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
    hand_over,
    moderated,
    save,
    sent,
    validated,
)

pytestmark = pytest.mark.usefixtures("leeds")
TODAY = AT.date()


@pytest.fixture
def profile(leeds, school):
    return make.ProfileFactory(school=school, year=2026)


@pytest.fixture
def quick_pdf(monkeypatch):
    """The PDF has its own tests; elsewhere it is its HTML in bytes."""
    monkeypatch.setattr(rendering, "to_pdf", lambda html, colour: html.encode())


@pytest.fixture
def deputy(school):
    """Writes for the school beside its head."""
    user = make.UserFactory(name="Dora Deputy", grants=[(Role.SCHOOL_DELEGATE, school.authority)])
    make.SchoolContactFactory(school=school, user=user, name=user.name, role="deputy")
    return user


def held(profile, stage, row="teaching"):
    return ProfileJudgement.objects.filter(profile=profile, stage=stage, row=row).first()


# Beginning


@pytest.mark.requirement("L-062", "L-277", "K-043")
def test_the_school_begins_a_profile_of_the_year_under_the_policy_in_force(school, head):
    begun = actions.begin_profile(school=school, by=head, at=AT)
    assert (begun.year, begun.version.slug, begun.begun_by) == (2026, "leeds-2013", head)
    assert actions.begin_profile(school=school, by=head, at=AT) == begun
    assert ChangeLogEntry.objects.filter(action="categorisation.begin_profile").count() == 1


@pytest.mark.parametrize("who", ["adviser", "manager"])
def test_where_the_school_writes_none_its_adviser_begins(request, school, who):
    user = request.getfixturevalue(who)
    assert actions.begin_profile(school=school, by=user, at=AT).begun_by == user


@pytest.mark.parametrize("who", ["other_head", "policy_admin", "stranger", "auditor"])
def test_others_begin_none(request, school, who):
    with pytest.raises(PermissionDenied, match="do not let you begin"):
        actions.begin_profile(school=school, by=request.getfixturevalue(who), at=AT)


def test_an_adviser_begins_none_for_a_school_they_do_not_serve(other_school, adviser):
    assert not permissions.can_begin(adviser, other_school)


def test_a_closed_school_and_one_without_a_policy_have_none(school, head, far_school, far_authority):
    school.status = SchoolStatus.CLOSED
    school.save()
    with pytest.raises(NotPossible, match="not open"):
        actions.begin_profile(school=school, by=head, at=AT)
    manager = make.UserFactory(grants=[(Role.AREA_MANAGER, far_authority)])
    with pytest.raises(NotPossible, match="Soarbridge has not chosen a policy"):
        actions.begin_profile(school=far_school, by=manager, at=AT)


# Saving


def test_rows_are_saved_and_saving_twice_is_saving_once(profile, head):
    for _ in range(2):
        saved = save(profile, SCHOOL, head, teaching=Typed("2", "Books", "", 0))
    assert (saved.changed, saved.conflicts, saved.revisions) == ((), (), {"teaching": 1})
    judgement = held(profile, SCHOOL)
    assert (judgement.grade, judgement.text, judgement.saved_by) == (2, "Books", head)
    assert ChangeLogEntry.objects.filter(action="categorisation.save_profile").count() == 1


def test_what_was_set_can_be_cleared_again(profile, head):
    save(profile, SCHOOL, head, teaching=Typed("2", "Books", "", 0))
    save(profile, SCHOOL, head, teaching=Typed("", "", "", 1))
    assert (held(profile, SCHOOL).grade, held(profile, SCHOOL).text) == (None, "")


def test_the_log_of_a_draft_tells_neither_grade_nor_words(profile, head):
    save(profile, SCHOOL, head, teaching=Typed("3", EVIDENCE, "", 0))
    entry = ChangeLogEntry.objects.get(action="categorisation.save_profile")
    assert entry.before == {"teaching": {"revision": 0, "characters": 0}}
    assert entry.after == {"stage": "school", "teaching": {"revision": 1, "characters": len(EVIDENCE)}}


def test_a_row_somebody_else_changed_is_left_and_the_others_are_saved(profile, head, deputy):
    save(profile, SCHOOL, deputy, teaching=Typed("3", "Dora’s", "", 0))
    saved = save(
        profile, SCHOOL, head, teaching=Typed("1", "Hana’s", "", 0), overall=Typed("2", "All", "", 0)
    )
    (conflict,) = saved.conflicts
    assert (conflict.row, conflict.title, conflict.revision) == ("teaching", "Quality of teaching", 1)
    assert (conflict.mine.text, conflict.theirs.text, conflict.theirs_by) == (
        "Hana’s",
        "Dora’s",
        "Dora Deputy",
    )
    assert saved.changed == ("overall",)
    assert held(profile, SCHOOL).text == "Dora’s"
    knowing = save(profile, SCHOOL, head, teaching=Typed("1", "Hana’s", "", conflict.revision))
    assert (knowing.conflicts, held(profile, SCHOOL).text) == ((), "Hana’s")


def test_a_revision_that_never_was_is_a_conflict_with_nobody(profile, head):
    (conflict,) = save(profile, SCHOOL, head, teaching=Typed("1", "Mine", "", 7)).conflicts
    assert (conflict.theirs_by, conflict.revision) == ("", 0)


@pytest.mark.parametrize("bad", [Typed("5", "Kept"), Typed("2", "", "up"), Typed("2", "x" * 20_001)])
def test_of_a_save_with_one_wrong_row_nothing_is_saved(profile, head, bad):
    with pytest.raises(ValueError, match="“Quality of teaching”"):
        save(profile, SCHOOL, head, overall=Typed("2", "All"), teaching=bad)
    assert not profile.judgements.exists()


@pytest.mark.parametrize("row", ["standards", "nonsense", "concise"])
def test_a_row_of_another_framework_or_of_none_is_not_there(profile, head, row):
    with pytest.raises(KeyError):
        save(profile, SCHOOL, head, **{row: Typed("2", "All")})


@pytest.mark.requirement("X-60")
def test_a_trend_is_kept_where_the_framework_asks_for_it(school, head, frameworks):
    leicester = next(version for version in frameworks if version.slug == "leicester-2007")
    old = make.ProfileFactory(school=school, year=2026, version=leicester)
    save(old, SCHOOL, head, standards=Typed("2", "Results", "down"))
    assert held(old, SCHOOL, "standards").trend == "down"


def test_a_profile_keeps_the_rows_of_the_policy_it_was_begun_under(school, head, frameworks):
    """The authority works to Leeds now; the profile was begun under Leicester."""
    leicester = next(version for version in frameworks if version.slug == "leicester-2007")
    old = make.ProfileFactory(school=school, year=2026, version=leicester)
    assert actions.begin_profile(school=school, by=head, at=AT) == old
    fill(old, SCHOOL, head)
    with pytest.raises(KeyError):
        save(old, SCHOOL, head, achievement=Typed("2"))
    hand_over(old, SCHOOL, head)
    assert old.judgements.count() == 13


@pytest.mark.requirement("K-034", "K-035")
def test_what_two_people_tick_at_once_is_all_kept(profile, head, deputy):
    save(profile, SCHOOL, head, ticks=Ticks(ticked=["concise", "evaluative"]))
    save(profile, SCHOOL, deputy, ticks=Ticks(ticked=["past_results"]))
    save(profile, SCHOOL, head, ticks=Ticks(ticked=["concise"], unticked=["evaluative", "shared"]))
    assert set(ProfileCheck.objects.values_list("item", flat=True)) == {"concise", "past_results"}
    with pytest.raises(KeyError):
        save(profile, SCHOOL, head, ticks=Ticks(ticked=["teaching"]))


def test_only_the_school_ticks(profile, adviser):
    save(profile, VALIDATED, adviser, ticks=Ticks(ticked=["concise"]))
    assert not ProfileCheck.objects.exists()


WRITERS = {
    SCHOOL: {"head", "deputy"},
    VALIDATED: {"adviser", "manager"},
    MODERATED: {"manager"},
}


@pytest.mark.parametrize("stage", list(ProfileStage))
@pytest.mark.parametrize(
    "who", ["head", "deputy", "adviser", "manager", "other_head", "policy_admin", "auditor", "stranger"]
)
def test_each_stage_is_written_by_its_own_people_alone(request, profile, stage, who):
    user = request.getfixturevalue(who)
    if stage == MODERATED:
        boss = make.UserFactory(grants=[(Role.HEAD_OF_SERVICE, profile.school.authority)])
        profile = validated(profile, boss)
    if who in WRITERS[stage]:
        assert save(profile, stage, user, teaching=Typed("2", "All")).changed == ("teaching",)
    else:
        with pytest.raises(PermissionDenied):
            save(profile, stage, user, teaching=Typed("2", "All"))
        assert held(profile, stage) is None or stage == VALIDATED


def test_another_schools_adviser_and_head_write_nothing_here(other_school, adviser, head):
    other = make.ProfileFactory(school=other_school, year=2026)
    for stage, user in ((SCHOOL, head), (VALIDATED, adviser)):
        with pytest.raises(PermissionDenied):
            save(other, stage, user, teaching=Typed("2", "All"))


# Handing over


@pytest.mark.requirement("L-062", "K-043", "L-267")
def test_school_adviser_and_authority_hand_over_one_after_another(profile, head, adviser, manager):
    profile = sent(profile, head)
    assert (profile.submitted_by, profile.handed_over) == (head, {SCHOOL})
    profile = validated(profile, adviser, teaching=Typed("3", REASON))
    assert (profile.validated_by, profile.validated_at) == (adviser, AT)
    profile = moderated(profile, manager, teaching=Typed("4", REASON))
    assert (profile.moderated_by, profile.edition) == (manager, 3)
    assert [held(profile, stage).grade for stage in ProfileStage] == [2, 3, 4]
    assert Job.objects.filter(kind="categorisation.refresh_school").count() == 1
    log = ChangeLogEntry.objects.filter(action="categorisation.hand_over_profile").first()
    assert log.after["grades"]["teaching"] == 4
    assert REASON not in str(log.after)


def test_a_row_the_authority_left_alone_stands_as_validated(profile, adviser, manager):
    profile = validated(profile, adviser, overall=Typed("", "Not seen"))
    profile = moderated(profile, manager, teaching=Typed("", "We agree"))
    assert (held(profile, MODERATED).grade, held(profile, MODERATED).text) == (2, "We agree")
    assert held(profile, MODERATED, "leadership").grade == 2
    assert held(profile, MODERATED, "overall") is None


def test_a_second_click_changes_nothing(profile, head, adviser):
    profile = sent(profile, head)
    hand_over(profile, SCHOOL, head)
    assert again(profile).edition == 1
    with pytest.raises(PermissionDenied):
        hand_over(profile, SCHOOL, adviser)


@pytest.mark.requirement("L-062", "X-60")
def test_a_difference_without_a_reason_is_refused_and_the_row_named(profile, head, adviser, manager):
    profile = sent(profile, head)
    fill(profile, VALIDATED, adviser, teaching=Typed("3"))
    with pytest.raises(ProfileNotReady, match="“Quality of teaching” differs from the school’s") as refused:
        hand_over(profile, VALIDATED, adviser)
    assert [item.row for item in refused.value.missing] == ["teaching"]
    save(profile, VALIDATED, adviser, teaching=Typed("3", REASON, "", 1))
    hand_over(profile, VALIDATED, adviser)
    save(profile, MODERATED, manager, overall=Typed("4"))
    with pytest.raises(ProfileNotReady, match="“Overall effectiveness” differs from the validated one"):
        hand_over(profile, MODERATED, manager)


def test_a_school_sends_nothing_without_evidence(profile, head):
    save(profile, SCHOOL, head, teaching=Typed("2", "Books"))
    with pytest.raises(ProfileNotReady, match="Write the evidence for “Leadership and management”"):
        hand_over(profile, SCHOOL, head)
    assert again(profile).submitted_at is None


def test_what_changed_since_it_was_looked_at_is_not_handed_over_unread(profile, head, deputy):
    fill(profile, SCHOOL, head)
    save(profile, SCHOOL, deputy, teaching=Typed("1", EVIDENCE, "", 1))
    with pytest.raises(ProfileStale, match="changed since you looked"):
        actions.hand_over_profile(profile=profile, stage=SCHOOL, expected=8, by=head, at=AT)
    assert again(profile).submitted_at is None


def test_an_adviser_validates_without_the_school_and_then_the_school_writes_no_more(profile, adviser, head):
    save(profile, SCHOOL, head, teaching=Typed("1", "Ours"))
    profile = validated(profile, adviser)
    assert profile.handed_over == {VALIDATED}
    with pytest.raises(NotPossible, match="validated without the school"):
        save(profile, SCHOOL, head, teaching=Typed("2", "Late", "", 1))


def test_nothing_is_written_in_a_stage_handed_over(profile, head, adviser, manager):
    profile = sent(profile, head)
    with pytest.raises(NotPossible, match="has been sent"):
        save(profile, SCHOOL, head, teaching=Typed("1", "Later", "", 1))
    with pytest.raises(NotPossible, match="not validated yet"):
        save(profile, MODERATED, manager, teaching=Typed("1"))
    profile = validated(profile, adviser)
    with pytest.raises(NotPossible, match="validation is finished"):
        save(profile, VALIDATED, adviser, teaching=Typed("1", "Later", "", 1))
    profile = moderated(profile, manager)
    with pytest.raises(NotPossible, match="moderation is finished"):
        save(profile, MODERATED, manager, teaching=Typed("1", "Later", "", 1))


@pytest.mark.requirement("L-060")
def test_nobody_moderates_what_they_validated_or_wrote_in_themselves(profile, adviser, manager):
    save(profile, VALIDATED, manager, teaching=Typed("2"))
    fill(profile, VALIDATED, adviser)
    hand_over(profile, VALIDATED, adviser)
    with pytest.raises(NotPossible, match="You validated this profile"):
        save(profile, MODERATED, manager, teaching=Typed("1", REASON))
    with pytest.raises(NotPossible, match="You validated this profile"):
        hand_over(profile, MODERATED, manager)


def test_a_validator_who_is_the_head_too_validates_another_school(profile, head, authority):
    make.RoleGrantFactory(user=head, role=Role.AREA_MANAGER, authority=authority)
    profile = sent(profile, head)
    assert not permissions.can_judge(head, profile, VALIDATED)
    with pytest.raises(NotPossible, match="You wrote the school’s own grades"):
        save(profile, VALIDATED, head, teaching=Typed("1"))


# Reopening


def reopen(profile, stage, by, reason="A wrong row"):
    return actions.reopen_profile(profile=profile, stage=stage, reason=reason, by=by, at=AT)


def test_the_last_stage_is_reopened_with_a_reason_and_its_words_are_kept(profile, head, adviser, manager):
    profile = moderated(validated(sent(profile, head), adviser), manager)
    Job.objects.all().delete()
    for stage, user in ((MODERATED, manager), (VALIDATED, adviser), (SCHOOL, head)):
        profile = reopen(profile, stage, user)
        assert stage not in profile.handed_over
    assert profile.judgements.count() == 24
    entries = ChangeLogEntry.objects.filter(action="categorisation.reopen_profile")
    assert {entry.after["reason"] for entry in entries} == {"A wrong row"}
    assert Job.objects.count() == 1


def test_the_adviser_sends_it_back_to_the_school(profile, head, adviser):
    assert reopen(sent(profile, head), SCHOOL, adviser).handed_over == frozenset()


def test_what_rests_on_a_stage_is_not_left_in_the_air(profile, head, adviser):
    profile = validated(sent(profile, head), adviser)
    with pytest.raises(NotPossible, match="your roles do not let you"):
        reopen(profile, SCHOOL, head)
    with pytest.raises(NotPossible, match="moved on"):
        reopen(profile, SCHOOL, adviser)


def test_a_validator_does_not_undo_the_moderation_of_their_own_work(profile, manager, authority):
    boss = make.UserFactory(grants=[(Role.HEAD_OF_SERVICE, authority)])
    profile = moderated(validated(profile, manager), boss)
    with pytest.raises(NotPossible, match="You validated this profile"):
        reopen(profile, MODERATED, manager)
    assert not permissions.can_reopen_profile(manager, profile)


def test_nothing_is_reopened_before_it_is_handed_over_nor_without_a_reason(profile, head):
    with pytest.raises(NotPossible, match="Nothing has been handed over"):
        reopen(profile, SCHOOL, head)
    profile = sent(profile, head)
    with pytest.raises(ValueError, match="Say why"):
        reopen(profile, SCHOOL, head, reason=" \x00 ")
    assert again(profile).handed_over == {SCHOOL}


def test_after_a_validation_changed_the_old_moderation_owes_its_reasons_anew(profile, adviser, manager):
    profile = moderated(validated(profile, adviser), manager)
    profile = reopen(reopen(profile, MODERATED, manager), VALIDATED, adviser)
    save(profile, VALIDATED, adviser, teaching=Typed("4", REASON, "", 1))
    hand_over(profile, VALIDATED, adviser)
    with pytest.raises(ProfileNotReady, match="Quality of teaching"):
        hand_over(profile, MODERATED, manager)


# Agreeing


def agree(profile, by, on=TODAY, with_="Hana Head"):
    return actions.agree_profile(profile=profile, agreed_on=on, agreed_with=with_, by=by, at=AT)


@pytest.mark.requirement("L-063")
def test_the_adviser_records_when_and_with_whom_it_was_agreed(profile, adviser):
    Profile.objects.update(begun_at=AT - dt.timedelta(days=30))
    profile = validated(profile, adviser)
    for _ in range(2):
        profile = agree(profile, adviser)
    assert (profile.agreed_on, profile.agreed_with, profile.agreed_recorded_by) == (
        TODAY,
        "Hana Head",
        adviser,
    )
    assert profile.edition == 2
    profile = reopen(profile, VALIDATED, adviser)
    assert (profile.agreed_on, profile.agreed_with) == (None, "")
    log = ChangeLogEntry.objects.get(action="categorisation.reopen_profile")
    assert log.before["agreed_with"] == "Hana Head"


def test_an_agreement_needs_a_validated_profile_a_real_day_and_somebody(profile, adviser, head):
    Profile.objects.update(begun_at=AT - dt.timedelta(days=30))
    with pytest.raises(NotPossible, match="once it is validated"):
        agree(profile, adviser)
    profile = validated(profile, adviser)
    for on in (TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=31)):
        with pytest.raises(ValueError, match="The day must be"):
            agree(profile, adviser, on=on)
    with pytest.raises(ValueError, match="with whom"):
        agree(profile, adviser, with_="  ")
    with pytest.raises(PermissionDenied):
        agree(profile, head)


# The printed summary


def release(profile, by):
    return actions.release_profile(profile=profile, by=by, at=AT)


@pytest.mark.requirement("L-063", "L-085")
@pytest.mark.usefixtures("quick_pdf")
def test_the_summary_is_released_once_an_edition(profile, head, adviser, manager):
    profile = validated(sent(profile, head), adviser, teaching=Typed("3", REASON))
    first = release(profile, adviser)
    assert release(profile, adviser) == first
    assert (first.school, first.audience, first.title) == (
        profile.school,
        "school",
        "Self-evaluation profile 2026 to 2027",
    )
    profile = moderated(profile, manager, teaching=Typed("4", "Fire"))
    second = release(profile, adviser)
    first.refresh_from_db()
    assert first.superseded_by == second
    assert "Fire" in second.rendering.html
    assert "Fire" not in first.rendering.html


@pytest.mark.usefixtures("quick_pdf")
def test_a_draft_of_the_moderation_is_in_no_summary(profile, adviser, manager):
    profile = validated(profile, adviser)
    save(profile, MODERATED, manager, teaching=Typed("4", "CONFIDENTIAL doubts"))
    assert "CONFIDENTIAL" not in release(profile, adviser).rendering.html


@pytest.mark.usefixtures("quick_pdf")
def test_only_what_is_validated_is_released_and_what_was_withdrawn_is_not_released_again(
    profile, head, adviser, other_head
):
    profile = sent(profile, head)
    with pytest.raises(NotPossible, match="Only a validated profile"):
        release(profile, adviser)
    profile = validated(profile, adviser)
    with pytest.raises(PermissionDenied):
        release(profile, head)
    withdraw(document=release(profile, adviser), reason="A slip", by=adviser, at=AT)
    with pytest.raises(NotPossible, match="was withdrawn"):
        release(profile, adviser)


@pytest.mark.usefixtures("quick_pdf")
def test_a_profile_that_changed_while_it_was_laid_out_is_not_released(profile, adviser, monkeypatch):
    Profile.objects.update(begun_at=AT)
    profile = validated(profile, adviser)

    def meanwhile(html, colour):
        agree(profile, adviser)
        return html.encode()

    monkeypatch.setattr(rendering, "to_pdf", meanwhile)
    with pytest.raises(ProfileStale, match="changed meanwhile"):
        release(profile, adviser)
    assert not Document.objects.exists()
