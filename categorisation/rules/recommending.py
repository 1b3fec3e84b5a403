"""What a recommendation and its moderation must hold (L-059, L-060, L-094, X-38)."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from categorisation.choices import Occasion
from categorisation.engine import Outcome, academic_year
from schools.rules.dates import in_words

MOST_AHEAD = dt.timedelta(days=400)  # the summer's levels start in autumn, never more than a year on


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an answer, for the person who gave it; `field` names it, empty for the whole."""

    field: str
    message: str


class Faulty(ValueError):
    """What was said cannot stand. `faults` says where and why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Floor:
    """A rule below whose level nobody may go while its facts stand (L-069 to L-071, K-103)."""

    rank: int
    sentence: str
    paragraph: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommended:
    """What an adviser says. Each consultation has its date or the reason why there was none."""

    rank: int
    reason: str
    occasion: str
    starts_on: dt.date
    head_consulted_on: dt.date | None
    head_not_consulted: str
    governors_consulted_on: dt.date | None
    governors_not_consulted: str
    to_next_level: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand when it is said: ranks of the framework, what it suggests and what it locks.

    `in_force`: the rank of the level it would take the place of; `starts`: the days its decisions start;
    `word`: what the framework calls a level.
    """

    ranks: Collection[int]
    suggested: int | None
    floors: tuple[Floor, ...]
    in_force: int | None
    starts: frozenset[dt.date]
    today: dt.date
    word: str


def floors_of(outcome: Outcome) -> tuple[Floor, ...]:
    """The locked rules that are met, the gravest first."""
    found = [
        Floor(
            rule.floor,
            rule.sentence.rstrip("."),
            rule.paragraph,
            tuple(dict.fromkeys(item.title for item in rule.evidence if item.state == "met")),
        )
        for rule in outcome.rules
        if rule.locked and rule.state == "met" and rule.floor
    ]
    return tuple(sorted(found, key=lambda floor: -floor.rank))


def below_floor(rank: int, floors: Iterable[Floor], word: str) -> str:
    """Why the rank cannot be: the gravest rule above it, its facts and its paragraph. Empty where it can."""
    for floor in floors:
        if rank < floor.rank:
            rests = f" It rests on: {', '.join(floor.facts)}." if floor.facts else ""
            return (
                f"It cannot be below {word} {floor.rank} while this stands: {floor.sentence} "
                f"({floor.paragraph}).{rests}"
            )
    return ""


def faults(said: Recommended, standing: Standing) -> tuple[Fault, ...]:
    """Everything that keeps the recommendation from being made."""
    return tuple(_faults(said, standing))


def _faults(said: Recommended, standing: Standing) -> Iterator[Fault]:
    if said.rank not in standing.ranks:
        yield Fault("rank", f"Select a {standing.word} of the policy")
    elif below := below_floor(said.rank, standing.floors, standing.word):
        yield Fault("rank", below)
    if not said.reason:
        if said.rank != standing.suggested:
            yield Fault("reason", _owed(standing))
        elif said.occasion == Occasion.IN_YEAR:
            yield Fault("reason", f"Say why the {standing.word} is to change during the year")
    if standing.in_force is not None and said.rank < standing.in_force and not said.to_next_level:
        yield Fault(
            "to_next_level",
            f"The school would need less support than at {standing.word} {standing.in_force}: "
            "say what that took and how it was met",
        )
    yield from _consultations(said, standing.today)
    yield from _start(said, standing)


def _owed(standing: Standing) -> str:
    if standing.suggested is None:
        return f"Nothing recorded places the school yet: say why you recommend this {standing.word}"
    return f"The policy suggests {standing.suggested}: say why you recommend another {standing.word}"


def _consultations(said: Recommended, today: dt.date) -> Iterator[Fault]:
    for who, called in (("head", "headteacher"), ("governors", "governors")):
        day, why_not = getattr(said, f"{who}_consulted_on"), getattr(said, f"{who}_not_consulted")
        verb = "was" if who == "head" else "were"
        if day is None and not why_not:
            yield Fault(f"{who}_consulted_on", f"Enter when the {called} {verb} consulted, or say why not")
        elif day is not None and why_not:
            yield Fault(
                f"{who}_not_consulted", f"The {called} {verb} consulted, so there is no reason why not"
            )
        elif day is not None and day > today:
            yield Fault(
                f"{who}_consulted_on", f"The day the {called} {verb} consulted cannot be in the future"
            )


def _start(said: Recommended, standing: Standing) -> Iterator[Fault]:
    first = dt.date(academic_year(standing.today), 8, 1)
    if said.starts_on < first:
        yield Fault("starts_on", "The start cannot be before this academic year")
    elif said.starts_on > standing.today + MOST_AHEAD:
        yield Fault("starts_on", "The start cannot be more than a year ahead")
    elif message := starts_too_early(said.starts_on, standing.starts, standing.today, standing.word):
        yield Fault("starts_on", message)


def starts_too_early(day: dt.date, starts: Collection[dt.date], today: dt.date, word: str) -> str:
    """Why a level cannot start on a day, the days on which the school's others start considered. Empty where it can.

    What has been is not written anew; before one that is still to come another may start, since a school that fails in
    June does not wait for September.
    """
    begun = max((start for start in starts if start <= today), default=None)
    if begun is not None and day <= begun:
        return f"The school’s {word} began on {in_words(begun)}: the next one must start after it"
    if day in starts:
        return f"A {word} starts on {in_words(day)} already: choose another day"
    return ""


def moderation_fault(
    *,
    rank: int,
    reason: str,
    recommended: int,
    in_force: int | None,
    to_next_level: str,
    ranks: Collection[int],
    floors: Iterable[Floor],
    word: str,
) -> Fault | None:
    """What keeps a moderated rank from standing (L-060, L-094). `in_force`: of the level it would take the place of."""
    if rank not in ranks:
        return Fault("rank", f"Select a {word} of the policy")
    if below := below_floor(rank, floors, word):
        return Fault("rank", below)
    if rank != recommended and not reason:
        return Fault(
            "reason",
            f"{word[:1].upper()}{word[1:]} {recommended} is recommended: say why you see it otherwise",
        )
    if in_force is not None and rank < min(in_force, recommended) and not to_next_level:
        return Fault(
            "rank",
            f"The school would need less support than at {word} {in_force}, and nothing says what that took: "
            "send it back for the adviser to say",
        )
    return None
