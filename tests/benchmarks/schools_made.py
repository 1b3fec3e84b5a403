"""Many made schools in one authority, with a framework, suggestions and a leader who sees them all."""

import datetime as dt
import random

from django.utils import timezone

from accounts.choices import AreaKind, Role
from accounts.models import Area, Authority, RoleGrant, User
from categorisation.actions import choose_framework
from categorisation.frameworks_in_force import version_for
from categorisation.models import Suggestion
from schools.choices import SchoolPhase, SchoolType
from schools.models import School


def authority() -> Authority:
    made, _ = Authority.objects.get_or_create(code="900", defaults={"name": "Benchmark"})
    choose_framework(
        authority=made, slug="leeds-2013", start_on=dt.date(2020, 9, 1), by=None, now=timezone.now()
    )
    return made


def leader() -> User:
    user, created = User.objects.get_or_create(email="leader@example.org", defaults={"name": "Leader"})
    if created:
        RoleGrant.objects.create(
            user=user, role=Role.HEAD_OF_SERVICE, authority=authority(), start_on=dt.date(2020, 9, 1)
        )
    return user


def adviser() -> User:
    return User.objects.get_or_create(email="adviser@example.org", defaults={"name": "Adviser"})[0]


def fill_to(count: int) -> None:
    """Schools up to `count`, each with a stored suggestion."""
    made = authority()
    if not made.areas.exists():
        Area.objects.bulk_create(Area(authority=made, name=f"Area {n}", kind=AreaKind.AREA) for n in range(8))
    areas = list(made.areas.all())
    rng = random.Random(count)
    held = School.objects.count()
    rows = School.objects.bulk_create(
        [
            School(
                urn=100000 + n,
                authority=made,
                name=f"{rng.choice(('St Anne', 'Beck Lane', 'Mill', 'Harrow', 'Priory'))} School {n}",
                type=SchoolType.COMMUNITY,
                phase=rng.choice((SchoolPhase.PRIMARY, SchoolPhase.SECONDARY)),
                low_age=4,
                high_age=11,
                area=rng.choice(areas),
            )
            for n in range(held, count)
        ],
        batch_size=2000,
    )
    version = version_for(made, timezone.localdate())
    now = timezone.now()
    Suggestion.objects.bulk_create(
        [
            Suggestion(
                school=school, version=version, on=now.date(), on_record=rng.randint(1, 5), low=1, high=5,
                trace={}, computed_at=now,
            )
            for school in rows
        ],
        batch_size=2000,
    )  # fmt: skip
