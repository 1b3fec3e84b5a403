"""Levels of support: what each is called, what it brings, and what is expected of the school."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .parts import Cited, Key, Part, Text

Month = Annotated[int, Field(ge=1, le=12)]

Frequency = Literal["year", "half_year", "term", "half_term", "month"]
"""How often a school is tracked, the rarest first."""


class Words(Part):
    """What this authority calls things. Code uses neutral words; pages use these."""

    level: Text = Field(description="One level, in the singular: “level of support”, “category”.")
    levels: Text
    adviser: Text
    advisers: Text
    adviser_short: Text
    adviser_head: Text = Field(description="The officer advisers answer to.")
    area: Text = Field(description="The geographical unit: “locality”, “area”.")
    review_group: Text
    plan: Text
    concern_register: Text = Field(description="The list of schools causing concern.")
    day_unit: Literal["days", "half_days"] = Field(
        description="The unit in which time is shown; half-days are kept."
    )


class EntitlementLine(Cited):
    """An amount of time a school at this level may draw, in half-days a year."""

    key: Key
    what: Text
    minimum: Decimal | None = Field(default=None, ge=0)
    maximum: Decimal | None = Field(default=None, ge=0)
    planned: Decimal | None = Field(default=None, ge=0)
    unit: Literal["half_days"] = "half_days"
    quantifier: Literal["exactly", "at_least", "up_to"]
    exclusive_with: Key | None = Field(
        default=None,
        description="Another line of the same level: drawing on one uses up the other in proportion.",
    )
    funding: Literal["core", "charged", "purchased"] = "core"

    @model_validator(mode="after")
    def _amounts_fit(self) -> EntitlementLine:
        if self.quantifier == "at_least" and self.minimum is None:
            raise ValueError("“at least” needs a minimum")
        if self.quantifier == "up_to" and self.maximum is None:
            raise ValueError("“up to” needs a maximum")
        if self.quantifier == "exactly" and self.planned is None:
            raise ValueError("“exactly” needs the planned amount")
        amounts = [x for x in (self.minimum, self.planned, self.maximum) if x is not None]
        if amounts != sorted(amounts):
            raise ValueError("minimum, planned and maximum must not cross")
        return self


class CitedText(Cited):
    """A sentence of the policy in our words."""

    text: Text


class Level(Cited):
    """One level of support. A higher rank means more support."""

    key: Key
    rank: int = Field(ge=1, le=9)
    name: Text
    also_called: tuple[Text, ...] = Field(default=(), description="Other names, found by search.")
    headline: Text
    features_apply: Literal["all", "some_or_all"] = Field(
        default="all", description="Whether a school at this level shows all the features or some of them."
    )
    features: tuple[CitedText, ...] = Field(min_length=1)
    entitlement: tuple[EntitlementLine, ...] = Field(min_length=1)
    support: tuple[CitedText, ...] = Field(
        min_length=1, description="What the authority provides besides the time."
    )
    expectations: tuple[CitedText, ...] = Field(default=(), description="What is expected of the school.")
    exit_conditions: tuple[CitedText, ...] = Field(
        default=(), description="What it takes to move to the level below; none at the lowest."
    )
    tracking: Frequency = Field(description="How often a school at this level is tracked.")


class CycleStep(Cited):
    """A step of the annual cycle. Months are numbered 1 to 12; a step may run over the turn of the year."""

    key: Key
    title: Text
    months: tuple[Month, ...] = Field(
        default=(), description="The months it falls in; none means all year round."
    )
    every: Literal["year", "half_year", "term", "half_term", "month", "week", "as_required", "ongoing"]
    who: tuple[Text, ...] = Field(min_length=1)
    actions: tuple[Text, ...] = Field(min_length=1)


class Decisions(Cited):
    """When the level of every school is decided, and how often it is looked at again."""

    provisional_months: tuple[Month, ...] = Field(
        default=(), description="The months in which levels are agreed for the academic year to come."
    )
    confirmed_months: tuple[Month, ...] = Field(
        default=(), description="The months in which they are confirmed."
    )
    reviews_a_year: int = Field(ge=1, le=12)
    identification_months: tuple[Month, ...] = Field(
        default=(), description="The months in which schools causing concern or at risk are identified."
    )
    starts_month: Month = Field(description="The month in which a level agreed for the year to come begins.")


class Tracking(Cited):
    """What has a school tracked more often than its level alone would."""

    fragile: Frequency = Field(description="Where an area of concern is fragile.")
    inspection_likely: Frequency = Field(description="Where an inspection is likely soon.")
    inspection_due: Key = Field(
        description="The parameter with the years after which a school judged good or better is due."
    )
    inspection_due_if_below: Key = Field(
        description="The parameter with the years after which a school judged less than good is due."
    )


class ReviewGroup(Cited):
    """A standing group that looks at schools between one decision and the next."""

    key: Key
    name: Text
    also_called: tuple[Text, ...] = ()
    meets: Literal["half_term", "term", "as_required"]
    chair: Text
    members: tuple[Text, ...] = ()
    remit: tuple[Text, ...] = Field(min_length=1)
    levels: tuple[int, ...] = Field(
        default=(), description="The ranks for which the group is needed; none means any."
    )


class PlanKind(Cited):
    """A kind of improvement plan and how long one runs unless someone says otherwise."""

    key: Key
    name: Text
    months: int | None = Field(default=None, ge=1, le=36)
    levels: tuple[int, ...] = ()


class RegisterGround(Cited):
    """A ground on which a school is entered in the register of schools causing concern."""

    key: Key
    title: Text


class ReportAudience(Cited):
    """Those a report is written for, and how much of it is for them."""

    key: Key
    title: Text
    who: tuple[Text, ...] = Field(min_length=1)
    may_see: tuple[Text, ...] = Field(min_length=1)


class ChecklistItem(Cited):
    """A line that is ticked when a school's self-evaluation is read."""

    key: Key
    text: Text


class SelfEvaluation(Cited):
    """The self-evaluation profile: its rows, and what a summary is read for."""

    qualities: tuple[ChecklistItem, ...] = Field(default=(), description="What makes a summary effective.")
    evidence_sources: tuple[ChecklistItem, ...] = Field(
        default=(), description="What a reliable summary draws together."
    )
    rows: tuple[Key, ...] = Field(
        min_length=1, description="The areas and aspects that make the profile, in the order of its rows."
    )
    trend: bool = Field(description="Whether a row may say that things get better, stay level or get worse.")


class Term(Part):
    """A word of the glossary."""

    term: Text
    meaning: Text


class QualitativeIndicator(Cited):
    """Something a service knows about a school before the results show it."""

    key: Key
    title: Text
    asked_of: Text = Field(description="The service that rates it.")
    stale_after_days: int = Field(ge=1, description="How many days a rating counts as known.")
