"""Where a day falls in a school's year."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Authority
from schools.models import HalfTerm, School, WorkingDayOverride
from schools.rules.academic_years import academic_year, label
from schools.rules.dates import in_words
from schools.rules.terms import HalfTermDates, position, resolve


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Where today falls, and the next half-term, in words; empty texts where no dates are entered."""

    today: str
    next: str


def calendar_facts(school: School, on: dt.date) -> CalendarFacts:
    """One query, over the academic year of the day and the one after."""
    year = academic_year(on)
    return calendar_in_words(HalfTerm.objects.kept_by(school, (year - 1, year, year + 1)), on)


def calendar_in_words(half_terms: tuple[HalfTermDates, ...], on: dt.date) -> CalendarFacts:
    """Runs no query."""
    found = position(on, half_terms)
    today = ""
    if found.half_term is not None:
        name = found.half_term.name
        today = f"{name[:1].upper()}{name[1:]}, to {in_words(found.half_term.end_on)}"
    elif found.gap is not None:
        today = f"{found.gap.name}, to {in_words(found.gap.last)}"
    following = ""
    if found.next is not None:
        name = found.next.name
        following = (
            f"{name[:1].upper()}{name[1:]}: {in_words(found.next.start_on)} to {in_words(found.next.end_on)}"
        )
    return CalendarFacts(today, following)


@dataclass(frozen=True, slots=True)
class YearLine:
    """One academic year of an authority: its dates as a table, or none entered, and schools that set their own."""

    year: int
    table: dict[str, Any] | None
    own_schools: int


def years_of(authorities: Collection[Authority], on: dt.date) -> dict[int, tuple[YearLine, ...]]:
    """This academic year, the next and the last for each authority (by id). One query."""
    this = academic_year(on)
    years = (this, this + 1, this - 1)
    rows = list(HalfTerm.objects.filter(authority__in=authorities, year__in=years))
    found = {}
    for authority in authorities:
        own = [row for row in rows if row.authority_id == authority.pk]
        shared = resolve([], [row for row in own if row.school_id is None])
        found[authority.pk] = tuple(
            YearLine(
                year,
                half_term_table(shared, year),
                len({row.school_id for row in own if row.year == year and row.school_id is not None}),
            )
            for year in years
        )
    return found


def half_term_table(half_terms: Iterable[HalfTermDates], year: int) -> dict[str, Any] | None:
    """The half-terms of one academic year as GOV.UK's table, saying whose dates they are; None without any."""
    rows = [row for row in half_terms if row.year == year]
    if not rows:
        return None
    mixed = any(row.is_own for row in rows)
    heads = ["Half-term", "First day", "Last day", *(["Set by"] if mixed else [])]
    return {
        "caption": label(year),
        "captionClasses": "govuk-table__caption--s",
        "firstCellIsHeader": True,
        "head": [{"text": text} for text in heads],
        "rows": [
            [
                {"text": f"{row.number}, {row.term}"},
                {"text": in_words(row.start_on)},
                {"text": in_words(row.end_on)},
                *([{"text": "The school" if row.is_own else "The authority"}] if mixed else []),
            ]
            for row in rows
        ],
    }


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """A day England does not work, or works though it should not: where it comes from and whether somebody said so."""

    day: dt.date
    name: str
    is_working: bool
    is_override: bool


def upcoming_holidays(on: dt.date) -> tuple[HolidayLine, ...]:
    """From the day to the end of the next calendar year. One query."""
    holidays = WorkingDayOverride.objects.holidays(on.year, on.year + 1)
    days = sorted({*holidays.names, *holidays.overrides})
    return tuple(
        HolidayLine(
            day,
            holidays.overrides[day].reason if day in holidays.overrides else holidays.names[day],
            not holidays.why_not_working(day),
            day in holidays.overrides,
        )
        for day in days
        if day >= on
    )
