"""Five years of figures for a made-up school, each following the story it was given."""

import random
from dataclasses import dataclass
from decimal import Decimal

from schools.choices import SchoolPhase, ValueStatus
from workspace.demo.establishments import Establishment


@dataclass(frozen=True)
class Story:
    """Where a school stands against England, and where it is going, in the measure's own unit a year."""

    start: float
    slope: float
    attendance: float  # persistent absence against England
    spread: float = 3.0
    gap: float = 1.0  # of disadvantaged pupils, against England's
    gap_slope: float = 0.0  # how much of that closes each year


STORIES = {
    "strong": Story(start=12, slope=0.8, attendance=-5, spread=1.0, gap=0.9, gap_slope=0.1),
    "steady": Story(start=2, slope=0.2, attendance=-1),
    "rising": Story(start=-9, slope=5.0, attendance=0),
    "dipping": Story(start=4, slope=-6.0, attendance=3),
    "low": Story(start=-13, slope=-0.5, attendance=6, gap=1.5),
    "failing": Story(start=-24, slope=-3.5, attendance=11, gap=1.5),
}

# England's figure, and how much one point of a story moves the measure. Made up, near what was published.
_ENGLAND: dict[str, tuple[float, float]] = {
    "eyfs_gld": (68, 0.8), "phonics_y1": (80, 0.7),
    "ks2_rwm_exp": (62, 1.0), "ks2_read_exp": (75, 0.9), "ks2_writ_exp": (72, 0.9), "ks2_math_exp": (74, 0.9),
    "ks2_rwm_high": (8, 0.35), "ks2_prog_read": (0, 0.16), "ks2_prog_writ": (0, 0.16), "ks2_prog_math": (0, 0.16),
    "ks4_a8": (45.9, 0.7), "ks4_p8": (-0.03, 0.035), "ks4_em5": (45.2, 1.0), "ks4_em4": (64.8, 0.9),
    "ks4_ebacc_aps": (4.08, 0.05),
    "abs_overall": (6.9, 0.15), "abs_persistent": (18.7, 0.8), "susp_rate": (9.3, 0.5), "pex_rate": (0.1, 0.004),
    "fsm_pct": (25.7, -0.7), "eal_pct": (21.4, 0), "sen_support_pct": (14.2, -0.2), "ehcp_pct": (5.3, 0),
}  # fmt: skip
_LOWER_IS_BETTER = {"abs_overall", "abs_persistent", "susp_rate", "pex_rate"}
_DRIFT = 0.4
_DISADVANTAGE_GAP = {"ks2_rwm_exp": 22.0, "ks4_a8": 15.0}
_BELOW = 0.7  # how much of the gap lies below the figure of all pupils
_GROUPS = {"girls": 2.0, "boys": -2.0, "eal": 1.0}
SMALLEST_PUBLISHED = 6  # pupils; the publisher suppresses figures of fewer
_CONTEXT = (
    "abs_overall",
    "abs_persistent",
    "susp_rate",
    "pex_rate",
    "fsm_pct",
    "eal_pct",
    "sen_support_pct",
    "ehcp_pct",
)
_PRIMARY = ("eyfs_gld", "phonics_y1", "ks2_rwm_exp", "ks2_read_exp", "ks2_writ_exp", "ks2_math_exp", "ks2_rwm_high", "ks2_prog_read", "ks2_prog_writ", "ks2_prog_math")  # fmt: skip
_SECONDARY = ("ks4_a8", "ks4_p8", "ks4_em5", "ks4_em4", "ks4_ebacc_aps")
_BY_PHASE = {
    SchoolPhase.PRIMARY: _PRIMARY,
    SchoolPhase.SECONDARY: _SECONDARY,
    SchoolPhase.ALL_THROUGH: _PRIMARY + _SECONDARY,
}


@dataclass(frozen=True)
class Figure:
    indicator: str
    year: int
    group: str
    value: Decimal | None
    status: ValueStatus
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None
    cohort: int | None = None


