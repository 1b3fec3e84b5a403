"""Reads of people and their grants."""

import datetime as dt
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(email__iexact=username)

    def create_user(self, *, email: str, name: str, password: str | None = None) -> Any:
        """A person with a normalised address; without a password they cannot sign in until they set one."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user


class RoleGrantQuerySet(models.QuerySet):
    def in_force(self, on: dt.date) -> "RoleGrantQuerySet":
        return self.filter(Q(end_on__isnull=True) | Q(end_on__gte=on), start_on__lte=on)
