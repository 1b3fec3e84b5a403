"""The catalogue of circumstances, and what is known of one at a school on a day.

A circumstance that is open is known to be so. Only a return of "nothing to report" makes its absence known, until the
return goes stale; silence never does (idea 2 of the design).
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from schools.choices import Audience

_CATALOGUE = Path(__file__).resolve().parent.parent / "reference" / "circumstances.yaml"


@dataclass(frozen=True, slots=True)
class CircumstanceKind:
    """One kind: its key, its line on a page, what a nil return answers, its usual audience, how long a return lasts."""

    key: str
    title: str
    question: str
    audience: Audience
    stale_after_days: int


@cache
def catalogue() -> Mapping[str, CircumstanceKind]:
    """Every kind by key, in the catalogue's order. Read from the package's file once a process."""
    rows = YAML(typ="safe").load(_CATALOGUE.read_text(encoding="utf-8"))
    return {row["key"]: CircumstanceKind(**{**row, "audience": Audience(row["audience"])}) for row in rows}


def kind(key: str) -> CircumstanceKind:
    """The kind of a key. Raises ValueError, in words, when the catalogue has none."""
    try:
        return catalogue()[key]
    except KeyError:
        raise ValueError(f"“{key}” is not a kind of circumstance.") from None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one kind at one school: so (True), not so (False), or not known (None), and since when.

    `audience` is who may learn the answer; an absence is for those who may learn the presence.
    """

    kind: str
    holds: bool | None
    audience: Audience
    since: dt.date | None = None
    stale_on: dt.date | None = None  # of the return that makes the absence known, or made it known once
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A circumstance as recorded, open or ended."""

    kind: str
    start_on: dt.date
    end_on: dt.date | None
    audience: Audience
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A return of "nothing to report" for one kind."""

    kind: str
    returned_on: dt.date
    stale_on: dt.date


def known(on: dt.date, recorded: Iterable[Recorded], returned: Iterable[Returned]) -> Mapping[str, Known]:
    """Every kind of the catalogue as known on a day; kinds recorded that it no longer has are kept.

    A return made before a circumstance ended says nothing of the time after, so it does not count then.
    """
    open_on: dict[str, Recorded] = {}
    last_end: dict[str, dt.date] = {}
    for circumstance in recorded:
        if circumstance.start_on > on:
            continue
        if circumstance.end_on is None or circumstance.end_on >= on:
            open_on[circumstance.kind] = circumstance
        else:
            last_end[circumstance.kind] = max(
                circumstance.end_on, last_end.get(circumstance.kind, circumstance.end_on)
            )
    latest: dict[str, Returned] = {}
    for answer in returned:
        if answer.returned_on > on or answer.returned_on < last_end.get(answer.kind, answer.returned_on):
            continue
        if answer.kind not in latest or answer.returned_on > latest[answer.kind].returned_on:
            latest[answer.kind] = answer
    usual = {key: entry.audience for key, entry in catalogue().items()}
    keys = [*usual, *(key for key in (*open_on, *latest) if key not in usual)]
    return {
        key: _known(key, on, open_on.get(key), latest.get(key), usual.get(key, Audience.AUTHORITY))
        for key in keys
    }


def _known(
    key: str, on: dt.date, circumstance: Recorded | None, answer: Returned | None, audience: Audience
) -> Known:
    if circumstance is not None:
        return Known(
            key,
            True,
            circumstance.audience,
            since=circumstance.start_on,
            note=circumstance.note,
            source=circumstance.source,
        )
    if answer is None:
        return Known(key, None, audience)
    fresh = on < answer.stale_on
    return Known(key, False if fresh else None, audience, since=answer.returned_on, stale_on=answer.stale_on)
