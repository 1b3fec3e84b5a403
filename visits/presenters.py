"""What pages show of visits: a visit's own page, and the lines other rooms put on theirs."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.formats import date_format

from accounts.choices import Permission
from accounts.models import RoleGrant, User
from accounts.permissions import holds, roles_with
from reports.composer import Block, blocks_of
from reports.models import Document
from schools.choices import CONTACTS_OF, Audience, ContactRole
from schools.models import School, SchoolContact
from visits import choices, documents, permissions, rules
from visits.choices import KINDS_SHOWN_TO_SCHOOLS, TOLD_OF_REPORTS, NoteStatus, VisitKind
from visits.models import NoteVersion, Visit

SHOWN_TO_SCHOOLS = KINDS_SHOWN_TO_SCHOOLS
DAY = Coalesce("took_place_on", "planned_on")  # the day of a visit, in a query

_TAGS = {
    Audience.SCHOOL: "govuk-tag--green",
    Audience.GOVERNORS_PANEL: "govuk-tag--purple",
    Audience.AUTHORITY: "govuk-tag--orange",
    Audience.REGISTER: "govuk-tag--red",
}
# Sections of a final note that every reader of the authority's notes may read; others are for their author.
_STAFF_AUDIENCES = frozenset({Audience.SCHOOL, Audience.AUTHORITY})


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of a final note as its page shows it."""

    heading: str
    audience: Audience
    blocks: tuple[Block, ...]

    @property
    def tag_classes(self) -> str:
        return _TAGS[self.audience]


@dataclass(frozen=True, slots=True)
class VisitPage:
    """What the page of a visit shows one reader. `draft` only where they may open it."""

    activities: tuple[str, ...]
    version: NoteVersion | None
    sections: tuple[SectionView, ...]
    history: tuple[NoteVersion, ...]
    reports: tuple[Document, ...]
    may_write: bool
    draft: bool
    can_change: bool
    can_cancel: bool
    can_reopen: bool
    can_release: bool
    is_released: bool


def visit_page(user: User, visit: Visit) -> VisitPage:
    """Everything the visit's page shows `user`. A fixed number of queries, however long the note's history."""
    may_write = permissions.can_write(user, visit)
    history = tuple(
        NoteVersion.objects.visible_to(user)
        .filter(note=visit.note)
        .select_related("finalised_by", "reopened_by")
    )
    version = history[0] if history else None
    reports = tuple(
        Document.objects.visible_to(user)
        .of_source(documents.REPORT.key, [documents.source_of(visit)])
        .with_names()
    )
    is_released = any(report.source_version == visit.note.version for report in reports)
    return VisitPage(
        activities=tuple(choices.activities()[activity.key].text for activity in visit.activities.all()),
        version=version,
        sections=_sections(version, visit.adviser_id == user.pk) if version else (),
        history=history,
        reports=reports,
        may_write=may_write,
        draft=may_write and visit.note.is_draft and not visit.is_cancelled,
        can_change=may_write and permissions.can_change(user, visit),
        can_cancel=may_write and permissions.can_cancel(user, visit),
        can_reopen=may_write and permissions.can_reopen(user, visit.note),
        can_release=not is_released and permissions.can_release(user, visit.note, version),
        is_released=is_released,
    )


def _sections(version: NoteVersion, is_author: bool) -> tuple[SectionView, ...]:
    return tuple(
        SectionView(section["heading"], Audience(section["audience"]), blocks_of(section["text"]))
        for section in version.content["sections"]
        if section["text"].strip() and (is_author or section["audience"] in _STAFF_AUDIENCES)
    )


def tag_classes(audience: str) -> str:
    """The look of an audience's tag; its words say the same."""
    return _TAGS[Audience(audience)]


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone at a school who will be able to read a released report."""

    name: str
    role: str
    has_account: bool
    is_told: bool


def readers_of(school: School, on: dt.date) -> list[Reader]:
    """Who at the school may read what is released to it, and who of them is told by e-mail. One query."""
    for_them = Q(pk__in=())
    for role in roles_with(Permission.READ_DOCUMENT) & CONTACTS_OF.keys():
        for_them |= Q(role=role, belongs_as__in=CONTACTS_OF[role])
    grants = (
        RoleGrant.objects.in_force(on)
        .filter(user=OuterRef("user"), authority=school.authority)
        .annotate(belongs_as=ExpressionWrapper(OuterRef("role"), output_field=CharField()))
        .filter(for_them)
    )
    contacts = (
        SchoolContact.objects.in_force(on)
        .filter(school=school)
        .select_related("user")
        .annotate(may_read=Exists(grants))
        .order_by("role", "pk")
    )
    readers = []
    for contact in contacts:
        address = contact.user.email if contact.user else contact.email
        told = contact.role in TOLD_OF_REPORTS and bool(address)
        if contact.may_read or told:
            readers.append(Reader(contact.name, ContactRole(contact.role).label, contact.may_read, told))
    return readers


# Lines for other rooms' pages


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in one line."""

    on: dt.date
    kind: str
    adviser: str
    school: School
    href: str


