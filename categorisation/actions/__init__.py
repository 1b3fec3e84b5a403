"""The only writers of this room."""

from categorisation.actions.confirmations import confirm_rule, withdraw_confirmation
from categorisation.actions.decisions import confirm, decide, publish, release_statement, tell_of_level
from categorisation.actions.disagreements import answer, disagree
from categorisation.actions.drafts import (
    DraftConflict,
    abandon_draft,
    add_to_draft,
    change_draft,
    move_in_draft,
    publish_draft,
    remove_from_draft,
    replace_draft,
    start_draft,
)
from categorisation.actions.frameworks import choose_framework, load_shipped, work_out_suggestions
from categorisation.actions.identification import (
    Found,
    close_identification,
    open_identification,
    record_findings,
)
from categorisation.actions.profiles import (
    ProfileConflict,
    ProfileSaved,
    ProfileStale,
    agree_profile,
    begin_profile,
    hand_over_profile,
    release_profile,
    reopen_profile,
    save_profile,
)
from categorisation.actions.ratings import Rated, rate
from categorisation.actions.recommendations import (
    moderate,
    moderate_many,
    recommend,
    reopen,
    send_back,
    withdraw,
)
from categorisation.actions.reviews import Reviewed, review_levels
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
from categorisation.actions.warnings import take_note, tell_of_warnings

__all__ = [
    "DraftConflict",
    "Found",
    "ProfileConflict",
    "ProfileSaved",
    "ProfileStale",
    "Rated",
    "Reviewed",
    "Verdict",
    "abandon_draft",
    "add_to_draft",
    "agree_profile",
    "answer",
    "begin_profile",
    "change_draft",
    "choose_framework",
    "close_identification",
    "confirm",
    "confirm_batch",
    "confirm_levels",
    "confirm_round",
    "confirm_rule",
    "decide",
    "disagree",
    "drop_suggestions_of_closed_schools",
    "hand_over_profile",
    "load_shipped",
    "moderate",
    "moderate_at_a_sitting",
    "moderate_many",
    "move_in_draft",
    "open_identification",
    "open_round",
    "publish",
    "publish_batch",
    "publish_draft",
    "publish_round",
    "rate",
    "recommend",
    "record_findings",
    "refresh_suggestions",
    "release_profile",
    "release_statement",
    "remove_from_draft",
    "reopen",
    "reopen_profile",
    "replace_draft",
    "review_levels",
    "save_profile",
    "send_back",
    "start_draft",
    "take_note",
    "tell_of_level",
    "tell_of_warnings",
    "withdraw",
    "withdraw_confirmation",
    "work_out_suggestions",
]
