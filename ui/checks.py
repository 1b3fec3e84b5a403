from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

_BUILT = ("app.css", "app.js", "htmx.min.js", "icon.svg")


@checks.register()
def assets_are_built(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Pages work without style sheet and scripts, but nobody would want to."""
    build = Path(settings.BASE_DIR) / "static" / "build"
    missing = [name for name in _BUILT if not (build / name).is_file()]
    if not missing:
        return []
    return [
        checks.Warning(
            f"The style sheet and scripts are not built: static/build has no {', '.join(missing)}.",
            hint="Run bin/assets",
            id="ui.W001",
        )
    ]
