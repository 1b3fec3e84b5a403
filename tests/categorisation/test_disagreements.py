"""A school disagrees formally with its level, and is answered."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ChangeLogEntry
from categorisation import actions, permissions
from categorisation.actions import disagreements
from categorisation.choices import DisagreementOutcome
from categorisation.models import Disagreement
from categorisation.rules.recommending import Faulty
from categorisation.workflow import NotPossible
from jobs.models import OutboxMessage
from tests import factories as make

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)
STANDS = DisagreementOutcome.STANDS


@pytest.fixture
def decision(leeds, school):
    return make.DecisionFactory(school=school, rank=3)


@pytest.fixture
def chair(authority, school):
    user = make.UserFactory(name="Cy Chair", grants=[(Role.CHAIR, authority)])
    make.SchoolContactFactory(school=school, user=user, role="chair", name=user.name, email=user.email)
    return user


@pytest.mark.requirement("L-064")
def test_head_or_chair_disagrees_once_at_a_time_and_a_double_click_is_once(decision, head, chair):
    first = actions.disagree(decision=decision, text="Our results rose.", by=head, at=NOW)
    assert actions.disagree(decision=decision, text=" Our results rose.\n", by=head, at=NOW) == first
    with pytest.raises(NotPossible, match="has disagreed with this already"):
        actions.disagree(decision=decision, text="And attendance.", by=chair, at=NOW)
    assert Disagreement.objects.count() == 1
    entry = ChangeLogEntry.objects.get(action="categorisation.disagree")
    assert (entry.by, entry.audience) == (head, "school")


def test_words_are_needed(decision, head):
    with pytest.raises(Faulty, match="Say what you disagree with"):
        actions.disagree(decision=decision, text=" \x00 ", by=head, at=NOW)


def test_only_the_schools_own_head_or_chair_about_what_the_school_was_told(
    decision, head, chair, other_head, adviser, manager
):
    for person in (other_head, adviser, manager):
        with pytest.raises(PermissionDenied, match="Only the headteacher or the chair"):
            actions.disagree(decision=decision, text="No", by=person, at=NOW)
        assert not permissions.can_disagree(person, decision)
    assert permissions.can_disagree(head, decision)
    assert permissions.can_disagree(chair, decision)
    untold = make.DecisionFactory(school=decision.school, start_on=TODAY + DAY, published_at=None)
    assert not permissions.can_disagree(head, untold)


def test_with_a_level_to_come_but_not_with_one_that_is_over(decision, head, school):
    coming = make.DecisionFactory(school=school, start_on=TODAY + DAY)
    assert permissions.can_disagree(head, coming)
    make.DecisionFactory(school=school, start_on=TODAY)
    with pytest.raises(NotPossible, match="another has followed it"):
        actions.disagree(decision=decision, text="No", by=head, at=NOW)


def test_of_two_at_the_same_moment_one_is_made(decision, head, chair, monkeypatch):
    actions.disagree(decision=decision, text="No", by=head, at=NOW)
    monkeypatch.setattr(disagreements.permissions, "check_can_disagree", lambda *args: None)
    with pytest.raises(NotPossible, match="at the same moment"):
        actions.disagree(decision=decision, text="Neither I", by=chair, at=NOW)


@pytest.mark.requirement("L-064", "L-257")
def test_a_moderator_answers_and_the_school_hears_that_there_is_an_answer(decision, head, chair, manager):
    made = actions.disagree(decision=decision, text="No", by=head, at=NOW)
    with pytest.raises(Faulty, match="Write the answer"):
        actions.answer(disagreement=made, outcome=STANDS, answer=" ", by=manager, at=NOW)
    for _ in range(2):
        done = actions.answer(disagreement=made, outcome=STANDS, answer="It stands.", by=manager, at=NOW)
    assert (done.outcome, done.answer, done.answered_by) == (STANDS, "It stands.", manager)
    messages = OutboxMessage.objects.all()
    assert {message.to for message in messages} == {head.email, chair.email}
    assert not any("stands" in message.body + message.subject for message in messages)
    with pytest.raises(NotPossible, match="has been answered"):
        actions.answer(disagreement=made, outcome=STANDS, answer="Again.", by=manager, at=NOW)
    assert permissions.can_disagree(head, decision)


def test_whoever_recommended_it_does_not_answer(leeds, school, head, manager, adviser):
    recommended = make.RecommendationFactory(school=school, moderated_rank=2, recommended_by=manager)
    decision = make.DecisionFactory(school=school, recommendation=recommended)
    made = actions.disagree(decision=decision, text="No", by=head, at=NOW)
    with pytest.raises(NotPossible, match="You recommended this"):
        actions.answer(disagreement=made, outcome=STANDS, answer="It stands.", by=manager, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.answer(disagreement=made, outcome=STANDS, answer="It stands.", by=adviser, at=NOW)
    assert not permissions.can_answer(manager, made)
    other = make.UserFactory(grants=[(Role.AREA_MANAGER, school.authority)])
    assert permissions.can_answer(other, made)
