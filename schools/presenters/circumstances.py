"""What is recorded of a school that no file holds, as far as the reader may know."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from schools.choices import Audience
from schools.models import Circumstance, School
from schools.permissions import recordable_kinds
from schools.registry import kinds_asked
from schools.rules.circumstances import Known, catalogue
from schools.rules.dates import in_words


@dataclass(frozen=True, slots=True)
class CircumstanceLine:
    """One circumstance recorded. `identifier` is for the read log."""

    public_id: str
    title: str
    note: str
    audience: str
    source: str
    dates: str
    is_open: bool

    @property
    def identifier(self) -> str:
        return f"circumstance:{self.public_id}"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One kind of which nothing is recorded: known to be absent until a day, gone stale, or never asked."""

    key: str
    question: str
    answer: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class CircumstancePanel:
    """Open ones, ended ones, and for those who record them what is not known."""

    open: tuple[CircumstanceLine, ...]
    ended: tuple[CircumstanceLine, ...]
    returns: tuple[ReturnLine, ...]
    may_record: bool

    @property
    def not_known(self) -> int:
        return sum(1 for line in self.returns if not line.is_known)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Of every circumstance shown, for the read log."""
        return tuple(line.identifier for line in (*self.open, *self.ended))


def circumstance_panel(school: School, user: User, on: dt.date) -> CircumstancePanel:
    """A dozen queries at most. What the reader may not read is in no part of it, nor in any count."""
    may_record = bool(recordable_kinds(user, [school])[school.pk])
    rows = Circumstance.objects.visible_to(user).filter(school=school)
    lines = [circumstance_line(row, on) for row in rows]
    returns = return_lines(school, user, on) if may_record else ()
    return CircumstancePanel(
        open=tuple(line for line in lines if line.is_open),
        ended=tuple(line for line in lines if not line.is_open),
        returns=returns,
        may_record=may_record,
    )


def return_lines(school: School, user: User, on: dt.date) -> tuple[ReturnLine, ...]:
    """Kinds the policy asks about that the reader may answer and of which nothing is recorded, with what is known."""
    may = recordable_kinds(user, [school])[school.pk]
    answers = Circumstance.objects.known([school], on)[school.urn]
    return tuple(
        _return_line(answers[key])
        for key in kinds_asked(school.authority, on)
        if key in may and answers[key].holds is not True
    )


def circumstance_line(circumstance: Circumstance, on: dt.date) -> CircumstanceLine:
    """Runs no query."""
    known = catalogue().get(circumstance.kind)
    end_on = circumstance.end_on
    is_open = end_on is None or end_on >= on
    began = "From" if circumstance.start_on > on else "Since"
    return CircumstanceLine(
        public_id=circumstance.public_id,
        title=known.title if known else circumstance.kind.replace("_", " ").capitalize(),
        note=circumstance.note,
        audience=Audience(circumstance.audience).label,
        source=circumstance.source,
        dates=f"{began} {in_words(circumstance.start_on)}" + (f" to {in_words(end_on)}" if end_on else ""),
        is_open=is_open,
    )


def _return_line(answer: Known) -> ReturnLine:
    if answer.holds is False and answer.since and answer.stale_on:
        text = f"No, on {in_words(answer.since)}. Known until {in_words(answer.stale_on)}"
    elif answer.since and answer.stale_on:
        text = f"Not known: the answer of {in_words(answer.since)} went stale on {in_words(answer.stale_on)}"
    else:
        text = "Not known: never answered"
    return ReturnLine(answer.kind, catalogue()[answer.kind].question, text, answer.holds is False)
