"""A changed document tried on every school of an authority."""

from itertools import islice
from typing import Any

from django.utils import timezone

from categorisation.actions.dry_runs import KIND, begin_dry_run, finish_dry_run, keep_moves
from categorisation.benching import Comparer, Tally, direction, ranks
from categorisation.engine import SchoolFacts
from categorisation.frameworks_in_force import compiled, compiled_document
from categorisation.models import DryRun, DryRunMove
from categorisation.school_facts import AUTHORITY_AUDIENCES, facts_in_batches
from jobs.registry import Stopped, Work, task
from schools.models import School

BATCH = 500  # schools read at a time, and written in a transaction


@task(KIND, title="Trying the changes on every school")
def dry_run(work: Work) -> dict[str, Any]:
    """The dry run of the payload's `dry_run_id`, by the day, version and document in its row.

    A second attempt starts again from the first school, so that rows and counts are of one look at the facts. Reads
    each school once for both documents, and holds one batch in memory.
    """
    run = DryRun.objects.select_related("against").get(pk=work.payload["dry_run_id"])
    if run.counts is not None:
        return {"schools": run.counts["tried"], "moved": run.counts["moved"]}
    comparer = Comparer(compiled(run.against), compiled_document(run.document))
    schools = School.objects.filter(authority=run.authority_id).open()
    total, tally = schools.count(), Tally()
    read = facts_in_batches(schools, on=run.on, frameworks=(comparer.before, comparer.after), size=BATCH)
    with work.writing():
        begin_dry_run(dry_run=run)
    done = 0
    while batch := list(islice(read, BATCH)):
        if work.cancelled:
            raise Stopped
        moves = [move for school, facts in batch if (move := _tried(run, school, facts, comparer, tally))]
        with work.writing():
            keep_moves(moves)
        done += len(batch)
        work.progress(done, total, "Comparing what is suggested")
    with work.writing():
        finish_dry_run(dry_run=run, tally=tally, now=timezone.now())
    return {"schools": tally.counts["tried"], "moved": tally.counts["moved"]}


def _tried(
    run: DryRun, school: School, facts: SchoolFacts, comparer: Comparer, tally: Tally
) -> DryRunMove | None:
    """Counts the school; its row where the two documents place it otherwise."""
    old = comparer.before.evaluate(facts, AUTHORITY_AUDIENCES)
    new = comparer.after.evaluate(facts, AUTHORITY_AUDIENCES)
    before, after = ranks(old), ranks(new)
    moves = direction(before, after)
    causes = comparer.causes(old, new) if moves else ()
    tally.add(phase=school.phase, area=school.area_id, moves=moves, before=before, after=after, causes=causes)
    if not moves:
        return None
    return DryRunMove(
        dry_run=run,
        school=school,
        before=before.on_record,
        before_low=before.low,
        before_high=before.high,
        after=after.on_record,
        after_low=after.low,
        after_high=after.high,
        rules=[{"name": cause.name, "title": cause.title, "text": cause.text} for cause in causes],
    )
