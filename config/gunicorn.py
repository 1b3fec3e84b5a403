"""How gunicorn serves the product, embedded and grown. WEB_CONCURRENCY sets the number of processes."""

import os
from pathlib import Path
from typing import Any

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"  # a slow reader holds a thread, not a process
threads = 4
timeout = 60
graceful_timeout = 8  # under what bin/serve and the containers wait before they kill
max_requests = 5000  # a fresh process now and then, so that no leak grows for ever
max_requests_jitter = 500
loglevel = "warning"
control_socket_disable = True  # it would be a file outside DATA_DIR


def on_starting(server: Any) -> None:
    """Settings that are for this machine only are served on this machine only, however gunicorn was started.

    Whoever asks chooses the name in the Host header, so it keeps nobody out.
    """
    from django.core.exceptions import ImproperlyConfigured

    from config import environment

    hosts = {address[0] for address in server.cfg.address if isinstance(address, tuple)}  # others are sockets
    opened = sorted(hosts - {"127.0.0.1", "::1", "localhost"})
    if opened and environment.read(Path(__file__).resolve().parent.parent).embedded:
        raise ImproperlyConfigured(
            f"{opened[0]} is open to other machines, and the settings are for this one only: "
            "set ALLOWED_HOSTS and what docs/settings.md says goes with it."
        )
