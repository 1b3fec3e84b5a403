"""How a view says who may use it. Every view declares; the middleware refuses one that does not.

    @access(Permission.IMPORT_DATA)
    @access(Permission.READ_VISIT, reads="visit_note")
    @public("Anyone may sign in")

The declaration is data on the view (`view.access`), so the sweep over every address × role × method and the
documentation read the same thing the middleware enforces. Rows are found through `visible_to(user)` or
`with_permission(user, …)`; what lies outside is 404.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from accounts.choices import Permission

if TYPE_CHECKING:
    from accounts.models import User

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a view: any one of `permissions`; everyone signed in if empty; everyone if `public`."""

    permissions: tuple[Permission, ...] = ()
    public: bool = False
    reason: str = ""  # why it is public, or open to everyone signed in
    reads: str = ""  # the kind of restricted thing it shows; the view lists what it showed in request.shown
    methods: tuple[str, ...] = ("GET", "HEAD")
    before_factor: bool = (
        False  # open to staff who still have to add the second factor that is required of them
    )


class Shown(list[str]):
    """Identifiers of the restricted things a response shows (`request.shown`), for the read log.

    Public identifiers, as "visit_note:Xy12…"; never names. The log also wants the school's URN, taken from the
    address where it has one, and the authority, taken from the reader's roles where they leave no choice:
    a view that knows better says so by `about`.
    """

    urn: int | None = None
    authority_id: int | None = None

    def about(self, *, urn: int | None = None, authority_id: int | None = None) -> None:
        self.urn, self.authority_id = urn, authority_id


class SignedInRequest(HttpRequest):
    """The request of a view that is not public, for type checkers: the middleware has seen to both."""

    user: "User"
    shown: Shown


def access(
    *permissions: Permission,
    reads: str = "",
    methods: Sequence[str] = ("GET", "HEAD"),
    signed_in: str = "",
    before_factor: bool = False,
) -> Callable[[View], View]:
    """Declare a view's permissions (any one suffices). `signed_in` gives the reason when none is asked."""
    if not permissions and not signed_in:
        raise ValueError(
            "Name a permission, or say with signed_in=… why everyone signed in may use this view."
        )

    def declare(view: View) -> View:
        view.access = Access(  # type: ignore[attr-defined]
            permissions,
            reason=signed_in,
            reads=reads,
            methods=_with_head(methods),
            before_factor=before_factor,
        )
        return view

    return declare


def public(reason: str, methods: Sequence[str] = ("GET", "HEAD")) -> Callable[[View], View]:
    """Declare a view open to everyone, with the reason."""

    def declare(view: View) -> View:
        view.access = Access(public=True, reason=reason, methods=_with_head(methods))  # type: ignore[attr-defined]
        return view

    return declare


def _with_head(methods: Sequence[str]) -> tuple[str, ...]:
    """HEAD goes with GET (RFC 9110 section 9.1)."""
    return (*methods, "HEAD") if "GET" in methods and "HEAD" not in methods else tuple(methods)


def access_of(view: Callable[..., Any]) -> Access:
    """The declaration of a view function, of what it wraps, or of its class.

    Raises ImproperlyConfigured for a view that declares nothing.
    """
    wrapped: Any = view
    while wrapped is not None:
        for owner in (wrapped, getattr(wrapped, "view_class", None)):
            declared = getattr(owner, "access", None)
            if isinstance(declared, Access):
                return declared
        wrapped = getattr(wrapped, "__wrapped__", None) or getattr(wrapped, "func", None)
    name = f"{getattr(view, '__module__', '')}.{getattr(view, '__qualname__', view)}".lstrip(".")
    raise ImproperlyConfigured(f"{name} declares no access: decorate it with @access or @public.")
