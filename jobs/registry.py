"""What unattended work exists: rooms register handlers in their `tasks.py` and schedules in their `periodic.py`.

    @on("inspection_recorded", key=lambda payload: f"school:{payload['school_id']}")
    @task("interventions.reconcile_register", title="Bringing the register up to date")
    def reconcile_register(work: Work) -> dict[str, Any]: ...

    @every(days=1, at=time(3, 0), name="schools.expire_returns")
    def expire_returns(now: datetime) -> None: ...   # enqueues jobs; does no work itself

Both modules of every room are imported at start (`jobs.apps`). A kind or a name used twice raises ValueError
there, so no process starts with it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from jobs import rules
from jobs.work import LostClaim, Stopped, Work, WorkFailed

__all__ = ["LostClaim", "Stopped", "UnknownKind", "Work", "WorkFailed", "every", "find", "on", "task"]

Payload = Mapping[str, Any]
Handler = Callable[[Work], dict[str, Any] | None]
HandlerT = TypeVar("HandlerT", bound=Handler)
Schedule = Callable[[dt.datetime], None]
ScheduleT = TypeVar("ScheduleT", bound=Schedule)


class UnknownKind(LookupError):
    """No room registered this kind of work."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of work is done. `title` is for people, in the words of a progress panel's heading."""

    name: str
    run: Handler
    title: str
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Listener:
    kind: str
    key: Callable[[Payload], str]


@dataclass(frozen=True, slots=True)
class Periodic:
    name: str
    run: Schedule
    due: rules.Due


class Registry:
    """What is registered. The process has one, `registry`; tests make their own."""

    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = {}
        self.listeners: dict[str, list[Listener]] = {}
        self.periodic: dict[str, Periodic] = {}

    def find(self, kind: str) -> Kind:
        """Raises UnknownKind, naming the kind and the remedy."""
        try:
            return self.kinds[kind]
        except KeyError:
            raise UnknownKind(
                f'No room does work of the kind "{kind}": register it with @task in the tasks.py of its room.'
            ) from None

    def task(
        self, kind: str, *, title: str = "Working", max_attempts: int = 3
    ) -> Callable[[HandlerT], HandlerT]:
        def register(handler: HandlerT) -> HandlerT:
            if kind in self.kinds:
                raise ValueError(
                    f'The kind "{kind}" is registered twice: {_where(self.kinds[kind].run)}, {_where(handler)}.'
                )
            self.kinds[kind] = Kind(kind, handler, title, max_attempts)
            return handler

        return register

    def on(
        self, event: str, *, key: Callable[[Payload], str] | None = None
    ) -> Callable[[HandlerT], HandlerT]:
        def register(handler: HandlerT) -> HandlerT:
            kinds = [kind.name for kind in self.kinds.values() if kind.run is handler]
            if not kinds:
                raise ValueError(
                    f'{_where(handler)} listens to "{event}": put @on above @task, not below it.'
                )
            self.listeners.setdefault(event, []).append(Listener(kinds[0], key or digest))
            return handler

        return register

    def every(self, *, name: str, due: rules.Due) -> Callable[[ScheduleT], ScheduleT]:
        def register(schedule: ScheduleT) -> ScheduleT:
            if name in self.periodic:
                raise ValueError(
                    f'The schedule "{name}" is registered twice: {_where(self.periodic[name].run)}, {_where(schedule)}.'
                )
            self.periodic[name] = Periodic(name, schedule, due)
            return schedule

        return register


registry = Registry()


def find(kind: str) -> Kind:
    """How this kind of work is done. Raises UnknownKind."""
    return registry.find(kind)


def task(kind: str, *, title: str = "Working", max_attempts: int = 3) -> Callable[[HandlerT], HandlerT]:
    """Register the handler of a kind of work, named `room.verb_noun`.

    The handler must be idempotent (it may run again after a worker's death), writes only inside
    `with work.writing():`, and returns a JSON object for the job's result, or None. It raises WorkFailed
    with words for people; any other exception is logged and tried again, up to `max_attempts` in all.
    """
    return registry.task(kind, title=title, max_attempts=max_attempts)


def on(event: str, *, key: Callable[[Payload], str] | None = None) -> Callable[[HandlerT], HandlerT]:
    """Run a registered task (decorate above @task) for each event of this name.

    Events with the same key are one job while it waits, and one more run when it is already running, so
    the handler must read the facts rather than trust a payload, save for what the key is made of. Without
    `key`, only events with an equal payload are one.
    """
    return registry.on(event, key=key)


def every(
    *,
    name: str,
    minutes: int | None = None,
    days: int | None = None,
    weekday: int | None = None,
    day_of_month: int | None = None,
    due: rules.Due | None = None,
    at: dt.time = dt.time(3, 0),
) -> Callable[[ScheduleT], ScheduleT]:
    """Call a schedule, `f(now)`, each so many minutes or days, on a weekday (Monday is 0) or day of each month.

    `at` is local time (Europe/London) and does not matter to `minutes`. `due(now, last)` decides anything
    else, such as the first day of a term. It runs once however many slots went by while the machine was off, and
    at once when it never ran. It only enqueues jobs: it shares its transaction with the record that it ran.
    """
    choices: list[rules.Due] = []
    if minutes is not None:
        choices.append(rules.every_minutes(minutes))
    if days is not None:
        choices.append(rules.every_days(days, at))
    if weekday is not None:
        choices.append(rules.weekly(weekday, at))
    if day_of_month is not None:
        choices.append(rules.monthly(day_of_month, at))
    if due is not None:
        choices.append(due)
    if len(choices) != 1:
        raise ValueError(
            f'Say when "{name}" is due, once: by minutes, days, weekday, day_of_month or a callable.'
        )
    return registry.every(name=name, due=choices[0])


def digest(payload: Payload) -> str:
    """A key that is the same for equal payloads only."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()


def _where(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', function)}"
