"""allauth's pages of second factors: logged, in our addresses, and kept out of browsers' stores."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.base import views as base
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts import actions
from accounts.access import access
from accounts.choices import Permission
from accounts.middleware import owes_factor
from accounts.permissions import Refused
from accounts.views.people import people_of


def recorded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What the view changes of the person's factors is logged with it. Its pages hold secrets: nothing is stored."""

    @never_cache
    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with actions.recording_factors(user=request.user, at=timezone.now()):  # type: ignore[arg-type]
            return view(request, *args, **kwargs)

    return run


class FactorsView(base.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "must_set_up": owes_factor(self.request)}


class AddAppView(totp.ActivateTOTPView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A second press finds the app added: that is what was wanted."""
        if base.is_mfa_enabled(request.user, [base.Authenticator.Type.TOTP]):
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        values = super().get_context_data(**kwargs)
        key = values["form"].secret
        return {**values, "setup_key": " ".join(key[at : at + 4] for at in range(0, len(key), 4))}


class RemovePasskeyView(passkeys.RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def get_object(self, queryset: Any = None) -> base.Authenticator:
        """Read once, where the library reads it twice."""
        found = getattr(self, "object", None) or super().get_object(queryset)
        assert isinstance(found, base.Authenticator)
        return found


@access(Permission.MANAGE_PEOPLE, methods=("POST",))
def factors_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    person = get_object_or_404(people_of(request), public_id=public_id)
    try:
        actions.remove_factors(user=person, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{person.name} signs in by password alone until they add a second factor.")
    return redirect(person)
