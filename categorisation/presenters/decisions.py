"""How a school came by its level: recommendations, moderation, decisions, disagreements; and what waits for whom."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission, Reach
from accounts.models import User
from accounts.permissions import holds
from categorisation import permissions
from categorisation.choices import RecommendationStatus, RoundStatus
from categorisation.documents import statement
from categorisation.frameworks_in_force import compiled
from categorisation.models import Decision, Disagreement, Recommendation, TermReview
from categorisation.presenters.levels import LevelHeld, level_in_force, levels_to_come
from categorisation.presenters.why import Why, whys
from categorisation.querysets import STAFF_REACHES, known_to_staff
from categorisation.replay import outcome_of
from categorisation.rules.entitlement import lower_first
from reports.models import Document
from schools.models import School

NEW_FOR = dt.timedelta(days=28)  # how long a level or an answer counts as new on a head's home page


@dataclass(frozen=True)
class DecisionTask:
    """Something a person has to do, or to read, about a level: in words, its school, since when, and where."""

    text: str
    school: School
    since: dt.date
    href: str
    is_own: bool = False  # of the person's own school, not one they serve
    due_on: dt.date | None = None  # the policies set none


@dataclass(frozen=True)
class DecisionLine:
    """A decision in the history. `href` leads to what it rests on, for those who may see that."""

    decision: Decision
    name: str
    reasons: tuple[str, ...]
    href: str

    @property
    def standing(self) -> str:
        """What is still to come of it."""
        if self.decision.published_at is None:
            return "Not published yet"
        return "" if self.decision.confirmed_at or self.decision.source else "Provisional"


@dataclass(frozen=True)
class DisagreementLine:
    disagreement: Disagreement
    can_answer: bool

    @property
    def is_open(self) -> bool:
        return self.disagreement.answered_at is None


@dataclass(frozen=True)
class LevelPage:
    """All of a school's level but the rules: what it has, what is under way, how it came about."""

    school: School
    for_school: bool
    held: LevelHeld | None
    coming: tuple[LevelHeld, ...]
    live: Recommendation | None
    history: tuple[DecisionLine, ...]
    reviews: tuple[TermReview, ...]
    disagreements: tuple[DisagreementLine, ...]
    statement: Document | None
    can_recommend: bool
    can_disagree_with: Decision | None
    can_release: Decision | None

    @property
    def told(self) -> LevelHeld | None:
        """What a head reads first: the level in force, else the next one."""
        return self.held or next(iter(self.coming), None)


def level_page(user: User, school: School, on: dt.date) -> LevelPage:
    """As this reader may know it. A constant number of queries, however long the history."""
    for_school = not known_to_staff(user, on).filter(pk=school.pk).exists()
    held = level_in_force(user, [school], on).get(school.pk)
    coming = tuple(levels_to_come(user, school, on))
    live = None
    if not for_school:
        recommendations = Recommendation.objects.visible_to(user, on).live().filter(school=school)
        live = recommendations.select_related("school", "recommended_by", "moderated_by").first()
    told = [one.decision for one in (*([held] if held else []), *coming)]
    documents = Document.objects.visible_to(user, on).of_source(
        statement.STATEMENT.key, [statement.source_of(decision) for decision in told]
    )
    released = {document.source: document for document in documents.select_related("school")}
    unreleased = [decision for decision in told if statement.source_of(decision) not in released]
    return LevelPage(
        school=school,
        for_school=for_school,
        held=held,
        coming=coming,
        live=live,
        history=_history(user, school, on, for_school),
        reviews=() if for_school else tuple(_reviews(school)),
        disagreements=_disagreements(user, school, on),
        statement=next(iter(released.values()), None),
        can_recommend=live is None and permissions.can_recommend(user, school),
        can_disagree_with=next((one for one in told if permissions.can_disagree(user, one)), None),
        can_release=next((one for one in unreleased if permissions.can_publish(user, [one])), None),
    )


def _history(user: User, school: School, on: dt.date, for_school: bool) -> tuple[DecisionLine, ...]:
    decisions = (
        Decision.objects.visible_to(user, on)
        .filter(school=school)
        .select_related("version", "recommendation__school", "recommendation__recommended_by")
        .select_related("recommendation__moderated_by", "decided_by")
    )
    return tuple(
        DecisionLine(
            decision,
            level_name(decision),
            decision.reasons_for_school,
            decision.recommendation.get_absolute_url() if decision.recommendation and not for_school else "",
        )
        for decision in decisions
    )


