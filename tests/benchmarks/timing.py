"""The middle of several timings, and its ratio to the first size's."""

import statistics
import time
from collections.abc import Callable

ROUNDS = 7


def median_seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Processor time of one call, the middle of `rounds` after one to warm up. With SQLite the database's work is in it,
    and another program's is not."""
    work()
    timings = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        timings.append(time.process_time() - start)
    return statistics.median(timings)


def show(rows: list[tuple[str, int, float]], unit: str = "ms") -> None:
    """(what, size, seconds) a line, with the ratio to the same thing at its smallest size."""
    smallest: dict[str, float] = {}
    for what, size, seconds in rows:
        base = smallest.setdefault(what, seconds)
        print(f"  {what:<34} {size:>8,}  {seconds * 1000:>9.1f} {unit}  x{seconds / base:.1f}")


def calibration() -> str:
    """How fast this machine runs plain Python just now: seconds of one are to be read beside it."""
    best = float("inf")
    for _ in range(5):
        held: dict[int, int] = {}
        start = time.process_time()
        for number in range(200_000):
            held[number & 1023] = number * 2 + (number >> 3)
        best = min(best, time.process_time() - start)
    return f"  200,000 turns of a plain loop take {best * 1000:.1f} ms here, now"
