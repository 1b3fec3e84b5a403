"""Where the web server may listen."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import gunicorn


def start(monkeypatch, embedded, *addresses):
    monkeypatch.setattr("config.environment.read", lambda base_dir: SimpleNamespace(embedded=embedded))
    gunicorn.on_starting(SimpleNamespace(cfg=SimpleNamespace(address=list(addresses))))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_settings_for_this_machine_are_not_served_to_others(monkeypatch, host):
    with pytest.raises(ImproperlyConfigured, match=f"{host} is open to other machines"):
        start(monkeypatch, True, ("127.0.0.1", 8000), (host, 8000))
    start(monkeypatch, False, (host, 8000))


def test_this_machine_and_its_sockets_are_served(monkeypatch):
    start(monkeypatch, True, ("127.0.0.1", 8000), ("::1", 8000), "/run/web.sock")
