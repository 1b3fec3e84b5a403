"""What stands beside a level for the authority's staff: an early warning, tracking, what an officer may confirm."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from categorisation.presenters.confirmations import Confirmables, confirmable
from categorisation.presenters.tracking import Tracked, tracked
from categorisation.presenters.warnings import WarningView, school_warning
from categorisation.presenters.why import Why
from schools.models import School


@dataclass(frozen=True, slots=True)
class Signals:
    """None of it is for people at the school: for them every part is empty."""

    warning: WarningView | None
    tracked: Tracked | None
    confirmables: Confirmables | None


def signals(user: User, school: School, why: Why | None, on: dt.date) -> Signals:
    """About twenty queries for staff, none for people at the school."""
    if why is None or why.for_school:
        return Signals(None, None, None)
    return Signals(
        warning=school_warning(user, school, on),
        tracked=tracked(user, [school], on).get(school.pk),
        confirmables=confirmable(user, school, why.outcome),
    )
