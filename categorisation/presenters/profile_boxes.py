"""The boxes of a profile's editor: what stands in each, what others said of the row, and what is in the way."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import format_html

from accounts.models import User
from categorisation.actions import ProfileConflict, ProfileSaved
from categorisation.choices import ProfileStage, Trend
from categorisation.frameworks_in_force import compiled
from categorisation.models import Profile, ProfileJudgement
from categorisation.permissions.profiles import PERMISSION_OF
from categorisation.presenters.profiles import Cell, profile_rows
from categorisation.rules.profiles import STAGES, Row, Typed, judged
from categorisation.schema.support import ChecklistItem, SelfEvaluation
from schools.querysets import permissions_over

_TEXT = {
    ProfileStage.SCHOOL: ("Evidence", "What shows it, in a few sentences, and where it can be seen."),
    ProfileStage.VALIDATED: (
        "Reason",
        "Owed wherever your grade differs from the school’s. The school will read it.",
    ),
    ProfileStage.MODERATED: (
        "Reason",
        "Owed wherever your grade differs from the validated one. The school will read it.",
    ),
}
_NO_GRADE = {
    ProfileStage.SCHOOL: "No grade",
    ProfileStage.VALIDATED: "No grade",
    ProfileStage.MODERATED: "As validated",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One row as the editor shows it. `typed` is what is in the box, saved or not."""

    row: Row
    stage: ProfileStage
    typed: Typed
    with_trend: bool
    beside: tuple[Cell, ...] = ()  # what was said at earlier stages
    last_year: str = ""
    conflict: ProfileConflict | None = None
    error: str = ""

    @property
    def is_unsaved(self) -> bool:
        return bool(self.conflict or self.error)

    @property
    def anchor(self) -> str:
        """The first input of the row, for the error summary."""
        return f"grade-{self.row.key}"

    @property
    def grades(self) -> dict[str, Any]:
        """Parameters of GOV.UK's radios: each grade with what it means here."""
        items = [
            {"value": str(grade), "text": f"Grade {grade}", "hint": {"text": meaning}}
            for grade, meaning in sorted(self.row.meanings.items())
        ]
        items.append({"value": "", "text": _NO_GRADE[self.stage]})
        error = {"errorMessage": {"text": self.error}} if self.error else {}
        return {**self._radios("grade", "Grade", items, self.typed.grade), **error}

    @property
    def trends(self) -> dict[str, Any]:
        """Parameters of GOV.UK's radios, in one line."""
        items = [{"value": str(value), "text": str(label)} for value, label in Trend.choices]
        items.append({"value": "", "text": "Not said"})
        return {
            **self._radios("trend", "Trend", items, self.typed.trend),
            "classes": "govuk-radios--small govuk-radios--inline",
        }

    @property
    def text(self) -> dict[str, Any]:
        """Parameters of GOV.UK's textarea."""
        label, hint = _TEXT[self.stage]
        return {
            "id": f"text-{self.row.key}",
            "name": f"text-{self.row.key}",
            "label": {"html": self._named(label), "classes": "govuk-label--s"},
            "hint": {"text": hint},
            "value": self.typed.text,
            "rows": max(3, min(20, self.typed.text.count("\n") + len(self.typed.text) // 90 + 2)),
            "spellcheck": True,
            "autocomplete": "off",
            "attributes": {"dir": "auto"},
        }

    def _radios(self, name: str, legend: str, items: list[dict[str, Any]], chosen: str) -> dict[str, Any]:
        if chosen not in {item["value"] for item in items}:
            chosen = ""  # a grade outside the scale was refused, and the error says so
        return {
            "idPrefix": f"{name}-{self.row.key}",
            "name": f"{name}-{self.row.key}",
            "classes": "govuk-radios--small",
            "fieldset": {"legend": {"html": self._named(legend), "classes": "govuk-fieldset__legend--s"}},
            "items": [{**item, "checked": item["value"] == chosen} for item in items],
        }

    def _named(self, label: str) -> str:
        """The label with the row's title for those who hear the page: there are a dozen like it."""
        return format_html('{}<span class="govuk-visually-hidden"> of {}</span>', label, self.row.title)


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the checklist."""

    heading: str
    items: tuple[ChecklistItem, ...]
    ticked: frozenset[str]

    @property
    def boxes(self) -> dict[str, Any]:
        """Parameters of GOV.UK's checkboxes."""
        return {
            "idPrefix": f"check-{self.items[0].key}",
            "name": "check",
            "classes": "govuk-checkboxes--small",
            "fieldset": {"legend": {"text": self.heading, "classes": "govuk-fieldset__legend--m"}},
            "items": [
                {"value": item.key, "text": item.text, "checked": item.key in self.ticked}
                for item in self.items
            ],
        }


def boxes_of(user: User, profile: Profile, stage: ProfileStage) -> tuple[Box, ...]:
    """Every row as it stands, with what earlier stages said of it as far as the person may know. Seven queries."""
    document = compiled(profile.version).document
    over = permissions_over(user, profile.school)
    before = STAGES[: STAGES.index(stage)]
    may = {one for one in before if one in profile.handed_over or PERMISSION_OF[one] in over}
    rows = profile_rows(profile, document, may, last_year=True)
    held = {judgement.row: judgement for judgement in profile.judgements.filter(stage=stage)}
    return tuple(
        Box(
            row=shown.row,
            stage=stage,
            typed=_typed(held.get(shown.row.key)),
            with_trend=document.self_evaluation.trend,
            beside=tuple(cell for cell in shown.cells if cell.stage in may),
            last_year=shown.last_year,
        )
        for shown in rows
    )


def _typed(judgement: ProfileJudgement | None) -> Typed:
    if judgement is None:
        return Typed()
    grade = "" if judgement.grade is None else str(judgement.grade)
    return Typed(grade, judgement.text, judgement.trend, judgement.revision)


def with_conflicts(boxes: Iterable[Box], typed: Mapping[str, Typed], saved: ProfileSaved) -> tuple[Box, ...]:
    """The boxes as they were typed, after a save that met somebody else's."""
    conflicts = {conflict.row: conflict for conflict in saved.conflicts}
    return tuple(
        replace(
            box,
            typed=replace(typed[box.row.key], revision=saved.revisions[box.row.key]),
            conflict=conflicts.get(box.row.key),
        )
        if box.row.key in typed
        else box
        for box in boxes
    )


def with_errors(boxes: Iterable[Box], typed: Mapping[str, Typed]) -> tuple[Box, ...]:
    """The boxes as they were typed, with the reason at those that were refused: nothing was saved."""
    return tuple(
        replace(box, typed=typed[box.row.key], error=_error(box, typed[box.row.key]))
        if box.row.key in typed
        else box
        for box in boxes
    )


def _error(box: Box, typed: Typed) -> str:
    try:
        judged(box.row, typed, with_trend=box.with_trend)
    except ValueError as refused:
        return str(refused)
    return ""


def checklist(self_evaluation: SelfEvaluation, ticked: Collection[str]) -> tuple[Check, ...]:
    """The qualities and the sources of evidence, as far as the framework names any (K-034, K-035)."""
    lists = (
        ("Your self-evaluation", self_evaluation.qualities),
        ("What it rests on", self_evaluation.evidence_sources),
    )
    return tuple(Check(heading, items, frozenset(ticked)) for heading, items in lists if items)
