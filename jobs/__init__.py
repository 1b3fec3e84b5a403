"""Unattended work: the row in the database is the truth, the broker only carries its number.

A job goes from one state to another only in `jobs.actions`:

                      claim (new token, attempts + 1)
    enqueue ──▶ QUEUED ─────────────────────────────▶ RUNNING ──── finish ──▶ DONE
                 ▲  │                                  │ │ │
                 │  └─ cancel ─────▶ CANCELLED ◀─ stop ┘ │ └────── fail ────▶ FAILED
                 │                                       │                  (reap, when no attempt is left)
                 └──── fail (retry), reap (lease over) ──┘
                       finish, fail (an event came meanwhile: from the start)

Whoever holds a claim proves it by its token: every batch re-reads the token in the transaction that writes
(`Work.writing`), and so do the heartbeat, `finish` and `fail`. The reaper takes a job away only when its lease ran
out and no such transaction is open. So a worker that was only slow finds its claim lost and can write no more,
whatever it still believes; and work killed anywhere is done again from its last committed batch.

A message (`OutboxMessage`) goes WAITING ─▶ SENDING ─▶ SENT. The two arrows are two transactions with the mail server
between them. The server said no: back to WAITING, or FAILED. Nobody knows what it said, because the worker died or the line
did: UNCERTAIN, shown to people as *may have been sent*, and sent again only when one of them says so.

Handlers are registered in the rooms' `tasks.py`, schedules in their `periodic.py` (`jobs.registry`). Celery's beat has two
entries, the tick (what is due) and the reaper.
"""
