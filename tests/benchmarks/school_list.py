"""The list of schools as a head of service opens it: first page, last page, search, sort, filter."""

from django.test import Client
from django.urls import reverse

from tests.benchmarks import schools_made
from tests.benchmarks.timing import median_seconds, show

SIZES = (1_000, 5_000, 25_000)
_PAGES = {
    "first page": "",
    "last page": "?page=9999",
    "search by name": "?q=priory+12",
    "sorted by suggested support": "?sort=-support",
    "filtered by level": "?level=4",
}


def run() -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(schools_made.leader())
    page = reverse("workspace:school-list")
    rows = []
    for size in SIZES:
        schools_made.fill_to(size)
        for what, query in _PAGES.items():
            assert client.get(page + query).status_code == 200
            rows.append((what, size, median_seconds(lambda query=query: client.get(page + query))))
    show(sorted(rows, key=lambda row: list(_PAGES).index(row[0])))
