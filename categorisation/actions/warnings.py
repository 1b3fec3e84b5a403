"""Early warnings: a suggestion that new facts changed is never changed in silence (L-102, L-103)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import Authority, User
from categorisation.models import Suggestion, SuggestionChange
from categorisation.permissions import check_holds_over
from categorisation.querysets import known_to_staff
from categorisation.rules.warning import (
    RuleChange,
    Stand,
    has_only_lapsed,
    is_warning,
    merged,
    rules_changed,
)
from categorisation.workflow import NotPossible
from jobs.actions import emit, send_email
from schools.choices import OfficerRole
from schools.models import OfficerAssignment

TOLD = (OfficerRole.ADVISER, OfficerRole.AREA_MANAGER)


def notice_changes(before: Mapping[int, Suggestion], rows: Sequence[Suggestion], *, now: dt.datetime) -> int:
    """Write, update or take back the early warnings that suggestions about to be stored give rise to.

    `before`: the rows stored until now, by school, locked by the caller. A first suggestion, or one by another
    version of the policy, is no warning. One open warning a school: a further change updates it, a change back removes
    it. Emits `suggestion_changed` for the authorities concerned. Answers how many are new; at most four queries.
    """
    moved = [(before[row.school_id], row) for row in rows if _moved(before.get(row.school_id), row)]
    if not moved:
        return 0
    standing = {
        change.school_id: change
        for change in SuggestionChange.objects.open()
        .select_for_update()
        .filter(school__in=[row.school_id for _, row in moved])
    }
    new: list[SuggestionChange] = []
    changed: list[SuggestionChange] = []
    over: list[int] = []
    for old, row in moved:
        change = standing.get(row.school_id)
        if change is None or change.version_id != row.version_id:
            if _warns(old, row):
                new.append(_first(old, row, now))
                over += [change.pk] if change else []
        elif _update(change, old, row):
            changed.append(change)
        else:
            over.append(change.pk)
    SuggestionChange.objects.filter(pk__in=over).delete()
    SuggestionChange.objects.bulk_update(changed, ["after", "after_high", "rules"])
    SuggestionChange.objects.bulk_create(new)
    on = timezone.localdate(now).isoformat()
    for authority_id in sorted({row.school.authority_id for _, row in moved if new}):
        emit("suggestion_changed", {"authority_id": authority_id, "on": on}, now=now)
    return len(new)


def _moved(old: Suggestion | None, row: Suggestion) -> bool:
    return old is not None and old.version_id == row.version_id and _stand(old) != _stand(row)


def _stand(row: Suggestion) -> Stand:
    return Stand(row.on_record, row.high, row.locked_floor)


def _warns(old: Suggestion, row: Suggestion) -> bool:
    return is_warning(_stand(old), _stand(row), lapsed=has_only_lapsed(old.trace, row.trace))


def _first(old: Suggestion, row: Suggestion, now: dt.datetime) -> SuggestionChange:
    return SuggestionChange(
        school_id=row.school_id,
        version_id=row.version_id,
        noticed_on=timezone.localdate(now),
        noticed_at=now,
        before=old.on_record,
        before_high=old.high,
        after=row.on_record,
        after_high=row.high,
        rules=[asdict(change) for change in rules_changed(old.trace, row.trace)],
    )


def _update(change: SuggestionChange, old: Suggestion, row: Suggestion) -> bool:
    """Bring an open warning up to date. False where the suggestion came back to where it was, or below."""
    rules = merged([RuleChange(**rule) for rule in change.rules], rules_changed(old.trace, row.trace))
    change.after, change.after_high = row.on_record, row.high
    change.rules = [asdict(rule) for rule in rules]
    return change.after != change.before or change.after_high > change.before_high


@transaction.atomic
def take_note(*, change: SuggestionChange, response: str, by: User, at: dt.datetime) -> None:
    """An officer has read an early warning, and says what they make of it.

    Raises PermissionDenied, NotPossible where somebody took note before, and ValidationError without a response.
    """
    change = (
        SuggestionChange.objects.select_for_update(of=("self",)).select_related("school").get(pk=change.pk)
    )
    check_holds_over(by, Permission.RECOMMEND_LEVEL, [change.school])
    if change.noted_by_id == by.pk and change.response == response:
        return
    if change.noted_at is not None:
        raise NotPossible("Somebody has taken note of this warning already. Their words are below.")
    if not response.strip():
        raise ValidationError({"response": "Say what you make of it"})
    change.noted_at, change.noted_by, change.response = at, by, response
    change.save(update_fields=["noted_at", "noted_by", "response"])
    record_change(
        action="categorisation.take_note",
        by=by,
        at=at,
        subject=change,
        after={"response": response, "noted_at": at},
        authority_id=change.school.authority_id,
        urn=change.school.urn,
        audience="authority",
    )


@transaction.atomic
def tell_of_warnings(*, authority: Authority, on: dt.date, now: dt.datetime) -> int:
    """One message to each adviser and area manager with a warning noticed that day; once a day at most, ever.

    It says that something waits to be read, and neither of which school nor what. Answers how many there are.
    """
    schools = (
        SuggestionChange.objects.open()
        .filter(noticed_on=on, school__authority=authority)
        .values_list("school_id", flat=True)
    )
    officers = (
        OfficerAssignment.objects.in_force(on)
        .filter(role__in=TOLD, school__in=list(schools), user__is_active=True)
        .select_related("user")
    )
    people = {assignment.user.pk: assignment.user for assignment in officers}
    told = 0
    for person in people.values():
        if not known_to_staff(person, on).filter(pk__in=list(schools)).exists():
            continue
        told += 1
        send_email(
            key=f"categorisation.warnings:{on.isoformat()}:{person.public_id}",
            to=person.email,
            subject="Something new waits for you",
            body=(
                f"{authority.name}: there are early warnings for you to read.\n\n"
                f"Sign in to read them: {settings.BASE_URL.rstrip('/')}{reverse('categorisation:warning-list')}\n"
            ),
            now=now,
        )
    return told
