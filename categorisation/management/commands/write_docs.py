"""manage.py write_docs [--check]: the pages of docs/ that are made from this room's code."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from categorisation.facts_format import format_markdown
from categorisation.schema import schema_markdown

PAGES: Mapping[str, Callable[[], str]] = {
    "facts-format.md": format_markdown,
    "framework-schema.md": schema_markdown,
}


class Command(BaseCommand):
    help = "Writes docs/facts-format.md and docs/framework-schema.md, which are made from the code they describe."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; fail when a page is not as it would be written",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "docs"
        stale = [name for name, page in PAGES.items() if not _is_fresh(folder / name, page())]
        if options["check"]:
            if stale:
                raise CommandError(f"Stale: {', '.join(stale)}. Run: manage.py write_docs")
            return
        for name in stale:
            (folder / name).write_text(PAGES[name](), encoding="utf-8")
            self.stdout.write(f"Wrote docs/{name}.")


def _is_fresh(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
