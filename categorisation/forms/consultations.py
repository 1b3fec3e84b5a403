"""What people type when they ask about a policy, comment on it, or answer."""

from collections.abc import Iterable
from typing import Any

from django import forms

from schools.models import School
from ui.forms import DateField, Form

_MOST = 5_000  # letters of a comment


class ConsultationForm(Form):
    """What is asked, and between which days."""

    introduction = forms.CharField(
        label="What you propose and why",
        help_text="Heads and chairs read this first. Below it they see each change in words.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=_MOST,
    )
    opens_on = DateField(label="First day", hint="Schools are told by e-mail on this day")
    closes_on = DateField(label="Last day")


class CommentForm(Form):
    """A comment, of one clause or of the whole; for one of the person's own schools where they have several."""

    school = forms.ChoiceField(
        label="For which school do you speak?", widget=forms.RadioSelect, required=False
    )
    place = forms.ChoiceField(label="What is your comment about?", required=False)
    text = forms.CharField(
        label="Your comment",
        help_text="Those who draft the policy read it, with your name, and answer you.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=_MOST,
        error_messages={"required": "Enter your comment"},
    )
    form_key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, schools: list[School], places: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schools = {str(school.urn): school for school in schools}
        if len(schools) > 1:
            self.fields["school"].choices = [  # type: ignore[attr-defined]
                *((urn, school.name) for urn, school in self._schools.items()),
                ("", "None: I speak for myself"),
            ]
        else:
            del self.fields["school"]
        self.fields["place"].choices = [("", "The whole policy"), *((place, place) for place in places)]  # type: ignore[attr-defined]

    @property
    def speaks_for(self) -> School | None:
        """The school chosen, or the only one the person has."""
        if "school" in self.fields:
            return self._schools.get(self.cleaned_data["school"])
        return next(iter(self._schools.values()), None)


class ReplyForm(Form):
    text = forms.CharField(
        label="Your answer",
        help_text="Whoever made the comment reads it.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=_MOST,
        error_messages={"required": "Enter your answer"},
    )


class OutcomeForm(Form):
    outcome = forms.CharField(
        label="What came of it",
        help_text="Everyone who was asked reads this: what was changed in the light of what was said, and what was not.",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=_MOST,
        error_messages={"required": "Enter what came of the consultation"},
    )
