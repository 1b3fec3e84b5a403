"""The made-up registers: what files would bring (schools, links, figures), written in bulk as an import does."""

import datetime as dt
import hashlib
from collections import Counter

from accounts.choices import AreaKind
from accounts.models import Area, Authority
from schools.choices import Comparator, LinkKind, SchoolStatus, SchoolType
from schools.models import (
    ComparatorValue,
    ImportBatch,
    ImportFile,
    Indicator,
    IndicatorValue,
    School,
    SchoolLink,
)
from workspace.demo import results
from workspace.demo.establishments import Establishment
from workspace.demo.places import Place

SOURCE_NAME = "Made-up figures of the demonstration"


def write_place(place: Place) -> Authority:
    authority = Authority.objects.create(
        code=place.code,
        name=place.name,
        service_name=place.service_name,
        colour=place.colour,
        contact_email=f"schools@{place.domain}",
    )
    Area.objects.bulk_create(
        [Area(authority=authority, name=name, kind=AreaKind.AREA) for name in place.areas]
        + [Area(authority=authority, name=name, kind=AreaKind.CLUSTER) for name in place.clusters]
    )
    return authority


def write_schools(authority: Authority, establishments: list[Establishment]) -> dict[int, School]:
    """Every establishment, and under an academy the community school it was. Returns schools by URN."""
    areas = {(area.kind, area.name): area for area in authority.areas.all()}
    rows = []
    for made in establishments:
        common = {
            "authority": authority,
            "phase": made.phase,
            "low_age": made.low_age,
            "high_age": made.high_age,
            "area": areas.get((AreaKind.AREA, made.area)),
            "cluster": areas.get((AreaKind.CLUSTER, made.cluster)),
            "has_nursery": made.has_nursery,
            "has_sixth_form": made.has_sixth_form,
            "gender": "Mixed",
            "town": authority.name,
            "postcode": f"ZZ{made.urn % 90 + 1} {made.urn % 9}AA",  # ZZ is no postcode area
        }
        rows.append(
            School(
                urn=made.urn,
                establishment_number=made.number,
                name=made.name,
                type=made.type,
                status=made.status,
                opened_on=made.opened_on,
                closed_on=made.closed_on,
                closure_reason="Closure" if made.closed_on else "",
                pupils=made.pupils,
                capacity=made.capacity,
                religious_character=made.religious_character,
                diocese=made.diocese,
                street=f"{made.urn % 200 + 1} {made.name.split()[0]} Street",
                **common,
            )
        )
        if made.predecessor_urn and made.opened_on:
            rows.append(
                School(
                    urn=made.predecessor_urn,
                    establishment_number=made.number,
                    name=made.name.replace("Primary Academy", "Primary School").replace(
                        "Academy", "High School"
                    ),
                    type=SchoolType.COMMUNITY,
                    status=SchoolStatus.CLOSED,
                    closed_on=made.opened_on - dt.timedelta(days=1),
                    closure_reason="Academy conversion",
                    **common,
                )
            )
    School.objects.bulk_create(rows)
    schools = {school.urn: school for school in rows}
    SchoolLink.objects.bulk_create(
        SchoolLink(
            predecessor_urn=made.predecessor_urn,
            successor_urn=made.urn,
            predecessor=schools[made.predecessor_urn],
            successor=schools[made.urn],
            kind=LinkKind.SUCCESSOR,
            established_on=made.opened_on,
        )
        for made in establishments
        if made.predecessor_urn
    )
    return schools


def write_figures(
    authority: Authority,
    establishments: list[Establishment],
    schools: dict[int, School],
    years: list[int],
    now: dt.datetime,
) -> None:
    """Figures of every school for `years`, under the URN that was open in each, and England's beside them."""
    source = _source(authority, now)
    indicators = {indicator.key: indicator for indicator in Indicator.objects.all()}
    gaps = {key: {y for y in years if not indicator.produced_in(y)} for key, indicator in indicators.items()}
    values = []
    for made in establishments:
        for row, figure in enumerate(results.figures(made, years, gaps), start=2):
            values.append(
                IndicatorValue(
                    school=schools[_urn_in(made, figure.year)],
                    indicator=indicators[figure.indicator],
                    year=figure.year,
                    group=figure.group,
                    value=figure.value,
                    status=figure.status,
                    ci_low=figure.ci_low,
                    ci_high=figure.ci_high,
                    cohort=figure.cohort,
                    source=source,
                    source_row=row,
                    recorded_at=now,
                )
            )
    IndicatorValue.objects.bulk_create(values, batch_size=2000)
    _tell(source, values, schools=sum(not made.closed_on for made in establishments))
    ComparatorValue.objects.bulk_create(
        [
            ComparatorValue(
                indicator=indicators[figure.indicator],
                year=figure.year,
                group=figure.group,
                comparator=Comparator.NATIONAL,
                value=figure.value,
                status=figure.status,
                source=source,
                source_row=row,
                recorded_at=now,
            )
            for row, figure in enumerate(results.england(years), start=2)
            if figure.year not in gaps[figure.indicator]
        ],
        ignore_conflicts=True,  # published national figures stand where they are held, and the second authority's repeat
    )


def _urn_in(made: Establishment, year: int) -> int:
    """The URN under which the academic year starting in `year` was published: the predecessor's until conversion."""
    if made.predecessor_urn and made.opened_on and dt.date(year + 1, 7, 31) < made.opened_on:
        return made.predecessor_urn
    return made.urn


def _source(authority: Authority, now: dt.datetime) -> ImportFile:
    batch = ImportBatch.objects.create(
        authority=authority, status=ImportBatch.Status.APPLIED, created_at=now, applied_at=now
    )
    return ImportFile.objects.create(
        batch=batch,
        name=SOURCE_NAME,
        sha256=hashlib.sha256(SOURCE_NAME.encode()).hexdigest(),
        kind="demonstration",
    )


def _tell(source: ImportFile, values: list[IndicatorValue], *, schools: int) -> None:
    """What the import's page says of the file, as of any other."""
    source.added = len(values)
    source.summary = {
        "title": "Figures of five years",
        "handler": "measures",
        "schools": schools,
        "statuses": Counter(value.status for value in values),
    }
    source.save(update_fields=["added", "summary"])
