"""The look at every school's level in a term: which levels something speaks against, which are reviewed (L-058, L-273)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Subquery
from django.urls import reverse

from accounts.choices import Permission
from accounts.models import Authority, User
from categorisation.frameworks_in_force import version_for
from categorisation.models import Decision, Recommendation, SuggestionChange, TermReview
from categorisation.querysets import STAFF_REACHES
from schools.models import HalfTerm, School
from schools.rules.academic_years import academic_year, bounds, label

TERMS = {1: "autumn", 2: "spring", 3: "summer"}
NO_POLICY: Mapping[str, Any] = {
    "words": {"level": "level", "levels": "levels", "adviser": "adviser"},
    "levels": (),
}
_LAST_DAYS = {1: (12, 31), 2: (3, 31), 3: (7, 31)}  # where the authority has entered no half-terms


@dataclass(frozen=True, slots=True)
class TermOfReview:
    """A term of an academic year (2026, 1: autumn 2026-27) and the day by which its review is due: its last."""

    year: int
    number: int
    due_on: dt.date

    @property
    def name(self) -> str:
        return f"{TERMS[self.number]} term {label(self.year)}"


def terms(authority: Authority, year: int) -> tuple[TermOfReview, ...]:
    """The three terms of an academic year. One query."""
    ends = {half.number: half.end_on for half in HalfTerm.objects.of_authority(authority.pk, [year])}
    return tuple(
        TermOfReview(year, number, ends.get(2 * number) or _last_day(year, number)) for number in TERMS
    )


def term_on(authority: Authority, on: dt.date) -> TermOfReview:
    """The term under review on a day: the first that is not over, in the holidays the one to come. One query."""
    found = terms(authority, academic_year(on))
    return next((term for term in found if on <= term.due_on), found[-1])


def _last_day(year: int, number: int) -> dt.date:
    month, day = _LAST_DAYS[number]
    return dt.date(year if month >= 8 else year + 1, month, day)


def is_year(year: int) -> bool:
    """Whether it can be an academic year at all: an address holds any number."""
    return 2000 <= year < 2100 and bool(bounds(year))


@dataclass(frozen=True)
class ReviewRow:
    """One school's level, and what speaks for looking at it again."""

    school: Any
    names: Mapping[int, str]  # of the policy `slug`
    slug: str

    @property
    def level(self) -> str:
        rank = self.school.level_rank
        if rank is None:
            return ""
        if self.school.level_slug != self.slug:
            return f"{rank}, by another policy"
        return f"{rank} {self.names.get(rank, '')}".rstrip()

    @property
    def review(self) -> TermReview | None:
        return next(iter(self.school.of_term), None)

    @property
    def seeks(self) -> bool:
        """Another level is sought and nothing is recommended yet."""
        return bool(self.review and not self.review.is_kept and not self.school.has_recommendation)

    @cached_property
    def signals(self) -> tuple[str, ...]:
        found = []
        suggestion = getattr(self.school, "suggestion", None)
        now, rank = suggestion.on_record if suggestion else None, self.school.level_rank
        if now is not None and rank is not None and self.school.level_slug == self.school.suggested_slug:
            if now > rank:
                found.append(f"{now} is suggested now, above what is decided")
            elif now < rank:
                found.append(f"{now} is suggested now, below what is decided")
        if self.school.has_warning:
            found.append("New facts changed the suggestion, and nobody has noted it")
        if self.school.has_recommendation:
            found.append("Another recommendation is under way")
        return tuple(found)


SHOWN = {
    "open": "To review",
    "signals": "To review, with a sign",
    "kept": "Kept",
    "sought": "Another one sought",
    "none": "Nothing decided yet",
}


@dataclass(frozen=True)
class ReviewPage:
    """A term's review at the schools whose level the reader recommends. Eight queries, whatever their number."""

    authority: Authority
    term: TermOfReview
    words: Mapping[str, Any]
    rows: tuple[ReviewRow, ...]

    def of(self, shown: str) -> list[ReviewRow]:
        """The rows of one of SHOWN: those with a sign first, then by name."""
        picks = {
            "open": lambda row: row.level and not row.review,
            "signals": lambda row: row.level and not row.review and row.signals,
            "kept": lambda row: row.review and row.review.is_kept,
            "sought": lambda row: row.review and not row.review.is_kept,
            "none": lambda row: not row.level and not row.review,
        }
        return sorted(filter(picks[shown], self.rows), key=lambda row: not row.signals)

    @cached_property
    def counts(self) -> tuple[tuple[str, str, int, str], ...]:
        """What stands where: key, words, schools, address of exactly those."""
        page = reverse(
            "categorisation:term-review", args=[self.authority.code, self.term.year, self.term.number]
        )
        return tuple((key, text, len(self.of(key)), f"{page}?show={key}") for key, text in SHOWN.items())


def review_page(
    user: User,
    authority: Authority,
    term: TermOfReview,
    *,
    on: dt.date,
    only: frozenset[str] = frozenset(),
) -> ReviewPage:
    """The level in force of every open school whose level the person recommends; of some of them alone, by URN."""
    in_force = Decision.objects.filter(school=OuterRef("pk"), start_on__lte=on).order_by("-start_on")
    warnings = SuggestionChange.objects.filter(school=OuterRef("pk"), noted_at__isnull=True)
    reviews = TermReview.objects.filter(year=term.year, term=term.number).select_related("recorded_by")
    schools = (
        School.objects.with_permission(user, Permission.RECOMMEND_LEVEL, on, reaches=STAFF_REACHES)
        .filter(authority=authority)
        .open()
        .annotate(
            level_rank=Subquery(in_force.values("rank")[:1]),
            level_since=Subquery(in_force.values("start_on")[:1]),
            level_slug=Subquery(in_force.values("version__slug")[:1]),
            suggested_slug=F("suggestion__version__slug"),
            has_warning=Exists(warnings),
            has_recommendation=Exists(Recommendation.objects.live().filter(school=OuterRef("pk"))),
        )
        .select_related("suggestion")
        .defer("suggestion__trace")
        .prefetch_related(Prefetch("term_reviews", reviews, to_attr="of_term"))
        .order_by("name", "urn")
    )
    version = version_for(authority, on)
    document: Mapping[str, Any] = version.document if version else NO_POLICY
    slug = version.slug if version else ""
    names = {level["rank"]: level["name"] for level in document["levels"]}
    rows = tuple(ReviewRow(school, names, slug) for school in schools if not only or str(school.urn) in only)
    return ReviewPage(authority, term, document["words"], rows)
