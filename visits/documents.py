"""The documents visits make: the report of a visit, for head and governors (L-118, L-221, K-213, K-214)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format

from reports.composer import Block, Composition, Heading, KeyFacts, blocks_of
from reports.models import Document
from reports.querysets import DocumentQuerySet
from reports.registry import DocumentKind, register
from schools.choices import Audience
from visits import choices, rules
from visits.choices import VisitKind
from visits.models import NoteSection, NoteVersion, Visit

# What the school may learn of a note, here and nowhere else.
SHARED = (Audience.SCHOOL,)


def source_of(visit: Visit) -> str:
    """What the released report of a visit is known by; the note's version makes it one document."""
    return source_of_id(visit.public_id)


def source_of_id(public_id: str) -> str:
    return f"visit:{public_id}"


def reports_of(visit: Visit) -> DocumentQuerySet:
    """Every report ever released of a visit, for checks; pages start from `visible_to`."""
    return Document.objects.of_source(REPORT.key, [source_of(visit)])


def content_of(visit: Visit, sections: Iterable[NoteSection]) -> dict[str, Any]:
    """A note as it stands, as plain JSON: what a NoteVersion keeps. Runs one query, for the activities."""
    return {
        "visit": {
            "school": visit.school.name,
            "urn": visit.school.urn,
            "adviser": visit.adviser.name,
            "kind": visit.kind,
            "on": visit.on.isoformat(),
            "half_days": str(visit.half_days) if visit.half_days is not None else None,
            "attendees": visit.attendees,
            "activities": [activity.key for activity in visit.activities.all()],
        },
        "sections": [
            {
                "key": section.key,
                "heading": section.heading,
                "audience": section.audience,
                "text": section.text,
            }
            for section in sections
        ],
    }


def compose(content: Mapping[str, Any]) -> Composition:
    """The report of a note: the facts of the visit, then each section shared with the school that says something."""
    visit = content["visit"]
    blocks: list[Block] = [KeyFacts(tuple(_facts(visit)), caption="The visit")]
    for section in content["sections"]:
        if section["audience"] in SHARED and section["text"].strip():
            blocks += [Heading(section["heading"]), *blocks_of(section["text"])]
    return Composition(
        title=f"Report of a {_noun(visit['kind'])}", subject=visit["school"], blocks=tuple(blocks)
    )


def build(version: NoteVersion) -> Composition:
    return compose(version.content)


REPORT = register(
    DocumentKind(
        key="visits.report",
        title="Report of a visit",
        audience=Audience.SCHOOL,
        file_name="visit-report",
        build=build,
    )
)


def shared_activities(keys: Sequence[str]) -> list[str]:
    """The activities, in words, that the school may know a visit was for."""
    known = choices.activities()
    return [known[key].text for key in keys if key in known and known[key].audience in SHARED]


def _facts(visit: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "Date of the visit", date_format(dt.date.fromisoformat(visit["on"]), "j F Y")
    yield "Made by", visit["adviser"]
    if visit["half_days"] is not None:
        yield "Time taken", rules.days_in_words(Decimal(visit["half_days"]))
    if visit["attendees"]:
        yield "Who took part", visit["attendees"]
    if purposes := shared_activities(visit["activities"]):
        yield "What it was for", "\n".join(purposes)


def _noun(kind: str) -> str:
    label = VisitKind(kind).label
    return label if kind == VisitKind.SINGLE_CONVERSATION else f"{label[0].lower()}{label[1:]}"
