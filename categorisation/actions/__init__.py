"""The only writers of this room."""

from categorisation.actions.decisions import confirm, decide, publish, tell_of_level
from categorisation.actions.disagreements import answer, disagree
from categorisation.actions.frameworks import choose_framework, load_shipped, work_out_suggestions
from categorisation.actions.recommendations import (
    moderate,
    moderate_many,
    recommend,
    reopen,
    send_back,
    withdraw,
)
from categorisation.actions.rounds import (
    Verdict,
    confirm_batch,
    confirm_levels,
    confirm_round,
    moderate_at_a_sitting,
    open_round,
    publish_batch,
    publish_round,
)
from categorisation.actions.suggestions import drop_suggestions_of_closed_schools, refresh_suggestions

__all__ = [
    "Verdict",
    "answer",
    "choose_framework",
    "confirm",
    "confirm_batch",
    "confirm_levels",
    "confirm_round",
    "decide",
    "disagree",
    "drop_suggestions_of_closed_schools",
    "load_shipped",
    "moderate",
    "moderate_at_a_sitting",
    "moderate_many",
    "open_round",
    "publish",
    "publish_batch",
    "publish_round",
    "recommend",
    "refresh_suggestions",
    "reopen",
    "send_back",
    "tell_of_level",
    "withdraw",
    "work_out_suggestions",
]
