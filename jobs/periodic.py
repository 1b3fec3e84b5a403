import datetime as dt

from jobs.actions import enqueue
from jobs.registry import every


@every(minutes=60, name="jobs.prune")
def prune(now: dt.datetime) -> None:
    enqueue(kind="jobs.prune", key="prune", now=now)
