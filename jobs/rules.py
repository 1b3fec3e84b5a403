"""When work is tried again and when scheduled work is due. Pure: `now` comes in, nothing is read."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# Older than anything: the slot before time, for schedules that have not come round yet.
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

# (now, when it last ran or None) -> whether to run it now
Due = Callable[[dt.datetime, dt.datetime | None], bool]


def retry_delay(attempts: int) -> dt.timedelta:
    """How long to wait after this many failed attempts: 15 seconds, 1, 4, 16, then 30 minutes."""
    return min(dt.timedelta(seconds=15 * 4 ** (attempts - 1)), dt.timedelta(minutes=30))


def every_minutes(minutes: int) -> Due:
    """Once in each slot of so many minutes, counted from midnight UTC of 1 January 1970, so late ticks do not drift."""
    step = dt.timedelta(minutes=minutes)

    def latest(now: dt.datetime) -> dt.datetime:
        return now - (now - _NEVER) % step

    return _since(latest)


def every_days(days: int, at: dt.time) -> Due:
    """Once each so many days, at this local time."""

    def latest(now: dt.datetime) -> dt.datetime:
        day = _latest_day(now, at)
        return _moment(day - dt.timedelta(days=day.toordinal() % days), at)

    return _since(latest)


def weekly(weekday: int, at: dt.time) -> Due:
    """Each week on this day (Monday is 0), at this local time."""

    def latest(now: dt.datetime) -> dt.datetime:
        day = _latest_day(now, at)
        return _moment(day - dt.timedelta(days=(day.weekday() - weekday) % 7), at)

    return _since(latest)


def monthly(day_of_month: int, at: dt.time) -> Due:
    """Each month on this day (1 to 28, so that every month has it), at this local time."""
    if not 1 <= day_of_month <= 28:
        raise ValueError(f"Not every month has a day {day_of_month}: choose 1 to 28.")

    def latest(now: dt.datetime) -> dt.datetime:
        day = _latest_day(now, at)
        if day.day < day_of_month:
            day = day.replace(day=1) - dt.timedelta(days=1)
        return _moment(day.replace(day=day_of_month), at)

    return _since(latest)


def _since(latest: Callable[[dt.datetime], dt.datetime]) -> Due:
    """Due when the latest slot began after the last run: a machine that slept through five slots runs once."""

    def due(now: dt.datetime, last: dt.datetime | None) -> bool:
        return last is None or last < latest(now)

    return due


def _latest_day(now: dt.datetime, at: dt.time) -> dt.date:
    today = now.astimezone(LONDON).date()
    return today if _moment(today, at) <= now else today - dt.timedelta(days=1)


def _moment(day: dt.date, at: dt.time) -> dt.datetime:
    """In UTC: two times of one zone would be compared by their clock faces, wrong when the clocks change."""
    return dt.datetime.combine(day, at, tzinfo=LONDON).astimezone(dt.UTC)
