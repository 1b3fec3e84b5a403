"""A whole import: read and compare everything, or write it. The same code does both, so a preview is what will be done.

Rows go through a few hundred at a time: each lot is compared in a query or two and, when applying, written in one
transaction together with how far it came. A job that is killed goes on after the last lot written, and its figures
stay right. Memory holds one lot, and the keys that several files of the import share.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Protocol

from schools.importing.plans import Plan
from schools.importing.reading import Row, Unreadable
from schools.importing.storing import Claims, Scope, Store, store_for
from schools.importing.storing.links import join_links
from schools.importing.tally import Tally
from schools.models import ImportFile

LOT = 200  # rows; at 90 values a row a transaction stays well under a few seconds


class Work(Protocol):
    """What applying needs of a job (jobs.registry.Work), or of the command line instead of one."""

    def writing(self) -> AbstractContextManager[None]: ...

    def progress(self, done: int, total: int | None = None, message: str = "") -> None: ...


Report = Callable[[int, int, str], None]  # files done, files in all, what is being done


def preview(
    plans: Sequence[Plan], scope: Scope, report: Report = lambda done, total, message: None
) -> list[Tally]:
    """What applying the plans would do, in their order; nothing is written. A file that breaks is refused in its plan."""
    claims = Claims()
    tallies: list[Tally] = []
    for done, plan in enumerate(plans):
        if plan.refusal:
            tallies.append(Tally())
            continue
        store = store_for(plan, scope, claims)
        try:
            for lot in _lots(plan.rows()):
                report(done, len(plans), f"{plan.title}: row {lot[-1].number:,}")
                store.take(lot, write=False)
            store.finish(write=False)
        except Unreadable as error:  # the file changed or vanished since it was recognised
            plan.refusal = str(error)
            tallies.append(Tally())
            continue
        tallies.append(store.tally)
    return tallies


def apply(plans: Sequence[Plan], files: Sequence[ImportFile], scope: Scope, work: Work) -> list[Tally]:
    """Write the plans; `files` are their rows, whose `outcome` says what was done. Raises LostClaim as `work` does.

    The tallies have the problems met in this run (a run that goes on after a kill meets those of its own rows).
    """
    claims = Claims()
    tallies: list[Tally] = []
    for done, (plan, file) in enumerate(zip(plans, files, strict=True)):
        if plan.refusal:
            tallies.append(Tally())
            continue
        plan.row_id = file.pk
        store = store_for(plan, scope, claims)
        tallies.append(store.tally)
        _resume(store, file)
        finished = bool(file.outcome.get("finished"))
        for lot in _lots(plan.rows()):
            work.progress(done, len(plans), f"{plan.title}: row {lot[-1].number:,}")
            if lot[-1].number <= file.applied_to_row:
                store.skip(lot)
                continue
            with work.writing():
                store.take(lot, write=True)
                _record(file, store.tally, lot[-1].number)
        if finished:
            store.finish(write=False)  # remembers its figures, so that a later file does not replace them
        else:
            with work.writing():
                store.finish(write=True)
                if plan.handler in ("schools", "links"):
                    join_links()
                _record(file, store.tally, file.applied_to_row, finished=True)
    return tallies


def _lots(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while lot := list(islice(rows, LOT)):
        yield lot


def _resume(store: Store, file: ImportFile) -> None:
    """Go on counting where a killed job stopped."""
    for name, number in file.outcome.items():
        if name != "finished" and name != "statuses" and hasattr(store.tally, name):
            setattr(store.tally, name, number)
    store.tally.statuses.update(file.outcome.get("statuses", {}))


def _record(file: ImportFile, tally: Tally, row: int, finished: bool = False) -> None:
    file.applied_to_row = row
    file.outcome = {**tally.figures(), **tally.summary(), "finished": finished}
    file.save(update_fields=["applied_to_row", "outcome"])
