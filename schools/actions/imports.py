"""Files given in the browser: taken in, applied once their preview was seen, or left alone.

The reading and the writing are jobs (`schools.tasks`); the one change-log entry of an applied import is written where
it ends (`schools.importing.batches.complete`).
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.logs import record_change
from accounts.models import Authority, User
from jobs.actions import cancel, enqueue
from jobs.models import Job
from schools.importing.reading import kept_name
from schools.models import ImportBatch, ImportFile
from schools.permissions import check_can_import

Status = ImportBatch.Status


@transaction.atomic
def start_import(
    *, authority: Authority, uploads: Sequence[UploadedFile], year: int | None, by: User, at: dt.datetime
) -> ImportBatch:
    """Keep the files and have them read. Two files of one name are kept as two.

    Raises PermissionDenied.
    """
    check_can_import(by, authority)
    batch = ImportBatch.objects.create(authority=authority, created_by=by, created_at=at, year=year)
    names: set[str] = set()
    for position, upload in enumerate(uploads):
        name = _unique(kept_name(upload.name or "file"), names)
        file = ImportFile(batch=batch, position=position, name=name, sha256=_sha256(upload))
        file.content.save("table", upload, save=False)
        file.save()
    record_change(
        action="schools.start_import",
        by=by,
        at=at,
        subject=batch,
        authority_id=authority.pk,
        after={"files": sorted(names)},
    )
    _enqueue(batch, "schools.read_import", by, at)
    return batch


@transaction.atomic
def apply_import(*, batch: ImportBatch, by: User, at: dt.datetime) -> bool:
    """Have a previewed import written. False when that was asked for before: a double click applies once.

    Raises PermissionDenied, and ValidationError when there is nothing to apply.
    """
    locked = _locked(batch, by)
    if locked.status in (Status.APPLYING, Status.APPLIED) and not _broke_off(locked):
        return False
    check_can_be_applied(locked)
    locked.status, locked.applied_by = Status.APPLYING, by
    locked.save(update_fields=["status", "applied_by"])
    _enqueue(locked, "schools.apply_import", by, at)
    return True


@transaction.atomic
def discard_import(*, batch: ImportBatch, by: User, at: dt.datetime) -> bool:
    """Leave an import alone and delete its files. False when it was left alone before.

    Raises PermissionDenied, and ValidationError once writing has begun.
    """
    locked = _locked(batch, by)
    if locked.status == Status.DISCARDED:
        return False
    check_can_be_discarded(locked)
    if locked.job is not None and not locked.job.is_finished:
        cancel(job=locked.job, now=at)
    locked.status = Status.DISCARDED
    locked.save(update_fields=["status"])
    stored = sorted({str(file.content.name) for file in locked.files.all() if file.content})
    locked.files.update(content="")
    record_change(
        action="schools.discard_import",
        by=by,
        at=at,
        subject=locked,
        authority_id=locked.authority_id,
        after={"files": [file.name for file in locked.files.all()]},
    )
    transaction.on_commit(partial(_delete, stored))
    return True


def check_can_be_applied(batch: ImportBatch) -> None:
    """Raises ValidationError with the reason; the page shows it where the button would be."""
    if batch.status == Status.READING:
        raise ValidationError("The files are still being read.")
    if batch.status not in (Status.PREVIEWED, Status.APPLYING):
        raise ValidationError(f"This import is over: {batch.get_status_display().lower()}.")
    if not batch.files.filter(refusal="").exists():
        raise ValidationError("None of these files can be imported. Leave them alone and give others.")


def check_can_be_discarded(batch: ImportBatch) -> None:
    """Raises ValidationError with the reason."""
    if batch.status in (Status.APPLYING, Status.APPLIED):
        raise ValidationError("This import has been applied, so it cannot be left alone any more.")


def _locked(batch: ImportBatch, by: User) -> ImportBatch:
    locked = (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("authority", "job")
        .get(pk=batch.pk)
    )
    assert locked.authority is not None  # the command line's imports are on no page
    check_can_import(by, locked.authority)
    return locked


def _broke_off(batch: ImportBatch) -> bool:
    """Writing stopped for good before its end; asking again goes on where it stopped."""
    return batch.status == Status.APPLYING and (batch.job is None or batch.job.is_finished)


def _enqueue(batch: ImportBatch, kind: str, by: User, at: dt.datetime) -> Job:
    job = enqueue(kind=kind, payload={"batch_id": batch.pk}, key=f"import:{batch.pk}", by=by, now=at)
    batch.job = job
    batch.save(update_fields=["job"])
    return job


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _delete(names: Sequence[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _unique(name: str, names: set[str]) -> str:
    """The name, or "2 of name" and so on: names tell files of one import apart, and their ending tells what they are."""
    number, candidate = 1, name
    while candidate in names:
        number += 1
        candidate = f"{number} of {name}"[-255:] if len(name) < 240 else f"{number} of {name[10:]}"
    names.add(candidate)
    return candidate
