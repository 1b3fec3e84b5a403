"""What is done about levels for many schools at once, by authority: where each thing stands and where to do it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import holds
from categorisation.engine.wording import upper_first
from categorisation.frameworks_in_force import version_for
from categorisation.models import FrameworkChoice, FrameworkVersion, Recommendation, Round
from categorisation.permissions import can_read_drafts
from categorisation.permissions.rounds import can_run_rounds
from categorisation.presenters import identification, reviews
from categorisation.presenters.decisions import moderated_alone
from categorisation.presenters.reviews import NO_POLICY
from categorisation.presenters.rounds import RoundLine
from categorisation.querysets import authorities_where


@dataclass(frozen=True)
class LevelsHome:
    """One authority. `months` is None for whoever does not identify concern: they learn nothing of it."""

    authority: Authority
    words: Mapping[str, str]
    rounds: tuple[RoundLine, ...]
    may_open: bool
    may_read_drafts: bool
    term: reviews.TermOfReview | None
    during_the_year: tuple[Recommendation, ...]  # wait for the person to moderate them, outside a round
    months: tuple[identification.MonthLine, ...] | None


def levels_word(authority: Authority, on: dt.date) -> str:
    """What the authority calls its levels, for the navigation: "Categories"; "Levels" where it has no policy."""
    return upper_first(policy_word(authority, on, "levels", "levels"))


def policy_word(authority: Authority, on: dt.date, name: str, otherwise: str) -> str:
    """One word of the policy in force; `otherwise` where there is none. Two queries that leave the document where it is."""
    choice = FrameworkChoice.objects.filter(authority=authority, start_on__lte=on).first()
    versions = FrameworkVersion.objects.in_force(choice.slug, on, authority.pk) if choice else None
    word = versions.values_list(f"document__words__{name}", flat=True).first() if versions else None
    return str(word or otherwise)


def levels_home(user: User, *, on: dt.date) -> tuple[LevelsHome, ...]:
    """Half a dozen queries for each authority the person recommends, moderates or decides in."""
    identifies = authorities_where(user, [Permission.IDENTIFY_CONCERN], on)
    reviews_in = authorities_where(user, [Permission.RECOMMEND_LEVEL], on)
    theirs = authorities_where(
        user, [Permission.RECOMMEND_LEVEL, Permission.MODERATE_LEVEL, Permission.DECIDE_LEVEL], on
    )
    moderates = holds(user, Permission.MODERATE_LEVEL, on)
    waiting = list(moderated_alone(user, on)) if moderates else []
    rounds = list(Round.objects.visible_to(user, on).select_related("version"))
    return tuple(
        LevelsHome(
            authority,
            _words(authority, on),
            tuple(RoundLine(one) for one in rounds if one.authority_id == authority.pk),
            can_run_rounds(user, authority),
            can_read_drafts(user, authority),
            reviews.term_on(authority, on) if authority.pk in reviews_in else None,
            tuple(row for row in waiting if row.school.authority_id == authority.pk),
            identification.months(user, authority, on=on) if authority.pk in identifies else None,
        )
        for authority in Authority.objects.filter(pk__in=theirs)
    )


def _words(authority: Authority, on: dt.date) -> Mapping[str, str]:
    version = version_for(authority, on)
    words: Mapping[str, str] = version.document["words"] if version else NO_POLICY["words"]
    return words
