"""Releasing and withdrawing documents: the only writers of this room."""

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.logs import record_change
from accounts.models import User
from reports import permissions
from reports.composer import Composition, Imprint, clean
from reports.models import Document, Rendering, reference_of
from reports.registry import DocumentKind
from reports.rendering import RendererMissing, render
from schools.choices import Audience
from schools.models import School

__all__ = ["RendererMissing", "imprint_of", "release", "withdraw"]

_ATTEMPTS = 5


def imprint_of(
    kind: DocumentKind, school: School, *, number: int | None = None, on: dt.date | None = None
) -> Imprint:
    """The imprint of a document about a school; without number and date, that of a preview. Reads `school.authority`."""
    authority = school.authority
    return Imprint(
        authority=authority.name,
        service=authority.service_name,
        colour=authority.colour,
        contact=authority.contact_email,
        audience=kind.audience.label,
        marking=kind.marking,
        reference=reference_of(school.urn, kind.audience, number) if number else "",
        issued_on=on,
    )


def release(
    *,
    kind: DocumentKind,
    composition: Composition,
    school: School,
    source: str,
    version: int,
    by: User,
    at: dt.datetime,
    confirm: Callable[[], None],
    on_release: Callable[[Document], None] | None = None,
) -> Document:
    """Store snapshot, HTML and PDF of a composition as a released document, once per source and version.

    Layout takes a second or more, so it is done before the transaction. `confirm` runs first inside it: it locks
    the source and raises when that is no longer what was composed. `on_release` runs last inside it, for what
    must happen with the release and only then. A second release of the same version returns the first document
    and does neither. An earlier version's document, if it still stands, is superseded.
    Raises PermissionDenied, RendererMissing, and whatever `confirm` raises.
    """
    permissions.check_can_release(by, school)
    attempts = 0
    while True:
        if released := Document.objects.filter(kind=kind.key, source=source, source_version=version).first():
            return released
        number = _next_number(school, kind.audience)
        imprint = imprint_of(kind, school, number=number, on=timezone.localdate(at))
        rendered = render(composition, imprint)
        try:
            with transaction.atomic():
                confirm()
                rendering = Rendering.objects.create(
                    snapshot=rendered.snapshot, html=rendered.html, pdf=rendered.pdf, sha256=rendered.sha256
                )
                earlier = (
                    Document.objects.select_for_update(of=("self",))
                    .filter(kind=kind.key, source=source, superseded_by__isnull=True)
                    .order_by("-source_version")
                    .first()
                )
                document = Document.objects.create(
                    kind=kind.key,
                    title=composition.title,
                    authority=school.authority,
                    school=school,
                    audience=kind.audience,
                    number=number,
                    marking=kind.marking,
                    file_name=kind.file_name,
                    source=source,
                    source_version=version,
                    rendering=rendering,
                    released_at=at,
                    released_by=by,
                    supersedes=earlier,
                )
                record_change(
                    action="reports.release",
                    by=by,
                    at=at,
                    subject=document,
                    authority_id=school.authority_id,
                    urn=school.urn,
                    audience=kind.audience,
                    after={
                        "kind": kind.key,
                        "reference": document.reference,
                        "audience": kind.audience,
                        "source": source,
                        "version": version,
                        "sha256": rendered.sha256,
                        "supersedes": earlier.reference if earlier else "",
                    },
                )
                if on_release:
                    on_release(document)
                return document
        except IntegrityError:
            # Someone released this very version, or took the number, between our reading and our writing.
            attempts += 1
            if attempts == _ATTEMPTS:
                raise


@transaction.atomic
def withdraw(*, document: Document, reason: str, by: User, at: dt.datetime) -> Document:
    """Take a document back: the school no longer finds it, the authority keeps it with the reason.

    Raises PermissionDenied, and ValueError without a reason.
    """
    locked = Document.objects.select_for_update(of=("self",)).select_related("school").get(pk=document.pk)
    permissions.check_can_withdraw(by, locked)
    reason = clean(reason).strip()
    if not reason:
        raise ValueError("Say why the document is withdrawn.")
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawal_reason = at, by, reason
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    record_change(
        action="reports.withdraw",
        by=by,
        at=at,
        subject=locked,
        authority_id=locked.authority_id,
        urn=locked.school.urn,
        audience=locked.audience,
        after={"withdrawal_reason": reason},
    )
    return locked


def _next_number(school: School, audience: Audience) -> int:
    highest = Document.objects.filter(school=school, audience=audience).aggregate(n=Max("number"))["n"]
    return (highest or 0) + 1
