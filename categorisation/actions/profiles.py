"""Writing, handing over, reopening, agreeing and releasing self-evaluation profiles.

The change log says which rows of a draft changed and by how much; what they say, and the grades, are logged only
when a stage is handed over, since a draft is its writers' own.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.logs import record_change
from accounts.models import User
from categorisation.choices import ProfileStage
from categorisation.documents import profile as documents
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import Profile, ProfileCheck, ProfileJudgement
from categorisation.models.profile import HANDED_OVER
from categorisation.permissions import profiles as permissions
from categorisation.rules import profiles as rules
from categorisation.rules.profiles import STAGES, Judged, Ticks, Typed
from categorisation.workflow import NotPossible
from jobs.actions import emit
from reports import actions as reports
from reports.composer import clean
from reports.models import Document
from schools.choices import Audience
from schools.models import School
from schools.rules.academic_years import academic_year


class ProfileStale(NotPossible):
    """The stage changed after the person last saw it."""


@dataclass(frozen=True, slots=True)
class ProfileConflict:
    """A row that someone else changed meanwhile. Nothing of `mine` was written, and nothing of it is lost."""

    row: str
    title: str
    mine: Judged
    theirs: Judged
    theirs_by: str
    revision: int  # of theirs; saving mine against it replaces theirs knowingly


@dataclass(frozen=True, slots=True)
class ProfileSaved:
    """What a save did. `revisions` holds the revision of every row that was typed, as it now stands."""

    changed: tuple[str, ...]
    conflicts: tuple[ProfileConflict, ...]
    revisions: Mapping[str, int]
    at: dt.datetime


@transaction.atomic
def begin_profile(*, school: School, by: User, at: dt.datetime) -> Profile:
    """The school's profile of the academic year, under the framework in force; the one there is where it is begun.

    Raises PermissionDenied, NotPossible.
    """
    locked = School.objects.select_for_update(of=("self",)).select_related("authority").get(pk=school.pk)
    permissions.check_can_begin(by, locked)
    on = timezone.localdate(at)
    if begun := Profile.objects.filter(school=locked, year=academic_year(on)).first():
        return begun
    version = version_for(locked.authority, on)
    if version is None:
        raise NotPossible(
            f"{locked.authority.name} has not chosen a policy yet, so there are no rows to fill in."
        )
    profile = Profile.objects.create(
        school=locked, year=academic_year(on), version=version, begun_at=at, begun_by=by
    )
    _record("begin", profile, by, at, after={"year": profile.year, "version": str(version)})
    return profile


@transaction.atomic
def save_profile(
    *,
    profile: Profile,
    stage: ProfileStage,
    typed: Mapping[str, Typed],
    by: User,
    at: dt.datetime,
    ticks: Ticks | None = None,
) -> ProfileSaved:
    """Save rows of one stage, each on the revision it was typed on; and what the school ticked.

    A row that someone else changed meanwhile is left as it is and reported as a conflict; the others are saved.
    What equals what stands is neither a change nor a conflict, so saving twice is saving once.
    Raises PermissionDenied, NotPossible; ValueError, nothing being saved, for a grade outside the scale, a trend
    that is none or a text too long; KeyError for a row or item that the profile's framework does not have.
    """
    locked = _locked(profile)
    permissions.check_can_judge(by, locked, stage)
    document = compiled(locked.version).document
    rows = {row.key: row for row in rules.rows_of(document)}
    with_trend = document.self_evaluation.trend
    given = {key: rules.judged(rows[key], one, with_trend=with_trend) for key, one in typed.items()}
    held = {
        judgement.row: judgement
        for judgement in locked.judgements.filter(stage=stage, row__in=given).select_related("saved_by")
    }
    changed: list[ProfileJudgement] = []
    conflicts: list[ProfileConflict] = []
    before: dict[str, Any] = {}
    for key, said in given.items():
        judgement = held.get(key) or ProfileJudgement(profile=locked, row=key, stage=stage)
        if said == judged_of(judgement):
            continue
        if judgement.revision != typed[key].revision:
            conflicts.append(_conflict(judgement, rows[key].title, said))
            continue
        before[key] = _measure(judgement)
        judgement.grade, judgement.text, judgement.trend = said.grade, said.text, said.trend
        judgement.revision += 1
        judgement.saved_at, judgement.saved_by = at, by
        judgement.save()
        held[key] = judgement
        changed.append(judgement)
    after = {judgement.row: _measure(judgement) for judgement in changed}
    if ticks and stage == ProfileStage.SCHOOL:
        after |= _tick(locked, ticks, rules.items_of(document), by, at)
    if after:
        _record("save", locked, by, at, before=before, after={"stage": stage, **after})
    return ProfileSaved(
        changed=tuple(judgement.row for judgement in changed),
        conflicts=tuple(conflicts),
        revisions={key: held[key].revision if key in held else 0 for key in given},
        at=at,
    )


def _tick(profile: Profile, ticks: Ticks, items: frozenset[str], by: User, at: dt.datetime) -> dict[str, Any]:
    if unknown := {*ticks.ticked, *ticks.unticked} - items:
        raise KeyError(min(unknown))
    held = set(profile.checks.values_list("item", flat=True))
    ticked = sorted(set(ticks.ticked) - held)
    unticked = sorted(set(ticks.unticked) & held)
    profile.checks.filter(item__in=unticked).delete()
    ProfileCheck.objects.bulk_create(
        ProfileCheck(profile=profile, item=item, ticked_at=at, ticked_by=by) for item in ticked
    )
    return {name: items for name, items in (("ticked", ticked), ("unticked", unticked)) if items}


@transaction.atomic
def hand_over_profile(
    *, profile: Profile, stage: ProfileStage, expected: int, by: User, at: dt.datetime
) -> Profile:
    """Hand a stage over to those who come next: the school sends, the adviser has validated, the authority moderated.

    `expected` is `revision_of` the stage as the person saw it. Rows that the authority left ungraded stand as
    validated. A second click changes nothing. Raises PermissionDenied, ProfileNotReady naming what is missing,
    ProfileStale, NotPossible.
    """
    locked = _locked(profile)
    if stage in locked.handed_over:
        permissions.check_reaches(by, locked, stage)
        return locked
    permissions.check_can_judge(by, locked, stage)
    own = {judgement.row: judgement for judgement in locked.judgements.filter(stage=stage)}
    if sum(judgement.revision for judgement in own.values()) != expected:
        raise ProfileStale("Something was changed since you looked at it. Read it again before you go on.")
    if lacking := missing_of(locked, stage):
        raise permissions.ProfileNotReady(lacking)
    if stage == ProfileStage.MODERATED:
        _stand_as_validated(locked, own, by, at)
    prefix = HANDED_OVER[stage]
    setattr(locked, f"{prefix}_at", at)
    setattr(locked, f"{prefix}_by", by)
    locked.edition += 1
    locked.save(update_fields=[f"{prefix}_at", f"{prefix}_by", "edition"])
    grades = dict(locked.judgements.filter(stage=stage).values_list("row", "grade"))
    _record("hand_over", locked, by, at, Audience.SCHOOL, after={"stage": stage, "grades": grades})
    _tell(locked, stage, by, at)
    return locked


def _stand_as_validated(
    profile: Profile, own: dict[str, ProfileJudgement], by: User, at: dt.datetime
) -> None:
    for validated in profile.judgements.filter(stage=ProfileStage.VALIDATED, grade__isnull=False):
        judgement = own.get(validated.row) or ProfileJudgement(
            profile=profile, row=validated.row, stage=ProfileStage.MODERATED
        )
        if judgement.grade is None:
            judgement.grade = validated.grade
            judgement.revision += 1
            judgement.saved_at, judgement.saved_by = at, by
            judgement.save()


@transaction.atomic
def reopen_profile(
    *, profile: Profile, stage: ProfileStage, reason: str, by: User, at: dt.datetime
) -> Profile:
    """Take the stage handed over last up again; the change log keeps the reason. Its grades decide nothing meanwhile.

    Raises PermissionDenied, NotPossible (also where another stage was handed over meanwhile), ValueError without a
    reason.
    """
    locked = _locked(profile)
    if permissions.check_can_reopen(by, locked) != stage:
        raise NotPossible("The profile has moved on since you looked at it. Read it again.")
    reason = clean(reason).strip()
    if not reason:
        raise ValueError("Say why it is reopened.")
    prefix = HANDED_OVER[stage]
    before: dict[str, Any] = {"stage": stage, "handed_over_at": getattr(locked, f"{prefix}_at")}
    setattr(locked, f"{prefix}_at", None)
    setattr(locked, f"{prefix}_by", None)
    locked.edition += 1
    fields = [f"{prefix}_at", f"{prefix}_by", "edition"]
    if stage == ProfileStage.VALIDATED and locked.agreed_on:
        # What was agreed is no longer what stands
        before |= {"agreed_on": locked.agreed_on, "agreed_with": locked.agreed_with}
        locked.agreed_on, locked.agreed_with, locked.agreed_recorded_by = None, "", None
        fields += ["agreed_on", "agreed_with", "agreed_recorded_by"]
    locked.save(update_fields=fields)
    _record("reopen", locked, by, at, Audience.SCHOOL, before=before, after={"reason": reason})
    _tell(locked, stage, by, at)
    return locked


@transaction.atomic
def agree_profile(
    *, profile: Profile, agreed_on: dt.date, agreed_with: str, by: User, at: dt.datetime
) -> Profile:
    """Record the day on which the adviser and the school agreed the profile, and with whom (L-063).

    Raises PermissionDenied, NotPossible, ValueError for a day before the profile was begun or to come, or nobody.
    """
    locked = _locked(profile)
    permissions.check_can_agree(by, locked)
    agreed_with = clean(agreed_with).strip()
    if not agreed_with:
        raise ValueError("Enter with whom it was agreed.")
    if not timezone.localdate(locked.begun_at) <= agreed_on <= timezone.localdate(at):
        raise ValueError("The day must be after the self-evaluation was begun, and not in the future.")
    before = {"agreed_on": locked.agreed_on, "agreed_with": locked.agreed_with}
    after = {"agreed_on": agreed_on, "agreed_with": agreed_with}
    if before == after:
        return locked
    locked.agreed_on, locked.agreed_with, locked.agreed_recorded_by = agreed_on, agreed_with, by
    locked.edition += 1
    locked.save(update_fields=["agreed_on", "agreed_with", "agreed_recorded_by", "edition"])
    _record("agree", locked, by, at, Audience.SCHOOL, before=before, after=after)
    return locked


def release_profile(*, profile: Profile, by: User, at: dt.datetime) -> Document:
    """Release the profile as it stands to the school, with what has been handed over and nothing else.

    A second click returns the same document. Raises PermissionDenied, NotPossible, reports.rendering.RendererMissing.
    """
    seen = Profile.objects.select_related("school__authority", "version").get(pk=profile.pk)
    _check_can_release(by, seen)

    def confirm() -> None:
        locked = _locked(seen)
        _check_can_release(by, locked)
        if locked.edition != seen.edition:
            raise ProfileStale("The profile has changed meanwhile. Read it again before you release it.")

    return reports.release(
        kind=documents.PROFILE,
        composition=documents.PROFILE.build(seen),
        school=seen.school,
        source=documents.source_of(seen),
        version=seen.edition,
        by=by,
        at=at,
        confirm=confirm,
    )


def _check_can_release(by: User, profile: Profile) -> None:
    permissions.check_can_release_profile(by, profile)
    same = documents.documents_of(profile).filter(source_version=profile.edition)
    if same.filter(withdrawn_at__isnull=False).exists():
        raise NotPossible(
            "The document of this profile was withdrawn. Reopen the profile to release another."
        )


def judged_of(judgement: ProfileJudgement) -> Judged:
    return Judged(judgement.grade, judgement.text, judgement.trend)


def revision_of(profile: Profile, stage: ProfileStage) -> int:
    """Grows with every change of a stage's rows. One query."""
    return sum(profile.judgements.filter(stage=stage).values_list("revision", flat=True))


