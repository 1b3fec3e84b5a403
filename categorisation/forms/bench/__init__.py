"""What people type at the test bench: the facts of a school in plain boxes or as a text, and a case to keep."""

from categorisation.forms.bench.case import CaseForm
from categorisation.forms.bench.facts import FactsForm
from categorisation.forms.bench.text import TextForm, mistyped

__all__ = ["CaseForm", "FactsForm", "TextForm", "mistyped"]
