"""The framework document: everything an authority's policy says about levels of support, as data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from .conditions import Condition, IndicatorCondition
from .parts import Audience, Cited, Key, Part, Text
from .support import (
    CycleStep,
    Decisions,
    Level,
    PlanKind,
    QualitativeIndicator,
    RegisterGround,
    ReportAudience,
    ReviewGroup,
    SelfEvaluation,
    Term,
    Tracking,
    Words,
)

KeyStage = Literal["EYFS", "KS1", "KS2", "KS3", "KS4", "KS5"]


class Identity(Part):
    """Which policy this is and whose."""

    slug: Text = Field(pattern=r"^[a-z0-9-]+$")
    title: Text
    authority_code: Text = Field(
        pattern=r"^\d{3}$", description="The three-figure code of the local authority."
    )
    authority: Text
    dated: Text = Field(description="The date on the policy, as people write it: “September 2007”.")
    effective_from: date
    owner: Text


class IndicatorDefinition(Part):
    """An indicator this document uses, with the words for it."""

    key: Key
    title: Text
    unit: Literal["percent", "points", "score", "pounds", "days", "number"]
    better: Literal["up", "down", "neither"]
    flat: Key | None = Field(
        default=None, description="The parameter that says how small a change is no change."
    )


class FactDefinition(Part):
    """A plain fact about a school, such as the day its headteacher started."""

    key: Key
    title: Text
    type: Literal["date", "yes_no"]


class Parameter(Cited):
    """A number behind a vague word of the policy, with its default. An authority may set its own."""

    key: Key
    title: Text
    type: Literal["number", "whole_number", "choice"]
    unit: Literal[
        "percentage_points", "percent", "points", "years", "schools", "pupils", "days", "choice", "number"
    ]
    default: Decimal | Text
    chosen: Decimal | Text | None = Field(
        default=None, description="The authority's own value, where it set one."
    )
    choices: tuple[Text, ...] = ()
    help: Text

    @property
    def in_force(self) -> Decimal | str:
        """The value rules use: the authority's own, or the default."""
        return self.default if self.chosen is None else self.chosen

    @model_validator(mode="after")
    def _typed(self) -> Parameter:
        for value in (self.default, *(() if self.chosen is None else (self.chosen,))):
            if self.type == "choice":
                if str(value) not in self.choices:
                    raise ValueError(f"{value} is not one of the choices {', '.join(self.choices)}")
            elif not isinstance(value, Decimal):
                raise ValueError(f"“{value}” is not a number")
            elif self.type == "whole_number" and value != value.to_integral_value():
                raise ValueError(f"{value} is not a whole number")
        return self


class DatedValue(Part):
    """A value that holds from one academic year to another (2017 means 1 August 2017 to 31 July 2018)."""

    value: Decimal
    from_year: int = Field(ge=1990, le=2100)
    to_year: int | None = Field(default=None, ge=1990, le=2100)


class OwnThreshold(Cited):
    """The authority's own threshold, used in years for which there is no national one."""

    key: Key
    title: Text
    values: tuple[DatedValue, ...] = ()


class Source(Part):
    """One way of measuring a strand, and the academic years for which it is used."""

    indicator: Key
    from_year: int = Field(ge=1990, le=2100)
    to_year: int | None = Field(default=None, ge=1990, le=2100)
    except_years: tuple[int, ...] = Field(
        default=(), description="Years in which it was not produced nationally."
    )
    centre: Decimal | None = Field(default=None, description="The middle of its scale: 100, 1000 or 0.")
    floor: Key | None = Field(
        default=None, description="The threshold under which the strand is below the floor."
    )
    and_any: tuple[IndicatorCondition, ...] = Field(
        default=(),
        description="The strand is below the floor only if one of these holds in the same year as well.",
    )
    floor_is_significant: bool = Field(
        default=False,
        description="Below the floor only if the upper confidence limit is under the centre as well.",
    )

    def covers(self, year: int) -> bool:
        """Whether this source is used for the academic year."""
        return (
            self.from_year <= year
            and (self.to_year is None or year <= self.to_year)
            and year not in self.except_years
        )


class Strand(Part):
    """One subject at the end of one key stage."""

    key: Key
    title: Text
    key_stage: KeyStage
    subject: Text
    at_age: int = Field(ge=5, le=19, description="The age at which pupils reach the end of the key stage.")
    sources: tuple[Source, ...] = Field(
        min_length=1, description="In order: the first that is produced is used."
    )


class Measure(Cited):
    """What stands for a word of the policy such as *standards*, by phase, key stage and subject."""

    key: Key
    title: Text
    strands: tuple[Strand, ...] = Field(min_length=1)


class Circumstance(Cited):
    """Something no file holds. It is known only from a return; silence is not an answer."""

    key: Key
    title: Text = Field(description="As it stands in a list: “Safeguarding compliance”.")
    if_so: Text = Field(description="The sentence where it holds: “Safer recruitment rules are not kept”.")
    turns_out: Text = Field(description="Ends “…, not yet returned, turns out …”: “not met”.")
    audience: Audience = "shared"
    asked_of: Text = Field(description="Who is asked for the return.")


