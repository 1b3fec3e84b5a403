"""Says at start-up, not at the first release, that PDFs cannot be made on this machine."""

import ctypes
from typing import Any

from django.core import checks

from reports.rendering import PACKAGES

_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")


@checks.register()
def can_make_pdfs(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A warning naming the packages; the rest of the product works without them."""
    for library in _LIBRARIES:
        try:
            ctypes.CDLL(library)
        except OSError:
            return [
                checks.Warning(
                    f"PDFs cannot be made: {library} is missing.", hint=PACKAGES, id="reports.W001"
                )
            ]
    return []
