"""What officers of services are asked about (K-024, K-026)."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import Authority, User
from accounts.permissions import check_can_administer, powers_of
from schools.models import ServiceRemit
from schools.rules.dates import in_words


@transaction.atomic
def give_remits(
    *,
    user: User,
    authority: Authority,
    subjects: Collection[str],
    start_on: dt.date,
    by: User,
    at: dt.datetime,
) -> tuple[ServiceRemit, ...]:
    """Ask an officer of a service about some things from a day on; what they are asked already is left alone.

    Answers with what is new. Raises PermissionDenied, and ValidationError for somebody whose roles rate for no service
    on that day.
    """
    check_can_administer(by, authority)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not any(
        power.permission == Permission.RATE_INDICATOR and power.authority_id == authority.pk
        for power in powers_of(user, start_on)
    ):
        raise ValidationError(
            f"{user.name} holds no role of another service at {authority.name} on {in_words(start_on)}. "
            "Give the role first."
        )
    held = ServiceRemit.objects.filter(
        Q(end_on__isnull=True) | Q(end_on__gte=start_on), user=user, authority=authority
    )
    asked = set(held.values_list("subject", flat=True))
    new = tuple(
        ServiceRemit.objects.create(user=user, authority=authority, subject=subject, start_on=start_on)
        for subject in sorted(set(subjects) - asked)
    )
    if new:
        record_change(
            action="schools.give_remits",
            by=by,
            at=at,
            subject=user,
            after={"subjects": [remit.subject for remit in new], "start_on": start_on},
            authority_id=authority.pk,
        )
    return new


@transaction.atomic
def end_remit(*, remit: ServiceRemit, end_on: dt.date, by: User, at: dt.datetime) -> bool:
    """The last day somebody is asked about something. Answers whether anything changed.

    Raises PermissionDenied, and ValidationError for a day before it began or after the day it already ended.
    """
    remit = (
        ServiceRemit.objects.select_for_update(of=("self",))
        .select_related("user", "authority")
        .get(pk=remit.pk)
    )
    check_can_administer(by, remit.authority)
    if remit.end_on == end_on:
        return False
    if end_on < remit.start_on:
        raise ValidationError({"end_on": f"It began on {in_words(remit.start_on)}, after that day."})
    if remit.end_on is not None and remit.end_on < end_on:
        raise ValidationError({"end_on": f"It ended on {in_words(remit.end_on)}. Ask again instead."})
    before = {"end_on": remit.end_on}
    remit.end_on = end_on
    remit.save(update_fields=["end_on"])
    record_change(
        action="schools.end_remit",
        by=by,
        at=at,
        subject=remit.user,
        before=before,
        after={"subject": remit.subject, "end_on": end_on},
        authority_id=remit.authority_id,
    )
    return True
