"""What a reader is shown of a suggestion: only what their audience may know, in the framework's words."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from accounts.choices import Permission, Reach
from accounts.models import Authority, User
from accounts.permissions import holds, powers_of
from categorisation.engine import AreaResult, Evidence, Outcome, RuleResult, statement
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import FrameworkVersion, Suggestion
from categorisation.schema import Framework
from categorisation.schema.support import EntitlementLine, Level
from categorisation.school_facts import facts_for
from schools.models import School
from schools.querysets import SchoolQuerySet

# What the engine calls the readers: text shared with the school, or the authority's own
SCHOOL_AUDIENCES = ("shared",)
AUTHORITY_AUDIENCES = ("shared", "authority")

_STATE_GROUPS = (
    ("met", "Raised the {level}"),
    ("not_known", "Not known"),
    ("not_met", "Looked at, did not raise it"),
    ("set_aside", "Set aside"),
)


# What the engine says of a value that is not there
_NO_VALUE = {
    "suppressed": "suppressed by the publisher",
    "not_applicable": "does not apply",
    "not_produced": "not produced nationally",
    "not_imported": "not imported yet",
    "unknown": "not known",
}
_GROUP_WORDS = {
    "disadvantaged": "disadvantaged pupils",
    "not_disadvantaged": "other pupils",
    "eal": "pupils with English as an additional language",
    "girls": "girls",
    "boys": "boys",
}


@dataclass(frozen=True)
class RuleView:
    """One rule on the page: a line in English, opened for its evidence."""

    sentence: str
    state: str
    label: str  # "level of support 3"; empty for a rule that only informs
    automatic: bool
    paragraph: str
    inferred: bool
    evidence: tuple[str, ...]
    what_would_change: str
    note: str

    @property
    def has_detail(self) -> bool:
        return bool(self.evidence or self.what_would_change or self.note)


@dataclass(frozen=True)
class RuleGroup:
    heading: str
    rules: tuple[RuleView, ...]
    folded: bool  # what changed nothing is there to open, not in the way


@dataclass(frozen=True)
class Open:
    """A fact that would narrow the range, and where to record it."""

    sentence: str
    title: str
    could_lead_to: int
    href: str


@dataclass(frozen=True)
class Why:
    """Everything the page shows. `for_school` readers get support first and no authority-only cause."""

    school: School
    version: FrameworkVersion
    document: Framework
    outcome: Outcome
    for_school: bool
    may_record: bool

    @property
    def level(self) -> Level | None:
        """The level on what is recorded."""
        return next((level for level in self.document.levels if level.rank == self.outcome.on_record), None)

    @property
    def is_range(self) -> bool:
        return self.outcome.low < self.outcome.high

    @property
    def word(self) -> str:
        return self.document.words.level

    @cached_property
    def lead(self) -> str:
        return self.outcome.lead

    @cached_property
    def entitlement(self) -> list[str]:
        """The time the level brings, a line each."""
        return [entitlement_text(line) for line in self.level.entitlement] if self.level else []

    @cached_property
    def narrowing(self) -> tuple[Open, ...]:
        return tuple(
            Open(item.sentence, item.title, item.could_lead_to, self._href(item.fact))
            for item in self.outcome.narrowing
        )

    @cached_property
    def areas(self) -> tuple[AreaResult, ...]:
        return self.outcome.areas

    @cached_property
    def groups(self) -> list[RuleGroup]:
        rules = self.outcome.rules
        return [
            RuleGroup(heading.format(level=self.word), found, folded=state in {"not_met", "set_aside"})
            for state, heading in _STATE_GROUPS
            if (found := tuple(self._rule(rule) for rule in rules if rule.state == state))
        ]

    @cached_property
    def flags(self) -> tuple[RuleView, ...]:
        """Advisory criteria that are met or not known; they inform and decide nothing."""
        return tuple(self._rule(flag) for flag in self.outcome.flags if flag.state in {"met", "not_known"})

    def _rule(self, rule: RuleResult) -> RuleView:
        return RuleView(
            sentence=rule.sentence,
            state=rule.state,
            label=f"{self.word} {rule.floor}" if rule.floor else "",
            automatic=rule.locked and rule.state == "met",
            paragraph=rule.paragraph,
            inferred=rule.inferred,
            evidence=tuple(_evidence_text(item) for item in rule.evidence),
            what_would_change=rule.what_would_change,
            note=rule.note or "",
        )

    def _href(self, fact: str) -> str:
        """Where to record a fact the reader may record; figures come with imports."""
        if self.may_record and fact.startswith("circumstance."):
            return reverse("schools:circumstance-list", args=[self.school.urn])
        return ""


def _evidence_text(item: Evidence) -> str:
    """ "Progress in reading: −1.2 in 2024-25, at or below 0. Source: KS2 results"."""
    who = f" ({_GROUP_WORDS.get(item.group, item.group)})" if item.group and item.group != "all" else ""
    said = item.comparison or item.value or _NO_VALUE.get(item.status, item.status)
    source = f". Source: {item.source}" if item.source else ""
    return f"{item.title}{who}: {said}{source}"


def entitlement_text(line: EntitlementLine) -> str:
    """ "Up to 30 days: consultancy"; half-days are shown as the days they make."""
    quantifier = {"exactly": "", "at_least": "At least ", "up_to": "Up to "}[line.quantifier]
    amount = {"exactly": line.planned, "at_least": line.minimum, "up_to": line.maximum}[line.quantifier]
    days = (amount or 0) / 2
    number = f"{days.normalize():f}" if isinstance(days, Decimal) else str(days)
    return f"{quantifier}{number} day{'' if days == 1 else 's'}: {line.what}"


def why(user: User, school: School, *, on: dt.date) -> Why | None:
    """The suggestion for one school as this reader may know it; None where it is not theirs to see, or where the
    authority has no framework. A constant number of queries, however many values the school has."""
    return whys(user, [school], on=on).get(school.pk)


def whys(user: User, schools: Collection[School], *, on: dt.date) -> dict[int, Why]:
    """The suggestions for several schools, by primary key; fetch `authority` with select_related.

    Two queries an authority and a dozen more, whatever the number of schools.
    """
    readers = _readers(user, schools, on)
    recorders = School.objects.with_permission(user, Permission.RECORD_CIRCUMSTANCE, on)
    may_record = set(recorders.filter(pk__in=readers).values_list("pk", flat=True))
    found: dict[int, Why] = {}
    for authority_id in {school.authority_id for school in schools}:
        batch = [s for s in schools if s.authority_id == authority_id and s.pk in readers]
        version = version_for(batch[0].authority, on) if batch else None
        if version is None:
            continue
        framework = compiled(version)
        facts = facts_for(batch, on=on, framework=framework)
        for school in batch:
            for_school = not readers[school.pk]
            audiences = SCHOOL_AUDIENCES if for_school else AUTHORITY_AUDIENCES
            outcome = framework.evaluate(facts[school.urn], audiences)
            found[school.pk] = Why(
                school, version, framework.document, outcome, for_school, school.pk in may_record
            )
    return found


def _readers(user: User, schools: Collection[School], on: dt.date) -> dict[int, bool]:
    """The schools whose suggestion the person may see, and whether as the authority does."""
    ids = [school.pk for school in schools]
    seen = School.objects.filter(pk__in=ids).with_permission(user, Permission.VIEW_SUGGESTION, on)
    as_authority = set(
        School.objects.filter(pk__in=ids)
        .with_permission(user, Permission.VIEW_SUGGESTION, on, reaches=(Reach.SCOPE, Reach.ASSIGNED))
        .values_list("pk", flat=True)
    )
    return {pk: pk in as_authority for pk in seen.values_list("pk", flat=True)}


def with_suggestions(user: User, schools: SchoolQuerySet, *, on: dt.date) -> SchoolQuerySet:
    """The schools with `suggested`, `suggested_low` and `suggested_high` (ranks, null where there is none), but only
    where the person may see the suggestion as the authority does: elsewhere there seems to be none."""
    allowed = School.objects.with_permission(
        user, Permission.VIEW_SUGGESTION, on, reaches=(Reach.SCOPE, Reach.ASSIGNED)
    )
    row = Suggestion.objects.filter(school=OuterRef("pk"), school__in=allowed)
    return schools.annotate(
        suggested=Subquery(row.values("on_record")[:1]),
        suggested_low=Subquery(row.values("low")[:1]),
        suggested_high=Subquery(row.values("high")[:1]),
    )


def support_text(school: School, names: Mapping[int, str]) -> str:
    """What `with_suggestions` found, in words: "Enhanced support (3, could be 4)"; empty where there is none to see."""
    if school.suggested_low is None:
        return ""
    low, high, rank = school.suggested_low, school.suggested_high, school.suggested
    span = "" if high == (rank or low) else f", could be {high}"
    if rank is None:
        return f"Not placed yet ({low} to {high})"
    name = names.get(rank, "")
    return f"{name} ({rank}{span})" if name else f"{rank}{span}"


def level_names(version: FrameworkVersion) -> dict[int, str]:
    """The framework's names of its levels by rank."""
    return {level.rank: level.name for level in compiled(version).document.levels}


