"""The school page: what it is, what support it has and why, what needs attention, what comes next, what stands out."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.choices import Permission as P
from accounts.models import User
from categorisation import presenters as categorisation
from categorisation.presenters import Support
from reports import presenters as reports
from schools import presenters as schools
from schools.models import School, SchoolContact
from schools.querysets import permissions_over
from visits import presenters as visits
from workspace.presenters import indicators

EVENTS_SHOWN = 8
WHOLE_HISTORY = 1000  # visits and documents of a school over decades


class Item(NamedTuple):
    """Something that needs somebody, with where to do it."""

    text: str
    href: str
    due_on: dt.date | None = None


class Event(NamedTuple):
    """Something that happened, or will, at a school."""

    on: dt.date
    text: str
    href: str = ""


@dataclass(frozen=True)
class SchoolPage:
    school: School
    facts: schools.HeaderFacts
    support: Support | None
    tracked: categorisation.Tracked | None  # for the authority's staff
    inspection: schools.InspectionPanel
    attention: tuple[Item, ...]
    next: tuple[Event, ...]
    standing_out: tuple[indicators.Line, ...]
    documents: tuple[reports.DocumentLine, ...]
    events: tuple[Event, ...]
    officers: tuple[schools.PersonLine, ...]
    knows_visits: bool  # or "no visit is planned" would say what is not so
    may_record_visit: bool


def build(user: User, school: School, now: dt.datetime) -> SchoolPage:
    """Everything on the school page that this reader may see. A constant number of queries."""
    on = timezone.localdate(now)
    over = permissions_over(user, school)
    people = schools.people_panel(school, user, on)
    coming = visits.last_and_next(user, [school], on).get(school.pk)
    visited = {school.pk: coming.last.on} if coming and coming.last else {}
    tracked = categorisation.tracked(user, [school], on, visited=visited).get(school.pk)
    return SchoolPage(
        school=school,
        facts=schools.header_facts(school, on),
        support=categorisation.supports(user, [school], on=on).get(school.pk)
        if P.VIEW_SUGGESTION in over
        else None,
        tracked=tracked,
        inspection=schools.inspection_panel(school, user),
        attention=tuple(_attention(user, school, over, people, tracked, on)),
        next=tuple(_visit(line) for line in ([coming.next] if coming and coming.next else [])),
        standing_out=tuple(indicators.standing_out(school, on)) if P.VIEW_INDICATORS in over else (),
        documents=tuple(reports.recent(user, schools=[school])) if P.READ_DOCUMENT in over else (),
        events=tuple(time_line(user, school, on, most=EVENTS_SHOWN)[:EVENTS_SHOWN]),
        officers=categorisation.in_policy_words(
            (line for line in people.officers if line.is_current),
            categorisation.adviser_word(school.authority, on),
        ),
        knows_visits=bool(over & {P.READ_VISIT, P.READ_SHARED_NOTE, P.WRITE_VISIT}),
        may_record_visit=P.WRITE_VISIT in over,
    )


def _attention(
    user: User,
    school: School,
    over: frozenset[P],
    people: schools.PeoplePanel,
    tracked: categorisation.Tracked | None,
    on: dt.date,
) -> list[Item]:
    items = [
        Item(task.text, task.href, task.due_on)
        for task in visits.tasks(user, on)
        if task.school.pk == school.pk
    ]
    items += [
        Item(task.text, task.href, task.due_on)
        for task in categorisation.profile_tasks(user, on)
        if task.school.pk == school.pk
    ]
    if tracked and tracked.next_look and tracked.next_look <= on and P.RECOMMEND_LEVEL in over:
        word = categorisation.policy_word(school.authority, on, "level", "level")
        href = reverse("categorisation:why", args=[school.urn])
        items.append(Item(f"Look again at the {word}", href, tracked.next_look))
    warning = categorisation.school_warning(user, school, on)
    if warning is not None:
        items.append(Item(f"Early warning: {warning.lead[0].lower()}{warning.lead[1:]}", warning.href))
    if P.RECORD_CIRCUMSTANCE in over:
        panel = schools.circumstance_panel(school, user, on)
        if panel.not_known:
            answers = "1 answer is" if panel.not_known == 1 else f"{panel.not_known} answers are"
            items.append(
                Item(
                    f"{answers} missing about circumstances no file holds",
                    reverse("schools:circumstance-list", args=[school.urn]),
                )
            )
    if people.may_edit:
        items += [
            Item(f"No {role.lower()} is recorded", reverse("schools:people", args=[school.urn]))
            for role in people.missing
        ]
    return items


def time_line(user: User, school: School, on: dt.date, *, most: int = WHOLE_HISTORY) -> list[Event]:
    """What happened at the school that this reader may know, newest first; `most` of each kind at least."""
    panel = schools.inspection_panel(school, user)
    inspections_page = reverse("schools:inspection-list", args=[school.urn])
    events = [
        Event(line.started_on, line.text, inspections_page) for line in (*panel.lines, *panel.predecessors)
    ]
    events += [_visit(line) for line in visits.time_line(user, school, limit=most) if line.on <= on]
    events += [
        Event(line.on, line.text, line.href)
        for line in categorisation.level_time_line(user, school, on, limit=most)
    ]
    events += [
        Event(timezone.localdate(line.released_at), f"{line.title} released", line.href)
        for line in reports.recent(user, schools=[school], limit=most)
    ]
    people = school.contacts.filter(start_on__isnull=False, start_on__lte=on)
    events += [
        Event(contact.start_on, f"{contact.name} became {_role(contact)}")
        for contact in people
        if contact.start_on
    ]
    if school.opened_on and school.opened_on <= on:
        events.append(Event(school.opened_on, f"{school.name} opened under this URN"))
    if school.closed_on and school.closed_on <= on:
        events.append(Event(school.closed_on, f"{school.name} closed"))
    return sorted(events, key=lambda event: event.on, reverse=True)


def _role(contact: SchoolContact) -> str:
    return (
        f"acting {contact.get_role_display().lower()}"
        if contact.is_acting
        else contact.get_role_display().lower()
    )


def _visit(line: visits.VisitLine) -> Event:
    return Event(line.on, f"{line.kind} by {line.adviser}", line.href)
