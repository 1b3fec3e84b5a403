"""An import as its pages show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from schools.actions.imports import check_can_be_applied, check_can_be_discarded
from schools.importing.tally import nouns, sentence
from schools.models import ImportBatch, ImportFile
from ui.lists.exports import safe_text

_SHOWN = 10  # problems of each file on the page; the download has them all
_COLOURS = {
    ImportBatch.Status.READING: "blue",
    ImportBatch.Status.PREVIEWED: "yellow",
    ImportBatch.Status.APPLYING: "blue",
    ImportBatch.Status.APPLIED: "green",
    ImportBatch.Status.DISCARDED: "grey",
    ImportBatch.Status.FAILED: "red",
}


@dataclass(frozen=True, slots=True)
class FileCard:
    """One file: its sentence, its figures in words, and the first problems."""

    name: str
    sentence: str
    figures: str  # “9 values to add, none to change, 8 unchanged, 1 left out”
    problems: tuple[dict[str, Any], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ImportPage:
    batch: ImportBatch
    title: str
    giver: str
    lead: str
    tag: dict[str, str]
    cards: tuple[FileCard, ...]
    left_out: tuple[tuple[str, str], ...]  # name and reason
    problem_count: int
    problems_href: str
    working: bool  # a job is reading or writing, or broke off: its panel is shown
    may_apply: bool
    why_not: str
    may_discard: bool
    apply_text: str


def status_tag(batch: ImportBatch, files: Sequence[ImportFile]) -> tuple[str, str]:
    status = ImportBatch.Status(batch.status)
    if status == ImportBatch.Status.PREVIEWED and all(file.refusal for file in files):
        return "Nothing to import", "grey"
    return status.label, _COLOURS[status]


def title_of(files: Sequence[ImportFile]) -> str:
    """“2017-2018_ks2.csv and 3 more”."""
    if not files:
        return "No files"
    return files[0].name if len(files) == 1 else f"{files[0].name} and {len(files) - 1} more"


def import_page(batch: ImportBatch, files: Sequence[ImportFile]) -> ImportPage:
    """Runs one query at most (whether any file can be applied)."""
    status = ImportBatch.Status(batch.status)
    seen = status not in (ImportBatch.Status.READING,)
    cards = tuple(_card(file, status) for file in files if seen and not file.refusal)
    count = sum(file.summary.get("problem_count", 0) for file in files if not file.refusal)
    changes = sum(file.figures["added"] + file.figures["changed"] for file in files if not file.refusal)
    broke_off = batch.job is not None and batch.job.is_finished and status == ImportBatch.Status.APPLYING
    may_apply, why_not = _allowed(batch)
    text, colour = status_tag(batch, files)
    return ImportPage(
        batch=batch,
        title=files[0].name if len(files) == 1 else f"{len(files)} files",
        giver=f"given by {batch.created_by.name}" if batch.created_by else "at the command line",
        lead=_lead(batch, cards, changes),
        tag={"text": text, "classes": f"govuk-tag--{colour}"},
        cards=cards,
        left_out=tuple((file.name, file.refusal) for file in files if seen and file.refusal),
        problem_count=count,
        problems_href=reverse("schools:import-problems", args=[batch.public_id])
        if count or any(f.refusal for f in files)
        else "",
        working=status in (ImportBatch.Status.READING, ImportBatch.Status.APPLYING) and batch.job is not None,
        may_apply=may_apply and (status == ImportBatch.Status.PREVIEWED or broke_off),
        why_not=why_not if status == ImportBatch.Status.PREVIEWED else "",
        may_discard=_may_discard(batch),
        apply_text="Go on importing"
        if broke_off
        else "Import these files"
        if len(cards) > 1
        else "Import this file",
    )


def problem_rows(files: Sequence[ImportFile]) -> Iterator[list[str]]:
    """The downloadable list, its header first."""
    yield ["File", "Row", "Column", "Value", "Problem"]
    for file in files:
        if file.refusal:
            yield [safe_text(file.name), "", "", "", file.refusal]
            continue
        for problem in file.problems:
            yield [
                safe_text(file.name),
                str(problem["row"]),
                safe_text(problem["column"]),
                safe_text(problem["value"]),
                problem["message"],
            ]
        unlisted = file.summary.get("problem_count", 0) - len(file.problems)
        if unlisted > 0:
            yield [safe_text(file.name), "", "", "", f"{unlisted:,} more are not listed"]


def _card(file: ImportFile, status: ImportBatch.Status) -> FileCard:
    figures = file.figures
    summary = {**file.summary, **file.outcome}
    return FileCard(
        name=f"{file.name} › {file.sheet}" if file.sheet else file.name,
        sentence=sentence(summary["title"], figures, summary),
        figures=_in_words(figures, summary["handler"], done=status == ImportBatch.Status.APPLIED),
        problems=tuple(file.problems[:_SHOWN]),
        more=max(0, summary.get("problem_count", 0) - _SHOWN),
    )


def _in_words(figures: Mapping[str, int], handler: str, *, done: bool) -> str:
    """The figures that are not none: “9 values to add, 8 unchanged, 1 left out.”"""
    singular, plural = nouns(handler)
    words = {
        "added": "added" if done else "to add",
        "changed": "changed" if done else "to change",
        "unchanged": "unchanged",
        "refused": "left out",
    }
    said = [f"{figures[name]:,} {{}}{text}" for name, text in words.items() if figures[name]]
    if not said:
        return "Nothing was changed." if done else "Nothing to change."
    first = next(figures[name] for name in words if figures[name])
    noun = "" if said[0].endswith("left out") else f"{singular if first == 1 else plural} "
    return f"{', '.join(said).replace('{}', noun, 1).replace('{}', '')}."


def _lead(batch: ImportBatch, cards: Sequence[FileCard], changes: int) -> str:
    Status = ImportBatch.Status
    match Status(batch.status):
        case Status.READING:
            return "The files are being read. Nothing is recorded until you have seen what they would change."
        case Status.PREVIEWED if cards and not changes:
            return "These files would change nothing: what they say is recorded already."
        case Status.PREVIEWED if cards:
            return "This is what the files would change. Nothing is recorded yet."
        case Status.PREVIEWED:
            return "None of these files can be imported. Nothing is recorded."
        case Status.APPLYING:
            return "The files are being imported. You can leave this page."
        case Status.APPLIED if not changes:
            return "These files changed nothing: what they say was recorded already."
        case Status.APPLIED:
            return "These files have been imported. Importing them again would change nothing."
        case Status.DISCARDED:
            return "These files were left alone. Nothing of them is recorded."
        case _:
            return batch.failure


def _allowed(batch: ImportBatch) -> tuple[bool, str]:
    try:
        check_can_be_applied(batch)
    except ValidationError as refusal:
        return False, " ".join(refusal.messages)
    return True, ""


def _may_discard(batch: ImportBatch) -> bool:
    if batch.status == ImportBatch.Status.DISCARDED:
        return False
    try:
        check_can_be_discarded(batch)
    except ValidationError:
        return False
    return True
