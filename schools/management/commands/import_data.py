"""`manage.py import_data PATH…`: imports published files and folders of them.

Exit codes: 0 everything recognised was imported (rows left out are listed); 1 a file was refused; 2 nothing to import,
or the command was given wrongly. With --dry-run nothing is written and the same codes are given.
"""

import csv
import datetime as dt
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Authority
from schools.importing import batches, layouts, plans, reading, running
from schools.importing.plans import Plan
from schools.importing.reading import Source, Unreadable
from schools.importing.storing import Scope
from schools.importing.tally import Tally, nouns, sentence
from schools.models import ImportBatch
from schools.rules import academic_years

_SHOWN = 5  # problems of each file on a terminal; --problems writes them all


class Command(BaseCommand):
    help = (
        "Imports published files: the register of schools (GIAS) and its links, results of KS2, KS4 and KS5 (final and provisional), destinations, absence, the school "
        "census and workforce, the pupil premium and Ofsted's management information. Files are recognised by their header row. The same files may be "
        "imported again: what is the same stays untouched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            type=Path,
            help="files (CSV, spreadsheet, zip) or folders of them",
        )
        parser.add_argument(
            "--year", type=_year, help="academic year of files whose name holds none, such as 2017-18"
        )
        parser.add_argument(
            "--authority",
            metavar="CODE",
            help="the authority’s number, such as 383; otherwise every authority here",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--problems",
            type=Path,
            metavar="FILE",
            help="write every problem, by file and row, to a CSV file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._quiet = options["json"] or options["verbosity"] == 0
        sources, left = self._sources(options["paths"])
        if not sources:
            raise CommandError("There is no CSV file, spreadsheet or zip at the paths given.", returncode=2)
        found = plans.prepare(sources, options["year"], lambda name: self._progress(f"Looking at {name}"))
        now = timezone.now()
        authority, scope = self._scope(options["authority"], found, dry_run=options["dry_run"])
        if not options["dry_run"]:
            batches.reference_present(now=now)
        if options["dry_run"]:
            tallies = running.preview(
                found, scope, lambda done, total, message: self._progress(f"{done + 1}/{total} {message}")
            )
        else:
            tallies = self._apply(found, authority, options["year"], now)
        self._progress("")
        results = [_result(plan, tally) for plan, tally in zip(found, tallies, strict=True)]
        if options["problems"]:
            _write_problems(options["problems"], results)
        if options["json"]:
            self.stdout.write(
                json.dumps({"dry_run": options["dry_run"], "files": results, "not_tables": left}, indent=2)
            )
        else:
            self._print(results, left, dry_run=options["dry_run"])
        if any(plan.refusal and not plan.left for plan in found):
            sys.exit(1)
        if all(plan.refusal for plan in found):
            sys.exit(2)

    # --- what to import

    def _sources(self, paths: Sequence[Path]) -> tuple[list[Source], list[str]]:
        given: list[Source] = []
        left: list[str] = []
        for path in paths:
            if path.is_dir():
                inside, others = reading.from_folder(path)
                given += inside
                left += others
            elif path.is_file():
                given.append(reading.from_path(path))
            else:
                raise CommandError(f"There is nothing at {path}. Check the path.", returncode=2)
        sources: list[Source] = []
        for source in given:
            try:
                sources += reading.expand(source)
            except Unreadable:
                sources.append(source)  # refused in words with the rest
        return sources, left

    def _scope(
        self, code: str | None, found: Sequence[Plan], *, dry_run: bool
    ) -> tuple[Authority | None, Scope]:
        now = timezone.now()
        if code is None:
            if not Authority.objects.exists():
                raise CommandError(
                    "No authority is set up here yet. Say which one to import, such as --authority 383.",
                    returncode=2,
                )
            return None, batches.scope_of(None, now=now, trusted=True)
        code = code.strip().zfill(3)
        authority = Authority.objects.filter(code=code).first()
        if authority is None:
            name = _name_of(code, found)
            if name is None:
                raise CommandError(
                    f"Authority {code} is not set up here, and no register file (GIAS) given holds its schools. Give one with them.",
                    returncode=2,
                )
            if dry_run:
                return None, Scope({code: None}, True, now)
            authority, created = Authority.objects.get_or_create(code=code, defaults={"name": name})
            if created and not self._quiet:
                self.stdout.write(f"New authority: {name} ({code}).")
        return authority, batches.scope_of(authority, now=now, trusted=True)

    # --- doing it

    def _apply(
        self, found: Sequence[Plan], authority: Authority | None, year: int | None, now: dt.datetime
    ) -> list[Tally]:
        tallies = [Tally(handler=plan.handler) for plan in found]
        if all(plan.refusal for plan in found):
            return tallies
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                authority=authority, status=ImportBatch.Status.APPLYING, created_at=now, year=year
            )
            files = batches.store_files(batch, found, tallies, [""] * len(found))
        try:
            tallies = batches.apply_files(batch, found, files, _Direct(self), trusted=True)
        except BaseException as error:
            ImportBatch.objects.filter(pk=batch.pk).update(
                status=ImportBatch.Status.FAILED,
                failure=f"It stopped before the end ({type(error).__name__}). Import the same files again: what was done stays done.",
            )
            raise
        with transaction.atomic():
            batches.store_tallies(files, tallies)
            batches.complete(batch, by=None, now=timezone.now())
        return tallies

    # --- telling

    def _progress(self, message: str) -> None:
        if not self._quiet and self.stderr.isatty():
            self.stderr.write(f"\r\033[K{message[:100]}", ending="")

    def _print(self, results: Sequence[dict[str, Any]], left: Sequence[str], *, dry_run: bool) -> None:
        for result in (r for r in results if not r["refusal"]):
            self.stdout.write(self.style.MIGRATE_HEADING(result["name"]))
            self.stdout.write(f"  {result['sentence']}")
            figures = ", ".join(f"{result[k]:,} {k}" for k in ("added", "changed", "unchanged", "refused"))
            self.stdout.write(f"  {result['counts']}: {figures}.")
            for problem in result["problems"][:_SHOWN]:
                self.stdout.write(
                    f"    row {problem['row']}, {problem['column']} “{problem['value']}”: {problem['message']}"
                )
            more = result["problem_count"] - _SHOWN
            if more > 0:
                self.stdout.write(f"    and {more:,} more; --problems FILE writes them all")
        refused = [r for r in results if r["refusal"]]
        if refused:
            self.stdout.write(self.style.MIGRATE_HEADING("Left out"))
            for result in refused:
                self.stdout.write(f"  {result['name']}: {result['refusal']}")
        if left:
            self.stdout.write(f"  Not tables: {', '.join(left[:10])}{' …' if len(left) > 10 else ''}")
        if dry_run:
            self.stdout.write("Nothing was written (--dry-run).")

    def report(self, done: int, total: int | None, message: str) -> None:
        self._progress(f"{done + 1}/{total} Writing {message}")


