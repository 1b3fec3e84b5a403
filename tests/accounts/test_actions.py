"""What the other actions write, and what they leave alone."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from accounts import actions
from accounts.choices import Role
from accounts.models import Authority, ChangeLogEntry, RoleGrant, User
from accounts.permissions import Refused
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


def only_entry():
    (entry,) = ChangeLogEntry.objects.all()
    return entry


def test_a_role_is_given_and_logged(policy_admin, stranger, authority, now, today):
    grant = actions.grant_role(
        user=stranger, role=Role.AUDITOR, authority=authority, start_on=today, by=policy_admin, at=now
    )
    assert (grant.user, grant.role, grant.end_on) == (stranger, Role.AUDITOR, None)
    entry = only_entry()
    assert (entry.action, entry.by, entry.authority) == ("accounts.grant_role", policy_admin, authority)
    assert entry.subject == f"accounts.rolegrant:{grant.pk}"
    assert entry.after["role"] == "auditor"


def test_a_role_is_ended_and_logged_before_and_after(policy_admin, adviser, now, today):
    grant = actions.end_grant(grant=adviser.grants.get(), last_day=today, by=policy_admin, at=now)
    assert RoleGrant.objects.get(pk=grant.pk).end_on == today
    entry = only_entry()
    assert (entry.before["end_on"], entry.after["end_on"]) == (None, today.isoformat())
    assert entry.after["name"] == "Ada Adviser"


def test_a_role_that_may_not_be_ended_is_not(policy_admin, now, today):
    with pytest.raises(Refused):
        actions.end_grant(grant=policy_admin.grants.get(), last_day=today, by=policy_admin, at=now)
    assert policy_admin.grants.get().end_on is None
    assert not ChangeLogEntry.objects.exists()


def test_a_role_to_come_is_taken_back_and_the_log_keeps_it(policy_admin, stranger, authority, now, today):
    grant = make.RoleGrantFactory(user=stranger, authority=authority, start_on=today + DAY)
    actions.cancel_grant(grant=grant, by=policy_admin, at=now)
    assert not stranger.grants.exists()
    entry = only_entry()
    assert entry.subject == f"accounts.rolegrant:{grant.pk}"
    assert entry.before["start_on"] == (today + DAY).isoformat()


def test_an_account_is_deactivated_and_reactivated(policy_admin, adviser, authority, now):
    actions.deactivate(user=adviser, by=policy_admin, at=now)
    adviser.refresh_from_db()
    assert not adviser.is_active
    with pytest.raises(Refused, match="deactivated already"):
        actions.deactivate(user=adviser, by=policy_admin, at=now)
    actions.reactivate(user=adviser, by=policy_admin, at=now)
    adviser.refresh_from_db()
    assert adviser.is_active
    assert adviser.grants.count() == 1
    entries = ChangeLogEntry.objects.values_list("action", "authority_id")
    assert list(entries) == [("accounts.reactivate", authority.pk), ("accounts.deactivate", authority.pk)]


def test_accounts_of_others_are_left_alone(policy_admin, far_authority, now):
    theirs = make.UserFactory(grants=[(Role.ADVISER, far_authority)])
    for act in (
        actions.deactivate,
        actions.reactivate,
        actions.send_invitation_again,
        actions.revoke_invitation,
    ):
        with pytest.raises(PermissionDenied):
            act(user=theirs, by=policy_admin, at=now)
    assert not ChangeLogEntry.objects.exists()


def test_a_new_password_is_logged_without_it(adviser, now, authority):
    actions.set_password(user=adviser, password="three unrelated words", by=adviser, at=now)
    entry = only_entry()
    assert (entry.action, entry.authority, entry.before, entry.after) == (
        "accounts.set_password",
        authority,
        {},
        {},
    )
    assert User.objects.get(pk=adviser.pk).check_password("three unrelated words")


def test_with_roles_in_two_authorities_the_log_names_neither(adviser, far_authority, now):
    make.RoleGrantFactory(user=adviser, authority=far_authority)
    actions.set_password(user=adviser, password="three unrelated words", by=adviser, at=now)
    assert only_entry().authority is None


@pytest.mark.parametrize("code", ["38", "3833", "38x", "３８３"])
def test_an_authority_has_a_code_of_three_digits(code, now):
    with pytest.raises(ValidationError, match="three digits"):
        actions.add_authority(code=code, name="Leeds", by=None, at=now)


def test_an_authority_is_added_once(now):
    actions.add_authority(code="383", name="Leeds", by=None, at=now)
    with pytest.raises(ValidationError):
        actions.add_authority(code="383", name="Another", by=None, at=now)
    assert Authority.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["end", "deactivate"])
def test_of_two_administrators_ending_each_other_at_once_one_stays(authority, way, now, today):
    one, two = (make.UserFactory(grants=[(Role.POLICY_ADMIN, authority)]) for _ in range(2))
    outcomes = []
    start = threading.Barrier(2)

    def strike(by, other):
        start.wait()
        try:
            if way == "end":
                actions.end_grant(grant=other.grants.get(), last_day=today - DAY, by=by, at=now)
            else:
                actions.deactivate(user=other, by=by, at=now)
            outcomes.append("done")
        except PermissionDenied as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=strike, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[-1] == "done"
    assert outcomes.count("done") == 1
    left = RoleGrant.objects.in_force(today).filter(user__is_active=True, role=Role.POLICY_ADMIN)
    assert left.count() == 1


@pytest.mark.django_db(transaction=True)
def test_giving_the_same_role_twice_at_once_gives_it_once(policy_admin, stranger, authority, now, today):
    outcomes = []
    start = threading.Barrier(2)

    def give():
        start.wait()
        try:
            actions.grant_role(
                user=stranger, role=Role.ADVISER, authority=authority, start_on=today, by=policy_admin, at=now
            )
            outcomes.append("given")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=give) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["given", "refused"]
    assert stranger.grants.count() == 1
