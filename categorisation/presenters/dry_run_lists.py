"""The schools a dry run would move: columns and filters, on the page and in the files."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import Area, User
from categorisation.models import DryRun, DryRunMove
from categorisation.presenters.dry_runs import BECAME, NONE
from categorisation.presenters.lists import suggestible
from schools.choices import SchoolPhase
from ui.lists import ChoicesFilter, Column, FilterSet

_RANGE = "range"
_MOVES = {
    "up": ("Higher", Q(after__gt=F("before"))),
    "down": ("Lower", Q(after__lt=F("before"))),
    "placed": ("Placed at last", Q(before=None, after__isnull=False)),
    "unplaced": ("No longer placed", Q(before__isnull=False, after=None)),
    _RANGE: ("Only the range", Q(before=F("after")) | Q(before=None, after=None)),
}


def moves_of(run: DryRun, user: User) -> QuerySet[DryRunMove]:
    """The rows of a finished dry run, of schools whose suggestion the person may see as the authority does."""
    rows = DryRunMove.objects.filter(dry_run=run, dry_run__finished_at__isnull=False)
    return rows.filter(school__in=suggestible(user, on=run.on)).select_related("school__area")


def columns(run: DryRun) -> Sequence[Column]:
    code, public_id = run.authority.code, run.public_id

    def reasons(move: DryRunMove) -> str:
        return reverse("categorisation:dry-run-move", args=[code, public_id, move.school.urn])

    return (
        Column("school", "School", "school.name", sort="school__name", link=reasons),
        Column("urn", "URN", "school.urn", sort="school__urn", numeric=True),
        Column("phase", "Phase", "school.get_phase_display", sort="school__phase"),
        Column("area", "Area", "school.area.name", sort="school__area__name"),
        Column("before", "From", before_text, sort=[F("before"), F("before_high")]),
        Column("after", "To", after_text, sort=[F("after"), F("after_high")]),
        Column("rules", "Because", because),
    )


def before_text(move: DryRunMove) -> str:
    return rank_text(move.before, move.before_low, move.before_high)


def after_text(move: DryRunMove) -> str:
    return rank_text(move.after, move.after_low, move.after_high)


def rank_text(on_record: int | None, low: int, high: int) -> str:
    """ "2", "2, could be 4", "None, 1 to 4"."""
    if on_record is None:
        return f"None, {low} to {high}"
    return f"{on_record}, could be {high}" if high > on_record else str(on_record)


def because(move: DryRunMove) -> str:
    return " ".join(cause["text"] for cause in move.rules)


def move_filter(run: DryRun) -> type[FilterSet]:
    """What the list of one dry run can be narrowed by: what its rows are, and nothing else."""
    counts = run.counts or {"moves": [], "rules": []}
    befores = _ranks({before for before, _, _ in counts["moves"]})
    afters = _ranks({after for _, after, _ in counts["moves"]})
    areas = Area.objects.filter(authority=run.authority_id).values_list("pk", "name")
    rules = [(name, f"{title} {BECAME[became]}") for name, title, became, _ in counts["rules"]]

    class MoveFilter(FilterSet):
        moves = ChoicesFilter(
            label="What changes", choices=[(k, v[0]) for k, v in _MOVES.items()], method="by_moves"
        )
        before = ChoicesFilter(label="From", choices=befores, method="by_rank")
        after = ChoicesFilter(label="To", choices=afters, method="by_rank")
        phase = ChoicesFilter(label="Phase", choices=SchoolPhase.choices, field_name="school__phase")
        area = ChoicesFilter(
            label="Area",
            choices=[*((str(pk), name) for pk, name in areas), (NONE, "No area")],
            method="by_area",
        )
        rule = ChoicesFilter(label="Because of", choices=rules, method="by_rule")

        class Meta:
            model = DryRunMove
            fields: tuple[str, ...] = ()

        def by_moves(self, rows: Any, name: str, values: list[str]) -> Any:
            return rows.filter(_any(_MOVES[value][1] for value in values))

        def by_rank(self, rows: Any, name: str, values: list[str]) -> Any:
            # A move from one rank to another, not a change of the range at one
            moved = _any(condition for way, (_, condition) in _MOVES.items() if way != _RANGE)
            return rows.filter(_any(Q(**{name: None if v == NONE else int(v)}) for v in values) & moved)

        def by_area(self, rows: Any, name: str, values: list[str]) -> Any:
            return rows.filter(_any(Q(school__area=None if v == NONE else int(v)) for v in values))

        def by_rule(self, rows: Any, name: str, values: list[str]) -> Any:
            # JSON cannot be searched alike in both databases, its text can
            rows = rows.annotate(rules_text=Cast("rules", TextField()))
            return rows.filter(_any(Q(rules_text__contains=f'"{value}"') for value in values))

    return MoveFilter


def _any(conditions: Any) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _ranks(ranks: set[int | None]) -> list[tuple[str, str]]:
    return [(str(rank or NONE), str(rank or "None")) for rank in sorted(ranks, key=lambda rank: rank or 0)]
