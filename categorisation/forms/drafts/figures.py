"""Conditions about figures: one result figure, or a measure across subjects, held against something in some years."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from categorisation.drafting.places import Data
from categorisation.engine.statements import TESTS, TRENDS
from categorisation.engine.wording import GROUPS, lower_first, upper_first
from categorisation.forms.drafts.conditions import ConditionForm, items, kept, read_back
from categorisation.forms.drafts.fields import NumberField, SeveralField, select
from categorisation.schema import Framework
from categorisation.schema.conditions import TREND_TESTS, YEAR_TESTS

_TESTS = [
    ("A single year", [(key, f"was {words}") for key, words in TESTS.items()]),
    ("Several years together", list(TRENDS.items())),
]
_YEARS = [
    ("", "in the latest published year"),
    ("each_of_last", "in each of the last years"),
    ("any_of_last", "in at least one of the last years"),
    ("over_last", "over the last years"),
]
_GROUPS = [(key, upper_first(words or "all pupils")) for key, words in GROUPS.items()]
MARGIN = ("shift", "shift_by", "by")  # how far from what it is held against
_SHIFTS = [("", "That figure itself"), ("plus", "That figure plus"), ("minus", "That figure less")]


class TestedForm(ConditionForm):
    """Kinds that hold figures against something in some years."""

    centre = False

    def add_test(self, given: Data, suffix: str = "", *, required: bool = True) -> None:
        document, than, years = self.document, given.get("than"), given.get("years", {})
        reference = than if isinstance(than, dict) else {}
        numbers = items(item for item in document.parameters if item.type != "choice")
        window, count = next(iter(years.items()), ("", ""))
        shift = next((key for key in ("plus", "minus") if key in reference), "")
        tests: list[Any] = [
            *_TESTS,
            *([("Its floor", [("below_floor", "was below its floor")])] if self.centre else []),
        ]
        if not required:
            tests = [("", "No second test"), *tests]
        add = {
            "test": forms.ChoiceField(
                label="What it did", choices=tests, initial=given.get("test", ""), required=required
            ),
            "against": forms.ChoiceField(
                label="Held against",
                help_text="For a single year.",
                choices=_references(document, centre=self.centre),
                widget=forms.RadioSelect,
                required=False,
                initial=_against(than),
            ),
            "value": NumberField(label="Number", required=False, initial=reference.get("value")),
            "parameter": forms.ChoiceField(
                label="A number of this policy",
                choices=select(numbers),
                required=False,
                initial=reference.get("parameter"),
            ),
            "threshold": forms.ChoiceField(
                label="Threshold",
                choices=[
                    (item.key, f"{item.title} ({item.key.replace('_', ' ')})") for item in document.thresholds
                ],
                required=False,
                initial=reference.get("threshold"),
            ),
            "shift": forms.ChoiceField(label="To be precise", choices=_SHIFTS, required=False, initial=shift),
            "shift_by": forms.ChoiceField(
                label="How much more or less",
                choices=select(numbers, empty="Nothing"),
                required=False,
                initial=reference.get(shift),
            ),
            "window": forms.ChoiceField(
                label="Which years", choices=_YEARS, required=False, initial="" if not years else window
            ),
            "count": forms.ChoiceField(
                label="How many years",
                choices=select([(str(n), str(n)) for n in range(1, 11)] + numbers, empty="One"),
                required=False,
                initial=str(count),
            ),
            "by": forms.ChoiceField(
                label="A change counts if it is more than",
                help_text="For several years together. “As usual” is what the figure itself says.",
                choices=select(numbers, empty="As usual"),
                required=False,
                initial=given.get("by", ""),
            ),
        }
        self.fields.update({f"{name}{suffix}": field for name, field in add.items()})
        self.reveals = {
            **self.reveals,
            (f"against{suffix}", "value"): [f"value{suffix}"],
            (f"against{suffix}", "parameter"): [f"parameter{suffix}"],
            (f"against{suffix}", "threshold"): [f"threshold{suffix}"],
        }

    def test(self, cleaned: Data, suffix: str) -> Data:
        """The test of one set of fields; faults are added at them."""
        given = {name: cleaned.get(f"{name}{suffix}") for name in (
            "test", "against", "value", "parameter", "threshold", "shift", "shift_by", "window", "count", "by",
        )}  # fmt: skip
        found: Data = {"test": given["test"]}
        if given["test"] in YEAR_TESTS:
            than = self._than(given, suffix)
            if than is not None:
                found["than"] = than
        if given["test"] in TREND_TESTS and given["by"]:
            found["by"] = given["by"]
        window, count = given["window"], str(given["count"] or "")
        trend = given["test"] in TREND_TESTS
        if trend and (window != "over_last" or count in ("", "1")):
            self.add_error(f"window{suffix}", "Choose “over the last years”, and two or more of them")
        elif window == "over_last" and not trend:
            self.add_error(
                f"window{suffix}", "“Over the last years” goes with several years together, such as “fell”"
            )
        elif window:
            found["years"] = {window: int(count or 1) if (count or "1").isdigit() else count}
        return found

    def _than(self, given: Mapping[str, Any], suffix: str) -> Data | str | None:
        against = given["against"]
        if not against:
            self.add_error(f"against{suffix}", "Select what it is held against")
            return None
        if against == "centre":
            return "centre"
        if against in ("national", "similar"):
            than: Data = {"comparator": against}
        else:
            value = given[against]
            if value in (None, ""):
                self.add_error(f"{against}{suffix}", "Enter what it is held against")
                return None
            than = {against: value}
        if given["shift"]:
            if not given["shift_by"]:
                self.add_error(f"shift_by{suffix}", "Select how much more or less")
            than[given["shift"]] = given["shift_by"]
        return than


def _references(document: Framework, *, centre: bool) -> list[tuple[str, str]]:
    found = [("national", "The national figure of the year"), ("similar", "The figure for similar schools")]
    found += [("value", "A number"), ("parameter", "A number of this policy, by its name")]
    found += [("threshold", "A threshold")] if document.thresholds else []
    return found + ([("centre", "The middle of its scale")] if centre else [])


def _against(than: Any) -> str:
    if not isinstance(than, dict):
        return than or ""
    if "comparator" in than:
        return str(than["comparator"])
    return next((key for key in ("value", "parameter", "threshold") if key in than), "")


class IndicatorForm(TestedForm):
    kind, name = "indicator", "A result figure"
    folded = {"Certain pupils, or a gap": ("group", "gap_to"), "A margin": MARGIN}

    @classmethod
    def offered(cls, document: Framework) -> bool:
        return bool(document.indicators)

    def add_fields(self, given: Data) -> None:
        self.fields["indicator"] = forms.ChoiceField(
            label="Figure", choices=items(self.document.indicators), initial=given.get("indicator")
        )
        self.fields["group"] = forms.ChoiceField(
            label="Of", choices=_GROUPS, initial=given.get("group", "all")
        )
        self.fields["gap_to"] = _gap(given)
        self.add_test(given)

    def built(self, cleaned: Data) -> Data:
        found = {"indicator": cleaned["indicator"], "group": cleaned["group"], **self.test(cleaned, "")}
        if cleaned["gap_to"]:
            found["gap_to"] = cleaned["gap_to"]
        return found


def _gap(given: Data) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="As a gap to",
        help_text="What this group has more than the pupils above.",
        choices=select(_GROUPS, empty="No gap: the figure itself"),
        required=False,
        initial=given.get("gap_to", ""),
    )


class MeasureForm(TestedForm):
    kind, name = "measure", "A measure across subjects"
    centre = True
    folded = {
        "Certain pupils, or a gap": ("groups", "gap_to"),
        "A margin": MARGIN,
        "A second test of the same subjects": tuple(
            f"{name}_2"
            for name in ("test", "against", "window", "count", *MARGIN, "value", "parameter", "threshold")
        ),
    }

    @classmethod
    def offered(cls, document: Framework) -> bool:
        return bool(document.measures)

    def add_fields(self, given: Data) -> None:
        self.fields["measure"] = forms.ChoiceField(
            label="Measure", choices=items(self.document.measures), initial=given.get("measure")
        )
        self.fields["strands"] = forms.IntegerField(
            label="In at least how many subjects",
            min_value=1,
            max_value=20,
            initial=given.get("strands", 1),
        )
        groups = SeveralField(label="Of", choices=_GROUPS, initial=given.get("groups", ["all"]))
        self.fields["groups"] = groups
        self.params = {"groups": {"classes": "govuk-checkboxes--small app-checkboxes--columns"}}
        self.fields["gap_to"] = _gap(given)
        tests = given.get("tests", [{}])
        self.add_test(tests[0])
        self.add_test(tests[1] if len(tests) > 1 else {}, "_2", required=False)
        for name in list(self.fields):
            if name.endswith("_2"):
                self.fields[name].label = f"And also: {str(self.fields[name].label).lower()}"
        self.add_otherwise(given)

    def add_otherwise(self, given: Data) -> None:
        """What is asked where the measure cannot be had is kept or dropped, not written here."""
        document = self.document
        self.otherwise = given.get("otherwise")
        if self.is_bound:
            self.otherwise = kept(document, self.data.get(self.add_prefix("otherwise"), ""))
        if self.otherwise:
            text = lower_first(read_back(document, self.otherwise))
            self.fields["otherwise"] = forms.CharField(
                widget=forms.HiddenInput, initial=json.dumps(self.otherwise)
            )
            self.fields["ask_otherwise"] = forms.BooleanField(
                label=f"Where it is not produced nationally, ask instead whether {text}",
                required=False,
                initial=True,
            )

    def built(self, cleaned: Data) -> Data:
        tests = [self.test(cleaned, "")]
        if cleaned["test_2"]:
            tests.append(self.test(cleaned, "_2"))
        found: Data = {
            "measure": cleaned["measure"],
            "strands": cleaned["strands"],
            "groups": cleaned["groups"],
            "tests": tests,
        }
        if cleaned["gap_to"]:
            found["gap_to"] = cleaned["gap_to"]
        if cleaned.get("ask_otherwise"):
            found["otherwise"] = self.otherwise
        return found
