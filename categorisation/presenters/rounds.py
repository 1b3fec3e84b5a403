"""Rounds as pages show them: where one stands, step by step, and what it waits for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import holds
from categorisation.actions.rounds import CONFIRM, PUBLISH, confirmable, job_key, latest_decisions, to_publish
from categorisation.choices import RecommendationStatus, RoundStatus
from categorisation.models import Decision, Recommendation, Round
from categorisation.permissions.rounds import can_run_rounds
from categorisation.presenters import boards
from jobs.models import Job
from schools.models import School
from schools.rules.academic_years import academic_year, label

_TAGS = {
    RoundStatus.OPEN: "yellow",
    RoundStatus.PROVISIONAL: "blue",
    RoundStatus.CONFIRMED: "green",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a round: what it is, what came of it so far, and when it was done."""

    title: str
    text: str
    done: bool
    on: dt.datetime | None = None


@dataclass(frozen=True)
class RoundLine:
    """A round in a list."""

    annual: Round

    @property
    def title(self) -> str:
        levels = self.annual.version.document["words"]["levels"]
        return f"{levels[:1].upper()}{levels[1:]} for {label(self.annual.year)}"

    @property
    def words(self) -> Mapping[str, Any]:
        """What the framework of the round calls things."""
        found: Mapping[str, Any] = self.annual.version.document["words"]
        return found

    @property
    def tag(self) -> dict[str, str]:
        status = RoundStatus(self.annual.status)
        return {"text": status.label, "classes": f"govuk-tag--{_TAGS[status]}"}


@dataclass(frozen=True)
class RoundPage(RoundLine):
    """A round as one reader knows it: counts are of the schools they know. A dozen queries."""

    user: User
    on: dt.date

    @cached_property
    def tallies(self) -> tuple[boards.Tally, ...]:
        return boards.tallies(boards.board(self.user, self.annual, on=self.on), self.annual)

    @cached_property
    def _counts(self) -> dict[str, int]:
        return {tally.text: tally.count for tally in self.tallies}

    def _stage(self, key: str) -> int:
        return self._counts[boards.STAGES[key][0]]

    @property
    def total(self) -> int:
        return self._counts["All schools"]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        annual, total = self.annual, self.total
        recommended = total - self._stage("none")
        moderated = recommended - self._stage("waiting")
        decided = self._stage("provisional") + self._stage("confirmed")
        confirmed = self._stage("confirmed")
        of = f"of {total} school{'' if total == 1 else 's'}"
        return (
            Step("Opened", f"by {annual.opened_by.name}", True, annual.opened_at),
            Step("Recommended", f"{recommended} {of}", bool(total) and recommended == total),
            Step("Moderated", f"{moderated} {of}", bool(total) and moderated == total),
            Step(
                "Published as provisional",
                f"{decided} {of}",
                annual.published_at is not None,
                annual.published_at,
            ),
            Step("Confirmed", f"{confirmed} {of}", annual.confirmed_at is not None, annual.confirmed_at),
        )

    @property
    def left(self) -> int:
        """Schools without a recommendation, while the round can still take one."""
        return 0 if self.annual.status == RoundStatus.CONFIRMED else self._stage("none")

    @cached_property
    def may_run(self) -> bool:
        return can_run_rounds(self.user, self.annual.authority)

    @cached_property
    def sees_overrides(self) -> bool:
        return any(
            holds(self.user, permission)
            for permission in (Permission.MODERATE_LEVEL, Permission.DECIDE_LEVEL)
        )

    @cached_property
    def to_moderate(self) -> int:
        """Recommendations that wait for this reader, their own excepted."""
        return awaiting(self.user, self.annual, self.on).exclude(recommended_by=self.user).count()

    @property
    def missing(self) -> tuple[boards.Tally, ...]:
        """Schools that cannot be published yet, by what they wait for; those of which there are any."""
        waiting = {boards.STAGES[key][0] for key in ("none", "waiting")}
        return tuple(tally for tally in self.tallies if tally.text in waiting and tally.count)

    @property
    def not_moderated(self) -> int:
        return sum(tally.count for tally in self.missing)

    @cached_property
    def publishable(self) -> int:
        if not self.may_run or self.annual.status == RoundStatus.CONFIRMED:
            return 0
        return to_publish(self.annual, self.user).count()

    @cached_property
    def confirmable(self) -> int:
        if not self.may_run or self.annual.status != RoundStatus.PROVISIONAL:
            return 0
        return confirmable(self.annual, self.user).count()

    @cached_property
    def unsettled(self) -> int:
        """Levels that keep the round from being confirmed."""
        live = Recommendation.objects.live().filter(round=self.annual, school__in=School.objects.open())
        return latest_decisions(self.annual).filter(confirmed_at__isnull=True).count() + live.count()

    @property
    def may_close(self) -> bool:
        return self.may_run and self.annual.status == RoundStatus.PROVISIONAL and not self.unsettled

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """What is being done unattended, for whoever may watch it: the one who started it."""
        if not self.may_run:
            return ()
        mine = Job.objects.filter(kind__in=(PUBLISH, CONFIRM), key=job_key(self.annual, self.user))
        return tuple(mine.order_by("-created_at", "-pk")[:1])


