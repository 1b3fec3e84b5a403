"""A dry run over England: every school's facts read from the database, both documents asked, the answers compared."""

import resource
import time

from categorisation.benching import Comparer, Tally, direction, ranks
from categorisation.engine import CompiledFramework, compile_framework
from categorisation.schema import load_yaml
from categorisation.school_facts import AUTHORITY_AUDIENCES, facts_in_batches
from schools.models import School
from tests.benchmarks import england_made
from tests.benchmarks.timing import calibration
from tests.categorisation.worked_cases import FRAMEWORKS, NATIONAL

SIZES = (3_000, 6_000, 12_000, 24_000)
CHANGED = {"significantly_wider": "8", "around_attendance": "0.2", "significant_decline": "4"}


def run() -> None:
    first = 0.0
    print(calibration())
    for size in SIZES:
        england_made.fill_to(size)
        before, after = _documents()
        clock, start = time.perf_counter(), time.process_time()
        counts = _dry_run(size, before, after)
        seconds, waited = time.process_time() - start, time.perf_counter() - clock
        first = first or seconds
        print(
            f"  {size:>7,} schools {seconds:>7.1f} s of processor ({waited:.1f} s by the clock)  x{seconds / first:.1f}  "
            f"{size / seconds:,.0f} schools a second  {_megabytes():,.0f} MiB at most  {counts['moved']:,} moved"
        )


def _documents() -> tuple[CompiledFramework, CompiledFramework]:
    """The published Leeds document, and a draft with some of its numbers changed. Nothing remembered from before."""
    published = load_yaml((FRAMEWORKS / "leeds-2013.yaml").read_bytes())
    parameters = tuple(
        item.model_copy(update={"chosen": type(item.default)(CHANGED[item.key])})
        if item.key in CHANGED
        else item
        for item in published.parameters
    )
    draft = published.model_copy(update={"parameters": parameters})
    return compile_framework(published, NATIONAL), compile_framework(draft, NATIONAL)


def _dry_run(size: int, before: CompiledFramework, after: CompiledFramework) -> dict:
    """As `categorisation.tasks.dry_runs` does it, without the rows it writes for the schools that move."""
    comparer, tally = Comparer(before, after), Tally()
    schools = School.objects.filter(urn__range=(england_made.FIRST_URN, england_made.FIRST_URN + size - 1))
    for school, facts in facts_in_batches(schools, on=england_made.ON, frameworks=(before, after)):
        old = before.evaluate(facts, AUTHORITY_AUDIENCES)
        new = after.evaluate(facts, AUTHORITY_AUDIENCES)
        was, now = ranks(old), ranks(new)
        moves = direction(was, now)
        causes = comparer.causes(old, new) if moves else ()
        tally.add(phase=school.phase, area=school.area_id, moves=moves, before=was, after=now, causes=causes)
    assert tally.counts["tried"] == size
    return dict(tally.counts)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
