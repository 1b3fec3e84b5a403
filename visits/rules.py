"""Pure decisions about visits and notes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.composer import clean

STEP = Decimal("0.5")  # of a half-day: a quarter of a day
MOST_HALF_DAYS = Decimal(20)
MOST_CHARACTERS = 100_000  # of one section; some thirty pages

# Neither policy sets a time for the note; two weeks is the authority's own habit until its framework says otherwise.
NOTE_WITHIN = dt.timedelta(days=14)

_FRACTIONS = {Decimal("0.25"): "¼", Decimal("0.5"): "½", Decimal("0.75"): "¾"}


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a note lacks before it can be final: where (a section's key, or empty for the visit) and what."""

    section: str
    message: str


@dataclass(frozen=True, slots=True)
class SectionText:
    """What `missing` needs to know of a section."""

    key: str
    heading: str
    required: bool
    text: str


def check_half_days(half_days: Decimal) -> None:
    """Raise ValueError unless the duration is in quarters of a day, above none and at most ten days."""
    if not 0 < half_days <= MOST_HALF_DAYS or half_days % STEP:
        raise ValueError("The time must be between a quarter of a day and 10 days, in quarters of a day.")


def days_in_words(half_days: Decimal | None) -> str:
    """Half-days as people say them: "Half a day", "1 day", "1¼ days"; empty when not recorded."""
    if half_days is None:
        return ""
    days = half_days / 2
    if days == Decimal("0.5"):
        return "Half a day"
    if days == Decimal("0.25"):
        return "A quarter of a day"
    whole, part = divmod(days, 1)
    text = f"{int(whole) or ''}{_FRACTIONS.get(part, '')}"
    return f"{text} day" if days <= 1 else f"{text} days"


def due_on(took_place_on: dt.date) -> dt.date:
    """By when the note of a visit should be final."""
    return took_place_on + NOTE_WITHIN


def missing(*, took_place: bool, has_duration: bool, sections: Sequence[SectionText]) -> tuple[Missing, ...]:
    """What a note still lacks before it can be made final, in the order of the page."""
    lacking = []
    if not took_place:
        lacking.append(Missing("", "Record the date on which the visit took place"))
    elif not has_duration:
        lacking.append(Missing("", "Record how long the visit took"))
    lacking += [
        Missing(section.key, f"Write “{section.heading}”")
        for section in sections
        if section.required and not section.text.strip()
    ]
    return tuple(lacking)


def checked_text(text: str) -> str:
    """A section's text as it is kept. Raises ValueError when it is too long."""
    cleaned = clean(text)
    if len(cleaned) > MOST_CHARACTERS:
        raise ValueError(
            f"A section holds at most {MOST_CHARACTERS:,} characters; this one has {len(cleaned):,}."
        )
    return cleaned
