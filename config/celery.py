"""Celery carries job numbers; the rows in `jobs` are the truth."""

import os
import warnings

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# True of pickled messages; ours are job numbers in JSON, and a trial in a container often runs as root.
warnings.filterwarnings("ignore", r"\s*You're running the worker with superuser privileges")

app = Celery("school_improvement")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["jobs"])
# Two entries for ever: the tick asks each room's `periodic.py` what is due, the reaper finds what died. One that
# a busy worker could not take before the next is due is worth nothing.
app.conf.beat_schedule = {
    "tick": {"task": "jobs.tick", "schedule": 60.0, "options": {"expires": 60}},
    "reap": {"task": "jobs.reap", "schedule": 10.0, "options": {"expires": 10}},
}
