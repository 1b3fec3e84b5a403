"""manage.py choose_framework AUTHORITY FRAMEWORK [--from DATE]"""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Authority
from categorisation.actions import choose_framework, refresh_suggestions
from schools.models import School

BATCH = 200


class Command(BaseCommand):
    help = "From a day (today unless given), an authority works to a framework; its suggestions are worked out at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "authority", metavar="AUTHORITY", help="the DfE's three-digit number, such as 383"
        )
        parser.add_argument("framework", metavar="FRAMEWORK", help="such as leeds-2013 or leicester-2007")
        parser.add_argument("--from", dest="start_on", type=dt.date.fromisoformat, metavar="DATE")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        today = timezone.localdate(now)
        authority = Authority.objects.filter(code=options["authority"]).first()
        if authority is None:
            held = ", ".join(f"{a.code} {a.name}" for a in Authority.objects.all()) or "none yet"
            raise CommandError(f"There is no authority {options['authority']}. There are: {held}.")
        try:
            choose_framework(
                authority=authority,
                slug=options["framework"],
                start_on=options["start_on"] or today,
                by=None,
                now=now,
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        ids = list(School.objects.filter(authority=authority).open().values_list("pk", flat=True))
        done = 0
        for start in range(0, len(ids), BATCH):
            batch = School.objects.filter(pk__in=ids[start : start + BATCH]).select_related("authority")
            done += refresh_suggestions(batch, on=today, now=now)
        self.stdout.write(
            f"{authority.name} works to {options['framework']}: {done} open schools have a suggestion."
        )
