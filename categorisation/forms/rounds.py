"""What people answer about rounds: when one begins, and a choice with a few words for each of many schools."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ui.forms import DateField, Form

WORDS_LENGTH = 2000


class OpenRoundForm(Form):
    """The first day of the levels of a round."""

    def __init__(self, data: Any = None, *, starts_on: dt.date, word: str) -> None:
        super().__init__(data, initial={"starts_on": starts_on})
        self.fields["starts_on"].label = f"First day of each {word}"

    starts_on = DateField(label="First day", hint="The year and the policy in force follow from it")


class ConfirmForm(Form):
    """Levels that stand."""

    small = True

    decisions = forms.MultipleChoiceField(
        label="Confirm",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select the schools to confirm"},
    )

    def __init__(self, decisions: Iterable[tuple[str, str]], ticked: Sequence[str], data: Any = None) -> None:
        super().__init__(data, initial={"decisions": ticked})
        self.fields["decisions"].choices = list(decisions)  # type: ignore[attr-defined]


@dataclass
class SittingRow:
    """One school of a sitting. `plain`: choices that owe no words; `bulk`: the one the button for all makes, if any;
    `refused`: why there is nothing to choose. `about` is for the template."""

    key: str
    name: str
    choices: Sequence[tuple[str, str]]
    plain: frozenset[str]
    about: Any
    owed: str = "Say why"
    bulk: str = ""
    refused: str = ""
    choice: str = ""
    words: str = ""
    revision: int = 0
    keys: Mapping[str, str] = field(default_factory=dict)  # of the keyboard, by choice
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def options(self) -> list[dict[str, Any]]:
        """The radio buttons: the first stands alone, the others where the words are asked for."""
        bound = self.fields["choice"]
        return [
            {
                "id": f"{bound.auto_id}_{number}",
                "value": value,
                "label": label,
                "key": self.keys.get(value, ""),
                "checked": bound.value() == value,
            }
            for number, (value, label) in enumerate(self.choices)
        ]

    @property
    def opened(self) -> bool:
        """Whether what lies behind the first choice has something to show."""
        words, first = self.fields["words"], self.choices[0][0]
        return bool(words.value() or words.errors or self.fields["choice"].value() not in (None, "", first))


@dataclass(frozen=True, slots=True)
class Said:
    """What was chosen at one row."""

    row: SittingRow
    choice: str
    words: str
    revision: int


class SittingForm(Form):
    """A choice and a few words for each of many schools. Rows left alone are no answer.

    Posted with `all`, every row with a `bulk` choice and none of its own makes that one.
    """

    mark_optional = False
    small = True

    def __init__(self, rows: Sequence[SittingRow], words_label: str, data: Any = None) -> None:
        super().__init__(data)
        self.rows = list(rows)
        for row in self.open_rows:
            choice, words, revision = _names(row.key)
            self.fields[choice] = forms.ChoiceField(
                label=row.name,
                choices=row.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=row.choice,
            )
            self.fields[words] = forms.CharField(
                label=words_label, required=False, max_length=WORDS_LENGTH, initial=row.words
            )
            self.fields[revision] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=row.revision, min_value=0
            )
            row.fields = {"choice": self[choice], "words": self[words], "revision": self[revision]}
        self._word_errors()

    @property
    def open_rows(self) -> list[SittingRow]:
        return [row for row in self.rows if not row.refused]

    @property
    def in_bulk(self) -> int:
        """How many rows the button for all would settle."""
        return sum(1 for row in self.open_rows if row.bulk)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for row in self.open_rows:
            choice, words, _ = _names(row.key)
            if not values.get(choice) and row.bulk and "all" in self.data and choice not in self.errors:
                values[choice] = row.bulk
            chosen, said = values.get(choice, ""), values.get(words, "")
            if choice in self.errors or words in self.errors:
                continue
            if chosen and chosen not in row.plain and not said:
                self.add_error(words, _at(row.name, row.owed))
            elif said and not chosen:
                self.add_error(choice, _at(row.name, "Choose what goes with what you wrote, or clear it"))
        if not self.errors and not self.said:
            self.add_error(None, "Choose for at least one school")
        return values

    @property
    def said(self) -> list[Said]:
        """Rows at which something was chosen that was not so before."""
        found = []
        for row in self.open_rows:
            choice, words, revision = (self.cleaned_data.get(name) for name in _names(row.key))
            if choice and (choice, words) != (row.choice, row.words):
                found.append(Said(row, choice, words or "", revision or 0))
        return found

    def show(self, refusal: ValidationError) -> None:
        """An action's refusals, by row; at the top for a row that is not on the page."""
        names = {row.key: row.name for row in self.rows}
        for key, messages in refusal.message_dict.items():
            choice, _, _ = _names(key)
            told = [_at(names.get(key, ""), message) for message in messages]
            self.add_error(choice if choice in self.fields else None, told)


def _at(name: str, message: str) -> str:
    """The message under the school's name: the summary on top lists many."""
    return message if message.startswith(f"{name}: ") or not name else f"{name}: {message}"


def _names(key: str) -> tuple[str, str, str]:
    return f"choice-{key}", f"words-{key}", f"revision-{key}"
