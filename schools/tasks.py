"""Unattended work of this room: reading and writing imported files, joining accounts to contacts."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from jobs.registry import Work, on, task
from schools.actions.contacts import join_contacts
from schools.importing import batches
from schools.models import ImportBatch


@task("schools.read_import", title="Reading the files")
def read_import(work: Work) -> dict[str, Any]:
    """Preview a batch. Nothing of it is in the register yet, so a second run starts from the beginning."""
    batch = ImportBatch.objects.select_related("authority").get(pk=work.payload["batch_id"])
    if batch.status != ImportBatch.Status.READING:
        return {}
    return batches.read(batch, work)


@task("schools.apply_import", title="Importing")
def apply_import(work: Work) -> dict[str, Any]:
    """Write a previewed batch, from where a killed run stopped."""
    batch = ImportBatch.objects.select_related("authority", "applied_by").get(pk=work.payload["batch_id"])
    if batch.status != ImportBatch.Status.APPLYING:
        return {}
    files = list(batch.files.all())
    plans = batches.plans_of(batch, files, batches.stored_sources(files))
    batches.apply_files(batch, plans, files, work, trusted=False)
    with work.writing():
        batches.complete(batch, by=batch.applied_by, now=timezone.now())
    return {"files": sum(1 for file in files if not file.refusal)}


@on("account_made", key=lambda payload: str(payload["user_id"]))
@task("schools.join_contacts", title="Joining an account to its schools")
def join_account(work: Work) -> dict[str, Any]:
    """A head recorded before they had an account finds their school when they first sign in."""
    with work.writing():
        user = User.objects.get(pk=work.payload["user_id"])
        return {"contacts": join_contacts(user=user, at=timezone.now())}
