"""England, made: primary and secondary schools, each different, with five years of results as the files give them.

Everything is drawn from the number of the school, so that the same schools come out each time.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from django.db import connection, transaction

from accounts.models import Authority, User
from categorisation.engine import CompiledFramework, Grade, SchoolFacts
from schools.choices import Comparator, ContactRole, SchoolPhase, SchoolType
from schools.models import (
    Circumstance,
    CircumstanceReturn,
    ComparatorValue,
    ImportBatch,
    ImportFile,
    Indicator,
    IndicatorValue,
    Inspection,
    InspectionJudgement,
    School,
    SchoolContact,
)
from schools.rules.circumstances import catalogue

ON = dt.date(2026, 11, 21)
YEARS = (2021, 2022, 2023, 2024, 2025)
AUTHORITIES = 150
FIRST_URN = 100_000
_BATCH = 2_000
_NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
_GROUPS = ("all", "girls", "boys", "disadvantaged", "not_disadvantaged", "eal")

# Indicator: family, groups, middle, spread, places after the point, whether each school has it
_EVERYWHERE = {
    "abs_overall": ("Absence", ("all",), 6.5, 1.5, 1),
    "abs_persistent": ("Absence", ("all", "disadvantaged"), 20, 6, 1),
    "susp_rate": ("Exclusions", ("all", "disadvantaged"), 4, 3, 2),
    "pex_rate": ("Exclusions", ("all",), 0.1, 0.1, 2),
    "roll": ("Census", ("all",), 400, 150, 0),
    "mobility_pct": ("Census", ("all",), 8, 4, 1),
}
_LOCAL = {
    "staff_absence_days": ("Workforce", ("all",), 7, 3, 1),
    "staff_turnover_pct": ("Workforce", ("all",), 14, 6, 1),
    "complaints_n": ("Complaints", ("all",), 2, 2, 0),
    "teaching_good_pct": ("Teaching", ("all",), 82, 10, 0),
    "teaching_outstanding_pct": ("Teaching", ("all",), 22, 10, 0),
    "teaching_inadequate_pct": ("Teaching", ("all",), 2, 2, 0),
}
_PRIMARY = {
    "ks1_read_exp": ("KS1", ("all",), 68, 10, 0),
    "ks1_writ_exp": ("KS1", ("all",), 60, 10, 0),
    "ks1_math_exp": ("KS1", ("all",), 70, 10, 0),
    "ks2_rwm_exp": ("KS2", _GROUPS, 61, 14, 0),
    "ks2_prog_read": ("KS2", ("all",), 0, 2.5, 1),
    "ks2_prog_writ": ("KS2", ("all",), 0, 2.5, 1),
    "ks2_prog_math": ("KS2", ("all",), 0, 2.5, 1),
}
_SECONDARY = {
    "ks4_a8": ("KS4", _GROUPS, 46, 8, 1),
    "ks4_em4": ("KS4", _GROUPS, 65, 12, 1),
    "ks4_p8": ("KS4", ("all",), 0, 0.5, 2),
    "ks5_aps": ("KS5", ("all",), 34, 5, 1),
}
_HELD_AGAINST = ("ks2_rwm_exp", "ks4_a8", "abs_overall", "susp_rate")


_Rows = Callable[[School, random.Random], Iterator]


def fill_to(count: int) -> None:
    """Schools up to `count` with all that is recorded about them; a thousand take two or three seconds."""
    _prepare()
    for start in range(School.objects.count(), count, _BATCH):
        _add(range(start, min(start + _BATCH, count)))


def graded(facts: SchoolFacts, framework: CompiledFramework, number: int) -> SchoolFacts:
    """The same with most rows of a self-evaluation profile validated."""
    rng = random.Random(number)
    rows = (*framework.document.areas, *framework.document.aspects)
    grades = {row.key: Grade(validated=rng.choice((1, 2, 2, 2, 3)), source="Profile") for row in rows}
    return replace(facts, profile={key: grade for key, grade in grades.items() if rng.random() < 0.9})


def _prepare() -> None:
    if Authority.objects.filter(code="101").exists():
        return
    Authority.objects.bulk_create(
        Authority(code=str(101 + n), name=f"Authority {n}") for n in range(AUTHORITIES)
    )
    User.objects.create(email="officer@example.org", name="Officer")
    batch = ImportBatch.objects.create(created_at=_NOW, status=ImportBatch.Status.APPLIED, applied_at=_NOW)
    families = sorted({row[0] for row in (*_all_indicators().values(), ("Ofsted",))})
    ImportFile.objects.bulk_create(
        ImportFile(batch=batch, name=f"{family} {year}-{year % 100 + 1} final.csv", sha256="0" * 64,
                   kind=family, year=year)
        for family in families for year in YEARS
    )  # fmt: skip
    keys = {row.key: row for row in Indicator.objects.all()}
    ComparatorValue.objects.filter(year__in=YEARS, comparator=Comparator.NATIONAL).delete()
    ComparatorValue.objects.bulk_create(
        ComparatorValue(indicator=keys[key], year=year, group=group, comparator=Comparator.NATIONAL,
                        value=_number(_middle(key, group) + year % 3, 1), recorded_at=_NOW)
        for key, (_, groups, *_) in _all_indicators().items() for group in groups for year in YEARS
    )  # fmt: skip


@cache
def _all_indicators() -> dict[str, tuple]:
    return {**_EVERYWHERE, **_LOCAL, **_PRIMARY, **_SECONDARY}


@cache
def _middle(key: str, group: str) -> float:
    middle = _all_indicators()[key][2]
    return middle + {"disadvantaged": -0.15, "not_disadvantaged": 0.05}.get(group, 0.0) * abs(middle)


def _number(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


@transaction.atomic
def _add(numbers: range) -> None:
    authorities = list(Authority.objects.filter(code__gte="101").order_by("code")[:AUTHORITIES])
    schools = School.objects.bulk_create(
        School(urn=FIRST_URN + n, authority=authorities[n * 7 % AUTHORITIES], name=f"School {n}",
               type=SchoolType.COMMUNITY, **_ages(n))
        for n in numbers
    )  # fmt: skip
    files = {(file.kind, file.year): file.pk for file in ImportFile.objects.all()}
    indicators = {row.key: row for row in Indicator.objects.all()}
    officer = User.objects.get(email="officer@example.org")
    _insert_plain(IndicatorValue, schools, lambda school, rng: _values(school, rng, files, indicators))
    _insert_plain(CircumstanceReturn, schools, lambda school, rng: _returns(school, rng, officer))
    for model, rows in (
        (ComparatorValue, lambda school, rng: _similar(school, rng, indicators)),
        (Inspection, lambda school, rng: _inspections(school, rng, files)),
        (Circumstance, lambda school, rng: _reported(school, rng, officer)),
        (SchoolContact, _head),
    ):
        _insert(model, schools, rows)
    found = Inspection.objects.filter(school__in=schools, framework="EIF_2019")
    InspectionJudgement.objects.bulk_create(
        InspectionJudgement(inspection_id=pk, area=area, grade=grade or "2")
        for pk, grade in found.values_list("pk", "overall_grade")
        for area in ("quality_of_education", "leadership_management")
    )


def _made(model: type, schools: list[School], rows: _Rows) -> Iterator:
    return (row for school in schools for row in rows(school, random.Random(f"{model}{school.urn}")))


def _insert(model: type, schools: list[School], rows: _Rows) -> None:
    model.objects.bulk_create(_made(model, schools, rows), batch_size=_BATCH)


def _insert_plain(model: type, schools: list[School], rows: _Rows) -> None:
    """The same for the millions of rows, past Django: each a tuple of all columns but the first, dates as text."""
    columns = [field.column for field in model._meta.concrete_fields[1:]]
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        cursor.executemany(sql, _made(model, schools, rows))


def _ages(number: int) -> dict:
    if number % 5:
        return {"phase": SchoolPhase.PRIMARY, "low_age": 3 + number % 2, "high_age": 11}
    return {"phase": SchoolPhase.SECONDARY, "low_age": 11, "high_age": 18 if number % 2 else 16}


def _values(school: School, rng: random.Random, files: dict, indicators: dict) -> Iterator[tuple]:
    """About 110 values a school: 2 in 100 are suppressed, and what is local is known of two schools in three."""
    own = _PRIMARY if school.phase == SchoolPhase.PRIMARY else _SECONDARY
    local = _LOCAL if rng.random() < 0.67 else {}
    better, recorded = rng.gauss(0, 1), _NOW.isoformat(" ")
    for key, (family, groups, _, spread, places) in {**_EVERYWHERE, **local, **own}.items():
        if key == "ks5_aps" and school.high_age != 18:
            continue
        years = [year for year in YEARS if indicators[key].produced_in(year)]
        for group in groups:
            for year in years:
                middle = _middle(key, group) + spread * (better + rng.gauss(0, 0.5))
                value = middle if spread > middle else max(middle, 0)
                hidden = rng.random() < 0.02
                interval = key.startswith(("ks2_prog", "ks4_p8")) and not hidden
                yield (
                    None if hidden else f"{value:.{places}f}",
                    "suppressed" if hidden else "published",
                    files[family, year],
                    school.urn - FIRST_URN + 2,
                    recorded,
                    school.pk,
                    indicators[key].pk,
                    year,
                    group,
                    f"{value - 1:.{places}f}" if interval else None,
                    f"{value + 1:.{places}f}" if interval else None,
                    rng.randint(8, 60) if group != "all" else rng.randint(25, 200),
                )


def _similar(school: School, rng: random.Random, indicators: dict) -> Iterator[ComparatorValue]:
    for key in _HELD_AGAINST:
        for year in YEARS[-2:]:
            value = _number(_middle(key, "all") * rng.uniform(0.9, 1.1), 1)
            yield ComparatorValue(
                indicator=indicators[key], year=year, comparator=Comparator.SIMILAR, school=school,
                value=value, recorded_at=_NOW,
            )  # fmt: skip


def _inspections(school: School, rng: random.Random, files: dict) -> Iterator[Inspection]:
    for year, framework in ((2017, "CIF_2015"), (2022, "EIF_2019")):
        grade = rng.choices("1234", (15, 70, 12, 3))[0]
        yield Inspection(
            school=school, framework=framework, started_on=dt.date(year, rng.randint(1, 12), rng.randint(1, 28)),
            overall_grade=grade, category="special_measures" if grade == "4" else "",
            source_id=files["Ofsted", 2025], source_row=school.urn - FIRST_URN + 2,
        )  # fmt: skip


def _reported(school: School, rng: random.Random, officer: User) -> Iterator[Circumstance]:
    if rng.random() < 0.3:
        yield Circumstance(
            school=school, kind=rng.choice([*catalogue()]), source="School improvement officer",
            start_on=dt.date(2026, rng.randint(1, 10), 3), recorded_by=officer, recorded_at=_NOW,
        )  # fmt: skip


def _returns(school: School, rng: random.Random, officer: User) -> Iterator[tuple]:
    """Nine schools in ten returned every kind this term, bar one now and then."""
    if rng.random() < 0.1:
        return
    day = dt.date(2026, 11, rng.randint(2, 6))
    for kind, entry in catalogue().items():
        if rng.random() > 0.02:
            stale_on = day + dt.timedelta(days=entry.stale_after_days)
            yield school.pk, kind, day.isoformat(), stale_on.isoformat(), officer.pk


def _head(school: School, rng: random.Random) -> Iterator[SchoolContact]:
    yield SchoolContact(
        school=school, role=ContactRole.HEADTEACHER, name="Head",
        start_on=dt.date(rng.randint(2010, 2026), 9, 1), is_acting=rng.random() < 0.05,
    )  # fmt: skip
