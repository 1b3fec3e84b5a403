"""Dry runs as people read them: sentences, then counts that link to exactly their rows, then the schools."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import Area
from categorisation.engine.wording import listed
from categorisation.models import DryRun, FrameworkDraft
from categorisation.presenters.cases import case_rows
from categorisation.presenters.trials import trial
from schools.choices import SchoolPhase

NONE = "none"  # in an address: no level, or no area

_DIRECTIONS = {
    "up": "to a higher {level}",
    "down": "to a lower {level}",
    "placed": "placed at last",
    "unplaced": "no longer placed",
    "wider": "a wider range",
    "narrower": "a narrower range",
    "other": "another range",
}
_RANGES = ("wider", "narrower", "other")
BECAME = {
    "applies": "now applies",
    "lapses": "no longer applies",
    "floor": "leads elsewhere",
    "may": "could now apply",
    "may_not": "could no longer apply",
    "area": "comes out otherwise",
    "base": "is another",
}


@dataclass(frozen=True)
class Count:
    """A number of schools and the address of exactly these rows; empty where there are none."""

    number: int
    href: str


@dataclass(frozen=True)
class Place:
    """A phase or an area: schools tried, moved, and changed in their range alone."""

    name: str
    tried: int
    moved: Count
    ranged: Count


@dataclass(frozen=True)
class RuleCount:
    title: str
    became: str
    schools: Count


@dataclass(frozen=True)
class Matrix:
    """From the ranks in the first column to those in the headings; only ranks some school leaves or reaches."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Count | None, ...]], ...]


@dataclass(frozen=True)
class Result:
    """A finished dry run, in numbers."""

    everything: Count
    matrix: Matrix | None
    phases: tuple[Place, ...]
    areas: tuple[Place, ...]
    rules: tuple[RuleCount, ...]


@dataclass(frozen=True)
class DryRunPage:
    """`stale`: the draft was changed since. `stopped`: it ended without a result, so it can be started again."""

    run: DryRun
    title: str
    word: str
    summary: tuple[str, ...]  # its outcome in sentences
    stale: bool
    working: bool
    stopped: bool

    @cached_property
    def result(self) -> Result | None:
        """Its outcome in numbers. One query."""
        return None if self.run.counts is None else _result(self.run, self.run.counts)


@dataclass(frozen=True)
class DraftEffect:
    """What the editor says beside a draft: its latest finished dry run, and the cases it fails.

    `moved` is None where no dry run of this draft has finished; `sentences` tell its outcome, `is_current` whether it
    was of the draft as it is now. `failing` and `cases` (how many there are) are None while the draft has faults.
    """

    run: DryRun | None
    is_current: bool
    moved: int | None
    sentences: tuple[str, ...]
    cases: int | None
    failing: int | None


def dry_run_page(run: DryRun) -> DryRunPage:
    """Fetch `draft`, `against`, `job` and `authority` with select_related. Runs no query."""
    working = run.job is not None and not run.job.is_finished
    return DryRunPage(
        run=run,
        title=title_of(run),
        word=run.against.document["words"]["level"],
        summary=()
        if run.counts is None
        else sentences_of(run.counts, run.against.document["words"]["level"]),
        stale=run.draft is not None and run.draft.revision != run.revision,
        working=working,
        stopped=run.counts is None and not working,
    )


def title_of(run: DryRun) -> str:
    return f"Trying {run.tried}" if run.tried else f"Trying the draft, revision {run.revision}"


def sentences_of(counts: Mapping[str, Any], word: str) -> tuple[str, ...]:
    """ "14 of 229 schools would move: 9 to a higher level, 5 to a lower level; 3 more would have a wider range." """
    tried, moved, directions = counts["tried"], counts["moved"], counts["directions"]
    if not tried:
        return ("There is no open school to try it on.",)
    where = listed(
        f"{directions[way]} {_DIRECTIONS[way].format(level=word)}"
        for way in ("up", "down", "placed", "unplaced")
        if way in directions
    )
    noun = "school" if tried == 1 else "schools"
    first = (
        f"{moved:,} of {tried:,} {noun} would move: {where}."
        if moved
        else f"None of {tried:,} {noun} would move."
    )
    ranged = [
        f"{directions[way]:,} more would have {_DIRECTIONS[way]}" for way in _RANGES if way in directions
    ]
    return (first, f"{listed(ranged)}.") if ranged else (first,)


def draft_effect(draft: FrameworkDraft, *, on: dt.date) -> DraftEffect:
    """How many schools the draft would move and how many cases it fails. Eight queries, some hundredths of a second."""
    finished = draft.dry_runs.filter(finished_at__isnull=False)
    run = finished.select_related("against", "authority").first()
    counts = run.counts if run else None
    documents = trial(draft.authority, on=on)
    tried = documents is not None and documents.draft == draft and documents.changed is not None
    rows = case_rows(documents) if documents is not None and tried else None
    return DraftEffect(
        run=run,
        is_current=run is not None and run.revision == draft.revision,
        moved=counts["moved"] if counts else None,
        sentences=sentences_of(counts, run.against.document["words"]["level"]) if run and counts else (),
        cases=None if rows is None else len(rows),
        failing=None if rows is None else sum(bool(row.draft) for row in rows),
    )


def _result(run: DryRun, counts: Mapping[str, Any]) -> Result:
    names = dict(Area.objects.filter(authority=run.authority_id).values_list("pk", "name"))
    return Result(
        everything=_count(run, sum(counts["directions"].values())),
        matrix=_matrix(run, counts["moves"]),
        phases=tuple(
            _place(run, SchoolPhase(key).label, "phase", key, numbers) for key, *numbers in counts["phases"]
        ),
        areas=tuple(
            _place(run, names.get(key, "No area"), "area", NONE if key is None else key, numbers)
            for key, *numbers in counts["areas"]
        )
        if names
        else (),
        rules=tuple(
            RuleCount(title, BECAME[became], _count(run, number, rule=name))
            for name, title, became, number in counts["rules"]
        ),
    )


def _matrix(run: DryRun, moves: Sequence[Any]) -> Matrix | None:
    if not moves:
        return None
    numbers = {(before, after): number for before, after, number in moves}
    starts = sorted({before for before, _ in numbers}, key=lambda rank: rank or 0)
    ends = sorted({after for _, after in numbers}, key=lambda rank: rank or 0)
    return Matrix(
        tuple(_rank_name(rank) for rank in ends),
        tuple(
            (
                _rank_name(start),
                tuple(
                    _count(run, numbers[start, end], before=start or NONE, after=end or NONE)
                    if (start, end) in numbers
                    else None
                    for end in ends
                ),
            )
            for start in starts
        ),
    )


def _rank_name(rank: int | None) -> str:
    return "None" if rank is None else str(rank)


def _place(run: DryRun, name: str, parameter: str, value: Any, numbers: Sequence[int]) -> Place:
    tried, moved, ranged = numbers
    moves = ["up", "down", "placed", "unplaced"]
    return Place(
        name,
        tried,
        _count(run, moved, **{parameter: value, "moves": moves}),
        _count(run, ranged, **{parameter: value, "moves": "range"}),
    )


def _count(run: DryRun, number: int, **parameters: Any) -> Count:
    page = reverse("categorisation:dry-run-moves", args=[run.authority.code, run.public_id])
    query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
    return Count(number, f"{page}{query}" if number else "")
