"""What the database holds about schools, as the engine wants it: dated, sourced, and missing where it is missing."""

import datetime as dt
import gc
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db.models import F

from categorisation.confirmed_facts import confirmed_facts
from categorisation.engine import (
    Circumstance,
    CompiledFramework,
    Fact,
    Inspection,
    SchoolFacts,
)
from categorisation.profile_facts import profile_grades
from categorisation.series_facts import series_facts
from schools.choices import Audience, ConcernCategory, ContactRole, InspectionKind, SchoolPhase
from schools.models import Circumstance as RecordedCircumstance
from schools.models import CircumstanceReturn, ImportFile, School, SchoolContact
from schools.models import Inspection as RecordedInspection
from schools.querysets import SchoolQuerySet
from schools.rules.circumstances import Known, catalogue

_PHASES = {
    SchoolPhase.NURSERY: "nursery",
    SchoolPhase.PRIMARY: "primary",
    SchoolPhase.MIDDLE_DEEMED_PRIMARY: "primary",
    SchoolPhase.SECONDARY: "secondary",
    SchoolPhase.MIDDLE_DEEMED_SECONDARY: "secondary",
    SchoolPhase.SIXTEEN_PLUS: "secondary",
    SchoolPhase.ALL_THROUGH: "all_through",
}

_CATEGORIES = {
    "": "none",
    ConcernCategory.SIGNIFICANT_IMPROVEMENT: "NTI_SW_RSI",
    ConcernCategory.SPECIAL_MEASURES: "special_measures",
}

_KINDS = {
    InspectionKind.GRADED: "graded",
    InspectionKind.URGENT: "graded",
    InspectionKind.UNGRADED: "ungraded",
    InspectionKind.MONITORING: "monitoring",
    InspectionKind.RELIGIOUS: "section_48",
}

_AUDIENCES = {Audience.SCHOOL: "shared"}

# Whose eyes an outcome is for, in the engine's words. What only the register may know is in no suggestion.
SCHOOL_AUDIENCES = ("shared",)
AUTHORITY_AUDIENCES = ("shared", "authority", Audience.GOVERNORS_PANEL.value)


def facts_for(
    schools: Collection[School], *, on: dt.date, framework: CompiledFramework, as_school: bool = False
) -> dict[int, SchoolFacts]:
    """The facts the framework asks for about these schools on a day, by URN; `as_school`: as the school knows them.

    About a dozen queries, whatever the number of schools; meant for a page or batches of some hundreds.
    """
    return _facts(schools, on, (framework,), as_school)


def facts_in_batches(
    schools: SchoolQuerySet, *, on: dt.date, frameworks: Sequence[CompiledFramework], size: int = 500
) -> Iterator[tuple[School, SchoolFacts]]:
    """Every school, by authority, with the facts that any of the frameworks asks for: read once for all of them.

    Holds `size` schools at a time, so that memory does not grow with their number. A dozen queries a batch.
    """
    ids = list(schools.order_by("authority_id", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), size):
        batch = ids[start : start + size]
        rows = School.objects.in_bulk(batch)
        with _without_collecting():
            facts = _facts(rows.values(), on, frameworks, as_school=False)
        yield from ((rows[pk], facts[rows[pk].urn]) for pk in batch if pk in rows)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A batch is some hundred thousand small objects and no garbage: to look for some among them again and again as
    they are made takes a third of the time. Bounded by the batch, after which collecting goes on."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _facts(
    schools: Collection[School], on: dt.date, frameworks: Iterable[CompiledFramework], as_school: bool
) -> dict[int, SchoolFacts]:
    figures = series_facts(schools, on=on, frameworks=frameworks)
    inspections = inspections_of(schools)
    asked = {item.key for framework in frameworks for item in framework.document.circumstances}
    circumstances = _circumstances(schools, on, as_school, asked)
    confirmed: dict[int, dict[str, Fact]] = defaultdict(dict)
    for slug in sorted({framework.document.identity.slug for framework in frameworks}):
        for urn, facts in confirmed_facts(schools, on=on, slug=slug, as_school=as_school).items():
            confirmed[urn] |= facts
    heads = _heads(schools, on)
    slugs = {framework.document.identity.slug for framework in frameworks}
    profiles = profile_grades(schools, on=on, slugs=slugs)
    return {
        school.urn: SchoolFacts(
            on=on,
            attributes=_attributes(school),
            facts=heads.get(school.urn, {}) | confirmed.get(school.urn, {}),
            series=figures[school.urn],
            inspections=inspections[school.urn],
            circumstances=circumstances[school.urn],
            profile=profiles.get(school.pk, {}),
        )
        for school in schools
    }


def _attributes(school: School) -> dict[str, object]:
    phase = _PHASES.get(SchoolPhase(school.phase), "")
    if school.is_special:
        phase = "special"
    elif school.is_alternative_provision:
        phase = "alternative"
    return {"phase": phase, "low_age": school.low_age, "high_age": school.high_age}


