"""The lock files hold what pyproject.toml and package.json ask for, with hashes, and no address of any registry."""

import json
import re
import tomllib

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sweeps import ROOT

ASKED = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [Requirement(text) for text in ASKED["project"]["dependencies"]]
DEVELOPMENT = [Requirement(text) for text in ASKED["dependency-groups"]["dev"]]


def locked(name):
    """{(package, marker): (version, number of hashes)} of a lock file."""
    text = (ROOT / name).read_text()
    entries = re.findall(
        r"^([a-zA-Z0-9._-]+)==(\S+?)((?: ;[^\\]*)?) \\\n((?:    --hash=\S+(?: \\)?\n?)+)", text, re.MULTILINE
    )
    return {
        (canonicalize_name(package), marker.removeprefix(" ; ").strip()): (
            version,
            hashes.count("--hash=sha256:"),
        )
        for package, version, marker, hashes in entries
    }


@pytest.mark.parametrize(
    ("name", "asked"), [("requirements.txt", RUNTIME), ("requirements-dev.txt", RUNTIME + DEVELOPMENT)]
)
def test_every_library_asked_for_is_locked_at_a_version_that_fits(name, asked):
    versions = {
        package: version
        for (package, marker), (version, _) in locked(name).items()
        if not marker or Marker(marker).evaluate({"python_version": "3.11", "python_full_version": "3.11.4"})
    }

    wrong = [
        f"{r} (locked: {versions.get(canonicalize_name(r.name))})"
        for r in asked
        if versions.get(canonicalize_name(r.name)) not in r.specifier
    ]
    assert not wrong, f"Run bin/lock: {wrong}"


def test_development_has_everything_of_the_product_at_the_same_version():
    development = locked("requirements-dev.txt")

    assert {k: v for k, v in locked("requirements.txt").items() if development.get(k) != v} == {}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_library_has_a_hash(name):
    entries = locked(name)
    lines = [line for line in (ROOT / name).read_text().splitlines() if re.match(r"[a-zA-Z0-9]", line)]

    assert len(entries) == len(lines) > 20
    assert all(hashes for _, hashes in entries.values())


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "package-lock.json", ".npmrc"])
def test_no_lock_names_a_host(name):
    text = (ROOT / name).read_text()

    assert "http" + "://" not in text
    assert "https" + "://" not in text


def test_the_front_end_lock_is_that_of_package_json():
    asked = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert lock["packages"][""]["dependencies"] == asked["dependencies"]
    for name in asked["dependencies"]:
        assert lock["packages"][f"node_modules/{name}"]["integrity"].startswith("sha512-")
    assert all("integrity" in p for path, p in lock["packages"].items() if path)


def test_every_library_has_its_reason_in_one_line():
    text = (ROOT / "pyproject.toml").read_text()
    lines = re.findall(r'^  "[a-zA-Z0-9.-]+(?:\[[^\]]*\])?[<>=][^"]*",(.*)$', text, re.MULTILINE)

    assert len(lines) == len(RUNTIME) + len(DEVELOPMENT)
    assert all(re.match(r"\s+# \S+", line) for line in lines)
