"""The tick: what is due of the rooms' `periodic.py`."""

import datetime as dt
import logging
from collections.abc import Sequence

from django.db import transaction

from jobs.models import PeriodicRun
from jobs.registry import Periodic, registry

logger = logging.getLogger(__name__)


def tick(*, now: dt.datetime) -> Sequence[str]:
    """Run each schedule that is due; returns their names. Runs one query when none is.

    A schedule that fails is rolled back, noted in its row, and tried at the next tick; the others run.
    """
    last_runs = dict(PeriodicRun.objects.values_list("name", "last_run_at"))
    ran = []
    for periodic in registry.periodic.values():
        last = last_runs.get(periodic.name)
        try:
            if periodic.due(now, last) and _run_once(periodic, last, now):
                ran.append(periodic.name)
        except Exception as error:
            logger.exception("The schedule %s failed.", periodic.name)
            _note(periodic, f"{type(error).__name__}: see the log of {now:%Y-%m-%d %H:%M} UTC")
    return ran


def _run_once(periodic: Periodic, last: dt.datetime | None, now: dt.datetime) -> bool:
    """False when another tick ran it since `last` was read: compare and set, held until the jobs are enqueued."""
    with transaction.atomic():
        PeriodicRun.objects.get_or_create(name=periodic.name)
        row = PeriodicRun.objects.filter(name=periodic.name, last_run_at=last)
        if not row.update(last_run_at=now, error=""):
            return False
        periodic.run(now)
    return True


def _note(periodic: Periodic, error: str) -> None:
    PeriodicRun.objects.update_or_create(name=periodic.name, defaults={"error": error[:200]})
