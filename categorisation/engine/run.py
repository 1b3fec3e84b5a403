"""One evaluation in progress, what compiling needs at hand, and what every compiled test offers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from categorisation.schema.document import Framework

from .facts import SchoolFacts
from .states import Seen
from .thresholds import FIRST_YEAR, LAST_YEAR, Thresholds

if TYPE_CHECKING:
    from .program import Program
    from .readers import Rows

MOST_KEPT: Final = 2_000
"""How many different answers a block or a rule remembers before it starts afresh."""

Answer = tuple[tuple[int, ...], str]
"""The states of the tests of a block, in their order, and the same as JSON."""


class Run:
    """One school's facts, the state of each test, and the rows the tests looked at."""

    __slots__ = ("facts", "program", "rows", "series", "states")

    def __init__(self, program: Program, facts: SchoolFacts) -> None:
        self.program = program
        self.facts = facts
        self.series = facts.series
        self.states: list[int] = []
        self.rows: list[Rows] = []


class Block(Protocol):
    """Tests that read the same facts of a school, asked together once a school."""

    @property
    def size(self) -> int:
        """How many tests."""

    def answer(self, run: Run) -> Answer:
        """The hot path: states, and text that is remembered from school to school."""

    def seen(self, run: Run, test: int) -> tuple[Seen, ...]:
        """The facts a test rests on, for people."""


class Ask:
    """One test of a block. Its number in the list of states is known once the program is whole."""

    __slots__ = ("block", "number", "place")

    def __init__(self, block: Block, place: int) -> None:
        self.block, self.place, self.number = block, place, -1


class Workshop:
    """The document by key, with parameters and thresholds resolved."""

    def __init__(self, document: Framework, thresholds: Thresholds) -> None:
        self.document = document
        self._national = thresholds
        self._parameters = {item.key: item.in_force for item in document.parameters}
        self._own = {item.key: item for item in document.thresholds}
        self._tables: dict[str, dict[int, Decimal]] = {}
        self.indicators = {item.key: item for item in document.indicators}
        self.measures = {item.key: item for item in document.measures}
        self.small_cohort = self.count("small_cohort")

    def number(self, key: str) -> Decimal:
        """A numeric parameter in force."""
        value = self._parameters[key]
        assert isinstance(value, Decimal), key
        return value

    def choice(self, key: str) -> str:
        """A parameter that is one of several choices."""
        return str(self._parameters[key])

    def count(self, number: int | str | None) -> int:
        """A number of years given as such or by a parameter; none means one."""
        if number is None:
            return 1
        return number if isinstance(number, int) else int(self.number(number))

    def threshold(self, key: str) -> dict[int, Decimal]:
        """A threshold by year: the national one where there is one, else the authority's own."""
        if key not in self._tables:
            own = {
                year: value.value
                for value in self._own[key].values
                for year in range(max(value.from_year, FIRST_YEAR), (value.to_year or LAST_YEAR) + 1)
            }
            self._tables[key] = own | self._national.by_year(key)
        return self._tables[key]

    def flat(self, indicator: str) -> Decimal:
        """How small a change of this indicator is no change."""
        key = self.indicators[indicator].flat
        return self.number(key) if key else Decimal(0)
