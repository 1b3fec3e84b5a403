"""Which school followed which. A link is recorded once, whichever side a file tells it from."""

from collections.abc import Sequence

from django.db.models import F, OuterRef, Subquery

from schools.choices import LinkKind, SchoolStatus
from schools.importing.plans import Plan
from schools.importing.reading import Row
from schools.importing.records import LinkFacts
from schools.importing.storing.base import PENDING, Claims, Scope, Store, drained
from schools.importing.tally import Tally
from schools.models import School, SchoolLink

_GENERIC = frozenset({LinkKind.SUCCESSOR, LinkKind.OTHER})
_FOLLOWED = frozenset({LinkKind.SUCCESSOR, LinkKind.SUCCESSOR_AMALGAMATED, LinkKind.SUCCESSOR_MERGED})


class LinkWriter:
    """Compares links with those recorded; a vaguer kind or a missing date never replaces a known one."""

    def __init__(self, scope: Scope, claims: Claims) -> None:
        self._scope = scope
        self._claims = claims
        self._told: set[tuple[int, int]] = set()  # by this file: it tells most links from both sides

    def store(self, links: Sequence[LinkFacts], tally: Tally, *, write: bool) -> None:
        wanted: dict[tuple[int, int], LinkFacts] = {}
        for link in links:
            pair = (link.predecessor, link.successor)
            if not self._concerns(link):
                tally.elsewhere += 1
            elif pair in self._claims.links:
                tally.doubled += 1
            elif pair not in self._told:
                self._told.add(pair)
                wanted[pair] = link
        recorded = {
            (row.predecessor_urn, row.successor_urn): row
            for row in SchoolLink.objects.filter(predecessor_urn__in={pair[0] for pair in wanted})
        }
        new: list[SchoolLink] = []
        for pair, link in wanted.items():
            old = recorded.get(pair)
            if old is None:
                tally.added += 1
                new.append(self._row(link))
                continue
            kind = old.kind if link.kind in _GENERIC and old.kind not in _GENERIC else link.kind
            on = link.established_on or old.established_on
            if (kind, on) == (old.kind, old.established_on):
                tally.unchanged += 1
                continue
            tally.changed += 1
            if write:
                old.kind, old.established_on = kind, on
                old.save(update_fields=["kind", "established_on"])
        if write:
            SchoolLink.objects.bulk_create(new, ignore_conflicts=True)

    def skip(self, links: Sequence[LinkFacts]) -> None:
        self._told |= {(link.predecessor, link.successor) for link in links if self._concerns(link)}

    def finish(self) -> None:
        self._claims.links |= self._told

    def _concerns(self, link: LinkFacts) -> bool:
        return link.predecessor in self._scope.schools or link.successor in self._scope.schools

    def _row(self, link: LinkFacts) -> SchoolLink:
        return SchoolLink(
            predecessor_urn=link.predecessor,
            successor_urn=link.successor,
            predecessor_id=self._scope.schools.get(link.predecessor, PENDING) or None,
            successor_id=self._scope.schools.get(link.successor, PENDING) or None,
            kind=link.kind,
            established_on=link.established_on,
        )


def join_links() -> None:
    """Point links at schools that came into the register after them: two statements."""
    for side in ("predecessor", "successor"):
        number = f"{side}_urn"
        SchoolLink.objects.filter(
            **{f"{side}__isnull": True, f"{number}__in": School.objects.values("urn")}
        ).update(**{f"{side}_id": Subquery(School.objects.filter(urn=OuterRef(number)).values("pk")[:1])})


class LinkStore(Store):
    def __init__(self, plan: Plan, scope: Scope, claims: Claims) -> None:
        super().__init__(plan, scope, claims)
        self._parser = plan.links()
        self._writer = LinkWriter(scope, claims)

    def take(self, rows: Sequence[Row], *, write: bool) -> None:
        links: list[LinkFacts] = []
        for row in rows:
            self.tally.rows += 1
            link = self._parser.parse(row)
            self.refuse(drained(self._parser.problems))
            if link is not None:
                links.append(link)
        self._writer.store(links, self.tally, write=write)

    def skip(self, rows: Sequence[Row]) -> None:
        self._writer.skip([link for row in rows if (link := self._parser.parse(row)) is not None])
        self._parser.problems.clear()

    def finish(self, *, write: bool) -> None:
        """Count schools recorded as open by an older register file than the link that says another followed them."""
        self._writer.finish()
        if not write:
            return
        ids = [pk for pk in self.scope.authorities.values() if pk is not None]
        self.tally.followed = (
            School.objects.filter(
                authority_id__in=ids,
                status=SchoolStatus.OPEN,
                successor_links__kind__in=_FOLLOWED,
                register_source__as_at__lt=F("successor_links__established_on"),
            )
            .distinct()
            .count()
        )
