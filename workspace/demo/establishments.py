"""The schools of a made-up authority, drawn from its names with its seed: about forty, of every kind."""

import datetime as dt
import random
from dataclasses import dataclass, replace

from schools.choices import SchoolPhase, SchoolStatus, SchoolType
from workspace.demo.places import Place

_SAINTS = ("St Anne's", "St Oswin's", "St Hilda's", "Holy Rood", "St Chad's", "St Bede's")
_SURNAMES = (
    "Abara", "Barlow", "Chowdhury", "Dyson", "Ellis", "Farrow", "Greaves", "Hewitt", "Iqbal", "Jessop", "Kaur",
    "Lister", "Mistry", "Naylor", "Okafor", "Patel", "Quill", "Rahman", "Sykes", "Tordoff", "Umar", "Varley",
    "Whitwam", "Yates", "Zielinski",
)  # fmt: skip
_FIRST_NAMES = (
    "Alison", "Bilal", "Catherine", "David", "Esther", "Farah", "Graham", "Hazel", "Irene", "James", "Karen",
    "Liam", "Martin", "Nasreen", "Olivia", "Peter", "Rachel", "Stephen", "Theresa", "Yasmin",
)  # fmt: skip


@dataclass(frozen=True)
class Establishment:
    """What a register would say of one school, and the story its figures will tell."""

    urn: int
    number: int
    name: str
    type: SchoolType
    phase: SchoolPhase
    status: SchoolStatus
    low_age: int
    high_age: int
    pupils: int
    capacity: int
    religious_character: str
    diocese: str
    area: str
    cluster: str
    has_nursery: bool
    has_sixth_form: bool
    head: str
    head_since: dt.date | None
    head_acting: bool
    chair: str
    opened_on: dt.date | None
    closed_on: dt.date | None
    predecessor_urn: int | None
    story: str  # a key of results.STORIES


# How many schools tell each story: most are well, a few are not
_STORIES = (
    ("strong",) * 9 + ("steady",) * 14 + ("rising",) * 5 + ("dipping",) * 6 + ("low",) * 4 + ("failing",) * 2
)


def establishments(place: Place, today: dt.date) -> list[Establishment]:
    """The place's schools in a fixed order; the same on every machine but for dates, which follow `today`."""
    rng = random.Random(place.seed)  # noqa: S311  # made-up names, nothing secret
    stories = list(_STORIES)
    rng.shuffle(stories)
    plan = (
        [("primary", n) for n in place.neighbourhoods]
        + [("church", n) for n in _SAINTS]
        + [("secondary", n) for n in place.neighbourhoods[:7]]
        + [("special", place.neighbourhoods[7]), ("special", place.neighbourhoods[8])]
        + [
            ("referral", "The Bridge"),
            ("nursery", place.neighbourhoods[9]),
            ("through", place.neighbourhoods[10]),
        ]
    )
    made = [
        _establishment(place, rng, today, index, kind, name, stories[index % len(stories)])
        for index, (kind, name) in enumerate(plan)
    ]
    closed, small = len(place.neighbourhoods) - 1, len(place.neighbourhoods) + 1
    made[closed] = _closed(made[closed], today)
    made[small] = replace(made[small], pupils=SMALL, capacity=SMALL + 10)
    return made


SMALL = 34  # pupils in seven years: too few in one for its results to be published


def _closed(school: Establishment, today: dt.date) -> Establishment:
    """The same school as a community school that closed last summer."""
    return replace(
        school,
        name=school.name.replace("Primary Academy", "Primary School"),
        type=SchoolType.COMMUNITY,
        status=SchoolStatus.CLOSED,
        opened_on=None,
        closed_on=_september(today, 0) - dt.timedelta(days=1),
        predecessor_urn=None,
    )


def _establishment(
    place: Place, rng: random.Random, today: dt.date, index: int, kind: str, name: str, story: str
) -> Establishment:
    academy = kind in {"primary", "secondary", "through"} and rng.random() < 0.3
    kinds = {
        "primary": (SchoolType.COMMUNITY, SchoolPhase.PRIMARY, 4, 11, "Primary School"),
        "church": (
            SchoolType.VOLUNTARY_AIDED if index % 2 else SchoolType.VOLUNTARY_CONTROLLED,
            SchoolPhase.PRIMARY, 3, 11, "Church of England Primary School" if index % 2 else "Catholic Primary School",
        ),
        "secondary": (SchoolType.FOUNDATION if index % 3 == 0 else SchoolType.COMMUNITY, SchoolPhase.SECONDARY, 11, 18 if index % 2 else 16, "High School"),
        "special": (SchoolType.COMMUNITY_SPECIAL, SchoolPhase.NOT_APPLICABLE, 3, 19, "Specialist Learning Centre"),
        "referral": (SchoolType.PUPIL_REFERRAL_UNIT, SchoolPhase.NOT_APPLICABLE, 11, 16, "Pupil Referral Unit"),
        "nursery": (SchoolType.NURSERY, SchoolPhase.NURSERY, 2, 5, "Nursery School"),
        "through": (SchoolType.ACADEMY_CONVERTER, SchoolPhase.ALL_THROUGH, 3, 18, "Academy"),
    }  # fmt: skip
    type_, phase, low, high, suffix = kinds[kind]
    if academy:
        type_ = (
            SchoolType.ACADEMY_SPONSOR_LED if story in {"low", "failing"} else SchoolType.ACADEMY_CONVERTER
        )
        suffix = "Academy" if kind != "primary" else "Primary Academy"
    size = {
        "primary": 315,
        "church": 210,
        "secondary": 1150,
        "special": 120,
        "referral": 70,
        "nursery": 85,
        "through": 1500,
    }[kind]
    pupils = max(24, round(rng.gauss(size, size * 0.2)))
    years_in_post = rng.choice((0, 1, 2, 3, 5, 8, 11))
    faith = ("Church of England" if index % 2 else "Roman Catholic") if kind == "church" else ""
    return Establishment(
        urn=int(place.code) * 1000 + index + 1,
        number=(2000 if phase in {SchoolPhase.PRIMARY} else 4000 if phase == SchoolPhase.SECONDARY else 7000)
        + index,
        name=f"{name} {suffix}",
        type=type_,
        phase=phase,
        status=SchoolStatus.OPEN,
        low_age=low,
        high_age=high,
        pupils=pupils,
        capacity=round(pupils * rng.uniform(0.95, 1.25)),
        religious_character=faith,
        diocese=f"Diocese of {place.name}" if faith else "",
        area=place.areas[index % len(place.areas)],
        cluster=place.clusters[index % len(place.clusters)] if place.clusters else "",
        has_nursery=low <= 3,
        has_sixth_form=high >= 18 and kind != "special",
        head=f"{rng.choice(_FIRST_NAMES)} {rng.choice(_SURNAMES)}",
        head_since=_september(today, years_in_post),
        head_acting=years_in_post == 0 and rng.random() < 0.5,
        chair=f"{rng.choice(_FIRST_NAMES)} {rng.choice(_SURNAMES)}",
        opened_on=_september(today, 2) if academy else None,
        closed_on=None,
        predecessor_urn=int(place.code) * 1000 + 500 + index if academy else None,
        story=story,
    )


def _september(today: dt.date, years_ago: int) -> dt.date:
    year = today.year if today.month >= 9 else today.year - 1
    return dt.date(year - years_ago, 9, 1)
