"""What visits and notes are, and what visits are for (read once from `data/`)."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from ruamel.yaml import YAML

from schools.choices import Audience, ContactRole

_DATA = Path(__file__).parent / "data"


class VisitKind(TextChoices):
    CORE = "core", "Core visit"  # Leeds A7: one a term; Leicester App 3
    FURTHER = "further", "Further visit"  # K-116: as the level of support gives
    SINGLE_CONVERSATION = "single_conversation", "Single Conversation"  # L-120: at least once a year
    SHARED_REVIEW = "shared_review", "Shared review"  # K-117
    GOVERNORS = "governors", "Meeting of the governing body"  # K-125
    HEAD = "head", "Meeting with the headteacher"
    # L-117: about the school and not at it, so the school is not shown it
    AUTHORITY_MEETING = "authority_meeting", "The authority's own meeting about the school"


# A visit report goes to the headteacher and the chair of governors (Leeds A7).
TOLD_OF_REPORTS = (ContactRole.HEADTEACHER, ContactRole.PRINCIPAL, ContactRole.CHAIR)

KINDS_SHOWN_TO_SCHOOLS = tuple(kind for kind in VisitKind if kind != VisitKind.AUTHORITY_MEETING)


class VisitStatus(TextChoices):
    PLANNED = "planned", "Planned"
    TOOK_PLACE = "took_place", "Took place"
    CANCELLED = "cancelled", "Cancelled"


class NoteStatus(TextChoices):
    DRAFT = "draft", "Draft"
    FINAL = "final", "Final"


@dataclass(frozen=True, slots=True)
class Activity:
    """Something a visit may be for; `audience` says who may learn that it was."""

    key: str
    text: str
    sources: tuple[str, ...]
    audience: Audience = Audience.SCHOOL


@dataclass(frozen=True, slots=True)
class SectionTemplate:
    """A section a new note begins with."""

    key: str
    heading: str
    prompt: str
    audience: Audience
    required: bool = False


@functools.cache
def activities() -> dict[str, Activity]:
    """Every activity by its key, in the order of the file."""
    return {
        row["key"]: Activity(
            row["key"], row["text"], tuple(row["sources"]), Audience(row.get("audience", Audience.SCHOOL))
        )
        for row in _read("activities.yaml")
    }


@functools.cache
def section_templates() -> tuple[SectionTemplate, ...]:
    """The sections of a new note, in order."""
    return tuple(
        SectionTemplate(**{**row, "audience": Audience(row["audience"])})
        for row in _read("note_sections.yaml")
    )


def _read(name: str) -> list[dict[str, Any]]:
    return YAML(typ="safe").load((_DATA / name).read_text())
