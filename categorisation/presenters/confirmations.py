"""Rules that only describe a level, and what an officer may confirm or take back of them (X-09)."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.choices import Permission
from accounts.models import User
from categorisation.engine import Outcome, RuleResult
from categorisation.models import RuleConfirmation
from categorisation.querysets import STAFF_REACHES
from schools.choices import Audience
from schools.models import School
from schools.rules.dates import in_words


@dataclass(frozen=True, slots=True)
class Confirmable:
    """One description: what the policy says, how the facts stand, and whether an officer stands by it."""

    key: str
    title: str
    paragraph: str
    floor: int
    confirmed: str  # "Confirmed by … on …", empty where nobody did
    note: str
    audience: str
    href: str  # to confirm it or to take it back


@dataclass(frozen=True, slots=True)
class Confirmables:
    confirmed: tuple[Confirmable, ...]
    others: tuple[Confirmable, ...]


def confirmable(user: User, school: School, outcome: Outcome) -> Confirmables | None:
    """What the policy only describes, for an officer who may confirm it. None for everyone else. Three queries."""
    may = School.objects.with_permission(user, Permission.RECOMMEND_LEVEL, reaches=STAFF_REACHES)
    describing = [rule for rule in outcome.rules if rule.role == "describes"]
    if not describing or not may.filter(pk=school.pk).exists():
        return None
    slug = outcome.compiled.document.identity.slug
    standing = {
        row.rule: row
        for row in RuleConfirmation.objects.standing(outcome.facts.on)
        .filter(school=school, slug=slug)
        .select_related("confirmed_by")
    }
    lines = [_line(rule, school, standing.get(rule.key)) for rule in describing]
    return Confirmables(
        tuple(line for line in lines if line.confirmed), tuple(line for line in lines if not line.confirmed)
    )


def _line(rule: RuleResult, school: School, row: RuleConfirmation | None) -> Confirmable:
    page = "categorisation:confirmation-withdraw" if row else "categorisation:confirmation-record"
    return Confirmable(
        key=rule.key,
        title=rule.title,
        paragraph=rule.paragraph,
        floor=rule.floor or 0,
        confirmed=f"Confirmed by {row.confirmed_by.name} on {in_words(row.confirmed_on)}" if row else "",
        note=row.note if row else "",
        audience=Audience(row.audience).label if row else "",
        href=reverse(page, args=[school.urn, rule.key]),
    )
