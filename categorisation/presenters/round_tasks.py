"""What waits for a person in rounds, in the term's review and in identification: a verb, a number, a day, an address."""

import calendar
import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import holds
from categorisation.actions.rounds import confirmable, to_publish
from categorisation.choices import RoundStatus
from categorisation.models import Decision, IdentificationRound, Recommendation, Round, TermReview
from categorisation.presenters.decisions import moderated_alone
from categorisation.presenters.levels_home import policy_word
from categorisation.presenters.reviews import term_on
from categorisation.presenters.rounds import awaiting
from categorisation.presenters.tracking import LookTask
from categorisation.querysets import STAFF_REACHES, authorities_where
from categorisation.rules.identification import first_day
from schools.models import School
from schools.querysets import SchoolQuerySet
from schools.rules.dates import month_in_words

REVIEW_AHEAD = dt.timedelta(days=28)  # before the end of a term


@dataclass(frozen=True, slots=True)
class RoundTask:
    """Something to do for several schools at once, due on a day if there is one."""

    text: str
    due_on: dt.date | None
    href: str


def round_tasks(user: User, on: dt.date) -> list[RoundTask]:
    """The soonest due first. A constant number of queries for each round that is not over and each authority."""
    if not any(
        holds(user, permission, on)
        for permission in (
            Permission.RECOMMEND_LEVEL,
            Permission.MODERATE_LEVEL,
            Permission.DECIDE_LEVEL,
            Permission.IDENTIFY_CONCERN,
        )
    ):
        return []
    rounds = (
        Round.objects.visible_to(user, on).exclude(status=RoundStatus.CONFIRMED).select_related("version")
    )
    found = [task for annual in rounds for task in _of_round(user, annual, on)]
    found += _reviews(user, on)
    found += _identification(user, on)
    found += _during_the_year(user, on)
    return by_day(found)


def by_day(found: Iterable[RoundTask]) -> list[RoundTask]:
    """The soonest due first, those without a day last."""
    return sorted(found, key=lambda task: task.due_on or dt.date.max)


def looks_together(looks: Collection[LookTask], on: dt.date) -> list[RoundTask]:
    """Looks due at the schools of a person, a line for each authority that leads to exactly its schools. Three queries
    for each."""
    by_authority: dict[int, list[LookTask]] = {}
    for look in looks:
        by_authority.setdefault(look.school.authority_id, []).append(look)
    found = []
    for rows in by_authority.values():
        authority = rows[0].school.authority
        term = term_on(authority, on)
        page = reverse("categorisation:term-review", args=[authority.code, term.year, term.number])
        query = urlencode({"urn": [row.school.urn for row in rows]}, doseq=True)
        word = policy_word(authority, on, "levels", "levels")
        often = " tracked more often" if all(row.is_often for row in rows) else ""
        text = f"Look again at the {word} of {_count(len(rows), 'school')}{often}"
        found.append(RoundTask(text, min(row.due_on for row in rows), f"{page}?{query}"))
    return found


def due_on(annual: Round) -> dt.date:
    """The day by which the round's levels are agreed: the last of the months the framework names for the year to come;
    for a round opened later than that, the last of those in which they are confirmed."""
    named = annual.version.document["decisions"]
    agreed = _last_day(annual, named.get("provisional_months") or ())
    return agreed if agreed and timezone.localdate(annual.opened_at) <= agreed else confirmed_by(annual)


def confirmed_by(annual: Round) -> dt.date:
    """The last day of the months in which levels are confirmed; where none are named, of the year the round starts."""
    named = annual.version.document["decisions"].get("confirmed_months") or ()
    return _last_day(annual, named, after=True) or dt.date(annual.starts_on.year, 12, 31)


def _last_day(annual: Round, months: object, *, after: bool = False) -> dt.date | None:
    """Of the months nearest before (or after) the day the levels start."""
    days = []
    for month in months if isinstance(months, list | tuple) else ():
        year = annual.starts_on.year
        if after and month < annual.starts_on.month:
            year += 1
        elif not after and month >= annual.starts_on.month:
            year -= 1
        days.append(dt.date(year, month, calendar.monthrange(year, month)[1]))
    return max(days, default=None)


