"""Celery's side: announcing that a job waits, and the folders of the file-system transport."""

import datetime as dt
import logging
from pathlib import Path

from celery import current_app
from django.conf import settings

logger = logging.getLogger(__name__)

RUN = "jobs.run"  # the Celery task that does one job


def announce(job_id: int) -> bool:
    """Tell the workers that a job waits. False when the broker cannot be reached; the reaper tells them again."""
    try:
        current_app.send_task(RUN, args=[job_id], retry=False)
    except (
        Exception
    ):  # kombu raises whatever the transport raises; the row is committed and must not become an error page
        logger.warning("The broker did not take job %s; it will be announced again.", job_id, exc_info=True)
        return False
    return True


def folders() -> dict[str, Path]:
    """The folders of the file-system transport by their option's name; empty on any other broker."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    names = ("data_folder_in", "data_folder_out", "control_folder", "processed_folder")
    return {name: Path(options[name]) for name in names if name in options}


def make_folders() -> None:
    """Kombu expects the folders to stand."""
    for folder in folders().values():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def prune_processed(*, before: dt.datetime) -> int:
    """Delete the transport's read messages older than this; returns how many."""
    folder = folders().get("processed_folder")
    if folder is None:
        return 0
    old = [file for file in folder.iterdir() if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
