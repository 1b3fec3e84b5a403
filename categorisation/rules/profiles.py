"""Pure decisions about self-evaluation profiles: their rows, what a stage lacks, where grades differ (L-062, X-60)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from categorisation.choices import ProfileStage, Trend
from categorisation.schema import Framework
from reports.composer import clean

MOST_CHARACTERS = 20_000  # of one row at one stage; some six pages
# Neither policy sets a time for it; two weeks is the authority's own habit until its framework says otherwise.
VALIDATED_WITHIN = dt.timedelta(days=14)
STAGES = tuple(ProfileStage)  # in the order in which they are handed over

_NOT_WRITTEN = {
    ProfileStage.SCHOOL: "Write the evidence for “{title}”",
    ProfileStage.VALIDATED: "Grade “{title}”, or say why it has no grade",
}
_NO_REASON = {
    ProfileStage.VALIDATED: "Say why your grade of “{title}” differs from the school’s",
    ProfileStage.MODERATED: "Say why your grade of “{title}” differs from the validated one",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a profile: an area or aspect of its framework, and what each grade means there, the best first."""

    key: str
    title: str
    paragraph: str
    meanings: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one stage says of one row."""

    grade: int | None = None
    text: str = ""
    trend: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a stage lacks before it can be handed over: the row's key, and what."""

    row: str
    message: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of one row, and the revision it was typed on. A grade or trend of "" is none."""

    grade: str = ""
    text: str = ""
    trend: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Ticks:
    """Items ticked and unticked since the form was shown, so that what others ticked meanwhile stands."""

    ticked: Collection[str] = field(default=())
    unticked: Collection[str] = field(default=())


def rows_of(document: Framework) -> tuple[Row, ...]:
    """The rows of a profile under this framework, in their order."""
    found: dict[str, Row] = {}
    for area in document.areas:
        meanings: dict[int, str] = {}
        for cell in sorted(area.cells, key=lambda cell: cell.level):
            said = meanings.get(cell.level)
            meanings[cell.level] = f"{said}; {cell.descriptor}" if said else cell.descriptor
        found[area.key] = Row(area.key, area.title, area.paragraph, meanings)
    for aspect in document.aspects:
        meanings = dict(enumerate(aspect.grades, start=1))
        found[aspect.key] = Row(aspect.key, aspect.title, aspect.paragraph, meanings)
    return tuple(found[key] for key in document.self_evaluation.rows)


def items_of(document: Framework) -> frozenset[str]:
    """The qualities and sources of evidence a school may tick (K-034, K-035)."""
    wanted = document.self_evaluation
    return frozenset(item.key for item in (*wanted.qualities, *wanted.evidence_sources))


def judged(row: Row, typed: Typed, *, with_trend: bool) -> Judged:
    """What was typed, as it is kept. Raises ValueError for a grade or trend that is none, or a text too long."""
    grade: int | None = None
    if typed.grade:
        grades = {str(grade): grade for grade in row.meanings}
        if typed.grade not in grades:
            raise ValueError(f"“{row.title}”: choose a grade from {min(row.meanings)} to {max(row.meanings)}")
        grade = grades[typed.grade]
    if typed.trend and not (with_trend and typed.trend in Trend.values):
        raise ValueError(f"“{row.title}”: choose a trend from the list")
    text = clean(typed.text)
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            f"“{row.title}”: a text holds at most {MOST_CHARACTERS:,} characters; this one has {len(text):,}"
        )
    return Judged(grade, text, typed.trend)


def differs(before: Judged | None, after: Judged | None) -> bool:
    """Whether two stages that have both been handed over grade a row otherwise, so that a reason is owed."""
    return before is not None and after is not None and before.grade != after.grade


def missing(
    stage: ProfileStage,
    rows: Sequence[Row],
    own: Mapping[str, Judged],
    before: Mapping[str, Judged] | None,
) -> tuple[Missing, ...]:
    """What a stage lacks, in the order of the rows. `before`: the grades it answers, None where there are none.

    The school writes evidence for every row, and may leave a grade out; the adviser grades every row or says why
    not; the authority needs to say only where it sees a row otherwise.
    """
    lacking = []
    for row in rows:
        said = own.get(row.key, Judged())
        earlier = None if before is None else before.get(row.key, Judged())
        if said.text:
            continue
        if stage == ProfileStage.SCHOOL or (stage == ProfileStage.VALIDATED and said.grade is None):
            lacking.append(Missing(row.key, _NOT_WRITTEN[stage].format(title=row.title)))
        elif said.grade is not None and differs(earlier, said):
            lacking.append(Missing(row.key, _NO_REASON[stage].format(title=row.title)))
    return tuple(lacking)


def why_closed(stage: ProfileStage, handed_over: Collection[ProfileStage]) -> str:
    """Why nobody may write at a stage now; empty where they may.

    The adviser may validate without the school's grades; the authority moderates only what is validated.
    """
    if stage in handed_over:
        return {
            ProfileStage.SCHOOL: "The self-evaluation has been sent. Take it back to change it.",
            ProfileStage.VALIDATED: "The validation is finished. Reopen it to change it.",
            ProfileStage.MODERATED: "The moderation is finished. Reopen it to change it.",
        }[stage]
    if stage == ProfileStage.SCHOOL and ProfileStage.VALIDATED in handed_over:
        return "The profile was validated without the school’s own grades. Ask the adviser to reopen it."
    if stage == ProfileStage.MODERATED and ProfileStage.VALIDATED not in handed_over:
        return "The profile is not validated yet, so there is nothing to moderate."
    return ""


def last_handed_over(handed_over: Collection[ProfileStage]) -> ProfileStage | None:
    """The only stage that can be reopened: what rests on it would otherwise be left in the air."""
    return next((stage for stage in reversed(STAGES) if stage in handed_over), None)


def year_text(year: int) -> str:
    """An academic year in a sentence: "2026 to 2027"."""
    return f"{year} to {year + 1}"