def missing_of(profile: Profile, stage: ProfileStage) -> tuple[rules.Missing, ...]:
    """What a stage lacks before it can be handed over. Two queries; fetch `version` with select_related."""
    by_stage: dict[str, dict[str, Judged]] = {one: {} for one in STAGES}
    for judgement in profile.judgements.all():
        by_stage[judgement.stage][judgement.row] = judged_of(judgement)
    earlier = STAGES[STAGES.index(stage) - 1] if stage != ProfileStage.SCHOOL else None
    before = by_stage[earlier] if earlier in profile.handed_over else None
    return rules.missing(stage, rules.rows_of(compiled(profile.version).document), by_stage[stage], before)


def _locked(profile: Profile) -> Profile:
    return (
        Profile.objects.select_for_update(of=("self",))
        .select_related("school__authority", "version")
        .get(pk=profile.pk)
    )


def _conflict(judgement: ProfileJudgement, title: str, mine: Judged) -> ProfileConflict:
    by = judgement.saved_by.name if judgement.pk else ""
    return ProfileConflict(judgement.row, title, mine, judged_of(judgement), by, judgement.revision)


def _measure(judgement: ProfileJudgement) -> dict[str, int]:
    return {"revision": judgement.revision, "characters": len(judgement.text)}


def _tell(profile: Profile, stage: ProfileStage, by: User, at: dt.datetime) -> None:
    """The school's own grade alone decides nothing; the others are facts of the suggestion."""
    if stage != ProfileStage.SCHOOL:
        emit("profile_changed", {"school_id": profile.school_id}, by=by, now=at)


def _record(
    verb: str,
    profile: Profile,
    by: User,
    at: dt.datetime,
    audience: Audience = Audience.AUTHORITY,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
) -> None:
    record_change(
        action=f"categorisation.{verb}_profile",
        by=by,
        at=at,
        subject=profile,
        authority_id=profile.school.authority_id,
        urn=profile.school.urn,
        audience=audience,
        before=before,
        after=after,
    )
