"""What falls due in this room: accounts that nobody uses are closed."""

import datetime as dt

from django.conf import settings

from jobs.actions import enqueue
from jobs.registry import every


@every(days=1, at=dt.time(4), name="accounts.close_idle")
def close_idle(now: dt.datetime) -> None:
    if settings.IDLE_MONTHS:
        enqueue(kind="accounts.close_idle", key="close_idle", now=now)
