"""Drafts of a framework: begun from a version, changed clause by clause, published by somebody else.

A draft holds together at every moment: what would break it is refused, with every fault and its place.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.logs import record_change
from accounts.models import Authority, User
from accounts.permissions import Refused
from categorisation import permissions
from categorisation.actions.frameworks import work_out_suggestions
from categorisation.choices import DraftStatus
from categorisation.drafting import changing, places
from categorisation.drafting.places import Data
from categorisation.engine.wording import long_date
from categorisation.models import Decision, FrameworkDraft, FrameworkVersion
from categorisation.schema import DocumentError, Fault, Framework, dump_yaml, load_data, load_yaml

LONGEST_FILE = 512 * 1024  # bytes; the shipped documents are a quarter of it
LONGEST_TITLE = 200
MOST_AHEAD = dt.timedelta(
    days=800
)  # two academic years: a slip in the year would bar every version before it


class DraftConflict(Exception):
    """Somebody changed the same clause meanwhile. Nothing was written; `theirs` is what stands now, None if removed."""

    def __init__(self, theirs: Data | None, draft: FrameworkDraft) -> None:
        self.theirs, self.draft = theirs, draft
        super().__init__("Somebody else changed this while you were writing.")


@transaction.atomic
def start_draft(
    *, version: FrameworkVersion, authority: Authority, by: User, at: dt.datetime
) -> FrameworkDraft:
    """Begin a draft from any version, old ones too. While one is open for this framework, it is that one.

    Raises PermissionDenied.
    """
    permissions.check_can_edit_framework(by, authority)
    Authority.objects.select_for_update().get(pk=authority.pk)  # two people begin the same draft
    draft = FrameworkDraft.objects.filter(
        authority=authority, slug=version.slug, status=DraftStatus.OPEN
    ).first()
    if draft is not None:
        return draft
    draft = FrameworkDraft.objects.create(
        authority=authority,
        slug=version.slug,
        based_on=version,
        document=version.document,
        created_at=at,
        created_by=by,
        saved_at=at,
        saved_by=by,
    )
    draft.editors.add(by)
    after = {"slug": draft.slug, "based_on": version.number}
    _record("start_draft", draft, by=by, at=at, after=after)
    return draft


@transaction.atomic
def change_draft(
    *, draft: FrameworkDraft, place: str, part: Data, revision: int, seen: str = "", by: User, at: dt.datetime
) -> FrameworkDraft:
    """Put another part at a place.

    `revision` is the draft's that the person saw, `seen` the fingerprint of the part itself: while that is unchanged,
    changes elsewhere are no conflict. Raises DraftConflict, DocumentError with every fault, UnknownPlace, Refused.
    """
    locked = _locked(draft, by)
    before = _as_seen(locked, place, revision, seen)
    document = changing.changed(locked.document, place, part)
    return _save("change_draft", locked, document, place, before, places.find(document, place), by=by, at=at)


@transaction.atomic
def add_to_draft(
    *, draft: FrameworkDraft, place: str, part: Data, by: User, at: dt.datetime
) -> tuple[FrameworkDraft, str]:
    """Add an item to the list at a place; the draft and the item's place. Raises as `change_draft` does.

    An item equal to one that is there already is not added a second time.
    """
    locked = _locked(draft, by)
    document, new = changing.added(locked.document, place, part)
    items = places.find(document, place)
    twin = next((item for item in items[:-1] if _same(item, items[-1])), None)
    if twin is not None:
        return locked, f"{place}.{places.name_of(twin, items.index(twin) + 1)}"
    return _save("add_to_draft", locked, document, new, None, places.find(document, new), by=by, at=at), new


def _same(one: Data, other: Data) -> bool:
    """A double click made both: all is the same but the key, which is never given twice."""
    return {**one, "key": ""} == {**other, "key": ""}


@transaction.atomic
def remove_from_draft(
    *, draft: FrameworkDraft, place: str, revision: int, seen: str = "", by: User, at: dt.datetime
) -> FrameworkDraft:
    """Take an item out. Raises StillReferredTo naming who needs it, DraftConflict, UnknownPlace, Refused."""
    locked = _locked(draft, by)
    before = _as_seen(locked, place, revision, seen)
    return _save(
        "remove_from_draft",
        locked,
        changing.removed(locked.document, place),
        place,
        before,
        None,
        by=by,
        at=at,
    )


@transaction.atomic
def move_in_draft(
    *, draft: FrameworkDraft, place: str, steps: int, revision: int, by: User, at: dt.datetime
) -> tuple[FrameworkDraft, str]:
    """Move an item down its list (negative: up); the draft and the item's place then. A stale click moves nothing."""
    locked = _locked(draft, by)
    if locked.revision != revision:
        places.find(locked.document, place)
        return locked, place
    document, new = changing.moved(locked.document, place, steps)
    if document == locked.document:
        return locked, new
    before, after = {"place": place}, {"place": new}
    return _save("move_in_draft", locked, document, place, before, after, by=by, at=at), new


