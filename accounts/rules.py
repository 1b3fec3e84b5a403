"""When an account has stood idle too long. Pure: no database, no clock."""

import calendar
import datetime as dt

WARNED_AHEAD = 1  # month


def months_before(at: dt.datetime, months: int) -> dt.datetime:
    """The same time so many months ago; the last day of a shorter month stands for a day it has not."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def is_idle(last_seen: dt.datetime, months: int, now: dt.datetime) -> bool:
    return last_seen < months_before(now, months)


def was_warned_in_time(warned_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Somebody idle for years when the rule comes into force has their month, too."""
    return warned_at is not None and warned_at <= months_before(now, WARNED_AHEAD)
