"""Which facts two documents ask about a school of a phase and age range, whatever their values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from categorisation.engine import CompiledFramework, SchoolFacts, academic_year
from categorisation.engine.states import Seen

YEARS = 3  # shown of each figure, where the rules do not ask for others


@dataclass(frozen=True, slots=True)
class Asked:
    """Keys of what is asked, in the order in which rules ask. `figures`: the years by indicator and learner group."""

    figures: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    circumstances: dict[str, None] = field(default_factory=dict)
    profile: dict[str, None] = field(default_factory=dict)
    facts: dict[str, None] = field(default_factory=dict)


def asked(frameworks: Iterable[CompiledFramework], facts: SchoolFacts) -> Asked:
    """What the frameworks ask of a school like this one.

    They are asked twice, the second time of a school of which nothing is known: only then does no answer spare
    them another question.
    """
    found = Asked()
    last = academic_year(facts.on) - 1
    usual = range(last, last - YEARS, -1)
    years: dict[tuple[str, str], set[int]] = {}
    blank = SchoolFacts(on=facts.on, attributes=facts.attributes)
    for framework in frameworks:
        for school in (replace(facts, inspections=None), blank):
            for seen in _seen(framework, school):
                if seen.kind == "indicator":
                    for group in seen.group.split(" to "):
                        key = (seen.name, group)
                        years.setdefault(key, set(usual)).update(() if seen.year is None else (seen.year,))
                elif seen.kind == "circumstance":
                    found.circumstances[seen.name] = None
                elif seen.kind == "aspect":
                    found.profile[seen.name] = None
                elif seen.kind == "fact":
                    found.facts[seen.name] = None
    for key, named in years.items():
        held = {year for year, _ in facts.series.get(key, ())}
        found.figures[key] = sorted(named | held, reverse=True)
    return found


def _seen(framework: CompiledFramework, facts: SchoolFacts) -> Iterator[Seen]:
    outcome = framework.evaluate(facts)
    for item in outcome.trace:
        yield from item.seen
    for view in framework.area_views(outcome.run):
        yield from view.seen
