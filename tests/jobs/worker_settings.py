"""The product's settings for the workers that test_killed_workers starts: all the same, only faster."""

import os

from config.settings import *  # noqa: F403

JOBS_LEASE_SECONDS = 3
EMAIL_BACKEND = "tests.jobs.worker.MailServer"
CELERY_TASK_DEFAULT_QUEUE = os.environ["TEST_QUEUE"]  # so that several runs can share one Redis
