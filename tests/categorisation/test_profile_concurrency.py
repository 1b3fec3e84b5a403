"""Two people at the very same moment, each in a connection of their own."""

import threading

import pytest
from django.db import connection

from accounts.models import ChangeLogEntry
from categorisation import actions
from categorisation.models import Profile
from categorisation.rules.profiles import Typed
from tests import factories as make
from tests.categorisation.profile_steps import AT, SCHOOL, again, fill, save, sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("leeds")]


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


def test_two_clicks_on_begin_make_one_profile(school, head):
    def click():
        return actions.begin_profile(school=school, by=head, at=AT)

    first, second = together(click, click)
    assert first == second == Profile.objects.get()


def test_two_writers_of_one_row_keep_both_texts(school, head):
    profile = make.ProfileFactory(school=school)
    results = together(
        lambda: save(profile, SCHOOL, head, teaching=Typed("1", "Mine")),
        lambda: save(profile, SCHOOL, head, teaching=Typed("2", "Yours")),
    )
    (lost,) = [result.conflicts[0] for result in results if result.conflicts]
    assert {lost.mine.text, lost.theirs.text} == {"Mine", "Yours"}
    assert profile.judgements.get().text == lost.theirs.text


def test_two_clicks_on_send_send_once(school, head):
    profile = make.ProfileFactory(school=school)
    fill(profile, SCHOOL, head)

    def click():
        return actions.hand_over_profile(profile=profile, stage=SCHOOL, expected=8, by=head, at=AT)

    together(click, click)
    assert again(profile).edition == 1
    assert ChangeLogEntry.objects.filter(action="categorisation.hand_over_profile").count() == 1


def test_writing_and_sending_at_once_never_changes_what_was_sent(school, head):
    profile = sent(make.ProfileFactory(school=school), head)
    actions.reopen_profile(profile=profile, stage=SCHOOL, reason="A slip", by=head, at=AT)
    written, _ = together(
        lambda: save(profile, SCHOOL, head, teaching=Typed("1", "Later", "", 1)),
        lambda: actions.hand_over_profile(profile=profile, stage=SCHOOL, expected=8, by=head, at=AT),
    )
    # Written first, then the page of who sends is stale; or sent first, then nothing is written
    was_sent = SCHOOL in again(profile).handed_over
    assert was_sent == (not isinstance(written, actions.ProfileSaved))
