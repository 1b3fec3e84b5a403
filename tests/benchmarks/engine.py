"""The engine alone: schools a second with the whole trace written, on one core, over schools that all differ."""

import time

from categorisation.engine import compile_framework
from categorisation.schema import load_yaml
from categorisation.school_facts import facts_in_batches
from schools.models import School
from tests.benchmarks import england_made
from tests.benchmarks.timing import calibration
from tests.categorisation.worked_cases import FRAMEWORKS, NATIONAL, SLUGS

SIZES = (1_000, 2_000, 4_000)
ROUNDS = 3


def run() -> None:
    england_made.fill_to(max(SIZES))
    print(calibration())
    for slug in SLUGS.values():
        document = load_yaml((FRAMEWORKS / f"{slug}.yaml").read_bytes())
        made = compile_framework(document, NATIONAL)
        schools = School.objects.filter(urn__gte=england_made.FIRST_URN)[: max(SIZES)]
        given = [
            england_made.graded(facts, made, school.urn)
            for school, facts in facts_in_batches(
                School.objects.filter(pk__in=schools), on=england_made.ON, frameworks=[made]
            )
        ]
        for size in SIZES:
            best = float("inf")
            written = 0
            for _ in range(ROUNDS):
                framework = compile_framework(document, NATIONAL)  # nothing remembered from another round
                start = time.process_time()
                written = sum(len(framework.evaluate(facts).to_json()) for facts in given[:size])
                best = min(best, time.process_time() - start)
            print(
                f"  {slug:<16} {size:>6,} schools {size / best:>9,.0f} a second on one core, "
                f"{written / size / 1000:.1f} kB of trace each"
            )
