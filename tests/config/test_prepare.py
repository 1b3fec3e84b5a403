"""What a start makes ready, and what it leaves alone."""

import os
import runpy
import sys
from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import OperationalError

from config import prepare
from workspace.demo import loading


@pytest.fixture
def commands(monkeypatch, settings, tmp_path):
    """Every command a start calls, in order, none of them run."""
    called = []
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: called.append(name))
    monkeypatch.setattr(loading, "sign_ins", list)
    return called


def test_a_first_start_makes_everything_and_the_demonstration(commands):
    prepare.prepare(demo=True)

    assert commands == [
        "migrate",
        "collectstatic",
        "load_reference",
        "load_frameworks",
        "load_demo",
        "demo_people",
    ]


def test_data_begun_empty_never_gets_the_demonstration(commands, capsys):
    prepare.prepare(demo=False)
    prepare.prepare(demo=True)

    assert "load_demo" not in commands
    assert "begun with --empty" in capsys.readouterr().out


def test_static_files_are_collected_again_only_when_one_has_changed(commands, settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    prepare.get_finders.__globals__["get_finder"].cache_clear()

    prepare.collect_static_files()
    prepare.collect_static_files()
    assert commands == ["collectstatic"]

    os.utime(source / "a.css", ns=(1, 1))
    prepare.collect_static_files()
    assert commands == ["collectstatic", "collectstatic"]
    prepare.get_finders.__globals__["get_finder"].cache_clear()


def test_the_demonstration_is_never_opened_to_other_machines(commands, monkeypatch, settings):
    monkeypatch.setattr(loading, "sign_ins", lambda: [("Kirkdale", "Adviser", "ada@kirkdale.example")])
    prepare.prepare(demo=False)

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, allowed_hosts=("improvement.council.example",))
    with pytest.raises(CommandError, match="password everybody knows"):
        prepare.prepare(demo=False)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ImproperlyConfigured("SECRET_KEY is missing."), "bin/run: SECRET_KEY is missing.\n"),
        (CommandError("No such thing."), "bin/run: No such thing.\n"),
        (
            OperationalError("connection refused\nIs the server running?"),
            "bin/run: the database cannot be used: connection refused\n",
        ),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(monkeypatch, capsys, fault, said):
    def fails(*, demo):
        raise fault

    monkeypatch.setattr(prepare, "prepare", fails)

    assert prepare.main([]) == 1
    assert capsys.readouterr().err == said


def test_the_command_line_says_whether_the_demonstration_is_wanted(monkeypatch):
    wanted = []
    monkeypatch.setattr(prepare, "prepare", lambda *, demo: wanted.append(demo))

    assert prepare.main([]) == prepare.main(["--empty"]) == 0
    assert wanted == [True, False]


def test_run_as_a_program_it_reads_its_command_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["prepare", "--everything"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(prepare.__file__, run_name="__main__")

    assert ended.value.code == 2
    assert "unrecognized arguments: --everything" in capsys.readouterr().err
