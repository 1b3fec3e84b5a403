"""Invite somebody from the command line: the way in for the very first person of an installation."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts import actions
from accounts.choices import Role
from accounts.models import Authority


class Command(BaseCommand):
    help = "Give somebody a role and print the link by which they choose their password. No e-mail is sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--role", choices=Role.values, default=Role.POLICY_ADMIN.value)
        parser.add_argument(
            "--authority", required=True, metavar="CODE", help="the DfE's three-digit number, such as 383"
        )
        parser.add_argument("--authority-name", metavar="NAME", help="needed when the authority is new here")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        now = timezone.now()
        try:
            validate_email(options["email"])
            authority = Authority.objects.filter(code=options["authority"]).first()
            if authority is None:
                authority = self._new_authority(options, now)
            invited = actions.invite(
                email=options["email"],
                name=options["name"],
                role=Role(options["role"]),
                authority=authority,
                start_on=timezone.localdate(now),
                by=None,
                at=now,
                send=False,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
        if invited.link is None:
            self.stdout.write(f"{invited.user.name} has an account already and now holds the role.")
            return
        self.stdout.write(
            f"{invited.user.name} chooses a password here, once, within seven days:\n{invited.link}"
        )

    def _new_authority(self, options: dict[str, Any], now: Any) -> Authority:
        if not options["authority_name"]:
            raise CommandError(
                f"There is no authority {options['authority']} yet. Name it with --authority-name to add it."
            )
        return actions.add_authority(
            code=options["authority"], name=options["authority_name"], by=None, at=now
        )
