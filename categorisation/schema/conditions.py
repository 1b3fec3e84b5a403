"""Conditions: what a rule asks of a school's facts.

A condition is a leaf (indicator, measure, inspection, circumstance, area, aspect, fact) or a group of conditions
(all, any, at_least). There is no ``not``: every test names the concern it looks for, so that one more concern can
never lower a suggestion.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .parts import Key, Part

LearnerGroup = Literal[
    "all",
    "girls",
    "boys",
    "disadvantaged",
    "not_disadvantaged",
    "eal",
    "not_eal",
    "sen_support",
    "ehcp",
    "sen",
    "no_sen",
    "low_prior",
    "mid_prior",
    "high_prior",
]

YearTest = Literal["below", "at_most", "above", "at_least", "significantly_below", "significantly_above"]
"""Tests of one year's value. *Significantly below*: the upper confidence limit is under the reference."""

TrendTest = Literal["rising", "falling", "flat_or_falling", "flat_or_rising", "fell_once", "fell_each_year"]
"""Tests of several years together. *Rising* and *falling* compare the last year of the window with the first;
*fell once* and *fell each year* look at every step between one year and the next."""

YEAR_TESTS: frozenset[str] = frozenset(YearTest.__args__)  # type: ignore[attr-defined]
TREND_TESTS: frozenset[str] = frozenset(TrendTest.__args__)  # type: ignore[attr-defined]


