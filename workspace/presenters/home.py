"""The home page: what needs this person, put together from what their roles let them do."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol

from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission as P
from accounts.choices import Reach
from accounts.models import Authority, User
from accounts.permissions import holds
from categorisation import presenters as categorisation
from reports import presenters as reports
from schools import presenters as schools
from schools.models import ImportBatch, OfficerAssignment, School
from schools.presenters.imports import status_tag, title_of
from schools.presenters.people import officer_line
from visits import presenters as visits
from workspace.filters import NOT_PLACED
from workspace.presenters.first_steps import FirstSteps, first_steps

DOCUMENTS_SHOWN = 10
TASKS_SHOWN = 7
IMPORTS_SHOWN = 5


class Task(Protocol):
    """Something a person has to do, from whichever room: a verb, its school, by when if there is a day, and where."""

    @property
    def text(self) -> str: ...
    @property
    def school(self) -> School | None: ...
    @property
    def due_on(self) -> dt.date | None: ...
    @property
    def href(self) -> str: ...


@dataclass(frozen=True)
class SchoolRow:
    """One of an officer's schools."""

    school: School
    suggested: int  # 0 where not placed, or not to be seen
    level: str  # the level decided, empty where there is none, or none to see
    support: str
    last: visits.VisitLine | None
    next: visits.VisitLine | None
    tasks: int


@dataclass(frozen=True)
class OfficersPart:
    """An officer's day: tasks by date, the week's visits, their schools with those that need them first."""

    tasks: tuple[Task, ...]
    this_week: tuple[visits.VisitLine, ...]
    schools: tuple[SchoolRow, ...]
    shows_support: bool  # whoever may see none is shown no column of it
    shows_schools: bool  # who leads them all is assigned none
    looks: tuple[categorisation.RoundTask, ...]  # due at the schools, together

    @property
    def today(self) -> tuple[Task, ...]:
        return self.tasks[:TASKS_SHOWN]

    @property
    def later(self) -> tuple[Task, ...]:
        return self.tasks[TASKS_SHOWN:]


@dataclass(frozen=True)
class OwnSchool:
    """A head's own school: support first, label second. `documents` and `visit` are None for those who may not know
    of them: "none yet" would not be true."""

    school: School
    support: categorisation.Support | None
    documents: tuple[reports.DocumentLine, ...] | None
    visit: visits.LastAndNext | None
    officers: tuple[schools.PersonLine, ...]
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class LevelCount:
    text: str
    count: int
    href: str


@dataclass(frozen=True)
class OverviewPart:
    """A leader's view of their schools: how many have, and how many are suggested, which support; each count a link to
    those rows."""

    decided: tuple[LevelCount, ...]
    levels: tuple[LevelCount, ...]
    total: int
    href: str
    warnings: int  # early warnings nobody has taken note of


@dataclass(frozen=True)
class ImportLine:
    title: str
    status: str
    created_at: dt.datetime
    href: str


@dataclass(frozen=True)
class AdminPart:
    imports: tuple[ImportLine, ...]


@dataclass(frozen=True)
class Home:
    user: User
    on: dt.date
    first_steps: tuple[FirstSteps, ...]
    rounds: tuple[categorisation.RoundTask, ...]  # for many schools at once
    officer: OfficersPart | None
    own_schools: tuple[OwnSchool, ...]
    overview: OverviewPart | None
    admin: AdminPart | None
    documents: tuple[reports.DocumentLine, ...]
    ratings: tuple[categorisation.RatingCount, ...]  # what an officer of a service is asked to rate
    is_asked: bool  # answers for a service
    reads_logs: bool
    authorities: tuple[Authority, ...]

    @property
    def has_anything(self) -> bool:
        return bool(
            self.officer
            or self.own_schools
            or self.overview
            or self.admin
            or self.is_asked
            or self.reads_logs
        )


def build(user: User, now: dt.datetime) -> Home:
    """A constant number of queries, however many schools the person has."""
    on = timezone.localdate(now)
    own, officer = _own_schools(user, on), _officer(user, on)
    looks = officer.looks if officer else ()
    return Home(
        user=user,
        on=on,
        first_steps=first_steps(user, on),
        rounds=tuple(categorisation.by_day([*categorisation.round_tasks(user, on), *looks])),
        officer=officer,
        own_schools=own,
        overview=_overview(user, on),
        admin=_admin(user),
        documents=tuple(reports.recent(user, limit=DOCUMENTS_SHOWN)) if not own else (),
        ratings=categorisation.rating_counts(user, on),
        is_asked=holds(user, P.RATE_INDICATOR, on),
        reads_logs=holds(user, P.VIEW_LOGS, on),
        authorities=tuple(Authority.objects.filter(grants__in=user.grants.in_force(on)).distinct()),
    )


