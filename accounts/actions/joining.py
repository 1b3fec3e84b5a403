"""Sign-ins at the authority's identity provider, joined to accounts."""

import datetime as dt

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts.actions import shared
from accounts.logs import record_change
from accounts.models import User


class NotInvited(Exception):
    """No account here is meant for that sign-in."""


@transaction.atomic
def join_provider(*, email: str, provider: str, subject: str, at: dt.datetime) -> SocialAccount:
    """Join a sign-in at the provider to the account invited at the address, which the provider vouches for.

    That accepts an invitation that is open: the address is shown to be theirs. Raises NotInvited for an unknown
    address, a deactivated account, an invitation withdrawn or expired, and where another sign-in of the provider is
    joined to the account already: addresses are given to new people, subjects are not.
    """
    person = (
        User.objects.select_for_update().filter(email__iexact=email, is_active=True).first()
        if email
        else None
    )
    if person is None:
        raise NotInvited
    invitation = person.invitations.open().filter(expires_at__gt=at).first()
    if not person.can_sign_in and invitation is None:
        raise NotInvited
    if SocialAccount.objects.filter(user=person, provider=provider).exists():
        raise NotInvited
    account: SocialAccount = SocialAccount.objects.create(user=person, provider=provider, uid=subject)
    if invitation is not None:
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
    record_change(
        action="accounts.join_provider",
        by=person,
        at=at,
        subject=person,
        authority_id=shared.only_authority(person),
        after={**shared.person(person), "invitation": "accepted" if invitation else None},
    )
    return account
