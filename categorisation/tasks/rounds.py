"""Unattended work of a round: its levels published, and confirmed, a batch at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.models import User
from categorisation.actions import release_statement
from categorisation.actions import rounds as actions
from categorisation.models import Decision, Round
from jobs.registry import Stopped, Work, task

BATCH = 20  # schools a transaction


@task(actions.PUBLISH, title="Publishing levels")
def publish_round(work: Work) -> dict[str, Any]:
    """Decides and publishes the payload's recommendations, then gives each school its statement.

    What an earlier run did is left as it is. A statement is laid out and stored outside the claim's transaction: that
    takes a second, for which everybody else's writes would wait; it is one document however often it is asked for.
    """
    by, ids, refused = _by(work), work.payload["recommendations"], 0
    for done, batch in _batches(work, ids):
        with work.writing():
            refused += len(actions.publish_batch(ids=batch, by=by, at=work.job.created_at))
        work.progress(done, 2 * len(ids), "Publishing levels")
    decisions = Decision.objects.filter(recommendation__in=ids).order_by("pk")
    for done, decision in enumerate(decisions, start=1):
        if work.cancelled:
            raise Stopped
        release_statement(decision=decision, by=by, at=work.job.created_at)
        work.progress(len(ids) + done, 2 * len(ids), "Writing statements")
    return {"published": len(ids) - refused, "refused": refused}


@task(actions.CONFIRM, title="Confirming levels")
def confirm_levels(work: Work) -> dict[str, Any]:
    """Confirms the payload's decisions, those excepted that have come under discussion since."""
    by, ids, confirmed = _by(work), work.payload["decisions"], 0
    round_ = Round.objects.get(pk=work.payload["round_id"])
    for done, batch in _batches(work, ids):
        with work.writing():
            confirmed += actions.confirm_batch(annual=round_, ids=batch, by=by, at=work.job.created_at)
        work.progress(done, len(ids), "Confirming levels")
    return {"confirmed": confirmed}


def _by(work: Work) -> User:
    return User.objects.get(pk=work.payload["by_id"])


def _batches(work: Work, ids: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    """Some at a time, with how many are done after them; stops between two when asked to."""
    for start in range(0, len(ids), BATCH):
        if work.cancelled:
            raise Stopped
        batch = ids[start : start + BATCH]
        yield start + len(batch), batch