class Aspect(Cited):
    """A row of the self-evaluation profile graded 1 (best) to 4, besides the areas."""

    key: Key
    title: Text
    grades: tuple[Text, Text, Text, Text] = Field(description="What each of the grades 1 to 4 means here.")


class Cell(Cited):
    """One cell of the grid: what the area looks like at this level, and when facts place a school there."""

    level: int = Field(ge=1, le=9)
    descriptor: Text
    when: Condition | None = Field(
        default=None, description="Facts that place the area at this level or above. None: people decide."
    )


class Area(Cited):
    """One row of the grid, graded by level."""

    key: Key
    title: Text
    assessed_by: Literal["facts", "profile"] = Field(
        description="facts: the conditions of the cells decide. profile: the grade the adviser validated."
    )
    profile_if_set_aside: bool = Field(
        default=False,
        description="Where no fact can be had nationally, the adviser's validated grade stands in.",
    )
    cells: tuple[Cell, ...] = Field(min_length=1)


class Base(Cited):
    """What the suggestion starts from, before rules raise it."""

    kind: Literal["highest_area", "best_fit", "gates"] = Field(
        description=(
            "highest_area: the highest level of the areas that count. best_fit: the lowest level that more than half "
            "of them are at or below, so that an even split goes to the higher. gates: the highest gate."
        )
    )
    areas: tuple[Key, ...] = Field(
        default=(), description="The areas that count. For best_fit, none means all of them."
    )


class Rule(Cited):
    """A rule turns facts into a floor, a reason or a flag.

    *gate* and *raises* set a floor by themselves. *reason* is a raise that also gives the reason code of the level.
    *describes* raises only when an officer has confirmed it. *flag* informs and never decides.
    """

    key: Key
    title: Text
    role: Literal["gate", "raises", "describes", "flag", "reason"]
    floor: int | None = Field(default=None, ge=1, le=9)
    locked: bool = Field(
        default=False, description="Moderation may not go below the floor while the fact stands."
    )
    criterion_of: int | None = Field(
        default=None,
        description="The rank whose criterion is missed when this rule is met, to be named on the page.",
    )
    audience: Audience = "shared"
    when: Condition
    only_if: Condition | None = Field(
        default=None, description="For describes: raises only for a school of which this holds as well."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Rule:
        if (self.role == "flag") != (self.floor is None):
            raise ValueError("a flag has no floor, and every other rule needs one")
        if self.locked and self.role not in ("gate", "raises"):
            raise ValueError("only a gate or a rule that raises by itself can be locked")
        if self.only_if is not None and self.role != "describes":
            raise ValueError("“only_if” belongs to rules that describe")
        return self


class BandRule(Part):
    """How one inspection framework falls into bands (1-4 scales by number, report cards by name)."""

    framework: Literal[
        "S5_2005",
        "S5_2009",
        "S5_2012_01",
        "S5_2012_09",
        "CIF_2015",
        "EIF_2019",
        "EIF_2024",
        "REPORT_CARD_2025",
    ]
    scale: Literal["one_to_four", "report_card"]
    overall: bool = Field(description="Whether the framework gives an overall grade.")
    three_is: Literal["satisfactory", "requires_improvement"] | None = None
    below_areas: tuple[Text, ...] = Field(
        default=(), description="Without an overall grade: the judgements that place a school BELOW."
    )


class InspectedAspect(Part):
    """One name for a judgement that Ofsted has called different things over the years."""

    key: Key
    title: Text
    judgements: tuple[Key, ...] = Field(min_length=1)


class Inspections(Cited):
    """How inspections are read."""

    bands: tuple[BandRule, ...] = Field(min_length=1)
    aspects: tuple[InspectedAspect, ...] = Field(min_length=1)
    report_card_below: Key = Field(
        description="The parameter that says which areas needing attention mean BELOW."
    )


class Framework(Part):
    """One version of an authority's framework."""

    schema_version: Literal[1] = 1
    identity: Identity
    words: Words
    levels: tuple[Level, ...] = Field(min_length=2)
    base: Base
    areas: tuple[Area, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    self_evaluation: SelfEvaluation
    rules: tuple[Rule, ...] = Field(min_length=1)
    parameters: tuple[Parameter, ...] = ()
    indicators: tuple[IndicatorDefinition, ...] = ()
    facts: tuple[FactDefinition, ...] = ()
    measures: tuple[Measure, ...] = ()
    thresholds: tuple[OwnThreshold, ...] = ()
    inspections: Inspections
    circumstances: tuple[Circumstance, ...] = ()
    qualitative_indicators: tuple[QualitativeIndicator, ...] = ()
    cycle: tuple[CycleStep, ...] = ()
    decisions: Decisions
    tracking: Tracking
    review_groups: tuple[ReviewGroup, ...] = ()
    plan_kinds: tuple[PlanKind, ...] = ()
    register_grounds: tuple[RegisterGround, ...] = ()
    report_audiences: tuple[ReportAudience, ...] = ()
    glossary: tuple[Term, ...] = ()
