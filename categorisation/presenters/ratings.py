"""How services see their part of schools: what stands, what is stale or was never said, and the history (K-024, K-026)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse

from accounts.choices import Permission
from accounts.models import Authority, User
from categorisation.choices import Rating
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import ServiceRating
from categorisation.querysets import known_to_staff
from categorisation.schema.support import QualitativeIndicator
from schools.choices import Audience
from schools.models import School
from schools.querysets import remits_of
from schools.rules.dates import in_words

AT_A_SITTING = 40
_COLOURS = {
    Rating.STRONG: "green",
    Rating.SOUND: "blue",
    Rating.SOME_CONCERN: "yellow",
    Rating.SERIOUS_CONCERN: "red",
}


@dataclass(frozen=True, slots=True)
class RatingLine:
    """One rating as its reader may know it. `identifier` is for the read log."""

    public_id: str
    rating: int
    label: str
    colour: str
    comment: str
    audience: str
    is_shared: bool
    said: str  # "by Sara Service on 3 November 2026"
    is_stale: bool
    stale_on: str

    @property
    def identifier(self) -> str:
        return f"rating:{self.public_id}"

    @property
    def tag_classes(self) -> str:
        return f"govuk-tag--{self.colour}"


@dataclass(frozen=True, slots=True)
class IndicatorLines:
    """One indicator at a school: what stands (None: never rated, or not for the reader's eyes), and what stood before."""

    key: str
    title: str
    asked_of: str
    paragraph: str
    latest: RatingLine | None
    earlier: tuple[RatingLine, ...]

    @property
    def is_known(self) -> bool:
        return self.latest is not None and not self.latest.is_stale


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """What services say of a school: concerns first, then what is well; then what is not known, for those who may know
    that it is not."""

    school: School
    concerns: tuple[IndicatorLines, ...]
    others: tuple[IndicatorLines, ...]
    not_known: tuple[IndicatorLines, ...]
    any_asked: bool
    for_school: bool

    @property
    def identifiers(self) -> tuple[str, ...]:
        return tuple(
            line.identifier
            for group in (self.concerns, self.others, self.not_known)
            for item in group
            for line in (item.latest, *item.earlier)
            if line is not None
        )


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A school at a sitting."""

    school: School
    latest: RatingLine | None

    @property
    def summary(self) -> str:
        if self.latest is None:
            return "Not known: never rated"
        went = "went stale on" if self.latest.is_stale else "known until"
        return f"{self.latest.label} {self.latest.said}, {went} {self.latest.stale_on}"

    @property
    def is_done(self) -> bool:
        return self.latest is not None and not self.latest.is_stale


@dataclass(frozen=True, slots=True)
class RatingSitting:
    """The schools an officer rates for one indicator: forty at hand, those that follow, those that need nothing now."""

    indicator: QualitativeIndicator
    rows: tuple[RatingRow, ...]
    later: int
    done: tuple[RatingRow, ...]

    @property
    def left(self) -> int:
        return len(self.rows) + self.later


def services_page(user: User, school: School, on: dt.date) -> ServicesPage:
    """Only what the reader may know: staff everything, an officer their own service's part, the school what was shared.

    Eight queries at most.
    """
    version = version_for(school.authority, on)
    asked = compiled(version).document.qualitative_indicators if version else ()
    is_staff = known_to_staff(user, on).filter(pk=school.pk).exists()
    own = remits_of(user, on).get(school.authority_id, frozenset())
    rows: dict[str, list[RatingLine]] = {}
    if version is not None:
        visible = ServiceRating.objects.visible_to(user, on).filter(school=school, slug=version.slug)
        for row in visible.select_related("rated_by"):
            rows.setdefault(row.key, []).append(rating_line(row, on))
    lines = [_indicator(item, rows.get(item.key, [])) for item in asked]
    known = [line for line in lines if line.is_known]
    concerned = [line for line in known if line.latest and line.latest.rating >= Rating.SOME_CONCERN]
    return ServicesPage(
        school=school,
        concerns=tuple(sorted(concerned, key=lambda line: -(line.latest.rating if line.latest else 0))),
        others=tuple(line for line in known if line not in concerned),
        not_known=tuple(
            line
            for line in lines
            if not line.is_known and (is_staff or line.key in own or (line.latest and line.latest.is_stale))
        ),
        any_asked=bool(asked),
        for_school=not is_staff and not own,
    )


def rating_line(row: ServiceRating, on: dt.date) -> RatingLine:
    """Fetch `rated_by` with select_related."""
    rating = Rating(row.rating)
    return RatingLine(
        public_id=row.public_id,
        rating=row.rating,
        label=rating.label,
        colour=_COLOURS[rating],
        comment=row.comment,
        audience=Audience(row.audience).label,
        is_shared=row.audience == Audience.SCHOOL,
        said=f"by {row.rated_by.name} on {in_words(row.rated_on)}",
        is_stale=row.stale_on <= on,
        stale_on=in_words(row.stale_on),
    )


def _indicator(item: QualitativeIndicator, lines: list[RatingLine]) -> IndicatorLines:
    return IndicatorLines(
        item.key, item.title, item.asked_of, item.paragraph, lines[0] if lines else None, tuple(lines[1:])
    )


def rateable(user: User, on: dt.date) -> dict[int, tuple[QualitativeIndicator, ...]]:
    """The indicators the person is asked to rate, by authority's primary key. Three queries for each authority."""
    found = {}
    remits = remits_of(user, on)
    authorities = Authority.objects.in_bulk(list(remits))
    for authority_id, subjects in remits.items():
        version = version_for(authorities[authority_id], on)
        if version is not None:
            items = compiled(version).document.qualitative_indicators
            found[authority_id] = tuple(item for item in items if item.key in subjects)
    return {authority_id: items for authority_id, items in found.items() if items}


def rating_sitting(
    indicator: QualitativeIndicator,
    schools: Collection[School],
    slug: str,
    on: dt.date,
    *,
    again: bool = False,
) -> RatingSitting:
    """One query, for schools the caller has narrowed to the person's."""
    standing = {
        row.school_id: rating_line(row, on)
        for row in ServiceRating.objects.standing(on)
        .filter(school__in=schools, slug=slug, key=indicator.key)
        .select_related("rated_by")
    }
    rows = [RatingRow(school, standing.get(school.pk)) for school in schools]
    wanted = rows if again else [row for row in rows if not row.is_done]
    return RatingSitting(
        indicator,
        tuple(wanted[:AT_A_SITTING]),
        len(wanted[AT_A_SITTING:]),
        () if again else tuple(row for row in rows if row.is_done),
    )


@dataclass(frozen=True, slots=True)
class RatingCount:
    """An indicator the person is asked to rate, and at how many of their schools that is due."""

    authority: Authority
    indicator: QualitativeIndicator
    schools: int
    due: int

    @property
    def href(self) -> str:
        return reverse("categorisation:rating-record", args=[self.authority.code, self.indicator.key])


def rating_counts(user: User, on: dt.date) -> tuple[RatingCount, ...]:
    """Two queries for each indicator, of which an officer has one or a few; three for each authority."""
    found = []
    authorities = Authority.objects.in_bulk(list(asked := rateable(user, on)))
    for authority_id, indicators in asked.items():
        schools = School.objects.with_permission(user, Permission.RATE_INDICATOR, on)
        mine = schools.filter(authority=authority_id).open()
        version = version_for(authorities[authority_id], on)
        if version is None:
            continue
        for indicator in indicators:
            fresh = ServiceRating.objects.filter(
                slug=version.slug,
                key=indicator.key,
                rated_on__lte=on,
                stale_on__gt=on,
            )
            number = mine.count()
            rated = mine.filter(pk__in=fresh.values("school")).count()
            found.append(RatingCount(authorities[authority_id], indicator, number, number - rated))
    return tuple(found)
