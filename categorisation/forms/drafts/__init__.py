"""The form of one clause of a draft: its part and, for rules and cells, the conditions it asks."""

from dataclasses import dataclass
from typing import Any

from django.forms.boundfield import BoundField

from categorisation.drafting import places, wording
from categorisation.drafting.places import Data
from categorisation.engine.wording import upper_first
from categorisation.forms.drafts.builder import Builder
from categorisation.forms.drafts.conditions import read_back
from categorisation.forms.drafts.parts import LAST, PartForm
from categorisation.schema import Fault, Framework
from categorisation.schema.document import Cell, Rule
from ui.forms import Form

__all__ = ["Builder", "ClauseForm", "PartForm"]


@dataclass(frozen=True)
class Sentence:
    """A condition read back; `text` is empty while it cannot be."""

    name: str
    label: str
    text: str


_CONDITIONS = {Rule: ("when", "only_if"), Cell: ("when",)}


class ClauseForm:
    """The part's fields and a builder for each of its conditions, as one form.

    `data` may name a button of a builder in `do`; then nothing is checked, and the form shows what was typed so far.
    """

    def __init__(self, data: Any = None, *, document: Framework, place: str, part: Data | None) -> None:
        self.document, self.place = document, place
        self.model, self.is_list = places.shape_of(place)
        self.fields = PartForm(data, document=document, place=place, part=part)
        self.builders = [
            Builder(
                name,
                wording.label(self.model, name),
                document=document,
                data=data,
                condition=(part or {}).get(name),
            )
            for name in _CONDITIONS.get(self.model, ())
        ]
        self.is_bound = data is not None
        self.original = part or {}

    def forget_errors(self) -> None:
        """Show what was typed without saying what is wrong: its author is not done yet."""
        self.fields.errors.clear()
        for builder in self.builders:
            builder.forget_errors()

    def forms(self) -> list[Form]:
        return [self.fields, *(form for builder in self.builders for form in builder.forms())]

    def part(self) -> Data | None:
        """The part as typed; None where something is wrong, which the forms then say."""
        conditions = {builder.name: builder.condition() for builder in self.builders}
        whole = self.fields.is_valid()
        for builder in self.builders:
            needed = self.model.model_fields[builder.name].is_required()
            if needed and not builder.rows.rows:
                builder.errors.append("Add a condition: a rule without one would never be met")
            for message in builder.errors:
                self.fields.add_error(None, message)
            whole = whole and builder.is_valid
        if not whole:
            return None
        part = self.fields.part()
        for name, condition in conditions.items():
            part.pop(name, None)
            if condition is not None:
                part[name] = condition
        if self.model is Rule and part["role"] != "describes":
            part.pop("only_if", None)
        return part

    def refuse(self, faults: list[Fault], place: str) -> None:
        """Show the faults of the document that this part would make."""
        self.fields.refuse(faults, place)

    def sentences(self) -> list["Sentence"]:
        """What the conditions typed so far say, each with its full stop; empty where they cannot be read yet."""
        found = []
        for builder in self.builders:
            condition = builder.condition() if self.is_bound else self.original.get(builder.name)
            whole = condition and (builder.is_valid or not self.is_bound)
            text = read_back(self.document, condition) if condition and whole else ""
            found.append(Sentence(builder.name, builder.label, f"{upper_first(text)}." if text else ""))
        return found

    def fields_before(self) -> list[BoundField]:
        """Those above the conditions."""
        return [field for field in self.fields if field.name not in LAST]

    def fields_after(self) -> list[BoundField]:
        """Where the policy says it, and why it is read so."""
        return [field for field in self.fields if field.name in LAST]
