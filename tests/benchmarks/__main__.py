"""Timings, run on demand and never as tests: python -m tests.benchmarks [name …]

Each benchmark prints its figures and their ratio to its own smallest size in the same run, since a ratio means
the same on any machine. Everything is made in a folder of its own, which goes afterwards.
"""

import importlib
import io
import os
import sys
import tempfile

NAMES = ("school_list", "board", "engine", "suggestions", "england")


def main(wanted: list[str]) -> int:
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"There is no benchmark “{unknown[0]}”. There are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_reference", verbosity=0)
        call_command("load_frameworks", stdout=io.StringIO())
        for name in wanted or NAMES:
            print(f"\n{name}")
            importlib.import_module(f"tests.benchmarks.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
