"""The only writers of this room."""

from categorisation.actions.frameworks import choose_framework, load_shipped, work_out_suggestions
from categorisation.actions.suggestions import drop_suggestions_of_closed_schools, refresh_suggestions

__all__ = [
    "choose_framework",
    "drop_suggestions_of_closed_schools",
    "load_shipped",
    "refresh_suggestions",
    "work_out_suggestions",
]
