"""Ratings of many schools: read from the page as posted, checked row by row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from categorisation.actions import Rated
from categorisation.choices import Rating
from categorisation.presenters.ratings import RatingRow
from schools.choices import Audience

LONGEST = 2000


@dataclass(frozen=True)
class Typed:
    """What somebody typed at one school, kept as it was when it is refused."""

    rating: str = ""
    comment: str = ""
    shared: bool = False


@dataclass(frozen=True)
class Given:
    """Rows to be saved, what was typed by URN, and what stands in the way by URN ("" for the whole)."""

    rows: tuple[Rated, ...] = ()
    typed: Mapping[str, Typed] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def read_ratings(posted: QueryDict, rows: Collection[RatingRow]) -> Given:
    """Schools without a rating are left as they are; a comment alone is a fault, and so is saving nothing."""
    found: list[Rated] = []
    typed: dict[str, Typed] = {}
    faults: dict[str, str] = {}
    values = {str(rating.value) for rating in Rating}
    for row in rows:
        urn = str(row.school.urn)
        given = Typed(
            posted.get(f"rating-{urn}", ""),
            posted.get(f"comment-{urn}", "").replace("\r\n", "\n").replace("\x00", "").strip(),
            posted.get(f"shared-{urn}") == "yes",
        )
        if given == Typed():
            continue
        typed[urn] = given
        if given.rating not in values:
            faults[urn] = f"{row.school.name}: choose a rating as well."
        elif len(given.comment) > LONGEST:
            faults[urn] = f"{row.school.name}: shorten the comment to {LONGEST:,} characters or fewer."
        else:
            audience = Audience.SCHOOL if given.shared else Audience.AUTHORITY
            seen = posted.get(f"seen-{urn}", "")
            found.append(Rated(row.school, Rating(int(given.rating)), given.comment, audience, seen))
    if not typed:
        faults[""] = "Choose a rating for at least one school"
    return Given(tuple(found), typed, faults)
