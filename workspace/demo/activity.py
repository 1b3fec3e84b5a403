"""What has been going on: inspections, circumstances and returns, terms, visits with notes, a released report."""

import datetime as dt
import random
from collections import Counter
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from accounts.choices import Permission
from accounts.models import Authority, User
from accounts.permissions import holds
from schools.actions import record_circumstance, record_inspection, return_nothing_to_report, set_half_terms
from schools.choices import Audience, ConcernCategory, InspectionFramework, InspectionKind, OfficerRole
from schools.models import School
from schools.rules.academic_years import academic_year
from schools.rules.ofsted import FRAMEWORKS, Findings
from schools.rules.working_days import Holidays
from visits.actions import VisitFacts, finalise_note, record_visit, release_report, save_note
from visits.choices import VisitKind
from visits.models import Note
from workspace.demo.establishments import Establishment

_OVERALL = {
    "strong": ("1", "2"),
    "steady": ("2",),
    "rising": ("3", "2"),
    "dipping": ("2",),
    "low": ("3",),
    "failing": ("4",),
}
_CARD = {
    "strong": "strong",
    "steady": "expected",
    "rising": "expected",
    "dipping": "needs_attention",
    "low": "needs_attention",
    "failing": "urgent",
}
_NIL_RETURNS_EVERY = 4  # three schools in four have had their return this term
_CIRCUMSTANCES = {
    "dipping": ("senior_leadership_change", "The governors told us at their autumn meeting", "The deputy left in July and has not been replaced."),
    "low": ("at_risk_of_ri", "Adviser's visit in October", "Teaching in Years 3 and 4 is not yet secure."),
    "failing": ("leadership_capacity_limited", "Review in September", "Two of five senior posts are filled by supply staff."),
}  # fmt: skip


def write_terms(authority: Authority, admin: User, today: dt.date, now: dt.datetime) -> None:
    """Six half-terms of this academic year and the last."""
    this_year = academic_year(today)
    for year in (this_year - 1, this_year):
        set_half_terms(authority=authority, year=year, dates=_half_terms(year), by=admin, at=now)


def _half_terms(year: int) -> dict[int, tuple[dt.date, dt.date]]:
    """First and last day of each, never at a weekend."""
    dates = {
        1: (dt.date(year, 9, 2), dt.date(year, 10, 23)),
        2: (dt.date(year, 11, 2), dt.date(year, 12, 18)),
        3: (dt.date(year + 1, 1, 5), dt.date(year + 1, 2, 12)),
        4: (dt.date(year + 1, 2, 22), dt.date(year + 1, 3, 26)),
        5: (dt.date(year + 1, 4, 12), dt.date(year + 1, 5, 28)),
        6: (dt.date(year + 1, 6, 7), dt.date(year + 1, 7, 20)),
    }
    return {number: (_weekday(first), _weekday(last, back=True)) for number, (first, last) in dates.items()}


def write_inspections(
    establishments: list[Establishment], schools: dict[int, School], admin: User, now: dt.datetime
) -> None:
    """Each school's last one or two inspections, under the framework of their day."""
    for index, made in enumerate(establishments):
        if made.closed_on:
            continue
        rng = random.Random(made.urn + 7)  # noqa: S311
        school = schools[made.urn]
        grades = _OVERALL[made.story]
        # A new academy's history begins after it opened
        if not made.opened_on:
            day = dt.date(2018 + index % 2, 2 + index % 4, 5 + index % 20)
            framework = (
                InspectionFramework.CIF_2015 if day < dt.date(2019, 9, 1) else InspectionFramework.EIF_2019
            )
            record_inspection(
                school=school, findings=_graded(framework, day, grades[0], made), by=admin, at=now
            )
        if index % 5 == 0:
            day = dt.date(2025, 1, 14) + dt.timedelta(days=rng.randrange(150))
            framework = InspectionFramework.EIF_2024
        elif index % 5 == 1:
            day = dt.date(2026, 1, 13) + dt.timedelta(days=rng.randrange(150))
            framework = InspectionFramework.REPORT_CARD_2025
        elif made.opened_on:
            continue
        else:
            day = dt.date(2022, 9, 13) + dt.timedelta(days=rng.randrange(600))
            framework = InspectionFramework.EIF_2019
        if made.opened_on and day < made.opened_on:
            continue
        record_inspection(school=school, findings=_graded(framework, day, grades[-1], made), by=admin, at=now)


def _graded(framework: InspectionFramework, day: dt.date, grade: str, made: Establishment) -> Findings:
    shape = FRAMEWORKS[framework]
    areas = [key for key in shape.areas if key in shape.main_areas]
    failing = grade == "4"
    card = framework == InspectionFramework.REPORT_CARD_2025
    value = _CARD[made.story] if card else grade
    grades = dict.fromkeys(areas, value)
    if made.story == "dipping" and card:
        grades = dict.fromkeys(areas, "expected") | {areas[0]: "needs_attention"}
    return Findings(
        framework=framework,
        kind=InspectionKind.GRADED,
        started_on=day,
        ended_on=day + dt.timedelta(days=1),
        published_on=day + dt.timedelta(days=40),
        overall_grade=grade if shape.has_overall else "",
        grades=grades,
        category=ConcernCategory.SPECIAL_MEASURES if failing else "",
        safeguarding_effective=True if shape.judges_safeguarding else None,
    )


