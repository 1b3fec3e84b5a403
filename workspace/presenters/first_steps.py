"""What whoever keeps a new authority does first, in order, until every step has been begun."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse

from accounts.choices import Permission as P
from accounts.choices import Role
from accounts.models import Authority, RoleGrant, User
from accounts.permissions import authority_ids
from categorisation.models import FrameworkChoice
from schools.models import HalfTerm, OfficerAssignment, School
from schools.rules.academic_years import academic_year

_VISITORS = (Role.ADVISER, Role.EXTERNAL_ADVISER, Role.AREA_MANAGER, Role.HEAD_OF_SERVICE)


@dataclass(frozen=True)
class Step:
    title: str
    hint: str
    href: str
    done: bool


@dataclass(frozen=True)
class FirstSteps:
    """The steps of one authority; `task_list` is what GOV.UK's component takes."""

    authority: Authority
    steps: tuple[Step, ...]

    @property
    def task_list(self) -> dict[str, Any]:
        return {
            "idPrefix": f"first-steps-{self.authority.code}",
            "items": [
                {
                    "title": {"text": step.title},
                    "hint": {"text": step.hint},
                    "href": step.href,
                    "status": {"text": "Done"}
                    if step.done
                    else {"tag": {"text": "To do", "classes": "govuk-tag--blue app-nowrap"}},
                }
                for step in self.steps
            ],
        }


def first_steps(user: User, on: dt.date) -> tuple[FirstSteps, ...]:
    """For each authority the person keeps where something is still to begin. Six queries, however many there are."""
    kept = authority_ids(user, P.MANAGE_SETTINGS, on)
    if not kept:
        return ()
    chosen = set(
        FrameworkChoice.objects.filter(authority__in=kept, start_on__lte=on).values_list(
            "authority", flat=True
        )
    )
    schools = _counted(School.objects.filter(authority__in=kept).open(), "authority")
    visitors = _counted(
        RoleGrant.objects.in_force(on).filter(authority__in=kept, role__in=_VISITORS), "authority"
    )
    served = _counted(
        OfficerAssignment.objects.in_force(on).filter(school__authority__in=kept), "school__authority"
    )
    terms = _counted(HalfTerm.objects.filter(authority__in=kept, year=academic_year(on)), "authority")
    found = []
    for authority in Authority.objects.filter(pk__in=kept):
        pk = authority.pk
        steps = (
            Step(
                "Choose the policy",
                "Its rules suggest the support of each school, and say why.",
                reverse("categorisation:framework-choose", args=[authority.code]),
                pk in chosen,
            ),
            Step(
                "Import files",
                "The register of schools, with results, absence, the census and inspections: all at once, or the register first.",
                reverse("schools:import-new"),
                bool(schools.get(pk)),
            ),
            Step(
                "Invite the people who visit schools",
                "Each gets a link to choose a password.",
                reverse("accounts:person-invite"),
                bool(visitors.get(pk)),
            ),
            Step(
                "Assign them to schools",
                "On each school’s page, under People.",
                reverse("workspace:school-list"),
                bool(served.get(pk)),
            ),
            Step(
                "Enter the dates of terms",
                "What is due by half-term or in working days is counted from them.",
                reverse("schools:calendar"),
                bool(terms.get(pk)),
            ),
        )
        if not all(step.done for step in steps):
            found.append(FirstSteps(authority, steps))
    return tuple(found)


def _counted(rows: Any, key: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(key).annotate(Count("pk")))
