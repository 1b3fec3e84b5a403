"""Schools ticked at a sitting: read from the page as posted, checked row by row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from schools.models import School
from schools.presenters.returns import SittingRow
from schools.rules.circumstances import catalogue


@dataclass(frozen=True)
class Ticked:
    """What was posted: schools with the kinds there is nothing to report on, and what stands in the way.

    `faults` are by URN, "" for the whole. `report` is the school and kind somebody wants to report on, if any.
    """

    schools: Mapping[School, Collection[str]] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    report: tuple[School, str] | None = None

    @property
    def urns(self) -> frozenset[int]:
        return frozenset(school.urn for school in self.schools)


def read_ticked(posted: QueryDict, rows: Collection[SittingRow]) -> Ticked:
    """A school counts with the kinds its row showed (`seen-<urn>`): what somebody recorded as so meanwhile is a fault
    there, and what is asked since stays open. None ticked is a fault, unless there is something to report."""
    by_urn = {str(row.school.urn): row for row in rows}
    chosen: dict[School, Collection[str]] = {}
    faults: dict[str, str] = {}
    for urn in dict.fromkeys(posted.getlist("schools")):
        row = by_urn.get(urn)
        if row is None:
            faults[""] = "One of the schools ticked is not yours to answer for. Nothing is saved."
            continue
        seen = posted.get(f"seen-{urn}", " ".join(row.kinds)).split()
        so = [key for key in seen if key in row.asked and key not in row.kinds]
        if kinds := [key for key in seen if key in row.kinds]:
            chosen[row.school] = kinds
        if so:
            faults[urn] = (
                f"{row.school.name}: somebody recorded “{catalogue()[so[0]].title}” meanwhile. "
                "Nothing is saved. Look at it, and save again if there is nothing else."
            )
    urn, _, kind = posted.get("report", "").partition(":")
    report = (by_urn[urn].school, kind) if urn in by_urn else None
    if not chosen and not faults and report is None:
        faults[""] = "Tick the schools with nothing to report"
    return Ticked(chosen, faults, report)
