"""What people answered: circumstances, validated grades, plain facts, confirmations by an officer."""

from __future__ import annotations

from datetime import date

from categorisation.schema.conditions import AspectCondition, FactCondition

from .facts import Grade, SchoolFacts, Status
from .run import MOST_KEPT, Answer, Run, Workshop
from .states import MET, NOT_KNOWN, NOT_MET, Seen
from .written import seen_json


class CircumstanceBlock:
    """Every circumstance the rules ask about. Hundreds of schools share the answers and their source (“Return of
    3 November 2026”), so that what they come to is remembered."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._known: dict[tuple[str | tuple[str] | None, ...], Answer] = {}

    @property
    def size(self) -> int:
        return len(self.keys)

    def _given(self, facts: SchoolFacts) -> tuple[str | tuple[str] | None, ...]:
        """Of each circumstance the source of a no, the source of a yes by itself in a tuple, or None."""
        answers, on = facts.circumstances, facts.on
        given: list[str | tuple[str] | None] = []
        for answer in map(answers.get, self.keys):
            if answer is None:
                given.append(None)
            elif answer.present:
                given.append((answer.source,))
            else:  # the same as Circumstance.known_on, which would be asked twenty times a school
                given.append(answer.source if answer.stale_on is None or on < answer.stale_on else None)
        return tuple(given)

    def answer(self, run: Run) -> Answer:
        given = self._given(run.facts)
        return self._known.get(given) or self._work_out(given)

    def _work_out(self, given: tuple[str | tuple[str] | None, ...]) -> Answer:
        seen = [_circumstance(key, one) for key, one in zip(self.keys, given, strict=True)]
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        found = self._known[given] = (
            tuple([one.state for one in seen]),
            ",".join([seen_json(one) for one in seen]),
        )
        return found

    def seen(self, run: Run, test: int) -> tuple[Seen, ...]:
        return (_circumstance(self.keys[test], self._given(run.facts)[test]),)


def _circumstance(key: str, given: str | tuple[str] | None) -> Seen:
    if given is None:
        return Seen("circumstance", key, "", None, None, Status.UNKNOWN, "", "", None, NOT_KNOWN)
    present = isinstance(given, tuple)
    source = given[0] if isinstance(given, tuple) else given
    state = MET if present else NOT_MET
    return Seen("circumstance", key, "", None, present, Status.PUBLISHED, source, "", None, state)


class _Single:
    """A block of one test, whose evidence is one fact."""

    size = 1

    def _seen(self, facts: SchoolFacts) -> Seen:
        raise NotImplementedError

    def seen(self, run: Run, test: int) -> tuple[Seen, ...]:
        return (self._seen(run.facts),)

    def answer(self, run: Run) -> Answer:
        seen = self._seen(run.facts)
        return (seen.state,), seen_json(seen)


class AspectBlock(_Single):
    """A validated grade that is so or worse."""

    def __init__(self, condition: AspectCondition) -> None:
        self.key, self.wanted = condition.aspect, condition.at_least
        self._known: dict[tuple[int | None, str], Answer] = {}

    def answer(self, run: Run) -> Answer:
        row = run.facts.profile.get(self.key, _UNGRADED)
        given = (row.validated if row.moderated is None else row.moderated, row.source)
        found = self._known.get(given)
        if found is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            found = self._known[given] = super().answer(run)
        return found

    def _seen(self, facts: SchoolFacts) -> Seen:
        row = facts.profile.get(self.key, _UNGRADED)
        grade = row.in_force
        if grade is None:
            return Seen(
                "aspect", self.key, "", None, None, Status.UNKNOWN, "", "at_least", self.wanted, NOT_KNOWN
            )
        state = MET if grade >= self.wanted else NOT_MET
        return Seen(
            "aspect", self.key, "", None, grade, Status.PUBLISHED, row.source, "at_least", self.wanted, state
        )


_UNGRADED = Grade()


class FactBlock(_Single):
    """A plain fact: a yes or no, or how long ago a day was."""

    def __init__(self, shop: Workshop, condition: FactCondition) -> None:
        self.key, self.test = condition.fact, condition.test
        self.years = shop.count(condition.years) if condition.years else 0

    def _seen(self, facts: SchoolFacts) -> Seen:
        fact = facts.facts.get(self.key)
        if fact is None or fact.value is None:
            return Seen("fact", self.key, "", None, None, Status.UNKNOWN, "", self.test, None, NOT_KNOWN)
        so = (
            fact.value is True
            if self.test == "is_true"
            else _years_between(fact.value, facts.on) < self.years
        )
        return Seen(
            "fact", self.key, "", None, fact.value, Status.PUBLISHED, fact.source, self.test,
            self.years or None, MET if so else NOT_MET,
        )  # fmt: skip


class ConfirmedBlock:
    """Whether an officer confirmed that a description fits the school."""

    size = 1

    def __init__(self, rule: str) -> None:
        self.rule, self.key = rule, f"confirmed.{rule}"
        silent = Seen("confirmed", rule, "", None, None, Status.UNKNOWN, "", "", None, NOT_MET)
        self._not = ((NOT_MET,), seen_json(silent))

    def answer(self, run: Run) -> Answer:
        fact = run.facts.facts.get(self.key)
        if fact is None or fact.value is not True:
            return self._not
        return (MET,), seen_json(self._seen(fact.source))

    def _seen(self, source: str) -> Seen:
        return Seen("confirmed", self.rule, "", None, True, Status.PUBLISHED, source, "", None, MET)

    def seen(self, run: Run, test: int) -> tuple[Seen, ...]:
        return (self._seen(run.facts.facts[self.key].source),)


def _years_between(start: date, end: date) -> int:
    """Whole years from one day to another, as birthdays count them."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
