"""A batch of files in the database: read (previewed), then applied. Both doors use this: the browser's jobs and the command.

The content of a file given in the browser is kept in the media folder, which nothing serves, so that the job that
applies reads the very bytes that were previewed. The command line reads the person's own files and keeps their hash.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.logs import record_change
from accounts.models import Authority, User
from jobs.actions import emit
from schools.importing import plans as planning
from schools.importing import reading, reference, running
from schools.importing.loading import load_reference
from schools.importing.plans import Plan
from schools.importing.reading import Source, Unreadable
from schools.importing.storing import Scope
from schools.importing.tally import Tally
from schools.models import ImportBatch, ImportFile, Indicator

Status = ImportBatch.Status


def scope_of(authority: Authority | None, *, now: dt.datetime, trusted: bool) -> Scope:
    """What an import may touch: one authority, or (command line only) every one there is.

    `trusted`: someone at the command line, who may change figures that several authorities share.
    """
    everyone = {a.code: a.pk for a in Authority.objects.all()}
    codes = everyone if authority is None else {authority.code: authority.pk}
    return Scope(authorities=dict(codes), may_change_shared=trusted or len(everyone) <= 1, now=now).load()


def reference_present(*, now: dt.datetime) -> None:
    """Values refer to indicators: make sure the shipped ones are there, those of a later version too."""
    shipped = reference.indicators()
    if Indicator.objects.filter(key__in=shipped).count() < len(shipped):
        load_reference(now=now)


def store_files(
    batch: ImportBatch, plans: Sequence[Plan], tallies: Sequence[Tally], kept: Sequence[str]
) -> list[ImportFile]:
    """The rows of a previewed batch, in the order the files will be applied. `kept`: stored content of each, or empty."""
    rows = [
        ImportFile(
            batch=batch,
            position=position,
            name=plan.name,
            sheet=plan.sheet,
            sha256=plan.sha256,
            content=content,
            kind=plan.kind,
            year=plan.year,
            refusal=plan.refusal,
            summary={"title": plan.title, "left": plan.left, **tally.summary()},
            problems=[problem.as_json() for problem in tally.problems],
            **tally.figures(),
        )
        for position, (plan, tally, content) in enumerate(zip(plans, tallies, kept, strict=True))
    ]
    for row in rows:
        row.save()
    return rows


def sources_of(files: Iterable[ImportFile]) -> list[Source]:
    """Uploaded files as sources, zips opened out. Raises nothing: a zip that cannot be opened stays one source."""
    found: list[Source] = []
    for file in files:
        source = reading.from_path(Path(file.content.path), file.name)
        try:
            found += reading.expand(source)
        except Unreadable:
            found.append(source)  # refused in words when it is read
    return found


def read(batch: ImportBatch, work: running.Work) -> dict[str, Any]:
    """Recognise and compare what was uploaded, and put the result in the batch's files. Idempotent."""
    uploads = list(batch.files.all())
    with work.writing():
        reference_present(now=timezone.now())
    plans = planning.prepare(
        sources_of(uploads),
        batch.year,
        lambda message: work.progress(0, len(uploads), f"Looking at {message}"),
    )
    scope = scope_of(batch.authority, now=timezone.now(), trusted=False)
    tallies = running.preview(plans, scope, work.progress)
    kept = _keep(plans, {upload.name: str(upload.content.name) for upload in uploads})
    with work.writing():
        locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.status != Status.READING:
            return {}
        locked.files.all().delete()
        store_files(locked, plans, tallies, kept)
        locked.status = Status.PREVIEWED
        locked.failure = ""
        locked.save(update_fields=["status", "failure"])
    for upload in uploads:
        if str(upload.content.name) not in kept:
            default_storage.delete(str(upload.content.name))
    return {"files": len(plans)}


def _keep(plans: Sequence[Plan], uploaded: Mapping[str, str]) -> list[str]:
    """Where the content of each readable plan is stored: the upload itself, or a member of a zip stored now."""
    kept: list[str] = []
    for plan in plans:
        if plan.refusal or plan.source is None:
            kept.append("")
        elif plan.source.name in uploaded:
            kept.append(uploaded[plan.source.name])
        else:
            with plan.source.open() as stream:
                kept.append(default_storage.save("imports/table", File(stream)))
    return kept


def plans_of(batch: ImportBatch, files: Sequence[ImportFile], sources: Iterable[Source]) -> list[Plan]:
    """Plans for files already previewed, one each and in their order. What changed since is refused."""
    found = {(plan.name, plan.sheet): plan for plan in planning.prepare(sources, batch.year)}
    plans: list[Plan] = []
    for file in files:
        plan = found.get((file.name, file.sheet))
        if file.refusal or plan is None or plan.refusal or plan.sha256 != file.sha256:
            refusal = file.refusal or "The file changed since it was read."
            plan = Plan(file.name, file.sheet, file.sha256, 0, refusal=refusal)
        plans.append(plan)
    return plans


def stored_sources(files: Sequence[ImportFile]) -> list[Source]:
    """The kept content of readable files, one source for each name."""
    kept = {file.name: file for file in files if not file.refusal and file.content}
    return [reading.from_path(Path(file.content.path), name) for name, file in kept.items()]


def apply_files(
    batch: ImportBatch,
    plans: Sequence[Plan],
    files: Sequence[ImportFile],
    work: running.Work,
    *,
    trusted: bool,
) -> list[Tally]:
    scope = scope_of(batch.authority, now=timezone.now(), trusted=trusted)
    return running.apply(plans, files, scope, work)


def store_tallies(files: Sequence[ImportFile], tallies: Sequence[Tally]) -> None:
    """Put into the rows of files applied without a preview what a preview would have."""
    for file, tally in zip(files, tallies, strict=True):
        for name, number in tally.figures().items():
            setattr(file, name, number)
        file.summary = {**file.summary, **tally.summary()}
        file.problems = [problem.as_json() for problem in tally.problems]
        file.save(update_fields=["added", "changed", "unchanged", "refused", "summary", "problems"])


def complete(batch: ImportBatch, *, by: User | None, now: dt.datetime) -> bool:
    """Close an applied batch: status, one change-log entry, and the event the rooms above wait for.

    The caller holds a transaction. False when it was closed before.
    """
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.status != Status.APPLYING:
        return False
    locked.status, locked.applied_at, locked.failure = Status.APPLIED, now, ""
    locked.save(update_fields=["status", "applied_at", "failure"])
    files = [file for file in locked.files.all() if not file.refusal]
    record_change(
        action="schools.apply_import",
        by=by,
        at=now,
        subject=locked,
        authority_id=locked.authority_id,
        after={
            "files": [
                {
                    "name": file.name,
                    "kind": file.kind,
                    "year": file.year,
                    "sha256": file.sha256,
                    **{k: file.figures[k] for k in ("added", "changed", "unchanged", "refused")},
                }
                for file in files
            ]
        },
    )
    emit(
        "data_imported",
        {
            "batch_id": locked.pk,
            "authority_id": locked.authority_id,
            "kinds": sorted({file.kind for file in files}),
            "years": sorted({file.year for file in files if file.year is not None}),
            "changed": sum(file.figures["added"] + file.figures["changed"] for file in files),
        },
        by=by,
        now=now,
    )
    return True
