"""A form for one part of a document, made from the schema: its labels, hints and limits are the schema's own."""

import types
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from categorisation.drafting import changing, places, wording
from categorisation.drafting.places import Data
from categorisation.engine.wording import MONTHS, upper_first
from categorisation.forms.drafts.fields import (
    HalfDaysField,
    LinesField,
    NumberField,
    SeveralField,
    TextField,
    WholeChoiceField,
    YearsField,
    select,
)
from categorisation.schema import Fault, Framework
from categorisation.schema.document import BandRule, Cell, DatedValue, Identity, Parameter, Rule, Source
from categorisation.schema.parts import Cited
from categorisation.schema.support import EntitlementLine, Level
from ui.forms import Form

LAST = ("paragraph", "inferred", "note")  # of every cited part
_LONG = {"headline", "text", "note", "help", "descriptor", "meaning", "if_so"}
_NAMED_BY = ("title", "name", "what", "term", "text")

# What nobody types: identifiers that other things refer to, and what follows from the rest of the document
_FIXED: dict[type[BaseModel], set[str]] = {
    Identity: {"slug", "authority_code", "effective_from"},
    Level: {"rank"},
    Cell: {"level"},
    EntitlementLine: {"unit"},
    BandRule: {"framework"},
}
_FIXED_EVERYWHERE = {"key", "requirements", "assessed_by", "choices"}