@transaction.atomic
def replace_draft(
    *, draft: FrameworkDraft, content: bytes, revision: int, by: User, at: dt.datetime
) -> FrameworkDraft:
    """Put the document of a YAML file in the draft's place.

    Raises DocumentError with every fault and its place; DraftConflict where the draft changed meanwhile.
    """
    locked = _locked(draft, by)
    document = read_file(content, slug=locked.slug)
    if locked.revision != revision:
        raise DraftConflict(None, locked)
    data = changing.plain(document)
    before, after = ({"fingerprint": changing.fingerprint(one)} for one in (locked.document, data))
    return _save("replace_draft", locked, data, "document", before, after, by=by, at=at)


def read_file(content: bytes, *, slug: str) -> Framework:
    """The document of a YAML file, checked as a draft of this framework. Raises DocumentError with every fault."""
    if len(content) > LONGEST_FILE:
        raise DocumentError([Fault("document", f"the file is larger than {LONGEST_FILE // 1024} kB")])
    document = load_yaml(content)
    faults = list(_unwritable(changing.plain(document), "document"))
    if document.identity.slug != slug:
        faults.append(Fault("identity.slug", f"this is a draft of “{slug}”, and the file of another policy"))
    if len(document.identity.title) > LONGEST_TITLE:
        faults.append(Fault("identity.title", f"it must be {LONGEST_TITLE} characters or less"))
    if faults:
        raise DocumentError(faults)
    return document


def _unwritable(value: Any, place: str) -> list[Fault]:
    """Characters that no database keeps: nulls, and halves of a pair."""
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            return [Fault(place, "the text holds characters that cannot be stored")]
        return []
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
    )
    return [
        fault
        for name, item in inner
        for fault in _unwritable(item, f"{place}.{name}".removeprefix("document."))
    ]


@transaction.atomic
def abandon_draft(*, draft: FrameworkDraft, by: User, at: dt.datetime) -> FrameworkDraft:
    """End a draft without publishing it. A second click changes nothing. Raises Refused."""
    locked = _locked(draft, by, ending=DraftStatus.ABANDONED)
    if locked.status == DraftStatus.ABANDONED:
        return locked
    locked.status = DraftStatus.ABANDONED
    locked.save(update_fields=["status"])
    _record("abandon_draft", locked, by=by, at=at, before={"status": "open"}, after={"status": locked.status})
    return locked


@transaction.atomic
def publish_draft(
    *,
    draft: FrameworkDraft,
    effective_from: dt.date,
    summary: str,
    revision: int,
    by: User,
    at: dt.datetime,
) -> FrameworkVersion:
    """Make the draft the next version, in force for its authority alone from a day; suggestions are worked out afresh.

    A second click returns the same version. Raises Refused with the reason (who wrote it does not publish it; not
    back before a confirmed decision or another version, nor years ahead), DraftConflict where the draft changed since it was read,
    DocumentError.
    """
    locked = _row(draft)
    if locked.published_as is not None and locked.published_as.published_by_id == by.pk:
        return locked.published_as
    permissions.check_can_publish_draft(by, locked)
    if locked.revision != revision:
        raise DraftConflict(None, locked)
    if not summary.strip():
        raise Refused("Say what has changed and why.")
    check_effective_from(locked, effective_from, timezone.localdate(at))
    document = load_data(_dated(locked.document, effective_from))
    if says_nothing_new(locked, effective_from):
        raise Refused("The draft says what is in force then already, so there is nothing to publish.")
    version = FrameworkVersion.objects.create(
        authority=locked.authority,
        slug=locked.slug,
        number=(_held(locked).aggregate(number=Max("number"))["number"] or 0) + 1,
        title=document.identity.title,
        document=changing.plain(document),
        sha256=hashlib.sha256(dump_yaml(document)).hexdigest(),
        effective_from=effective_from,
        summary=summary.strip(),
        based_on=locked.based_on,
        published_at=at,
        published_by=by,
    )
    locked.status, locked.published_as, locked.summary = DraftStatus.PUBLISHED, version, version.summary
    locked.save(update_fields=["status", "published_as", "summary"])
    _record(
        "publish_draft",
        locked,
        by=by,
        at=at,
        before={"status": "open", "version": locked.based_on.number},
        after={
            "status": locked.status,
            "version": version.number,
            "effective_from": effective_from,
            "sha256": version.sha256,
        },
    )
    work_out_suggestions(locked.authority_id, by=by, now=at)
    return version


