"""Early warnings in words, for the authority's staff (L-102, L-103)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from accounts.choices import Permission
from accounts.models import User
from accounts.permissions import holds
from categorisation.engine import Outcome
from categorisation.frameworks_in_force import compiled
from categorisation.models import Decision, FrameworkVersion, SuggestionChange
from categorisation.querysets import STAFF_REACHES, SuggestionChangeQuerySet
from schools.models import School
from schools.rules.dates import in_words

TASKS_NAMED = 3


@dataclass(frozen=True, slots=True)
class WarningTask:
    """A warning to read, due on the day it was noticed; without a school where it stands for several."""

    text: str
    school: School | None
    due_on: dt.date
    href: str


@dataclass(frozen=True, slots=True)
class RuleMove:
    """A rule whose answer changed: what it says now, and what became of it."""

    text: str
    became: str


@dataclass(frozen=True, slots=True)
class WarningView:
    """One warning on its page and on the school's."""

    change: SuggestionChange
    lead: str
    noticed: str
    decided: str
    moves: tuple[RuleMove, ...]
    differs: bool  # from the level decided

    @property
    def is_open(self) -> bool:
        return self.change.noted_at is None

    @property
    def href(self) -> str:
        return _page(self.change)


def with_decided(changes: SuggestionChangeQuerySet, on: dt.date) -> SuggestionChangeQuerySet:
    """Adds `decided`, the rank decided for the school and in force on a day, by the same policy."""
    in_force = (
        Decision.objects.filter(
            school=OuterRef("school"), start_on__lte=on, version__slug=OuterRef("version__slug")
        )
        .order_by("-start_on")
        .values("rank")[:1]
    )
    return changes.annotate(decided=Subquery(in_force))


def standing_text(rank: int | None, high: int) -> str:
    """ "2, could be 4", or "Not placed, could be 4"."""
    said = "Not placed" if rank is None else str(rank)
    return said if rank == high else f"{said}, could be {high}"


def rules_text(change: SuggestionChange, titles: dict[int, dict[str, str]]) -> str:
    """What changed in a line: "Now so: Below the floor. No longer so: …". Titles of rules by version."""
    named = titles.get(change.version_id, {})
    parts = []
    for heading, states in (
        ("Now so", ("met",)),
        ("Not known any more", ("not_known",)),
        ("No longer so", ("not_met", "set_aside")),
    ):
        found = [
            named[rule["key"]] for rule in change.rules if rule["after"] in states and rule["key"] in named
        ]
        if found:
            parts.append(f"{heading}: {'; '.join(found)}.")
    return " ".join(parts) or "What is assessed from facts changed."


def rule_titles(versions: Iterable[FrameworkVersion]) -> dict[int, dict[str, str]]:
    """Titles of rules by key, by version's primary key. One query a version."""
    return {
        version.pk: {rule.key: rule.title for rule in compiled(version).document.rules}
        for version in versions
    }


def warning_view(change: SuggestionChange, on: dt.date, outcome: Outcome | None = None) -> WarningView:
    """Fetch `school`, `version` and `noted_by` with select_related, and `decided` by `with_decided`. One query.

    With the outcome of today the rules are told in its sentences; else by their titles.
    """
    document = compiled(change.version).document
    word = document.words.level
    decided = getattr(change, "decided", None)
    said = {rule.key: rule for rule in (*outcome.rules, *outcome.flags)} if outcome else {}
    titles = {rule.key: rule.title for rule in document.rules}
    moves = tuple(
        RuleMove(
            said[rule["key"]].sentence
            if rule["key"] in said and said[rule["key"]].state == rule["after"]
            else titles[rule["key"]],
            _BECAME.get((rule["before"], rule["after"]), _BECAME_NOW[rule["after"]]),
        )
        for rule in change.rules
        if rule["key"] in titles
    )
    return WarningView(
        change=change,
        lead=_lead(change, word),
        noticed=in_words(change.noticed_on),
        decided=_decided(change, decided, word),
        moves=moves,
        differs=decided is not None and change.after is not None and decided != change.after,
    )


_BECAME = {
    ("not_known", "met"): "Was not known, and is so",
    ("not_known", "not_met"): "Was not known, and is not so",
}
_BECAME_NOW = {
    "met": "Now so",
    "not_met": "No longer so",
    "not_known": "Could now be so: not known",
    "set_aside": "Now set aside",
}


def _lead(change: SuggestionChange, word: str) -> str:
    """ "New facts suggest category 4; it was 2."."""
    if change.after != change.before:
        now = f"{word} {change.after}" if change.after is not None else f"no {word}"
        was = f"{change.before}" if change.before is not None else "none"
        return f"New facts suggest {now}; before, it was {was}."
    if change.after_high != change.before_high:
        return (
            f"New facts could lead to {word} {change.after_high}; before, {change.before_high} was the most. "
            f"On record nothing has moved."
        )
    return f"New facts change how far moderation may go; {word} {change.after} stays suggested."


def _decided(change: SuggestionChange, decided: int | None, word: str) -> str:
    if decided is None:
        return f"No {word} has been decided yet."
    if change.after is None or change.after == decided:
        return f"{word[:1].upper()}{word[1:]} {decided} is decided."
    return f"Suggested {change.after}, decided {decided}."


def school_warning(user: User, school: School, on: dt.date) -> WarningView | None:
    """The warning of a school of which nobody has taken note, for those who may see it. Three queries at most."""
    changes = with_decided(SuggestionChange.objects.visible_to(user, on).open(), on)
    change = changes.filter(school=school).select_related("school", "version", "noted_by").first()
    return warning_view(change, on) if change else None


def open_warnings(user: User, on: dt.date) -> int:
    """How many nobody has taken note of, of those the person may see. One query."""
    return SuggestionChange.objects.visible_to(user, on).open().count()


def warning_tasks(user: User, on: dt.date) -> list[WarningTask]:
    """Warnings to read for the school's adviser and managers, those that rise most first; beyond three as one line.

    One query for those who may recommend levels, none for others.
    """
    if not holds(user, Permission.RECOMMEND_LEVEL, on):
        return []
    mine = School.objects.with_permission(user, Permission.RECOMMEND_LEVEL, on, reaches=STAFF_REACHES)
    changes = list(
        SuggestionChange.objects.open().filter(school__in=mine).select_related("school", "version")
    )
    changes.sort(key=lambda change: (-_rise(change), change.noticed_at))
    named, rest = changes[:TASKS_NAMED], changes[TASKS_NAMED:]
    tasks = [
        WarningTask(_task_text(change), change.school, change.noticed_on, _page(change)) for change in named
    ]
    if rest:
        more = "1 more early warning" if len(rest) == 1 else f"{len(rest)} more early warnings"
        first = min(change.noticed_on for change in rest)
        tasks.append(WarningTask(f"Read {more}", None, first, reverse("categorisation:warning-list")))
    return tasks


def _rise(change: SuggestionChange) -> int:
    return (change.after or 0) - (change.before or 0) or change.after_high - change.before_high


def _task_text(change: SuggestionChange) -> str:
    if change.after == change.before:
        return f"Read an early warning: could now be {change.after_high}"
    was = change.before if change.before is not None else "not placed"
    now = change.after if change.after is not None else "not placed"
    return f"Read an early warning: {now} suggested, was {was}"


def _page(change: SuggestionChange) -> str:
    return reverse("categorisation:warning-detail", args=[change.school.urn, change.public_id])
