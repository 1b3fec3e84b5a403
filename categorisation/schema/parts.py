"""What every part of a framework document has in common: it is frozen, strict, and carries its paragraph."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A name used inside a document: small letters, figures and underscores, starting with a letter."""

RequirementId = Annotated[str, StringConstraints(pattern=r"^[LKX]-\d{2,3}$")]
"""A row of the requirements checklist, such as ``L-068``."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

Audience = Literal["shared", "authority"]
"""Who may see a rule or a circumstance: everyone the school's page is shared with, or the authority only."""


class Part(BaseModel):
    """A piece of a document. Unknown fields are faults: a misspelt field must never be silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Cited(Part):
    """A piece of a document that rests on a paragraph of the authority's published policy."""

    paragraph: Text = Field(
        description="Where the policy says this, for example “App 2 intro” or “B1 cat 3”."
    )
    requirements: tuple[RequirementId, ...] = Field(
        default=(), description="Rows of the requirements checklist that this item answers."
    )
    inferred: bool = Field(
        default=False, description="True where the policy is silent or torn and this is our reading of it."
    )
    note: Text | None = Field(
        default=None, description="Why we read it so. Needed where the item is inferred."
    )

    @model_validator(mode="after")
    def _inferred_items_say_why(self) -> Cited:
        if self.inferred and self.note is None:
            raise ValueError("an inferred item needs a note that says why it is read so")
        return self
