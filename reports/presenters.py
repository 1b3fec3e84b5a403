"""What other rooms show of documents: rows for a school's page and for a person's home."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from reports.models import Document
from schools.models import School


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A released document in one line: enough to link to it and to download it."""

    title: str
    school: School
    reference: str
    released_at: dt.datetime
    href: str
    download_href: str


def recent(
    user: User,
    *,
    schools: Iterable[School] | None = None,
    since: dt.datetime | None = None,
    limit: int = 5,
) -> list[DocumentLine]:
    """The newest standing documents the person may read, newest first. One query.

    `schools` narrows to some schools, `since` to what was released from then on.
    """
    documents = Document.objects.visible_to(user).standing().select_related("school")
    if schools is not None:
        documents = documents.filter(school__in=list(schools))
    if since is not None:
        documents = documents.filter(released_at__gte=since)
    return [line_of(document) for document in documents[:limit]]


def line_of(document: Document) -> DocumentLine:
    return DocumentLine(
        title=document.title,
        school=document.school,
        reference=document.reference,
        released_at=document.released_at,
        href=document.get_absolute_url(),
        download_href=reverse("reports:document-download", args=[document.school.urn, document.public_id]),
    )


def is_replaced(document: Document) -> bool:
    """Whether a later document stands in its place. No query after `with_names()`."""
    return hasattr(document, "superseded_by")


def size_in_words(size: int) -> str:
    """Bytes as people read them beside a link: "84 KB", "1.2 MB"."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"
