"""The printed summary of a self-evaluation profile, for the school (L-062, L-063, L-085)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone
from django.utils.formats import date_format

from categorisation.choices import ProfileStage, Trend
from categorisation.frameworks_in_force import compiled
from categorisation.models import Profile, ProfileJudgement
from categorisation.rules.profiles import STAGES, Row, rows_of, year_text
from reports.composer import (
    Block,
    Bullets,
    Column,
    Composition,
    Heading,
    KeyFacts,
    Paragraph,
    Table,
    blocks_of,
)
from reports.models import Document
from reports.querysets import DocumentQuerySet
from reports.registry import DocumentKind, register
from schools.choices import Audience

HEADINGS = {
    ProfileStage.SCHOOL: "School",
    ProfileStage.VALIDATED: "Validated",
    ProfileStage.MODERATED: "Moderated",
}
_SAID = {
    ProfileStage.SCHOOL: "The school’s evidence",
    ProfileStage.VALIDATED: "Validation",
    ProfileStage.MODERATED: "Moderation",
}


def source_of(profile: Profile) -> str:
    """What the released summary is known by; the profile's edition makes it one document."""
    return f"profile:{profile.public_id}"


def documents_of(profile: Profile) -> DocumentQuerySet:
    """Every summary ever released of a profile, for checks; pages start from `visible_to`."""
    return Document.objects.of_source(PROFILE.key, [source_of(profile)])


def build(profile: Profile) -> Composition:
    """What has been handed over, and nothing else. Fetch `school` and `version` with select_related; four queries."""
    document = compiled(profile.version).document
    rows = rows_of(document)
    stages = [stage for stage in STAGES if stage in profile.handed_over]
    held = {
        (judgement.row, judgement.stage): judgement
        for judgement in profile.judgements.filter(stage__in=stages)
    }
    blocks: list[Block] = [
        KeyFacts(tuple(_facts(profile)), caption="The profile"),
        Heading("Grades"),
        _table(rows, stages, held),
    ]
    for row in rows:
        blocks += _row(row, stages, held, with_trend=document.self_evaluation.trend)
    if ProfileStage.SCHOOL in stages:
        ticked = set(profile.checks.values_list("item", flat=True))
        for heading, items in (
            ("What the school says of its self-evaluation", document.self_evaluation.qualities),
            ("What it rests on", document.self_evaluation.evidence_sources),
        ):
            if found := tuple(item.text for item in items if item.key in ticked):
                blocks += [Heading(heading), Bullets(found)]
    return Composition(
        title=f"Self-evaluation profile {year_text(profile.year)}",
        subject=profile.school.name,
        blocks=tuple(blocks),
    )


PROFILE = register(
    DocumentKind(
        key="categorisation.profile",
        title="Self-evaluation profile",
        audience=Audience.SCHOOL,
        file_name="self-evaluation-profile",
        build=build,
    )
)

Held = dict[tuple[str, str], ProfileJudgement]


def _facts(profile: Profile) -> Iterator[tuple[str, str]]:
    yield "Academic year", year_text(profile.year)
    yield "Policy", str(profile.version)
    if profile.submitted_at:
        yield "Sent by the school", _day(profile.submitted_at)
    if profile.validated_at and profile.validated_by:
        yield "Validated", f"{_day(profile.validated_at)}, by {profile.validated_by.name}"
    if profile.agreed_on:
        yield (
            "Agreed with the school",
            f"{date_format(profile.agreed_on, 'j F Y')}, with {profile.agreed_with}",
        )
    if profile.moderated_at and profile.moderated_by:
        yield "Moderated", f"{_day(profile.moderated_at)}, by {profile.moderated_by.name}"


def _table(rows: Sequence[Row], stages: Sequence[ProfileStage], held: Held) -> Table:
    return Table(
        caption="Grades by row",
        columns=(Column("Row"), *(Column(HEADINGS[stage], numeric=True) for stage in stages)),
        rows=tuple((row.title, *(_grade(held.get((row.key, stage))) for stage in stages)) for row in rows),
    )


def _grade(judgement: ProfileJudgement | None) -> str:
    return "–" if judgement is None or judgement.grade is None else str(judgement.grade)


def _row(row: Row, stages: Iterable[ProfileStage], held: Held, *, with_trend: bool) -> Iterator[Block]:
    said = [(stage, held[row.key, stage]) for stage in stages if (row.key, stage) in held]
    if any(judgement.text or judgement.trend for _, judgement in said):
        yield Heading(row.title)
    for stage, judgement in said:
        trend = Trend(judgement.trend).label if with_trend and judgement.trend else ""
        if judgement.text or trend:
            grade = f"grade {judgement.grade}" if judgement.grade is not None else "no grade"
            yield Heading(f"{_SAID[stage]}: {grade}{f', {trend.lower()}' if trend else ''}", level=3)
            yield from (
                blocks_of(judgement.text) if judgement.text else (Paragraph(f"Trend: {trend.lower()}."),)
            )


def _day(moment: dt.datetime) -> str:
    return date_format(timezone.localdate(moment), "j F Y")