def check_effective_from(draft: FrameworkDraft, day: dt.date, today: dt.date) -> None:
    """Raise Refused unless a version may take effect that day: decisions that were confirmed rest on the old one."""
    if day > today + MOST_AHEAD:
        raise Refused(f"It can take effect by {long_date(today + MOST_AHEAD)} at the latest. Check the year.")
    earliest, reason = earliest_day(draft)
    if earliest is not None and day < earliest:
        raise Refused(f"It can take effect from {long_date(earliest)} at the earliest: {reason}.")


def earliest_day(draft: FrameworkDraft) -> tuple[dt.date | None, str]:
    """The first day a new version may take effect, and why not before; None where any day will do. Two queries."""
    words = draft.document["words"]["level"]
    last = _own(draft).order_by("-effective_from").first()
    found: list[tuple[dt.date, str]] = []
    if last is not None:
        found.append((last.effective_from, f"version {last.number} takes effect then"))
    confirmed = Decision.objects.filter(
        school__authority=draft.authority_id, version__slug=draft.slug, confirmed_at__isnull=False
    ).aggregate(start_on=Max("start_on"), confirmed_at=Max("confirmed_at"))
    if confirmed["start_on"] is not None:
        day = max(confirmed["start_on"], timezone.localdate(confirmed["confirmed_at"]))
        found.append((day, f"a school’s {words} was confirmed by the policy in force till then"))
    return max(found, default=(None, ""), key=lambda one: one[0])


def says_nothing_new(draft: FrameworkDraft, day: dt.date) -> bool:
    """Whether the version in force on a day says the same already, but for that day. One query."""
    current = FrameworkVersion.objects.in_force(draft.slug, day, draft.authority_id).first()
    return current is not None and _dated(current.document, day) == _dated(draft.document, day)


def _dated(document: Data, day: dt.date) -> Data:
    return {**document, "identity": {**document["identity"], "effective_from": day.isoformat()}}


def _held(draft: FrameworkDraft) -> Any:
    own = Q(authority__isnull=True) | Q(authority=draft.authority_id)
    return FrameworkVersion.objects.filter(own, slug=draft.slug)


def _own(draft: FrameworkDraft) -> Any:
    return FrameworkVersion.objects.filter(authority=draft.authority_id, slug=draft.slug)


def _row(draft: FrameworkDraft) -> FrameworkDraft:
    return (
        FrameworkDraft.objects.select_for_update(of=("self",))
        .select_related("authority", "based_on", "published_as")
        .get(pk=draft.pk)
    )


def _locked(draft: FrameworkDraft, by: User, *, ending: str = "") -> FrameworkDraft:
    locked = _row(draft)
    if ending and locked.status == ending:
        permissions.check_can_edit_framework(by, locked.authority)
        return locked
    permissions.check_can_change_draft(by, locked)
    return locked


def _as_seen(draft: FrameworkDraft, place: str, revision: int, seen: str) -> Data:
    """What stands at the place, if it is what the person saw. Raises DraftConflict, UnknownPlace."""
    places.shape_of(place)
    try:
        part: Data = places.find(draft.document, place)
    except places.UnknownPlace:
        if draft.revision == revision:
            raise
        raise DraftConflict(None, draft) from None
    if draft.revision != revision and changing.fingerprint(part) != seen:
        raise DraftConflict(part, draft)
    return part


def _save(
    action: str,
    draft: FrameworkDraft,
    document: Data,
    place: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    by: User,
    at: dt.datetime,
) -> FrameworkDraft:
    """Saving what is there already changes nothing."""
    if document == draft.document:
        return draft
    draft.document = document
    draft.revision += 1
    draft.saved_at, draft.saved_by = at, by
    draft.save(update_fields=["document", "revision", "saved_at", "saved_by"])
    draft.editors.add(by)
    _record(
        action,
        draft,
        by=by,
        at=at,
        before={"place": place, "part": before},
        after={"place": place, "part": after},
    )
    return draft


def _record(
    action: str,
    draft: FrameworkDraft,
    *,
    by: User,
    at: dt.datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    record_change(
        action=f"categorisation.{action}",
        by=by,
        at=at,
        subject=draft,
        authority_id=draft.authority_id,
        before=before,
        after=after,
    )
