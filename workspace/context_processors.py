"""What every page's frame needs: whose service this is, the person's navigation, the school's own navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workspace.presenters import chrome as frame


def chrome(request: HttpRequest) -> dict[str, Any]:
    """`chrome` is built when a template first uses it, once a request."""
    return {"chrome": SimpleLazyObject(lambda: frame.build(request))}