def inspections_of(schools: Collection[School]) -> dict[int, tuple[Inspection, ...] | None]:
    """Each school's own inspections; none at all is *not yet inspected* once Ofsted's record has been brought in."""
    held: dict[int, list[Inspection]] = defaultdict(list)
    rows = (
        RecordedInspection.objects.filter(school_id__in=[school.pk for school in schools])
        .annotate(source_name=F("source__name"))
        .prefetch_related("judgements")
    )
    for row in rows:
        held[row.school_id].append(
            Inspection(
                framework=row.framework,
                started_on=row.started_on,
                kind=_KINDS[InspectionKind(row.kind)],
                published_on=row.published_on,
                overall=row.overall_grade or None,
                category=_CATEGORIES[row.category],
                safeguarding=row.safeguarding_effective,
                judgements={judgement.area: judgement.grade for judgement in row.judgements.all()},
                progress=row.monitoring_progress or None,
                source=row.source_name or "recorded by the authority",
            )
        )
    brought_in = _ofsted_brought_in({school.authority_id for school in schools})
    return {
        school.urn: tuple(held[school.pk]) if school.pk in held or school.authority_id in brought_in else None
        for school in schools
    }


def _ofsted_brought_in(authorities: Collection[int]) -> set[int]:
    """Those of the authorities that have imported Ofsted's record."""
    files = ImportFile.objects.filter(
        kind__startswith="ofsted", batch__applied_at__isnull=False, batch__authority__in=authorities
    )
    return set(files.values_list("batch__authority_id", flat=True))


def _circumstances(
    schools: Collection[School], on: dt.date, as_school: bool, asked: Collection[str]
) -> dict[int, dict[str, Circumstance]]:
    """What is so at each school, and what a return says is not. Only a return makes "no" known.

    With the school's own eyes, what is not shared with it is as if nobody had recorded it: a return of nothing *else*
    to report (of what the policy asks) reads as one of nothing to report, or the one kind left out would betray itself.
    """
    rows = RecordedCircumstance.objects.all()
    if as_school:
        rows = rows.filter(audience=Audience.SCHOOL)
    known = rows.known(schools, on)
    whole = _whole_returns(schools, on, set(asked)) if as_school else {}
    return {
        school.urn: {
            kind: circumstance
            for kind, answer in known[school.urn].items()
            if (circumstance := _circumstance(answer, whole.get(school.pk) if kind in asked else None))
            is not None
        }
        for school in schools
    }


def _circumstance(answer: Known, whole: dt.date | None) -> Circumstance | None:
    if answer.holds:
        audience = _AUDIENCES.get(answer.audience, answer.audience.value)
        return Circumstance(True, answer.since, audience=audience, source=answer.source)
    since, stale_on = answer.since, answer.stale_on
    if whole is not None and (since is None or since < whole) and answer.kind in catalogue():
        since, stale_on = whole, whole + dt.timedelta(days=catalogue()[answer.kind].stale_after_days)
    if since is None:
        return None
    return Circumstance(False, since, stale_on=stale_on, source="return of nothing to report")


def _whole_returns(schools: Collection[School], on: dt.date, asked: set[str]) -> dict[int, dt.date]:
    """The latest day on which every kind asked but those then so was returned, by school. Two queries."""
    days: dict[int, dict[dt.date, set[str]]] = defaultdict(lambda: defaultdict(set))
    returns = CircumstanceReturn.objects.filter(school__in=schools, returned_on__lte=on)
    for school_id, day, kind in returns.values_list("school_id", "returned_on", "kind"):
        days[school_id][day].add(kind)
    recorded = RecordedCircumstance.objects.filter(school__in=schools)
    held = list(recorded.values_list("school_id", "kind", "start_on", "end_on"))
    return {
        school_id: max(whole)
        for school_id, returned in days.items()
        if (whole := [day for day, kinds in returned.items() if asked <= kinds | _so(school_id, day, held)])
    }


def _so(school_id: int, day: dt.date, held: Iterable[tuple[int, str, dt.date, dt.date | None]]) -> set[str]:
    return {
        kind
        for of, kind, start_on, end_on in held
        if of == school_id and start_on <= day and (end_on is None or end_on >= day)
    }


def _heads(schools: Collection[School], on: dt.date) -> dict[int, dict[str, Fact]]:
    urns = {school.pk: school.urn for school in schools}
    heads = (
        SchoolContact.objects.filter(
            school_id__in=urns, role__in=[ContactRole.HEADTEACHER, ContactRole.PRINCIPAL]
        )
        .in_force(on)
        .order_by(F("start_on").asc(nulls_first=True), "pk")  # of two at a time, the latest is who leads
    )
    return {
        urns[head.school_id]: {
            "headteacher_acting": Fact(head.is_acting, "school contacts"),
            **({"headteacher_started_on": Fact(head.start_on, "school contacts")} if head.start_on else {}),
        }
        for head in heads
    }
