"""Sweeps over the source: habits of the house that no linter knows."""

import csv
import re

import pytest

from tests.architecture import sweeps
from tests.architecture.sweeps import ROOT

# A signal is allowed only where a library offers no other way. Path → why.
SIGNALS_ALLOWED: dict[str, str] = {}

# Writes outside actions. Path → why.
WRITES_ALLOWED: dict[str, str] = {}

# Longer than 400 lines and better whole. Path → why.
LONG_FILES_ALLOWED: dict[str, str] = {}


def _report(found):
    return "\n".join(found)


def test_nobody_listens_to_signals():
    found = [
        f"{path}:{line} imports {name}"
        for path, source in sweeps.room_sources()
        if path not in SIGNALS_ALLOWED
        for line, name in sweeps.signals(source)
    ]

    assert not found, _report(found)


@pytest.mark.parametrize(
    "planted",
    [
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
        "import django.dispatch",
        "from django.dispatch import receiver",
        "from allauth.account.signals import user_logged_in",
    ],
)
def test_a_planted_signal_is_found(planted):
    assert sweeps.signals(f"import os\n{planted}\n")[0][0] == 2


def test_views_forms_and_presenters_write_nothing():
    found = [
        f"{path}:{line} calls .{name}(): that belongs in an action"
        for path, source in sweeps.room_sources()
        if sweeps.DOORS_AND_DISPLAY.search(path) and path not in WRITES_ALLOWED
        if not path.startswith("ui/")  # has no models; it updates dictionaries
        for line, name in sweeps.writes(source)
    ]

    assert not found, _report(found)


@pytest.mark.parametrize(
    "planted",
    [
        "school.save()",
        "School.objects.filter(pk=1).delete()",
        "School.objects.create(name='x')",
        "queryset.update(name='x')",
        "School.objects.bulk_create(rows)",
    ],
)
def test_a_planted_write_is_found(planted):
    assert sweeps.writes(planted)


@pytest.mark.parametrize("harmless", ["context.update({'a': 1})", "digest.update(data)", "school.saved()"])
def test_what_only_looks_like_a_write_is_left_alone(harmless):
    assert not sweeps.writes(harmless)


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("visits/views.py", True),
        ("workspace/views/schools.py", True),
        ("ui/templatetags/ui.py", True),
        ("visits/actions/notes.py", False),
        ("visits/reviews.py", False),
    ],
)
def test_the_sweep_knows_which_files_must_not_write(path, is_one):
    assert bool(sweeps.DOORS_AND_DISPLAY.search(path)) is is_one


def test_templates_hold_no_styles_scripts_or_queries():
    found = [
        f"{path}:{line} has {what}"
        for path in sweeps.files(".html")
        if path.parts[0] == "templates"
        for line, what in sweeps.template_faults((ROOT / path).read_text())
    ]

    assert not found, _report(found)


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color: red">',
        '<button class="x" onclick="go()">',
        "<script>go()</script>",
        "{{ note.body|safe }}",
        "{% autoescape off %}",
        "{% for contact in school.contacts.all %}",
    ],
)
def test_a_planted_fault_in_a_template_is_found(planted):
    assert sweeps.template_faults(f"<h1>A</h1>\n{planted}")[0][0] == 2


@pytest.mark.parametrize(
    "harmless",
    [
        '<script src="a.js"></script>',
        '<script nonce="{{ request.csp_nonce }}">',
        "{% if forloop.first %}",
        "{# school.contacts.all #}",
    ],
)
def test_a_clean_template_is_left_alone(harmless):
    assert not sweeps.template_faults(harmless)


def test_nothing_is_called_utils_or_helpers():
    found = [str(p) for p in sweeps.files(".py") if p.stem in {"utils", "helpers"}]

    assert not found, _report(found)


def test_no_file_outgrows_its_room():
    """Past 400 lines a file becomes a package split by noun, or says here why not.

    A file of tests mirrors one file of code, cast and cases included, so it may grow to 700.
    """
    sizes = {
        path: len((ROOT / path).read_text().splitlines())
        for path in sweeps.files(".py", ".html", ".js", ".scss")
        if "migrations" not in path.parts
    }
    long = {str(p): n for p, n in sizes.items() if n > (700 if p.parts[0] == "tests" else 400)}
    found = [f"{p} has {n} lines" for p, n in long.items() if p not in LONG_FILES_ALLOWED]

    assert not found, _report(found)
    assert set(LONG_FILES_ALLOWED) <= set(long), "An exception is no longer needed."


def test_nothing_committed_names_a_machine_a_registry_or_unfinished_work():
    found = []
    for path in sweeps.files():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{path}:{line} names {what}" for line, what in sweeps.forbidden(text)]

    assert not found, _report(found)


@pytest.mark.parametrize(
    "planted",
    ["see /ro" + "ot/x", "'/wo" + "rk/main'", "https://py" + "pi.org/simple", "# TO" + "DO: later"],
)
def test_a_planted_mention_is_found(planted):
    assert sweeps.forbidden(f"first\n{planted}")[0][0] == 2


@pytest.mark.parametrize(
    "harmless", ["/schools/100/work/plan", "href='/rooting/'", "https://www.gov.uk/work/x"]
)
def test_addresses_of_pages_are_not_taken_for_paths(harmless):
    assert not sweeps.forbidden(harmless)


def test_every_requirement_a_test_names_exists():
    with (ROOT / "docs" / "requirements.csv").open(newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    found = [
        f"{path}:{line} names {name}"
        for path in sweeps.files(".py")
        if path.parts[0] == "tests"
        for line, name in sweeps.requirement_ids((ROOT / path).read_text())
        if name not in known and not re.fullmatch(r"X-\d\d", name)  # X: contradictions between the two texts
    ]

    assert not found, _report(found)


def test_a_planted_requirement_is_found():
    assert sweeps.requirement_ids('@pytest.mark.requirement("L-001", "K-9")\ndef test(): ...') == [
        (1, "L-001"),
        (1, "K-9"),
    ]