def _officer(user: User, on: dt.date) -> OfficersPart | None:
    if not holds(user, P.WRITE_VISIT, on):
        return None
    served = categorisation.with_suggestions(
        user, School.objects.visible_to(user, on).served_by(user, on).open(), on=on
    )
    served = categorisation.with_levels(user, served, on=on)
    found: list[Any] = list(served)
    dates = visits.last_and_next(user, found, on)
    visited = {pk: line.last.on for pk, line in dates.items() if line.last}
    found_tasks: list[Task] = [
        *visits.tasks(user, on),
        *(task for task in categorisation.decision_tasks(user, on) if not task.is_own),
        *(task for task in categorisation.profile_tasks(user, on) if not task.is_own),
        *categorisation.warning_tasks(user, on),
    ]
    looks = categorisation.look_tasks(user, on, visited=visited)
    tasks = sorted(found_tasks, key=lambda task: task.due_on or on)
    waiting = Counter(task.school.urn for task in tasks if task.school)
    waiting.update(look.school.urn for look in looks)
    names, decided = categorisation.level_names(user, on=on), categorisation.decided_names()
    rows = [
        SchoolRow(
            school,
            school.suggested or 0,
            categorisation.decided_text(school, decided),
            categorisation.support_text(school, names),
            dates[school.pk].last if school.pk in dates else None,
            dates[school.pk].next if school.pk in dates else None,
            waiting[school.urn],
        )
        for school in found
    ]
    rows.sort(key=lambda row: (-row.tasks, -row.suggested, row.school.name))
    week = visits.upcoming(user, start=on, end=on + dt.timedelta(days=7))
    leads = categorisation.sees_every_suggestion(user, on=on)
    if not (rows or tasks or week) and leads:
        return None  # who serves no school begins with what they lead
    return OfficersPart(
        tuple(tasks),
        tuple(week),
        tuple(rows),
        shows_support=holds(user, P.VIEW_SUGGESTION, on),
        shows_schools=bool(rows) or not leads,
        looks=tuple(categorisation.looks_together(looks, on)),
    )


def _own_schools(user: User, on: dt.date) -> tuple[OwnSchool, ...]:
    found = list(
        School.objects.with_permission(user, P.VIEW_SCHOOL, on, reaches=(Reach.OWN,)).select_related(
            "authority"
        )
    )
    if not found:
        return ()
    dates = visits.last_and_next(user, found, on)
    reads, knows_visits = (
        set(School.objects.with_permission(user, permission, on).filter(pk__in=[s.pk for s in found]))
        for permission in (P.READ_DOCUMENT, P.READ_SHARED_NOTE)
    )
    supports = categorisation.supports(user, found, on=on)
    documents = reports.recent(user, schools=found, limit=DOCUMENTS_SHOWN)
    officers = OfficerAssignment.objects.in_force(on).filter(school__in=found).select_related("user")
    advisers = {
        one.pk: categorisation.adviser_word(one, on) for one in {school.authority for school in found}
    }
    tasks: list[Task] = [task for task in categorisation.decision_tasks(user, on) if task.is_own]
    tasks += [task for task in categorisation.profile_tasks(user, on) if task.is_own]
    tasks += categorisation.consultation_tasks(user, found, on)
    return tuple(
        OwnSchool(
            school,
            supports.get(school.pk),
            tuple(line for line in documents if line.school.pk == school.pk) if school in reads else None,
            dates.get(school.pk, visits.LastAndNext()) if school in knows_visits else None,
            categorisation.in_policy_words(
                (officer_line(row, on) for row in officers if row.school_id == school.pk),
                advisers[school.authority_id],
            ),
            tuple(task for task in tasks if task.school and task.school.pk == school.pk),
        )
        for school in found
    )


def _overview(user: User, on: dt.date) -> OverviewPart | None:
    """Counts exactly what the list of schools shows behind each link."""
    if not categorisation.sees_every_suggestion(user, on=on):
        return None
    open_schools = categorisation.suggestible(user, on=on).open()
    counts = Counter(open_schools.values_list("suggestion__on_record", flat=True))
    held = Counter(categorisation.with_levels(user, open_schools, on=on).values_list("level_rank", flat=True))
    names = categorisation.level_names(user, on=on)
    page = reverse("workspace:school-list")
    ranks = {rank for levels in names.values() for rank in levels} | {*counts, *held} - {None}

    def lines(found: Counter[int | None], query: str, none: str) -> tuple[LevelCount, ...]:
        levels = [
            LevelCount(categorisation.level_text(rank, names), found[rank], f"{page}?{query}={rank}")
            for rank in sorted(ranks, reverse=True)
        ]
        if found[None]:
            levels.append(LevelCount(none, found[None], f"{page}?{query}={NOT_PLACED}"))
        return tuple(levels)

    return OverviewPart(
        lines(held, "support", "Not decided yet"),
        lines(counts, "level", "Not placed yet"),
        sum(counts.values()),
        page,
        categorisation.open_warnings(user, on),
    )


def _admin(user: User) -> AdminPart | None:
    if not holds(user, P.IMPORT_DATA):
        return None
    batches = ImportBatch.objects.visible_to(user).prefetch_related("files")[:IMPORTS_SHOWN]
    return AdminPart(
        tuple(
            ImportLine(
                title_of(batch.files.all()),
                status_tag(batch, batch.files.all())[0],
                batch.created_at,
                reverse("schools:import-detail", args=[batch.public_id]),
            )
            for batch in batches
        )
    )
