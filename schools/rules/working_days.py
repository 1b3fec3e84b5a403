"""Two definitions of a working day, which must not be mixed, and the clocks that count them.

1. Warning notices given before 18 April 2016 (Education and Inspections Act 2006 s.60(10) as then in force): any
   day except Saturday, Sunday, Christmas Day, Good Friday and bank holidays in England. School holidays count.
2. Inspection and statement-of-action periods (Education (School Inspection) (England) Regulations 2005, reg. 2):
   as 1, and not a day in a holiday longer than a week taken by the school.

The law today defines neither for notices; rooms above choose which to use and print the date that results.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import holidays as holidays_package

from schools.rules.dates import in_words
from schools.rules.terms import TermDates, gaps

_DAY = dt.timedelta(days=1)
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Override:
    """What somebody recorded of one day: a working day or not, and why."""

    is_working: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Holidays:
    """Bank holidays in England with what people recorded over them. Covers the years `first` to `last`."""

    first: int
    last: int
    names: Mapping[dt.date, str]
    overrides: Mapping[dt.date, Override] = field(default_factory=dict)

    @classmethod
    def england(
        cls, first: int, last: int, overrides: Mapping[dt.date, Override] | None = None
    ) -> "Holidays":
        """Christmas Day, Good Friday and the bank holidays of England in the calendar years `first` to `last`."""
        computed = holidays_package.country_holidays("GB", subdiv="ENG", years=range(first, last + 1))
        return cls(first, last, dict(computed.items()), dict(overrides or {}))

    def why_not_working(self, day: dt.date) -> str:
        """Why a day is no working day by definition 1, in words; empty when it is one.

        Raises ValueError for a day outside the years covered: an unknown holiday is not a working day.
        """
        if not self.first <= day.year <= self.last:
            raise ValueError(f"Bank holidays are known from {self.first} to {self.last}, not for {day.year}.")
        recorded = self.overrides.get(day)
        if recorded is not None:
            return "" if recorded.is_working else recorded.reason
        if day in self.names:
            return self.names[day]
        return _DAY_NAMES[day.weekday()] if day.weekday() >= 5 else ""


@dataclass(frozen=True, slots=True)
class SchoolHoliday:
    """Days a school is closed between two half-terms, first and last included."""

    first: dt.date
    last: dt.date
    name: str

    @property
    def weekdays(self) -> int:
        """Mondays to Fridays in it, bank holidays included."""
        return sum(
            1 for n in range((self.last - self.first).days + 1) if (self.first + n * _DAY).weekday() < 5
        )


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """A school's closures between its first and last known half-term; before and after, nothing is known."""

    known_from: dt.date
    known_to: dt.date
    closures: tuple[SchoolHoliday, ...]
    # A half-term break of one week, Monday to Friday, is not "longer than a week". The regulations do not say;
    # an authority may choose otherwise.
    longest_week: int = 5

    @classmethod
    def from_terms(cls, half_terms: Iterable[TermDates], longest_week: int = 5) -> "SchoolCalendar":
        """From half-terms in any order, of one school, over as many years as are known.

        Raises ValueError when there are none.
        """
        ordered = sorted(half_terms, key=lambda half_term: half_term.start_on)
        if not ordered:
            raise ValueError("No term dates are entered for this school.")
        closures = tuple(SchoolHoliday(gap.first, gap.last, gap.name) for gap in gaps(ordered))
        return cls(ordered[0].start_on, ordered[-1].end_on, closures, longest_week)

    def why_not_working(self, day: dt.date) -> str:
        """The long holiday a day falls in, in words; empty when it falls in none.

        Raises ValueError for a day before or after the known dates: it may or may not be a holiday.
        """
        if not self.known_from <= day <= self.known_to:
            raise ValueError(
                f"Term dates are entered from {in_words(self.known_from)} to {in_words(self.known_to)}; "
                f"{in_words(day)} cannot be counted until more are."
            )
        for closure in self.closures:
            if closure.first <= day <= closure.last and closure.weekdays > self.longest_week:
                return closure.name
        return ""


@dataclass(frozen=True, slots=True)
class ClockDay:
    """One day a clock looked at: the number it got, or why it was skipped."""

    day: dt.date
    number: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A period counted in working days: it ends at the end of `last_day`. Every day after the first is listed."""

    day_zero: dt.date
    length: int
    last_day: dt.date
    days: tuple[ClockDay, ...]

    @property
    def skipped(self) -> tuple[ClockDay, ...]:
        return tuple(day for day in self.days if day.number is None)

    def is_running(self, on: dt.date) -> bool:
        """Whether the period runs on a day: from the day the trigger happened to its last day, both included."""
        return self.day_zero <= on <= self.last_day


def why_not_working(day: dt.date, holidays: Holidays, school: SchoolCalendar | None = None) -> str:
    """Why a day is no working day, in words; empty when it is one. Definition 2 when a school's calendar is given."""
    return holidays.why_not_working(day) or (school.why_not_working(day) if school else "")


def nth_working_day_after(
    day: dt.date, n: int, holidays: Holidays, school: SchoolCalendar | None = None
) -> Clock:
    """The nth working day following `day`, which is day 0 whatever kind of day it is.

    Definition 1, or 2 when the school's calendar is given. Raises ValueError when n is not positive, or the count
    runs into days whose holidays are not known.
    """
    if n < 1:
        raise ValueError("A period has at least one working day.")
    days: list[ClockDay] = []
    current, counted = day, 0
    while counted < n:
        current += _DAY
        reason = why_not_working(current, holidays, school)
        if reason:
            days.append(ClockDay(current, None, reason))
        else:
            counted += 1
            days.append(ClockDay(current, counted))
    return Clock(day, n, current, tuple(days))


def corresponding_date(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which something may be done, both included."""

    first: dt.date
    last: dt.date

    def is_open(self, on: dt.date) -> bool:
        return self.first <= on <= self.last


def window_after(period_ends: dt.date, months: int = 2) -> Window:
    """From the day after a period to the corresponding date `months` later.

    A compliance period that ends on 12 October 2026 leaves 13 October to 12 December (ss.63, 64 and 66: two months).
    """
    return Window(period_ends + _DAY, corresponding_date(period_ends, months))
