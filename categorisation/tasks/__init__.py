"""Unattended work of this room, registered when it is imported."""

from categorisation.tasks import consultations, dry_runs, levels, rounds, suggestions, warnings

__all__ = ["consultations", "dry_runs", "levels", "rounds", "suggestions", "warnings"]