class PartForm(Form):
    """The fields of one part; nested lists and conditions are edited in their own places and kept as they are."""

    def __init__(self, data: Any = None, *, document: Framework, place: str, part: Data | None) -> None:
        super().__init__(data)
        self.document, self.place = document, place
        self.model, is_list = places.shape_of(place)
        self.is_new = part is None
        self.list_place = place if is_list else places.parent_of(place)[0]
        self.original: Data = part or {}
        for name in _field_names(self.model):
            field = self._field(name, self.model.model_fields[name])
            if field is not None:
                self.fields[name] = field
        if self.is_new and self.model is Level:
            self._first_of_a_level()
        if self.model is Rule:  # left empty by early signs only, so not optional to most rules
            self.params = {"floor": {"label": {"text": wording.label(Rule, "floor")}}}
        self._word_errors()

    def _field(self, name: str, info: FieldInfo) -> forms.Field | None:
        if name in _FIXED_EVERYWHERE or name in _FIXED.get(self.model, ()):
            return None
        if not self.is_new and self.model is Parameter and name in ("type", "unit"):
            return None
        kinds = _kinds(info.annotation)
        label = wording.label(self.model, name)
        options: dict[str, Any] = {
            "label": label,
            "help_text": wording.hint(self.model, name),
            "required": info.is_required(),
            "initial": self.original.get(name, _default(info)),
        }
        made = self._named(name, kinds, options)
        return made if made is not None else _typed(name, kinds, info, options)

    def _named(self, name: str, kinds: tuple[Any, ...], options: dict[str, Any]) -> forms.Field | None:
        """Fields that name other things of the document."""
        document = self.document
        if self.model is Parameter and name in ("default", "chosen"):
            return self._value(options)
        if self.model is EntitlementLine and name in ("minimum", "maximum", "planned"):
            return HalfDaysField(in_days=document.words.day_unit == "days", **options)
        if name in ("floor", "criterion_of") and self.model is Rule:
            empty = "Nothing: it only informs" if name == "floor" else "None"
            return WholeChoiceField(choices=select(level_choices(document), empty=empty), **options)
        if name == "levels" and kinds == (int,):
            return SeveralField(choices=level_choices(document), numbers=True, **options)
        listed = self._listed(name)
        if listed is None:
            return None
        if name in ("areas", "rows"):
            return SeveralField(choices=listed, **options)
        return forms.ChoiceField(choices=select(listed, empty="None"), **options)

    def _listed(self, name: str) -> list[tuple[str, str]] | None:
        document = self.document
        if name == "exclusive_with":
            own = self.original.get("key")
            lines = places.find(changing.plain(document), self.list_place)
            return [(line["key"], line["what"]) for line in lines if line["key"] != own]
        if name in ("flat", "inspection_due", "inspection_due_if_below"):
            return [(item.key, item.title) for item in document.parameters if item.type != "choice"]
        if name == "report_card_below":
            return [(item.key, item.title) for item in document.parameters if item.type == "choice"]
        if name == "indicator":
            return [(item.key, item.title) for item in document.indicators]
        if name == "floor":
            return [
                (item.key, f"{item.title} ({item.key.replace('_', ' ')})") for item in document.thresholds
            ]
        areas = [(item.key, item.title) for item in document.areas]
        if name == "rows":
            return areas + [(item.key, item.title) for item in document.aspects]
        return areas if name == "areas" else None

    def _value(self, options: dict[str, Any]) -> forms.Field:
        """A value of a named number, which may be a choice."""
        if self.original.get("type") != "choice":
            return NumberField(**options)
        offered = [(item, upper_first(item.replace("_", " "))) for item in self.original["choices"]]
        empty = None if options["required"] else "The default"
        return forms.ChoiceField(choices=select(offered, empty=empty), **options)

    def _first_of_a_level(self) -> None:
        """A level has at least one feature, one amount of time and one kind of support from the start."""
        one_a_line = "One on each line."
        self.fields["features"] = LinesField(label="Features of such a school", help_text=one_a_line)
        self.fields["support"] = LinesField(label="What the authority provides", help_text=one_a_line)
        self.fields["time_for"] = TextField(label="What its time is for")
        self.fields["time"] = HalfDaysField(
            in_days=self.document.words.day_unit == "days", label="How much time, exactly"
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("inferred") and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Say why it is read so, or untick that it is your reading")
        if self.model is EntitlementLine:
            self._check_time(cleaned)
        if self.model is Rule:
            self._check_rule(cleaned)
        if self.model in (DatedValue, Source):
            first, last = cleaned.get("from_year"), cleaned.get("to_year")
            if first is not None and last is not None and last < first:
                self.add_error("to_year", "The last year cannot be before the first")
        return cleaned

    def _check_time(self, cleaned: dict[str, Any]) -> None:
        needed = {"exactly": "planned", "at_least": "minimum", "up_to": "maximum"}
        name = needed.get(cleaned.get("quantifier", ""), "")
        if name and cleaned.get(name) is None and name not in self.errors:
            self.add_error(name, "Enter the time that the school may count on")
        amounts = [cleaned.get(key) for key in ("minimum", "planned", "maximum")]
        given = [one for one in amounts if one is not None]
        if given != sorted(given):
            self.add_error(
                "planned", "The least cannot be more than what is planned, nor that more than the most"
            )

    def _check_rule(self, cleaned: dict[str, Any]) -> None:
        flag = cleaned.get("role") == "flag"
        if flag and cleaned.get("floor") is not None:
            self.add_error(
                "floor", "An early sign leads to nothing. Choose “Nothing”, or change what it does"
            )
        if cleaned.get("role") and not flag and cleaned.get("floor") is None and "floor" not in self.errors:
            self.add_error("floor", f"Select the {self.document.words.level} it leads to")
        if cleaned.get("locked") and cleaned.get("role") not in ("gate", "raises"):
            self.add_error("locked", "Only a rule that decides by itself can be automatic")

    def part(self) -> Data:
        """What was typed, as a part of a document; what the form does not show stays as it was."""
        part = dict(self.original)
        cleaned = dict(self.cleaned_data)
        if self.is_new:
            part |= self._beginning(cleaned)
        for name, value in cleaned.items():
            info = self.model.model_fields[name]
            empty = value is None or value is False or value in ("", [])
            if empty and not info.is_required():
                part.pop(name, None)
            else:
                part[name] = value
        return part

    def _beginning(self, cleaned: Data) -> Data:
        """What a new part has besides what was typed."""
        start: Data = {}
        if "key" in self.model.model_fields:
            name = next(name for name in _NAMED_BY if name in cleaned)
            start["key"] = changing.new_key(changing.plain(self.document), self.list_place, cleaned[name])
        if self.list_place == "areas":
            start |= {"cells": [], "assessed_by": "profile"}
        if self.model is Level:
            cited = {"paragraph": cleaned["paragraph"]}
            for name in ("features", "support"):
                start[name] = [{**cited, "text": line} for line in cleaned.pop(name)]
            what, time = cleaned.pop("time_for"), cleaned.pop("time")
            line = {**cited, "key": "time", "what": what, "planned": time, "quantifier": "exactly"}
            start |= {"rank": len(self.document.levels) + 1, "entitlement": [line]}
        return start

    def refuse(self, faults: list[Fault], place: str) -> None:
        """Show faults at their fields, and those without one above them all."""
        for fault in faults:
            inside = fault.place.removeprefix(place).lstrip(".") if fault.place.startswith(place) else ""
            name = inside.split(".")[0]
            self.add_error(name if name in self.fields else None, upper_first(fault.message))


def level_choices(document: Framework) -> list[tuple[str, str]]:
    """Every level by its rank: ("3", "Category 3: At risk")."""
    word = upper_first(document.words.level)
    return [(str(level.rank), f"{word} {level.rank}: {level.name}") for level in document.levels]


def _field_names(model: type[BaseModel]) -> list[str]:
    """In the order of the schema, where it is said and why at the end."""
    names = [name for name in model.model_fields if name not in LAST]
    return [*names, *LAST] if issubclass(model, Cited) else names


def _typed(name: str, kinds: tuple[Any, ...], info: FieldInfo, options: dict[str, Any]) -> forms.Field | None:
    """The field for a value of this type; None for parts and conditions, which have their own places."""
    kind = kinds[0]
    months = [(str(number), month) for number, month in enumerate(MONTHS, 1)]
    if name == "starts_month":
        return WholeChoiceField(choices=months, **options)
    if get_origin(_bare(info.annotation)) is tuple:
        if name.endswith("months"):
            return SeveralField(choices=months, numbers=True, **options)
        if kind is int:
            return YearsField(**options)
        if kind is str:
            options["help_text"] = f"{options['help_text']} One on each line.".strip()
            return LinesField(exactly=_exactly(info.annotation), **options)
        return None
    if get_origin(kind) is Literal:
        return _choice(name, get_args(kind), options)
    if kind is bool:
        return forms.BooleanField(**{**options, "required": False})
    if kind is int:
        low, high = _limits(info)
        return forms.IntegerField(min_value=low, max_value=high, **options)
    if kind is str:
        return TextField(long=name in _LONG, **options)
    return NumberField(**options) if kind is Decimal else None


def _choice(name: str, values: tuple[Any, ...], options: dict[str, Any]) -> forms.Field:
    offered = [(str(value), upper_first(wording.choice(name, str(value)))) for value in values]
    if options["initial"] is None and options["required"]:
        return forms.ChoiceField(choices=offered, widget=forms.RadioSelect, **options)
    if not options["required"] and options["initial"] is None:
        return forms.ChoiceField(choices=select(offered, empty="None"), **options)
    return forms.ChoiceField(choices=offered, widget=forms.RadioSelect, **{**options, "required": True})


def _bare(annotation: Any) -> Any:
    """The annotation without its limits and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        kept = [item for item in get_args(annotation) if item is not type(None)]
        return _bare(kept[0]) if len(kept) == 1 else annotation
    return annotation


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """The kinds of value a field holds, those of a list by its items."""
    bare = _bare(annotation)
    origin = get_origin(bare)
    if origin is tuple:
        return tuple(dict.fromkeys(_bare(item) for item in get_args(bare) if item is not Ellipsis))
    if origin in (Union, types.UnionType):
        return tuple(_bare(item) for item in get_args(bare))
    return (bare,)


def _exactly(annotation: Any) -> int | None:
    items = get_args(_bare(annotation))
    return None if Ellipsis in items else len(items)


def _limits(info: FieldInfo) -> tuple[int | None, int | None]:
    low = next((item.ge for item in info.metadata if hasattr(item, "ge")), None)
    high = next((item.le for item in info.metadata if hasattr(item, "le")), None)
    return low, high


def _default(info: FieldInfo) -> Any:
    """The default of a field as JSON keeps it."""
    if info.is_required() or info.default is None:
        return None
    return list(info.default) if isinstance(info.default, tuple) else info.default
