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
    latest: dict[int, tuple[Profile, dict[str, dt.date]]] = {}
    for profile in Profile.objects.filter(
        school__in=schools,
        version__slug__in=slugs,
        year__range=(year - YEARS_READ + 1, year),
        validated_at__isnull=False,
    ).order_by("year"):
        days = _handed_over_by(profile, on)
        if ProfileStage.VALIDATED in days:
            latest[profile.school_id] = profile, days
    grades: dict[int, dict[str, dict[str, int]]] = {profile.pk: {} for profile, _ in latest.values()}
    days_of = {profile.pk: days for profile, days in latest.values()}
    judgements = ProfileJudgement.objects.filter(profile__in=days_of)
    for profile_id, row, stage, grade in judgements.values_list("profile_id", "row", "stage", "grade"):
        if grade is not None and stage in days_of[profile_id]:
            grades[profile_id].setdefault(row, {})[stage] = grade
    return {
        school_id: {row: _grade(profile, stages, days) for row, stages in grades[profile.pk].items()}
        for school_id, (profile, days) in latest.items()
    }


def _grade(profile: Profile, stages: Mapping[str, int], days: Mapping[str, dt.date]) -> Grade:
    moderated = stages.get(ProfileStage.MODERATED)
    decides = ProfileStage.VALIDATED if moderated is None else ProfileStage.MODERATED
    when = f"{HANDED_OVER[decides]} {date_format(days[decides], 'j F Y')}"
    return Grade(
        school=stages.get(ProfileStage.SCHOOL),
        validated=stages.get(ProfileStage.VALIDATED),
        moderated=moderated,
        source=f"self-evaluation {year_text(profile.year)}, {when}",
    )


def _handed_over_by(profile: Profile, on: dt.date) -> dict[str, dt.date]:
    """The stages handed over by a day, and the day of each."""
    moments = {stage: getattr(profile, f"{prefix}_at") for stage, prefix in HANDED_OVER.items()}
    days = {stage: timezone.localdate(moment) for stage, moment in moments.items() if moment}
    return {stage: day for stage, day in days.items() if day <= on}
