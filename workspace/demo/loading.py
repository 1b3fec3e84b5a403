"""Load the demonstration: once, whole, and never on an installation others can reach."""

import datetime as dt

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction

from accounts.models import Authority, User
from categorisation.actions import choose_framework, refresh_suggestions
from jobs.models import Job
from schools.models import School
from schools.rules.academic_years import academic_year
from workspace.demo import activity, levels, people, registers
from workspace.demo.establishments import establishments
from workspace.demo.places import PLACES, Place

YEARS = 5  # a trend over three years, with years between in which a measure was not produced


def load(*, now: dt.datetime) -> list[Place]:
    """Write the made-up authorities that are not there yet; returns those written.

    Raises CommandError on an installation other machines can reach: the demonstration's passwords are public.
    """
    if not settings.ENVIRONMENT.embedded:
        raise CommandError(
            "The demonstration's passwords are printed for all to see, so it loads only where ALLOWED_HOSTS "
            "names this machine alone. Start with bin/run --empty instead."
        )
    held = set(Authority.objects.values_list("code", flat=True))
    written = []
    for place in PLACES:
        if place.code not in held:
            _write(place, now)
            written.append(place)
    return written


@transaction.atomic
def _write(place: Place, now: dt.datetime) -> None:
    today = now.date()
    made = establishments(place, today)
    last_full_year = academic_year(today) - 1
    years = list(range(last_full_year - YEARS + 1, last_full_year + 1))

    authority = registers.write_place(place)
    schools = registers.write_schools(authority, made)
    registers.write_figures(authority, made, schools, years, now)
    officers = people.write_officers(place, authority, now)
    people.assign_officers(place, officers, made, schools, now)
    people.write_heads_and_chairs(place, authority, officers, made, schools, now)
    people.write_others_at_schools(place, authority, officers, made, schools, now)
    choose_framework(
        authority=authority,
        slug=place.framework,
        start_on=dt.date(last_full_year, 8, 1),
        by=officers["policy"],
        now=now,
    )
    activity.write_terms(authority, officers["policy"], today, now)
    activity.write_inspections(made, schools, officers["policy"], now)
    activity.write_circumstances(made, schools, officers, now)
    activity.write_visits(made, schools, now)
    levels.write_levels(authority, officers, {one.urn: one.story for one in made}, now)
    # What was recorded above asks for the same work school by school: it is done here, at once
    Job.objects.filter(kind__startswith="categorisation.", created_at__lte=now).delete()
    refresh_suggestions(
        School.objects.filter(authority=authority).open().select_related("authority"), on=today, now=now
    )


def sign_ins() -> list[tuple[str, str, str]]:
    """One person for each role in each made-up authority: (authority, role in words, e-mail address)."""
    found = []
    for place in PLACES:
        seen = set()
        for user in (
            User.objects.filter(email__endswith=f"@{place.domain}").order_by("pk").prefetch_related("grants")
        ):
            for grant in user.grants.all():
                if grant.role not in seen:
                    seen.add(grant.role)
                    found.append((place.name, grant.get_role_display(), user.email))
    return found
