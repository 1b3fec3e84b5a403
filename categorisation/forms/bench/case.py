"""A case to keep: a name, and the answer the framework must give."""

from collections.abc import Sequence
from typing import Any

from django import forms

from categorisation.engine import Outcome
from categorisation.schema import Framework
from ui.forms import Form


class CaseForm(Form):
    """What a made school is called and what must come out for it, filled from what does come out."""

    name = forms.CharField(
        label="Name of the case",
        max_length=200,
        help_text="A sentence that says what must hold: “A school below the floor twice has at least enhanced support”. "
        "Do not name a school",
    )
    paragraph = forms.CharField(label="Paragraph of the policy it comes from", max_length=100, required=False)
    on_record = forms.ChoiceField(label="On what is recorded")
    low = forms.ChoiceField(label="At the lowest")
    high = forms.ChoiceField(label="At the highest")
    locked = forms.ChoiceField(label="Moderation may not go below")

    def __init__(self, documents: Sequence[Framework], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {level.rank: level.name for document in documents for level in document.levels}
        ranks = [(str(rank), f"{rank}: {name}") for rank, name in sorted(names.items())]
        for field in ("low", "high"):
            self.fields[field].choices = ranks  # type: ignore[attr-defined]
        self.fields["on_record"].choices = [*ranks, ("none", "None: nothing places it")]  # type: ignore[attr-defined]
        self.fields["locked"].choices = [("none", "No minimum"), *ranks]  # type: ignore[attr-defined]

    @staticmethod
    def filled(outcome: Outcome) -> dict[str, str]:
        """Initial values: what does come out."""
        return {
            "on_record": str(outcome.on_record or "none"),
            "low": str(outcome.low),
            "high": str(outcome.high),
            "locked": str(outcome.locked_floor or "none"),
        }

    def clean(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        low, high, on_record = (_rank(given.get(name)) for name in ("low", "high", "on_record"))
        if low and high and low > high:
            self.add_error("high", "The highest cannot be below the lowest")
        elif low and on_record and on_record > low:
            self.add_error("on_record", "What is recorded is a minimum: it cannot be above the lowest")
        return given

    @property
    def expect(self) -> dict[str, int | None]:
        return {name: _rank(self.cleaned_data[name]) for name in ("on_record", "low", "high", "locked")}


def _rank(text: str | None) -> int | None:
    return int(text) if text and text != "none" else None
