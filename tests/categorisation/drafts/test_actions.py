"""Drafts: begun, changed by several people at once, abandoned, published."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import ChangeLogEntry
from accounts.permissions import Refused
from categorisation import actions
from categorisation.actions import DraftConflict
from categorisation.actions.drafts import LONGEST_FILE, earliest_day
from categorisation.choices import DraftStatus
from categorisation.drafting import changing, places
from categorisation.drafting.changing import StillReferredTo
from categorisation.drafting.places import UnknownPlace
from categorisation.frameworks_in_force import version_for
from categorisation.models import FrameworkDraft, FrameworkVersion
from categorisation.schema import DocumentError, dump_yaml, load_data
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def words(draft, **changes):
    return {**draft.document["words"], **changes}


def change(draft, by, place="words", part=None, **kwargs):
    kwargs = {"revision": draft.revision, "at": NOW, **kwargs}
    return actions.change_draft(
        draft=draft, place=place, part=part or words(draft, plan="Plan"), by=by, **kwargs
    )


def publish(draft, by, **kwargs):
    kwargs = {
        "effective_from": TODAY,
        "summary": "New words.",
        "revision": draft.revision,
        "at": NOW,
        **kwargs,
    }
    return actions.publish_draft(draft=draft, by=by, **kwargs)


@pytest.fixture
def changed(draft, policy_admin):
    return change(draft, policy_admin)


def test_beginning_twice_is_beginning_once(draft, policy_admin, colleague, authority):
    again = actions.start_draft(version=draft.based_on, authority=authority, by=colleague, at=NOW)
    assert again == draft
    assert FrameworkDraft.objects.count() == 1
    assert ChangeLogEntry.objects.filter(action="categorisation.start_draft").count() == 1


def test_only_who_edits_the_policy_begins_a_draft(
    draft, chief, adviser, authority, far_authority, policy_admin
):
    for user, of in ((chief, authority), (adviser, authority), (policy_admin, far_authority)):
        with pytest.raises(PermissionDenied, match="draft changes"):
            actions.start_draft(version=draft.based_on, authority=of, by=user, at=NOW)


def test_a_change_is_one_entry_with_before_and_after(draft, colleague):
    before = draft.document["words"]
    saved = change(draft, colleague)
    assert (saved.revision, saved.saved_by) == (1, colleague)
    assert saved.editors.filter(pk=colleague.pk).exists()
    entry = ChangeLogEntry.objects.get(action="categorisation.change_draft")
    assert (entry.before, entry.after["part"]["plan"]) == ({"place": "words", "part": before}, "Plan")
    assert (entry.by, entry.authority_id) == (colleague, draft.authority_id)


def test_saving_what_is_there_changes_nothing(draft, colleague):
    saved = change(draft, colleague, part=words(draft))
    assert saved.revision == 0
    assert not saved.editors.filter(pk=colleague.pk).exists()


def test_two_people_change_different_clauses_and_both_are_kept(draft, policy_admin, colleague):
    identity = {**draft.document["identity"], "owner": "Somebody"}
    seen = changing.fingerprint(draft.document["identity"])
    change(draft, colleague)
    saved = change(draft, policy_admin, "identity", identity, revision=0, seen=seen)
    assert (saved.document["words"]["plan"], saved.document["identity"]["owner"]) == ("Plan", "Somebody")


def test_two_people_change_the_same_clause_and_the_second_sees_both(draft, policy_admin, colleague):
    seen = changing.fingerprint(draft.document["words"])
    change(draft, colleague)
    with pytest.raises(DraftConflict) as conflict:
        change(draft, policy_admin, part=words(draft, plan="Mine"), revision=0, seen=seen)
    assert conflict.value.theirs["plan"] == "Plan"
    assert conflict.value.draft.revision == 1
    draft.refresh_from_db()
    assert draft.document["words"]["plan"] == "Plan"


def test_a_clause_removed_meanwhile_is_a_conflict_and_one_never_there_is_unknown(draft, policy_admin):
    first = places.find(draft.document, "glossary.1")
    last = f"glossary.{len(draft.document['glossary'])}"
    actions.remove_from_draft(draft=draft, place=last, revision=0, by=policy_admin, at=NOW)
    with pytest.raises(DraftConflict) as conflict:
        change(draft, policy_admin, last, first, revision=0)
    assert conflict.value.theirs is None
    draft.refresh_from_db()
    with pytest.raises(UnknownPlace):
        change(draft, policy_admin, last, first)
    with pytest.raises(UnknownPlace):
        change(draft, policy_admin, "nothing", first)


def test_what_would_break_the_document_is_refused_and_nothing_is_lost(draft, policy_admin):
    with pytest.raises(DocumentError) as refused:
        change(draft, policy_admin, part=words(draft, level=""))
    assert [fault.place for fault in refused.value.faults] == ["words.level"]
    draft.refresh_from_db()
    assert draft.revision == 0


def test_adding_twice_is_adding_once(draft, policy_admin):
    term = {"term": "SEN", "meaning": "Special educational needs"}
    grown, place = actions.add_to_draft(draft=draft, place="glossary", part=term, by=policy_admin, at=NOW)
    again, same = actions.add_to_draft(draft=draft, place="glossary", part=term, by=policy_admin, at=NOW)
    assert (place, grown.revision) == (same, again.revision)
    aspect = {**draft.document["aspects"][0], "key": "another", "title": "Another"}
    grown, place = actions.add_to_draft(draft=draft, place="aspects", part=aspect, by=policy_admin, at=NOW)
    assert place == "aspects.another"
    twin = {**aspect, "key": "another_2"}
    assert actions.add_to_draft(draft=draft, place="aspects", part=twin, by=policy_admin, at=NOW)[1] == place


def test_what_is_needed_elsewhere_is_not_removed(draft, policy_admin):
    place = f"circumstances.{draft.document['circumstances'][0]['key']}"
    with pytest.raises(StillReferredTo):
        actions.remove_from_draft(draft=draft, place=place, revision=0, by=policy_admin, at=NOW)
    draft.refresh_from_db()
    assert places.find(draft.document, place)


def test_moving_by_a_stale_click_moves_nothing(draft, policy_admin):
    moved, place = actions.move_in_draft(
        draft=draft, place="glossary.1", steps=1, revision=0, by=policy_admin, at=NOW
    )
    assert (place, moved.revision) == ("glossary.2", 1)
    again, place = actions.move_in_draft(
        draft=draft, place="glossary.1", steps=1, revision=0, by=policy_admin, at=NOW
    )
    assert (place, again.revision) == ("glossary.1", 1)
    top, _ = actions.move_in_draft(
        draft=draft, place="glossary.1", steps=-1, revision=1, by=policy_admin, at=NOW
    )
    assert top.revision == 1


def test_who_does_not_edit_the_policy_changes_nothing(draft, chief, adviser):
    for user in (chief, adviser):
        with pytest.raises(PermissionDenied):
            change(draft, user)


# Files


def replace(draft, by, content, revision=0):
    return actions.replace_draft(draft=draft, content=content, revision=revision, by=by, at=NOW)


def test_a_file_takes_the_drafts_place_and_comes_out_byte_for_byte(draft, policy_admin):
    content = dump_yaml(load_data({**draft.document, "words": words(draft, plan="Plan")}))
    saved = replace(draft, policy_admin, content)
    assert dump_yaml(load_data(saved.document)) == content
    with pytest.raises(DraftConflict):
        replace(draft, policy_admin, content)


def _yaml(draft, **identity):
    return dump_yaml(load_data({**draft.document, "identity": {**draft.document["identity"], **identity}}))


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "document"),
        (b"[]", "document"),
        (b"\xff\xfe\x00", "document"),
        (b"a: [1", "line 1"),
        (b"a: &a [1]\nb: *a\n", "line 2, column 4"),
        (b"[" * 5000, "document"),
        (b"a: 2013-02-31", "document"),
        (b"? [a]\n: b\n", ""),
        (b"{1: 2}", ""),
        (b"x" * (LONGEST_FILE + 1), "document"),
        (b"rules: 7", "rules"),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing(draft, policy_admin, content, place):
    with pytest.raises(DocumentError) as refused:
        replace(draft, policy_admin, content)
    assert any(fault.place.startswith(place) for fault in refused.value.faults)
    draft.refresh_from_db()
    assert draft.revision == 0


def test_all_faults_of_a_file_are_told_at_once(draft, policy_admin):
    content = _yaml(draft, slug="york", title="x" * 201, owner="a\ud800b".encode("utf-8", "replace").decode())
    content = content.replace(b"owner: a?b", b'owner: "a\\0b"')
    with pytest.raises(DocumentError) as refused:
        replace(draft, policy_admin, content)
    assert [fault.place for fault in refused.value.faults] == [
        "identity.owner",
        "identity.slug",
        "identity.title",
    ]


# Ending


def test_abandoning_twice_is_abandoning_once(draft, policy_admin, authority, chief):
    for _ in range(2):
        assert actions.abandon_draft(draft=draft, by=policy_admin, at=NOW).status == DraftStatus.ABANDONED
    assert ChangeLogEntry.objects.filter(action="categorisation.abandon_draft").count() == 1
    with pytest.raises(PermissionDenied):
        actions.abandon_draft(draft=draft, by=chief, at=NOW)
    with pytest.raises(Refused, match="abandoned and no longer changes"):
        change(draft, policy_admin)
    assert actions.start_draft(version=draft.based_on, authority=authority, by=policy_admin, at=NOW) != draft


@pytest.mark.requirement("L-218", "K-229")
def test_a_second_person_publishes_for_the_own_authority_alone(
    changed, colleague, authority, far_authority, run_jobs
):
    version = publish(changed, colleague)
    assert (version.authority, version.number, version.published_by) == (authority, 2, colleague)
    assert (version.summary, version.based_on) == ("New words.", changed.based_on)
    assert version.document["identity"]["effective_from"] == TODAY.isoformat()
    assert version_for(authority, TODAY) == version
    assert version_for(authority, TODAY - dt.timedelta(days=1)) == changed.based_on
    make_choice(far_authority)
    assert version_for(far_authority, TODAY) == changed.based_on
    changed.refresh_from_db()
    assert (changed.status, changed.published_as) == (DraftStatus.PUBLISHED, version)
    assert "categorisation.refresh_authority" in {job.kind for job in run_jobs()}
    entry = ChangeLogEntry.objects.get(action="categorisation.publish_draft")
    assert (entry.before["version"], entry.after["version"]) == (1, 2)


def make_choice(authority):
    actions.choose_framework(authority=authority, slug="leeds-2013", start_on=make.LONG_AGO, by=None, now=NOW)


def test_publishing_twice_is_publishing_once(changed, colleague, policy_admin):
    assert publish(changed, colleague) == publish(changed, colleague)
    assert FrameworkVersion.objects.filter(authority=changed.authority).count() == 1
    with pytest.raises(Refused, match="published and no longer changes"):
        publish(changed, policy_admin)


def test_whoever_had_a_part_in_writing_it_does_not_publish_it(changed, policy_admin, colleague, adviser):
    with pytest.raises(Refused, match="worked on this draft yourself"):
        publish(changed, policy_admin)
    change(changed, colleague, part=words(changed, plan="Other"))
    changed.refresh_from_db()
    with pytest.raises(Refused, match="worked on this draft yourself"):
        publish(changed, colleague)
    with pytest.raises(PermissionDenied, match="do not let you publish"):
        publish(changed, adviser)


def test_nobody_publishes_what_they_have_not_seen(changed, chief):
    with pytest.raises(DraftConflict):
        publish(changed, chief, revision=0)


def test_publishing_says_why_and_says_something_new(draft, changed, chief):
    with pytest.raises(Refused, match="what has changed and why"):
        publish(changed, chief, summary="  ")
    FrameworkDraft.objects.filter(pk=draft.pk).update(document=draft.document)
    with pytest.raises(Refused, match="nothing to publish"):
        publish(changed, chief)


@pytest.mark.requirement("X-38")
def test_a_version_never_reaches_back_before_a_confirmed_decision(
    changed, chief, school, other_school, far_school
):
    assert earliest_day(changed) == (None, "")
    decided = TODAY - dt.timedelta(days=30)
    make.DecisionFactory(school=school, start_on=TODAY)  # provisional
    make.DecisionFactory(school=far_school, start_on=TODAY, confirmed_at=NOW, confirmed_by=chief)
    assert earliest_day(changed) == (None, "")
    confirmed = timezone.make_aware(dt.datetime.combine(decided, dt.time(12)))
    make.DecisionFactory(
        school=other_school,
        start_on=decided - dt.timedelta(days=60),
        confirmed_at=confirmed,
        confirmed_by=chief,
    )
    assert earliest_day(changed)[0] == decided
    with pytest.raises(Refused, match="at the earliest: a school’s category was confirmed"):
        publish(changed, chief, effective_from=decided - dt.timedelta(days=1))
    assert publish(changed, chief, effective_from=decided).effective_from == decided


def test_a_slip_in_the_year_bars_no_later_version(changed, colleague):
    with pytest.raises(Refused, match="Check the year"):
        publish(changed, colleague, effective_from=TODAY + dt.timedelta(days=801))
    assert publish(changed, colleague, effective_from=TODAY + dt.timedelta(days=800))


def test_an_older_policy_is_brought_back_as_a_new_version(changed, colleague, chief, policy_admin, authority):
    first = publish(changed, colleague)
    old = actions.start_draft(version=changed.based_on, authority=authority, by=policy_admin, at=NOW)
    with pytest.raises(Refused, match="version 2 takes effect then"):
        publish(old, chief, effective_from=TODAY - dt.timedelta(days=1))
    restored = publish(old, chief)
    assert restored.number == 3
    assert version_for(authority, TODAY) == restored
    assert restored.document == {**changed.based_on.document, "identity": restored.document["identity"]}
    assert first.document["words"]["plan"] == "Plan"
