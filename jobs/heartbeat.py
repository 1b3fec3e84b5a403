"""A worker's pulse: keeps its lease and writes its progress, from a thread with a connection of its own."""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.db import Error, connection

from jobs.actions import claims

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]

SHORTEST_GAP = 0.3  # seconds between two writes of progress, however often it is reported
JOIN_TIMEOUT = 30.0  # seconds: longer than the wait for a busy database


class Heartbeat:
    """Reports go into memory; the thread writes the latest, in transactions of its own.

    So reporting never waits and never fails. On a busy database the thread waits, and tries again at the next beat: the
    lease is far longer than that. Without the thread (`threaded=False`: tests, work done in the caller's process) each
    report is written at once on the caller's connection.
    """

    def __init__(
        self, *, job_id: int, token: str, clock: Clock, interval: float, threaded: bool = True
    ) -> None:
        self.progress: dict[str, Any] = {}
        self.lost = False
        self.cancelled = False
        self._job_id = job_id
        self._token = token
        self._clock = clock
        self._interval = interval
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{job_id}") if threaded else None

    def __enter__(self) -> "Heartbeat":
        if self._thread:
            self._thread.daemon = True  # never keeps a dying worker alive
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread:
            self._stopping.set()
            self._wake.set()
            self._thread.join(JOIN_TIMEOUT)

    def report(self, done: int, total: int | None, message: str) -> None:
        self.progress = {"done": done, "total": total, "message": message}  # replaced whole: no lock needed
        if self._thread:
            self._wake.set()
        else:
            self.beat()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._wake.wait(self._interval)
                self._wake.clear()
                if not self._stopping.is_set():
                    self._try_to_beat()
                    self._stopping.wait(SHORTEST_GAP)
        finally:
            connection.close()

    def _try_to_beat(self) -> None:
        try:
            self.beat()
        except Error:  # busy for longer than its timeout, or gone: the next beat finds out
            logger.info("The heartbeat of job %s was missed.", self._job_id, exc_info=True)
            connection.close()

    def beat(self) -> None:
        """Keep the claim and write the latest report, on the calling thread's connection."""
        answer = claims.beat(job_id=self._job_id, token=self._token, now=self._clock(), **self.progress)
        self.lost = self.lost or answer is claims.Beat.LOST
        self.cancelled = self.cancelled or answer is claims.Beat.CANCELLED
