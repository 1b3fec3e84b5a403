"""The rule builder: a list of conditions of which all, any or at least so many hold, with groups one level deep.

Everything is posted: the buttons that add, remove or change a condition answer with the same form and all that was
typed in it. A condition that the builder has no fields for is shown as a sentence and carried along as it is.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from categorisation.drafting.places import Data
from categorisation.forms.drafts.conditions import (
    AreaForm,
    AspectForm,
    CircumstanceForm,
    ConditionForm,
    FactForm,
    InspectionForm,
    kept,
    read_back,
)
from categorisation.forms.drafts.figures import IndicatorForm, MeasureForm
from categorisation.schema import Framework
from ui.forms import Form

FORMS: dict[str, type[ConditionForm]] = {
    form.kind: form
    for form in (
        IndicatorForm, MeasureForm, InspectionForm, CircumstanceForm, AreaForm, AspectForm, FactForm,
    )
}  # fmt: skip
GROUP, KEPT = "group", "kept"
MOST = 20  # conditions side by side
_MATCHES = (
    ("all", "All of these"),
    ("any", "Any of these"),
    ("at_least", "At least so many of these"),
)


class MatchForm(Form):
    """How many of the conditions beside each other have to hold."""

    reveals = {("match", "at_least"): ["number"]}
    small = True

    match = forms.ChoiceField(label="How many must hold", choices=_MATCHES, widget=forms.RadioSelect)
    number = forms.IntegerField(label="How many", required=False, min_value=1, max_value=MOST)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            cleaned.get("match") == "at_least"
            and cleaned.get("number") is None
            and "number" not in self.errors
        ):
            self.add_error("number", "Enter how many")
        return cleaned


@dataclass
class Row:
    """One condition: its fields, or the rows of a group, or a sentence that is carried along."""

    prefix: str
    kind: str
    number: int
    form: ConditionForm | None = None
    rows: "Rows | None" = None
    carried: Data | None = None
    sentence: str = ""
    kinds: list[tuple[str, str]] = field(default_factory=list)  # there are to choose from

    @property
    def carried_text(self) -> str:
        return json.dumps(self.carried)

    @property
    def name(self) -> str:
        return FORMS[self.kind].name if self.kind in FORMS else "Several conditions together"

    @property
    def kind_select(self) -> dict[str, Any]:
        """Parameters of the box that says what the condition is about."""
        items = [{"value": kind, "text": name, "selected": kind == self.kind} for kind, name in self.kinds]
        blank = [] if self.form else [{"value": "", "text": "Choose"}]
        name = f"{self.prefix}-kind"
        return {
            "id": f"id_{name}",
            "name": name,
            "label": {"text": f"What condition {self.number} is about"},
            "items": [*blank, *items],
        }

    @property
    def is_open(self) -> bool:
        """Whether its kind is yet to be chosen."""
        return not (self.form or self.rows or self.carried)


@dataclass
class Rows:
    """Conditions beside each other."""

    prefix: str
    match: MatchForm
    rows: list[Row] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= MOST

    @property
    def asks_match(self) -> bool:
        """Whether to ask how many must hold: of a single condition it says nothing."""
        return len(self.rows) > 1 or (bool(self.rows) and self.match["match"].value() == "at_least")

    def every(self) -> Iterator[Row]:
        for row in self.rows:
            yield row
            if row.rows:
                yield from row.rows.every()

    def forms(self) -> Iterator[Form]:
        yield self.match
        for row in self.rows:
            if row.form:
                yield row.form
            if row.rows:
                yield from row.rows.forms()


class Builder:
    """The conditions of one field of a rule or cell, `when` or `only_if`.

    `data` is what was posted, with `do` naming the button: "add:when", "group:when", "remove:when-2", "kind:when-2";
    without it the rows come from `condition`.
    """

    def __init__(
        self, name: str, label: str, *, document: Framework, data: Any = None, condition: Data | None = None
    ) -> None:
        self.name, self.label, self.document = name, label, document
        self.errors: list[str] = []
        self.kinds = [(kind, form.name) for kind, form in FORMS.items() if form.offered(document)]
        if data is None:
            self.rows = self._from_condition(condition)
        else:
            do, _, target = str(data.get("do", "")).partition(":")
            self.rows = self._from_data(name, data, do, target)
        for row in self.rows.every():
            row.kinds = self.kinds

    # Reading a condition

    def _from_condition(self, condition: Data | None) -> Rows:
        conditions = [] if condition is None else [condition]
        match, number = "all", None
        if condition is not None and "of" in condition:
            match, number, conditions = condition["kind"], condition.get("number"), condition["of"]
        return self._rows(self.name, match, number, conditions, deep=False)

    def _rows(self, prefix: str, match: str, number: Any, conditions: list[Data], *, deep: bool) -> Rows:
        found = Rows(prefix, _match({f"{prefix}-match": match, f"{prefix}-number": number or ""}, prefix))
        for count, condition in enumerate(conditions, 1):
            found.rows.append(self._row(f"{prefix}-{count}", count, condition, deep=deep))
        return found

    def _row(self, prefix: str, number: int, condition: Data, *, deep: bool) -> Row:
        kind = condition["kind"]
        if "of" in condition and not deep and not any("of" in inner for inner in condition["of"]):
            inner = self._rows(prefix, kind, condition.get("number"), condition["of"], deep=True)
            return Row(prefix, GROUP, number, rows=inner)
        if kind in FORMS and len(condition.get("tests", ())) <= 2:
            form = FORMS[kind](document=self.document, condition=condition, prefix=prefix)
            return Row(prefix, kind, number, form=form)
        return self._carried(prefix, number, condition)

    def _carried(self, prefix: str, number: int, condition: Data) -> Row:
        return Row(prefix, KEPT, number, carried=condition, sentence=read_back(self.document, condition))

    # Reading what was posted

    def _from_data(self, prefix: str, data: Mapping[str, Any], do: str, target: str) -> Rows:
        found = Rows(prefix, _match(data, prefix))
        numbers = _numbers(data, prefix)
        for number in numbers:
            old = f"{prefix}-{number}"
            if (do, target) != ("remove", old) and not found.is_full:
                found.rows.append(self._posted(old, len(found.rows) + 1, data, do, target))
        if target == prefix and not found.is_full and do in ("add", "group"):
            new = f"{prefix}-{max(numbers, default=0) + 1}"
            rows = Rows(new, _match({f"{new}-match": "any"}, new)) if do == "group" else None
            found.rows.append(Row(new, GROUP if rows else "", len(found.rows) + 1, rows=rows))
        return found

    def _posted(self, prefix: str, number: int, data: Mapping[str, Any], do: str, target: str) -> Row:
        kind = data.get(f"{prefix}-kind", "")
        if kind == KEPT and (condition := kept(self.document, data.get(f"{prefix}-kept", ""))):
            return self._carried(prefix, number, condition)
        if kind == GROUP and prefix.count("-") == 1:
            return Row(prefix, GROUP, number, rows=self._from_data(prefix, data, do, target))
        if kind not in dict(self.kinds):
            return Row(prefix, "", number)
        # A kind chosen just now has none of its fields posted yet
        posted = data if kind == data.get(f"{prefix}-shown") else None
        return Row(prefix, kind, number, form=FORMS[kind](posted, document=self.document, prefix=prefix))

    # The answer

    def forms(self) -> list[Form]:
        """Every form of the conditions, for the summary of errors."""
        return list(self.rows.forms())

    def forget_errors(self) -> None:
        self.errors.clear()
        for form in self.forms():
            form.errors.clear()

    def condition(self) -> Data | None:
        """The condition that was built; None if there is none. What is wrong is said in `errors` and in the forms."""
        return self._built(self.rows, outermost=True)

    def _built(self, rows: Rows, *, outermost: bool) -> Data | None:
        found: list[Data] = []
        for row in rows.rows:
            if row.is_open or (row.form and not row.form.is_bound):
                self.errors.append(
                    f"Fill in condition {row.number}, or remove it"
                    if row.form
                    else f"Choose what condition {row.number} is about, or remove it"
                )
            elif row.carried:
                found.append(row.carried)
            elif row.form:
                if row.form.is_valid():
                    found.append(row.form.condition)
            else:
                assert row.rows is not None  # an open row was told above
                inner = self._built(row.rows, outermost=False)
                if inner is None and not row.rows.rows:
                    self.errors.append(f"Add conditions to group {row.number}, or remove it")
                elif inner is not None:
                    found.append(inner)
        if not found:
            return None
        match = rows.match
        at_least = match.data.get(f"{rows.prefix}-match") == "at_least"
        if outermost and len(rows.rows) == 1 and not at_least:
            return found[0]
        if not match.is_valid():
            return None
        group: Data = {"kind": match.cleaned_data["match"], "of": found}
        if at_least:
            number = match.cleaned_data["number"]
            group["number"] = number
            if number > len(rows.rows):
                match.add_error("number", f"There are only {len(rows.rows)} conditions")
        return group

    @property
    def is_valid(self) -> bool:
        return not self.errors and all(form.is_valid() for form in self.forms() if form.is_bound)


def _match(data: Mapping[str, Any], prefix: str) -> MatchForm:
    """Bound; while there is one condition only, nothing was asked and all of it holds."""
    given = {name: data.get(f"{prefix}-{name}", "") for name in ("match", "number")}
    given["match"] = given["match"] or "all"
    return MatchForm({f"{prefix}-{name}": value for name, value in given.items()}, prefix=prefix)


def _numbers(data: Mapping[str, Any], prefix: str) -> list[int]:
    pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,3}})-kind")
    return sorted(int(match[1]) for name in data if (match := pattern.fullmatch(name)))
