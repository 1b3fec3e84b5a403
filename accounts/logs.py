"""The two logs. Actions call `record_change` in their transaction; the middleware calls `record_read`."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models import ChangeLogEntry, ReadLogEntry, User


def record_change(
    *,
    action: str,
    by: User | None,
    at: dt.datetime,
    subject: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    authority_id: int | None = None,
    urn: int | None = None,
    audience: str = "",
) -> ChangeLogEntry:
    """One entry: what was done to `subject`, by whom (None: unattended work), with the values before and after.

    `urn` and `authority_id` say which school and authority it concerns, so that those who may read the log find it.
    """
    return ChangeLogEntry.objects.create(
        at=at,
        by=by,
        action=action,
        authority_id=authority_id,
        urn=urn,
        subject=f"{subject._meta.label_lower}:{subject.pk}",
        audience=audience,
        before=_plain(before),
        after=_plain(after),
    )


def record_read(
    *,
    by: User,
    view: str,
    kind: str,
    identifiers: Sequence[str],
    at: dt.datetime,
    authority_id: int | None = None,
    urn: int | None = None,
) -> ReadLogEntry:
    """One entry for one response: the restricted things it showed to whom, of which school and authority."""
    return ReadLogEntry.objects.create(
        at=at,
        by=by,
        authority_id=authority_id,
        view=view,
        kind=kind,
        urn=urn,
        identifiers=[str(identifier) for identifier in identifiers],
    )


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
