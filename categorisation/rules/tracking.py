"""How often a school is looked at between one decision and the next, and why (K-067, K-068, K-258). Pure."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from categorisation.engine import academic_year
from categorisation.schema import Framework
from categorisation.schema.support import Frequency

_MONTHS: dict[Frequency, int] = {"year": 12, "half_year": 6, "term": 4, "half_term": 2, "month": 1}
_WORDS: dict[Frequency, str] = {
    "year": "each year",
    "half_year": "each half-year",
    "term": "each term",
    "half_term": "each half-term",
    "month": "each month",
}
_RAREST_FIRST: tuple[Frequency, ...] = get_args(Frequency)


@dataclass(frozen=True, slots=True)
class LastInspection:
    """The school's last graded inspection. `is_below`: it came out less than good; None where that is not settled."""

    started_on: dt.date
    is_below: bool | None


@dataclass(frozen=True, slots=True)
class Tracking:
    """How often, and a sentence for each reason that makes it so."""

    every: Frequency
    because: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"Tracked {_WORDS[self.every]}"

    def next_look(self, last_looked_on: dt.date) -> dt.date:
        """The day by which somebody looks again."""
        return _months_on(last_looked_on, _MONTHS[self.every])


def tracking_for(
    document: Framework,
    rank: int,
    *,
    signs: Sequence[str] = (),
    last_inspection: LastInspection | None = None,
    on: dt.date,
) -> Tracking | None:
    """The tracking of a school at a level; None where the document has no level of the rank.

    `signs`: what makes it fragile, each in a few words: early signs that are met, services' concerns. An inspection is
    likely in the academic year in which it falls due by the document's parameters.
    """
    level = next((level for level in document.levels if level.rank == rank), None)
    if level is None:
        return None
    word = document.words.level
    reasons: list[tuple[Frequency, str]] = [(level.tracking, f"That is usual for {word} {rank}.")]
    if signs:
        reasons.append((document.tracking.fragile, f"There are early signs: {'; '.join(signs)}."))
    likely = inspection_likely(document, last_inspection, on)
    if likely:
        reasons.append((document.tracking.inspection_likely, likely))
    every = max((frequency for frequency, _ in reasons), key=_RAREST_FIRST.index)
    return Tracking(every, tuple(text for frequency, text in reasons if frequency == every))


def inspection_likely(document: Framework, last: LastInspection | None, on: dt.date) -> str:
    """A sentence where an inspection is likely by the end of the academic year; empty where it is not, or where there
    is no telling because none has graded the school."""
    if last is None:
        return ""
    key = document.tracking.inspection_due_if_below if last.is_below else document.tracking.inspection_due
    years = int(next(item.in_force for item in document.parameters if item.key == key))
    due_on = _months_on(last.started_on, 12 * years)
    end = dt.date(academic_year(on) + 1, 7, 31)
    if due_on > end:
        return ""
    since = f"the last was in {last.started_on:%B %Y}"
    if due_on <= on:
        return f"An inspection is likely at any time: {since}, {years} years ago or more."
    return f"An inspection is likely by July {end.year}: {since}."


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
