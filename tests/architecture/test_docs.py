"""The documents are about this product as it stands."""

import re

import pytest

from tests.architecture import sweeps
from tests.architecture.sweeps import ROOMS, ROOT
from tests.architecture.test_imports import named

PAGES = [p for p in sweeps.files(".md") if "node_modules" not in p.parts]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page):
    text = (ROOT / page).read_text()
    links = [
        target.split("#")[0]
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if not target.startswith(("http", "#", "mailto:"))
    ]

    assert [link for link in links if not (ROOT / page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_script_and_module_named_exists(page):
    text = (ROOT / page).read_text()
    named_paths = set(re.findall(r"`((?:bin|config|docs|tests|templates|static)/[\w./-]+)`", text))
    named_paths |= set(re.findall(r"(?<![\w./])(bin/[a-z-]+)", text))

    made = {"static/build", "docs/coverage.md"}
    assert sorted(p for p in named_paths - made if not (ROOT / p).exists()) == []


def test_the_diagram_shows_the_rooms_in_the_order_of_the_contract():
    page = (ROOT / "docs" / "architecture.md").read_text()
    order = re.search(r"^    (workspace --> .*)$", page, re.MULTILINE)[1].split(" --> ")

    assert order == named("Rooms import downwards only")["layers"]
    assert set(order) == set(ROOMS)


def test_the_architecture_page_names_every_door():
    page = (ROOT / "docs" / "architecture.md").read_text()
    contract = named("Rooms are entered by their doors")

    assert [d for d in (*contract["doors"], *contract["own_doors"]) if f"`{d}`" not in page] == []


def test_decisions_are_numbered_without_gaps():
    numbers = [int(p.name[:4]) for p in sorted((ROOT / "docs" / "adr").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


def test_the_read_me_names_the_two_commands():
    text = (ROOT / "README.md").read_text()

    assert "bin/run" in text
    assert "bin/test" in text
