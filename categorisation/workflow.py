"""What the state of a recommendation allows: the transition table."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.permissions import Refused
from categorisation.choices import RecommendationStatus as Status


class NotPossible(Refused):
    """The state of the thing does not allow this. The message is for people."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A permitted step: the verb people read, and whether a reason is owed."""

    verb: str
    needs_reason: bool = False


RECOMMENDATION: Mapping[tuple[Status, Status], Transition] = {
    (Status.RECOMMENDED, Status.MODERATED): Transition("Moderate"),
    (Status.RECOMMENDED, Status.RETURNED): Transition("Send back to the adviser", needs_reason=True),
    (Status.RECOMMENDED, Status.WITHDRAWN): Transition("Withdraw", needs_reason=True),
    # A slip, or news that came after it: taken back while nothing is decided.
    (Status.MODERATED, Status.RECOMMENDED): Transition("Take the moderation back", needs_reason=True),
    (Status.MODERATED, Status.DECIDED): Transition("Decide"),
}


def check_recommendation_moves(status: str, to: Status) -> Transition:
    """The transition, or NotPossible with the reason."""
    step = RECOMMENDATION.get((Status(status), to))
    if step is None:
        raise NotPossible(
            f"A recommendation that is “{Status(status).label.lower()}” cannot become “{to.label.lower()}”."
        )
    return step
