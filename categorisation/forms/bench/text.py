"""Facts as a text: how they travel from one try to the next, and a second way to give them."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError

from categorisation.engine import CompiledFramework, SchoolFacts
from categorisation.facts_file import FactsFileError, read_facts
from ui.forms import Form

LONGEST = 300_000  # letters; everything held about one school is a tenth of it
_MOST_FAULTS = 20


class TextForm(Form):
    """Facts as JSON. `facts` cleans to SchoolFacts."""

    facts = forms.CharField(
        label="The facts as text",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false", "class": "app-code"}),
        help_text="In the form in which the command line reads and writes the facts of a school",
    )

    def __init__(self, *args: object, frameworks: Iterable[CompiledFramework], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.frameworks = tuple(frameworks)

    def clean_facts(self) -> SchoolFacts:
        try:
            facts = read_facts(self.cleaned_data["facts"])
        except FactsFileError as error:
            raise ValidationError(_few(error.faults)) from None
        faults = mistyped(facts, self.frameworks)
        if faults:
            raise ValidationError(_few(faults))
        return facts


def mistyped(facts: SchoolFacts, frameworks: Iterable[CompiledFramework]) -> list[str]:
    """Faults of plain facts given as something else than a framework says they are."""
    types = {item.key: item.type for framework in frameworks for item in framework.document.facts}
    return [
        f"facts.{key}.value: must be {'true or false' if types[key] == 'yes_no' else 'a date as 2026-11-21'}"
        for key, fact in facts.facts.items()
        if key in types
        and fact.value is not None
        and isinstance(fact.value, bool) != (types[key] == "yes_no")
    ]


def _few(faults: list[str]) -> list[str]:
    """As many faults as people mend at a time."""
    more = len(faults) - _MOST_FAULTS
    return [*faults[:_MOST_FAULTS], *([f"And {more} more."] if more > 0 else [])]
