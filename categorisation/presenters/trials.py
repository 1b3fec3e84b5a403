"""What an authority can try: the version in force beside its open draft."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Authority
from categorisation.choices import DraftStatus
from categorisation.engine import CompiledFramework
from categorisation.frameworks_in_force import compiled, compiled_document, version_for
from categorisation.models import FrameworkDraft, FrameworkVersion
from categorisation.schema import DocumentError


@dataclass(frozen=True)
class Trial:
    """The documents an authority can try: the version in force, and the open draft of the same framework.

    `changed` is None where there is no draft, or it has `faults` and cannot be tried.
    """

    authority: Authority
    version: FrameworkVersion
    published: CompiledFramework
    draft: FrameworkDraft | None
    changed: CompiledFramework | None
    faults: tuple[str, ...] = ()

    @property
    def frameworks(self) -> tuple[CompiledFramework, ...]:
        return (self.published,) if self.changed is None else (self.published, self.changed)

    @property
    def latest(self) -> CompiledFramework:
        """The draft where it can be tried, else the version in force."""
        return self.frameworks[-1]


def trial(authority: Authority, *, on: dt.date) -> Trial | None:
    """None where the authority has no framework in force. Five queries."""
    version = version_for(authority, on)
    if version is None:
        return None
    draft = FrameworkDraft.objects.filter(
        authority=authority, slug=version.slug, status=DraftStatus.OPEN
    ).first()
    changed, faults = _changed(draft) if draft else (None, ())
    return Trial(authority, version, compiled(version), draft, changed, faults)


def _changed(draft: FrameworkDraft) -> tuple[CompiledFramework | None, tuple[str, ...]]:
    try:
        return compiled_document(draft.document), ()
    except DocumentError as error:
        return None, tuple(str(fault) for fault in error.faults)
