"""Reads of framework versions."""

import datetime as dt

from django.db import models


class FrameworkVersionQuerySet(models.QuerySet):
    def in_force(self, slug: str, on: dt.date) -> "FrameworkVersionQuerySet":
        """Versions of a framework effective by a day, the one in force first."""
        return self.filter(slug=slug, effective_from__lte=on).order_by("-effective_from", "-number")