def _reviews(school: School) -> list[TermReview]:
    return list(TermReview.objects.filter(school=school).select_related("recorded_by"))


def _disagreements(user: User, school: School, on: dt.date) -> tuple[DisagreementLine, ...]:
    rows = Disagreement.objects.filter(
        decision__school=school, decision__in=Decision.objects.visible_to(user, on)
    ).select_related("decision__school", "decision__recommendation", "made_by", "answered_by")
    return tuple(
        DisagreementLine(row, row.answered_at is None and permissions.can_answer(user, row)) for row in rows
    )


def level_name(decision: Decision) -> str:
    """ "Category 3, At risk", in the words of its own version."""
    document = decision.version.document
    name = next(level["name"] for level in document["levels"] if level["rank"] == decision.rank)
    word = document["words"]["level"]
    return f"{word[:1].upper()}{word[1:]} {decision.rank}, {name}"


@dataclass(frozen=True)
class RecommendationPage:
    """One recommendation: what was said, what it rested on, what is so now, and what this reader may do about it."""

    recommendation: Recommendation
    then: Why
    now: Why | None
    can_moderate: bool
    can_send_back: bool
    can_reopen: bool
    can_withdraw: bool
    can_decide: bool

    @property
    def names(self) -> dict[int, str]:
        return {level.rank: level.name for level in self.then.document.levels}

    @property
    def recommended(self) -> str:
        return self._said(self.recommendation.rank)

    @property
    def moderated(self) -> str:
        rank = self.recommendation.moderated_rank
        return "" if rank is None else self._said(rank)

    @property
    def suggested(self) -> str:
        row = self.recommendation
        on_record = "Not placed yet" if row.suggested is None else self._said(row.suggested)
        if row.suggested_low == row.suggested_high:
            return on_record
        return f"{on_record}; could be {row.suggested_low} to {row.suggested_high}"

    @property
    def agree_button(self) -> dict[str, Any]:
        """GOV.UK's button: with one key, the "a" that browsers offer, or Enter on it."""
        return {
            "text": f"Agree: {self.then.word} {self.recommendation.rank}",
            "preventDoubleClick": True,
            "attributes": {"accesskey": "a"},
        }

    @property
    def decide_text(self) -> str:
        return f"Decide: {self.then.word} {self.recommendation.moderated_rank}"

    @property
    def news(self) -> str:
        """What the facts say now, where that is not what they said then."""
        if self.now is None:
            return ""
        now, row = self.now.outcome, self.recommendation
        if (now.on_record, now.locked_floor) == (row.suggested, row.locked_floor):
            return ""
        return f"On today’s facts: {self.now.word} {self.now.lead}"

    def _said(self, rank: int) -> str:
        return f"{rank}, {lower_first(self.names[rank])}"


def recommendation_page(user: User, recommendation: Recommendation, on: dt.date) -> RecommendationPage:
    """Fetch `school__authority`, `version` and the people with it."""
    document = compiled(recommendation.version).document
    then = Why(
        recommendation.school, recommendation.version, document, outcome_of(recommendation), False, user
    )
    live = recommendation.status in (RecommendationStatus.RECOMMENDED, RecommendationStatus.MODERATED)
    now = whys(user, [recommendation.school], on=on).get(recommendation.school_id) if live else None
    return RecommendationPage(
        recommendation=recommendation,
        then=then,
        now=now if now and now.version == recommendation.version else None,
        can_moderate=permissions.can_moderate(user, recommendation),
        can_send_back=permissions.can_send_back(user, recommendation),
        can_reopen=permissions.can_reopen(user, recommendation),
        can_withdraw=permissions.can_withdraw(user, recommendation),
        can_decide=permissions.can_decide(user, recommendation),
    )


@dataclass(frozen=True)
class LevelLine:
    """A level in the school's time line."""

    on: dt.date
    text: str
    href: str


