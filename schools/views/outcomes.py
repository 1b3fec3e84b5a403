"""What a form is filled with, and what a person is told after saving."""

from django.contrib import messages
from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with: an empty post too is one, and is refused in words."""
    return request.POST if request.method == "POST" else None


def say(request: HttpRequest, changed: object, done: str) -> None:
    """Success in words, or that nothing changed: a page that says "saved" when nothing was is not believed again."""
    if changed:
        messages.success(request, done)
    else:
        messages.info(request, "Nothing changed: that is how it was recorded already.")
