"""Who may write, validate, moderate, reopen, agree and release a self-evaluation profile.

Each check raises with a reason for people: PermissionDenied where the person may not, its subclass NotPossible where
how things stand forbids it. Each `can_` is its answer as a bool. The reach of a permission costs one query a check.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.choices import Permission, Reach
from accounts.models import User
from categorisation.choices import ProfileStage
from categorisation.models import Profile
from categorisation.querysets import STAFF_REACHES
from categorisation.rules.profiles import STAGES, Missing, last_handed_over, why_closed
from categorisation.workflow import NotPossible
from reports.permissions import check_can_release
from schools.models import School
from schools.querysets import SchoolQuerySet

PERMISSION_OF = {
    ProfileStage.SCHOOL: Permission.WRITE_PROFILE,
    ProfileStage.VALIDATED: Permission.VALIDATE_PROFILE,
    ProfileStage.MODERATED: Permission.MODERATE_LEVEL,
}


class ProfileNotReady(NotPossible):
    """A stage lacks what it needs to be handed over; `missing` says what and where."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__("; ".join(item.message for item in missing))
        self.missing = tuple(missing)


def schools_judged_by(user: User, stage: ProfileStage, on: dt.date | None = None) -> SchoolQuerySet:
    """Schools for whose profiles the person writes at a stage: the school's own for its people, others for staff."""
    reaches = (Reach.OWN,) if stage == ProfileStage.SCHOOL else STAFF_REACHES
    return School.objects.with_permission(user, PERMISSION_OF[stage], on, reaches=reaches)


def check_can_begin(user: User, school: School) -> None:
    """The school itself, or its adviser where the school writes none."""
    if not any(_reaches(user, school, stage) for stage in (ProfileStage.SCHOOL, ProfileStage.VALIDATED)):
        raise PermissionDenied("Your roles do not let you begin the self-evaluation of this school.")
    if not school.is_open:
        raise NotPossible("The school is not open, so no self-evaluation is begun.")


def check_can_judge(user: User, profile: Profile, stage: ProfileStage) -> None:
    """May write at a stage now. Nobody judges what they wrote at the stage before."""
    check_reaches(user, profile, stage)
    if reason := why_closed(stage, profile.handed_over):
        raise NotPossible(reason)
    _check_independent(user, profile, stage)


def check_can_reopen(user: User, profile: Profile) -> ProfileStage:
    """May reopen the stage handed over last, which is returned. Its adviser may also send the school's own back."""
    stage = last_handed_over(profile.handed_over)
    if stage is None:
        raise NotPossible("Nothing has been handed over, so there is nothing to reopen.")
    if stage == ProfileStage.SCHOOL and _reaches(user, profile.school, ProfileStage.VALIDATED):
        return stage
    if not _reaches(user, profile.school, stage):
        raise NotPossible(
            "Whoever takes it up again must be able to hand it over, and your roles do not let you."
        )
    _check_independent(user, profile, stage)
    return stage


def check_can_agree(user: User, profile: Profile) -> None:
    """May record that the summary was agreed with the school (L-063)."""
    check_reaches(user, profile, ProfileStage.VALIDATED)
    if ProfileStage.VALIDATED not in profile.handed_over:
        raise NotPossible("The profile is agreed with the school once it is validated.")


def check_can_release_profile(user: User, profile: Profile) -> None:
    check_can_release(user, profile.school)
    if ProfileStage.VALIDATED not in profile.handed_over:
        raise NotPossible("Only a validated profile can be released.")


def check_reaches(user: User, profile: Profile, stage: ProfileStage) -> None:
    if not _reaches(user, profile.school, stage):
        raise PermissionDenied("Your roles do not let you do this with the school’s self-evaluation.")


def can_begin(user: User, school: School) -> bool:
    return _holds(check_can_begin, user, school)


def can_judge(user: User, profile: Profile, stage: ProfileStage) -> bool:
    return _holds(check_can_judge, user, profile, stage)


def can_reopen_profile(user: User, profile: Profile) -> bool:
    return _holds(check_can_reopen, user, profile)


def can_agree(user: User, profile: Profile) -> bool:
    return _holds(check_can_agree, user, profile)


def can_release_profile(user: User, profile: Profile) -> bool:
    return _holds(check_can_release_profile, user, profile)


def _reaches(user: User, school: School, stage: ProfileStage) -> bool:
    return schools_judged_by(user, stage).filter(pk=school.pk).exists()


def _check_independent(user: User, profile: Profile, stage: ProfileStage) -> None:
    """Whoever handed the stage before over, or wrote in it, leaves this one to somebody else (L-060). One query."""
    for earlier in STAGES[: STAGES.index(stage)]:
        handed_over_by = {
            ProfileStage.SCHOOL: profile.submitted_by_id,
            ProfileStage.VALIDATED: profile.validated_by_id,
        }[earlier]
        wrote = profile.judgements.filter(stage=earlier, saved_by=user)
        if handed_over_by == user.pk or wrote.exists():
            done = (
                "wrote the school’s own grades"
                if earlier == ProfileStage.SCHOOL
                else "validated this profile"
            )
            raise NotPossible(f"You {done}, so somebody else does this.")


def _holds(check: Callable[..., Any], *args: Any) -> bool:
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True
