"""manage.py evaluate FRAMEWORK (--school URN | --facts FILE.json) [--on DATE] [--json]"""

import datetime as dt
import json
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from categorisation.engine import CompiledFramework, Outcome, RuleResult, SchoolFacts
from categorisation.facts_file import FactsFileError, read_facts
from categorisation.frameworks_in_force import compiled
from categorisation.models import FrameworkVersion
from categorisation.school_facts import facts_for
from schools.models import School


class Command(BaseCommand):
    help = (
        "Prints what a framework suggests for one school: the level on what is recorded, the range, the floor below "
        "which moderation may not go, and each rule met or not known with its paragraph and evidence. "
        "The facts file's format is in docs/facts-format.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("framework", help="such as leicester-2007 or leeds-2013")
        given = parser.add_mutually_exclusive_group(required=True)
        given.add_argument("--school", type=int, metavar="URN", help="a school held here")
        given.add_argument(
            "--facts", type=Path, metavar="FILE", help="a JSON file of facts; - for standard input"
        )
        parser.add_argument(
            "--on",
            type=_date,
            metavar="DATE",
            help="the day to answer for, as 2026-11-21: of --school (today if not given), or of the framework's version",
        )
        parser.add_argument("--json", action="store_true", help="everything, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["facts"]:
            facts = _facts_of_file(options["facts"])
            framework = _framework(options["framework"], options["on"] or facts.on)
        else:
            on = options["on"] or timezone.localdate()
            framework = _framework(options["framework"], on)
            facts = _facts_of_school(options["school"], on, framework)
        outcome = framework.evaluate(facts)
        if options["json"]:
            self.stdout.write(json.dumps(outcome.to_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_as_text(outcome, framework))


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no date: write it as 2026-11-21") from None


def _framework(slug: str, on: dt.date) -> CompiledFramework:
    version = FrameworkVersion.objects.in_force(slug, on).first()
    if version is not None:
        return compiled(version)
    held = FrameworkVersion.objects.order_by("effective_from")
    first = held.filter(slug=slug).first()
    if first is not None:
        raise CommandError(
            f"“{slug}” is in force from {first.effective_from}: it says nothing about {on.isoformat()}."
        )
    slugs = sorted(set(held.values_list("slug", flat=True)))
    raise CommandError(
        f"There is no framework “{slug}”. There are: {', '.join(slugs)}."
        if slugs
        else "No framework is loaded yet. Run: manage.py load_frameworks"
    )


def _facts_of_file(path: Path) -> SchoolFacts:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    try:
        return read_facts(text)
    except FactsFileError as error:
        raise CommandError(
            f"{path} cannot be used:\n" + "\n".join(f"  {fault}" for fault in error.faults)
        ) from error


def _facts_of_school(urn: int, on: dt.date, framework: CompiledFramework) -> SchoolFacts:
    school = School.objects.select_related("authority").filter(urn=urn).first()
    if school is None:
        raise CommandError(f"No school has the URN {urn} here. Import a GIAS file that lists it.")
    return facts_for([school], on=on, framework=framework)[urn]


def _as_text(outcome: Outcome, framework: CompiledFramework) -> str:
    words = framework.document.words
    lines = [
        outcome.lead,
        "",
        f"On record: {outcome.on_record or 'not placed yet'}",
        f"Range: {outcome.low} to {outcome.high}",
        f"Moderation may not go below: {outcome.locked_floor or 'no floor'}",
    ]
    for state, heading in (("met", "Rules met"), ("not_known", "Rules not known")):
        found = [rule for rule in outcome.rules if rule.state == state]
        if found:
            lines += ["", heading]
            lines += [line for rule in found for line in _rule(rule, words.level)]
    signs = [flag for flag in outcome.flags if flag.state == "met"]
    if signs:
        lines += ["", "Early signs, which decide nothing"]
        lines += [line for flag in signs for line in _rule(flag, words.level)]
    return "\n".join(lines)


def _rule(rule: RuleResult, word: str) -> list[str]:
    floor = f" -> {word} {rule.floor}" if rule.floor else ""
    lines = [f"  {rule.sentence}{floor} [{rule.paragraph}]"]
    for item in rule.evidence:
        said = item.comparison or item.value or item.status
        source = f" ({item.source})" if item.source else ""
        lines.append(f"      {item.title}: {said}{source}")
    return lines
