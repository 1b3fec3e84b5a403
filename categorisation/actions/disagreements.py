"""A school disagrees formally with its level; a moderator answers in writing."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.logs import record_change
from accounts.models import User
from categorisation import permissions
from categorisation.actions.decisions import tell_school
from categorisation.choices import DisagreementOutcome
from categorisation.models import Decision, Disagreement
from categorisation.rules.recommending import Fault, Faulty
from categorisation.workflow import NotPossible
from reports.composer import clean
from schools.choices import Audience


def disagree(*, decision: Decision, text: str, by: User, at: dt.datetime) -> Disagreement:
    """The head or the chair disagrees with a level the school was told. The same text twice is one disagreement.

    Raises PermissionDenied, NotPossible while another is open or when the level is over, Faulty without words.
    """
    text = clean(text).strip()
    try:
        with transaction.atomic():
            locked = (
                Decision.objects.select_for_update(of=("self",)).select_related("school").get(pk=decision.pk)
            )
            if first := locked.disagreements.filter(answered_at=None, made_by=by, text=text).first():
                return first
            permissions.check_can_disagree(by, locked)
            if not text:
                raise Faulty([Fault("text", "Say what you disagree with and why")])
            disagreement = Disagreement.objects.create(decision=locked, text=text, made_at=at, made_by=by)
            _record("categorisation.disagree", disagreement, by=by, at=at, after={"text": text})
            return disagreement
    except IntegrityError:
        raise NotPossible("Somebody of your school disagreed at the same moment.") from None


@transaction.atomic
def answer(
    *, disagreement: Disagreement, outcome: DisagreementOutcome, answer: str, by: User, at: dt.datetime
) -> Disagreement:
    """The authority's answer, in writing. The school is told by e-mail that it waits. A second click changes nothing.

    Raises PermissionDenied, NotPossible for whoever recommended the level, Faulty without words.
    """
    locked = (
        Disagreement.objects.select_for_update(of=("self",))
        .select_related("decision__school__authority", "decision__recommendation")
        .get(pk=disagreement.pk)
    )
    said = clean(answer).strip()
    if locked.answered_by_id == by.pk and (locked.outcome, locked.answer) == (outcome, said):
        return locked
    permissions.check_can_answer(by, locked)
    if not said:
        raise Faulty([Fault("answer", "Write the answer")])
    locked.outcome, locked.answer, locked.answered_at, locked.answered_by = outcome, said, at, by
    locked.save()
    _record("categorisation.answer", locked, by=by, at=at, after={"outcome": outcome, "answer": said})
    tell_school(
        locked.decision.school,
        key=f"categorisation.answer:{locked.public_id}",
        what="an answer",
        now=at,
    )
    return locked


def _record(
    action: str, disagreement: Disagreement, *, by: User, at: dt.datetime, after: Mapping[str, Any]
) -> None:
    school = disagreement.decision.school
    record_change(
        action=action,
        by=by,
        at=at,
        subject=disagreement,
        authority_id=school.authority_id,
        urn=school.urn,
        audience=Audience.SCHOOL,
        after=after,
    )