def names_for(user: User, *, on: dt.date) -> dict[int, str]:
    """Names of levels by rank where all the person's authorities work to one framework, else none."""
    versions = {version.pk: version for version in _versions(user, on)}
    return level_names(next(iter(versions.values()))) if len(versions) == 1 else {}


def level_choices(user: User, *, on: dt.date) -> list[tuple[str, str]]:
    """Levels to choose from in a filter, for those who may see suggestions; by number where frameworks differ."""
    if not holds(user, Permission.VIEW_SUGGESTION, on):
        return []
    names = names_for(user, on=on)
    if names:
        return [(str(rank), f"{rank}: {name}") for rank, name in sorted(names.items())]
    ranks = sorted({rank for version in _versions(user, on) for rank in level_names(version)})
    return [(str(rank), str(rank)) for rank in ranks]


def _versions(user: User, on: dt.date) -> list[FrameworkVersion]:
    ids = {power.authority_id for power in powers_of(user, on)}
    return [v for authority in Authority.objects.filter(pk__in=ids) if (v := version_for(authority, on))]


@dataclass(frozen=True)
class RuleText:
    sentence: str
    floor: int | None
    label: str
    paragraph: str
    inferred: bool
    note: str | None


@dataclass(frozen=True)
class LevelText:
    level: Level
    entitlement: tuple[str, ...]


