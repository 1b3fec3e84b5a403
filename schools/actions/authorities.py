"""How an authority appears, and its areas and clusters."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.choices import AreaKind
from accounts.logs import record_change
from accounts.models import Area, Authority, User
from schools.permissions import check_can_change_settings
from schools.rules.colours import problem_with


@transaction.atomic
def update_authority(
    *, authority: Authority, service_name: str, colour: str, contact_email: str, by: User, at: dt.datetime
) -> bool:
    """Change the service's name, colour ("#rrggbb") and contact address. Answers whether anything changed.

    Raises ValidationError for a colour that is none, or against which white text cannot be read.
    """
    authority = Authority.objects.select_for_update().get(pk=authority.pk)
    check_can_change_settings(by, authority)
    problem = problem_with(colour)
    if problem:
        raise ValidationError({"colour": problem})
    before = _settings_of(authority)
    authority.service_name, authority.colour, authority.contact_email = (
        service_name,
        colour.lower(),
        contact_email,
    )
    after = _settings_of(authority)
    if before == after:
        return False
    authority.save(update_fields=["service_name", "colour", "contact_email"])
    record_change(
        action="schools.update_authority",
        by=by,
        at=at,
        subject=authority,
        before=before,
        after=after,
        authority_id=authority.pk,
    )
    return True


@transaction.atomic
def add_area(*, authority: Authority, name: str, kind: AreaKind, by: User, at: dt.datetime) -> Area:
    """A new area or cluster. Raises ValidationError when the authority has one of that name."""
    Authority.objects.select_for_update().get(pk=authority.pk)
    check_can_change_settings(by, authority)
    _check_name(authority, name, kind)
    area = Area.objects.create(authority=authority, name=name, kind=kind)
    _log("schools.add_area", area, None, {"name": name, "kind": kind}, by, at)
    return area


@transaction.atomic
def rename_area(*, area: Area, name: str, by: User, at: dt.datetime) -> bool:
    """Another name for an area or cluster. Answers whether anything changed. Raises ValidationError when it is taken."""
    current = Area.objects.select_for_update().select_related("authority").get(pk=area.pk)
    check_can_change_settings(by, current.authority)
    if current.name == name:
        return False
    _check_name(current.authority, name, AreaKind(current.kind), other_than=current)
    before = {"name": current.name}
    current.name = name
    current.save(update_fields=["name"])
    _log("schools.rename_area", current, before, {"name": name}, by, at)
    return True


@transaction.atomic
def remove_area(*, area: Area, by: User, at: dt.datetime) -> bool:
    """Remove an area or cluster nothing belongs to. Answers whether anything changed.

    Raises ValidationError while schools or people's roles belong to it.
    """
    current = Area.objects.select_for_update().select_related("authority").filter(pk=area.pk).first()
    if current is None:
        return False
    check_can_change_settings(by, current.authority)
    schools = current.schools.count() + current.cluster_schools.count()
    if schools:
        are = "school belongs" if schools == 1 else "schools belong"
        raise ValidationError(f"{schools} {are} to {current.name}. Move them first.")
    if current.grants.exists():
        raise ValidationError(f"People hold roles for {current.name}, now or in the past, so it stays.")
    before, pk = {"name": current.name, "kind": current.kind}, current.pk
    current.delete()
    current.pk = pk
    _log("schools.remove_area", current, before, None, by, at)
    return True


def _check_name(authority: Authority, name: str, kind: AreaKind, other_than: Area | None = None) -> None:
    clash = authority.areas.filter(kind=kind, name__iexact=name)
    if other_than is not None:
        clash = clash.exclude(pk=other_than.pk)
    if clash.exists():
        raise ValidationError({"name": f"There is another {kind.label.lower()} called {name}."})


def _settings_of(authority: Authority) -> dict[str, object]:
    return {
        "service_name": authority.service_name,
        "colour": authority.colour,
        "contact_email": authority.contact_email,
    }


def _log(
    action: str,
    area: Area,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    by: User,
    at: dt.datetime,
) -> None:
    record_change(
        action=action, by=by, at=at, subject=area, before=before, after=after, authority_id=area.authority_id
    )