@dataclass(frozen=True, slots=True)
class VisitTask:
    """Something a person has to do about a visit: a verb, its school, by when, and where."""

    text: str
    school: School
    due_on: dt.date
    href: str


@dataclass(frozen=True, slots=True)
class LastAndNext:
    last: VisitLine | None = None
    next: VisitLine | None = None


def last_and_next(user: User, schools: Iterable[School], on: dt.date) -> dict[int, LastAndNext]:
    """Each school's last visit made and next one planned, by the school's primary key. Three queries at most.

    Only visits the person may know of, and a link only where they may open the page.
    """
    visible = Visit.objects.visible_to(user)
    made = visible.made().filter(school=OuterRef("pk"), took_place_on__lte=on)
    planned = visible.planned().filter(school=OuterRef("pk"), planned_on__gte=on)
    rows = list(
        School.objects.filter(pk__in=[school.pk for school in schools])
        .annotate(
            last_id=Subquery(made.order_by("-took_place_on", "-pk").values("pk")[:1]),
            next_id=Subquery(planned.order_by("planned_on", "pk").values("pk")[:1]),
        )
        .values_list("pk", "last_id", "next_id")
    )
    ids = {pk for row in rows for pk in row[1:] if pk}
    lines = _lines(user, ids)
    return {pk: LastAndNext(lines.get(last), lines.get(next_)) for pk, last, next_ in rows}


def upcoming(user: User, *, start: dt.date, end: dt.date) -> list[VisitLine]:
    """The person's own planned visits from one day to another, both included. One query."""
    visits = (
        Visit.objects.visible_to(user)
        .planned()
        .filter(adviser=user, planned_on__range=(start, end))
        .with_names()
        .order_by("planned_on", "starts_at", "pk")
    )
    return [_line(visit, open_page=True) for visit in visits]


def tasks(user: User, on: dt.date) -> list[VisitTask]:
    """What the person has to do about their own visits, soonest first. Two queries for a writer, none for others.

    A visit planned for a day that has passed is to be recorded; a note of a visit made is to be finished; a final
    note's report is to be released, where they may.
    """
    if not holds(user, Permission.WRITE_VISIT):
        return []
    own = Visit.objects.writable_by(user).filter(adviser=user).select_related("school", "note")
    found = [
        VisitTask(
            f"Say how the visit planned for {_day(visit.planned_on)} went",
            visit.school,
            visit.planned_on,
            _address("visit-change", visit),
        )
        for visit in own.planned().filter(planned_on__lt=on)
    ]
    released = Document.objects.filter(
        kind=documents.REPORT.key,
        source=Concat(Value(documents.source_of_id("")), OuterRef("public_id")),
        source_version=OuterRef("note__version"),
    )
    unfinished = Q(note__status=NoteStatus.DRAFT)
    if holds(user, Permission.RELEASE_DOCUMENT):
        unfinished |= Q(~Exists(released), kind__in=KINDS_SHOWN_TO_SCHOOLS)
    for visit in own.made().filter(unfinished):
        draft = visit.note.is_draft
        found.append(
            VisitTask(
                f"{'Finish the note' if draft else 'Release the report'} of {_day(visit.took_place_on)}",
                visit.school,
                rules.due_on(visit.took_place_on),
                _address("note-edit" if draft else "note-release", visit),
            )
        )
    return sorted(found, key=lambda task: (task.due_on, task.text, task.school.name))


def time_line(user: User, school: School, *, limit: int = 20) -> list[VisitLine]:
    """A school's visits made that the person may know of, newest first. Two queries."""
    visits = list(
        Visit.objects.visible_to(user)
        .made()
        .filter(school=school)
        .with_names()
        .order_by("-took_place_on", "-pk")[:limit]
    )
    return list(_as_lines(user, visits).values())


def _lines(user: User, ids: Iterable[int]) -> dict[int | None, VisitLine]:
    return _as_lines(user, list(Visit.objects.filter(pk__in=ids).with_names()))


def _as_lines(user: User, visits: Sequence[Visit]) -> dict[int | None, VisitLine]:
    if not visits:
        return {}
    openable = set(
        Visit.objects.known_to_staff(user)
        .filter(pk__in=[visit.pk for visit in visits])
        .values_list("pk", flat=True)
    )
    return {visit.pk: _line(visit, open_page=visit.pk in openable) for visit in visits}


def _line(visit: Visit, *, open_page: bool) -> VisitLine:
    return VisitLine(
        on=visit.on,
        kind=VisitKind(visit.kind).label,
        adviser=visit.adviser.name,
        school=visit.school,
        href=visit.get_absolute_url() if open_page else reverse("visits:visit-list", args=[visit.school.urn]),
    )


def _address(page: str, visit: Visit) -> str:
    return reverse(f"visits:{page}", args=[visit.school.urn, visit.public_id])


def _day(day: dt.date | None) -> str:
    return date_format(day, "j F") if day else ""
