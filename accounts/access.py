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
from typing import Any, TypeVar

from accounts.choices import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a view: any one of `permissions`; everyone signed in if empty; everyone if `public`."""

    permissions: tuple[Permission, ...] = ()
    public: bool = False
    reason: str = ""  # why it is public, or open to everyone signed in
    reads: str = ""  # the kind of restricted thing it shows; the view lists what it showed in request.shown
    methods: tuple[str, ...] = ("GET", "HEAD")


def access(
    *permissions: Permission, reads: str = "", methods: Sequence[str] = ("GET", "HEAD"), signed_in: str = ""
) -> Callable[[View], View]:
    """Declare a view's permissions (any one suffices). `signed_in` gives the reason when none is asked."""
    if not permissions and not signed_in:
        raise ValueError(
            "Name a permission, or say with signed_in=… why everyone signed in may use this view."
        )

    def declare(view: View) -> View:
        view.access = Access(permissions, reason=signed_in, reads=reads, methods=tuple(methods))  # type: ignore[attr-defined]
        return view

    return declare


def public(reason: str, methods: Sequence[str] = ("GET", "HEAD")) -> Callable[[View], View]:
    """Declare a view open to everyone, with the reason."""

    def declare(view: View) -> View:
        view.access = Access(public=True, reason=reason, methods=tuple(methods))  # type: ignore[attr-defined]
        return view

    return declare
