"""Make an installation ready to serve: python -m config.prepare [--empty]

Database, static files, reference data, frameworks, and the demonstration unless --empty. Everything here is
idempotent: a second start finds it done and keeps the data. Data begun with --empty never gets made-up schools.
"""

import argparse
import hashlib
import os
import sys

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError


def prepare(*, demo: bool) -> None:
    from workspace.demo.loading import sign_ins  # needs Django to be set up

    call_command("migrate", interactive=False, verbosity=0)
    collect_static_files()
    call_command("load_reference")
    call_command("load_frameworks")
    if not settings.ENVIRONMENT.embedded and sign_ins():
        raise CommandError(
            "this data holds the demonstration, whose password everybody knows, so other machines may not reach it. "
            "Set DATA_DIR or DATABASE_URL to other data."
        )
    marker = settings.DATA_DIR / "without-demonstration"
    if not demo:
        marker.touch()
    elif marker.exists():
        print("No demonstration: this data was begun with --empty. Set DATA_DIR to another folder to see it.")
    else:
        call_command("load_demo")
        call_command("demo_people")


def collect_static_files() -> None:
    """Collect and compress, unless the sources are those of last time (compression takes seconds)."""
    stamp = settings.STATIC_ROOT / ".collected"
    now = fingerprint()
    if not stamp.exists() or stamp.read_text() != now:
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(now)


def fingerprint() -> str:
    """Changes when any static file's path, size or time does."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = os.stat(storage.path(path))
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.prepare")
    parser.add_argument("--empty", action="store_true", help="no demonstration")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        prepare(demo=not options.empty)
    except (ImproperlyConfigured, CommandError) as error:
        print(f"bin/run: {error}", file=sys.stderr)
        return 1
    except OperationalError as error:
        print(f"bin/run: the database cannot be used: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
