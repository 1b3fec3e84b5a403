"""Signing in through the authority's own identity provider, such as Entra ID, over OpenID Connect.

Who may come in is decided here: somebody whose sign-in there was joined to an account before, or somebody invited
at the very address that the provider vouches for. Nobody gets an account by having one there.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import actions

PROVIDER_ID = "work"  # in addresses and in the table that joins accounts

_FAILED = "Signing in there did not work. Try again, or sign in with your password."
_NOT_INVITED = (
    "You have no account here for that sign-in. Ask the person who manages access in your authority to invite you "
    "at the e-mail address you have there."
)


class ProviderAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = sociallogin.account.extra_data.get("id_token") or {}
        if not sociallogin.is_existing:
            try:
                sociallogin.account = actions.join_provider(
                    email=vouched_email(claims, trust_email=settings.OIDC_TRUST_EMAIL),
                    provider=sociallogin.account.provider,
                    subject=sociallogin.account.uid,
                    at=timezone.now(),
                )
            except actions.NotInvited as refusal:
                raise ImmediateHttpResponse(refuse(request, _NOT_INVITED)) from refusal
            sociallogin.user = sociallogin.account.user
        # Read by the account adapter, once a new session has begun
        request.factor_elsewhere = "mfa" in (claims.get("amr") or ())  # type: ignore[attr-defined]

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(refuse(request, _FAILED))


def vouched_email(claims: dict[str, Any], *, trust_email: bool) -> str:
    """The address that the provider says belongs to the person; empty where it does not say so.

    Entra ID sends no `email_verified`, and its `email` may be whatever an administrator of any tenant typed in:
    there `xms_edov` says that the domain's owner was verified. Failing both, `trust_email` is the installation's
    word that the directory is the authority's own (docs/settings.md).
    """
    said = {str(claims.get(name)).lower() for name in ("email_verified", "xms_edov")}
    if said & {"true", "1"} or (trust_email and "false" not in said):
        return str(claims.get("email") or "").strip()
    return ""


def refuse(request: HttpRequest, reason: str = _FAILED) -> HttpResponse:
    messages.error(request, reason)
    return redirect("account_login")
