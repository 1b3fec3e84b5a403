import ast
import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from jobs.registry import UnknownKind, digest, registry
from tests.jobs.conftest import NOW


def handler(work):
    return {}


def other_handler(work):
    return {}


def test_a_registered_kind_is_found_with_its_title_and_attempts(own_registry):
    own_registry.task("tests.work", title="Working hard", max_attempts=5)(handler)
    kind = own_registry.find("tests.work")
    assert (kind.run, kind.title, kind.max_attempts) == (handler, "Working hard", 5)


def test_an_unknown_kind_is_named_with_the_remedy(own_registry):
    with pytest.raises(UnknownKind, match=r'"tests\.nothing": register it with @task'):
        own_registry.find("tests.nothing")


def test_a_kind_registered_twice_names_both_places(own_registry):
    own_registry.task("tests.work")(handler)
    with pytest.raises(ValueError, match=r"twice: tests\.jobs\.test_registry\.handler, .*\.other_handler"):
        own_registry.task("tests.work")(other_handler)


def test_a_listener_without_a_key_tells_events_apart_by_their_payload(own_registry):
    own_registry.on("happened")(own_registry.task("tests.work")(handler))
    [listener] = registry.listeners["happened"]
    assert listener.kind == "tests.work"
    assert listener.key({"a": 1, "b": 2}) == listener.key({"b": 2, "a": 1}) == digest({"a": 1, "b": 2})
    assert listener.key({"a": 1}) != listener.key({"a": 2})


def test_a_listener_that_is_no_task_is_refused(own_registry):
    with pytest.raises(ValueError, match="put @on above @task"):
        own_registry.on("happened")(handler)


def test_a_schedule_registered_twice_names_both_places(own_registry):
    own_registry.every(name="tests.daily", days=1)(handler)
    with pytest.raises(ValueError, match=r'The schedule "tests\.daily" is registered twice'):
        own_registry.every(name="tests.daily", days=1)(other_handler)


@pytest.mark.parametrize(
    "when",
    [{"minutes": 5}, {"days": 1}, {"weekday": 0}, {"day_of_month": 1}, {"due": lambda now, last: True}],
)
def test_each_way_of_saying_when_is_taken(own_registry, when):
    own_registry.every(name="tests.schedule", **when)(handler)
    assert registry.periodic["tests.schedule"].due(NOW, None)


@pytest.mark.parametrize("when", [{}, {"days": 1, "minutes": 5}])
def test_a_schedule_is_due_in_one_way(own_registry, when):
    with pytest.raises(ValueError, match=r'Say when "tests\.schedule" is due, once'):
        own_registry.every(name="tests.schedule", at=dt.time(4), **when)


def _kinds_enqueued():
    """(file, kind) of each enqueue(kind="…") in the product."""
    for package in Path(settings.BASE_DIR).iterdir():
        if not (package / "__init__.py").exists() or package.name == "tests":
            continue
        for file in package.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "attr", getattr(node.func, "id", "")) == "enqueue"
                ):
                    for keyword in node.keywords:
                        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant):
                            yield str(file.relative_to(settings.BASE_DIR)), keyword.value.value


def test_every_kind_that_is_enqueued_by_name_is_registered():
    enqueued = list(_kinds_enqueued())
    assert ("jobs/periodic.py", "jobs.prune") in enqueued
    assert [(file, kind) for file, kind in enqueued if kind not in registry.kinds] == []
