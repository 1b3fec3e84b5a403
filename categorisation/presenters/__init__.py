"""What a reader is shown of suggestions and frameworks: only what their audience may know, in the framework's words."""

from categorisation.presenters.framework import (
    Choice,
    FrameworkPage,
    framework_choices,
    framework_page,
    level_word,
)
from categorisation.presenters.lists import (
    LevelNames,
    at_level,
    level_choices,
    level_names,
    level_text,
    sees_every_suggestion,
    suggestible,
    support_text,
    with_suggestions,
)
from categorisation.presenters.profile_lines import (
    ProfilePanel,
    ProfileTask,
    profile_panel,
    profile_tasks,
)
from categorisation.presenters.why import (
    Deed,
    Open,
    RuleGroup,
    RuleView,
    Why,
    why,
    whys,
)
from categorisation.rules.entitlement import entitlement_texts

__all__ = [
    "Choice",
    "Deed",
    "FrameworkPage",
    "LevelNames",
    "Open",
    "ProfilePanel",
    "ProfileTask",
    "RuleGroup",
    "RuleView",
    "Why",
    "at_level",
    "entitlement_texts",
    "framework_choices",
    "framework_page",
    "level_choices",
    "level_names",
    "level_text",
    "level_word",
    "profile_panel",
    "profile_tasks",
    "sees_every_suggestion",
    "suggestible",
    "support_text",
    "why",
    "whys",
    "with_suggestions",
]
