"""How this year's levels came about: self-evaluations, a round from May to the autumn, and what is still open of it."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.choices import Permission, Role
from accounts.models import Authority, User
from accounts.permissions import holds
from categorisation import actions
from categorisation.actions.profiles import revision_of
from categorisation.choices import Occasion, ProfileStage, Rating
from categorisation.models import Decision, Profile, Recommendation, Round
from categorisation.presenters import Why, whys
from categorisation.rules.profiles import Typed
from categorisation.rules.recommending import Faulty
from schools.actions import give_remits
from schools.choices import OfficerRole
from schools.models import School, SchoolContact
from schools.rules.academic_years import academic_year

_ABOVE_EVERY, _CHANGED_EVERY = 9, 13  # schools between one departure from the suggestion and the next
_ADVISER_SAYS = "Two senior leaders leave in the summer, and their successors are not yet known. The school asked for more time."
_MODERATOR_SAYS = (
    "Results have fallen for two years in the same subjects as at the schools nearby, which are one step up."
)
_TO_NEXT = (
    "Results in reading and mathematics above the floor for two years.\n\nA full leadership team in post."
)
_HEAD_SAYS = (
    "We ask the authority to look again. The results rest on one small year group, in which four pupils joined us "
    "after Easter. Our own assessments of the present Year 6 are well above them."
)
_EVIDENCE = "Lesson visits, pupils' work and the results of the last three years, looked at with governors in September."
_GRADES = {"strong": "1", "steady": "2", "rising": "2", "dipping": "3", "low": "3", "failing": "4"}
_TOLD_BY_A_SERVICE = ("high_staff_turnover", "finance_planning_insufficient")  # the one its policy asks about
_ADVISER_DIFFERS = "Books in Years 3 and 4 show less than the school's own view."


def write_levels(
    authority: Authority, officers: dict[str, User], stories: dict[int, str], now: dt.datetime
) -> None:
    """The round of this academic year, as far as it has come by now; `stories` by URN."""
    schools = list(
        School.objects.filter(authority=authority).open().select_related("authority").order_by("urn")
    )
    heads = {
        contact.school_id: contact.user
        for contact in SchoolContact.objects.filter(
            school__in=schools, role="headteacher", user__isnull=False
        ).select_related("user")
        if contact.user is not None
    }
    _write_round(authority, officers, schools, now)
    _write_profiles([school for school in schools if school.pk in heads], heads, stories, now)
    _disagree(schools, heads, now)
    _rate(authority, officers, schools, now)


def _write_round(
    authority: Authority, officers: dict[str, User], schools: list[School], now: dt.datetime
) -> None:
    year = academic_year(now.date())
    when = _days(year)
    deciders = [user for user in officers.values() if holds(user, Permission.DECIDE_LEVEL)]
    annual = actions.open_round(
        authority=authority, starts_on=dt.date(year, 9, 1), by=deciders[0], at=when(5, 5)
    )
    suggested = whys(officers["policy"], schools, on=now.date())
    for index, school in enumerate(schools):
        _recommend(annual, school, suggested[school.pk], index, officers, when(6, 9))
    for by in deciders:  # each their own schools
        theirs = School.objects.with_permission(by, Permission.MODERATE_LEVEL)
        waiting = (
            Recommendation.objects.live()
            .filter(round=annual, school__in=theirs, moderated_at=None)
            .exclude(recommended_by=by)
        )
        verdicts = [
            _verdict(index, one) for index, one in enumerate(waiting.select_related("school").order_by("pk"))
        ]
        actions.moderate_at_a_sitting(verdicts=verdicts, by=by, at=when(6, 22))
        job = actions.publish_round(annual=annual, by=by, at=when(7, 3))
        actions.publish_batch(ids=job.payload["recommendations"], by=by, at=when(7, 3))
        job.delete()
    autumn = when(10, 16)
    if now < autumn:
        return
    provisional = Decision.objects.filter(round=annual).select_related("school").order_by("school__urn")
    for decision in list(provisional)[:-6]:  # the last few are still being looked at
        _by_one_who_may(deciders, partial(actions.confirm, decision=decision, at=autumn))


def _verdict(index: int, recommendation: Recommendation) -> actions.Verdict:
    """The moderator agrees, but for a few."""
    if index % _CHANGED_EVERY == 6 and recommendation.rank < recommendation.suggested_high:
        return actions.Verdict(recommendation, recommendation.rank + 1, _MODERATOR_SAYS)
    return actions.Verdict(recommendation, recommendation.rank)


def _recommend(
    annual: Round, school: School, why: Why, index: int, officers: dict[str, User], at: dt.datetime
) -> None:
    adviser = school.officers.select_related("user").get(role=OfficerRole.ADVISER).user
    rank = why.outcome.on_record or 1
    if index % _ABOVE_EVERY == 4:
        rank = min(rank + 1, max(level.rank for level in why.document.levels))
    recommend = partial(
        actions.recommend,
        school=school,
        rank=rank,
        occasion=Occasion.ANNUAL,
        round=annual,
        starts_on=annual.starts_on,
        head_consulted_on=timezone.localdate(at) - dt.timedelta(days=12 + index % 5),
        governors_consulted_on=timezone.localdate(at) - dt.timedelta(days=4),
        to_next_level=_TO_NEXT if rank > 2 else "",
        at=at,
    )
    # Nobody moderates their own, so those who moderate come last
    others = sorted(officers.values(), key=lambda user: holds(user, Permission.DECIDE_LEVEL))
    people = [adviser, *others]
    try:
        _by_one_who_may(people, recommend)
    except Faulty:  # not what was suggested in June: the adviser says why
        _by_one_who_may(people, partial(recommend, reason=_ADVISER_SAYS))


def _write_profiles(
    schools: list[School], heads: dict[int, User], stories: dict[int, str], now: dt.datetime
) -> None:
    """One moderated, one waiting for its adviser, one just begun; the others have theirs before them."""
    reached = (ProfileStage.MODERATED, ProfileStage.SCHOOL, None)
    for school, stage in zip(schools, reached, strict=False):
        head = heads[school.pk]
        adviser = school.officers.select_related("user").get(role=OfficerRole.ADVISER).user
        profile = actions.begin_profile(school=school, by=head, at=now)
        rows = profile.version.document["self_evaluation"]["rows"]
        grade = _GRADES[stories[school.urn]]
        if stage is None:
            _save(profile, ProfileStage.SCHOOL, rows[:2], grade, _EVIDENCE, head, now)
            continue
        _save(profile, ProfileStage.SCHOOL, rows, grade, _EVIDENCE, head, now)
        _hand_over(profile, ProfileStage.SCHOOL, head, now)
        if stage is ProfileStage.SCHOOL:
            continue
        worse = str(min(int(grade) + 1, 4))
        _save(profile, ProfileStage.VALIDATED, rows[1:], grade, "", adviser, now)
        _save(profile, ProfileStage.VALIDATED, rows[:1], worse, _ADVISER_DIFFERS, adviser, now)
        _hand_over(profile, ProfileStage.VALIDATED, adviser, now)
        actions.agree_profile(
            profile=profile, agreed_on=now.date(), agreed_with=f"{head.name}, headteacher", by=adviser, at=now
        )


def _save(
    profile: Profile, stage: ProfileStage, rows: list[str], grade: str, text: str, by: User, now: dt.datetime
) -> None:
    typed = {row: Typed(grade=grade, text=text) for row in rows}
    actions.save_profile(profile=profile, stage=stage, typed=typed, by=by, at=now)


def _hand_over(profile: Profile, stage: ProfileStage, by: User, now: dt.datetime) -> None:
    actions.hand_over_profile(
        profile=profile, stage=stage, expected=revision_of(profile, stage), by=by, at=now
    )


def _disagree(schools: list[School], heads: dict[int, User], now: dt.datetime) -> None:
    """The head of the school with most support, of those who can sign in, asks for another look."""
    decision = (
        Decision.objects.filter(school__in=[school for school in schools if school.pk in heads])
        .select_related("school")
        .order_by("-rank", "school__urn")
        .first()
    )
    if decision is not None:
        actions.disagree(decision=decision, text=_HEAD_SAYS, by=heads[decision.school_id], at=now)


def _rate(authority: Authority, officers: dict[str, User], schools: list[School], now: dt.datetime) -> None:
    """An officer of a service has rated the first schools for it, where the policy asks services at all."""
    officer = next(user for user in officers.values() if user.grants.filter(role=Role.SERVICE_OFFICER))
    asked = [item["key"] for item in _document(authority).get("qualitative_indicators", [])][:2]
    known = {item["key"] for item in _document(authority)["circumstances"]}
    told = next(key for key in _TOLD_BY_A_SERVICE if key in known)
    give_remits(
        user=officer, authority=authority, subjects=[*asked, told], start_on=now.date(),
        by=officers["policy"], at=now,
    )  # fmt: skip
    for key in asked[:1]:
        rows = [
            actions.Rated(
                school,
                Rating.SOME_CONCERN if index % 6 == 2 else Rating.SOUND,
                "Two matters raised with the school this term." if index % 6 == 2 else "",
            )
            for index, school in enumerate(schools[:12])
        ]
        actions.rate(key=key, rows=rows, on=now.date(), by=officer, at=now)


def _document(authority: Authority) -> dict[str, Any]:
    document: dict[str, Any] = (
        Round.objects.select_related("version").get(authority=authority).version.document
    )
    return document


def _by_one_who_may(people: list[User], act: Callable[..., object]) -> None:
    """Heads of service share the schools by phase; an external adviser's schools are recommended by another."""
    for by in people:
        try:
            act(by=by)
        except PermissionDenied:
            continue
        return
    raise PermissionDenied("Nobody in the demonstration may do this.")


def _days(year: int) -> Callable[[int, int], dt.datetime]:
    """Ten in the morning of a day of the calendar year in which the academic year starts."""
    return lambda month, day: timezone.make_aware(dt.datetime.combine(dt.date(year, month, day), dt.time(10)))
