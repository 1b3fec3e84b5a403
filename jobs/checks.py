"""What must hold between settings for no work to be done twice; Celery's workers run these too, at start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from jobs.tasks import HARD_LIMIT


def check_lease(**_kwargs: Any) -> list[CheckMessage]:
    busy = settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 0)
    if busy < settings.JOBS_LEASE_SECONDS:
        return []
    return [
        Error(
            f"JOBS_LEASE_SECONDS is {settings.JOBS_LEASE_SECONDS}, but a heartbeat may wait {busy} seconds for a busy database.",
            hint="Make the lease longer than the database's timeout, or working jobs are taken for dead.",
            id="jobs.E001",
        )
    ]


def check_visibility_timeout(**_kwargs: Any) -> list[CheckMessage]:
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("visibility_timeout")
    if visible is None or visible > HARD_LIMIT:
        return []
    return [
        Error(
            f"The broker sends a message again after {visible} seconds, but work may take {HARD_LIMIT}.",
            hint="Raise visibility_timeout in CELERY_BROKER_TRANSPORT_OPTIONS.",
            id="jobs.E002",
        )
    ]
