"""A draft as a policy to read: its sections, what changed since the published version, and what publishing asks."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from accounts.models import Authority
from categorisation.cases import cases_of, failures
from categorisation.choices import DraftStatus
from categorisation.drafting import changing, places, wording
from categorisation.drafting.changing import StillReferredTo
from categorisation.drafting.comparing import Difference, differences
from categorisation.drafting.places import Data
from categorisation.frameworks_in_force import compiled_document, version_for
from categorisation.models import FrameworkCase, FrameworkDraft, FrameworkVersion
from categorisation.presenters.cases import own_case
from categorisation.presenters.draft_clauses import Clause, Listing, Reader
from categorisation.schema import DocumentError, Fault, Framework, load_data


@dataclass(frozen=True)
class Block:
    """Clauses under a heading: some that stand alone, and lists that grow."""

    heading: str = ""
    clauses: tuple[Clause, ...] = ()
    listing: Listing | None = None


@dataclass(frozen=True)
class Section:
    """One page of the draft."""

    key: str
    title: str
    intro: str
    roots: tuple[str, ...]  # first steps of the places it shows
    build: Callable[[Reader], list[Block]]


@dataclass(frozen=True)
class Entry:
    """A section in the table of contents, with how many things in it differ from the published version."""

    key: str
    title: str
    changes: int


@dataclass(frozen=True)
class SectionPage:
    title: str
    intro: str
    blocks: tuple[Block, ...]
    previous: Entry | None
    next: Entry | None


@dataclass(frozen=True)
class Case:
    """A worked case and whether the draft still gives its answer."""

    name: str
    faults: tuple[str, ...]


def _singles(*names: str) -> Callable[[Reader], list[Block]]:
    return lambda reader: [Block(clauses=tuple(reader.part(name) for name in names))]


def _lists(**headings: str) -> Callable[[Reader], list[Block]]:
    return lambda reader: [
        Block(heading, listing=reader.listing(name, getattr(reader.document, name)))
        for name, heading in headings.items()
    ]


def _both(*builds: Callable[[Reader], list[Block]]) -> Callable[[Reader], list[Block]]:
    return lambda reader: [block for build in builds for block in build(reader)]


def _rules(reader: Reader) -> list[Block]:
    """By what they lead to, the gravest first; those that only inform last."""
    whole = reader.listing("rules", reader.document.rules)
    by_place = {clause.place: clause for clause in whole.clauses}
    word = reader.document.words.level
    found = []
    for floor in sorted({rule.floor or 0 for rule in reader.document.rules}, reverse=True):
        heading = f"What leads to {word} {floor}" if floor else "Early signs, which decide nothing"
        clauses = tuple(
            by_place[f"rules.{rule.key}"] for rule in reader.document.rules if (rule.floor or 0) == floor
        )
        found.append(Block(heading, clauses=clauses))
    return [*found, Block(listing=replace(whole, clauses=()))]


def _level(number: int) -> Callable[[Reader], list[Block]]:
    def build(reader: Reader) -> list[Block]:
        level = reader.document.levels[number]
        clause = reader.clause(f"levels.{level.key}", level)
        last = number == len(reader.document.levels) - 1
        return [Block(clauses=(replace(clause, is_item=last),))]

    return build


def sections(document: Framework) -> tuple[Section, ...]:
    """The pages of a draft in their order, a page for each level."""
    words = document.words
    return (
        Section(
            "policy", "The policy and its words", "", ("identity", "words"), _singles("identity", "words")
        ),
        *(
            Section(
                f"level-{level.rank}",
                f"{words.level[:1].upper()}{words.level[1:]} {level.rank}: {level.name}",
                "What such a school looks like, what it gets, and what is expected of it.",
                (f"levels.{level.key}",),
                _level(number),
            )
            for number, level in enumerate(document.levels)
        ),
        Section(
            "rules",
            f"The rules that lead to a {words.level}",
            f"Every rule that is met raises the suggestion to its {words.level}; none lowers it. People decide.",
            ("rules",),
            _rules,
        ),
        Section(
            "grid",
            "Where a suggestion starts, and the areas",
            "",
            ("base", "areas"),
            _both(_singles("base"), _lists(areas="Areas")),
        ),
        Section(
            "self-evaluation",
            "The self-evaluation",
            "",
            ("self_evaluation", "aspects"),
            _both(_singles("self_evaluation"), _lists(aspects="Rows graded by people")),
        ),
        Section(
            "numbers",
            "What the vague words mean",
            "Numbers that stand for words such as “flat”, “considerably” or “high”.",
            ("parameters",),
            _lists(parameters=""),
        ),
        Section(
            "thresholds",
            "Thresholds by year",
            "A national threshold of the year goes before one of the authority’s own.",
            ("thresholds",),
            _lists(thresholds=""),
        ),
        Section(
            "circumstances",
            "Circumstances",
            "What no file holds. It is known only when somebody has answered; silence is no answer.",
            ("circumstances",),
            _lists(circumstances=""),
        ),
        Section(
            "services",
            "What other services are asked",
            "",
            ("qualitative_indicators",),
            _lists(qualitative_indicators=""),
        ),
        Section(
            "year",
            "The year",
            "",
            ("decisions", "tracking", "cycle"),
            _both(_singles("decisions", "tracking"), _lists(cycle="Steps of the year")),
        ),
        Section(
            "groups",
            "Groups, plans, register and readers",
            "",
            ("review_groups", "plan_kinds", "register_grounds", "report_audiences"),
            _lists(
                review_groups="Groups that review schools",
                plan_kinds="Kinds of plan",
                register_grounds="Grounds for the register",
                report_audiences="Who reads reports",
            ),
        ),
        Section("glossary", "Glossary", "", ("glossary",), _lists(glossary="")),
        Section(
            "figures",
            "Figures and measures",
            "What rules can ask about. Which figures there are follows what is published nationally.",
            ("indicators", "facts", "measures"),
            _lists(
                indicators="Result figures", facts="Facts about a school", measures="Measures across subjects"
            ),
        ),
        Section("inspections", "How inspections are read", "", ("inspections",), _singles("inspections")),
    )


@dataclass(frozen=True)
class DraftPage:
    """A draft, its contents, and what differs from the version it was begun from. `faults` instead where it does not
    hold together."""

    draft: FrameworkDraft
    document: Framework | None
    contents: tuple[Entry, ...] = ()
    changes: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()

    def section(self, key: str) -> SectionPage | None:
        """A page of the draft; None where there is none of that key."""
        found = [(number, entry) for number, entry in enumerate(self.contents) if entry.key == key]
        if self.document is None or not found:
            return None
        number = found[0][0]
        section = sections(self.document)[number]
        beside = (None, *self.contents, None)
        return SectionPage(
            title=section.title,
            intro=section.intro,
            blocks=tuple(section.build(Reader(self.document, self.changes))),
            previous=beside[number],
            next=beside[number + 2],
        )


def draft_page(draft: FrameworkDraft) -> DraftPage:
    """No query beyond the draft's own."""
    try:
        document = load_data(draft.document)
    except DocumentError as error:
        return DraftPage(draft, None, faults=tuple(error.faults))
    changes = differences(load_data(draft.based_on.document), document)
    contents = tuple(
        Entry(section.key, section.title, sum(_within(one.place, section.roots) for one in changes))
        for section in sections(document)
    )
    return DraftPage(draft, document, contents, changes)


