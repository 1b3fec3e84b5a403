"""The facts of a school in plain boxes: those that the rules ask for, with whatever else is held left as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from categorisation.benching.asked import Asked
from categorisation.engine import (
    Circumstance,
    CompiledFramework,
    Fact,
    Grade,
    SchoolFacts,
    academic_year,
)
from categorisation.forms.bench.figures import Figure, Figures
from categorisation.forms.bench.inspections import Block, Inspections
from categorisation.schema import Framework
from ui.forms import DateField, Form

SOURCE = "Test bench"
PHASES = (
    ("nursery", "Nursery"),
    ("primary", "Primary"),
    ("secondary", "Secondary"),
    ("all_through", "All-through"),
    ("special", "Special"),
    ("alternative", "Alternative provision"),
    ("", "None of these"),
)
AGES = {"nursery": (2, 4), "primary": (4, 11), "secondary": (11, 16), "all_through": (4, 16)}
_ANSWERS = (("", "Not known"), ("no", "No, a return says so"), ("yes", "Yes"))
_PRESENT = {"yes": True, "no": False}
_OLDEST, _YOUNGEST = 25, 0


@dataclass(frozen=True)
class Group:
    """Boxes of one kind: those the rules ask for, and the rest to open."""

    title: str
    fields: tuple[BoundField, ...]
    rest: tuple[BoundField, ...]


class FactsForm(Form):
    """Facts changed in boxes. After `is_valid`, `changed` holds them all."""

    mark_optional = False
    small = True

    on = DateField(label="The day", hint="Which years count, and what is out of date, follows from it")
    phase = forms.ChoiceField(label="Phase", choices=PHASES, required=False)
    low_age = forms.IntegerField(label="Youngest age", required=False, min_value=_YOUNGEST, max_value=_OLDEST)
    high_age = forms.IntegerField(label="Oldest age", required=False, min_value=_YOUNGEST, max_value=_OLDEST)

    def __init__(
        self,
        facts: SchoolFacts,
        frameworks: Sequence[CompiledFramework],
        asked: Asked,
        data: Any = None,
        *,
        add: str = "",
    ) -> None:
        """`add`: the key of a figure that no rule asks for, to be shown as well."""
        self.facts, self._asked, self._add = facts, asked, add
        documents = [framework.document for framework in frameworks]
        self._rows = _Rows.of(documents)
        self._figures = Figures(facts, self._shown(), self._rows.indicators)
        self._inspections = Inspections(facts)
        super().__init__(data, initial={"on": facts.on, **{k: facts.attributes.get(k) for k in _ATTRIBUTES}})

    def _shown(self) -> dict[tuple[str, str], list[int]]:
        """The figures asked for, and the one the person wants to add."""
        shown = {key: years for key, years in self._asked.figures.items() if key[0] in self._rows.indicators}
        added = self._add
        if added in self._rows.indicators and (added, "all") not in shown:
            last = academic_year(self.facts.on) - 1
            shown[added, "all"] = [last, last - 1, last - 2]
        held = (key for key in self.facts.series if key[0] in self._rows.indicators and key not in shown)
        for key in held:
            recent = [year for year, _ in self.facts.series[key] if year > academic_year(self.facts.on) - 4]
            if recent:
                shown[key] = recent
        return shown

    def _word_errors(self) -> None:
        # Called by the kit once the declared fields are there
        self.fields |= {**self._inspections.fields, **self._figures.fields}
        facts = self.facts
        for key, title in self._rows.circumstances.items():
            answer = facts.circumstances.get(key)
            self.fields[f"circumstance-{key}"] = forms.ChoiceField(
                label=title,
                choices=_ANSWERS,
                required=False,
                initial="" if answer is None else "yes" if answer.present else "no",
            )
        for key, (title, top) in self._rows.profile.items():
            grade = facts.profile.get(key, Grade()).in_force
            self.fields[f"grade-{key}"] = forms.ChoiceField(
                label=title,
                choices=[("", "Not validated yet"), *((str(n), str(n)) for n in range(1, top + 1))],
                required=False,
                initial=str(grade or ""),
            )
        for key, (title, kind) in self._rows.facts.items():
            value = facts.facts[key].value if key in facts.facts else None
            self.fields[f"fact-{key}"] = (
                DateField(label=title, required=False, initial=value)
                if kind == "date"
                else forms.ChoiceField(
                    label=title,
                    choices=(("", "Not known"), ("yes", "Yes"), ("no", "No")),
                    required=False,
                    initial="" if value is None else "yes" if value else "no",
                )
            )
        if self._rows.confirmable:
            self.fields["confirmed"] = forms.MultipleChoiceField(
                label="Descriptions an officer has confirmed",
                choices=list(self._rows.confirmable.items()),
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=[key for key in self._rows.confirmable if _confirmed(facts, key)],
            )
        missing = {
            k: t.title for k, t in self._rows.indicators.items() if (k, "all") not in self._asked.figures
        }
        self.fields["add_figure"] = forms.ChoiceField(
            label="Another figure",
            choices=[("", "None"), *sorted(missing.items(), key=lambda item: item[1])],
            required=False,
            initial=self._add,
            help_text="No rule asks for these at a school like this one. Its boxes appear when you try the facts",
        )
        super()._word_errors()

    def clean(self) -> dict[str, Any] | None:
        """Everything the boxes say laid over the facts; what they do not show stays."""
        given = self.cleaned_data
        low, high = given.get("low_age"), given.get("high_age")
        if low is not None and high is not None and low > high:
            self.add_error("high_age", "Oldest age cannot be below the youngest")
        facts = self.facts
        attributes = {key: given.get(key) for key in _ATTRIBUTES}
        self.changed = replace(
            facts,
            on=given.get("on") or facts.on,
            attributes={**facts.attributes, **attributes},
            inspections=self._inspections.read(self),
            series=self._figures.read(self),
            circumstances=self._circumstances(),
            profile=self._profile(),
            facts=self._plain_facts(),
        )
        return given

    def _given(self, name: str) -> bool:
        """Whether the box was on the page that was sent: a draft may ask for more meanwhile."""
        return name in self.cleaned_data and not self.fields[name].widget.value_omitted_from_data(
            self.data, self.files, name
        )

    def _circumstances(self) -> dict[str, Circumstance]:
        found = dict(self.facts.circumstances)
        for key in self._rows.circumstances:
            name = f"circumstance-{key}"
            if not self._given(name):
                continue
            present = _PRESENT.get(self.cleaned_data[name])
            if present is None:
                found.pop(key, None)
            elif key not in found or found[key].present != present:
                found[key] = Circumstance(present, source=SOURCE)
        return found

    def _profile(self) -> dict[str, Grade]:
        found = dict(self.facts.profile)
        for key in self._rows.profile:
            name = f"grade-{key}"
            if not self._given(name):
                continue
            was = found.get(key, Grade())
            grade = int(self.cleaned_data[name]) if self.cleaned_data[name] else None
            if grade != was.in_force:
                found[key] = replace(was, validated=grade, moderated=None, source=SOURCE)
        return {key: grade for key, grade in found.items() if grade.school or grade.in_force}

    def _plain_facts(self) -> dict[str, Fact]:
        found = dict(self.facts.facts)
        for key, (_, kind) in self._rows.facts.items():
            name = f"fact-{key}"
            if not self._given(name):
                continue
            value = self.cleaned_data[name]
            value = value if kind == "date" else _PRESENT.get(value)
            if value is None:
                found.pop(key, None)
            elif key not in found or found[key].value != value:
                found[key] = Fact(value, SOURCE)
        for key in self._rows.confirmable:
            confirmed = key in self.cleaned_data.get("confirmed", ())
            if confirmed != _confirmed(self.facts, key):
                found.pop(f"confirmed.{key}", None)
                found |= {f"confirmed.{key}": Fact(True, SOURCE)} if confirmed else {}
        return found

    # For the page

    @property
    def school(self) -> tuple[BoundField, ...]:
        return tuple(self[name] for name in _ATTRIBUTES)

    @property
    def inspections(self) -> tuple[Block, ...]:
        return self._inspections.shown(self)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return self._figures.shown(self)

    @property
    def headings(self) -> tuple[str, ...]:
        return self._figures.columns

    @property
    def groups(self) -> tuple[Group, ...]:
        found = (
            self._group("Circumstances", "circumstance", self._rows.circumstances, self._asked.circumstances),
            self._group("Self-evaluation, as validated", "grade", self._rows.profile, self._asked.profile),
            self._group("Other facts", "fact", self._rows.facts, self._asked.facts),
        )
        return tuple(group for group in found if group.fields or group.rest)

    def _group(self, title: str, prefix: str, keys: Mapping[str, Any], asked: Mapping[str, None]) -> Group:
        first = [key for key in keys if key in asked]
        return Group(
            title,
            tuple(self[f"{prefix}-{key}"] for key in first),
            tuple(self[f"{prefix}-{key}"] for key in keys if key not in asked),
        )


_ATTRIBUTES = ("phase", "low_age", "high_age")


@dataclass(frozen=True)
class _Rows:
    """What the documents together can ask about, by key; the later document's words."""

    indicators: dict[str, Any]
    circumstances: dict[str, str]
    profile: dict[str, tuple[str, int]]
    facts: dict[str, tuple[str, str]]
    confirmable: dict[str, str]

    @classmethod
    def of(cls, documents: Sequence[Framework]) -> "_Rows":
        rows = cls({}, {}, {}, {}, {})
        for document in documents:
            rows.indicators.update({item.key: item for item in document.indicators})
            rows.circumstances.update({item.key: item.title for item in document.circumstances})
            rows.profile.update({item.key: (item.title, len(document.levels)) for item in document.areas})
            rows.profile.update({item.key: (item.title, 4) for item in document.aspects})
            rows.facts.update({item.key: (item.title, item.type) for item in document.facts})
            rows.confirmable.update({r.key: r.title for r in document.rules if r.role == "describes"})
        return rows


def _confirmed(facts: SchoolFacts, key: str) -> bool:
    fact = facts.facts.get(f"confirmed.{key}")
    return fact is not None and fact.value is True
