"""allauth's pages of signing in, where ours differ."""

from typing import Any

from allauth.account import views
from django.conf import settings


class SignInView(views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "provider": settings.OIDC_NAME}


class ConfirmLinkView(views.ConfirmLoginCodeView):
    """Where the link of a one-time sign-in leads. Opening it changes nothing: mail scanners open links too."""

    def get_initial(self) -> dict[str, Any]:
        return {"code": self.request.GET.get("code", "")[:20]}
