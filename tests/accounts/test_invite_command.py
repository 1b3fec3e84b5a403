"""manage.py invite: the way in for the first person."""

import re

import pytest
from django.core.management import CommandError, call_command

from accounts.choices import Role
from accounts.models import Authority, ChangeLogEntry, RoleGrant, User
from jobs.models import OutboxMessage

pytestmark = pytest.mark.django_db


def invite(capsys, *more, email="first@example.org", authority="383"):
    call_command("invite", "--email", email, "--name", "Fern First", "--authority", authority, *more)
    return capsys.readouterr().out


def test_the_first_person_of_an_empty_installation(capsys, client):
    out = invite(capsys, "--authority-name", "Leeds")
    link = re.search(r"http://127.0.0.1:8000(/invitation/\S+/)", out)[1]
    assert client.get(link).status_code == 200
    grant = RoleGrant.objects.get()
    assert (grant.role, grant.authority.name, grant.user.name) == (Role.POLICY_ADMIN, "Leeds", "Fern First")
    assert [e.action for e in ChangeLogEntry.objects.all()] == ["accounts.invite", "accounts.add_authority"]
    assert not OutboxMessage.objects.exists()


def test_an_authority_that_stands_needs_no_name_and_keeps_its_own(capsys, authority):
    invite(capsys, "--authority-name", "Elsewhere", authority="901")
    assert Authority.objects.get().name == "Kirkdale"


def test_another_role(capsys, authority):
    invite(capsys, "--role", "auditor", authority="901")
    assert RoleGrant.objects.get().role == Role.AUDITOR


def test_a_role_for_somebody_with_an_account(capsys, authority, stranger):
    assert "has an account already" in invite(capsys, email=stranger.email, authority="901")


@pytest.mark.parametrize(
    ("email", "authority", "more", "words"),
    [
        ("first@example.org", "383", (), "Name it with --authority-name"),
        ("nonsense", "383", ("--authority-name", "Leeds"), "Enter a valid email address"),
        ("first@example.org", "3833", ("--authority-name", "Leeds"), "three digits"),
        ("first@example.org", "38", ("--authority-name", "Leeds"), "three digits"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(capsys, email, authority, more, words):
    with pytest.raises(CommandError, match=words):
        invite(capsys, *more, email=email, authority=authority)
    assert not User.objects.exists()
    assert not Authority.objects.exists()


def test_the_same_role_twice_is_refused(capsys, authority):
    invite(capsys, authority="901")
    with pytest.raises(CommandError, match="already holds this role"):
        invite(capsys, authority="901")
