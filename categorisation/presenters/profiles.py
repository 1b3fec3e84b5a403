"""What a reader is shown of a self-evaluation profile: the three grades of each row side by side, in words what stands.

Whoever may not write at a stage sees nothing of it until it is handed over.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.choices import Permission
from accounts.models import ChangeLogEntry, User
from categorisation.choices import ProfileStage, Trend
from categorisation.documents.profile import HEADINGS, PROFILE, documents_of, source_of
from categorisation.frameworks_in_force import compiled
from categorisation.models import Profile, ProfileJudgement
from categorisation.permissions import profiles as permissions
from categorisation.querysets import ProfileQuerySet
from categorisation.rules.profiles import STAGES, Row, last_handed_over, rows_of, year_text
from categorisation.schema import Framework
from categorisation.schema.support import ChecklistItem
from reports.composer import Block, blocks_of
from reports.models import Document
from schools.models import School
from schools.querysets import permissions_over
from schools.rules.academic_years import academic_year

_EDIT = {
    ProfileStage.SCHOOL: ("categorisation:profile-write", "Write the self-evaluation"),
    ProfileStage.VALIDATED: ("categorisation:profile-validate", "Validate the profile"),
    ProfileStage.MODERATED: ("categorisation:profile-moderate", "Moderate the profile"),
}
_REOPENED = {
    ProfileStage.SCHOOL: "The school’s own grades",
    ProfileStage.VALIDATED: "The validation",
    ProfileStage.MODERATED: "The moderation",
}
_REOPEN = {
    ProfileStage.SCHOOL: "Take it back to change it",
    ProfileStage.VALIDATED: "Reopen the validation",
    ProfileStage.MODERATED: "Reopen the moderation",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one stage says of one row, as the reader may know it. `differs`: from the stage before, so a reason stands
    with it."""

    stage: ProfileStage
    grade: int | None = None
    meaning: str = ""
    text: str = ""
    trend: str = ""
    by: str = ""
    differs: bool = False
    shown: bool = False  # otherwise the stage is not the reader's to see, or has not come

    @property
    def heading(self) -> str:
        return HEADINGS[self.stage]

    @property
    def blocks(self) -> tuple[Block, ...]:
        return blocks_of(self.text)

    @property
    def grade_text(self) -> str:
        return str(self.grade) if self.grade is not None else "No grade"


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A row with its cells in the order of the stages, and last year's grades in words."""

    row: Row
    cells: tuple[Cell, ...]
    last_year: str = ""

    @property
    def said(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.text)


@dataclass(frozen=True, slots=True)
class Action:
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Reopening:
    """A stage taken up again: when, by whom and why. `is_open`: it has not been handed over since."""

    on: dt.date
    by: str
    stage: ProfileStage
    reason: str
    is_open: bool

    @property
    def heading(self) -> str:
        return _REOPENED[self.stage]


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """The profile of a year on its own page. `profile` is None where none is begun."""

    school: School
    year: int
    profile: Profile | None
    is_this_year: bool
    state: tuple[str, ...]
    rows: tuple[ProfileRow, ...] = ()
    headings: tuple[str, ...] = ()
    with_trend: bool = False
    has_last_year: bool = False
    qualities: tuple[ChecklistItem, ...] = ()
    sources: tuple[ChecklistItem, ...] = ()
    documents: tuple[Document, ...] = ()
    reopenings: tuple[Reopening, ...] = ()  # the latest first
    actions: tuple[Action, ...] = ()  # the first is what comes next
    reopen: Action | None = None
    agree: Action | None = None
    can_begin: bool = False
    writes: bool = False  # for the school itself
    years: tuple[tuple[str, str], ...] = ()  # other years: words, address
    drafts: frozenset[ProfileStage] = field(default=frozenset())  # shown though not handed over

    @property
    def has_words(self) -> bool:
        return any(row.said for row in self.rows)

    @property
    def year_text(self) -> str:
        return year_text(self.year)


