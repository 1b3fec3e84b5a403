"""An identification round: every school with its signs, and what was found (L-101, L-102, L-266)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Subquery
from django.urls import reverse

from accounts.choices import Permission
from accounts.models import Authority, User
from categorisation.choices import Finding
from categorisation.engine.states import MET
from categorisation.frameworks_in_force import version_for
from categorisation.models import Decision, Identification, IdentificationRound, SuggestionChange
from categorisation.permissions.rounds import can_run_identification
from categorisation.querysets import STAFF_REACHES
from categorisation.rules.identification import first_day, is_grave, months_of
from schools.choices import InspectionKind
from schools.models import Inspection, School
from schools.rules.academic_years import academic_year
from schools.rules.dates import month_in_words
from schools.rules.ofsted import Band, band, outcome

SHOWN = {
    "open": "To look at",
    "signals": "To look at, with a sign",
    Finding.NO_CONCERN.value: Finding.NO_CONCERN.label,
    Finding.AT_RISK.value: Finding.AT_RISK.label,
    Finding.CAUSING_CONCERN.value: Finding.CAUSING_CONCERN.label,
}


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of the academic year in which concern is identified, and its round where one has begun."""

    year: int
    month: int
    identification: IdentificationRound | None
    may_open: bool

    @property
    def name(self) -> str:
        return month_in_words(first_day(self.year, self.month))

    @property
    def state(self) -> str:
        if self.identification is None:
            return "Not begun"
        return "Closed" if self.identification.closed_at else "Being looked at"


def months(user: User, authority: Authority, *, on: dt.date) -> tuple[MonthLine, ...]:
    """The months the framework in force names, this academic year. Empty where it names none. Four queries."""
    version, year = version_for(authority, on), academic_year(on)
    if version is None:
        return ()
    held = {row.month: row for row in authority.identification_rounds.filter(year=year)}
    runs = can_run_identification(user, authority)
    return tuple(
        MonthLine(year, month, held.get(month), runs and month not in held and first_day(year, month) <= on)
        for month in months_of(version.document)
    )


@dataclass(frozen=True)
class IdentificationRow:
    """One school, its signs in words, and what was found of it."""

    school: Any
    document: Mapping[str, Any]

    @property
    def finding(self) -> Identification | None:
        return next(iter(self.school.found), None)

    @property
    def level(self) -> str:
        """ "Level of support 4, High"."""
        names = {level["rank"]: level["name"] for level in self.document["levels"]}
        rank = self.school.level_rank
        word = self.document["words"]["level"]
        if rank is None:
            return f"No {word} yet"
        if not self._is_of_this_policy(self.school.level_slug):
            return f"{rank}, by another policy"
        return f"{word[:1].upper()}{word[1:]} {rank}, {names.get(rank, '')}".rstrip(" ,")

    @cached_property
    def signals(self) -> tuple[str, ...]:
        return tuple(self._signals())

    def _is_of_this_policy(self, slug: str | None) -> bool:
        """Ranks and rules of another policy mean something else."""
        return bool(slug == self.document["identity"]["slug"])

    def _signals(self) -> list[str]:
        word, ranks = self.document["words"]["level"], [level["rank"] for level in self.document["levels"]]
        rank = self.school.level_rank if self._is_of_this_policy(self.school.level_slug) else None
        found = ["Among those with most support"] if is_grave(rank, ranks) else []
        if self._is_of_this_policy(self.school.suggested_slug):
            now = self.school.suggestion.on_record
            if now is None:
                found.append(f"Nothing recorded suggests a {word} yet")
            elif rank is None and is_grave(now, ranks):
                found.append(f"{now} suggested, among those with most support")
            elif rank is not None and now > rank:
                found.append(f"{now} suggested, above the {word} it has")
            found += self._flags(self.school.suggestion.trace)
        if self.school.has_warning:
            found.append("Early warning not noted yet")
        for inspection in self.school.latest_inspection:
            findings = inspection.findings()
            if band(findings) in (Band.CONCERN, Band.BELOW):
                found.append(f"Ofsted: {outcome(findings)}, {month_in_words(inspection.started_on)}")
        if self.school.found_before in (Finding.AT_RISK, Finding.CAUSING_CONCERN):
            found.append(f"{Finding(self.school.found_before).label} in the round before")
        return found

    def _flags(self, trace: Mapping[str, Any]) -> list[str]:
        flags = {rule["key"]: rule["title"] for rule in self.document["rules"] if rule["role"] == "flag"}
        return [flags[key] for key, state, _ in trace.get("rules", ()) if state == MET and key in flags]


@dataclass(frozen=True)
class IdentificationPage:
    """A round at the schools the reader identifies concern for. Ten queries, whatever their number."""

    identification: IdentificationRound
    rows: tuple[IdentificationRow, ...]
    may_run: bool
    left: int  # of the whole authority

    @property
    def title(self) -> str:
        name = month_in_words(first_day(self.identification.year, self.identification.month))
        return f"Schools at risk or causing concern, {name}"

    def of(self, shown: str) -> list[IdentificationRow]:
        """The rows of one of SHOWN: those with signs first, then by name."""
        picks = {
            "open": lambda row: not row.finding,
            "signals": lambda row: not row.finding and row.signals,
        }
        pick = picks.get(shown, lambda row: row.finding and row.finding.finding == shown)
        return sorted(filter(pick, self.rows), key=lambda row: -len(row.signals))

    @cached_property
    def counts(self) -> tuple[tuple[str, str, int, str], ...]:
        """What stands where: key, words, schools, address of exactly those."""
        page = reverse("categorisation:identification-detail", args=[self.identification.public_id])
        return tuple((key, text, len(self.of(key)), f"{page}?show={key}") for key, text in SHOWN.items())


def identification_page(
    user: User, identification: IdentificationRound, *, on: dt.date
) -> IdentificationPage | None:
    """None where the authority has no framework any more."""
    authority = identification.authority
    version = version_for(authority, on)
    if version is None:
        return None
    in_force = Decision.objects.filter(school=OuterRef("pk"), start_on__lte=on).order_by("-start_on")
    graded = (InspectionKind.GRADED, InspectionKind.URGENT)
    newest = Inspection.objects.filter(school=OuterRef("school"), kind__in=graded).order_by(
        "-started_on", "-pk"
    )
    latest = Inspection.objects.filter(pk=Subquery(newest.values("pk")[:1])).prefetch_related("judgements")
    earlier = Identification.objects.filter(
        school=OuterRef("pk"), round__opened_at__lt=identification.opened_at
    ).order_by("-round__opened_at")
    found = identification.findings.select_related("found_by")
    schools = (
        School.objects.with_permission(user, Permission.IDENTIFY_CONCERN, on, reaches=STAFF_REACHES)
        .filter(authority=authority)
        .open()
        .annotate(
            level_rank=Subquery(in_force.values("rank")[:1]),
            level_slug=Subquery(in_force.values("version__slug")[:1]),
            suggested_slug=F("suggestion__version__slug"),
            has_warning=Exists(SuggestionChange.objects.filter(school=OuterRef("pk"), noted_at__isnull=True)),
            found_before=Subquery(earlier.values("finding")[:1]),
        )
        .select_related("suggestion")
        .prefetch_related(
            Prefetch("inspections", latest, to_attr="latest_inspection"),
            Prefetch("identifications", found, to_attr="found"),
        )
        .order_by("name", "urn")
    )
    return IdentificationPage(
        identification,
        tuple(IdentificationRow(school, version.document) for school in schools),
        can_run_identification(user, authority),
        authority.schools.open().exclude(identifications__round=identification).count(),
    )
