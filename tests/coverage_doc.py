"""Which test shows which requirement: docs/coverage.md, made from the `requirement` marks of the tests.

A pytest plugin; bin/coverage-report runs it. `--coverage-doc PATH` writes the page, and with
`--coverage-doc-check` only says whether it is as it would be written.
"""

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
POLICIES = {"L": "Leicester 2007", "K": "Leeds 2013", "X": "Contradictions between and within the two texts"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--coverage-doc", help="write the requirements' coverage as Markdown to this file")
    parser.addoption("--coverage-doc-check", action="store_true", help="fail when that file is stale instead")


def pytest_collection_finish(session: pytest.Session) -> None:
    target = session.config.getoption("--coverage-doc")
    if not target:
        return
    shown, requirements = shown_by(session.items), known()
    if unknown := [i for i in shown if i not in requirements and not re.fullmatch(r"X-\d\d", i)]:
        raise pytest.UsageError(f"No such requirement: {', '.join(unknown)} ({shown[unknown[0]][0]})")
    page = render(shown, requirements)
    path = Path(target)
    if not session.config.getoption("--coverage-doc-check"):
        path.write_text(page)
    elif not path.exists() or path.read_text() != page:
        raise pytest.UsageError(f"{target} is stale: run bin/coverage-report")


def shown_by(items: list[pytest.Item]) -> dict[str, list[str]]:
    """{requirement: tests}, each test once whatever its parameters."""
    tests: dict[str, dict[str, None]] = defaultdict(dict)
    for item in items:
        name = re.sub(r"\[.*", "", item.nodeid, flags=re.DOTALL)
        for mark in item.iter_markers("requirement"):
            for identifier in mark.args:
                tests[identifier][name] = None
    return {identifier: sorted(names) for identifier, names in tests.items()}


def known() -> dict[str, dict[str, str]]:
    with (ROOT / "docs" / "requirements.csv").open(newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def render(shown: dict[str, list[str]], requirements: dict[str, dict[str, str]]) -> str:
    """The page: how far each policy is shown, then each requirement that a test shows, with its paragraph."""
    lines = [
        "# What the tests show",
        "",
        "Made by `bin/coverage-report` from the tests' `requirement` marks. A paragraph of either policy can be",
        "followed from here to the tests that show it; `docs/requirements.csv` lists every requirement.",
        "",
        "| Policy | Requirements | Shown by a test |",
        "|---|---|---|",
    ]
    for letter in ("L", "K"):
        rows = [i for i in requirements if i.startswith(letter)]
        lines.append(f"| {POLICIES[letter]} | {len(rows)} | {sum(i in shown for i in rows)} |")
    for letter, policy in POLICIES.items():
        rows = sorted(i for i in shown if i.startswith(letter))
        if not rows:
            continue
        lines += ["", f"## {policy}", "", "| Id | Paragraph | Requirement | Tests |", "|---|---|---|---|"]
        for identifier in rows:
            row = requirements.get(identifier, {"paragraph": "", "requirement": ""})
            tests = "<br>".join(f"`{name.removeprefix('tests/')}`" for name in shown[identifier])
            cells = (identifier, row["paragraph"], row["requirement"], tests)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
