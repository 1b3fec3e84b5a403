"""Enforces each view's declaration (accounts.access) before the view runs, and writes the read log after it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from accounts import logs
from accounts.access import Access
from accounts.permissions import holds

# Addresses of libraries, which cannot carry our decorator: allauth's sign-in pages guard themselves.
_LIBRARY_MODULES = ("allauth.",)
_LIBRARY_ACCESS = Access(
    public=True, reason="The sign-in library guards its own pages", methods=("GET", "HEAD", "POST")
)


def access_of(view: Callable[..., Any]) -> Access:
    """The declaration of a view function or of its class.

    Raises ImproperlyConfigured for a view that declares nothing.
    """
    declared = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
    if declared is not None:
        return declared
    if view.__module__.startswith(_LIBRARY_MODULES):
        return _LIBRARY_ACCESS
    raise ImproperlyConfigured(
        f"{view.__module__}.{getattr(view, '__qualname__', view)} declares no access: decorate it with @access or @public."
    )


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.shown = []  # type: ignore[attr-defined]  # identifiers of restricted things the view shows
        response = self.get_response(request)
        declared: Access | None = getattr(request, "access", None)
        if declared and declared.reads and response.status_code < 300 and request.shown:  # type: ignore[attr-defined]
            logs.record_read(
                by=request.user,
                view=request.resolver_match.view_name if request.resolver_match else "",
                kind=declared.reads,
                identifiers=request.shown,  # type: ignore[attr-defined]
                at=timezone.now(),
            )
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        declared = access_of(view)
        request.access = declared  # type: ignore[attr-defined]
        if declared.public:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if declared.permissions and not any(holds(request.user, p) for p in declared.permissions):
            raise PermissionDenied(f"Your roles do not let you: {declared.permissions[0].label.lower()}.")
        if request.method not in declared.methods:
            return HttpResponseNotAllowed(declared.methods)
        return None