class _Direct:
    """The command line in the place of a job: transactions without a claim, progress to the terminal."""

    def __init__(self, command: Command) -> None:
        self._command = command

    @contextmanager
    def writing(self) -> Iterator[None]:
        with transaction.atomic():
            yield

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        self._command.report(done, total, message)


def _year(text: str) -> int:
    try:
        return academic_years.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _name_of(code: str, found: Sequence[Plan]) -> str | None:
    """The authority's name in the register files given."""
    for plan in found:
        if plan.refusal or plan.handler != "schools":
            continue
        register = plan.register()
        for row in plan.rows():
            record = register.parse(row)
            if record is not None and record.authority == code and record.authority_name:
                return layouts.tidy(record.authority_name)
    return None


def _result(plan: Plan, tally: Tally) -> dict[str, Any]:
    figures = tally.figures()
    summary = tally.summary()
    return {
        "name": f"{plan.name} › {plan.sheet}" if plan.sheet else plan.name,
        "kind": plan.layout.key if plan.layout else "",
        "year": academic_years.label(plan.year) if plan.year is not None else None,
        "refusal": plan.refusal,
        "sentence": "" if plan.refusal else sentence(plan.title, figures, summary),
        "counts": nouns(plan.handler)[1].capitalize() if not plan.refusal else "",
        **figures,
        **{
            name: summary[name]
            for name in (
                "rows",
                "schools",
                "unknown",
                "elsewhere",
                "doubled",
                "older",
                "statuses",
                "problem_count",
            )
        },
        "problems": [problem.as_json() for problem in tally.problems],
    }


def _write_problems(path: Path, results: Sequence[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        writer.writerow(["File", "Row", "Column", "Value", "Problem"])
        for result in results:
            if result["refusal"]:
                writer.writerow([result["name"], "", "", "", result["refusal"]])
            for problem in result["problems"]:
                writer.writerow([result["name"], *problem.values()])