def write_circumstances(
    establishments: list[Establishment], schools: dict[int, School], people: dict[str, User], now: dt.datetime
) -> None:
    """What is so at some schools, and this term's returns of nothing else to report for most."""
    manager = people["manager"]
    managers = [person for mailbox, person in people.items() if mailbox.startswith("manager")]
    for index, made in enumerate(establishments):
        if made.closed_on:
            continue
        school = schools[made.urn]
        writer = _school_manager(school, managers, manager)
        if writer is None:
            continue
        if made.story in _CIRCUMSTANCES:
            kind, source, note = _CIRCUMSTANCES[made.story]
            record_circumstance(
                school=school, kind=kind, audience=Audience.AUTHORITY, source=source, note=note,
                start_on=now.date() - dt.timedelta(days=45), by=writer, at=now,
            )  # fmt: skip
        if index % _NIL_RETURNS_EVERY:
            return_nothing_to_report(school=school, on=now.date() - dt.timedelta(days=20), by=writer, at=now)


def _school_manager(school: School, managers: list[User], fallback: User) -> User | None:
    """The manager assigned to the school, the one manager of all areas, or nobody."""
    assigned = school.officers.filter(user__in=managers).select_related("user").first()
    if assigned:
        return assigned.user
    return fallback if len(managers) == 1 else None


_TEXTS = {
    "looked_at": "We walked lessons in every year with the headteacher, read pupils' books in reading and mathematics, and met the English lead.",
    "strengths": "- Pupils read widely and talk about books with confidence.\n- Behaviour between lessons is calm.\n- Leaders know which pupils need help and act quickly.",
    "areas_to_develop": "- Extended writing is not yet consistent across subjects.\n- Persistent absence among disadvantaged pupils remains above the national figure.",
    "self_evaluation": "The school's own view is accurate and rests on evidence. It could say more about the effect of what has been done.",
    "vulnerable_pupils": "Pupils with education, health and care plans are well supported. The gap for disadvantaged pupils narrowed this year.",
    "impact_of_support": "Support from the literacy consultant since the summer has steadied phonics teaching in Year 1.",
    "next_steps": "- Agree a whole-school approach to extended writing by the end of January.\n- Report attendance of disadvantaged pupils to governors each half-term.",
    "authority_notes": "The headteacher is carrying too much alone; discuss a mentor with the area manager before the spring visit.",
}  # fmt: skip


class _Story(NamedTuple):
    """A visit at the first schools of each adviser: school days from today, and how far its note has come."""

    days: int
    note: Literal["released", "final", "begun", "none"] = "none"


# Each adviser's first schools, so that each has something of everything to do; the rest have a visit to come
_VISITS = (
    _Story(-13, "released"),
    _Story(-4, "begun"),
    _Story(-16, "begun"),  # overdue
    _Story(-6, "final"),  # the report waits to be released
    _Story(-2),  # planned, and nobody has said how it went
    _Story(2),
)
_DRAFT = ("looked_at", "strengths")


def write_visits(establishments: list[Establishment], schools: dict[int, School], now: dt.datetime) -> None:
    """For each adviser: a report released and one to release, notes to finish, a visit overdue, visits to come."""
    served: Counter[int] = Counter()
    for made in establishments:
        if made.closed_on:
            continue
        school = schools[made.urn]
        adviser = school.officers.select_related("user").get(role=OfficerRole.ADVISER).user
        turn = served[adviser.pk]
        served[adviser.pk] += 1
        story = _VISITS[turn] if turn < len(_VISITS) else _Story(5 + 2 * turn)
        day = _school_day(now.date(), story.days)
        if story.note == "none":
            _plan(school, day, adviser, now)
            continue
        _visit(school, made, day, story.note, adviser, now)
        _plan(school, _school_day(now.date(), 35 + turn), adviser, now)


def _plan(school: School, day: dt.date, adviser: User, now: dt.datetime) -> None:
    record_visit(school=school, facts=VisitFacts(kind=VisitKind.CORE, planned_on=day), by=adviser, at=now)


def _visit(
    school: School, made: Establishment, day: dt.date, state: str, adviser: User, now: dt.datetime
) -> None:
    facts = VisitFacts(
        kind=VisitKind.CORE,
        took_place_on=day,
        half_days=Decimal(1),
        attendees=f"{made.head}, headteacher",
        activities=("performance_data", "self_evaluation"),
    )
    visit = record_visit(school=school, facts=facts, by=adviser, at=now)
    note = Note.objects.get(visit=visit)
    texts = {key: _TEXTS[key] for key in _DRAFT} if state == "begun" else _TEXTS
    _write(note, texts, adviser, now)
    if state == "begun":
        return
    note.refresh_from_db()
    finalise_note(note=note, expected_revision=note.revision, by=adviser, at=now)
    if state == "released" and holds(
        adviser, Permission.RELEASE_DOCUMENT
    ):  # a page of PDF takes a second or so: one for each adviser shows it
        release_report(note=note, by=adviser, at=now)


def _write(note: Note, texts: dict[str, str], adviser: User, now: dt.datetime) -> None:
    revisions = dict(note.sections.values_list("key", "revision"))
    save_note(
        note=note,
        texts={key: (text, revisions[key]) for key, text in texts.items() if key in revisions},
        by=adviser,
        at=now,
    )


def _weekday(day: dt.date, *, back: bool = False) -> dt.date:
    """The day itself, or for a weekend the Monday after it, or the Friday before."""
    over = day.weekday() - 4
    if over <= 0:
        return day
    return day - dt.timedelta(days=over) if back else day + dt.timedelta(days=3 - over)


def _school_day(today: dt.date, number: int) -> dt.date:
    """The day so many school days on, or with a negative number back: nobody visits in a holiday."""
    day, step = today, 1 if number > 0 else -1
    while number:
        day += dt.timedelta(days=step)
        if _is_school_day(day):
            number -= step
    return day


def _is_school_day(day: dt.date) -> bool:
    in_term = any(first <= day <= last for first, last in _half_terms(academic_year(day)).values())
    return in_term and not _holidays(day.year).why_not_working(day)


@cache
def _holidays(year: int) -> Holidays:
    return Holidays.england(year, year)
