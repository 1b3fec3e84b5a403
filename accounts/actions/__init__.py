"""Every change to people and their roles. `by` is None for the command line, whose user holds the whole machine.

All lock the authorities concerned first, in order of their keys, so that of two administrators ending each
other's role at once the second is refused.
"""

from accounts.actions.factors import recording_factors, remove_factors
from accounts.actions.grants import cancel_grant, end_delegate, end_grant, grant_role
from accounts.actions.idle import close_idle, idle_accounts, warn_idle
from accounts.actions.invitations import (
    InvitationUnusable,
    Invited,
    accept_invitation,
    find_invitation,
    invite,
    invite_delegate,
    revoke_invitation,
    send_invitation_again,
)
from accounts.actions.joining import NotInvited, join_provider
from accounts.actions.people import add_authority, deactivate, reactivate, set_password

__all__ = [
    "InvitationUnusable",
    "Invited",
    "NotInvited",
    "accept_invitation",
    "add_authority",
    "cancel_grant",
    "close_idle",
    "deactivate",
    "end_delegate",
    "end_grant",
    "find_invitation",
    "grant_role",
    "idle_accounts",
    "invite",
    "invite_delegate",
    "join_provider",
    "reactivate",
    "recording_factors",
    "remove_factors",
    "revoke_invitation",
    "send_invitation_again",
    "set_password",
    "warn_idle",
]
