"""A round's board as its head of service opens it: the board, the page of the round, the sitting, publishing."""

import datetime as dt

from django.test import Client
from django.utils import timezone

from categorisation.frameworks_in_force import version_for
from categorisation.models import Recommendation, Round
from schools.models import School
from tests.benchmarks import schools_made
from tests.benchmarks.timing import median_seconds, show

SIZES = (300, 1_000, 3_000)
_PAGES = {"the round": "", "board": "board/", "sitting": "moderate/", "publish": "publish/"}


def run() -> None:
    client = Client(headers={"host": "localhost"})
    leader, authority = schools_made.leader(), schools_made.authority()
    client.force_login(leader)
    now, version = timezone.now(), version_for(authority, timezone.localdate())
    annual = Round.objects.create(
        authority=authority, year=2026, version=version, starts_on=dt.date(2026, 9, 1), opened_at=now,
        opened_by=leader,
    )  # fmt: skip
    adviser = schools_made.adviser()
    rows = []
    for size in SIZES:
        schools_made.fill_to(size)
        done = set(annual.recommendations.values_list("school", flat=True))
        Recommendation.objects.bulk_create(
            [
                Recommendation(
                    school=school, round=annual, occasion="annual", version=version, starts_on=annual.starts_on,
                    suggested=1, suggested_low=1, suggested_high=3, facts={"on": "2026-06-01", "made": "x" * 60_000}, thresholds=[],
                    trace={"rules": [["rule", 0, []]] * 60}, rank=1 + school.pk % 2, reason="Because.",
                    head_consulted_on=annual.starts_on, governors_consulted_on=annual.starts_on,
                    recommended_at=now, recommended_by=adviser,
                    **({"status": "moderated", "moderated_rank": 1 + school.pk % 2, "moderated_at": now,
                        "moderated_by": leader} if school.pk % 3 else {}),
                )
                for school in School.objects.exclude(pk__in=done)
            ],
            batch_size=500,
        )  # fmt: skip
        for what, path in _PAGES.items():
            page = annual.get_absolute_url() + path
            assert client.get(page).status_code == 200
            rows.append((what, size, median_seconds(lambda page=page: client.get(page), rounds=3)))
    show(sorted(rows, key=lambda row: list(_PAGES).index(row[0])))
