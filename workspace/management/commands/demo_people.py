"""manage.py demo_people: one sign-in for each role of the demonstration."""

from typing import Any

from django.core.management.base import BaseCommand

from workspace.demo.loading import sign_ins
from workspace.demo.people import PASSWORD


class Command(BaseCommand):
    help = "Prints one sign-in for each role of the demonstration, and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = sign_ins()
        if not rows:
            self.stdout.write("There is no demonstration here. Load it with: manage.py load_demo")
            return
        width = max(len(role) for _, role, _ in rows)
        for place in dict.fromkeys(place for place, _, _ in rows):
            self.stdout.write(f"\n{place}")
            for at, role, email in rows:
                if at == place:
                    self.stdout.write(f"  {role:<{width}}  {email}")
        self.stdout.write(f"\nPassword for all of them: {PASSWORD}")
