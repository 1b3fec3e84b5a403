"""How days are written in sentences."""

import datetime as dt


def in_words(day: dt.date) -> str:
    """21 November 2026."""
    return f"{day.day} {day:%B %Y}"


def month_in_words(day: dt.date) -> str:
    """November 2026."""
    return f"{day:%B %Y}"
