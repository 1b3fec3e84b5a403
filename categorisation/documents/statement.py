"""The statement of a school's level of support for the year, for the school (L-098, L-064)."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from categorisation.engine.wording import upper_first
from categorisation.frameworks_in_force import compiled
from categorisation.models import Decision
from categorisation.replay import outcome_of
from categorisation.rules.entitlement import entitlement_texts
from categorisation.schema import Framework
from categorisation.schema.support import Level
from categorisation.school_facts import SCHOOL_AUDIENCES, facts_for
from reports.composer import Block, Bullets, Composition, Heading, KeyFacts, Paragraph, blocks_of
from reports.models import Document
from reports.querysets import DocumentQuerySet
from reports.registry import DocumentKind, register
from schools.choices import Audience, OfficerRole
from schools.models import OfficerAssignment
from schools.rules.academic_years import academic_year, label
from schools.rules.dates import in_words


def source_of(decision: Decision) -> str:
    """What the statement of a decision is known by: one document a decision."""
    return f"decision:{decision.public_id}"


def statements_of(decision: Decision) -> DocumentQuerySet:
    """The statement released of a decision, for checks; pages start from `visible_to`."""
    return Document.objects.of_source(STATEMENT.key, [source_of(decision)])


def build(decision: Decision) -> Composition:
    """Fetch `school__authority`, `version` and `recommendation` with it. About fifteen queries."""
    document = compiled(decision.version).document
    level = next(level for level in document.levels if level.rank == decision.rank)
    word = document.words.level
    return Composition(
        title=f"Statement of the {word}, {label(academic_year(decision.start_on))}",
        subject=decision.school.name,
        blocks=tuple(_blocks(decision, document, level)),
    )


STATEMENT = register(
    DocumentKind(
        key="categorisation.statement",
        title="Level of support statement",
        audience=Audience.SCHOOL,
        file_name="support-statement",
        build=build,
    )
)


def _blocks(decision: Decision, document: Framework, level: Level) -> Iterator[Block]:
    word = document.words.level
    yield Heading("What your school gets")
    yield Bullets((*entitlement_texts(level, document.words), *(item.text for item in level.support)))
    yield Heading(f"Your {word}")
    yield KeyFacts(
        (
            (word[:1].upper() + word[1:], f"{level.rank}: {level.name}"),
            ("From", in_words(decision.start_on)),
            ("Standing", _standing(decision)),
            (
                "Policy",
                f"{document.identity.title} ({document.identity.authority}, {document.identity.dated})",
            ),
        ),
        caption=f"The {word}",
    )
    yield Paragraph(f"{level.headline}.")
    yield Heading("Why")
    yield from _why(decision)
    if level.expectations:
        yield Heading("What is expected of the school")
        yield Bullets(tuple(item.text for item in level.expectations))
    yield from _way_on(decision, level)
    yield Heading("Who to talk to")
    yield from _people(decision)
    yield Heading("If you disagree")
    yield Paragraph(
        "First talk to the people named here. The headteacher or the chair of governors can also disagree formally, "
        f"in writing, on the school’s page about its {word}. Somebody who did not recommend it answers in writing."
    )


def _standing(decision: Decision) -> str:
    if decision.confirmed_at:
        return f"Confirmed on {in_words(timezone.localdate(decision.confirmed_at))}"
    return "Provisional: it is looked at again and confirmed in the autumn"


def _why(decision: Decision) -> Iterator[Block]:
    """Reasons given to the school, then the rules met by what is shared with it."""
    for reason in decision.reasons_for_school:
        yield from blocks_of(reason)
    met = _criteria(decision, on=timezone.localdate(decision.decided_at))
    if met:
        yield Bullets(met)
    elif not decision.reasons_for_school:
        yield Paragraph("All that is known of the school was weighed together.")


def _criteria(decision: Decision, *, on: dt.date) -> tuple[str, ...]:
    """The rules met, as the school knows its facts, that lead to its level or below it.

    None that the recommendation did not find met: what was learnt since is no reason for what was decided.
    """
    framework = compiled(decision.version)
    facts = facts_for([decision.school], on=on, framework=framework, as_school=True)
    outcome = framework.evaluate(facts[decision.school.urn], SCHOOL_AUDIENCES)
    told = decision.recommendation
    then = {rule.key for rule in outcome_of(told).rules if rule.state == "met"} if told else None
    return tuple(
        f"{rule.sentence} ({rule.paragraph})"
        for rule in outcome.rules
        if rule.state == "met"
        and rule.floor
        and rule.floor <= decision.rank
        and (then is None or rule.key in then)
    )


def _way_on(decision: Decision, level: Level) -> Iterator[Block]:
    """What it takes to need less support (L-094): what was agreed for this school, and what the policy says."""
    agreed = decision.recommendation.to_next_level if decision.recommendation else ""
    if agreed or level.exit_conditions:
        yield Heading("What it takes to need less support")
        yield from blocks_of(agreed)
        if level.exit_conditions:
            yield Bullets(tuple(item.text for item in level.exit_conditions))


def _people(decision: Decision) -> Iterator[Block]:
    officers = (
        OfficerAssignment.objects.in_force(timezone.localdate())
        .filter(school=decision.school)
        .select_related("user")
        .order_by("role", "pk")
    )
    adviser = upper_first(decision.version.document["words"]["adviser"])
    roles = {**dict(OfficerRole.choices), OfficerRole.ADVISER: adviser}
    lines = [f"{roles[one.role]}: {one.user.name}, {one.user.email}" for one in officers]
    if contact := decision.school.authority.contact_email:
        lines.append(f"{decision.school.authority.name}: {contact}")
    yield Bullets(tuple(lines)) if lines else Paragraph("The authority’s school improvement service.")