def profile_page(user: User, school: School, *, year: int, on: dt.date) -> ProfilePage:
    """Everything the page of a year's profile shows one reader. About twenty queries, however many rows."""
    visible = Profile.objects.visible_to(user, on).filter(school=school)
    years = tuple(
        (year_text(other), reverse("categorisation:profile-year", args=[school.urn, other]))
        for other in visible.exclude(year=year).values_list("year", flat=True)
    )
    profile = fetched(visible).filter(year=year).first()
    over = permissions_over(user, school, on)
    this_year = academic_year(on)
    writes = Permission.WRITE_PROFILE in over
    if profile is None:
        return ProfilePage(
            school=school,
            year=year,
            profile=None,
            is_this_year=year == this_year,
            state=(no_profile(year),),
            can_begin=year == this_year and permissions.can_begin(user, school),
            writes=writes,
            years=years,
        )
    shown = shown_stages(profile, over)
    document = compiled(profile.version).document
    rows = profile_rows(profile, document, shown, last_year=True)
    ticked: set[str] = set()
    if ProfileStage.SCHOOL in shown:
        ticked = set(profile.checks.values_list("item", flat=True))
    last = last_handed_over(profile.handed_over)
    return ProfilePage(
        school=school,
        year=year,
        profile=profile,
        is_this_year=year == this_year,
        state=state_texts(profile, over),
        rows=rows,
        headings=tuple(HEADINGS[stage] for stage in STAGES),
        with_trend=document.self_evaluation.trend,
        has_last_year=any(row.last_year for row in rows),
        qualities=tuple(item for item in document.self_evaluation.qualities if item.key in ticked),
        sources=tuple(item for item in document.self_evaluation.evidence_sources if item.key in ticked),
        documents=tuple(
            Document.objects.visible_to(user, on).of_source(PROFILE.key, [source_of(profile)]).with_names()
        ),
        reopenings=tuple(_reopenings(profile)),
        actions=tuple(_actions(user, profile)),
        reopen=Action(
            _REOPEN[last] if writes or last != ProfileStage.SCHOOL else "Send it back to the school",
            address("profile-reopen", profile),
        )
        if last and permissions.can_reopen_profile(user, profile)
        else None,
        agree=Action(
            "Record that it was agreed with the school" if not profile.agreed_on else "Change the agreement",
            address("profile-agree", profile),
        )
        if permissions.can_agree(user, profile)
        else None,
        writes=writes,
        years=years,
        drafts=shown - profile.handed_over,
    )


def shown_stages(profile: Profile, over: Iterable[Permission]) -> frozenset[ProfileStage]:
    """The stages a reader with these permissions over the school may see: handed over, or theirs to write."""
    own = {stage for stage, permission in permissions.PERMISSION_OF.items() if permission in set(over)}
    return profile.handed_over | own


def profile_rows(
    profile: Profile, document: Framework, shown: Iterable[ProfileStage], *, last_year: bool
) -> tuple[ProfileRow, ...]:
    """The rows as the reader may see them. One query, and two more for last year's grades."""
    stages = frozenset(shown)
    held = {
        (judgement.row, judgement.stage): judgement
        for judgement in profile.judgements.filter(stage__in=stages).select_related("saved_by")
    }
    before = _last_years(profile) if last_year else {}
    found = []
    for row in rows_of(document):
        cells: list[Cell] = []
        for stage in STAGES:
            earlier = cells[-1] if cells else None
            cells.append(_cell(row, stage, held.get((row.key, stage)), earlier, shown=stage in stages))
        found.append(ProfileRow(row, tuple(cells), before.get(row.key, "")))
    return tuple(found)


def _cell(
    row: Row, stage: ProfileStage, judgement: ProfileJudgement | None, earlier: Cell | None, *, shown: bool
) -> Cell:
    if not shown or judgement is None:
        return Cell(stage, shown=shown)
    return Cell(
        stage=stage,
        grade=judgement.grade,
        meaning=row.meanings.get(judgement.grade, "") if judgement.grade is not None else "",
        text=judgement.text,
        trend=Trend(judgement.trend).label if judgement.trend else "",
        by=judgement.saved_by.name,
        differs=earlier is not None
        and earlier.shown
        and judgement.grade is not None
        and earlier.grade != judgement.grade,
        shown=True,
    )


