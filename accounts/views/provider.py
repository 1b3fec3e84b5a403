"""To the authority's identity provider and back. Without one set, both addresses lead to the sign-in page."""

import requests
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import public
from accounts.provider import PROVIDER_ID, refuse


@public("Nobody is signed in yet", methods=("POST",))
def start(request: HttpRequest) -> HttpResponse:
    """Always to sign in: joining an account to another's sign-in is not offered, whatever the form says."""
    if request.user.is_authenticated or not settings.OIDC_NAME:
        return redirect("account_login")
    try:
        response: HttpResponse = (
            get_adapter(request)
            .get_provider(request, PROVIDER_ID)
            .redirect(request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request))
        )
    except (requests.RequestException, KeyError):  # not in reach, or no provider answers there
        return refuse(request)
    return response


@public("The provider sends people back here")
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    if provider_id != PROVIDER_ID or not settings.OIDC_NAME:
        return redirect("account_login")
    response: HttpResponse = views.callback(request, provider_id)
    return response
