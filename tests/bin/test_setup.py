"""What bin/run and bin/test do on machines that lack things: install them where they may, else say one clear line.

The scripts are copied to a folder where the virtual environment's Python, apt-get, sudo and id are stand-ins that
write down how they were called.
"""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sweeps import ROOT

PYTHON = r"""#!/bin/bash
echo "python $*" >>"$LOG"
case "$*" in
  *version_info[[:space:]]*) exit "${OLD:-0}" ;;
  *'"%d.%d"'*) echo 3.12 ;;
  *ensurepip*) exit "${NO_VENV:-0}" ;;
  "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  *libpangoft2*) [ -e "$STATE/libpango" ] ;;
  "manage.py check"*) printf '%b' "${CHECK:-}"; exit "${CHECK_CODE:-0}" ;;
  *"--check"*) exit "${TAKEN:-0}" ;;
esac
"""
APT = r"""#!/bin/bash
echo "apt-get $*" >>"$LOG"
[ "$1" = update ] && touch "$STATE/updated"
[ "$1" = install ] && [ -n "${STALE:-}" ] && [ ! -e "$STATE/updated" ] && { echo "E: not found"; exit 100; }
[ -z "${BROKEN:-}" ] || { echo "E: broken"; exit 100; }
touch "$STATE/libpango"
"""


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def copy(tmp_path):
    """A copy of the scripts on a machine of stand-ins: copy("bin/run", ROOT_USER="1", …) → the finished process."""
    tree, tools, home = tmp_path / "copy", tmp_path / "tools", tmp_path / "home"
    shutil.copytree(ROOT / "bin", tree / "bin")
    executable(tree / "bin" / "assets", '#!/bin/bash\necho assets >>"$LOG"\n')
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (tree / lock).write_text(f"{lock}\n")
    (home / ".fonts").mkdir(parents=True)
    (home / ".fonts" / "LiberationSans-Regular.ttf").touch()
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        executable(tools / name, PYTHON)
    executable(tools / "apt-get", APT)
    executable(tools / "id", '#!/bin/bash\n[ -n "$ROOT_USER" ] && echo 0 || echo 1000\n')
    executable(tools / "sudo", '#!/bin/bash\n[ -n "$SUDO" ] || exit 1\nshift; exec "$@"\n')

    def run(*command, **environment):
        (tmp_path / "log").write_text("")
        return subprocess.run(
            command,
            cwd=tree,
            env={
                "PATH": f"{tools}:{os.environ['PATH']}",
                "HOME": str(home),
                "LOG": str(tmp_path / "log"),
                "STATE": str(tmp_path),
                "CHROMIUM": "/nowhere/chromium",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
        )

    run.log = lambda: (tmp_path / "log").read_text().splitlines()
    run.has_pdf_libraries = (tmp_path / "libpango").touch
    return run


def one_line(text):
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    return text.strip()


def test_a_first_start_makes_everything_and_a_second_only_serves(copy):
    copy.has_pdf_libraries()

    assert copy("bin/run").returncode == 0
    first = copy.log()
    assert any("-m venv" in line for line in first)
    assert any("pip install --quiet --require-hashes -r requirements.txt" in line for line in first)
    assert first[-3:] == [
        "assets",
        "python -m config.prepare",
        "python bin/serve --host 127.0.0.1 --port 8000",
    ]

    assert copy("bin/run", "--empty", "--port=8123").returncode == 0
    second = copy.log()
    assert not any("-m venv" in line or "pip install" in line for line in second)
    assert second[-2:] == [
        "python -m config.prepare --empty",
        "python bin/serve --host 127.0.0.1 --port 8123",
    ]


def test_another_lock_is_installed_and_the_smaller_is_part_of_the_larger(copy):
    copy("bash", "-c", ". bin/setup.sh; need_libraries requirements-dev.txt")
    assert any("-r requirements-dev.txt" in line for line in copy.log())

    copy("bash", "-c", ". bin/setup.sh; need_libraries requirements.txt")
    assert not any("pip install" in line for line in copy.log())

    copy("bash", "-c", "echo more >>requirements.txt; . bin/setup.sh; need_libraries requirements.txt")
    assert any("-r requirements.txt" in line for line in copy.log())


def test_a_taken_port_stops_the_start_before_anything_is_installed(copy):
    assert copy("bin/run", TAKEN="1").returncode == 1
    assert not any("venv" in line for line in copy.log())


def test_missing_pdf_libraries_are_installed_by_whoever_may(copy):
    for right in ({"ROOT_USER": "1"}, {"SUDO": "1"}):
        assert copy("bash", "-c", ". bin/setup.sh; need_system_libraries", **right).returncode == 0
        assert copy.log()[-1] == (
            "apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation"
        )
        (Path(copy("bash", "-c", "echo $STATE").stdout.strip()) / "libpango").unlink()


def test_a_stale_list_of_packages_is_updated_first(copy):
    done = copy("bash", "-c", ". bin/setup.sh; need_system_libraries", ROOT_USER="1", STALE="1")

    assert done.returncode == 0
    assert [line.split()[1] for line in copy.log() if line.startswith("apt-get")] == [
        "install",
        "update",
        "install",
    ]


def test_somebody_who_may_not_install_is_told_what_to_run(copy):
    done = copy("bin/run")

    assert done.returncode == 1
    assert one_line(done.stderr) == (
        "bin/run: PDF documents need system libraries that are missing here. Run: sudo apt-get install -y "
        "libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation; then run this again."
    )


def test_when_installing_fails_the_reason_is_in_the_line(copy):
    done = copy("bash", "-c", ". bin/setup.sh; need_system_libraries", ROOT_USER="1", BROKEN="1")

    assert done.returncode == 1
    assert "E: broken" in one_line(done.stderr)


def test_an_old_python_is_named(copy):
    done = copy("bin/run", OLD="1", ROOT_USER="1")

    assert done.returncode == 1
    assert "older than 3.11" in one_line(done.stderr)


def test_no_python_at_all_is_named_with_its_remedy(copy):
    done = copy("bin/run", OLD="1")

    assert done.returncode == 1
    assert "needs Python 3.11 or later. Run: sudo apt-get install -y python3 python3-venv" in one_line(
        done.stderr
    )


def test_missing_virtual_environments_are_named_with_their_package(copy):
    done = copy("bin/run", NO_VENV="1")

    assert done.returncode == 1
    assert "Run: sudo apt-get install -y python3.12-venv; then" in one_line(done.stderr)


@pytest.mark.parametrize("arguments", [["--port", "high"], ["--port", "70000"], ["--port"], ["--prot", "1"]])
def test_a_wrong_option_is_answered_in_one_line(copy, arguments):
    done = copy("bin/run", *arguments)

    assert done.returncode == 1
    assert one_line(done.stderr).startswith("bin/run: ")
    assert copy.log() == []


def test_help_says_how(copy):
    done = copy("bin/run", "--help")

    assert done.returncode == 0
    assert "--port N" in done.stdout


def test_another_address_is_refused_with_the_first_finding(copy):
    copy.has_pdf_libraries()
    finding = "?: (security.W008) Your SECURE_SSL_REDIRECT setting is not set to True.\n"
    done = copy("bin/run", "--host", "0.0.0.0", CHECK=f"WARNINGS:\n{finding}\t more\n", CHECK_CODE="1")

    assert done.returncode == 1
    assert "--host 0.0.0.0 opens this to other machines" in one_line(done.stderr)
    assert "security.W008" in done.stderr
    assert "docs/settings.md" in done.stderr
    assert not any(line.endswith("bin/serve --host 0.0.0.0 --port 8000") for line in copy.log())


def test_another_address_with_fit_settings_is_served(copy):
    copy.has_pdf_libraries()

    assert copy("bin/run", "--host", "0.0.0.0").returncode == 0
    assert copy.log()[-1] == "python bin/serve --host 0.0.0.0 --port 8000"


def test_without_a_browser_its_tests_are_left_out_in_one_line(copy):
    copy.has_pdf_libraries()
    done = copy("bin/test", "tests/config")

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == (
        "Leaving out the browser tests, which need Chromium and poppler-utils. To have them, run: "
        "sudo apt-get install -y chromium poppler-utils"
    )
    assert copy.log()[-1] == "python -m pytest -m not browser tests/config"


def test_in_ci_a_missing_browser_fails(copy):
    copy.has_pdf_libraries()
    done = copy("bin/test", CI="true")

    assert done.returncode == 1
    assert "browser tests need Chromium" in one_line(done.stderr)


@pytest.mark.parametrize(("settings", "measured"), [({}, ""), ({"CI": "true"}, " --cov --cov-report term")])
def test_the_tests_of_everything_run_on_all_cores_and_branches_are_measured_in_ci(copy, settings, measured):
    copy.has_pdf_libraries()
    copy("bin/test", ROOT_USER="1", **settings)

    assert copy.log()[-1] == f"python -m pytest --numprocesses auto --maxprocesses 4{measured}"
