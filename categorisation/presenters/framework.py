"""The framework in force as a page to read: what each level brings, and every rule in words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Authority, User
from categorisation.benching.parameters import parameter_value
from categorisation.engine import statement
from categorisation.engine.wording import MONTHS, listed
from categorisation.frameworks_in_force import compiled, version_for
from categorisation.models import Consultation, FrameworkVersion
from categorisation.querysets import acting_for
from categorisation.rules.entitlement import entitlement_texts
from categorisation.schema import Framework
from categorisation.schema.document import Parameter, Rule
from categorisation.schema.support import CycleStep, Level


@dataclass(frozen=True)
class RuleText:
    sentence: str
    paragraph: str
    inferred: bool
    note: str | None


@dataclass(frozen=True)
class RulesText:
    """The rules that lead to one level, or that only inform."""

    heading: str
    rules: tuple[RuleText, ...]


@dataclass(frozen=True)
class LevelText:
    level: Level
    entitlement: tuple[str, ...]


@dataclass(frozen=True)
class ParameterText:
    """A vague word of the policy and the number it stands for here."""

    title: str
    value: str
    help: str
    is_own: bool  # the authority set it


@dataclass(frozen=True)
class StepText:
    title: str
    when: str
    who: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class FrameworkPage:
    """`others` are the person's other authorities, each with its own page."""

    authority: Authority
    others: tuple[Authority, ...]
    version: FrameworkVersion
    document: Framework
    levels: tuple[LevelText, ...]
    rules: tuple[RulesText, ...]
    parameters: tuple[ParameterText, ...]
    cycle: tuple[StepText, ...]
    consultations: tuple[Consultation, ...]  # open now


def framework_page(user: User, *, on: dt.date, code: str = "") -> FrameworkPage | None:
    """The framework in force for an authority the person acts for: the one asked for, else the first by name.

    None where that authority has chosen none, or the person acts for nobody.
    """
    authorities = list(acting_for(user, on))
    authority = next((a for a in authorities if a.code == code), next(iter(authorities), None))
    version = version_for(authority, on) if authority else None
    if authority is None or version is None:
        return None
    document = compiled(version).document
    return FrameworkPage(
        authority=authority,
        others=tuple(other for other in authorities if other != authority),
        version=version,
        document=document,
        levels=tuple(
            LevelText(level, tuple(entitlement_texts(level, document.words)))
            for level in sorted(document.levels, key=lambda level: level.rank)
        ),
        rules=tuple(_rules(document)),
        parameters=tuple(map(_parameter, document.parameters)),
        cycle=tuple(map(_step, document.cycle)),
        consultations=tuple(
            Consultation.objects.visible_to(user, on).open(on).filter(draft__authority=authority)
        ),
    )


def _parameter(parameter: Parameter) -> ParameterText:
    return ParameterText(
        parameter.title, parameter_value(parameter), parameter.help, parameter.chosen is not None
    )


_EVERY = {
    "year": "Once a year",
    "half_year": "Twice a year",
    "term": "Each term",
    "half_term": "Each half-term",
    "month": "Each month",
    "week": "Each week",
    "as_required": "As required",
    "ongoing": "All through the year",
}


def _step(step: CycleStep) -> StepText:
    months = listed(MONTHS[month - 1] for month in step.months)
    when = f"{_EVERY[step.every]}: {months}" if months else _EVERY[step.every]
    return StepText(step.title, when, listed(step.who), step.actions)


def _rules(document: Framework) -> Iterable[RulesText]:
    """By level, the gravest first; those that only inform last."""
    for floor in sorted({rule.floor for rule in document.rules if rule.floor}, reverse=True):
        found = tuple(_rule(document, rule) for rule in document.rules if rule.floor == floor)
        yield RulesText(f"What leads to {document.words.level} {floor}", found)
    flags = tuple(_rule(document, rule) for rule in document.rules if not rule.floor)
    if flags:
        yield RulesText("Early signs, which decide nothing", flags)


def _rule(document: Framework, rule: Rule) -> RuleText:
    text = statement(document, rule.when)
    return RuleText(f"{text[:1].upper()}{text[1:]}.", rule.paragraph, rule.inferred, rule.note)


def level_word(authority: Authority, on: dt.date) -> str:
    """What the authority calls a level: "Category", "Level of support"; "Level" where it has no policy. Two queries."""
    version = version_for(authority, on)
    word: str = version.document["words"]["level"] if version else "level"
    return word[:1].upper() + word[1:]


@dataclass(frozen=True)
class Choice:
    title: str
    start_on: dt.date


def framework_choices(authority: Authority) -> list[Choice]:
    """What the authority has chosen, the latest first. Two queries."""
    titles = dict(FrameworkVersion.objects.order_by("number").values_list("slug", "title"))
    return [Choice(titles[choice.slug], choice.start_on) for choice in authority.framework_choices.all()]
