"""An authority's settings, its areas and clusters, and its own facts of a school."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.choices import AreaKind, Role
from accounts.models import Area, ChangeLogEntry
from schools import actions
from schools.actions.schools import Settings
from tests import factories as make


def update(authority, by, **values):
    given = {"service_name": "Learning Kirkdale", "colour": "#1D70B8", "contact_email": "", **values}
    return actions.update_authority(authority=authority, by=by, at=timezone.now(), **given)


def settings(**values):
    return Settings(**{"area": None, "cluster": None, "has_nursery": None, "has_sixth_form": None, **values})


def save(school, by, wanted):
    return actions.update_settings(school=school, settings=wanted, by=by, at=timezone.now())


def test_name_colour_and_address_are_saved_once(authority, policy_admin):
    assert update(authority, policy_admin)
    assert not update(authority, policy_admin)

    authority.refresh_from_db()
    assert (authority.service_name, authority.colour) == ("Learning Kirkdale", "#1d70b8")
    (entry,) = ChangeLogEntry.objects.all()
    assert entry.authority_id == authority.pk
    assert (entry.before["service_name"], entry.after["service_name"]) == ("", "Learning Kirkdale")


@pytest.mark.parametrize("colour", ["#777777", "red"])
def test_a_colour_white_text_cannot_be_read_on_is_refused(authority, policy_admin, colour):
    with pytest.raises(ValidationError) as refusal:
        update(authority, policy_admin, colour=colour)

    assert list(refusal.value.error_dict) == ["colour"]


def test_only_those_who_keep_the_whole_authoritys_settings(authority, far_authority, policy_admin, manager):
    local = make.UserFactory()
    make.RoleGrantFactory(
        user=local, role=Role.POLICY_ADMIN, authority=authority, area=make.AreaFactory(authority=authority)
    )
    for person, where in ((manager, authority), (local, authority), (policy_admin, far_authority)):
        with pytest.raises(PermissionDenied, match="do not let you change the settings"):
            update(where, person)


@pytest.mark.requirement("L-005", "K-004", "K-005")
def test_areas_and_clusters_are_added_renamed_and_removed(authority, policy_admin):
    now = timezone.now()
    area = actions.add_area(authority=authority, name="North", kind=AreaKind.AREA, by=policy_admin, at=now)
    cluster = actions.add_area(
        authority=authority, name="North", kind=AreaKind.CLUSTER, by=policy_admin, at=now
    )

    with pytest.raises(ValidationError, match="another area called north"):
        actions.add_area(authority=authority, name="north", kind=AreaKind.AREA, by=policy_admin, at=now)
    assert actions.rename_area(area=area, name="North West", by=policy_admin, at=now)
    assert not actions.rename_area(area=area, name="North West", by=policy_admin, at=now)
    assert actions.rename_area(area=area, name="north west", by=policy_admin, at=now)
    assert actions.remove_area(area=cluster, by=policy_admin, at=now)
    assert not actions.remove_area(area=cluster, by=policy_admin, at=now)
    assert [a.name for a in Area.objects.all()] == ["north west"]
    assert ChangeLogEntry.objects.filter(action="schools.remove_area").get().before["name"] == "North"


def test_a_name_that_is_taken_is_not_given_to_another(authority, policy_admin):
    make.AreaFactory(authority=authority, name="North")
    south = make.AreaFactory(authority=authority, name="South")

    with pytest.raises(ValidationError, match="another area called North"):
        actions.rename_area(area=south, name="North", by=policy_admin, at=timezone.now())


def test_an_area_that_schools_or_roles_belong_to_stays(authority, school, policy_admin):
    now = timezone.now()
    area, cluster, granted = (
        make.AreaFactory(authority=authority, kind=kind)
        for kind in (AreaKind.AREA, AreaKind.CLUSTER, AreaKind.AREA)
    )
    save(school, policy_admin, settings(area=area, cluster=cluster))
    make.RoleGrantFactory(authority=authority, area=granted)

    for one, says in (
        (area, "1 school belongs to"),
        (cluster, "1 school belongs to"),
        (granted, "People hold roles"),
    ):
        with pytest.raises(ValidationError, match=says):
            actions.remove_area(area=one, by=policy_admin, at=now)
    make.SchoolFactory(authority=authority, area=area)
    with pytest.raises(ValidationError, match="2 schools belong to"):
        actions.remove_area(area=area, by=policy_admin, at=now)


@pytest.mark.requirement("L-005", "L-010", "K-004", "K-005")
def test_the_authoritys_own_facts_of_a_school_are_saved_and_cleared(authority, school, manager):
    area = make.AreaFactory(authority=authority, name="North")
    wanted = settings(area=area, has_nursery=True, has_sixth_form=False)

    assert save(school, manager, wanted)
    assert not save(school, manager, wanted)
    school.refresh_from_db()
    assert (school.area, school.has_nursery, school.has_sixth_form) == (area, True, False)
    assert save(school, manager, settings())
    school.refresh_from_db()
    assert (school.area, school.has_nursery) == (None, None)
    assert ChangeLogEntry.objects.first().before["area"] == "North"


def test_an_area_of_elsewhere_or_of_the_other_kind_is_refused(authority, far_authority, school, manager):
    far = make.AreaFactory(authority=far_authority)
    cluster = make.AreaFactory(authority=authority, kind=AreaKind.CLUSTER)

    for wanted, field in (
        (settings(area=far), "area"),
        (settings(area=cluster), "area"),
        (settings(cluster=far), "cluster"),
    ):
        with pytest.raises(ValidationError) as refusal:
            save(school, manager, wanted)
        assert list(refusal.value.error_dict) == [field]


def test_only_those_who_may_change_the_school(school, adviser, head):
    for person in (adviser, head):
        with pytest.raises(PermissionDenied, match="change what is recorded about St Anne's"):
            save(school, person, settings())
