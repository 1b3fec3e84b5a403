"""The home page: what needs this person, put together from what their roles let them do."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission as P
from accounts.choices import Reach
from accounts.models import Authority, User
from accounts.permissions import authority_ids, holds, powers_of
from categorisation import presenters as categorisation
from reports import presenters as reports
from schools import presenters as schools
from schools.models import ImportBatch, OfficerAssignment, School
from schools.presenters.people import officer_line
from visits import presenters as visits

DOCUMENTS_SHOWN = 10


@dataclass(frozen=True)
class SchoolRow:
    """One of an officer's schools."""

    school: School
    support: str
    last: visits.VisitLine | None
    next: visits.VisitLine | None
    tasks: int


@dataclass(frozen=True)
class OfficersPart:
    """An officer's day: tasks by date, the week's visits, their schools with those that need them first."""

    tasks: tuple[visits.VisitTask, ...]
    this_week: tuple[visits.VisitLine, ...]
    schools: tuple[SchoolRow, ...]


@dataclass(frozen=True)
class OwnSchool:
    """A head's own school: support first, label second."""

    school: School
    why: categorisation.Why | None
    documents: tuple[reports.DocumentLine, ...]
    visit: visits.LastAndNext | None
    officers: tuple[schools.PersonLine, ...]


@dataclass(frozen=True)
class LevelCount:
    rank: int | None
    text: str
    count: int
    href: str


@dataclass(frozen=True)
class OverviewPart:
    """A leader's view of their schools: how many are suggested which support, each count a link to those rows."""

    levels: tuple[LevelCount, ...]
    total: int


@dataclass(frozen=True)
class AdminPart:
    imports: tuple[ImportBatch, ...]
    unplaced_href: str


@dataclass(frozen=True)
class Home:
    user: User
    on: dt.date
    officer: OfficersPart | None
    own_schools: tuple[OwnSchool, ...]
    overview: OverviewPart | None
    admin: AdminPart | None
    documents: tuple[reports.DocumentLine, ...]
    reads_logs: bool
    authorities: tuple[Authority, ...]

    @property
    def has_anything(self) -> bool:
        return bool(self.officer or self.own_schools or self.overview or self.admin or self.reads_logs)


def build(user: User, now: dt.datetime) -> Home:
    """A constant number of queries, however many schools the person has."""
    on = timezone.localdate(now)
    own = _own_schools(user, on)
    return Home(
        user=user,
        on=on,
        officer=_officer(user, on),
        own_schools=own,
        overview=_overview(user, on),
        admin=_admin(user),
        documents=tuple(reports.recent(user, limit=DOCUMENTS_SHOWN)) if not own else (),
        reads_logs=holds(user, P.VIEW_LOGS, on),
        authorities=tuple(Authority.objects.filter(grants__in=user.grants.in_force(on)).distinct()),
    )


def _officer(user: User, on: dt.date) -> OfficersPart | None:
    if not holds(user, P.WRITE_VISIT, on):
        return None
    served = categorisation.with_suggestions(
        user, School.objects.visible_to(user, on).served_by(user, on).open(), on=on
    )
    found = list(served)
    tasks = visits.tasks(user, on)
    waiting = Counter(task.school.urn for task in tasks)
    dates = visits.last_and_next(user, found, on)
    names = categorisation.names_for(user, on=on)
    rows = [
        SchoolRow(
            school,
            categorisation.support_text(school, names),
            dates[school.pk].last if school.pk in dates else None,
            dates[school.pk].next if school.pk in dates else None,
            waiting[school.urn],
        )
        for school in found
    ]
    rows.sort(key=lambda row: (-row.tasks, -(row.school.suggested or 0), row.school.name))
    week = visits.upcoming(user, start=on, end=on + dt.timedelta(days=7))
    return OfficersPart(tuple(tasks), tuple(week), tuple(rows))


def _own_schools(user: User, on: dt.date) -> tuple[OwnSchool, ...]:
    found = list(
        School.objects.with_permission(user, P.VIEW_SCHOOL, on, reaches=(Reach.OWN,)).select_related(
            "authority"
        )
    )
    if not found:
        return ()
    dates = visits.last_and_next(user, found, on)
    whys = categorisation.whys(user, found, on=on)
    documents = reports.recent(user, schools=found, limit=DOCUMENTS_SHOWN)
    officers = OfficerAssignment.objects.in_force(on).filter(school__in=found).select_related("user")
    return tuple(
        OwnSchool(
            school,
            whys.get(school.pk),
            tuple(line for line in documents if line.school.pk == school.pk),
            dates.get(school.pk),
            tuple(officer_line(row, on) for row in officers if row.school_id == school.pk),
        )
        for school in found
    )


def _overview(user: User, on: dt.date) -> OverviewPart | None:
    if not any(p.permission == P.VIEW_SUGGESTION and p.reach == Reach.SCOPE for p in powers_of(user, on)):
        return None
    open_schools = School.objects.with_permission(user, P.VIEW_SUGGESTION, on, reaches=(Reach.SCOPE,)).open()
    counts = Counter(open_schools.values_list("suggestion__on_record", flat=True))
    names = categorisation.names_for(user, on=on)
    page = reverse("workspace:school-list")
    levels = [
        LevelCount(
            rank,
            f"{rank}: {names[rank]}" if rank in names else str(rank),
            counts[rank],
            f"{page}?level={rank}",
        )
        for rank in sorted((set(counts) | set(names)) - {None}, reverse=True)
    ]
    if counts[None]:
        levels.append(LevelCount(None, "Not placed yet", counts[None], f"{page}?level=none"))
    return OverviewPart(tuple(levels), sum(counts.values()))


def _admin(user: User) -> AdminPart | None:
    authorities = authority_ids(user, P.IMPORT_DATA)
    if not authorities:
        return None
    imports = ImportBatch.objects.filter(authority__in=authorities).prefetch_related("files")[:5]
    return AdminPart(tuple(imports), f"{reverse('workspace:school-list')}?level=none")
