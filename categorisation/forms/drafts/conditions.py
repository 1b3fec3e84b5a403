"""One condition as a form: the fields of its kind only, in plain words."""

import json
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from pydantic import TypeAdapter, ValidationError

from categorisation.drafting.places import Data
from categorisation.engine import statement
from categorisation.engine.statements import BANDS
from categorisation.engine.wording import upper_first
from categorisation.forms.drafts.fields import SeveralField, WholeChoiceField, select
from categorisation.forms.drafts.parts import level_choices
from categorisation.schema import Condition, Framework
from ui.forms import Form

ADAPTER: TypeAdapter[Condition] = TypeAdapter(Condition)

LONGEST_KEPT = 20_000  # letters of a condition that is carried along as it is


def read_back(document: Framework, condition: Data) -> str:
    """The condition as a sentence without its full stop; empty where it names what the document does not have."""
    try:
        return statement(document, ADAPTER.validate_python(condition))
    except (ValidationError, StopIteration, IndexError):
        return ""


def kept(document: Framework, text: str) -> Data | None:
    """A condition that a form carries along unseen, from its hidden text; None where it is none of this document."""
    try:
        found = json.loads(text) if len(text) <= LONGEST_KEPT else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and read_back(document, found) else None


def items(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(row.key, row.title) for row in rows]


@dataclass(frozen=True)
class Fold:
    """Fields under words that unfold them."""

    words: str
    fields: list[BoundField]
    is_open: bool


class ConditionForm(Form):
    """One condition of one kind. Its data is checked by the schema, so that what is kept always makes sense."""

    kind = ""
    name = ""  # of the kind, for the list to choose from
    small = True
    mark_optional = False
    folded: Mapping[str, tuple[str, ...]] = {}  # fields seldom needed, under the words that unfold them

    def __init__(
        self, data: Any = None, *, document: Framework, condition: Data | None = None, **kwargs: Any
    ):
        super().__init__(data, **kwargs)
        self.document = document
        self.condition: Data = {}
        self.add_fields(condition or {})
        self._word_errors()

    def plain_fields(self) -> list[BoundField]:
        """Those always in view."""
        folded = {name for names in self.folded.values() for name in names}
        return [field for field in self if field.name not in folded]

    def folds(self) -> list[Fold]:
        """The others, open where anything in them was chosen."""
        return [self._fold(words, names) for words, names in self.folded.items()]

    def _fold(self, words: str, names: tuple[str, ...]) -> Fold:
        fields = [self[name] for name in names if name in self.fields]
        shown = any(field.errors or field.value() not in (None, "", "all", ["all"]) for field in fields)
        return Fold(words, fields, shown)

    @classmethod
    def offered(cls, document: Framework) -> bool:
        """Whether the document has anything such a condition could ask about."""
        return True

    @abstractmethod
    def add_fields(self, given: Data) -> None:
        """Add the fields of this kind, filled in from a condition."""

    @abstractmethod
    def built(self, cleaned: Data) -> Data:
        """The condition from what was typed."""

    def clean(self) -> Data:
        cleaned: Data = super().clean() or {}
        if not self.errors:
            self.condition = {"kind": self.kind, **self.built(cleaned)}
        if not self.errors:
            try:
                ADAPTER.validate_python(self.condition)
            except ValidationError as error:
                for item in error.errors():
                    self.add_error(None, upper_first(str(item["msg"]).removeprefix("Value error, ")))
        return cleaned


