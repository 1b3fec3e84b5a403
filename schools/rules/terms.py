"""Half-terms: which one a day falls in, what lies between them, which comes next.

Two half-terms make a term: 1 and 2 autumn, 3 and 4 spring, 5 and 6 summer. Authorities set them and so do voluntary
aided, foundation and academy schools; a school's own dates stand before its authority's, half-term by half-term.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from schools.rules.academic_years import bounds, label
from schools.rules.dates import in_words

HALF_TERMS = range(1, 7)
_DAY = dt.timedelta(days=1)
# Fifty-two weeks keep every date on its day of the week
_A_YEAR_OF_WEEKS = dt.timedelta(weeks=52)

_BREAKS = {
    1: "Autumn half term",
    2: "Christmas holiday",
    3: "February half term",
    4: "Easter holiday",
    5: "May half term",
    6: "Summer holiday",
}


class Term(StrEnum):
    AUTUMN = "autumn"
    SPRING = "spring"
    SUMMER = "summer"


class TermDates(Protocol):
    """A half-term as stored or as given: academic year (starting year), number 1 to 6, first and last day."""

    @property
    def year(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def start_on(self) -> dt.date: ...
    @property
    def end_on(self) -> dt.date: ...


@dataclass(frozen=True, slots=True)
class HalfTermDates:
    """One half-term: academic year (starting year), number 1 to 6, first and last day, whether the school's own."""

    year: int
    number: int
    start_on: dt.date
    end_on: dt.date
    is_own: bool = False

    @property
    def term(self) -> Term:
        return term_of(self.number)

    @property
    def name(self) -> str:
        """As people say it: "first half of the autumn term 2026-27"."""
        half = "first" if self.number % 2 else "second"
        return f"{half} half of the {self.term} term {label(self.year)}"


@dataclass(frozen=True, slots=True)
class Gap:
    """Days between two half-terms, first and last included."""

    first: dt.date
    last: dt.date
    name: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where a day falls: in a half-term, in a holiday between two, or (neither) outside what is entered."""

    half_term: HalfTermDates | None
    gap: Gap | None
    next: HalfTermDates | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a year's dates: the half-term it is about, which date of it, and why in words."""

    number: int
    field: str  # "start_on" or "end_on"
    message: str


def term_of(number: int) -> Term:
    """The term of half-term 1 to 6."""
    return (Term.AUTUMN, Term.SPRING, Term.SUMMER)[(number - 1) // 2]


def resolve(own: Iterable[TermDates], authority: Iterable[TermDates]) -> tuple[HalfTermDates, ...]:
    """The half-terms a school keeps, in order: its own where it set one, its authority's otherwise."""
    kept = {(h.year, h.number): HalfTermDates(h.year, h.number, h.start_on, h.end_on) for h in authority}
    kept |= {(h.year, h.number): HalfTermDates(h.year, h.number, h.start_on, h.end_on, True) for h in own}
    return tuple(sorted(kept.values(), key=lambda half_term: half_term.start_on))


def gaps(half_terms: Sequence[TermDates]) -> tuple[Gap, ...]:
    """What lies between half-terms in order; named as holidays where the two follow one another."""
    between = []
    for before, after in pairwise(half_terms):
        first, last = before.end_on + _DAY, after.start_on - _DAY
        if first <= last:
            next_up = (before.year, before.number + 1) if before.number < 6 else (before.year + 1, 1)
            follows = (after.year, after.number) == next_up
            between.append(
                Gap(first, last, _BREAKS[before.number] if follows else "Between known half-terms")
            )
    return tuple(between)


def position(on: dt.date, half_terms: Sequence[HalfTermDates]) -> Position:
    """Where a day falls among half-terms in order, and the first half-term that starts after it."""
    current = next((h for h in half_terms if h.start_on <= on <= h.end_on), None)
    gap = next((g for g in gaps(half_terms) if g.first <= on <= g.last), None)
    following = next((h for h in half_terms if h.start_on > on), None)
    return Position(current, gap, following)


def faults(year: int, given: Mapping[int, tuple[dt.date, dt.date]]) -> tuple[Fault, ...]:
    """What is wrong with a year's half-terms, `number -> (first day, last day)`; half-terms may be missing.

    Each must lie in the academic year, end after it starts, and start after the one before it has ended.
    """
    first, last = bounds(year)
    found: list[Fault] = []
    ended: tuple[int, dt.date] | None = None
    for number in sorted(given):
        start_on, end_on = given[number]
        if not first <= start_on <= last:
            found.append(Fault(number, "start_on", _outside("starts", number, start_on, year)))
        if not first <= end_on <= last:
            found.append(Fault(number, "end_on", _outside("ends", number, end_on, year)))
        if end_on < start_on:
            found.append(
                Fault(number, "end_on", f"Half-term {number} ends on {in_words(end_on)}, before it starts.")
            )
        if ended is not None and start_on <= ended[1]:
            found.append(
                Fault(
                    number,
                    "start_on",
                    f"Half-term {number} starts on {in_words(start_on)}, but half-term {ended[0]} ends on "
                    f"{in_words(ended[1])}. Each half-term starts after the one before it has ended.",
                )
            )
        ended = (number, max(end_on, start_on))
    return tuple(found)


def moved_a_year(half_terms: Iterable[HalfTermDates]) -> tuple[HalfTermDates, ...]:
    """The same half-terms a year on, each date on the same day of the week (52 weeks later): a start for next year."""
    return tuple(
        replace(
            h, year=h.year + 1, start_on=h.start_on + _A_YEAR_OF_WEEKS, end_on=h.end_on + _A_YEAR_OF_WEEKS
        )
        for h in half_terms
    )


def _outside(verb: str, number: int, day: dt.date, year: int) -> str:
    first, last = bounds(year)
    return (
        f"Half-term {number} {verb} on {in_words(day)}, outside the academic year {label(year)} "
        f"({in_words(first)} to {in_words(last)})."
    )
