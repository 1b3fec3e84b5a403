import datetime as dt

import pytest

from jobs import registry as registry_module
from jobs.registry import registry

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now

    def forward(self, **amount):
        self.now += dt.timedelta(**amount)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def own_registry(monkeypatch):
    """What a test registers is forgotten after it; what the rooms registered is out of its way."""
    monkeypatch.setattr(registry, "kinds", {})
    monkeypatch.setattr(registry, "listeners", {})
    monkeypatch.setattr(registry, "periodic", {})
    return registry_module


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run what waits for the commit: `with committed(): …`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
