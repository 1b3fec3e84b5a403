"""What people type about a school's level. What cannot stand is for the action to say (rules.recommending)."""

import datetime as dt
import secrets
from typing import Any, cast

from django import forms

from categorisation.choices import DisagreementOutcome, Occasion, RoundStatus
from categorisation.models import Round
from categorisation.rules.recommending import Faulty
from categorisation.schema import Framework
from schools.rules.dates import in_words
from ui.forms import DateField, Form

_LONGEST = 5000
_YES_NO = [("yes", "Yes"), ("no", "No")]
_OCCASIONS = {
    None: [Occasion.IN_YEAR],
    RoundStatus.OPEN: [Occasion.ANNUAL, Occasion.IN_YEAR],
    RoundStatus.PROVISIONAL: [Occasion.AUTUMN, Occasion.ANNUAL, Occasion.IN_YEAR],
}


def new_form_key() -> str:
    """Names one form on one screen, so that sending it twice makes one recommendation."""
    return secrets.token_urlsafe(16)


def add_faults(form: Form, error: Faulty) -> None:
    """Put each fault at the answer it is about."""
    for fault in error.faults:
        form.add_error(fault.field if fault.field in form.fields else None, fault.message)


def _text(label: str, hint: str = "", *, required: bool = False, **messages: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea,
        max_length=_LONGEST,
        required=required,
        error_messages=messages,
    )


def _ranks(document: Framework) -> list[tuple[int, str]]:
    return [(level.rank, f"{level.rank}: {level.name}") for level in _in_order(document)]


def _in_order(document: Framework) -> list[Any]:
    return sorted(document.levels, key=lambda level: level.rank)


class RecommendForm(Form):
    """A level recommended. `said()` is what the action takes, once valid."""

    rank = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)
    reason = _text(
        "Why?",
        "Owed where the policy suggests another, and for a change during the year. The school reads this.",
    )
    head = forms.ChoiceField(
        label="Was the headteacher consulted?",
        choices=_YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether the headteacher was consulted"},
    )
    head_consulted_on = DateField(label="When was the headteacher consulted?", required=False)
    head_not_consulted = _text("Why was the headteacher not consulted?")
    governors = forms.ChoiceField(
        label="Were the governors consulted?",
        choices=_YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether the governors were consulted"},
    )
    governors_consulted_on = DateField(label="When were the governors consulted?", required=False)
    governors_not_consulted = _text("Why were the governors not consulted?")
    to_next_level = _text(
        "What does it take for the school to need less support?",
        "Where it is to get less than now: what that took, and how it was met. The school reads this.",
    )
    occasion = forms.ChoiceField(
        label="For which occasion?",
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Select an occasion that is open now"},
    )
    starts_on = DateField(label="From which day?", required=False)
    form_key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    reveals = {
        ("head", "yes"): ["head_consulted_on"],
        ("head", "no"): ["head_not_consulted"],
        ("governors", "yes"): ["governors_consulted_on"],
        ("governors", "no"): ["governors_not_consulted"],
    }
    params = {
        "reason": {"rows": 4},
        "head_not_consulted": {"rows": 2},
        "governors_not_consulted": {"rows": 2},
        "to_next_level": {"rows": 3},
    }
    mark_optional = False

    def __init__(
        self, *args: Any, document: Framework, of_round: Round | None, today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.of_round = of_round
        rank, occasion, starts_on = (self.fields[name] for name in ("rank", "occasion", "starts_on"))
        rank.label = f"Which {document.words.level} do you recommend?"
        rank.error_messages["required"] = f"Select the {document.words.level} you recommend"
        cast(forms.ChoiceField, rank).choices = _ranks(document)
        self.item_hints = {"rank": {str(level.rank): level.headline for level in _in_order(document)}}
        occasions = _OCCASIONS[RoundStatus(of_round.status) if of_round else None]
        cast(forms.ChoiceField, occasion).choices = [(one.value, one.label) for one in occasions]
        occasion.initial = occasions[0].value
        # A page from before its round was over still asks for that: then the person chooses again
        if len(occasions) == 1 and self.data.get("occasion", occasion.initial) == occasion.initial:
            occasion.widget = forms.HiddenInput()
        starts_on.initial = today
        if of_round:
            starts_on.help_text = f"In the annual round every {document.words.level} starts on {in_words(of_round.starts_on)}, whatever stands here."

    def clean(self) -> None:
        given = self.cleaned_data
        if given.get("occasion") != Occasion.ANNUAL and given.get("starts_on", "") is None:
            self.add_error("starts_on", "Enter the day it starts")

    def said(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        for who in ("head", "governors"):
            consulted = given.pop(who) == "yes"
            given[f"{who}_consulted_on"] = given[f"{who}_consulted_on"] if consulted else None
            given[f"{who}_not_consulted"] = "" if consulted else given[f"{who}_not_consulted"]
        given["occasion"] = Occasion(given["occasion"])
        given["round"] = self.of_round if given["occasion"] != Occasion.IN_YEAR else None
        if given["occasion"] == Occasion.ANNUAL and self.of_round:
            given["starts_on"] = self.of_round.starts_on
        given["form_key"] = given["form_key"] or None
        return given


class ModerateForm(Form):
    """The moderated level, with a reason where it is another than the one recommended."""

    rank = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)
    reason = _text("Why?", "Owed where it is another than the one recommended. The authority reads this.")
    share_reason = forms.BooleanField(label="The school reads this reason too", required=False)
    params = {"reason": {"rows": 3}}
    mark_optional = False

    def __init__(self, *args: Any, document: Framework, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["rank"])
        field.label = f"Which {document.words.level}?"
        field.error_messages["required"] = f"Select the {document.words.level}"
        field.choices = _ranks(document)


class WhyForm(Form):
    """A reason. `label` asks the question."""

    reason = _text("", required=True)
    params = {"reason": {"rows": 3}}

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = "Say why"


class DisagreeForm(Form):
    text = _text(
        "What do you disagree with, and why?",
        "Name the facts that are wrong or missing, and where they can be read.",
        required=True,
    )
    params = {"text": {"rows": 8}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].error_messages["required"] = "Say what you disagree with and why"


class AnswerForm(Form):
    outcome = forms.ChoiceField(
        label="What comes of it?",
        choices=DisagreementOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what comes of it"},
    )
    answer = _text("Your answer", "The school reads this.", required=True)
    params = {"answer": {"rows": 8}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].error_messages["required"] = "Write the answer"