def awaiting(user: User, annual: Round, on: dt.date) -> QuerySet[Recommendation]:
    """Recommendations of a round waiting for moderation at schools over which the person moderates."""
    schools = School.objects.with_permission(user, Permission.MODERATE_LEVEL, on).open()
    return annual.recommendations.filter(status=RecommendationStatus.RECOMMENDED, school__in=schools)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A level of the round that is not confirmed, and what keeps it from being; empty where nothing does."""

    decision: Decision
    why_not: str

    @property
    def is_suggested_still(self) -> bool:
        """Whether the same is suggested now; what is not known is no such thing."""
        return self._now == self.decision.rank

    @property
    def suggested_now(self) -> int | None:
        """What is suggested now, where that is another level."""
        return None if self.is_suggested_still else self._now

    @property
    def _now(self) -> int | None:
        """Ranks of another policy are not to be compared."""
        found = getattr(self.decision.school, "suggestion", None)
        return found.on_record if found and found.version.slug == self.decision.version.slug else None


def unconfirmed(user: User, annual: Round) -> list[Unconfirmed]:
    """Levels still provisional at the schools for which the person decides, by name. Three queries."""
    rows = (
        latest_decisions(annual)
        .filter(
            confirmed_at__isnull=True,
            school__in=School.objects.with_permission(user, Permission.DECIDE_LEVEL),
        )
        .select_related("school__suggestion__version", "version")
        .defer("school__suggestion__trace", "school__suggestion__version__document", "version__document")
        .prefetch_related("disagreements")
        .order_by("school__name", "school__urn")
    )
    live = dict(
        Recommendation.objects.live()
        .filter(school__in=[row.school_id for row in rows])
        .values_list("school_id", "rank")
    )
    return [Unconfirmed(row, _why_not(row, live.get(row.school_id))) for row in rows]


def _why_not(decision: Decision, live: int | None) -> str:
    if decision.published_at is None:
        return "Not published yet"
    if live is not None:
        return f"Another recommendation ({live}) is under way"
    if any(one.answered_at is None for one in decision.disagreements.all()):
        return "The school disagrees, and has no answer yet"
    return ""


@dataclass(frozen=True)
class Overrides:
    """How often the one who recommended departed from the suggestion, and was departed from, with the rows it counts."""

    user: User
    counts: tuple[tuple[str, int], ...]  # key of boards.DIRECTIONS, schools
    total: int

    @property
    def lines(self) -> tuple[tuple[str, str, int], ...]:
        """Key and words of a direction, and its count."""
        return tuple((key, boards.DIRECTIONS[key][0], count) for key, count in self.counts)

    def of(self, key: str) -> int:
        return dict(self.counts)[key]


def overrides(user: User, annual: Round, *, on: dt.date) -> list[Overrides]:
    """One line for each person who recommended, by name. Counts what the board shows behind each link. Three queries."""
    rows = boards.board(user, annual, on=on).filter(r_by__isnull=False).order_by().prefetch_related(None)
    counted = list(
        rows.select_related(None)
        .values("r_by")
        .annotate(
            total=Count("pk"),
            **{key: Count("pk", filter=where) for key, (_, where) in boards.DIRECTIONS.items()},
        )
    )
    people = User.objects.in_bulk([row["r_by"] for row in counted])
    found = [
        Overrides(people[row["r_by"]], tuple((key, row[key]) for key in boards.DIRECTIONS), row["total"])
        for row in counted
    ]
    return sorted(found, key=lambda one: (one.user.name, one.user.pk))


def next_start(authority: Authority, on: dt.date, month: int) -> dt.date:
    """The first day proposed for the next round: this academic year's while it has none, else the year after."""
    year = academic_year(on)
    held = set(authority.rounds.values_list("year", flat=True))
    while year in held:
        year += 1
    return dt.date(year, month, 1) if month >= 8 else dt.date(year + 1, month, 1)
