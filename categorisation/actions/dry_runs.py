"""Dry runs: a changed document tried on every school of an authority, unattended."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.logs import record_change
from accounts.models import Authority, User
from categorisation.benching import Tally
from categorisation.benching.parameters import parameter_changes
from categorisation.choices import DraftStatus
from categorisation.frameworks_in_force import compiled_document, version_for
from categorisation.models import DryRun, DryRunMove, FrameworkDraft, FrameworkVersion
from categorisation.permissions import check_can_edit_framework
from categorisation.schema import DocumentError, Framework, load_data
from jobs.actions import cancel, enqueue

KIND = "categorisation.dry_run"


@transaction.atomic
def start_dry_run(*, draft: FrameworkDraft, on: dt.date, by: User, at: dt.datetime) -> DryRun:
    """Try the draft, as it is now, on every open school. One that is under way for this revision is returned as it is.

    Raises PermissionDenied, and ValidationError where the draft is closed or faulty or no version is in force.
    """
    draft = FrameworkDraft.objects.select_for_update().select_related("authority").get(pk=draft.pk)
    check_can_edit_framework(by, draft.authority)
    if draft.status != DraftStatus.OPEN:
        raise ValidationError("This draft is closed, so it cannot be tried any more.")
    standing = _under_way(DryRun.objects.filter(draft=draft, revision=draft.revision))
    if standing is not None:
        return standing
    against = _in_force(draft.authority, on)
    try:
        compiled_document(draft.document)
    except DocumentError as error:
        count = len(error.faults)
        many = "one fault" if count == 1 else f"{count} faults"
        raise ValidationError(f"The draft has {many}. Mend the draft first, then try it.") from None
    run = DryRun(authority=draft.authority, draft=draft, revision=draft.revision, document=draft.document)
    return _start(run, against, on, by, at)


@transaction.atomic
def try_parameter(
    *, authority: Authority, key: str, value: Decimal | str, on: dt.date, by: User, at: dt.datetime
) -> DryRun:
    """Try the version in force with another value of one parameter; no draft is touched.

    One that is under way for the same value is returned as it is. Raises PermissionDenied, and ValidationError where
    no version is in force, the parameter is not in it, or the value is not one it can have or has already.
    """
    authority = Authority.objects.select_for_update().get(pk=authority.pk)
    check_can_edit_framework(by, authority)
    against = _in_force(authority, on)
    document = _with_parameter(against.document, key, value)
    changes = parameter_changes(load_data(against.document), _loaded(document))
    if key not in changes:
        raise ValidationError("That is its value already, so there is nothing to try.")
    same = DryRun.objects.filter(authority=authority, against=against, draft=None, tried=changes[key])
    standing = _under_way(same)
    if standing is not None:
        return standing
    return _start(DryRun(authority=authority, tried=changes[key], document=document), against, on, by, at)


@transaction.atomic
def stop_dry_run(*, dry_run: DryRun, by: User, at: dt.datetime) -> None:
    """Ask the work to stop. Does nothing where it has ended. Raises PermissionDenied."""
    dry_run = (
        DryRun.objects.select_for_update(of=("self",)).select_related("authority", "job").get(pk=dry_run.pk)
    )
    check_can_edit_framework(by, dry_run.authority)
    if dry_run.job is None or dry_run.job.is_finished:
        return
    cancel(job=dry_run.job, now=at)
    record_change(
        action="categorisation.stop_dry_run",
        by=by,
        at=at,
        subject=dry_run,
        authority_id=dry_run.authority_id,
    )


def begin_dry_run(*, dry_run: DryRun) -> None:
    """Forget what an attempt that broke off found. For the job that does the dry run, in its transaction."""
    DryRunMove.objects.filter(dry_run=dry_run).delete()


def keep_moves(moves: Collection[DryRunMove]) -> None:
    """The moves of a batch of schools, each school once. For the job that does the dry run, in its transaction."""
    DryRunMove.objects.bulk_create(
        moves,
        update_conflicts=True,
        unique_fields=["dry_run", "school"],
        update_fields=[
            "before",
            "before_low",
            "before_high",
            "after",
            "after_low",
            "after_high",
            "rules",
        ],
    )


def finish_dry_run(*, dry_run: DryRun, tally: Tally, now: dt.datetime) -> None:
    """Every school is tried. For the job that does the dry run, in its transaction."""
    dry_run.counts, dry_run.finished_at = tally.counts, now
    dry_run.save(update_fields=["counts", "finished_at"])


def _under_way(runs: Any) -> DryRun | None:
    return next(
        (
            run
            for run in runs.filter(finished_at=None).select_related("job")
            if run.job and not run.job.is_finished
        ),
        None,
    )


def _in_force(authority: Authority, on: dt.date) -> FrameworkVersion:
    version = version_for(authority, on)
    if version is None:
        raise ValidationError("No policy is in force yet, so there is nothing to compare with.")
    return version


def _start(run: DryRun, against: FrameworkVersion, on: dt.date, by: User, at: dt.datetime) -> DryRun:
    run.against, run.on, run.started_by, run.started_at = against, on, by, at
    run.save()
    run.job = enqueue(
        kind=KIND,
        payload={"dry_run_id": run.pk, "authority_id": run.authority_id},
        key=str(run.pk),
        by=by,
        now=at,
    )
    run.save(update_fields=["job"])
    record_change(
        action="categorisation.start_dry_run",
        by=by,
        at=at,
        subject=run,
        authority_id=run.authority_id,
        after={"revision": run.revision, "tried": run.tried, "against": against.number, "on": on},
    )
    return run


def _with_parameter(document: Mapping[str, Any], key: str, value: Decimal | str) -> dict[str, Any]:
    """A copy of the document in which the parameter has this value of the authority's own."""
    if key not in {item["key"] for item in document["parameters"]}:
        raise ValidationError("Select a parameter of the policy in force.")
    plain = value
    if isinstance(value, Decimal):
        plain = int(value) if value == value.to_integral_value() else float(value)  # type: ignore[assignment]
    parameters = [
        {**item, "chosen": plain} if item["key"] == key else item for item in document["parameters"]
    ]
    return {**document, "parameters": parameters}


def _loaded(document: Mapping[str, Any]) -> Framework:
    try:
        return load_data(document)
    except DocumentError as error:
        raise ValidationError(
            [f"This value cannot be tried: {fault.message}." for fault in error.faults]
        ) from None
