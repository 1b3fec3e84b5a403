"""The engine alone: schools a second with the whole trace written, both documents, five years of data."""

import time

from categorisation.engine import compile_framework
from categorisation.schema import load_yaml
from tests.categorisation.worked_cases import FRAMEWORKS, NATIONAL, SLUGS

ROUNDS = 300


def run() -> None:
    from tests.benchmarks.facts_made import full_school

    for slug in SLUGS.values():
        framework = compile_framework(load_yaml((FRAMEWORKS / f"{slug}.yaml").read_bytes()), NATIONAL)
        facts = full_school(framework)
        framework.evaluate(facts).to_json()
        start = time.process_time()
        for _ in range(ROUNDS):
            framework.evaluate(facts).to_json()
        spent = time.process_time() - start
        print(f"  {slug:<34} {ROUNDS / spent:>9,.0f} schools a second on one core")