@dataclass(frozen=True)
class FrameworkPage:
    version: FrameworkVersion
    document: Framework
    levels: tuple[LevelText, ...]
    rules: tuple[RuleText, ...]


def framework_page(user: User, *, on: dt.date) -> FrameworkPage | None:
    """The framework in force for the authority the person acts for; of several, the first by name."""
    authority = Authority.objects.filter(grants__in=user.grants.in_force(on)).first()
    version = version_for(authority, on) if authority else None
    if version is None:
        return None
    document = compiled(version).document
    return FrameworkPage(
        version,
        document,
        tuple(
            LevelText(level, tuple(entitlement_text(line) for line in level.entitlement))
            for level in sorted(document.levels, key=lambda level: level.rank)
        ),
        tuple(
            RuleText(
                _capitalised(statement(document, rule.when)),
                rule.floor,
                f"{document.words.level} {rule.floor}" if rule.floor else "",
                rule.paragraph,
                rule.inferred,
                rule.note,
            )
            for rule in document.rules
        ),
    )


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


@dataclass(frozen=True)
class Choice:
    title: str
    start_on: dt.date


def framework_choices(authority: Authority) -> list[Choice]:
    """What the authority has chosen, the latest first. Two queries."""
    titles = dict(FrameworkVersion.objects.order_by("number").values_list("slug", "title"))
    return [Choice(titles[choice.slug], choice.start_on) for choice in authority.framework_choices.all()]
