"""What a recommendation keeps of its day, and the same answer from that alone, for ever (idea 4).

Kept are the facts as the authority's staff may know them, the national thresholds the document names, and the trace.
A later import, a corrected threshold or a new version of the framework changes nothing of it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from categorisation.engine import STATE_NAMES, TRACE_FORMAT, Outcome, SchoolFacts, rule_states
from categorisation.facts_file import read_facts, write_facts
from categorisation.frameworks_in_force import ThresholdRows, compiled, compiled_with, national_thresholds
from categorisation.models import Decision, FrameworkVersion, Recommendation
from categorisation.schema import DocumentError, dump_yaml, load_data
from categorisation.school_facts import AUTHORITY_AUDIENCES


@dataclass(frozen=True, slots=True)
class Kept:
    """Plain JSON for the row, and the outcome it gives."""

    facts: dict[str, Any]
    thresholds: dict[str, Any]
    trace: dict[str, Any]
    outcome: Outcome


def keep(version: FrameworkVersion, facts: SchoolFacts) -> Kept:
    """What to keep of these facts. What only the register may know is in none of it. One query."""
    framework = compiled(version)
    known = framework.evaluate(facts, AUTHORITY_AUDIENCES).facts
    named = {threshold.key for threshold in framework.document.thresholds}
    plain = json.loads(write_facts(known))
    thresholds: dict[str, Any] = {}
    for key, *row in national_thresholds():
        if key in named:
            thresholds.setdefault(key, []).append(row)
    outcome = evaluate(version, plain, thresholds)
    return Kept(plain, thresholds, json.loads(outcome.to_json()), outcome)


def evaluate(version: FrameworkVersion, facts: Mapping[str, Any], thresholds: Mapping[str, Any]) -> Outcome:
    """The outcome of kept facts and thresholds. Raises FactsFileError where they cannot be read.

    Names are put in order first: a database may give them back in another one, which must not change the trace.
    """
    rows: ThresholdRows = tuple(
        (key, value, first, last) for key in sorted(thresholds) for value, first, last in thresholds[key]
    )
    known = read_facts(json.dumps(facts, sort_keys=True))
    return compiled_with(version, rows).evaluate(known, AUTHORITY_AUDIENCES)


def outcome_of(recommendation: Recommendation) -> Outcome:
    """What the framework answered when the recommendation was made."""
    return evaluate(recommendation.version, recommendation.facts, recommendation.thresholds)


def differences(decision: Decision) -> Iterator[str]:
    """Where a decision is not what its own rows give, in words. Fetch version and recommendation with it.

    A level carried over from other records has nothing to be worked out from.
    """
    version, recommendation = decision.version, decision.recommendation
    if _hash(json.dumps(version.document, sort_keys=True)) != version.sha256:
        yield f"The document of {version} is not the one that was published."
        return
    levels = {level["rank"]: level["key"] for level in version.document["levels"]}
    if levels.get(decision.rank) != decision.level:
        yield f"Its level “{decision.level}” is not the policy’s level {decision.rank}."
    if recommendation is None:
        return
    if recommendation.version_id != decision.version_id:
        yield "It was recommended by another version of the policy."
    if recommendation.moderated_rank != decision.rank:
        yield f"Decided {decision.rank}, moderated {recommendation.moderated_rank}."
    try:
        outcome = outcome_of(recommendation)
    except (TypeError, ValueError, ArithmeticError, KeyError) as error:
        yield f"What it keeps cannot be read: {error}"
        return
    for name, kept, found in (
        ("Suggested", recommendation.suggested, outcome.on_record),
        ("Lowest of the range", recommendation.suggested_low, outcome.low),
        ("Highest of the range", recommendation.suggested_high, outcome.high),
        ("Floor of moderation", recommendation.locked_floor, outcome.locked_floor),
    ):
        if kept != found:
            yield f"{name}: kept {_said(kept)}, worked out {_said(found)}."
    yield from _in_the_trace(recommendation.trace, outcome)


_DECIDED = ("on_record", "low", "high", "locked_floor", "base")


def _in_the_trace(kept: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    """The whole trace is held against today's where both are written alike; else what was decided, and each rule."""
    if kept.get("format") == TRACE_FORMAT:
        if kept != json.loads(outcome.to_json()):
            yield "The trace kept is not the one worked out."
        return
    try:
        states = rule_states(kept)
    except (TypeError, ValueError, KeyError) as error:
        yield f"The trace kept cannot be read: {error}."
        return
    for name in _DECIDED:
        was, found = kept.get(name), getattr(outcome, name)
        if was != found:
            yield f"“{name}” in the trace: kept {_said(was)}, worked out {_said(found)}."
    today = {item.compiled.rule.key: item.state for item in outcome.trace}
    for key in sorted(states.keys() | today.keys()):
        if states.get(key) != today.get(key):
            yield f"Rule “{key}”: kept {_state(states.get(key))}, worked out {_state(today.get(key))}."


def _state(state: int | None) -> str:
    return "none" if state is None else STATE_NAMES[state].replace("_", " ")


def _said(rank: int | None) -> str:
    return "none" if rank is None else str(rank)


@lru_cache(maxsize=32)
def _hash(document: str) -> str:
    """The hash of a document's canonical form, empty where it is none. Writing it takes a second or so."""
    try:
        read = load_data(json.loads(document))
    except DocumentError:
        return ""
    return hashlib.sha256(dump_yaml(read)).hexdigest()
