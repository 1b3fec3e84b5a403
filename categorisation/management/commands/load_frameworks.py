"""manage.py load_frameworks: publish the framework documents that come with the product."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from categorisation.actions import load_shipped


class Command(BaseCommand):
    help = "Publishes the framework documents that come with the product. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        for version in load_shipped(now=timezone.now()):
            self.stdout.write(f"Published {version}.")