def _within(place: str, roots: tuple[str, ...]) -> bool:
    return any(place == root or place.startswith(f"{root}.") for root in roots)


def section_of(document: Framework, place: str) -> str:
    """The key of the page that shows a place."""
    found = (section.key for section in sections(document) if _within(place, section.roots))
    return next(found, "level-1")


def anchor_of(place: str) -> str:
    return f"clause-{place}"


def clause_of(document: Framework, place: str, part: Data) -> Clause:
    """A part that stands, or stood, at a place, in words."""
    model, _ = places.shape_of(place)
    return Reader(document).clause(place, model.model_validate(part))


def called(document: Framework, place: str) -> str:
    """What a clause is called inside a sentence: "a rule: “Below the floor”"."""
    data = changing.plain(document)
    model, _ = places.shape_of(place)
    clause = clause_of(document, place, places.find(data, place))
    parent = places.parent_of(place)[0].rpartition(".")[2]
    kind = wording.ITEMS.get(parent, "")
    title = clause.title or clause.text or model.__name__
    return f"{kind}, “{title}”" if kind else title


def item_of(place: str) -> str:
    """What an item of the list at a place is called, with its article."""
    return wording.ITEMS[place.rpartition(".")[2]]


@dataclass(frozen=True)
class Needed:
    """A clause that needs another one, and what would be wrong without it."""

    place: str
    title: str
    message: str


def referrers(document: Framework, refused: StillReferredTo) -> tuple[Needed, ...]:
    return tuple(Needed(one.place, called(document, one.place), one.message) for one in refused.referrers)


@dataclass(frozen=True)
class DraftList:
    """What an authority can edit: its open drafts, the versions it may begin one from, and what came of others."""

    authority: Authority
    in_force: FrameworkVersion | None
    open: tuple[FrameworkDraft, ...]
    versions: tuple[FrameworkVersion, ...]
    ended: tuple[FrameworkDraft, ...]


def draft_list(authority: Authority, *, on: dt.date) -> DraftList:
    """Five queries, however many there are."""
    current = version_for(authority, on)
    drafts = list(
        authority.framework_drafts.select_related("based_on", "created_by", "saved_by", "published_as")
    )
    versions = FrameworkVersion.objects.known_to(authority.pk)
    return DraftList(
        authority,
        current,
        tuple(draft for draft in drafts if draft.status == DraftStatus.OPEN),
        tuple(versions.select_related("published_by").order_by("slug", "-number", "authority")),
        tuple(draft for draft in drafts if draft.status != DraftStatus.OPEN),
    )


def worked_cases(draft: FrameworkDraft) -> tuple[Case, ...]:
    """The framework's own tests against the draft, those that fail first: those that came with it and those that the
    authority kept. Raises DocumentError. Two queries."""
    framework = compiled_document(draft.document)
    own = FrameworkCase.objects.filter(authority=draft.authority_id, slug=draft.slug)
    found = [
        Case(case.name, tuple(failures(case, framework)))
        for case in (*cases_of(framework.document), *map(own_case, own))
    ]
    return tuple(sorted(found, key=lambda case: not case.faults))
