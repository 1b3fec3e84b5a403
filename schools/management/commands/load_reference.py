"""`manage.py load_reference`: indicators, national standards and national figures. Run at every start."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from schools.importing.loading import load_reference


class Command(BaseCommand):
    help = "Puts the reference data that ships with the product into the database. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_reference(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(
                f"Reference data: {loaded.indicators} indicators, {loaded.thresholds} thresholds, "
                f"{loaded.national} national figures."
            )
