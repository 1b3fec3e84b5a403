"""Reads of people, their grants, their invitations, and the logs."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When


class UserQuerySet(models.QuerySet):
    def of_authorities(self, authority_ids: Collection[int]) -> "UserQuerySet":
        """People who hold, held or will hold a role in one of the authorities."""
        from accounts.models import RoleGrant

        grants = RoleGrant.objects.filter(user=OuterRef("pk"), authority_id__in=authority_ids)
        return self.filter(Exists(grants))

    def able_to_sign_in(self) -> "UserQuerySet":
        """Active, with a password of their own or a sign-in by other means behind them."""
        return self.filter(
            ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(last_login__isnull=False), is_active=True
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, *, email: str, name: str, password: str | None = None) -> Any:
        """A person with a normalised address; without a password they cannot sign in until they set one."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user


class RoleGrantQuerySet(models.QuerySet):
    def in_force(self, on: dt.date) -> "RoleGrantQuerySet":
        return self.filter(Q(end_on__isnull=True) | Q(end_on__gte=on), start_on__lte=on)

    def not_over(self, on: dt.date) -> "RoleGrantQuerySet":
        """In force on the day, or still to come."""
        return self.filter(Q(end_on__isnull=True) | Q(end_on__gte=on))

    def overlapping(self, start_on: dt.date, end_on: dt.date | None) -> "RoleGrantQuerySet":
        """In force on any day from the first to the last (None: for ever)."""
        rows = self.not_over(start_on)
        return rows if end_on is None else rows.filter(start_on__lte=end_on)


class InvitationQuerySet(models.QuerySet):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor revoked; perhaps expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)


class LogQuerySet(models.QuerySet):
    def of_authorities(self, authority_ids: Collection[int]) -> Self:
        """What concerned the authorities; and where that is not known, what was done by people of theirs."""
        from accounts.models import RoleGrant

        theirs = RoleGrant.objects.filter(user=OuterRef("by"), authority_id__in=authority_ids)
        return self.filter(Q(authority_id__in=authority_ids) | Q(Exists(theirs), authority__isnull=True))


class ChangeLogQuerySet(LogQuerySet):
    def shown_to_readers_of(self, audiences: Collection[str]) -> "ChangeLogQuerySet":
        """Every entry, with `is_readable`, and `shown_action`, `shown_urn`, `shown_subject` empty where it is not.

        An entry for a narrower audience says that something was done, when and by whom. Which school and what
        would tell the secret itself, so lists search and filter by the `shown_` columns only.
        """
        readable = Q(audience__in=["", *audiences])
        return self.annotate(
            is_readable=Case(When(readable, then=Value(True)), default=Value(False)),
            shown_action=Case(When(readable, then=F("action")), default=Value(""), output_field=CharField()),
            shown_urn=Case(When(readable, then=F("urn")), default=Value(None)),
            shown_subject=Case(
                When(readable, then=F("subject")), default=Value(""), output_field=CharField()
            ),
        )


class ReadLogQuerySet(LogQuerySet):
    """Who was shown what."""
