"""Enforces each view's declaration (accounts.access) before the view runs, and writes the read log after it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import logs
from accounts.access import Access, Shown, access_of
from accounts.choices import Permission
from accounts.models import User
from accounts.permissions import holds, is_staff, powers_of

# When a session ends, whatever is done in it meanwhile; seconds since 1970, set at sign-in (accounts.adapter).
SESSION_ENDS = "ends_at"
# That the identity provider asked for a second factor at this sign-in (accounts.provider).
FACTOR_ELSEWHERE = "factor_elsewhere"


class AccessMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shown = Shown()
        request.shown = shown  # type: ignore[attr-defined]
        _check_length(request)
        response = self.get_response(request)
        declared: Access | None = getattr(request, "access", None)
        if declared is None or declared.public:
            return response
        if (
            declared.reads
            and shown
            and (response.status_code < 300 or response.status_code == HTTPStatus.CONFLICT)
        ):
            _record_read(request, declared, shown)
        if not response.has_header("Cache-Control"):
            # What was restricted stays out of the browser's store on a shared computer. Other pages may be
            # kept, so that Back brings a half-filled form back, but not shown again without asking us.
            kept = {"no_store": True} if declared.reads else {}
            patch_cache_control(response, private=True, no_cache=True, **kept)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        declared = access_of(view)
        request.access = declared  # type: ignore[attr-defined]
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404("No name holds a null character; PostgreSQL would not even look.")
        ends_at = request.session.get(SESSION_ENDS)
        if ends_at is not None and ends_at <= timezone.now().timestamp():
            logout(request)
        if not declared.public:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            if not declared.before_factor and owes_factor(request):
                return _lead_to(request, reverse("mfa_index"))
            if declared.permissions and not any(holds(request.user, p) for p in declared.permissions):
                raise PermissionDenied(_refusal(declared.permissions))
        if request.method not in declared.methods:
            return HttpResponseNotAllowed(declared.methods)
        return None


def _check_length(request: HttpRequest) -> None:
    """Before anything reads it: a file that comes with a form is written to disk whatever becomes of the form.

    Raises RequestDataTooBig, for somebody not signed in beyond what a form without files may hold.
    """
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return  # Django reads nothing then
    if length > settings.LONGEST_REQUEST or (
        length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and not request.user.is_authenticated
    ):
        raise RequestDataTooBig(f"{length} bytes were sent.")


def _refusal(permissions: tuple[Permission, ...]) -> str:
    return f"Your roles do not let you: {permissions[0].label.lower()}."


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to the page the person was looking at."""
    return _lead_to(
        request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _page_asked_from(request)})}"
    )


def owes_factor(request: HttpRequest) -> bool:
    """Whether the person must add a second factor before anything else. Two queries where one is required, else none.

    An identity provider that says it asked for a second factor has done so in our place, for this session.
    """
    user = request.user
    return (
        settings.REQUIRE_SECOND_FACTOR
        and isinstance(user, User)
        and not request.session.get(FACTOR_ELSEWHERE)
        and not is_mfa_enabled(user)
        and is_staff(user)
    )


def _lead_to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # htmx would put the page inside the panel it asked for; this moves the whole page.
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _page_asked_from(request: HttpRequest) -> str:
    """The address itself where it is a page; for a form posted or a panel, the page that holds it."""
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    parts = urlsplit(page)
    ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    if not (ours and parts.netloc):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _record_read(request: HttpRequest, declared: Access, shown: Shown) -> None:
    reader = request.user
    assert isinstance(reader, User)  # the view was not public
    match = request.resolver_match
    urn = shown.urn if shown.urn is not None else (match.kwargs.get("urn") if match else None)
    logs.record_read(
        by=reader,
        view=match.view_name if match else "",
        kind=declared.reads,
        identifiers=shown,
        at=timezone.now(),
        authority_id=shown.authority_id or _only_authority(reader, declared),
        urn=urn,
    )


def _only_authority(reader: User, declared: Access) -> int | None:
    """The authority whose things the view can have shown, when the reader's roles leave only one."""
    ids = {
        power.authority_id
        for power in powers_of(reader)
        if not declared.permissions or power.permission in declared.permissions
    }
    return ids.pop() if len(ids) == 1 else None
