"""The product's settings for the workers that test_killed_workers starts: all the same, only faster."""

import os

from config.settings import *  # noqa: F403

JOBS_LEASE_SECONDS = 3
EMAIL_BACKEND = "tests.jobs.worker.MailServer"
# So that several runs can share one Redis, and each clears up after itself (the folder's transport knows no prefix).
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = os.environ["TEST_PREFIX"]  # noqa: F405
