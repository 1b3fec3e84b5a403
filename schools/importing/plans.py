"""From sources to files ready to be read: what each is, its year, the order to take them in, or why it is refused.

Order matters: the register first (the newest file first, so that an older one only fills in what it alone has), then
links, then data: a final file before a provisional one, and that before a third party's; then the fuller of two. Within one import the first file to say something is
believed; so the same files give the same result however often they are imported.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from schools.importing import layouts, reading, reference, years
from schools.importing.groups import Groups
from schools.importing.inspections import Inspections
from schools.importing.layouts import Header, Layout, Unrecognised
from schools.importing.links import Links
from schools.importing.measures import Measures
from schools.importing.reading import Row, Source, Table, Unreadable
from schools.importing.register import Register, as_at_in_name
from schools.rules import academic_years
from schools.rules.standing import Standing, provisional, standing

Progress = Callable[[str], None]
Key = tuple[str, str]  # indicator and group


@dataclass(slots=True)
class Plan:
    """One table of one file. `refusal` is empty when it can be read."""

    name: str
    sheet: str
    sha256: str
    size: int
    source: Source | None = None
    table: Table | None = None
    layout: Layout | None = None
    header: Header | None = None
    header_row: int = 0
    year: int | None = None
    as_at: dt.date | None = None
    refusal: str = ""
    left: bool = False  # a kind that is known and not imported: no fault of the file
    keys: frozenset[Key] = field(default_factory=frozenset)
    # Keys that another file of this import has too, for the same year
    shared_keys: frozenset[Key] = field(default_factory=frozenset)
    row_id: int | None = None  # of the ImportFile, once there is one

    @property
    def handler(self) -> str:
        return self.layout.handler if self.layout else ""

    @property
    def kind(self) -> str:
        """The layout's key. A file whose name says it is provisional is of a kind apart, where its header is the final one's."""
        if self.layout is None or not self.handler:
            return ""
        named = self.handler == "measures" and "provisional" in self.name.rsplit("/", 1)[-1].casefold()
        return provisional(self.layout.key) if named else self.layout.key

    @property
    def standing(self) -> Standing:
        return standing(self.kind)

    @property
    def values_year(self) -> int | None:
        """The year the file's values are of: its own, unless the layout says it tells of an earlier one."""
        back: int = self.layout.detail.get("years_back", 0) if self.layout else 0
        return None if self.year is None else self.year - back

    @property
    def title(self) -> str:
        """“KS2 results 2017-18”, or the file's name while it is not known what it is."""
        if self.layout is None:
            return self.name
        note = " (provisional)" if self.kind not in ("", self.layout.key) else ""
        year = f" {academic_years.label(self.year)}" if self.year is not None else ""
        return f"{self.layout.name}{note}{year}"

    def rows(self) -> Iterator[Row]:
        """The rows below the header that hold anything."""
        assert self.table is not None
        for row in self.table.rows():
            if row.number > self.header_row and any(row.cells):
                yield row

    def measures(self) -> Measures:
        layout, header = self._bound()
        assert self.values_year is not None
        return Measures(layout, header, self.values_year, reference.not_produced)

    def register(self) -> Register:
        return Register(*self._bound(), self.year)

    def links(self) -> Links:
        return Links(*self._bound())

    def groups(self) -> Groups:
        return Groups(*self._bound())

    def inspections(self) -> Inspections:
        return Inspections(*self._bound())

    def _bound(self) -> tuple[Layout, Header]:
        assert self.layout is not None
        assert self.header is not None
        return self.layout, self.header


def prepare(
    sources: Iterable[Source], given_year: int | None = None, progress: Progress = lambda message: None
) -> list[Plan]:
    """Recognise every table of every source. Never raises for what is in a file: that is a refusal."""
    plans: list[Plan] = []
    for source in sources:
        progress(source.name)
        plans += _plans_of(source, given_year)
    _refuse_doubles(plans)
    plans.sort(key=_order)
    _share(plans)
    return plans


