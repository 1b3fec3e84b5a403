"""Suggestions brought level: what a school costs when many are asked for at once."""

from django.utils import timezone

from categorisation.actions import refresh_suggestions
from schools.models import School
from tests.benchmarks import schools_made
from tests.benchmarks.timing import median_seconds, show

SIZES = (10, 100, 400)


def run() -> None:
    schools_made.fill_to(max(SIZES))
    now = timezone.now()
    rows = []
    for size in SIZES:
        batch = list(School.objects.select_related("authority")[:size])
        seconds = median_seconds(
            lambda batch=batch: refresh_suggestions(batch, on=timezone.localdate(now), now=now), rounds=3
        )
        rows.append(("a school, among so many", size, seconds / size))
    show(rows)
