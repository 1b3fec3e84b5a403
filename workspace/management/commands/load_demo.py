"""manage.py load_demo: two made-up authorities to try the product with."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workspace.demo.loading import load


class Command(BaseCommand):
    help = "Loads two made-up authorities with schools, five years of data and people in every role. Keeps what is there."

    def handle(self, *args: Any, **options: Any) -> None:
        for place in load(now=timezone.localtime()):
            self.stdout.write(
                f"Made up {place.name}: about 40 schools, five years of data, people in every role."
            )
