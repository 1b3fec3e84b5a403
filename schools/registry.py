"""What rooms above tell this one: which circumstances the policy of an authority asks about.

The catalogue holds what any policy may ask; nobody is asked more than their own one wants to know.
"""

import datetime as dt
from collections.abc import Callable, Collection

from accounts.models import Authority
from schools.rules.circumstances import catalogue

Asks = Callable[[Authority, dt.date], Collection[str] | None]

_asks: list[Asks] = []


def policy_asks(asks: Asks) -> Asks:
    """Register who knows what a policy asks: keys of kinds, or None where the authority works to none."""
    _asks[:] = [asks]
    return asks


def kinds_asked(authority: Authority, on: dt.date) -> tuple[str, ...]:
    """The kinds an authority's policy asks about on a day, in the catalogue's order; all of them without a policy.

    Two queries.
    """
    wanted = _asks[0](authority, on) if _asks else None
    return tuple(key for key in catalogue() if wanted is None or key in wanted)
