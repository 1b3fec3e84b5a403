"""Unattended work of this room: accounts nobody uses."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.actions import close_idle, idle_accounts, warn_idle
from accounts.rules import WARNED_AHEAD
from jobs.registry import Work, task


@task("accounts.close_idle", title="Closing accounts that nobody uses")
def close_idle_accounts(work: Work) -> dict[str, Any]:
    """Warn and close. A second run finds who was warned warned, and who was closed closed."""
    now, months = timezone.now(), settings.IDLE_MONTHS
    found = idle_accounts(months=months - WARNED_AHEAD, now=now)
    closed = 0
    for user in found:
        with work.writing():
            warn_idle(user=user, months=months, now=now)
            closed += close_idle(user=user, months=months, now=now)
    return {"idle": len(found), "closed": closed}