class Reference(Part):
    """What a value is held against: exactly one of a number, a parameter, a threshold or a published comparator."""

    value: Decimal | None = Field(default=None, description="A number written into the rule.")
    parameter: Key | None = Field(default=None, description="A named parameter of this document.")
    threshold: Key | None = Field(
        default=None,
        description="A dated threshold: the national one of that year, else the authority's own.",
    )
    comparator: Literal["national", "similar"] | None = Field(
        default=None, description="The national figure of the same year, or that of similar schools."
    )
    plus: Key | None = Field(default=None, description="A parameter added to the reference.")
    minus: Key | None = Field(default=None, description="A parameter taken from the reference.")

    @model_validator(mode="after")
    def _one_of(self) -> Reference:
        given = [x for x in (self.value, self.parameter, self.threshold, self.comparator) if x is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of value, parameter, threshold, comparator")
        if self.plus and self.minus:
            raise ValueError("give plus or minus, not both")
        return self


class Years(Part):
    """Which years count. Years in which the measure was not produced nationally are passed over."""

    each_of_last: Key | int | None = Field(
        default=None, description="The test holds in every one of the last n."
    )
    any_of_last: Key | int | None = Field(
        default=None, description="The test holds in at least one of the last n."
    )
    over_last: Key | int | None = Field(
        default=None, description="A trend across the last n published years."
    )

    @model_validator(mode="after")
    def _one_of(self) -> Years:
        given = [x for x in (self.each_of_last, self.any_of_last, self.over_last) if x is not None]
        if len(given) > 1:
            raise ValueError(
                "give one of each_of_last, any_of_last, over_last; none of them means the latest year"
            )
        if any(isinstance(x, int) and not 1 <= x <= 10 for x in given):
            raise ValueError("a window holds between 1 and 10 years")
        return self


LATEST = Years()


def _check_trend(test: str, years: Years, *, has_reference: bool) -> None:
    """A trend needs a span of years and no reference; a yearly test needs a reference and no span."""
    if test in TREND_TESTS:
        if years.over_last is None or (isinstance(years.over_last, int) and years.over_last < 2):
            raise ValueError(f"“{test}” is a trend and needs years: {{over_last: 2 or more}}")
        if has_reference:
            raise ValueError(f"“{test}” is a trend and takes no “than”")
    elif years.over_last is not None:
        raise ValueError(f"“{test}” looks at single years: use each_of_last or any_of_last")


class IndicatorCondition(Part):
    """One indicator of one learner group, or the gap between two groups, tested in some years."""

    kind: Literal["indicator"]
    indicator: Key
    group: LearnerGroup = "all"
    gap_to: LearnerGroup | None = Field(
        default=None, description="Test the gap instead: the value of this group less the value of `group`."
    )
    test: YearTest | TrendTest
    than: Reference | None = None
    by: Key | None = Field(
        default=None, description="For trends: the parameter that says how large a change must be to count."
    )
    years: Years = LATEST

    @model_validator(mode="after")
    def _consistent(self) -> IndicatorCondition:
        _check_trend(self.test, self.years, has_reference=self.than is not None)
        if self.test in YEAR_TESTS and self.than is None:
            raise ValueError(f"“{self.test}” needs “than”: what the value is held against")
        if self.gap_to == self.group:
            raise ValueError("a gap needs two different groups")
        if self.gap_to and self.test in ("significantly_below", "significantly_above"):
            raise ValueError(
                "no confidence interval of a gap is published, so it cannot be tested for significance"
            )
        return self


class StrandTest(Part):
    """A test of each strand of a measure (one subject at the end of one key stage)."""

    test: YearTest | TrendTest | Literal["below_floor"]
    by: Key | None = Field(
        default=None, description="For trends: the parameter that says how large a change must be to count."
    )
    than: Reference | Literal["centre"] | None = Field(
        default=None,
        description="What the value is held against; `centre` is the middle of the measure's own scale.",
    )
    years: Years = LATEST

    @model_validator(mode="after")
    def _consistent(self) -> StrandTest:
        _check_trend(self.test, self.years, has_reference=self.than is not None)
        if self.test == "below_floor" and self.than is not None:
            raise ValueError(
                "“below_floor” takes no “than”: each strand of the measure says what its floor is"
            )
        if self.test in YEAR_TESTS and self.than is None:
            raise ValueError(f"“{self.test}” needs “than”: what the value is held against")
        return self


class MeasureCondition(Part):
    """A measure of this document (*standards*, *progress*): how many of its strands meet every one of the tests."""

    kind: Literal["measure"]
    measure: Key
    strands: int = Field(
        default=1, ge=1, le=20, description="How many strands, at least, must meet all the tests."
    )
    groups: tuple[LearnerGroup, ...] = Field(default=("all",), min_length=1)
    gap_to: LearnerGroup | None = Field(
        default=None,
        description="Test the gap instead: the value of this group less that of each of `groups`.",
    )
    tests: tuple[StrandTest, ...] = Field(min_length=1)
    otherwise: SimpleCondition | None = Field(
        default=None,
        description="Asked instead where the measure is not produced nationally or does not apply.",
    )

    @model_validator(mode="after")
    def _consistent(self) -> MeasureCondition:
        if self.gap_to is None:
            return self
        if self.gap_to in self.groups:
            raise ValueError("a gap needs two different groups")
        if any(
            test.test in ("below_floor", "significantly_below", "significantly_above") for test in self.tests
        ):
            raise ValueError("a gap has neither a floor nor a published confidence interval")
        return self


class InspectionCondition(Part):
    """The school's own inspections, read through the bands of this document."""

    kind: Literal["inspection"]
    test: Literal[
        "band",
        "satisfactory",
        "requires_improvement",
        "grade",
        "aspect",
        "consecutive",
        "not_yet",
        "monitoring",
    ] = Field(
        description=(
            "band: the latest graded inspection falls in one of `bands`. satisfactory: its overall grade is 3 in the "
            "frameworks before September 2012. requires_improvement: it is in the band BELOW and not “satisfactory”. "
            "grade: its overall grade is `grade`, with fewer than `features` judgements at `feature_grade` or better. "
            "aspect: one of `aspects` (any, if none is named) was judged less than good. consecutive: the last "
            "`number` graded inspections all came out as requires improvement. not_yet: no graded inspection. "
            "monitoring: the latest monitoring visit since then found inadequate progress."
        )
    )
    bands: tuple[Literal["CONCERN", "BELOW", "MIXED", "AT_LEAST_GOOD"], ...] = ()
    aspects: tuple[Key, ...] = ()
    grade: int | None = Field(default=None, ge=1, le=4)
    features: Key | None = Field(
        default=None, description="The parameter that says how many features are several."
    )
    feature_grade: int | None = Field(default=None, ge=1, le=4)
    number: int | None = Field(default=None, ge=2, le=5)

    @model_validator(mode="after")
    def _consistent(self) -> InspectionCondition:
        if (self.test == "band") != bool(self.bands):
            raise ValueError("“bands” belongs to the test “band”, which needs it")
        if (self.test == "consecutive") != (self.number is not None):
            raise ValueError("“number” belongs to the test “consecutive”, which needs it")
        if (self.test == "grade") != (self.grade is not None):
            raise ValueError("“grade” belongs to the test “grade”, which needs it")
        if (self.features is None) != (self.feature_grade is None) or (
            self.features and self.test != "grade"
        ):
            raise ValueError("“features” and “feature_grade” go together, with the test “grade”")
        return self


class CircumstanceCondition(Part):
    """Something no file holds, known only from a dated return."""

    kind: Literal["circumstance"]
    circumstance: Key


class AreaCondition(Part):
    """An area of the grid is at this level or a higher one (higher means more concern)."""

    kind: Literal["area"]
    area: Key
    at_least: int = Field(ge=1)


class AspectCondition(Part):
    """A validated grade of the self-evaluation profile is this or worse (1 is best, 4 worst)."""

    kind: Literal["aspect"]
    aspect: Key
    at_least: int = Field(ge=1, le=4)


class FactCondition(Part):
    """A plain fact about the school: a yes or no, or how long ago a date was."""

    kind: Literal["fact"]
    fact: Key
    test: Literal["is_true", "less_than_years_ago"]
    years: Key | None = Field(default=None, description="The parameter with the number of years.")

    @model_validator(mode="after")
    def _consistent(self) -> FactCondition:
        if (self.test == "less_than_years_ago") != (self.years is not None):
            raise ValueError("“years” belongs to the test “less_than_years_ago”, which needs it")
        return self


class Group(Part):
    """Several conditions together. In the editor groups go one level deep."""

    kind: Literal["all", "any", "at_least"]
    number: int | None = Field(default=None, ge=1, description="For at_least: how many of them.")
    of: tuple[Condition, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Group:
        if (self.kind == "at_least") != (self.number is not None):
            raise ValueError("“number” belongs to at_least, which needs it")
        if self.number is not None and self.number > len(self.of):
            raise ValueError(f"at least {self.number} of {len(self.of)} conditions can never be met")
        return self


SimpleCondition = Annotated[
    IndicatorCondition
    | InspectionCondition
    | CircumstanceCondition
    | AreaCondition
    | AspectCondition
    | FactCondition,
    Field(discriminator="kind"),
]

Condition = Annotated[
    IndicatorCondition
    | MeasureCondition
    | InspectionCondition
    | CircumstanceCondition
    | AreaCondition
    | AspectCondition
    | FactCondition
    | Group,
    Field(discriminator="kind"),
]

MeasureCondition.model_rebuild()
Group.model_rebuild()


def walk(condition: Condition) -> list[Condition]:
    """The condition and every condition inside it, outermost first."""
    found: list[Condition] = [condition]
    if isinstance(condition, Group):
        for inner in condition.of:
            found += walk(inner)
    elif isinstance(condition, MeasureCondition) and condition.otherwise is not None:
        found += walk(condition.otherwise)
    return found