def _of_round(user: User, annual: Round, on: dt.date) -> Iterator[RoundTask]:
    words = annual.version.document["words"]
    page = reverse("categorisation:round-board", args=[annual.public_id])
    counting = Recommendation.objects.counting().filter(round=annual)
    left = (
        _served(user, on).filter(authority=annual.authority_id).exclude(recommendations__in=counting).count()
    )
    if left:
        query = urlencode({"stage": "none", "adviser": str(user.pk)})
        text = f"Recommend a {words['level']} for {_count(left, 'school')}"
        yield RoundTask(text, due_on(annual), f"{page}?{query}")
    waiting = awaiting(user, annual, on).exclude(recommended_by=user).count()
    if waiting:
        href = reverse("categorisation:round-moderate", args=[annual.public_id])
        yield RoundTask(f"Moderate {_count(waiting, 'recommendation')}", due_on(annual), href)
    ready = to_publish(annual, user).count()
    if ready:
        href = reverse("categorisation:round-publish", args=[annual.public_id])
        text = f"Publish the {words['levels']} of {_count(ready, 'school')}"
        yield RoundTask(text, due_on(annual), href)
    standing = confirmable(annual, user).count() if on >= annual.starts_on else 0
    if standing:
        href = reverse("categorisation:round-confirm", args=[annual.public_id])
        text = f"Confirm the {words['levels']} of {_count(standing, 'school')}, or change them"
        yield RoundTask(text, confirmed_by(annual), href)


def _served(user: User, on: dt.date) -> SchoolQuerySet:
    """The schools whose level the person recommends as their officer: a leader of hundreds is not asked for each."""
    found: SchoolQuerySet = School.objects.with_permission(
        user, Permission.RECOMMEND_LEVEL, on, reaches=STAFF_REACHES
    )
    return found.served_by(user, on).open()


def _reviews(user: User, on: dt.date) -> Iterator[RoundTask]:
    for authority in Authority.objects.filter(
        pk__in=authorities_where(user, [Permission.RECOMMEND_LEVEL], on)
    ):
        term = term_on(authority, on)
        if on < term.due_on - REVIEW_AHEAD:
            continue
        done = TermReview.objects.filter(year=term.year, term=term.number)
        left = (
            _served(user, on)
            .filter(authority=authority, pk__in=Decision.objects.filter(start_on__lte=on).values("school"))
            .exclude(pk__in=done.values("school"))
            .count()
        )
        if left:
            href = reverse("categorisation:term-review", args=[authority.code, term.year, term.number])
            yield RoundTask(
                f"Review the {policy_word(authority, on, 'levels', 'levels')} of {_count(left, 'school')} this term",
                term.due_on,
                href,
            )


def _during_the_year(user: User, on: dt.date) -> Iterator[RoundTask]:
    """Several recommendations outside a round; one alone is named with its school (decision_tasks)."""
    if not holds(user, Permission.MODERATE_LEVEL, on):
        return
    waiting = moderated_alone(user, on).count()
    if waiting > 1:
        href = f"{reverse('categorisation:round-list')}#during-the-year"
        yield RoundTask(f"Moderate {waiting} recommendations made during the year", None, href)


def _identification(user: User, on: dt.date) -> Iterator[RoundTask]:
    theirs = School.objects.with_permission(user, Permission.IDENTIFY_CONCERN, on).open()
    for one in IdentificationRound.objects.visible_to(user, on).filter(closed_at__isnull=True):
        left = theirs.filter(authority=one.authority_id).exclude(identifications__round=one).count()
        first = first_day(one.year, one.month)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        name = month_in_words(first)
        text = (
            f"Look at {_count(left, 'school')} for signs of concern, {name}"
            if left
            else f"Close the round of {name}"
        )
        yield RoundTask(text, last, one.get_absolute_url())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
