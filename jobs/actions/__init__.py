"""The only writers of the queue, the outbox and the schedule."""

from jobs.actions.claims import Beat, beat, claim, fail, finish, stop
from jobs.actions.housekeeping import prune
from jobs.actions.outbox import deliver, resend, send_email
from jobs.actions.queue import cancel, emit, enqueue, try_again
from jobs.actions.reaping import Reaped, reap
from jobs.actions.schedule import tick

__all__ = [
    "Beat",
    "Reaped",
    "beat",
    "cancel",
    "claim",
    "deliver",
    "emit",
    "enqueue",
    "fail",
    "finish",
    "prune",
    "reap",
    "resend",
    "send_email",
    "stop",
    "tick",
    "try_again",
]
