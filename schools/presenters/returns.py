"""Forty schools at a sitting: what is not known of each, and what has gone stale (idea 2 of the design)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import User
from schools.models import Circumstance, School
from schools.permissions import recordable_kinds
from schools.registry import kinds_asked
from schools.rules.circumstances import Known, catalogue
from schools.rules.dates import in_words

AT_A_SITTING = 40


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a school to which nothing recorded answers yes. `state` is empty where it was never answered."""

    key: str
    text: str
    state: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class SittingRow:
    """A school and what it is asked. Questions recorded as so are not among them: they are known."""

    school: School
    asked: tuple[str, ...]  # every kind the person may answer, those recorded as so included
    questions: tuple[Question, ...]
    stale_on: dt.date | None  # the first day on which an answer goes stale, or went
    answered_today: bool

    @property
    def not_known(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if not question.is_known)

    @property
    def is_done(self) -> bool:
        return not self.not_known

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(question.key for question in self.questions)

    @property
    def summary(self) -> str:
        """ "12 questions not known; the first answer went stale on 3 October 2026"."""
        number = len(self.not_known)
        if not number:
            return f"Known until {in_words(self.stale_on)}" if self.stale_on else "Nothing is asked"
        counted = "1 question" if number == 1 else f"{number} questions"
        lapsed = [question for question in self.not_known if question.state]
        if lapsed and self.stale_on:
            return f"{counted} not known; the first answer went stale on {in_words(self.stale_on)}"
        return f"{counted} not known"


@dataclass(frozen=True, slots=True)
class Sitting:
    """`rows` are those at hand, forty at most; `later` more follow once these are answered; `done` need nothing now."""

    rows: tuple[SittingRow, ...]
    later: int
    done: tuple[SittingRow, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """Every question of the schools at hand, once each."""
        return tuple(dict.fromkeys(question.text for row in self.rows for question in row.questions))

    @property
    def left(self) -> int:
        return len(self.rows) + self.later

    @property
    def today(self) -> int:
        """Schools answered for today, of those done."""
        return sum(1 for row in self.done if row.answered_today)


def sitting_rows(user: User, schools: Collection[School], on: dt.date) -> tuple[SittingRow, ...]:
    """What the person may answer of what each school's policy asks. Schools without such a question are left out.

    Fetch `authority` with select_related. Five queries, and two for each authority.
    """
    may = recordable_kinds(user, schools)
    asked = {school.authority_id: school.authority for school in schools}
    kinds = {pk: kinds_asked(authority, on) for pk, authority in asked.items()}
    known = Circumstance.objects.known(schools, on)
    rows = []
    for school in schools:
        answers = [known[school.urn][key] for key in kinds[school.authority_id] if key in may[school.pk]]
        open_ones = [answer for answer in answers if answer.holds is not True]
        if answers:
            rows.append(
                SittingRow(
                    school,
                    tuple(answer.kind for answer in answers),
                    tuple(_question(answer) for answer in open_ones),
                    min((answer.stale_on for answer in open_ones if answer.stale_on), default=None),
                    any(answer.since == on for answer in open_ones),
                )
            )
    return tuple(rows)


def sitting(rows: Collection[SittingRow], *, again: bool = False) -> Sitting:
    """The rows of one sitting: those with something not known; or, to answer `again`, all, the first to go stale first."""
    if again:
        wanted = sorted(rows, key=lambda row: (row.stale_on or dt.date.min, row.school.name))
        return Sitting(tuple(wanted[:AT_A_SITTING]), len(wanted[AT_A_SITTING:]), ())
    wanted = [row for row in rows if not row.is_done]
    return Sitting(
        tuple(wanted[:AT_A_SITTING]), len(wanted[AT_A_SITTING:]), tuple(row for row in rows if row.is_done)
    )


def _question(answer: Known) -> Question:
    state = ""
    if answer.stale_on and answer.since:
        verb = "known until" if answer.holds is False else "went stale on"
        state = f"no on {in_words(answer.since)}, {verb} {in_words(answer.stale_on)}"
    return Question(answer.kind, catalogue()[answer.kind].question, state, answer.holds is False)
