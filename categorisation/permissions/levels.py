"""Who may recommend, moderate, decide, publish and confirm a level, and disagree with one.

Each check raises with a reason for people: PermissionDenied where the person may not, its subclass NotPossible where
how things stand forbids it. Each `can_` is its answer as a bool. The reach of a permission costs one query a check.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.choices import Permission, Reach
from accounts.models import User
from categorisation.choices import RecommendationStatus
from categorisation.models import Decision, Disagreement, Recommendation
from categorisation.querysets import STAFF_REACHES
from categorisation.workflow import NotPossible, check_recommendation_moves
from schools.models import School


def check_holds_over(user: User, permission: Permission, schools: Collection[School]) -> None:
    """Raise PermissionDenied unless the person holds it, as the authority's staff, over every one of the schools."""
    ids = {school.pk for school in schools}
    held = School.objects.with_permission(user, permission, reaches=STAFF_REACHES).filter(pk__in=ids)
    if held.count() < len(ids):
        raise PermissionDenied(
            f"Your roles do not let you: {permission.label[0].lower()}{permission.label[1:]}, for this school."
        )


def check_can_recommend(user: User, school: School) -> None:
    check_holds_over(user, Permission.RECOMMEND_LEVEL, [school])
    if not school.is_open:
        raise NotPossible("The school is not open, so nothing is recommended.")


def check_can_withdraw(user: User, recommendation: Recommendation) -> None:
    """Whoever made it takes it back."""
    check_holds_over(user, Permission.RECOMMEND_LEVEL, [recommendation.school])
    if recommendation.recommended_by_id != user.pk:
        raise PermissionDenied("Only the person who made a recommendation withdraws it.")
    check_recommendation_moves(recommendation.status, RecommendationStatus.WITHDRAWN)


def check_can_moderate(user: User, recommendation: Recommendation) -> None:
    """Somebody else than who recommended it (L-060)."""
    _check_moderates(user, recommendation)
    check_recommendation_moves(recommendation.status, RecommendationStatus.MODERATED)


def check_can_send_back(user: User, recommendation: Recommendation) -> None:
    _check_moderates(user, recommendation)
    check_recommendation_moves(recommendation.status, RecommendationStatus.RETURNED)


def check_can_reopen(user: User, recommendation: Recommendation) -> None:
    """May take a moderation back while nothing is decided."""
    _check_moderates(user, recommendation)
    check_recommendation_moves(recommendation.status, RecommendationStatus.RECOMMENDED)


def _check_moderates(user: User, recommendation: Recommendation) -> None:
    check_holds_over(user, Permission.MODERATE_LEVEL, [recommendation.school])
    if recommendation.recommended_by_id == user.pk:
        raise NotPossible("You made this recommendation, so somebody else moderates it.")


def check_can_decide(user: User, recommendation: Recommendation) -> None:
    check_holds_over(user, Permission.DECIDE_LEVEL, [recommendation.school])
    check_recommendation_moves(recommendation.status, RecommendationStatus.DECIDED)
    if not recommendation.school.is_open:
        raise NotPossible("The school is not open, so nothing is decided.")


def check_can_publish(user: User, decisions: Collection[Decision]) -> None:
    check_holds_over(user, Permission.DECIDE_LEVEL, [decision.school for decision in decisions])


def check_can_confirm(user: User, decision: Decision) -> None:
    check_holds_over(user, Permission.DECIDE_LEVEL, [decision.school])
    if decision.published_at is None:
        raise NotPossible("The school is told what is decided before it is confirmed.")


def check_can_disagree(user: User, decision: Decision) -> None:
    """The head or the chair of the school, with a level it has been told: the one in force or one to come. Three
    queries."""
    own = School.objects.with_permission(user, Permission.DISAGREE, reaches=(Reach.OWN,))
    if decision.published_at is None or not own.filter(pk=decision.school_id).exists():
        raise PermissionDenied(
            "Only the headteacher or the chair of governors disagrees with what is decided for the school."
        )
    started = Decision.objects.in_force(timezone.localdate(), published=True).filter(
        school=decision.school_id
    )
    if started.filter(start_on__gt=decision.start_on).exists():
        raise NotPossible("This decision is over: another has followed it.")
    if decision.disagreements.filter(answered_at__isnull=True).exists():
        raise NotPossible("The school has disagreed with this already. The authority’s answer comes first.")


def check_can_answer(user: User, disagreement: Disagreement) -> None:
    """A moderator who did not make the recommendation."""
    decision = disagreement.decision
    check_holds_over(user, Permission.MODERATE_LEVEL, [decision.school])
    recommendation = decision.recommendation
    if recommendation is not None and recommendation.recommended_by_id == user.pk:
        raise NotPossible("You recommended this, so somebody else answers.")
    if disagreement.answered_at is not None:
        raise NotPossible("This disagreement has been answered.")


def can_recommend(user: User, school: School) -> bool:
    return _passes(check_can_recommend, user, school)


def can_withdraw(user: User, recommendation: Recommendation) -> bool:
    return _passes(check_can_withdraw, user, recommendation)


def can_moderate(user: User, recommendation: Recommendation) -> bool:
    return _passes(check_can_moderate, user, recommendation)


def can_send_back(user: User, recommendation: Recommendation) -> bool:
    return _passes(check_can_send_back, user, recommendation)


def can_reopen(user: User, recommendation: Recommendation) -> bool:
    return _passes(check_can_reopen, user, recommendation)


def can_decide(user: User, recommendation: Recommendation) -> bool:
    return _passes(check_can_decide, user, recommendation)


def can_publish(user: User, decisions: Collection[Decision]) -> bool:
    return _passes(check_can_publish, user, decisions)


def can_confirm(user: User, decision: Decision) -> bool:
    return _passes(check_can_confirm, user, decision)


def can_disagree(user: User, decision: Decision) -> bool:
    return _passes(check_can_disagree, user, decision)


def can_answer(user: User, disagreement: Disagreement) -> bool:
    return _passes(check_can_answer, user, disagreement)


def _passes(check: Callable[..., None], *args: Any) -> bool:
    try:
        check(*args)
    except PermissionDenied:
        return False
    return True
