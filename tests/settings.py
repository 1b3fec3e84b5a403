"""The product's settings, as tests need them.

Files apart: everything under DATA_DIR (database, uploads, e-mail, cache, broker) is one test process's own, so
that parallel processes never meet; with Redis each process has a database number of its own. Static files are
found where they lie, without the manifest that only a start makes. zeal fails a request with N+1 queries.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_NUMBER = int(_WORKER.removeprefix("gw")) if _WORKER.startswith("gw") else 0

# A process started by a test comes here too, with the variables as its parent left them.
if os.environ.get("TEST_PROCESS") != _WORKER:
    os.environ["TEST_PROCESS"] = _WORKER
    _DEFAULT = Path(__file__).resolve().parent.parent / "var" / "test"
    _BASE = os.environ.setdefault("TEST_DATA_DIR", os.environ.get("DATA_DIR", str(_DEFAULT)))
    os.environ["DATA_DIR"] = str(Path(_BASE) / _WORKER)
    if _REDIS := os.environ.get("REDIS_URL"):
        _FIRST = int(urlsplit(_REDIS).path.strip("/") or 0)
        os.environ["REDIS_URL"] = urlsplit(_REDIS)._replace(path=f"/{_FIRST + _NUMBER}").geturl()

from config.settings import *  # noqa: E402, F403
from config.settings import INSTALLED_APPS, MIDDLEWARE, STATIC_ROOT, STORAGES  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