class InspectionForm(ConditionForm):
    kind, name = "inspection", "An inspection"
    reveals = {
        ("test", "band"): ["bands"],
        ("test", "grade"): ["grade", "features", "feature_grade"],
        ("test", "aspect"): ["aspects"],
        ("test", "consecutive"): ["number"],
    }

    def add_fields(self, given: Data) -> None:
        document = self.document
        numbers = items(item for item in document.parameters if item.type != "choice")
        grades = [(str(grade), str(grade)) for grade in range(1, 5)]
        self.fields["test"] = forms.ChoiceField(
            label="What it found",
            widget=forms.RadioSelect,
            initial=given.get("test"),
            choices=[
                ("band", "The latest graded inspection found the school …"),
                ("requires_improvement", "The latest graded inspection found that it requires improvement"),
                (
                    "satisfactory",
                    "The latest graded inspection found it satisfactory (before September 2012)",
                ),
                ("grade", "The overall grade of the latest graded inspection was …"),
                ("aspect", "The latest graded inspection judged something less than good …"),
                ("consecutive", "Several graded inspections in a row found that it requires improvement"),
                ("monitoring", "The latest monitoring visit found inadequate progress"),
                ("not_yet", "It has not yet had a graded inspection"),
            ],
        )
        bands = [(key, upper_first(words)) for key, words in BANDS.items()]
        add: dict[str, forms.Field] = {
            "bands": SeveralField(label="The school is", choices=bands, initial=given.get("bands", [])),
            "grade": WholeChoiceField(label="Grade", choices=grades, initial=given.get("grade")),
            "features": forms.ChoiceField(
                label="With fewer than",
                choices=select(numbers, empty="However many good features"),
                initial=given.get("features", ""),
            ),
            "feature_grade": WholeChoiceField(
                label="Features at this grade or better",
                choices=select(grades, empty="Does not matter"),
                initial=given.get("feature_grade", ""),
            ),
            "aspects": SeveralField(
                label="One of these",
                help_text="Leave all empty for any of them.",
                choices=items(document.inspections.aspects),
                initial=given.get("aspects", []),
            ),
            "number": forms.IntegerField(
                label="How many in a row", min_value=2, max_value=5, initial=given.get("number")
            ),
        }
        for name, field in add.items():
            field.required = False
            self.fields[name] = field

    def built(self, cleaned: Data) -> Data:
        found: Data = {"test": cleaned["test"]}
        for name in self.reveals.get(("test", cleaned["test"]), []):
            if cleaned.get(name) not in (None, "", []):
                found[name] = cleaned[name]
        needed = {"band": ("bands", "Select what the school was found to be"), "grade": ("grade", "Select the grade"),
                  "consecutive": ("number", "Enter how many in a row")}  # fmt: skip
        name, message = needed.get(cleaned["test"], ("", ""))
        if name and name not in found:
            self.add_error(name, message)
        if ("features" in found) != ("feature_grade" in found):
            self.add_error("feature_grade", "Select both how many features and their grade, or neither")
        return found


class CircumstanceForm(ConditionForm):
    kind, name = "circumstance", "A circumstance"

    @classmethod
    def offered(cls, document: Framework) -> bool:
        return bool(document.circumstances)

    def add_fields(self, given: Data) -> None:
        choices = [(item.key, item.if_so) for item in self.document.circumstances]
        self.fields["circumstance"] = forms.ChoiceField(
            label="Circumstance", choices=choices, initial=given.get("circumstance")
        )

    def built(self, cleaned: Data) -> Data:
        return {"circumstance": cleaned["circumstance"]}


class AreaForm(ConditionForm):
    kind, name = "area", "An area of the grid"

    @classmethod
    def offered(cls, document: Framework) -> bool:
        return bool(document.areas)

    def add_fields(self, given: Data) -> None:
        self.fields["area"] = forms.ChoiceField(
            label="Area", choices=items(self.document.areas), initial=given.get("area")
        )
        self.fields["at_least"] = WholeChoiceField(
            label="Is at this or above", choices=level_choices(self.document), initial=given.get("at_least")
        )

    def built(self, cleaned: Data) -> Data:
        return {"area": cleaned["area"], "at_least": cleaned["at_least"]}


class AspectForm(ConditionForm):
    kind, name = "aspect", "A row of the self-evaluation"

    @classmethod
    def offered(cls, document: Framework) -> bool:
        return bool(document.aspects)

    def add_fields(self, given: Data) -> None:
        self.fields["aspect"] = forms.ChoiceField(
            label="Row", choices=items(self.document.aspects), initial=given.get("aspect")
        )
        self.fields["at_least"] = WholeChoiceField(
            label="Is graded this or worse",
            help_text="1 is best, 4 worst.",
            choices=[(str(grade), str(grade)) for grade in range(1, 5)],
            initial=given.get("at_least"),
        )

    def built(self, cleaned: Data) -> Data:
        return {"aspect": cleaned["aspect"], "at_least": cleaned["at_least"]}


class FactForm(ConditionForm):
    kind, name = "fact", "A fact about the school"
    reveals = {("test", "less_than_years_ago"): ["years"]}

    @classmethod
    def offered(cls, document: Framework) -> bool:
        return bool(document.facts)

    def add_fields(self, given: Data) -> None:
        document = self.document
        self.fields["fact"] = forms.ChoiceField(
            label="Fact", choices=items(document.facts), initial=given.get("fact")
        )
        self.fields["test"] = forms.ChoiceField(
            label="Which",
            widget=forms.RadioSelect,
            choices=[
                ("is_true", "is so"),
                ("less_than_years_ago", "was less than a number of years ago"),
            ],
            initial=given.get("test", "is_true"),
        )
        self.fields["years"] = forms.ChoiceField(
            label="How many years",
            choices=items(item for item in document.parameters if item.unit == "years"),
            required=False,
            initial=given.get("years"),
        )

    def built(self, cleaned: Data) -> Data:
        found = {"fact": cleaned["fact"], "test": cleaned["test"]}
        kinds = {item.key: item.type for item in self.document.facts}
        wanted = "date" if cleaned["test"] == "less_than_years_ago" else "yes_no"
        if kinds[cleaned["fact"]] != wanted:
            self.add_error(
                "test", "A date can be some years ago, a yes or no can be so. Select the other one"
            )
        if wanted == "date":
            found["years"] = cleaned["years"]
        return found
