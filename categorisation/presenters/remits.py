"""What officers of services may be asked about, and are (K-024, K-026)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Authority, User
from categorisation.frameworks_in_force import compiled, version_for
from schools.models import ServiceRemit
from schools.registry import kinds_asked
from schools.rules.circumstances import catalogue
from schools.rules.dates import in_words


@dataclass(frozen=True, slots=True)
class RemitLine:
    pk: int
    title: str
    dates: str
    may_end: bool


def subjects(authority: Authority, on: dt.date) -> list[tuple[str, str]]:
    """Key and title of everything the policy in force asks of services: circumstances, then what they rate.

    What is asked both ways stands once: a remit for it is for both.
    """
    version = version_for(authority, on)
    rated = compiled(version).document.qualitative_indicators if version else ()
    found = {key: f"{catalogue()[key].title} (reported)" for key in kinds_asked(authority, on)}
    for item in rated:
        if item.key in found:
            found[item.key] = f"{catalogue()[item.key].title} (reported and rated)"
        else:
            found[item.key] = f"{item.title} (rated)"
    return list(found.items())


def remit_lines(
    person: User, authority: Authority, titles: Iterable[tuple[str, str]], on: dt.date
) -> tuple[RemitLine, ...]:
    """What the person is, was or will be asked about. One query."""
    named = dict(titles)
    return tuple(
        RemitLine(
            pk=row.pk,
            title=named.get(row.subject) or row.subject.replace("_", " ").capitalize(),
            dates=f"from {in_words(row.start_on)}" + (f" to {in_words(row.end_on)}" if row.end_on else ""),
            may_end=row.end_on is None or row.end_on >= on,
        )
        for row in ServiceRemit.objects.filter(user=person, authority=authority)
    )
