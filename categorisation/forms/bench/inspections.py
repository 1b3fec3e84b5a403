"""Inspections in boxes. The day decides Ofsted's framework, and that which grades there are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from categorisation.engine import Inspection, SchoolFacts
from categorisation.engine.wording import long_date
from schools.choices import InspectionFramework, InspectionKind, MonitoringProgress
from schools.rules.ofsted import FRAMEWORKS, RI_SCALE, areas_for, framework_on
from ui.forms import DateField

KINDS = (("graded", "Graded"), ("ungraded", "Ungraded"), ("monitoring", "Monitoring visit"))
KNOWN = (
    ("given", "Inspected, as given below"),
    ("none", "Not yet inspected"),
    ("unknown", "Not known: Ofsted’s record has not been brought in"),
)
_CATEGORIES = (
    ("none", "None"),
    ("NTI_SW_RSI", "Notice to improve, serious weaknesses or significant improvement"),
    ("special_measures", "Special measures"),
)
_YES_NO = (("", "Not stated"), ("yes", "Effective or met"), ("no", "Not effective or not met"))
_BOOL = {"yes": True, "no": False, "": None}
_SHOWN = 6  # inspections; more stay in the text


@dataclass(frozen=True)
class Block:
    """One inspection's boxes, open where it is the one to give."""

    title: str
    fields: tuple[BoundField, ...]
    open: bool


class Inspections:
    """The boxes of a school's latest inspections, and of one more."""

    def __init__(self, facts: SchoolFacts) -> None:
        held = sorted(facts.inspections or (), key=lambda one: one.started_on, reverse=True)
        self._on = facts.on
        self._shown, self._rest = held[:_SHOWN], held[_SHOWN:]
        known = "unknown" if facts.inspections is None else "given" if held else "none"
        self.fields: dict[str, forms.Field] = {
            "inspected": forms.ChoiceField(
                label="Inspections", choices=KNOWN, initial=known, widget=forms.RadioSelect
            )
        }
        for number, one in enumerate([*self._shown, None]):
            self.fields |= _fields(f"inspection-{number}", one)

    def read(self, form: forms.Form) -> tuple[Inspection, ...] | None:
        known = form.cleaned_data.get("inspected")
        if known != "given":
            return None if known == "unknown" else ()
        found = [one for number in range(len(self._shown) + 1) if (one := self._read(form, number))]
        if not found and not form.errors:
            form.add_error(
                "inspected",
                "Give the first day of an inspection, or say that the school is not yet inspected",
            )
        return (*found, *self._rest)

    def _read(self, form: forms.Form, number: int) -> Inspection | None:
        name = f"inspection-{number}"
        was = self._shown[number] if number < len(self._shown) else None
        values = {key.removeprefix(f"{name}-"): form.cleaned_data.get(key) for key in self._names(number)}
        day = values["started_on"]
        if day is None:
            return None
        kept = was
        if kept is None or kept.started_on != day:
            try:
                framework = framework_on(day)
            except ValueError as error:
                form.add_error(f"{name}-started_on", str(error))
                return None
            kept = replace(
                was or Inspection("", day), framework=framework.code.value, started_on=day, published_on=None
            )
        if day > self._on:
            form.add_error(
                f"{name}-started_on", "An inspection counts once it has begun: give an earlier day"
            )
            return None
        judged = {
            key.removeprefix("area-"): grade for key, grade in values.items() if key.startswith("area-")
        }
        return replace(
            kept,
            kind=values["kind"] or kept.kind,
            overall=values["overall"] or None,
            category=values["category"] or "none",
            safeguarding=_BOOL[values["safeguarding"] or ""],
            progress=values["progress"] or None,
            judgements={key: grade for key, grade in {**kept.judgements, **judged}.items() if grade},
        )

    def _names(self, number: int) -> Iterator[str]:
        start = f"inspection-{number}-"
        return (name for name in self.fields if name.startswith(start))

    def shown(self, form: forms.Form) -> tuple[Block, ...]:
        blocks = []
        for number, one in enumerate([*self._shown, None]):
            title = _title(one) if one else "Another inspection" if self._shown else "An inspection"
            fields = tuple(form[name] for name in self._names(number))
            blocks.append(Block(title, fields, any(field.errors for field in fields)))
        return tuple(blocks)


def _title(one: Inspection) -> str:
    """ "Graded, 4 May 2017, overall 2"."""
    overall = f", overall {one.overall}" if one.overall else ""
    return f"{dict(KINDS).get(one.kind, one.kind)}, {long_date(one.started_on)}{overall}"


def _fields(name: str, one: Inspection | None) -> dict[str, forms.Field]:
    fields: dict[str, Any] = {
        "started_on": DateField(
            label="First day",
            required=False,
            initial=one and one.started_on,
            hint="Leave it empty to leave the inspection out" if one else "",
        ),
        "kind": forms.ChoiceField(
            label="Kind",
            choices=_with(KINDS, one.kind if one else None),
            initial=one.kind if one else "graded",
            required=False,
        ),
        "overall": forms.ChoiceField(
            label="Overall grade",
            choices=_with(
                [("", "None given"), *((key, grade.text) for key, grade in RI_SCALE.items())],
                one.overall if one else None,
            ),
            initial=(one.overall if one else None) or "",
            required=False,
            help_text="" if one else "3 was Satisfactory until August 2012",
        ),
        "category": forms.ChoiceField(
            label="Category of concern",
            choices=_CATEGORIES,
            initial=one.category if one else "none",
            required=False,
        ),
        "safeguarding": forms.ChoiceField(
            label="Safeguarding",
            choices=_YES_NO,
            initial={True: "yes", False: "no"}.get(one.safeguarding, "") if one else "",  # type: ignore[arg-type]  # None has no word
            required=False,
        ),
        "progress": forms.ChoiceField(
            label="Progress found by a monitoring visit",
            choices=_with([("", "None stated"), *MonitoringProgress.choices], one.progress if one else None),
            initial=(one.progress if one else None) or "",
            required=False,
        ),
    }
    if one is not None:
        framework = FRAMEWORKS[InspectionFramework(one.framework)]
        for area, label in areas_for(framework, InspectionKind.GRADED).items():
            fields[f"area-{area}"] = forms.ChoiceField(
                label=label,
                choices=_with(
                    [("", "Not judged"), *((key, grade.text) for key, grade in framework.scale.items())],
                    one.judgements.get(area),
                ),
                initial=one.judgements.get(area, ""),
                required=False,
            )
    return {f"{name}-{key}": field for key, field in fields.items()}


def _with(choices: Any, held: str | None) -> list[tuple[str, str]]:
    """The choices, and what the facts hold if it is none of them."""
    found = list(choices)
    return found if not held or held in dict(found) else [*found, (held, held)]
