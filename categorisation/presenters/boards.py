"""The board of a round: every school the reader knows in it, with what is suggested, recommended, moderated, missing.

One queryset carries it all, so that counts, filters, sorting and files are of the very same rows (L-060, L-271, K-048).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.choices import Permission
from accounts.models import User
from categorisation.choices import RecommendationStatus
from categorisation.engine.states import MET
from categorisation.models import Decision, Profile, Recommendation, Round
from categorisation.querysets import STAFF_REACHES
from schools.choices import OfficerRole
from schools.models import OfficerAssignment, School
from schools.querysets import SchoolQuerySet
from ui.lists import Column, Tag

_ENDED = (RecommendationStatus.RETURNED, RecommendationStatus.WITHDRAWN)

# What a row can be narrowed to, and what is counted above the list: a condition on `board`, and its words
STAGES: Mapping[str, tuple[str, Q]] = {
    "none": ("Not recommended yet", Q(r_status__isnull=True)),
    "waiting": ("Waiting for moderation", Q(r_status=RecommendationStatus.RECOMMENDED)),
    "moderated": ("Moderated, not published", Q(r_status=RecommendationStatus.MODERATED)),
    "provisional": (
        "Decided, to be confirmed",
        Q(r_status=RecommendationStatus.DECIDED, confirmed_at__isnull=True),
    ),
    "confirmed": ("Confirmed", Q(r_status=RecommendationStatus.DECIDED, confirmed_at__isnull=False)),
}
_STAGE_COLOURS = {"none": "grey", "waiting": "yellow", "moderated": "blue", "provisional": "blue"}

DIRECTIONS: Mapping[str, tuple[str, Q]] = {
    "recommended_above": ("Recommended above the suggestion", Q(r_rank__gt=F("r_suggested"))),
    "recommended_below": ("Recommended below the suggestion", Q(r_rank__lt=F("r_suggested"))),
    "moderated_above": ("Moderated above the recommendation", Q(r_moderated__gt=F("r_rank"))),
    "moderated_below": ("Moderated below the recommendation", Q(r_moderated__lt=F("r_rank"))),
}
DIFFERENCES: Mapping[str, tuple[str, Q]] = {
    "any": (
        "Any disagreement",
        DIRECTIONS["recommended_above"][1]
        | DIRECTIONS["recommended_below"][1]
        | DIRECTIONS["moderated_above"][1]
        | DIRECTIONS["moderated_below"][1],
    ),
    **DIRECTIONS,
    "changed": (
        "Suggestion changed since the recommendation",
        Q(suggestion__on_record__lt=F("r_suggested"))
        | Q(suggestion__on_record__gt=F("r_suggested"))
        | Q(r_rank__isnull=False, r_suggested__isnull=True, suggestion__on_record__isnull=False)
        | Q(r_suggested__isnull=False, suggestion__on_record__isnull=True),
    ),
}
MISSING: Mapping[str, tuple[str, Q]] = {
    "recommendation": ("No recommendation", Q(r_status__isnull=True)),
    "profile": ("No validated self-evaluation", Q(has_profile=False)),
    "facts": (
        "Facts not known that could raise it",
        Q(suggestion__on_record__isnull=True) | Q(suggestion__high__gt=F("suggestion__on_record")),
    ),
}


def board(user: User, annual: Round, *, on: dt.date) -> SchoolQuerySet:
    """The open schools of the round that the person knows as the authority does, with what the round says of each.

    Annotated: `r_…` of the recommendation that counts in the round (the latest neither sent back nor withdrawn),
    `confirmed_at` of the latest decision, `has_profile`. Three more queries whatever the number of rows.
    """
    counting = Recommendation.objects.counting().filter(school=OuterRef("pk"), round=annual)
    latest = counting.order_by("-recommended_at", "-pk")
    decided = Decision.objects.filter(school=OuterRef("pk"), round=annual).order_by("-start_on")
    profiles = Profile.objects.filter(
        school=OuterRef("pk"), year__gte=annual.year - 1, validated_at__isnull=False
    )
    advisers = OfficerAssignment.objects.in_force(on).filter(role=OfficerRole.ADVISER).select_related("user")
    of_round = (
        annual.recommendations.select_related("recommended_by", "moderated_by", "ended_by")
        .defer("facts", "thresholds", "trace")
        .order_by("-recommended_at", "-pk")
    )
    known: SchoolQuerySet = School.objects.with_permission(
        user, Permission.VIEW_SUGGESTION, on, reaches=STAFF_REACHES
    )
    return (
        known.filter(authority=annual.authority_id)
        .open()
        .annotate(
            r_status=Subquery(latest.values("status")[:1]),
            r_rank=Subquery(latest.values("rank")[:1]),
            r_suggested=Subquery(latest.values("suggested")[:1]),
            r_moderated=Subquery(latest.values("moderated_rank")[:1]),
            r_by=Subquery(latest.values("recommended_by")[:1]),
            confirmed_at=Subquery(decided.values("confirmed_at")[:1]),
            has_profile=Exists(profiles),
        )
        .select_related("suggestion", "area")
        .prefetch_related(
            Prefetch("recommendations", of_round, to_attr="of_round"),
            Prefetch("officers", advisers, to_attr="current_advisers"),
        )
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """A count above the board, and the address of exactly those rows."""

    text: str
    count: int
    href: str


def tallies(rows: SchoolQuerySet, annual: Round) -> tuple[Tally, ...]:
    """How many schools stand where. One query."""
    wanted = {
        **{f"stage-{key}": ("stage", key, value) for key, value in STAGES.items()},
        **{f"differs-{key}": ("differs", key, DIFFERENCES[key]) for key in ("any", "changed")},
        **{f"missing-{key}": ("missing", key, MISSING[key]) for key in ("profile", "facts")},
    }
    names = {name: f"count_{number}" for number, name in enumerate(wanted)}
    counts = (
        rows.order_by()
        .prefetch_related(None)
        .aggregate(total=Count("pk"), **{names[n]: Count("pk", filter=w[2][1]) for n, w in wanted.items()})
    )
    page = reverse("categorisation:round-board", args=[annual.public_id])
    found = [Tally("All schools", counts["total"], page)]
    for name, (parameter, key, (text, _)) in wanted.items():
        found.append(Tally(text, counts[names[name]], f"{page}?{urlencode({parameter: key})}"))
    return tuple(found)


@dataclass(frozen=True)
class BoardRow:
    """One school of `board`, in words. Runs no query."""

    school: Any
    document: Mapping[str, Any]

    @property
    def recommendation(self) -> Recommendation | None:
        """The one that counts in the round."""
        return next((one for one in self.school.of_round if one.status not in _ENDED), None)

    @property
    def returned(self) -> Recommendation | None:
        """Sent back, and nothing recommended since."""
        newest = next(iter(self.school.of_round), None)
        return newest if newest and newest.status == RecommendationStatus.RETURNED else None

    @property
    def _suggestion(self) -> Any:
        return getattr(self.school, "suggestion", None)

    @property
    def suggested(self) -> str:
        if self._suggestion is None:
            return "None"
        return str(self._suggestion.on_record or "Not placed yet")

    @property
    def span(self) -> str:
        low, high = (self._suggestion.low, self._suggestion.high) if self._suggestion else (None, None)
        return "" if low is None else str(low) if low == high else f"{low} to {high}"

    @property
    def stage(self) -> str:
        status = self.school.r_status
        if status is None:
            return "none"
        if status == RecommendationStatus.DECIDED:
            return "confirmed" if self.school.confirmed_at else "provisional"
        return "waiting" if status == RecommendationStatus.RECOMMENDED else "moderated"

    @property
    def tag(self) -> Tag:
        text = "Sent back to the adviser" if self.returned else STAGES[self.stage][0]
        return Tag(text, _STAGE_COLOURS.get(self.stage, "green"))

    @property
    def differences(self) -> str:
        """ "Recommended above the suggestion; suggestion changed since: now 3": as the filter finds them."""
        one, found = self.recommendation, []
        if one is None:
            return ""
        if one.suggested is not None and one.rank != one.suggested:
            found.append("recommended above" if one.rank > one.suggested else "recommended below")
            found[-1] += f" the suggestion of {one.suggested}"
        if one.moderated_rank is not None and one.moderated_rank != one.rank:
            found.append("moderated above" if one.moderated_rank > one.rank else "moderated below")
            found[-1] += " the recommendation"
        now = self._suggestion.on_record if self._suggestion else None
        if now != one.suggested:
            found.append(f"suggestion changed since: now {now or 'not placed'}")
        text = "; ".join(found)
        return text[:1].upper() + text[1:]

    @property
    def missing(self) -> str:
        found = []
        if self.recommendation is None:
            found.append("recommendation")
        if not self.school.has_profile:
            found.append("validated self-evaluation")
        if self._suggestion is None or self._suggestion.on_record is None:
            found.append("facts that place it")
        elif self._suggestion.high > self._suggestion.on_record:
            found.append("facts that could raise it")
        text = ", ".join(found)
        return text[:1].upper() + text[1:]

    @property
    def advisers(self) -> str:
        return ", ".join(assignment.user.name for assignment in self.school.current_advisers)

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """The rules that place it where the suggestion stands, with their paragraphs."""
        if self._suggestion is None:
            return ()
        rules = {rule["key"]: rule for rule in self.document["rules"]}
        met = [
            rules[key]
            for key, state, _ in self._suggestion.trace.get("rules", ())
            if state == MET and key in rules
        ]
        deciding = [rule for rule in met if rule.get("floor") == self._suggestion.on_record]
        return tuple(f"{rule['title']} ({rule['paragraph']})" for rule in deciding)

    @property
    def words(self) -> str:
        """Everything said about the level, for a file."""
        one = self.recommendation
        if one is None:
            return "; ".join(self.reasons)
        said = [f"{one.recommended_by.name}: {one.reason}" if one.reason else ""]
        if one.moderated_by:
            said.append(f"{one.moderated_by.name}: {one.moderation_reason}" if one.moderation_reason else "")
        return "; ".join(part for part in (*self.reasons, *said) if part)


def columns(annual: Round, *, exporting: bool) -> list[Column]:
    """What the board shows; its files say more, as they have no page to open."""
    document = annual.version.document
    word = document["words"]["level"]

    def of(name: str) -> Any:
        return lambda school: getattr(BoardRow(school, document), name)

    shown = [
        Column(
            "name",
            "School",
            sort="name",
            link=lambda school: reverse("categorisation:why", args=[school.urn]),
        ),
        Column("suggested", "Suggested", value=of("suggested"), sort=F("suggestion__on_record")),
        Column("range", "Could be", value=of("span"), sort=F("suggestion__high")),
        Column("recommended", "Recommended", value="r_rank", sort=F("r_rank")),
        Column("moderated", "Moderated", value="r_moderated", sort=F("r_moderated")),
        Column("stage", "Where it stands", value=of("tag"), sort=F("r_status")),
        Column("differences", "Differences", value=of("differences")),
        Column("missing", "Missing", value=of("missing")),
    ]
    if not exporting:
        return [*shown, Column("why", "Why", value=lambda school: _why(school, document), export=False)]
    return [
        shown[0],
        Column("urn", "URN"),
        Column("area", document["words"]["area"].capitalize(), value="area.name"),
        Column("phase", "Phase", value="get_phase_display"),
        Column("adviser", document["words"]["adviser_short"].capitalize(), value=of("advisers")),
        *shown[1:],
        Column("why", f"Why this {word}", value=of("words")),
    ]


def _why(school: Any, document: Mapping[str, Any]) -> SafeString:
    return render_to_string("categorisation/board_why.html", {"row": BoardRow(school, document)})