def _last_years(profile: Profile) -> dict[str, str]:
    """Last year's grades in words, of the same framework and as far as they were handed over: "School 2, validated 3"."""
    before = (
        Profile.objects.filter(
            school_id=profile.school_id, year=profile.year - 1, version__slug=profile.version.slug
        )
        .prefetch_related("judgements")
        .first()
    )
    if before is None:
        return {}
    found: dict[str, list[str]] = {}
    for stage in STAGES:
        for judgement in before.judgements.all():
            if judgement.stage == stage and stage in before.handed_over and judgement.grade is not None:
                found.setdefault(judgement.row, []).append(f"{HEADINGS[stage].lower()} {judgement.grade}")
    return {row: f"{', '.join(texts)[:1].upper()}{', '.join(texts)[1:]}" for row, texts in found.items()}


def state_texts(profile: Profile, over: Iterable[Permission]) -> tuple[str, ...]:
    """Where the profile stands, a sentence each, for a reader with these permissions. Two queries at most."""
    may = set(over)
    texts = []
    done = profile.handed_over
    if profile.submitted_at:
        texts.append(f"Sent by the school on {_day(profile.submitted_at)}.")
    elif ProfileStage.VALIDATED in done:
        texts.append("The school sent no grades of its own.")
    else:
        progress = (
            f": {_progress(profile, ProfileStage.SCHOOL)} written" if Permission.WRITE_PROFILE in may else ""
        )
        texts.append(f"Begun on {_day(profile.begun_at)}, not sent yet{progress}.")
    if profile.validated_at and profile.validated_by:
        texts.append(f"Validated by {profile.validated_by.name} on {_day(profile.validated_at)}.")
        if profile.agreed_on:
            texts.append(f"Agreed with {profile.agreed_with} on {date_format(profile.agreed_on, 'j F Y')}.")
    elif Permission.VALIDATE_PROFILE in may:
        texts.append(f"{_progress(profile, ProfileStage.VALIDATED)} validated.")
    elif profile.submitted_at:
        texts.append("Waiting to be validated.")
    if profile.moderated_at and profile.moderated_by:
        texts.append(f"Moderated by {profile.moderated_by.name} on {_day(profile.moderated_at)}.")
    elif profile.validated_at:
        texts.append("Not moderated.")
    return tuple(texts)


def _reopenings(profile: Profile) -> Iterator[Reopening]:
    """From the change log, which keeps the reasons. One query."""
    entries = ChangeLogEntry.objects.filter(
        subject=f"{profile._meta.label_lower}:{profile.pk}", action="categorisation.reopen_profile"
    )
    for entry in entries.select_related("by").order_by("-at", "-pk"):
        stage = ProfileStage(entry.before["stage"])
        yield Reopening(
            on=timezone.localdate(entry.at),
            by=entry.by.name if entry.by else "",
            stage=stage,
            reason=entry.after["reason"],
            is_open=stage not in profile.handed_over,
        )


def _progress(profile: Profile, stage: ProfileStage) -> str:
    """ "3 of 12 rows"."""
    rows = [row.key for row in rows_of(compiled(profile.version).document)]
    begun = profile.judgements.filter(Q(grade__isnull=False) | ~Q(text=""), stage=stage, row__in=rows)
    return f"{begun.count()} of {len(rows)} rows"


def no_profile(year: int) -> str:
    """What is said where there is none."""
    return f"No self-evaluation has been begun for {year_text(year)}."


def _actions(user: User, profile: Profile) -> Iterable[Action]:
    for stage in STAGES:
        if permissions.can_judge(user, profile, stage):
            page, text = _EDIT[stage]
            yield Action(text, reverse(page, args=[profile.school.urn, profile.year]))
    released = documents_of(profile).filter(source_version=profile.edition).exists()
    if not released and permissions.can_release_profile(user, profile):
        yield Action("Release the printed summary to the school", address("profile-release", profile))


def fetched(profiles: ProfileQuerySet) -> ProfileQuerySet:
    """With all that these functions read of a profile, in one query."""
    return profiles.select_related(
        "school__authority", "version", "submitted_by", "validated_by", "moderated_by"
    )


def address(page: str, profile: Profile) -> str:
    """One of the pages of a year's profile."""
    return reverse(f"categorisation:{page}", args=[profile.school.urn, profile.year])


def _day(moment: dt.datetime) -> str:
    return date_format(timezone.localdate(moment), "j F Y")