def level_time_line(user: User, school: School, on: dt.date, *, limit: int = 20) -> list[LevelLine]:
    """Levels that have started, as far as this reader may know, newest first. Two queries at most."""
    decisions = Decision.objects.visible_to(user, on).filter(school=school, start_on__lte=on)
    href = reverse("categorisation:why", args=[school.urn])
    return [
        LevelLine(decision.start_on, f"{level_name(decision)}, began", href)
        for decision in decisions.select_related("version")[:limit]
    ]


def decision_tasks(user: User, on: dt.date) -> list[DecisionTask]:
    """What waits for the person about levels, the longest first. Up to two queries for each permission they hold.

    A moderator: recommendations by others, disagreements to answer. An adviser: what was sent back. A head or chair:
    a new level, an answer.
    """
    found: list[DecisionTask] = []
    if holds(user, Permission.MODERATE_LEVEL, on):
        found += _to_moderate(user, on)
    if holds(user, Permission.RECOMMEND_LEVEL, on):
        found += _sent_back(user, on)
    if holds(user, Permission.DISAGREE, on):
        found += _news(user, on)
    return sorted(found, key=lambda task: (task.since, task.school.name, task.text))


def moderated_alone(user: User, on: dt.date) -> QuerySet[Recommendation]:
    """Recommendations outside a round that wait for the person to moderate them, the longest first."""
    schools = School.objects.with_permission(
        user, Permission.MODERATE_LEVEL, on, reaches=STAFF_REACHES
    ).open()
    return (
        Recommendation.objects.filter(school__in=schools, status=RecommendationStatus.RECOMMENDED)
        .exclude(round__status__in=[RoundStatus.OPEN, RoundStatus.PROVISIONAL])
        .exclude(recommended_by=user)
        .select_related("school", "recommended_by")
        .order_by("recommended_at", "pk")
    )


def _to_moderate(user: User, on: dt.date) -> list[DecisionTask]:
    schools = School.objects.with_permission(
        user, Permission.MODERATE_LEVEL, on, reaches=STAFF_REACHES
    ).open()
    # Several are one task together, as are those of a round (round_tasks)
    waiting = list(moderated_alone(user, on)[:2])
    open_ = Disagreement.objects.filter(decision__school__in=schools, answered_at__isnull=True)
    return [
        *(
            DecisionTask(
                "Moderate the recommendation",
                row.school,
                timezone.localdate(row.recommended_at),
                row.get_absolute_url(),
            )
            for row in (waiting if len(waiting) == 1 else ())
        ),
        *(
            DecisionTask(
                "Answer the disagreement",
                row.decision.school,
                timezone.localdate(row.made_at),
                row.get_absolute_url(),
            )
            for row in open_.exclude(decision__recommendation__recommended_by=user).select_related(
                "decision__school"
            )
        ),
    ]


def _sent_back(user: User, on: dt.date) -> list[DecisionTask]:
    """Until another recommendation has followed."""
    schools = School.objects.with_permission(user, Permission.RECOMMEND_LEVEL, on).open()
    later = Recommendation.objects.filter(school=OuterRef("school"), recommended_at__gt=OuterRef("ended_at"))
    rows = Recommendation.objects.filter(
        ~Exists(later), school__in=schools, recommended_by=user, status=RecommendationStatus.RETURNED
    ).select_related("school")
    return [
        DecisionTask(
            "Recommend anew: sent back",
            row.school,
            timezone.localdate(row.ended_at),
            row.get_absolute_url(),
        )
        for row in rows
    ]


def _news(user: User, on: dt.date) -> list[DecisionTask]:
    schools = School.objects.with_permission(user, Permission.DISAGREE, on, reaches=(Reach.OWN,))
    new = timezone.make_aware(dt.datetime.combine(on - NEW_FOR, dt.time()))
    levels = Decision.objects.filter(school__in=schools, published_at__gte=new).select_related("school")
    answers = Disagreement.objects.filter(decision__school__in=schools, answered_at__gte=new).select_related(
        "decision__school"
    )
    return [
        *(
            DecisionTask(
                "Read what support your school gets",
                row.school,
                timezone.localdate(row.published_at),
                row.get_absolute_url(),
                is_own=True,
            )
            for row in levels
        ),
        *(
            DecisionTask(
                "Read the answer to your disagreement",
                row.decision.school,
                timezone.localdate(row.answered_at),
                f"{row.decision.get_absolute_url()}#disagreements",
                is_own=True,
            )
            for row in answers
        ),
    ]
