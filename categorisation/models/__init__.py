"""Frameworks, what they suggest, self-evaluation profiles, and the decisions people make."""

from categorisation.models.decision import (
    Decision,
    Disagreement,
    Identification,
    IdentificationRound,
    Recommendation,
    Round,
    TermReview,
)
from categorisation.models.framework import (
    Consultation,
    DryRun,
    DryRunMove,
    FrameworkCase,
    FrameworkChoice,
    FrameworkComment,
    FrameworkDraft,
    FrameworkVersion,
)
from categorisation.models.profile import Profile, ProfileCheck, ProfileJudgement
from categorisation.models.suggestion import RuleConfirmation, ServiceRating, Suggestion, SuggestionChange

__all__ = [
    "Consultation",
    "Decision",
    "Disagreement",
    "DryRun",
    "DryRunMove",
    "FrameworkCase",
    "FrameworkChoice",
    "FrameworkComment",
    "FrameworkDraft",
    "FrameworkVersion",
    "Identification",
    "IdentificationRound",
    "Profile",
    "ProfileCheck",
    "ProfileJudgement",
    "Recommendation",
    "Round",
    "RuleConfirmation",
    "ServiceRating",
    "Suggestion",
    "SuggestionChange",
    "TermReview",
]