def _plans_of(source: Source, given_year: int | None) -> list[Plan]:
    try:
        digest = source.sha256()
        found = reading.tables(source)
    except Unreadable as error:
        return [Plan(source.name, "", "", source.size, source=source, refusal=str(error))]
    plans = [
        Plan(source.name, table.sheet[:80], digest, source.size, source=source, table=table)
        for table in found
    ]
    for plan in plans:
        try:
            _recognise(plan, given_year)
        except (Unreadable, Unrecognised, years.BadYear) as error:
            plan.refusal = str(error)
    if len(plans) > 1 and any(not plan.refusal for plan in plans):
        # Notes and cover sheets of a workbook that has a sheet we know
        plans = [plan for plan in plans if plan.layout is not None]
    return plans


def _recognise(plan: Plan, given_year: int | None) -> None:
    assert plan.table is not None
    first: Sequence[str] = ()
    rows = plan.table.rows()
    for row in rows:
        if row.number > layouts.HEADER_WITHIN:
            break
        first = first or (row.cells if any(cell.strip() for cell in row.cells) else ())
        match = layouts.recognise(row.cells)
        if match:
            plan.layout, plan.header = match
            plan.header_row = row.number
            break
    else:
        match = None
    if plan.layout is None or plan.header is None:
        raise layouts.unrecognised(first)
    if not plan.layout.handler:
        plan.left = True
        raise Unrecognised(f"This file holds {plan.layout.name}: not imported. {plan.layout.advice}")
    plan.year = years.in_name(plan.name)
    if plan.year is None and plan.layout.needs_year:
        stated = plan.header.position(plan.layout.detail.get("year_ends_in", ()))
        plan.year = given_year if stated is None else years.stated(plan.rows(), stated)
    if plan.layout.needs_year and plan.year is None:
        raise Unrecognised(
            f"{plan.layout.name}, but of which academic year? Nothing in the file’s name says. Put it in the name, as in "
            "2017-2018_results.csv, or give it with the file (on the command line: --year 2017-18)."
        )
    if not plan.layout.needs_year:
        plan.year = None
    _check(plan)


def _check(plan: Plan) -> None:
    """Read the whole file once, so that a damaged one is refused before anything of it is used."""
    assert plan.layout is not None
    if plan.handler == "measures":
        plan.keys = plan.measures().keys
    elif plan.handler == "schools":
        plan.register()
    elif plan.handler == "links":
        plan.links()
    elif plan.handler == "groups":
        plan.groups()
    else:
        plan.inspections()
    latest: dt.date | None = None
    reader = plan.register() if plan.handler == "schools" else None
    several = False
    for row in plan.rows():
        several = True
        if reader is not None and reader.has_changes:
            changed = reader.latest_change(row)
            latest = max(filter(None, (latest, changed)), default=None)
    if not several:
        raise Unrecognised(f"{plan.layout.name}: the file has a header and no rows below it.")
    if plan.handler == "schools":
        if plan.year is not None:
            plan.as_at = academic_years.bounds(plan.year)[1]
        else:
            # Without a date in the name, the file is no older than the last change it knows of
            plan.as_at = as_at_in_name(plan.name) or latest
        if plan.as_at is None:
            raise Unrecognised(
                f"{plan.layout.name}, but of which day? Put the day in the file’s name, as in edubasealldata20261121.csv."
            )
    elif plan.handler in ("links", "groups"):
        plan.as_at = as_at_in_name(plan.name)


def _refuse_doubles(plans: list[Plan]) -> None:
    seen: dict[tuple[str, str, int | None], str] = {}
    for plan in plans:
        if plan.refusal:
            continue
        key = (plan.sha256, plan.sheet, plan.year)
        if key in seen:
            plan.refusal = f"The same content as {seen[key]}: left out."
            plan.left = True
        else:
            seen[key] = plan.name


def _order(plan: Plan) -> tuple[int, int, int, int, int, str]:
    return (
        1 if plan.refusal else 0,
        plan.layout.order if plan.layout else 99,
        plan.standing,
        -(plan.as_at.toordinal() if plan.as_at else 0),
        -(len(plan.header.cells) if plan.header else 0),
        plan.name,
    )


def _share(plans: list[Plan]) -> None:
    readable = [plan for plan in plans if not plan.refusal and plan.keys]
    for plan in readable:
        others = [
            other.keys for other in readable if other is not plan and other.values_year == plan.values_year
        ]
        plan.shared_keys = plan.keys & frozenset().union(*others)
