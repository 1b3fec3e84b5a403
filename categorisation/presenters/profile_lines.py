"""Lines about self-evaluation profiles for other pages: where one stands, and what a person has to do about it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission
from accounts.models import User
from accounts.permissions import holds
from categorisation.choices import ProfileStage
from categorisation.models import Profile
from categorisation.permissions import profiles as permissions
from categorisation.presenters.profiles import address, fetched, no_profile, state_texts
from categorisation.rules.profiles import VALIDATED_WITHIN, year_text
from schools.models import School
from schools.querysets import permissions_over
from schools.rules.academic_years import academic_year


@dataclass(frozen=True, slots=True)
class ProfilePanel:
    """Where a school's profile of the year stands, in words, and its page."""

    state: str
    href: str


@dataclass(frozen=True, slots=True)
class ProfileTask:
    """Something a person has to do about a school's profile."""

    text: str
    school: School
    href: str
    is_own: bool  # about the person's own school, not one they serve
    due_on: dt.date | None = None  # a school sets its own time


def profile_panel(user: User, school: School, on: dt.date) -> ProfilePanel | None:
    """Where this year's profile stands, for those who may know; None for others. Six queries at most."""
    over = permissions_over(user, school, on)
    if Permission.VIEW_SUGGESTION not in over:
        return None
    profile = fetched(Profile.objects.filter(school=school, year=academic_year(on))).first()
    state = " ".join(state_texts(profile, over)) if profile else no_profile(academic_year(on))
    return ProfilePanel(state, reverse("categorisation:profile", args=[school.urn]))


def profile_tasks(user: User, on: dt.date) -> list[ProfileTask]:
    """What waits for the person: their own school's self-evaluation to write, their schools' profiles to validate.

    Two queries for a writer and as many for a validator, whatever the number of schools; none for others. Only
    schools the person serves: a manager of hundreds is shown no heap.
    """
    year = academic_year(on)
    tasks = []
    if holds(user, Permission.WRITE_PROFILE, on):
        own = permissions.schools_judged_by(user, ProfileStage.SCHOOL, on).open().select_related("authority")
        begun = Profile.objects.filter(school=OuterRef("pk"), year=year)
        closed = begun.filter(Q(submitted_at__isnull=False) | Q(validated_at__isnull=False))
        waiting = own.annotate(begun=Exists(begun)).filter(
            ~Exists(closed), authority__framework_choices__start_on__lte=on
        )
        for school in waiting.distinct():
            verb = "Finish" if school.begun else "Begin"
            tasks.append(
                ProfileTask(
                    f"{verb} the self-evaluation for {year_text(year)}",
                    school,
                    reverse("categorisation:profile", args=[school.urn]),
                    is_own=True,
                )
            )
    if holds(user, Permission.VALIDATE_PROFILE, on):
        served = permissions.schools_judged_by(user, ProfileStage.VALIDATED, on).served_by(user, on)
        sent = Profile.objects.filter(
            school__in=served.open(), year=year, submitted_at__isnull=False, validated_at__isnull=True
        ).select_related("school")
        tasks += [
            ProfileTask(
                "Validate the self-evaluation",
                profile.school,
                address("profile-validate", profile),
                is_own=False,
                due_on=timezone.localdate(profile.submitted_at) + VALIDATED_WITHIN,
            )
            for profile in sent.order_by("submitted_at")
        ]
    return tasks
