"""manage.py replay_decisions [--authority CODE]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Authority
from categorisation.models import Decision
from categorisation.replay import differences
from schools.rules.dates import in_words

_EVERY = 100  # decisions between two lines of progress


class Command(BaseCommand):
    help = (
        "Works out every decision of a level again from what its own rows keep (facts, national thresholds, the "
        "version of the policy), and names each that differs. Ends with 1 if one does. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--authority", metavar="CODE", help="only this authority's schools, by its code")

    def handle(self, *args: Any, **options: Any) -> None:
        decisions = Decision.objects.order_by("school__urn", "start_on")
        if code := options["authority"]:
            if not Authority.objects.filter(code=code).exists():
                raise CommandError(f"There is no authority {code} here.")
            decisions = decisions.filter(school__authority__code=code)
        total, carried, differing = decisions.count(), 0, 0
        rows = decisions.select_related("school", "version", "recommendation__version")
        for number, decision in enumerate(rows.iterator(chunk_size=_EVERY), 1):
            carried += decision.recommendation is None
            if found := list(differences(decision)):
                differing += 1
                self.stdout.write(
                    f"{decision.school.name} ({decision.school.urn}), from {in_words(decision.start_on)}:"
                )
                for difference in found:
                    self.stdout.write(f"  {difference}")
            if number % _EVERY == 0:
                self.stdout.write(f"{number} of {total}")
        kept = f", {carried} of them carried over from other records" if carried else ""
        noun = "decision" if total == 1 else "decisions"
        if differing:
            raise CommandError(f"{differing} of {total} {noun} differ from what their rows give{kept}.")
        self.stdout.write(f"{total} {noun} worked out again{kept}: each the same.")
