"""What self-evaluation profiles tell the engine: the grades of rows that have been handed over (L-061, L-062)."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.utils import timezone
from django.utils.formats import date_format

from categorisation.choices import ProfileStage
from categorisation.engine import academic_year
from categorisation.engine.facts import Grade
from categorisation.models import Profile, ProfileJudgement
from categorisation.models.profile import HANDED_OVER
from categorisation.rules.profiles import year_text
from schools.models import School

YEARS_READ = 2  # this academic year and the one before: what is older is no longer news


def profile_grades(
    schools: Collection[School], *, on: dt.date, slugs: Collection[str]
) -> dict[int, dict[str, Grade]]:
    """Each school's grades by row, by the school's primary key: of its latest profile that was validated by the day.

    Only profiles of the frameworks `slugs`: another framework's grades mean something else. A stage counts once it is
    handed over, when the school knows it as the authority does. Two queries, whatever the number of schools.
    """
    year = academic_year(on)
    latest: dict[int, Profile] = {}
    for profile in Profile.objects.filter(
        school__in=schools,
        version__slug__in=slugs,
        year__range=(year - YEARS_READ + 1, year),
        validated_at__isnull=False,
    ).order_by("year"):
        if _handed_over_by(profile, ProfileStage.VALIDATED, on):
            latest[profile.school_id] = profile
    profiles = {profile.pk: profile for profile in latest.values()}
    grades: dict[int, dict[str, dict[str, int]]] = {pk: {} for pk in profiles}
    judgements = ProfileJudgement.objects.filter(profile__in=profiles, grade__isnull=False)
    for profile_id, row, stage, grade in judgements.values_list("profile_id", "row", "stage", "grade"):
        if _handed_over_by(profiles[profile_id], ProfileStage(stage), on):
            grades[profile_id].setdefault(row, {})[stage] = grade
    return {
        profile.school_id: {row: _grade(profile, stages, on) for row, stages in grades[profile.pk].items()}
        for profile in profiles.values()
    }


def _grade(profile: Profile, stages: Mapping[str, int], on: dt.date) -> Grade:
    moderated = stages.get(ProfileStage.MODERATED)
    decides = ProfileStage.VALIDATED if moderated is None else ProfileStage.MODERATED
    day = _handed_over_by(profile, decides, on)
    return Grade(
        school=stages.get(ProfileStage.SCHOOL),
        validated=stages.get(ProfileStage.VALIDATED),
        moderated=moderated,
        source=f"self-evaluation {year_text(profile.year)}, {HANDED_OVER[decides]} {date_format(day, 'j F Y')}",
    )


def _handed_over_by(profile: Profile, stage: ProfileStage, on: dt.date) -> dt.date | None:
    """The day on which a stage was handed over, where that was by the day asked about."""
    moment = getattr(profile, f"{HANDED_OVER[stage]}_at")
    day = timezone.localdate(moment) if moment else None
    return day if day and day <= on else None
