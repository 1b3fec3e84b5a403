"""What actions tell the rooms above."""

import pytest


@pytest.fixture
def emitted(monkeypatch):
    """Events in order, as (name, payload); no job is made for them."""
    events = []

    def emit(event, payload, *, by, now):
        events.append((event, payload))

    for module in ("inspections", "circumstances"):
        monkeypatch.setattr(f"schools.actions.{module}.emit", emit)
    return events
