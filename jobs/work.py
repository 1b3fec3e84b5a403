"""What a handler holds while it works: its job, its claim, a way to say how far it has come."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from jobs.choices import JobStatus
from jobs.models import Job

if TYPE_CHECKING:
    from jobs.heartbeat import Heartbeat


class LostClaim(Exception):
    """The lease ran out and the job was given away: whoever holds this claim must not write any more."""


class Stopped(Exception):
    """A handler saw `work.cancelled` and stopped between two batches."""


class WorkFailed(Exception):
    """The work cannot be done; the words say what failed and what to do, and are shown to people.

    `retry=True` when trying again later, with nothing changed by anyone, may well succeed.
    """

    def __init__(self, words: str, *, retry: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.retry = retry


class Work:
    """One claim of one job.

    for batch in batches:
        with work.writing():
            apply(batch)
        work.progress(done, total, "Reading schools")
    """

    def __init__(self, job: Job, heartbeat: "Heartbeat") -> None:
        self.job = job
        self.payload: dict[str, Any] = job.payload
        self._heartbeat = heartbeat

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that first makes sure the claim is still in force; raises LostClaim if not.

        The claim cannot be taken away until the transaction ends: on SQLite because it is the only writer,
        on PostgreSQL because the reaper skips a locked row. The lock is the weakest that says so: it lets the
        heartbeat's own connection go on writing progress to the row. Keep it short (seconds): on SQLite
        everybody else's writes wait for it, the heartbeat's too, so the lease is renewed with the batch. It is
        always an outermost transaction, so that what was checked is what is committed.
        """
        with transaction.atomic(durable=True):
            _hold(self.job)
            yield
            self._heartbeat.beat()

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the work has come; also keeps the claim. Costs nothing: another thread writes it.

        Raises LostClaim when that thread has found the claim lost. `message` never holds restricted text.
        """
        self._heartbeat.report(done, total, message)
        if self._heartbeat.lost:
            raise LostClaim(f"Job {self.job.pk} was given to another worker.")

    @property
    def cancelled(self) -> bool:
        """Somebody asked for the work to stop, or the claim is lost: raise Stopped between two batches."""
        return self._heartbeat.lost or self._heartbeat.cancelled


def _hold(job: Job) -> None:
    lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {Job._meta.db_table} WHERE id = %s AND status = %s AND token = %s{lock}",  # noqa: S608  # no input in it
            [job.pk, JobStatus.RUNNING, job.token],
        )
        if cursor.fetchone() is None:
            raise LostClaim(f"Job {job.pk} was given to another worker.")
