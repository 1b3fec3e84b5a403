"""What a person is told after saving."""

from django.contrib import messages
from django.http import HttpRequest


def say(request: HttpRequest, changed: object, done: str) -> None:
    """Success in words, or that nothing changed: a page that says "saved" when nothing was is not believed again."""
    if changed:
        messages.success(request, done)
    else:
        messages.info(request, "Nothing changed: that is how it was recorded already.")
