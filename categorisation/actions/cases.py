"""An authority's own cases: made schools and the answers its framework must give."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.logs import record_change
from accounts.models import Authority, User
from categorisation.engine import SchoolFacts
from categorisation.facts_file import write_facts
from categorisation.models import FrameworkCase
from categorisation.permissions import check_can_edit_framework

Expectation = Mapping[str, int | None]
"""Ranks by `on_record`, `low`, `high` and `locked`; None for none."""


@transaction.atomic
def keep_case(
    *,
    authority: Authority,
    slug: str,
    name: str,
    paragraph: str,
    facts: SchoolFacts,
    expect: Expectation,
    by: User,
    at: dt.datetime,
) -> FrameworkCase:
    """Keep a made school and the answer expected of the framework `slug`. The same once more is kept once.

    Raises PermissionDenied, and ValidationError on `name` where another case has it.
    """
    authority = Authority.objects.select_for_update().get(pk=authority.pk)
    check_can_edit_framework(by, authority)
    case = FrameworkCase(authority=authority, slug=slug)
    standing = FrameworkCase.objects.filter(authority=authority, slug=slug, name=name).first()
    values = _values(name, paragraph, facts, expect)
    if standing is not None and _is(standing, values):
        return standing
    _write(case, values, by, at)
    record_change(
        action="categorisation.keep_case",
        by=by,
        at=at,
        subject=case,
        authority_id=authority.pk,
        after=_logged(case),
    )
    return case


@transaction.atomic
def change_case(
    *,
    case: FrameworkCase,
    name: str,
    paragraph: str,
    facts: SchoolFacts,
    expect: Expectation,
    seen: dt.datetime,
    by: User,
    at: dt.datetime,
) -> FrameworkCase:
    """Change a kept case that was last kept at `seen`. Changing it to what it is changes nothing.

    Raises PermissionDenied, and ValidationError where somebody changed it since or another case has the name.
    """
    case = FrameworkCase.objects.select_for_update(of=("self",)).select_related("authority").get(pk=case.pk)
    check_can_edit_framework(by, case.authority)
    values = _values(name, paragraph, facts, expect)
    if _is(case, values):
        return case
    if case.kept_at != seen:
        raise ValidationError(
            "Somebody changed this case while you did. Open it again in another window and compare."
        )
    before = _logged(case)
    _write(case, values, by, at)
    record_change(
        action="categorisation.change_case",
        by=by,
        at=at,
        subject=case,
        authority_id=case.authority_id,
        before=before,
        after=_logged(case),
    )
    return case


@transaction.atomic
def remove_case(*, case: FrameworkCase, by: User, at: dt.datetime) -> None:
    """The framework is no longer held to this case. Raises PermissionDenied."""
    case = FrameworkCase.objects.select_for_update(of=("self",)).select_related("authority").get(pk=case.pk)
    check_can_edit_framework(by, case.authority)
    record_change(
        action="categorisation.remove_case",
        by=by,
        at=at,
        subject=case,
        authority_id=case.authority_id,
        before={**_logged(case), "facts": case.facts},
    )
    case.delete()


def _values(name: str, paragraph: str, facts: SchoolFacts, expect: Expectation) -> dict[str, Any]:
    return {
        "name": name,
        "paragraph": paragraph,
        "facts": json.loads(write_facts(facts)),
        "expect": dict(expect),
    }


def _is(case: FrameworkCase, values: Mapping[str, Any]) -> bool:
    return all(getattr(case, field) == value for field, value in values.items())


def _write(case: FrameworkCase, values: Mapping[str, Any], by: User, at: dt.datetime) -> None:
    """Whoever called holds the lock under which no other case can take the name meanwhile."""
    same_name = FrameworkCase.objects.filter(
        authority=case.authority, slug=case.slug, name=values["name"]
    ).exclude(pk=case.pk)
    if same_name.exists():
        raise ValidationError({"name": "Another case has this name. Say what sets this one apart."})
    for field, value in values.items():
        setattr(case, field, value)
    case.kept_at, case.kept_by = at, by
    case.save()


def _logged(case: FrameworkCase) -> dict[str, Any]:
    return {"name": case.name, "paragraph": case.paragraph, "expect": case.expect}