def england(years: list[int]) -> list[Figure]:
    """England's figures: a little better each year, but for measures that are about England's own average."""
    made = []
    for key in _ENGLAND:
        for step, year in enumerate(years):
            national = _national(key, step)
            made.append(_published(key, year, "all", national))
            if gap := _DISADVANTAGE_GAP.get(key):
                made.append(_published(key, year, "disadvantaged", national - gap * _BELOW))
                made.append(_published(key, year, "not_disadvantaged", national + gap * (1 - _BELOW)))
    return made


def _national(key: str, step: int) -> float:
    value, _ = _ENGLAND[key]
    if _is_progress(key) or value <= 1:
        return value
    return value + _DRIFT * step * (-1 if key in _LOWER_IS_BETTER else 1)


def figures(school: Establishment, years: list[int], not_produced: dict[str, set[int]]) -> list[Figure]:
    """The school's figures. A measure England did not produce in a year is marked so; small cohorts are suppressed."""
    rng = random.Random(school.urn)  # noqa: S311
    made = []
    for key in _BY_PHASE.get(school.phase, ()) + _CONTEXT:
        noise = rng.gauss(0, 1)
        for step, year in enumerate(years):
            made += _year_of(school, key, step, year, noise, rng, year in not_produced.get(key, set()))
    for step, year in enumerate(years):
        shrinking = school.story in {"failing", "dipping"}
        change = 0.02 * (len(years) - 1 - step) * (1 if shrinking else -0.3)
        made.append(_published("roll", year, "all", round(school.pupils * (1 + change))))
    return made


def _year_of(
    school: Establishment,
    key: str,
    step: int,
    year: int,
    noise: float,
    rng: random.Random,
    not_produced: bool,
) -> list[Figure]:
    """One measure of one year, for all pupils and for groups."""
    story, cohort, (_, weight) = STORIES[school.story], _cohort(school, key), _ENGLAND[key]
    standing = story.start + story.slope * step + noise * story.spread + rng.gauss(0, 1) * story.spread / 3
    if not_produced:
        return [Figure(key, year, "all", None, ValueStatus.NOT_PRODUCED)]
    if cohort is not None and cohort < SMALLEST_PUBLISHED:
        return [Figure(key, year, "all", None, ValueStatus.SUPPRESSED, cohort=cohort)]
    if key in _LOWER_IS_BETTER:
        standing = story.attendance - noise * 0.6
    value = _national(key, step) + standing * weight
    if not _is_progress(key):
        value = max(0.0, value)
    low = high = None
    if _is_progress(key):
        margin = (2.4 if key == "ks4_p8" else 11) / (cohort or 30) ** 0.5
        low, high = _exact(value - margin, key), _exact(value + margin, key)
    made = [Figure(key, year, "all", _exact(value, key), ValueStatus.PUBLISHED, low, high, cohort)]
    if gap := _DISADVANTAGE_GAP.get(key):
        gap *= story.gap - story.gap_slope * step
        made.append(_published(key, year, "disadvantaged", max(0.0, value - gap * _BELOW)))
        made.append(_published(key, year, "not_disadvantaged", value + gap * (1 - _BELOW)))
        made += [_published(key, year, group, max(0.0, value + lean)) for group, lean in _GROUPS.items()]
    return made


def _is_progress(key: str) -> bool:
    return "prog" in key or key == "ks4_p8"


def _published(key: str, year: int, group: str, value: float) -> Figure:
    return Figure(key, year, group, _exact(value, key), ValueStatus.PUBLISHED)


def _cohort(school: Establishment, key: str) -> int | None:
    if not key.startswith(("eyfs", "phonics", "ks")):
        return None
    return max(3, round(school.pupils / max(1, school.high_age - school.low_age)))


def _exact(value: float, key: str) -> Decimal:
    """To the decimals its publisher prints."""
    if key in {"ks4_p8", "ks4_ebacc_aps", "pex_rate"}:
        places = Decimal("0.01")
    elif (
        "prog" in key
        or key.endswith("_pct")
        or key in {"ks4_a8", "abs_overall", "abs_persistent", "susp_rate"}
    ):
        places = Decimal("0.1")
    else:
        places = Decimal(1)
    return Decimal(str(round(value, 4))).quantize(places)
