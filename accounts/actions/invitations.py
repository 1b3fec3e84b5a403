"""Invitations: the one way into an account."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts import permissions
from accounts.actions import shared
from accounts.choices import Role
from accounts.logs import record_change
from accounts.models import Area, Authority, Invitation, RoleGrant, User
from accounts.querysets import InvitationQuerySet
from jobs.actions import emit, send_email

INVITATION_LASTS = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation made. `link` is None for somebody who can sign in already: they got a role and a message."""

    user: User
    grant: RoleGrant
    link: str | None


class InvitationUnusable(Exception):
    """The link cannot be used; `reason` is "wrong", "accepted", "revoked" or "expired"."""

    def __init__(self, reason: str, invitation: Invitation | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.invitation = invitation


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: Role,
    authority: Authority,
    area: Area | None = None,
    phase: str = "",
    start_on: dt.date,
    end_on: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
    send: bool = True,
) -> Invited:
    """Give somebody a role and, unless they can sign in already, a link to set their first password.

    Somebody known by the address keeps their name and account. With `send`, the link goes to their mailbox.
    Raises PermissionDenied (Refused) or ValidationError as `grant_role` does.
    """
    shared.lock([authority.pk])
    user, is_new = _account(
        email,
        name,
        "The account with this e-mail address is deactivated. Reactivate it before giving it a role.",
    )
    grant = shared.new_grant(user, role, authority, area, phase, start_on, end_on, by=by, at=at)
    return _invited(grant, is_new, "accounts.invite", by=by, at=at, send=send)


@transaction.atomic
def invite_delegate(*, email: str, name: str, authority: Authority, by: User, at: dt.datetime) -> Invited:
    """Somebody whom the head or chair of a school puts beside themselves, from today (schools.actions.add_delegate).

    One role serves every school they are deputy or clerk of. Raises PermissionDenied, or Refused with the reason.
    """
    shared.lock([authority.pk])
    permissions.check_can_add_delegate(by, authority)
    user, is_new = _account(
        email,
        name,
        "Nobody can be added with this e-mail address. Ask the person who manages access in your authority.",
    )
    if user.pk == by.pk:
        raise permissions.Refused("This is your own e-mail address. Enter your delegate's.")
    on = timezone.localdate(at)
    values = {"user": user, "role": Role.SCHOOL_DELEGATE, "authority": authority}
    grant = RoleGrant.objects.in_force(on).filter(**values).last()
    if grant is None:
        grant = RoleGrant.objects.create(**values, start_on=on)
    elif grant.end_on is not None:
        grant.end_on = None
        grant.save(update_fields=["end_on"])
    return _invited(grant, is_new, "accounts.invite_delegate", by=by, at=at, send=True)


@transaction.atomic
def send_invitation_again(*, user: User, by: User, at: dt.datetime) -> str:
    """A new link, sent to the person; links sent before stop working. Returns the link."""
    person = User.objects.select_for_update().get(pk=user.pk)
    permissions.check_can_send_invitation(by, person)
    link = _new_link(person, by=by, at=at)
    grant = shared.shared_grant(by, person)
    record_change(
        action="accounts.send_invitation_again",
        by=by,
        at=at,
        subject=person,
        authority_id=grant.authority_id,
        after=shared.person(person),
    )
    _send_invitation(grant, link, by=by, at=at)
    return link


@transaction.atomic
def revoke_invitation(*, user: User, by: User, at: dt.datetime) -> None:
    """The links sent to the person stop working. Their roles stay until they are ended."""
    person = User.objects.select_for_update().get(pk=user.pk)
    permissions.check_can_manage_person(by, person)
    if not person.invitations.open().update(revoked_at=at):
        raise permissions.Refused("There is no open invitation to withdraw.")
    record_change(
        action="accounts.revoke_invitation",
        by=by,
        at=at,
        subject=person,
        authority_id=shared.shared_grant(by, person).authority_id,
        before={"invitation": "open"},
        after={"invitation": "revoked"},
    )


def find_invitation(*, token: str, at: dt.datetime) -> Invitation:
    """The invitation whose link this is. Raises InvitationUnusable. One query."""
    return _usable(Invitation.objects.select_related("user"), token, at)


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: dt.datetime) -> User:
    """Set the person's first password; the link is used up. Raises InvitationUnusable.

    The password has been validated by the form.
    """
    invitation = _usable(Invitation.objects.select_for_update(of=("self",)).select_related("user"), token, at)
    user = invitation.user
    user.set_password(password)
    user.save(update_fields=["password"])
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    record_change(
        action="accounts.accept_invitation",
        by=user,
        at=at,
        subject=user,
        authority_id=shared.only_authority(user),
        before={"invitation": "open"},
        after={"invitation": "accepted"},
    )
    return user


def _account(email: str, name: str, if_deactivated: str) -> tuple[User, bool]:
    """The account with the address, made where there is none, and whether it was. Raises Refused."""
    user: User | None = User.objects.filter(email__iexact=email).first()
    if user is None:
        return User.objects.create_user(email=email, name=name), True
    if not user.is_active:
        raise permissions.Refused(if_deactivated)
    return user, False


def _invited(
    grant: RoleGrant, is_new: bool, action: str, *, by: User | None, at: dt.datetime, send: bool
) -> Invited:
    user = grant.user
    link = None if user.can_sign_in else _new_link(user, by=by, at=at)
    record_change(
        action=action,
        by=by,
        at=at,
        subject=grant,
        authority_id=grant.authority_id,
        after={
            **shared.person(user),
            **shared.described(grant),
            "new_account": is_new,
            "link_sent": bool(link and send),
        },
    )
    if is_new:
        emit("account_made", {"user_id": user.pk}, by=by, now=at)
    if send:
        _send_invitation(grant, link, by=by, at=at)
    return Invited(user, grant, link)


def _new_link(user: User, *, by: User | None, at: dt.datetime) -> str:
    """The address of a new invitation. The token in it is kept nowhere; only its hash is."""
    user.invitations.open().update(revoked_at=at)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        user=user, token_hash=hash_of(token), created_at=at, created_by=by, expires_at=at + INVITATION_LASTS
    )
    return settings.BASE_URL + reverse("accounts:invitation-accept", args=[token])


def _usable(invitations: InvitationQuerySet, token: str, at: dt.datetime) -> Invitation:
    invitation: Invitation | None = invitations.filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise InvitationUnusable("wrong")
    if invitation.accepted_at is not None:
        raise InvitationUnusable("accepted", invitation)
    if invitation.revoked_at is not None or not invitation.user.is_active:
        raise InvitationUnusable("revoked", invitation)
    if invitation.expires_at <= at:
        raise InvitationUnusable("expired", invitation)
    return invitation


def hash_of(token: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode()).hexdigest()


def _send_invitation(grant: RoleGrant, link: str | None, *, by: User | None, at: dt.datetime) -> None:
    """Names no role and no school: mailboxes are read by others too."""
    context = {
        "person": grant.user,
        "authority": grant.authority,
        "inviter": by,
        "link": link,
        "expires_at": at + INVITATION_LASTS,
        "sign_in_link": settings.BASE_URL + reverse("account_login"),
    }
    send_email(
        # A link is sent once; without one it is the role that is told once.
        key=f"invitation:{hash_of(link)}" if link else f"role:{grant.pk}",
        to=grant.user.email,
        subject=f"Your account for school improvement in {grant.authority.name}",
        body=render_to_string("accounts/email/invitation.txt", context),
        is_secret=link is not None,
        now=at,
    )
