"""Which establishments became which: a conversion, merger or split closes one URN and opens another."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from schools.choices import LinkKind


@dataclass(frozen=True, slots=True)
class Link:
    """`predecessor` was followed by `successor` (URNs)."""

    predecessor: int
    successor: int
    kind: str = LinkKind.SUCCESSOR


@dataclass(frozen=True, slots=True)
class Lineage:
    """One school's line. Generations hold URNs in order of number; the nearest generation comes first.

    `results` are the generations whose results are this school's past: a school split off another did not have the
    whole school's results.
    """

    urn: int
    predecessors: tuple[tuple[int, ...], ...] = ()
    successors: tuple[tuple[int, ...], ...] = ()
    results: tuple[tuple[int, ...], ...] = ()

    @property
    def urns(self) -> tuple[int, ...]:
        """Oldest predecessor first, then the school, then its successors; each once, though links run in a circle."""
        before = [urn for generation in reversed(self.predecessors) for urn in generation]
        after = [urn for generation in self.successors for urn in generation if urn not in before]
        return (*before, self.urn, *after)


def lineages(urns: Iterable[int], links: Iterable[Link]) -> dict[int, Lineage]:
    """The line of each URN. Links that run in a circle (the register has some) are followed once."""
    before: defaultdict[int, set[int]] = defaultdict(set)
    after: defaultdict[int, set[int]] = defaultdict(set)
    whole: defaultdict[int, set[int]] = defaultdict(set)
    for link in links:
        before[link.successor].add(link.predecessor)
        after[link.predecessor].add(link.successor)
        if link.kind != LinkKind.SUCCESSOR_SPLIT:
            whole[link.successor].add(link.predecessor)
    return {
        urn: Lineage(urn, _generations(urn, before), _generations(urn, after), _generations(urn, whole))
        for urn in urns
    }


def _generations(urn: int, following: dict[int, set[int]]) -> tuple[tuple[int, ...], ...]:
    seen = {urn}
    generations: list[tuple[int, ...]] = []
    current = {urn}
    while current:
        current = {other for one in current for other in following.get(one, ())} - seen
        seen |= current
        if current:
            generations.append(tuple(sorted(current)))
    return tuple(generations)
