"""An officer confirms that what a rule only describes is so at a school, and takes it back (X-09)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.choices import Permission
from accounts.logs import record_change
from accounts.models import User
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import RuleConfirmation
from categorisation.permissions import check_holds_over
from jobs.actions import emit
from schools.choices import Audience
from schools.models import School

AUDIENCES = (Audience.SCHOOL, Audience.AUTHORITY)


@transaction.atomic
def confirm_rule(
    *, school: School, rule: str, note: str, audience: Audience, by: User, at: dt.datetime
) -> RuleConfirmation:
    """From today the rule raises the level of the school, until the confirmation is withdrawn; emits `rule_confirmed`.

    One that stands already is answered with as it is. Raises PermissionDenied, and ValidationError for a rule that is
    not one of the policy in force that describes, an audience that is neither, or no note.
    """
    school = School.objects.select_for_update(of=("self",)).select_related("authority").get(pk=school.pk)
    check_holds_over(by, Permission.RECOMMEND_LEVEL, [school])
    today = timezone.localdate(at)
    version = version_for(school.authority, today)
    document = compiled(version).document if version else None
    describing = {item.key for item in document.rules if item.role == "describes"} if document else set()
    if version is None or rule not in describing:
        raise ValidationError({"rule": "The policy in force has no such description to confirm."})
    if audience not in AUDIENCES:
        raise ValidationError({"audience": "Choose the school and the authority, or the authority only."})
    if not note.strip():
        raise ValidationError({"note": "Say what you saw, and where"})
    standing = school.rule_confirmations.filter(
        slug=version.slug, rule=rule, withdrawn_on__isnull=True
    ).first()
    if standing is not None:
        return standing
    confirmation = RuleConfirmation.objects.create(
        school=school,
        slug=version.slug,
        rule=rule,
        note=note,
        audience=audience,
        confirmed_on=today,
        confirmed_at=at,
        confirmed_by=by,
    )
    values = {"rule": rule, "note": note, "audience": audience, "confirmed_on": today}
    _settle("categorisation.confirm_rule", confirmation, {}, values, by, at)
    return confirmation


@transaction.atomic
def withdraw_confirmation(*, confirmation: RuleConfirmation, by: User, at: dt.datetime) -> bool:
    """The rule raises nothing any more, from today; emits `rule_confirmed`. Answers whether anything changed."""
    School.objects.select_for_update().get(pk=confirmation.school_id)
    current = RuleConfirmation.objects.select_related("school").get(pk=confirmation.pk)
    check_holds_over(by, Permission.RECOMMEND_LEVEL, [current.school])
    if current.withdrawn_on is not None:
        return False
    current.withdrawn_on, current.withdrawn_at, current.withdrawn_by = timezone.localdate(at), at, by
    current.save(update_fields=["withdrawn_on", "withdrawn_at", "withdrawn_by"])
    _settle(
        "categorisation.withdraw_confirmation",
        current,
        {"withdrawn_on": None},
        {"rule": current.rule, "withdrawn_on": current.withdrawn_on},
        by,
        at,
    )
    return True


def _settle(
    action: str,
    confirmation: RuleConfirmation,
    before: dict[str, object],
    after: dict[str, object],
    by: User,
    at: dt.datetime,
) -> None:
    school = confirmation.school
    record_change(
        action=action,
        by=by,
        at=at,
        subject=confirmation,
        before=before,
        after=after,
        authority_id=school.authority_id,
        urn=school.urn,
        audience=confirmation.audience,
    )
    emit("rule_confirmed", {"school_id": school.pk}, by=by, now=at)
