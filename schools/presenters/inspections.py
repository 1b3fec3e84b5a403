"""Ofsted's judgements of one school, the latest first, each in its framework's own words."""

import datetime as dt
from dataclasses import dataclass

from accounts.choices import Permission
from accounts.models import User
from schools.choices import InspectionFramework, InspectionKind
from schools.models import Inspection, School
from schools.querysets import permissions_over
from schools.rules.ofsted import FRAMEWORKS, category_name, describe, grade_text, outcome


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """One inspection. `judgements` are (area, grade) in the framework's order; texts are as printed then."""

    pk: int
    urn: int
    text: str
    outcome: str
    kind: str
    framework: str
    started_on: dt.date
    published_on: dt.date | None
    category: str
    judgements: tuple[tuple[str, str], ...]
    safeguarding: str
    source: str


@dataclass(frozen=True, slots=True)
class InspectionPanel:
    """A school's inspections, its predecessors' apart: theirs are history, and a category never passes on.

    `latest` is the latest that graded the school. There is no next inspection: Ofsted does not announce one.
    """

    latest: InspectionLine | None
    lines: tuple[InspectionLine, ...]
    predecessors: tuple[InspectionLine, ...]
    may_record: bool

    @property
    def text(self) -> str:
        return self.latest.text if self.latest else "Not yet inspected"


def inspection_panel(school: School, user: User) -> InspectionPanel:
    """Four queries and at most two for what the reader may do. Ofsted's reports are public."""
    past = School.objects.lineages([school])[school.urn].predecessors
    urns = [school.urn, *(urn for generation in past for urn in generation)]
    rows = (
        Inspection.objects.filter(school__urn__in=urns)
        .select_related("school", "source")
        .prefetch_related("judgements")
    )
    lines = [inspection_line(row) for row in rows]
    own = tuple(line for line in lines if line.urn == school.urn)
    return InspectionPanel(
        latest=next((line for line in own if line.kind == InspectionKind.GRADED.label), None),
        lines=own,
        predecessors=tuple(line for line in lines if line.urn != school.urn),
        may_record=Permission.RECORD_INSPECTION in permissions_over(user, school),
    )


def inspection_line(inspection: Inspection) -> InspectionLine:
    """Fetch `school` and `source` with select_related and `judgements` with prefetch_related."""
    findings = inspection.findings()
    framework = FRAMEWORKS[InspectionFramework(inspection.framework)]
    graded = findings.areas
    return InspectionLine(
        pk=inspection.pk,
        urn=inspection.school.urn,
        text=describe(findings),
        outcome=outcome(findings),
        kind=InspectionKind(inspection.kind).label,
        framework=framework.name,
        started_on=inspection.started_on,
        published_on=inspection.published_on,
        category=category_name(framework.code, inspection.category),
        judgements=tuple(
            (name, grade_text(framework.code, graded[area]))
            for area, name in framework.areas.items()
            if area in graded
        ),
        safeguarding=_safeguarding(inspection.safeguarding_effective, framework.is_report_card),
        source=inspection.source.name if inspection.source else "Recorded by hand",
    )


def _safeguarding(effective: bool | None, is_report_card: bool) -> str:
    if effective is None:
        return ""
    if is_report_card:
        return "Safeguarding met" if effective else "Safeguarding not met"
    return "Safeguarding effective" if effective else "Safeguarding not effective"
