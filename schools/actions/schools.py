"""What the authority itself keeps of a school; an import never touches these fields."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.choices import AreaKind
from accounts.logs import record_change
from accounts.models import Area, User
from schools.models import School
from schools.permissions import check_can_edit_school


@dataclass(frozen=True, slots=True)
class Settings:
    """The authority's own facts of a school: where it belongs, and provision (None: not recorded)."""

    area: Area | None
    cluster: Area | None
    has_nursery: bool | None
    has_sixth_form: bool | None


@transaction.atomic
def update_settings(*, school: School, settings: Settings, by: User, at: dt.datetime) -> bool:
    """Replace the authority's own facts of a school; a None clears. Answers whether anything changed.

    Raises ValidationError for an area or cluster of another authority, or one used as the other.
    """
    school = School.objects.select_for_update().get(pk=school.pk)
    check_can_edit_school(by, school)
    _check_area(school, settings.area, AreaKind.AREA, "area")
    _check_area(school, settings.cluster, AreaKind.CLUSTER, "cluster")
    before = _settings_of(school)
    school.area, school.cluster = settings.area, settings.cluster
    school.has_nursery, school.has_sixth_form = settings.has_nursery, settings.has_sixth_form
    after = _settings_of(school)
    if before == after:
        return False
    school.save(update_fields=["area", "cluster", "has_nursery", "has_sixth_form"])
    record_change(
        action="schools.update_settings",
        by=by,
        at=at,
        subject=school,
        before=before,
        after=after,
        authority_id=school.authority_id,
        urn=school.urn,
    )
    return True


def _check_area(school: School, area: Area | None, kind: AreaKind, field: str) -> None:
    if area is not None and (area.authority_id != school.authority_id or area.kind != kind):
        raise ValidationError({field: f"{area.name} is no {kind.label.lower()} of this school's authority."})


def _settings_of(school: School) -> dict[str, object]:
    return {
        "area": school.area.name if school.area else None,
        "cluster": school.cluster.name if school.cluster else None,
        "has_nursery": school.has_nursery,
        "has_sixth_form": school.has_sixth_form,
    }
