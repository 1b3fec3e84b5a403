"""What every page's frame needs: the authority, the person's navigation."""

from typing import Any

from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, Any]:
    return {}
